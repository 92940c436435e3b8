"""TensorFlow's SavedModel: what a GPU and TensorFlow Serving run, and what the other formats are made from.

Not keras.Model.export, which stores every weight twice and gives other bytes every time.
"""

import copy
import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from google.protobuf.message import Message
from numpy.typing import NDArray

from converter.environment import quiet
from converter.forms.batches import BATCH, Outputs, batches
from converter.networks.trained_network import TrainedNetwork

SIGNATURE = "serving_default"
FROM_BYTES = "serve_image_bytes"
EXPLAIN = "explain"


def write_network(network: TrainedNetwork, model: keras.Model, folder: Path) -> None:
    """Write `model`, which is the network or its folded form, with the signatures that serve it.

    `serving_default`: `image`, uint8 (n, S, S, 3), RGB -> `logit` (n, 1), `local_logits` (n, h, w, 1) and the
    calibrated `probability_fake` (n, 1), float32. `serve_image_bytes`: `image_bytes`, string (n,), square face crops
    as JPEG, PNG or GIF files of any size -> the same. `explain`: `image` as above -> `probability_fake` (n, 1) and
    `heatmap` (n, h, w), for each part of the crop the probability that it is fake.
    """
    import tensorflow as tf

    side = network.input_size
    scale, bias = (float(network.numbers["calibration"][key]) for key in ("scale", "bias"))
    pixels = tf.TensorSpec((None, side, side, 3), tf.uint8, name="image")
    files = tf.TensorSpec((None,), tf.string, name="image_bytes")

    def probability(logits: Any) -> Any:
        return tf.sigmoid(scale * logits + bias)

    # Traced once, whatever number of signatures use it.
    answers = tf.function(
        lambda image: model(image, training=False),
        input_signature=[tf.TensorSpec((None, side, side, 3), tf.float32)],
        autograph=False,
    )

    def judge(image: Any) -> dict[str, Any]:
        outputs = answers(tf.cast(image, tf.float32))
        return {**outputs, "probability_fake": probability(outputs["logit"])}

    def judge_files(image_bytes: Any) -> dict[str, Any]:
        decode = tf.TensorSpec((side, side, 3), tf.uint8)
        return judge(tf.map_fn(lambda file: _decode(file, side), image_bytes, fn_output_signature=decode))

    def explain(image: Any) -> dict[str, Any]:
        outputs = judge(image)
        return {
            "probability_fake": outputs["probability_fake"],
            "heatmap": probability(outputs["local_logits"][..., 0]),
        }

    _save(model, {SIGNATURE: (judge, pixels), FROM_BYTES: (judge_files, files), EXPLAIN: (explain, pixels)}, folder)


def write_face_detector(model: keras.Model, folder: Path) -> None:
    """Write the face detector with `serving_default`: `image`, uint8 (1, S, S, 3), RGB -> `faces` as in Keras."""
    import tensorflow as tf

    pixels = tf.TensorSpec(model.inputs[0].shape, tf.uint8, name="image")
    _save(model, {SIGNATURE: (lambda image: model(tf.cast(image, tf.float32), training=False), pixels)}, folder)


def write_bare(model: keras.Model, folder: Path) -> None:
    """Write what the other formats are made from: `serving_default` takes `image` as float32, and no more is added."""
    import tensorflow as tf

    pixels = tf.TensorSpec(model.inputs[0].shape, tf.float32, name="image")
    _save(model, {SIGNATURE: (lambda image: model(image, training=False), pixels)}, folder)


def run_saved_model(folder: Path, images: NDArray[np.uint8], batch: int = BATCH) -> Iterator[Outputs]:
    """Run uint8 (n, S, S, 3) pictures; yields each batch's outputs.

    Args:
        folder: of the SavedModel.
        images: the pictures.
        batch: how many at once, if the graph takes more than one.
    """
    import tensorflow as tf

    with quiet():
        loaded = tf.saved_model.load(str(folder))
    function = loaded.signatures[SIGNATURE]
    most = function.structured_input_signature[1]["image"].shape[0] or batch
    for few in batches(images, most):
        yield {name: value.numpy() for name, value in function(image=tf.constant(few)).items()}


def _decode(file: Any, side: int) -> Any:
    import tensorflow as tf

    # The slow, exact transform that Pillow too uses; the default is the fast one. Knows JPEG, PNG and GIF by content.
    picture = tf.io.decode_jpeg(file, channels=3, dct_method="INTEGER_ACCURATE")
    resized = tf.image.resize(picture, (side, side), method="bicubic", antialias=True)
    return tf.saturate_cast(tf.round(resized), tf.uint8)


