"""The choice of what runs the graphs of the bundle."""

import shutil
from collections.abc import Iterator
from typing import Literal, get_args

from fake_image_detection.errors import DeviceError
from fake_image_detection.runtimes.runtime import Runtime

Device = Literal["auto", "cpu", "gpu"]
DEVICES: tuple[Device, ...] = get_args(Device)


def candidates(device: Device) -> Iterator[Runtime]:
    """The runtimes that may serve, best first; raises DeviceError if a GPU is asked for and there is none."""
    if device == "gpu" or (device == "auto" and shutil.which("nvidia-smi")):
        # TensorFlow takes seconds to import, which only a machine with a GPU should pay.
        from fake_image_detection.runtimes.saved_model import SavedModelRuntime

        try:
            yield SavedModelRuntime.on_gpu()
        except DeviceError:
            if device == "gpu":
                raise
    if device != "gpu":
        from fake_image_detection.runtimes.lite import LiteRuntime

        yield LiteRuntime()
