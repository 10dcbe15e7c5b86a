"""What the long drivers share: how many, from where, and what failed."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def drive(title: str, count: int, one: Callable[[int], str]) -> int:
    """Run `one` for each number; it says what went wrong, or nothing. The number of failures."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--count", type=int, default=count, help="how many runs")
    parser.add_argument("--resume", type=int, default=0, help="the number of the first run")
    options = parser.parse_args()
    failed = 0
    for number in range(options.resume, options.count):
        problem = one(number)
        failed += bool(problem)
        if problem or (number + 1) % 100 == 0:
            print(f"{number + 1} of {options.count}, {failed} failed {problem}", flush=True)  # noqa: T201
    return failed
