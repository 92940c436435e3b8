"""The network as it is best run: normalisation and scaling inside the convolutions, nothing left of training."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.Dense,
)
# They do nothing but in training.
TRAINING_ONLY = (
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
    keras.layers.GaussianNoise,
    keras.layers.GaussianDropout,
    keras.layers.ActivityRegularization,
)


def fold(model: keras.Model) -> keras.Model:
    """Rebuild `model` with fewer operations: the same outputs, but for rounding, from weights of its own.

    A BatchNormalization or Rescaling behind a convolution is a factor and an offset for each channel, and so becomes
    part of the kernel and the bias (Jacob et al. 2018, arXiv:1712.05877, section 3.2). Of a Rescaling before a
    convolution the factor goes into the kernel; the offset stays, since "same" padding pads with zeros behind it.
    Models within the model are folded each for itself.
    """
    return _Folding().fold(model)


class _Folding:
    def __init__(self) -> None:
        # A layer, or a model within the model, that is used twice is made once, or its weights would be stored twice.
        self._made: dict[tuple[int, ...], keras.layers.Layer] = {}

    def fold(self, model: keras.Model) -> keras.Model:
        if isinstance(model, keras.Sequential):
            model = model._functional
        inputs = keras.tree.map_structure(
            lambda tensor: keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name), model.input
        )
        # What keras.models.clone_model runs, which however cannot leave a layer out.
        outputs = model._run_through_graph(inputs, call_fn=self._call)
        return keras.Model(inputs, outputs, name=model.name)

    def _call(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(operation, TRAINING_ONLY):
            return args[0]
        if isinstance(operation, keras.Model) and hasattr(operation, "_run_through_graph"):
            return self._once((id(operation),), lambda: self.fold(operation))(args[0])
        if isinstance(operation, keras.layers.BatchNormalization | keras.layers.Rescaling):
            return self._after(operation, args[0])
        if isinstance(operation, keras.layers.Conv2D) and type(operation) is keras.layers.Conv2D:
            return self._before(operation, args[0])
        return operation(*args, **kwargs)

    def _after(self, layer: keras.layers.Layer, x: keras.KerasTensor) -> keras.KerasTensor:
        convolution, source = _producer(x)
        affine = _affine(layer, x.shape[-1])
        if affine is None or not _is_linear(convolution):
            return layer(x)
        return self._once((id(convolution), id(layer)), lambda: _scaled(convolution, layer.name, *affine))(source)

    def _before(self, convolution: keras.layers.Conv2D, x: keras.KerasTensor) -> keras.KerasTensor:
        padding, source = _producer(x)
        if not isinstance(padding, keras.layers.ZeroPadding2D):
            padding, source = None, x
        scaling, pixels = _producer(source)
        if not isinstance(scaling, keras.layers.Rescaling) or convolution.groups > 1:
            return convolution(x)
        channels = convolution.input.shape[-1]
        scale, offset = (np.broadcast_to(value, channels).astype(np.float64) for value in _rescaling(scaling))
        if not scale.all():
            return convolution(x)
        shifted = keras.ops.add(pixels, (offset / scale).astype(np.float32)) if offset.any() else pixels
        made = self._once((id(scaling), id(convolution)), lambda: _fed_unscaled(convolution, scaling.name, scale))
        return made(padding(shifted) if padding is not None else shifted)

    def _once(self, key: tuple[int, ...], make: Any) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def _producer(x: keras.KerasTensor) -> tuple[Any, keras.KerasTensor | None]:
    """The layer that made a tensor, and what it made it from if that is one tensor."""
    operation, node_index, _ = x._keras_history
    sources = operation._inbound_nodes[node_index].input_tensors
    return operation, sources[0] if len(sources) == 1 else None


def _is_linear(layer: Any) -> bool:
    return type(layer) in CONVOLUTIONS and layer.activation is keras.activations.linear


def _affine(layer: Any, channels: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Factor and offset for each channel, if that is all that the layer does."""
    if isinstance(layer, keras.layers.Rescaling):
        scale, offset = _rescaling(layer)
        return np.broadcast_to(scale, channels), np.broadcast_to(offset, channels)
    if layer.axis not in (-1, 3):
        return None
    mean, variance = (np.asarray(value, np.float64) for value in (layer.moving_mean, layer.moving_variance))
    scale = 1 / np.sqrt(variance + layer.epsilon)
    if layer.scale:
        scale = scale * np.asarray(layer.gamma, np.float64)
    offset = -mean * scale
    if layer.center:
        offset = offset + np.asarray(layer.beta, np.float64)
    return scale, offset


def _rescaling(layer: keras.layers.Rescaling) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray(layer.scale, np.float64), np.asarray(layer.offset, np.float64)


def _scaled(layer: Any, name: str, scale: NDArray[np.float64], offset: NDArray[np.float64]) -> keras.layers.Layer:
    """A convolution whose outputs are `layer`'s times `scale` plus `offset`."""
    *others, kernel = [np.asarray(value, np.float64) for value in layer.get_weights()[: -1 if layer.use_bias else None]]
    bias = np.asarray(layer.bias, np.float64) if layer.use_bias else np.zeros_like(offset)
    # A depthwise kernel is (height, width, channels, multiplier), its outputs in the order of the last two.
    kernel = kernel * (scale.reshape(kernel.shape[-2:]) if isinstance(layer, keras.layers.DepthwiseConv2D) else scale)
    return _with_weights(layer, name, [*others, kernel, bias * scale + offset])


def _fed_unscaled(convolution: keras.layers.Conv2D, name: str, scale: NDArray[np.float64]) -> keras.layers.Layer:
    """A convolution that gives on x what `convolution` gives on x times `scale`."""
    kernel, *bias = [np.asarray(value, np.float64) for value in convolution.get_weights()]
    if not bias:
        bias = [np.zeros(convolution.filters)]
    return _with_weights(convolution, name, [kernel * scale[:, np.newaxis], *bias])


def _with_weights(layer: Any, folded: str, weights: list[NDArray[np.float64]]) -> keras.layers.Layer:
    # The layer itself may still be needed beside its copy.
    copy = type(layer).from_config(layer.get_config() | {"use_bias": True, "name": f"{layer.name}_{folded}"})
    shape = layer._inbound_nodes[0].input_tensors[0].shape
    copy.build(shape)
    copy.set_weights([value.astype(np.float32) for value in weights])
    return copy
