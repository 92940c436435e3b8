"""The type of the fixture `edit_bundle`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

EditBundle = Callable[[Callable[[dict[str, Any]], object]], Path]
