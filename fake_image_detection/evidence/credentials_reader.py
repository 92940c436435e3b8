"""Run as a program: the manifest store of the picture on stdin, as JSON on stdout.

Arguments: the picture's media type, and the seconds of processor time it may take. On stdin stand four bytes with the
length of the library's settings, the settings as JSON, then the picture's file.
"""

import io
import json
import sys

# Room for the library, for a large picture and for its manifests.
_MEMORY = 2 << 30


def main(media_type: str, seconds: int) -> None:
    """Read the picture; whatever is wrong with its manifest is an `error`."""
    _limit(seconds)
    import c2pa

    data = sys.stdin.buffer.read()
    start = 4 + int.from_bytes(data[:4], "big")
    settings = c2pa.Settings.from_json(data[4:start].decode())
    try:
        with c2pa.Context(settings) as context:
            picture = io.BytesIO(data[start:])
            with c2pa.Reader(media_type, picture, context=context) as reader:
                print(reader.json())
    except c2pa.C2paError as error:
        print(json.dumps({"error": str(error)}))


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows; the caller's own limit of time holds there.
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
