"""A network with the head that tells drawings from faces: what it adds, and that it changes nothing else."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from converter.errors import ConverterError
from converter.networks.drawn import with_drawn
from converter.networks.fold import fold
from converter.networks.trained_network import read_network
from tests.converter.tiny_networks import MIDDLE, SIDE, WriteNetwork, drawn_head, tiny_network
from training.networks import files

PICTURES = np.random.default_rng(0).uniform(0, 255, (3, SIDE, SIDE, 3)).astype(np.float32)


def ensemble() -> keras.Model:
    image = keras.Input((SIDE, SIDE, 3), name="image")
    maps = []
    for seed in (1, 2):
        member = tiny_network(seed)
        maps.append(keras.Model(member.input, member.output, name=f"member{seed}")(image)["local_logits"])
    local_logits = keras.layers.Average(name="local_logits")(maps)
    logit = keras.layers.GlobalAveragePooling2D(name="logit")(local_logits)
    return keras.Model(image, {"logit": logit, "local_logits": local_logits})


@pytest.mark.parametrize("inside", ["", "member2/"])
def test_drawn_is_the_weighted_sum_of_means_and_deviations_of_a_layer(inside: str) -> None:
    model = ensemble() if inside else tiny_network(2)
    head = drawn_head(inside + MIDDLE)
    told = with_drawn(model, head, "network.json")
    # The second member is the same network.
    layer = tiny_network(2)
    seen = np.asarray(keras.Model(layer.input, layer.get_layer(MIDDLE).output).predict_on_batch(PICTURES))
    features = np.concatenate([seen.mean(axis=(1, 2)), seen.std(axis=(1, 2))], axis=1)
    expected = features @ np.array(head["weights"]) + head["offset"]
    for each in (told, fold(told)):
        answer = each.predict_on_batch(PICTURES)
        np.testing.assert_allclose(answer["drawn"], expected, rtol=1e-3, atol=1e-4)
        for name, value in model.predict_on_batch(PICTURES).items():
            np.testing.assert_allclose(answer[name], value, rtol=1e-3, atol=1e-4)


def test_a_network_is_read_with_its_head(write_network: WriteNetwork) -> None:
    plain, told = (read_network(write_network(1, name, **more)) for name, more in variants())
    assert set(plain.model.output) == {"logit", "local_logits"}
    assert set(told.model.output) == {"logit", "local_logits", "drawn"}


def variants() -> list[tuple[str, dict[str, Any]]]:
    return [("plain", {}), ("told", {"drawn": drawn_head(MIDDLE)})]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "nowhere"}, r"drawn\.layer is nowhere, which the network has not"),
        ({"layer": f"member9/{MIDDLE}"}, r"drawn\.layer is member9/"),
        ({"weights": [1.0, 2.0]}, r"drawn has 2 weights, and .* gives"),
        ({"layer": "logit"}, r"drawn has 16 weights, and logit gives \(None, 1\)"),
    ],
)
def test_a_head_that_does_not_fit_the_network_is_refused(
    change: dict[str, Any], message: str, write_network: WriteNetwork
) -> None:
    folder = write_network(drawn=drawn_head(MIDDLE))
    content = json.loads((folder / files.NUMBERS).read_text())
    content["drawn"] |= change
    (folder / files.NUMBERS).write_text(json.dumps(content))
    with pytest.raises(ConverterError, match=message):
        read_network(Path(folder))
