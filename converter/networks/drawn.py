"""What tells drawings, statues and dolls from photographs: a small head on a layer in the network's middle."""

from typing import Any

import keras
import numpy as np

from converter.errors import ConverterError


def with_drawn(model: keras.Model, head: dict[str, Any], path: object) -> keras.Model:
    """Give `model` the output `drawn` (n,), above 0 where a face looks drawn or modelled; its weights are shared.

    It is a weighted sum of the means and the standard deviations, over the crop, of the channels of one layer.

    Args:
        model: image -> outputs by name.
        head: `drawn` of network.json: `layer`, within a model in the model as MODEL/LAYER; `weights`, those of the
            means before those of the deviations; `offset`.
        path: of network.json, for messages.

    Raises:
        ConverterError: there is no such layer, or it has not as many channels as there are weights for.
    """
    inside, _, name = head["layer"].rpartition("/")
    try:
        layer = (model.get_layer(inside) if inside else model).get_layer(name)
    except ValueError as error:
        raise ConverterError(f"{path}: drawn.layer is {head['layer']}, which the network has not.") from error
    weights = np.array(head["weights"], np.float32)
    shape = tuple(layer.output.shape)
    if len(shape) != 4 or len(weights) != 2 * shape[-1]:
        raise ConverterError(
            f"{path}: drawn has {len(weights)} weights, and {head['layer']} gives {shape}: wanted are two a channel."
        )
    outputs, seen = _seen_inside(model, inside, name) if inside else (dict(model.output), layer.output)
    mean = keras.ops.mean(seen, axis=(1, 2), keepdims=True)
    # Not the mean of the squares less the square of the mean: what float32 leaves of that depends on the runtime.
    spread = keras.ops.sqrt(keras.ops.mean(keras.ops.square(seen - mean), axis=(1, 2)))
    dense = keras.layers.Dense(1, name="drawn_sum")
    told = dense(keras.ops.concatenate([keras.ops.squeeze(mean, (1, 2)), spread], axis=1))
    # The converter to TF.js tells outputs apart by their shapes.
    drawn = keras.layers.Reshape((), name="drawn")(told)
    dense.set_weights([weights[:, np.newaxis], np.array([head["offset"]], np.float32)])
    return keras.Model(model.input, {**outputs, "drawn": drawn}, name=model.name)


def _seen_inside(model: keras.Model, inner: str, name: str) -> tuple[dict[str, Any], keras.KerasTensor]:
    """The outputs of `model`, and what the layer `name` of its part `inner` gives, so that the part is run once."""
    found = []

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        if operation.name != inner:
            return operation(*args, **kwargs)
        part = keras.Model(
            operation.input, {"outputs": operation.output, "seen": operation.get_layer(name).output}, name=inner
        )
        outputs = part(*args, **kwargs)
        found.append(outputs["seen"])
        return outputs["outputs"]

    # What keras.models.clone_model runs, which however makes a copy of each layer.
    return model._run_through_graph(model.input, call_fn=call), *found
