"""GriTS of 40 x 20 tables against a plain implementation of the same definition.

Plain is what the published code does, with the paper's rewards: each reward by a function call and
looked up afterwards, each pair of rows and of columns aligned by a loop. Run:
`python tests/benchmarks/grits.py`. Goal: under a fifth of the plain time, equal values.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from model_backend.document import Box, Span
from model_backend.metrics.grits import GridCell, grits

ROWS, COLUMNS = 40, 20
Grid = list[list[Any]]
Reward = Callable[[Any, Any], float]


def table(seed: int) -> list[GridCell]:
    """A table of numbers and short texts."""
    make = random.Random(seed)
    words = ["Total", "Other income", "Net assets", "Persons", "1 to 4 years", "–", ""]
    return [
        GridCell(
            Span(row, row + 1, column, column + 1),
            make.choice(words) if column == 0 else f"{make.uniform(0, 10_000):,.2f}",
            Box(column * 50, row * 12, column * 50 + make.uniform(20, 49), row * 12 + 11),
        )
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def predicted(cells: Sequence[GridCell]) -> list[GridCell]:
    """The table with a wrong digit in each tenth text, its last row lost and its boxes moved."""
    return [
        GridCell(
            cell.span,
            cell.text.replace("1", "7") if index % 10 == 0 else cell.text,
            cell.box.moved(1, 1) if cell.box else None,
        )
        for index, cell in enumerate(cells)
        if cell.span.row0 < ROWS - 1
    ]


def common_length(one: str, other: str) -> int:
    """The longest common subsequence by the plain table."""
    row = [0] * (len(other) + 1)
    for a in one:
        before = 0
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], before + 1 if a == b else max(row[j], row[j - 1])
    return row[-1]


def text_reward(one: str, other: str) -> float:
    length = len(one) + len(other)
    return 2 * common_length(one, other) / length if length else 1.0


def box_reward(one: Box, other: Box) -> float:
    return one.iou(other)


def aligned(rewards: Callable[[int, int], float], count: int, other: int) -> tuple[float, list]:
    """Score and pairs of the best alignment of two sequences."""
    best = [[0.0] * (other + 1) for _ in range(count + 1)]
    for i in range(count):
        for j in range(other):
            pair = best[i][j] + rewards(i, j)
            best[i + 1][j + 1] = max(pair, best[i][j + 1], best[i + 1][j])
    pairs, i, j = [], count, other
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + rewards(i - 1, j - 1):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return best[-1][-1], pairs


def plain(truth: Grid, said: Grid, reward: Reward) -> float:
    """Factored 2D-MSS by loops."""
    rows, columns = (len(truth), len(said)), (len(truth[0]), len(said[0]))
    known = {
        (i, j, k, m): reward(truth[i][j], said[k][m])
        for i in range(rows[0])
        for j in range(columns[0])
        for k in range(rows[1])
        for m in range(columns[1])
    }
    row_rewards = {
        (i, k): aligned(lambda j, m, i=i, k=k: known[i, j, k, m], *columns)[0]
        for i in range(rows[0])
        for k in range(rows[1])
    }
    column_rewards = {
        (j, m): aligned(lambda i, k, j=j, m=m: known[i, j, k, m], *rows)[0]
        for j in range(columns[0])
        for m in range(columns[1])
    }
    row_pairs = aligned(lambda i, k: row_rewards[i, k], *rows)[1]
    column_pairs = aligned(lambda j, m: column_rewards[j, m], *columns)[1]
    total = sum(known[i, j, k, m] for i, k in row_pairs for j, m in column_pairs)
    return 2 * total / (rows[0] * columns[0] + rows[1] * columns[1])


def in_rows(cells: Sequence[GridCell], value: Callable[[GridCell], Any]) -> Grid:
    last = max(cell.span.row1 for cell in cells)
    return [[value(cell) for cell in cells if cell.span.row0 == row] for row in range(last)]


def main() -> None:
    truth = table(1)
    said = predicted(truth)
    aspects: list[tuple[Any, Reward, Callable[[GridCell], Any]]] = [
        ("content", text_reward, lambda cell: cell.text),
        ("location", box_reward, lambda cell: cell.box),
    ]
    for aspect, reward, value in aspects:
        started = time.perf_counter()
        ours = grits(truth, said, aspect).f
        middle = time.perf_counter()
        theirs = plain(in_rows(truth, value), in_rows(said, value), reward)
        ended = time.perf_counter()
        if abs(ours - theirs) > 1e-9:
            raise SystemExit(f"GriTS {aspect}: {ours} is not the plain {theirs}")
        share = (middle - started) / (ended - middle)
        print(
            f"GriTS {aspect} {ROWS} x {COLUMNS}: {middle - started:.2f} s,"
            f" plain {ended - middle:.2f} s, share {share:.3f} (goal 0.2), value {ours:.4f}"
        )


if __name__ == "__main__":
    main()
