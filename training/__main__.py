"""Command line of the training package."""

from __future__ import annotations

import sys

from training.options import parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 a fault that the message explains, 2 wrong usage."""
    options = parser().parse_args(arguments)
    # Keras takes seconds to import, which --help and a wrong option should not cost.
    from training import commands
    from training.errors import DataError, NetworkError, RunError, StartWeightsError, TooFewFacesError

    try:
        commands.COMMANDS[options.command](options)
    except (DataError, NetworkError, RunError, StartWeightsError, TooFewFacesError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nstopped; train goes on after its last whole epoch with --resume, and tune, update and the trainings of "
            "--hold-out-origin with the same command",
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
