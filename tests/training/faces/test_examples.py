from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from training.__main__ import main
from training.errors import DataError
from training.faces.examples import drop_repeated, drop_unreadable, fingerprint, read_examples

from ..conftest import draw_face


def test_kaggle_layout_is_read_with_its_splits(kaggle_folder: Path) -> None:
    examples = read_examples(kaggle_folder)
    counts = {(e.split, e.label): sum((f.split, f.label) == (e.split, e.label) for f in examples) for e in examples}
    assert counts == {
        ("train", 0): 8, ("train", 1): 8, ("val", 0): 6, ("val", 1): 6, ("test", 0): 2, ("test", 1): 2
    }  # fmt: skip


def test_ciplab_layout_is_read(tmp_path: Path) -> None:
    draw_face(tmp_path / "training_real" / "a.jpg", False, 1)
    draw_face(tmp_path / "training_fake" / "b.jpg", True, 2)
    assert sorted((e.origin, e.label) for e in read_examples(tmp_path)) == [("fake", 1), ("real", 0)]


def test_plain_layout_gets_a_validation_split_of_about_a_tenth_that_never_changes(tmp_path: Path) -> None:
    for i in range(200):
        for label in ("real", "fake"):
            path = tmp_path / label / f"{i}.png"
            path.parent.mkdir(exist_ok=True)
            path.touch()
    first, second = read_examples(tmp_path), read_examples(tmp_path)
    assert first == second
    assert 20 <= sum(example.split == "val" for example in first) <= 70


def test_subfolders_of_a_class_are_its_origins(tmp_path: Path) -> None:
    draw_face(tmp_path / "real" / "camera" / "a.jpg", False, 1)
    draw_face(tmp_path / "fake" / "stylegan2" / "00000" / "b.jpg", True, 2)
    assert {example.origin for example in read_examples(tmp_path)} == {"camera", "stylegan2"}


def test_index_file_is_read_with_the_groups_of_people(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text(
        "file,label,origin,split,side_px,age;gender;race\na.jpg,real,utkface,train,200,31;1;2\n"
        "b.jpg,fake,stylegan1,val,256,\n"
    )
    real, fake = read_examples(tmp_path)
    assert (real.origin, real.split, real.age, real.gender, real.race) == ("utkface", "train", "31", "1", "2")
    assert (fake.label, fake.split, fake.age) == (1, "val", "")


def test_index_row_with_an_unknown_label_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("file,label,origin,split\na.jpg,perhaps,x,train\n")
    with pytest.raises(DataError, match="perhaps"):
        read_examples(tmp_path)


def test_missing_class_is_named(tmp_path: Path) -> None:
    draw_face(tmp_path / "real" / "a.jpg", False, 1)
    with pytest.raises(DataError, match="no fake pictures"):
        read_examples(tmp_path)


def test_one_class_is_enough_where_both_are_not_asked_for(tmp_path: Path) -> None:
    draw_face(tmp_path / "fake" / "a.jpg", True, 1)
    assert [example.label for example in read_examples(tmp_path, both_classes=False)] == [1]
    with pytest.raises(DataError, match="no real pictures"):
        read_examples(tmp_path)
    (tmp_path / "fake" / "a.jpg").unlink()
    with pytest.raises(DataError, match="no real pictures"):
        read_examples(tmp_path, both_classes=False)


def test_command_says_what_is_wrong_with_a_data_folder_and_goes_on_without_it(
    kaggle_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_split = {split: [e.path for e in read_examples(kaggle_folder) if e.split == split] for split in ("train", "val")}
    broken, leak = by_split["train"][0], by_split["train"][1]
    broken.write_bytes(broken.read_bytes()[:-300])
    shutil.copyfile(by_split["val"][0], leak)
    options = ["--network", "simple_cnn", "--out", str(tmp_path / "run"), "--input-size", "32", "--depth", "2"]
    options += ["--epochs", "1", "--samples-per-epoch", "8", "--batch-size", "4"]
    assert main(["train", "--data", str(kaggle_folder), *options]) == 0
    said = capsys.readouterr().err
    assert f"skipped, not a readable picture: {broken}" in said
    assert f"skipped, stands in the split val too: {leak}" in said
    for path in by_split["val"]:
        if path.parent.name == "real":
            path.unlink()
    assert main(["train", "--data", str(kaggle_folder), *options]) == 1
    assert "error: there are no real faces for validation" in capsys.readouterr().err


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere is not a folder"):
        read_examples(tmp_path / "nowhere")


def test_unreadable_pictures_are_parted_from_the_others(kaggle_folder: Path) -> None:
    examples = read_examples(kaggle_folder)
    examples[3].path.write_text("no picture")
    cut_off = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(cut_off, "JPEG")
    examples[5].path.write_bytes(cut_off.getvalue()[:900])
    good, bad = drop_unreadable(examples)
    assert bad == [examples[3].path, examples[5].path]
    assert len(good) == len(examples) - 2


@pytest.mark.parametrize(("nearer", "further"), [("train", "val"), ("train", "test"), ("val", "test")])
def test_picture_in_two_splits_stays_in_the_one_further_from_training(
    kaggle_folder: Path, nearer: str, further: str
) -> None:
    examples = read_examples(kaggle_folder)
    first, second = (next(example for example in examples if example.split == split) for split in (nearer, further))
    shutil.copyfile(second.path, first.path)
    kept, repeated = drop_repeated(examples)
    assert repeated == {first.path: f"stands in the split {further} too"}
    assert second in kept


def test_picture_that_is_called_both_real_and_fake_is_left_out(kaggle_folder: Path) -> None:
    examples = read_examples(kaggle_folder)
    real, fake = (next(e for e in examples if e.split == "train" and e.label == label) for label in (0, 1))
    shutil.copyfile(real.path, fake.path)
    kept, repeated = drop_repeated(examples)
    assert repeated.keys() == {real.path, fake.path}
    assert len(kept) == len(examples) - 2


def test_fingerprint_tells_other_faces_but_not_another_place(kaggle_folder: Path, tmp_path: Path) -> None:
    before = fingerprint(read_examples(kaggle_folder))
    moved = kaggle_folder.rename(tmp_path / "moved")
    examples = read_examples(moved)
    assert fingerprint(examples) == before
    assert fingerprint(examples[1:]) != before
