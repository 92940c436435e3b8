"""TensorFlow and Keras, loaded the one way that the converter needs and without their start-up noise."""

import contextlib
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator

from converter.errors import ConverterError


def prepare_tensorflow() -> None:
    """Load Keras on TensorFlow. To be called before anything imports Keras.

    Raises:
        ConverterError: Keras is already loaded with another backend in this process.
    """
    loaded = sys.modules.get("keras")
    if loaded is not None:
        backend = loaded.config.backend()
        if backend != "tensorflow":
            raise ConverterError(
                f"Keras is already loaded with the backend {backend!r}, but only TensorFlow can export a SavedModel. "
                "Run the converter in a process of its own: python -m converter ..."
            )
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with quiet():
            import keras  # noqa: F401
            import tensorflow  # noqa: F401
    except ImportError as error:
        raise ConverterError(
            f"TensorFlow or Keras cannot be loaded ({error}). Install what the converter needs: "
            "pip install -r requirements.txt"
        ) from error


def prepare_tensorflowjs() -> None:
    """Load tensorflowjs without JAX, which it imports to convert JAX functions. To be called before it is imported.

    Raises:
        ConverterError: it cannot be loaded.
    """
    if "tensorflowjs" in sys.modules:
        return
    # For the time of the import only: whoever looks for JAX afterwards has to find none.
    empty = {name: types.ModuleType(name) for name in ("jax", "jax.experimental", "jax.experimental.jax2tf")}
    absent = {name: module for name, module in empty.items() if name not in sys.modules}
    sys.modules.update(absent)
    try:
        with quiet():
            import tensorflowjs.converters  # noqa: F401
    except ImportError as error:
        raise ConverterError(
            f"tensorflowjs cannot be loaded ({error}). Install what the converter needs: "
            "pip install -r requirements.txt"
        ) from error
    finally:
        for name in absent:
            del sys.modules[name]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back what libraries write to standard error, native code included, and Python's warnings.

    TensorFlow, its converters and the LiteRT interpreter log from C++ before any log level can be set. If the block
    raises, everything held back is shown, for then it may be what explains the failure.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as held:
            os.dup2(held.fileno(), 2)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    yield
            except BaseException:
                os.dup2(kept, 2)
                held.seek(0)
                sys.stderr.write(held.read().decode(errors="replace"))
                raise
            finally:
                sys.stderr.flush()
                os.dup2(kept, 2)
    finally:
        os.close(kept)