def _save(model: keras.Model, signatures: dict[str, tuple[Callable[..., Any], Any]], folder: Path) -> None:
    import tensorflow as tf

    module = tf.Module()
    # Saved once, however many signatures use them: a module keeps track of whatever is set on it.
    module.weights = [variable.value for variable in model.weights]  # pyright: ignore[reportAttributeAccessIssue]
    functions = {}
    for name, (function, spec) in signatures.items():
        traced = tf.function(function, input_signature=[spec], autograph=False)
        functions[name] = traced.get_concrete_function()
    with quiet():
        tf.saved_model.save(module, str(folder), signatures=functions)
    _settle(folder)


def _settle(folder: Path) -> None:
    """Make the files depend on nothing but the network.

    TensorFlow names functions and captured weights with numbers that count what the process has made before, orders
    functions by a hash of the name, serialises maps in any order, and puts a random identifier into fingerprint.pb,
    which no reader needs.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    path = folder / "saved_model.pb"
    model = saved_model_pb2.SavedModel()
    model.ParseFromString(path.read_bytes())
    names = {function.signature.name for graph in model.meta_graphs for function in graph.graph_def.library.function}
    gradients = re.compile(r"PartitionedCall-\d+")

    def note(text: str) -> str:
        if gradients.fullmatch(text):
            names.add(text)
        return text

    _put_through(model, note)
    _put_through(model, _renumbering(names))
    for graph in model.meta_graphs:
        functions = sorted(graph.graph_def.library.function, key=lambda function: str(function.signature.name))
        del graph.graph_def.library.function[:]
        graph.graph_def.library.function.extend(functions)
    path.write_bytes(model.SerializeToString(deterministic=True))
    (folder / "fingerprint.pb").unlink()


def _renumbering(names: set[str]) -> Callable[[str], str]:
    """Return what counts functions of one name, and gradients, from 0 in the order of their making, in any text."""
    numbered = [match for match in (re.fullmatch(r"(.*[_-])(\d+)", name) for name in names) if match]
    counted: Counter[str] = Counter()
    fresh = {}
    for match in sorted(numbered, key=lambda match: (match[1], int(match[2]))):
        fresh[match[0]] = f"{match[1]}{counted[match[1]]}"
        counted[match[1]] += 1
    # Within longer names too: a loop's placeholders bear the name of its function.
    found = re.compile("(?:" + "|".join(map(re.escape, sorted(fresh, key=len, reverse=True))) + r")(?!\d)")

    @functools.cache
    def renumber(text: str) -> str:
        return found.sub(lambda match: fresh[match[0]], text) if fresh else text

    return renumber


def _put_through(message: Any, change: Callable[[str], str]) -> None:
    """Change all texts in a message, keys of maps and bytes among them, and forget the ids of captured tensors."""
    for field, value in message.ListFields():
        inner = field.message_type
        if inner is not None and inner.GetOptions().map_entry:
            _put_map_through(value, inner.fields_by_name["value"].message_type is not None, change)
        elif inner is not None:
            for part in [value] if isinstance(value, Message) else value:
                _put_through(part, change)
        elif field.name == "tensor_content":
            continue
        elif isinstance(value, str | bytes):
            setattr(message, field.name, _changed(value, change))
        elif field.type in (field.TYPE_STRING, field.TYPE_BYTES):
            value[:] = [_changed(text, change) for text in value]


def _put_map_through(entries: Any, of_messages: bool, change: Callable[[str], str]) -> None:
    renamed = {}
    for key in list(entries):
        if of_messages:
            _put_through(entries[key], change)
        if key == "_user_specified_name" and entries[key].s.isdigit():
            entries[key].s = b"weight"
        if isinstance(key, str) and change(key) != key:
            # Put back once all are taken out: one's new name may be another's old one.
            renamed[change(key)] = copy.deepcopy(entries[key])
            del entries[key]
    for key, value in renamed.items():
        if of_messages:
            entries[key].CopyFrom(value)
        else:
            entries[key] = value


def _changed(text: str | bytes, change: Callable[[str], str]) -> str | bytes:
    # Any byte is a letter of Latin-1.
    return change(text) if isinstance(text, str) else change(text.decode("latin-1")).encode("latin-1")
