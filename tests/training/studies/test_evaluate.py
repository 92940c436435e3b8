from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fake_image_detection.verdict import FAKE, REAL, UNCERTAIN, Bands, Calibration
from training import networks
from training.__main__ import main
from training.errors import DataError, NetworkError, TooFewFacesError
from training.faces.conditions import CONDITIONS, SHOWN
from training.faces.examples import Example, fingerprint, read_examples
from training.figures import tables
from training.figures.groups import false_alarms
from training.figures.scores import FOLDS, Scores, figures, fit_verdicts, judge_at, judge_crosswise
from training.figures.sensitivities import figures as sensitivity_figures
from training.figures.sensitivities import published
from training.networks import files
from training.release.trained import Trained, open_network
from training.run.train import train
from training.studies.compare import agreement, compare, milliseconds
from training.studies.evaluate import Measured, evaluate, measure
from training.studies.report import write

from ..conftest import numbers_of
from ..tiny_run import CONFIGURATION, tiny

SECTIONS = (
    "Targets", "Figures", "Verdicts", "The hard pair", "By origin (as is, JPEG quality 90)",
    "False alarms by group of people", "Shortcut controls", "Worst mistakes", "How to get these figures",
)  # fmt: skip
PICTURES = ("confusion", "roc", "reliability", "scores", "mistakes")


