"""Files of pictures: finding them in folders, and reading one without ever waiting in vain."""

import os
import select
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from fake_image_detection.errors import PictureError

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".avif"})

# How long a pipe may be silent, in seconds.
_PATIENCE = 5.0
# Linux moves this many bytes through a pipe at a time.
_PIPE_BYTES = 65_536


def find_pictures(folder: Path, on_closed: Callable[[OSError], None]) -> Iterator[str]:
    """Names of the pictures under a folder, by their suffixes: relative, with forward slashes, in a stable order.

    Links to folders are followed, but no folder is entered twice; what lies under the folder itself comes first, so
    that it has its own name. `on_closed` is told of folders that cannot be read.
    """
    waiting, entered = [folder], set[tuple[int, int]]()
    for start in waiting:
        for root, folders, files in os.walk(start, onerror=on_closed):
            try:
                about = Path(root).stat()
            except OSError as error:
                on_closed(error)
                continue
            if (about.st_dev, about.st_ino) in entered:
                folders.clear()
                continue
            entered.add((about.st_dev, about.st_ino))
            folders.sort()
            inner = [Path(root, name) for name in folders]
            # Path.is_symlink() fails where a path is too long.
            waiting += [path for path in inner if os.path.islink(path)]  # noqa: PTH114
            for name in sorted(files):
                path = Path(root, name)
                if path.suffix.lower() in SUFFIXES:
                    yield path.relative_to(folder).as_posix()


def is_special(path: Path) -> bool:
    """Whether there is a pipe, a socket or a device of this name rather than a file or nothing."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def read_file(path: Path, max_bytes: int) -> bytes:
    """The contents of a file, or what comes out of a pipe.

    Raises:
        PictureError: there is no such file, it cannot be read, or it has more than `max_bytes`.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            about = os.fstat(file.fileno())
            if stat.S_ISFIFO(about.st_mode):
                return _read_pipe(file.fileno(), max_bytes)
            if not stat.S_ISREG(about.st_mode):
                raise PictureError("not_a_file", "this is a device, not a picture")
            if about.st_size > max_bytes:
                raise too_many_bytes(about.st_size, max_bytes)
            # A file may grow in the meantime.
            return file.read(about.st_size)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a name with a null character.
        raise PictureError("file_not_found", "there is no such file") from None
    except IsADirectoryError:
        raise PictureError("file_not_found", "this is a folder, not a picture") from None
    except OSError as error:
        raise PictureError("unreadable_picture", f"the file cannot be read ({error.strerror})") from error


def too_many_bytes(size: int, max_bytes: int) -> PictureError:
    """What is said of a picture of `size` bytes."""
    return PictureError("too_many_bytes", f"the picture has {size} bytes; at most {max_bytes} are allowed")


def _open_at_once(path: str, flags: int) -> int:
    # Otherwise opening a pipe waits until somebody opens its other end.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_pipe(descriptor: int, max_bytes: int) -> bytes:
    data = b""
    while len(data) <= max_bytes:
        ready, _, _ = select.select([descriptor], [], [], _PATIENCE)
        if not ready:
            raise PictureError("not_a_file", f"this is a pipe, and nothing came out of it for {_PATIENCE:g} seconds")
        part = os.read(descriptor, _PIPE_BYTES)
        if not part:
            return data
        data += part
    raise PictureError("too_many_bytes", f"the picture has more than {max_bytes} bytes, the most allowed")
