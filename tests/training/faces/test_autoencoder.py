"""The tiny autoencoders' format, with weights drawn by the test and PyTorch's own layers to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.errors import DataError
from training.faces.autoencoder import TinyAutoencoder

pytestmark = pytest.mark.torch


def block(channels: int, wide: bool) -> Any:
    from torch import nn

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers = [nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU()] * 2
            self.conv = nn.Sequential(*layers, nn.Conv2d(channels, channels, 3, padding=1))
            if wide:
                self.pool = nn.Sequential(
                    nn.Conv2d(channels, 4 * channels, 1, bias=False),
                    nn.GroupNorm(4, 4 * channels),
                    nn.ReLU(),
                    nn.Conv2d(4 * channels, channels, 1, bias=False),
                )
            self.wide = wide

        def forward(self, x: Any) -> Any:
            x = x + self.pool(x) if self.wide else x
            return nn.functional.relu(self.conv(x) + x)

    return Block()


def halves(wide: bool) -> tuple[Any, Any]:
    """Return encoder and decoder as published, but of 8 channels, with two changes of size instead of three."""
    import torch
    from torch import nn

    torch.manual_seed(0)

    class Soft(nn.Module):
        def forward(self, x: Any) -> Any:
            return 3 * torch.tanh(x / 3)

    def down() -> Any:
        return nn.Conv2d(8, 8, 3, stride=2, padding=1, bias=False)

    def up() -> Any:
        return nn.Conv2d(8, 8, 3, padding=1, bias=False)

    encoder = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), block(8, False), down(), block(8, False), down(), block(8, wide),
        nn.Conv2d(8, 4, 3, padding=1),
    )  # fmt: skip
    decoder = nn.Sequential(
        Soft(), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), block(8, wide), nn.Upsample(scale_factor=2), up(),
        block(8, False), nn.Upsample(scale_factor=2), up(), nn.Conv2d(8, 3, 3, padding=1),
    )  # fmt: skip
    return encoder, decoder


@pytest.mark.parametrize("wide", [False, True])
def test_pictures_are_drawn_as_pytorch_draws_them(wide: bool, tmp_path: Path) -> None:
    import torch

    encoder, decoder = halves(wide)
    # Untrained, it draws hardly anything.
    with torch.no_grad():
        decoder[-1].weight *= 10
    torch.save(encoder.state_dict(), tmp_path / "tiny_encoder.pth")
    torch.save(decoder.state_dict(), tmp_path / "tiny_decoder.pth")
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 48, 3), dtype=np.uint8)
    with torch.no_grad():
        drawn = decoder(encoder(torch.tensor(pictures.transpose(0, 3, 1, 2) / 255, dtype=torch.float32)))
    wanted = np.rint(np.clip(drawn.numpy().transpose(0, 2, 3, 1), 0, 1) * 255)
    assert np.ptp(wanted) > 20
    assert np.abs(TinyAutoencoder(tmp_path)(pictures).astype(int) - wanted).max() <= 1


def test_sides_that_are_no_multiples_keep_their_size(tmp_path: Path) -> None:
    import torch

    for name, half in zip(("encoder", "decoder"), halves(False), strict=True):
        torch.save(half.state_dict(), tmp_path / f"tiny_{name}.pth")
    drawn = TinyAutoencoder(tmp_path)(np.zeros((1, 45, 37, 3), np.uint8))
    assert drawn.shape == (1, 45, 37, 3)
    assert drawn.dtype == np.uint8


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds 0 files named \*_encoder\.pth"):
        TinyAutoencoder(tmp_path)
