from __future__ import annotations

import keras
import numpy as np
import pytest

from training.figures import lite

from ..tiny_run import tiny


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow alone converts")
def test_a_converted_network_answers_as_keras_does_and_anew_once_its_weights_have_changed() -> None:
    keras.utils.set_random_seed(1)
    model = tiny(32, 0.0)
    faces = np.random.default_rng(0).uniform(0, 255, (5, 32, 32, 3)).astype(np.float32)

    def compare() -> np.ndarray:
        answers = [lite.answering(model, "logit")(some) for some in (faces, faces[:2])]
        expected = np.asarray(model.predict_on_batch(faces)["logit"])
        np.testing.assert_allclose(answers[0], expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(answers[1], expected[:2], rtol=1e-4, atol=1e-5)
        return answers[0]

    before = compare()
    model.set_weights([array + 0.1 for array in model.get_weights()])
    assert not np.allclose(compare(), before)
