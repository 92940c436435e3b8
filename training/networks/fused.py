"""The layers that take the most time, each as one call of PyTorch on its backend: a CPU trains three times as fast."""

from __future__ import annotations

from typing import Any

import keras


class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """keras.layers.BatchNormalization over the last axis, as one PyTorch call."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise float32 (n, h, w, channels) and, when training, update the moving statistics."""
        import torch

        normalised = torch.nn.functional.batch_norm(
            inputs.permute(0, 3, 1, 2),
            self.moving_mean.value.data,
            self.moving_variance.value.data,
            self.gamma.value if self.scale else None,
            self.beta.value if self.center else None,
            training=bool(training and self.trainable),
            momentum=1.0 - self.momentum,
            eps=self.epsilon,
        )
        return normalised.permute(0, 2, 3, 1)


class FusedConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """keras.layers.Conv2D without the two copies of its input that Keras 3.15 makes on PyTorch."""

    def call(self, inputs: Any) -> Any:
        """Convolve (n, h, w, channels)."""
        return self.activation(_convolve(self, inputs, self.kernel.value.permute(3, 2, 0, 1), groups=self.groups))


class FusedDepthwiseConv2D(keras.layers.DepthwiseConv2D):  # type: ignore[misc]
    """keras.layers.DepthwiseConv2D without those copies."""

    def call(self, inputs: Any) -> Any:
        """Convolve (n, h, w, channels)."""
        height, width, channels, multiplier = self.kernel.shape
        kernel = self.kernel.value.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
        return self.activation(_convolve(self, inputs, kernel, groups=channels))


def _convolve(layer: Any, inputs: Any, kernel: Any, groups: int) -> Any:
    import torch

    # A tensor (n, h, w, channels) seen as (n, channels, h, w) is what PyTorch calls channels last: its fastest form.
    image = inputs.permute(0, 3, 1, 2)
    if layer.padding == "same":
        # As TensorFlow pads, with the odd pixel at the end; PyTorch's own padding is even.
        needed = [
            max((-(-size // stride) - 1) * stride + (side - 1) * dilation + 1 - size, 0)
            for size, stride, side, dilation in zip(
                image.shape[2:], layer.strides, kernel.shape[2:], layer.dilation_rate, strict=True
            )
        ]
        even = all(pixels % 2 == 0 for pixels in needed)
        padding = [pixels // 2 for pixels in needed] if even else 0
        if not even:
            down, right = needed
            image = torch.nn.functional.pad(image, (right // 2, right - right // 2, down // 2, down - down // 2))
    else:
        padding = 0
    convolved = torch.nn.functional.conv2d(
        image,
        kernel,
        None if layer.bias is None else layer.bias.value,
        stride=layer.strides,
        padding=padding,
        dilation=layer.dilation_rate,
        groups=groups,
    )
    return convolved.permute(0, 2, 3, 1)


FUSED: dict[type[keras.Layer], type[keras.Layer]] = {
    keras.layers.BatchNormalization: FusedBatchNormalization,
    keras.layers.Conv2D: FusedConv2D,
    keras.layers.DepthwiseConv2D: FusedDepthwiseConv2D,
}


def fuse(model: keras.Model) -> keras.Model:
    """Return a model with the same weights in the same order, faster where the backend allows it.

    Only the standard layers can be saved for everybody: copy the weights back afterwards
    with `model.set_weights(fused.get_weights())`.
    """
    if keras.backend.backend() != "torch":
        return model

    def swap(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        kind: Any = type(layer)
        if kind is keras.layers.BatchNormalization:
            # Cast to the precision of a mixed policy, copies of the moving statistics would be updated, not they.
            config["autocast"] = False
        # Pyright takes the default for None.
        return FUSED.get(kind, kind).from_config(config)  # pyright: ignore[reportOptionalMemberAccess]

    fused = keras.models.clone_model(model, clone_function=swap)
    fused.set_weights(model.get_weights())
    return fused
