"""`python -m server`, and the command that an installation has."""

import sys

_PACKAGES = {"flask", "flask_cors", "waitress", "prometheus_client", "urllib3"}


def main(program: str = "fake-image-detection-server") -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code."""
    try:
        from .cli import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        print(f"error: there is no {error.name}. Get what the server needs:", file=sys.stderr)
        print("  pip install 'fake-image-detection[server]'", file=sys.stderr)
        return 1
    return serve(program)


if __name__ == "__main__":
    sys.exit(main(f"python -m {__package__}"))
