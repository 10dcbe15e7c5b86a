"""The way in, for `proofdesk` and `python -m desktop`; the window starts without typer and rich."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support


def main() -> int:
    """Open the window (no arguments, or `open`) or run one command; returns the exit status."""
    freeze_support()
    arguments = sys.argv[1:]
    if _wants_window(arguments):
        from desktop.application import main as open_window

        return open_window(arguments[1:])
    from desktop.cli import main as run_command

    return run_command(arguments)


def _wants_window(arguments: list[str]) -> bool:
    """Whether this is `open` without anything that only the command line answers."""
    return not arguments or (arguments[0] == "open" and not {"--help", "--json"} & set(arguments))


if __name__ == "__main__":
    sys.exit(main())