def test_command_writes_a_report_with_all_sections_and_pictures(
    whole_plots: None, indexed_folder: Path, released_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    options = ["--network", str(released_folder), "--data", str(indexed_folder), "--out", str(out), "--draws", "10"]
    assert main(["evaluate", *options]) == 0
    report = (out / "report.md").read_text()
    assert [line[3:] for line in report.splitlines() if line.startswith("## ")] == list(SECTIONS)
    for condition in CONDITIONS:
        assert f"| {condition} |" in report
    for row in (
        "fake/stylegan1",
        "fake/photoshop-composite",
        "age: 10-19",
        "gender: female",
        "race: Black",
        "greyscale",
        "as is and its mirror image, mean logit",
    ):
        assert f"| {row} |" in report
    for name in PICTURES:
        with Image.open(out / f"{name}.png") as picture:
            picture.load()
    found = json.loads((out / "figures.json").read_text(), parse_constant=pytest.fail)
    assert found["faces"] == {"real": 12, "fake": 18}
    assert found["conditions"]["as is, q90"]["pictures"] == 24
    low, high = found["intervals"]["as is, q90"]["roc_auc"]
    assert low <= found["conditions"]["as is, q90"]["roc_auc"] <= high
    assert found["controls"]["as is"]["same_side"] == 1.0
    alike = tables.number(found["like_sizes"]["as is, q90"]["pair_roc_auc"])
    plain = tables.number(found["pair"]["as is, q90"]["roc_auc"])
    assert f"| ROC-AUC of the hard pair, as is, q90 | {plain} | {alike} | at least 0.985: " in report
    assert "| mean ROC-AUC of a generator left out of training | - | - | at least 0.930 | at least 0.920 |" in report
    assert found["without_hosts"]["as is, q90"] == found["conditions"]["as is, q90"]["roc_auc"]
    assert found["generators_of_hosts"] == {}
    assert report.count("| fake/sdxl |") == 2
    assert found["profiles"]["as is, q90"]["trials"] == 0


def two_humps(count: int) -> Scores:
    """Return scores of `count` made-up validation faces, real and fake in turn, that overlap a little."""
    rng = np.random.default_rng(0)
    examples = [Example(Path(f"{i}.jpg"), i % 2, ("ffhq", "sdxl")[i % 2], "val") for i in range(count)]
    labels = np.array([example.label for example in examples])
    return Scores(examples, {name: rng.normal(4.0 * labels - 2.0).astype(np.float32) for name in CONDITIONS})


def test_faces_that_set_the_verdicts_are_judged_by_those_of_the_others() -> None:
    scores = two_humps(800)
    judged = judge_crosswise(scores)
    for fold in range(FOLDS):
        mine = scores.folds == fold
        assert 40 < mine.sum() < 120
        calibration, bands = fit_verdicts(scores.where(~mine))
        for sensitivity, each in bands.items():
            for name, logits in scores.logits.items():
                np.testing.assert_array_equal(
                    judged[sensitivity][name][mine], each.verdicts(calibration.probability_fake(logits[mine]))
                )
    with pytest.raises(TooFewFacesError):
        judge_crosswise(scores.where(scores.folds < 4))


def test_shares_of_verdicts_are_those_of_the_faces() -> None:
    examples = [Example(Path(f"{i}.jpg"), i % 2, ("ffhq", "sdxl")[i % 2], "val") for i in range(8)]
    # Of the reals: real, uncertain, fake, real. Of the fakes: fake, fake, uncertain, real.
    logits = np.array([-9, 9, 0, 9, 9, 0, -9, -9], dtype=np.float32)
    scores = Scores(examples, dict.fromkeys(CONDITIONS, logits))
    calibration = Calibration(1.0, 0.0)
    found = figures(scores, calibration, judge_at(scores, calibration, {"usual": Bands(0.2, 0.8)}))
    verdicts = found["conditions"]["as is, q90"]["verdicts"]
    assert (verdicts["real_pictures"], verdicts["real_called_fake"], verdicts["real_called_uncertain"]) == (
        4,
        0.25,
        0.25,
    )
    assert (verdicts["fake_called_fake"], verdicts["fake_called_uncertain"], verdicts["fake_called_real"]) == (
        0.5, 0.25, 0.25
    )  # fmt: skip
    assert found["origins"]["real/ffhq"]["called_real"] == 0.5


def test_only_the_faces_that_set_the_verdicts_are_judged_crosswise(indexed_folder: Path, network: Trained) -> None:
    faces = read_examples(indexed_folder)
    assert not measure(network, faces, "val").crosswise
    set_by_them = replace(network, calibrated_on=fingerprint([face for face in faces if face.split == "val"]))
    with pytest.raises(TooFewFacesError):
        measure(set_by_them, faces, "val")
    assert not measure(set_by_them, faces, "train").crosswise


def test_folder_without_pair_groups_and_training_faces_still_gives_a_report(
    kaggle_folder: Path, network: Trained, tmp_path: Path
) -> None:
    examples = [example for example in read_examples(kaggle_folder) if example.split == "test"]
    found = evaluate(network, examples, "test", tmp_path, draws=5)
    report = write(found)
    assert "no faces of both sides" in report
    assert "states no groups" in report
    assert "no training split" in report


def test_split_that_the_data_does_not_have_is_named(indexed_folder: Path, network: Trained) -> None:
    with pytest.raises(DataError, match=r"split test.*train, val"):
        measure(network, read_examples(indexed_folder), "test")


def test_released_network_answers_as_the_one_that_was_stored(released_folder: Path) -> None:
    network = open_network(released_folder)
    assert (network.name, network.input_size) == ("tiny 1.0.0", 32)
    assert network.weights_bytes == (released_folder / "weights.npz").stat().st_size
    assert network.verdicts is not None
    assert network.verdicts[1] == {"usual": Bands(0.4, 0.6)}
    with np.load(released_folder / "weights.npz") as stored:
        for name, array in zip(sorted(stored.files), network.model.get_weights(), strict=True):
            np.testing.assert_array_equal(stored[name].astype(np.float32), array)


def test_run_can_be_opened_and_too_few_faces_for_its_bands_are_named(
    uncompiled: None,
    indexed_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(networks.NETWORKS, "tiny", tiny)
    train(CONFIGURATION, read_examples(indexed_folder), tmp_path / "run", resume=False)
    network = open_network(tmp_path / "run")
    assert network.verdicts is None
    assert network.weights_bytes == 2 * network.parameters
    assert main(["evaluate", "--network", str(tmp_path / "run"), "--data", str(indexed_folder)]) == 1
    assert "too few" in capsys.readouterr().err


def test_folder_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="neither"):
        open_network(tmp_path)


def test_weights_of_another_network_are_refused(released_folder: Path) -> None:
    np.savez_compressed(released_folder / "weights.npz", allow_pickle=False, **{"0000": np.zeros(3, np.float16)})
    with pytest.raises(NetworkError, match="different networks"):
        open_network(released_folder)


def test_weights_of_a_large_network_lie_in_parts_and_a_missing_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PART_BYTES", 400)
    model = tiny(32, 0.0)
    files.write(tmp_path, model, numbers_of("tiny"))
    parts = sorted(path.name for path in tmp_path.glob("*.npz"))
    assert parts[0] == "weights-2.npz"
    assert parts[-1] == "weights.npz"
    assert files.weights_bytes(tmp_path) == sum((tmp_path / part).stat().st_size for part in parts)
    for stored, weight in zip(files.read(tmp_path)[0].get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(stored, weight.astype(np.float16))
    (tmp_path / "weights-2.npz").unlink()
    with pytest.raises(NetworkError, match="a part is missing"):
        files.read(tmp_path)


def test_false_alarms_are_counted_by_group() -> None:
    ages, flagged = ("3", "25", "29", "70", ""), np.array([0.0, 0.95, 0.1, 0.7, 0.99])
    examples = [Example(Path(f"{i}"), 0, "utkface", "val", age, "1", "2") for i, age in enumerate(ages)]
    examples.append(Example(Path("fake"), 1, "sdxl", "val", "25", "1", "2"))
    probabilities = np.append(flagged, 1.0)
    found = false_alarms(examples, probabilities, 0.9, Bands(0.1, 0.6).verdicts(probabilities))
    assert list(found["age"]) == ["0-9", "20-29", "60 and over"]
    young = found["age"]["20-29"]
    assert (young["pictures"], young["above_1%_threshold"]["events"], young["above_even_odds"]["rate"]) == (2, 1, 0.5)
    assert (young["called_fake"]["events"], young["called_fake"]["trials"]) == (1, 2)
    assert found["gender"]["female"]["pictures"] == found["race"]["Asian"]["pictures"] == 5
    low, high = found["race"]["Asian"]["above_1%_threshold"]["interval"]
    assert 0.0 < low < 0.4 < high < 1.0


def test_faces_kept_for_control_count_where_the_network_has_not_learned_from_them(
    indexed_folder: Path, released_folder: Path, tmp_path: Path
) -> None:
    examples = read_examples(indexed_folder)
    learned = evaluate(open_network(released_folder), examples, "val", tmp_path / "learned", draws=5)
    assert learned["groups"]["control_pictures"] == 0
    numbers = files.read_numbers(released_folder)
    numbers["training"]["without"] = ["utkface"]
    files.write(released_folder, tiny(32, 0.0), numbers)
    kept = evaluate(open_network(released_folder), examples, "val", tmp_path / "kept", draws=5)
    assert kept["groups"]["control_pictures"] == 6
    counts = [
        sum(row["pictures"] for row in found["groups"]["conditions"]["as is, q90"]["gender"].values())
        for found in (learned, kept)
    ]
    assert counts == [6, 12]
    assert "6 of these faces are of the training split" in (tmp_path / "kept" / "report.md").read_text()
    assert kept["conditions"]["as is, q90"]["pictures"] == learned["conditions"]["as is, q90"]["pictures"]


def test_sensitivities_are_measured_by_kind_and_generator_each_source_alike() -> None:
    origins = ["ffhq"] * 100 + ["studio-portraits"] * 30 + ["sdxl"] * 40 + ["stylegan1-128"] * 40
    faces = [Example(Path(f"{i}"), int(i >= 130), origin, "val") for i, origin in enumerate(origins)]
    upright = np.repeat([REAL, FAKE, FAKE, UNCERTAIN], [98, 2, 3, 107])
    tilted = np.repeat([REAL, FAKE, UNCERTAIN, FAKE], [100, 30, 40, 40])
    scores = Scores(faces, dict.fromkeys(("upright", "tilted"), np.zeros(210, np.float32)))
    found = sensitivity_figures(scores, {"usual": {"upright": upright, "tilted": tilted}})["usual"]
    # Of FFHQ 2 % and nothing, of the portraits 10 % and all.
    assert found["real_called_fake"] == pytest.approx((0.01 + 0.55) / 2)
    assert found["fake_called_fake"] == pytest.approx(0.25)
    portraits = found["kinds"]["studio, stock and retouched portraits"]
    assert (portraits["condition"], portraits["called_fake"]) == ("tilted", 1.0)
    assert found["kinds"]["FFHQ and its likes"]["called_fake"] == 0.02
    assert found["generators"].keys() == {"sdxl", "stylegan1"}
    assert published(found)["worst_kind"]["kind"] == "studio, stock and retouched portraits"


def test_comparison_sets_networks_side_by_side(indexed_folder: Path, network: Trained, tmp_path: Path) -> None:
    other = Trained("other", tiny(24, 0.0), 24, network.verdicts, None, frozenset(), 1_500_000)
    text = compare([network, other], read_examples(indexed_folder), "val", tmp_path / "out", draws=5)
    assert text == (tmp_path / "out" / "comparison.md").read_text()
    assert "| other | 24 px | " in text
    assert "| 1.5 MB |" in text
    assert text.count("| tiny 1.0.0 |") == 4
    assert "## Verdicts beside those of tiny 1.0.0" in text
    rows = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert rows["tiny 1.0.0"]["parameters"] == network.parameters
    assert (tmp_path / "out" / "comparison.png").stat().st_size > 0


def test_verdicts_of_two_networks_are_the_same_opposite_or_one_uncertain() -> None:
    examples = [Example(Path(f"{i}.jpg"), i % 2, "made-up", "test") for i in range(4)]
    scores = Scores(examples, {})

    def answers(*verdicts: str) -> Measured:
        judged = dict.fromkeys(SHOWN, np.array(verdicts))
        return Measured(scores, Calibration(1.0, 0.0), {"usual": Bands(0.2, 0.8)}, False, {"usual": judged})

    shares = agreement(answers(REAL, REAL, UNCERTAIN, FAKE), answers(REAL, FAKE, FAKE, FAKE))
    assert shares == {name: {"same": 0.5, "opposite": 0.25} for name in SHOWN}


def test_networks_of_the_same_name_are_not_compared(indexed_folder: Path, network: Trained, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="same name"):
        compare([network, network], read_examples(indexed_folder), "val", tmp_path, draws=5)


def test_every_network_is_timed(network: Trained) -> None:
    assert all(time > 0 for time in milliseconds([network, network], rounds=2))
