"""SavedModel on TensorFlow, for a GPU."""

import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fake_image_detection.bundle import Bundle, GraphFiles
from fake_image_detection.errors import BundleError, DeviceError
from fake_image_detection.runtimes.runtime import Graph


class SavedModelRuntime:
    """Runs SavedModels on one device of TensorFlow.

    Args:
        tensorflow: the module, imported by the caller.
        place: TensorFlow's name for the device, such as `/GPU:0`.
        device: the device in words.
    """

    name = "saved_model"
    form: Literal["lite", "saved_model"] = "saved_model"
    batch = 32
    # One for the process: the memory of a device holds one batch; a second one at the same time would gain nothing.
    _lock = threading.Lock()

    def __init__(self, tensorflow: Any, place: str, device: str) -> None:
        """Take a device as it is."""
        self._tensorflow = tensorflow
        self._place = place
        self.device = device

    @classmethod
    def on_gpu(cls) -> "SavedModelRuntime":
        """The first NVIDIA GPU; raises DeviceError if there is none that TensorFlow can use."""
        # Without it TensorFlow fills stderr before the first line of this program.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        try:
            import tensorflow
        except ImportError as error:
            raise DeviceError(
                "A GPU needs TensorFlow: pip install 'tensorflow[and-cuda]', or use --device cpu."
            ) from error
        gpus = tensorflow.config.list_physical_devices("GPU")
        if not gpus:
            raise DeviceError(
                "TensorFlow finds no GPU. Use --device cpu, or install the NVIDIA driver and "
                "`pip install 'tensorflow[and-cuda]'`."
            )
        # TensorFlow would take all of the GPU's memory from everybody else. If it is running already, its owner chose.
        with contextlib.suppress(RuntimeError):
            tensorflow.config.experimental.set_memory_growth(gpus[0], True)
        # TensorFloat-32 rounds to 10 bits, which would move verdicts away from those of the other runtimes.
        tensorflow.config.experimental.enable_tensor_float_32_execution(False)
        details = tensorflow.config.experimental.get_device_details(gpus[0])
        return cls(tensorflow, "/GPU:0", f"GPU: {details.get('device_name', gpus[0].name)}")

    def load(self, bundle: Bundle, files: GraphFiles) -> Graph:
        """Load a SavedModel and its signature `serving_default`."""
        folder = bundle.check_folder(bundle.saved_model(files))
        try:
            with self._tensorflow.device(self._place):
                model = self._tensorflow.saved_model.load(str(folder))
            signature = model.signatures["serving_default"]
        except self._tensorflow.errors.OpError as error:
            raise _failed(self.device, error) from error
        except (OSError, ValueError, KeyError) as error:
            raise BundleError(f"TensorFlow cannot load {folder}: {error}. Build the bundle anew.") from error
        return _SavedModelGraph(self._tensorflow, self._place, self.device, model, signature, self._lock)


def _failed(device: str, error: Exception) -> DeviceError:
    # Of a page of C++ the first line is what a person can use.
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return DeviceError(f"{device} failed: {reason}. Use --device cpu, or free its memory and look after its driver.")


class _SavedModelGraph(Graph):
    def __init__(
        self,
        tensorflow: Any,
        place: str,
        device: str,
        model: Any,
        signature: Callable[..., Mapping[str, Any]],
        lock: threading.Lock,
    ) -> None:
        self._tensorflow = tensorflow
        self._place = place
        self._device = device
        # The signature does not keep the model's variables alive.
        self._model = model
        self._signature = signature
        self._lock = lock

    def __call__(self, images: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
        try:
            with self._lock, self._tensorflow.device(self._place):
                outputs = self._signature(image=self._tensorflow.constant(images))
            return {name: output.numpy() for name, output in outputs.items()}
        except self._tensorflow.errors.OpError as error:
            raise _failed(self._device, error) from error
