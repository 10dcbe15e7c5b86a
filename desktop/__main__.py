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


WINDOW_OPTIONS = {"--sample", "--screenshot"}
"""Options of `open` that the window itself understands; the command line answers all others."""


def _wants_window(arguments: list[str]) -> bool:
    options = {argument for argument in arguments if argument.startswith("-")}
    return not arguments or (arguments[0] == "open" and options <= WINDOW_OPTIONS)


if __name__ == "__main__":
    sys.exit(main())
