"""The gestures that the canvas benchmark times, the same for every application; standard library
only, as it also runs in the other application's own environment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Protocol

WIDTH, HEIGHT, COLUMNS = 2550.0, 3300.0, 100
LABELS = ("question", "answer", "header", "other")
ROUNDS = 15
PATIENCE_S = 12.0
"""A gesture is repeated until this much time is spent, at least three times, at most ROUNDS."""

Box = tuple[float, float, float, float]
Place = tuple[float, float]


class Window(Protocol):
    """An application's window with the page of the benchmark; places are the canvas's pixels."""

    def load(self) -> None:
        """Show the page with all its boxes."""

    def is_loaded(self) -> bool:
        """Whether the page stands there with its picture."""

    def process(self) -> None:
        """Do what is waiting, painting included."""

    def place_of(self, box: Box) -> Place:
        """Where the middle of the box is."""

    def whole_page(self) -> None:
        """Show the whole page."""

    def actual_size(self, box: Box) -> None:
        """Show the page at 100 %, around this box."""

    def press(self, place: Place) -> None:
        """Press the left button."""

    def move(self, place: Place, *, is_held: bool) -> None:
        """Move the pointer, the left button held or not."""

    def release(self, place: Place) -> None:
        """Let the left button go."""

    def wheel(self, place: Place, notches: int, *, with_control: bool) -> None:
        """Turn the wheel."""

    def undo(self) -> None:
        """Take the last edit back."""

    def selected(self) -> list[int]:
        """The places in the list of boxes of what is selected."""

    def corner(self, index: int) -> Place:
        """The top left corner of the box with this place in the list."""


def boxes_of(number: int) -> list[Box]:
    """So many boxes in a grid over the page."""
    rows = (number + COLUMNS - 1) // COLUMNS
    wide, tall = WIDTH / COLUMNS, HEIGHT / rows
    return [
        (
            (index % COLUMNS) * wide + 2,
            (index // COLUMNS) * tall + 2,
            (index % COLUMNS + 1) * wide - 2,
            (index // COLUMNS + 1) * tall - 2,
        )
        for index in range(number)
    ]


def settle(window: Window) -> None:
    """Let the frame be painted: Qt waits a few milliseconds before it paints."""
    for _wait in range(3):
        window.process()
        time.sleep(0.008)
    window.process()


def cpu_ms(window: Window, act: Callable[[], None]) -> float:
    """CPU milliseconds of the process for one call, painting included; the median of the rounds."""
    times: list[float] = []
    begun = time.monotonic()
    while len(times) < 3 or (len(times) < ROUNDS and time.monotonic() - begun < PATIENCE_S):
        start = time.process_time()
        act()
        settle(window)
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[len(times) // 2]


def idle_ms(window: Window) -> float:
    """What waiting alone costs: it is part of every figure."""
    return cpu_ms(window, lambda: None)


def loading(window: Window, limit_s: float = 120.0) -> dict[str, float]:
    """The page with all its boxes and its picture: CPU and wall milliseconds to the frame."""
    start, begun = time.process_time(), time.monotonic()
    window.load()
    window.process()
    while not window.is_loaded():
        if time.monotonic() - begun > limit_s:
            raise TimeoutError("the page did not appear")
        time.sleep(0.002)
        window.process()
    wall = (time.monotonic() - begun) * 1000
    settle(window)
    return {"load": (time.process_time() - start) * 1000, "load (wall)": wall}


def pointing(window: Window, boxes: list[Box], view: str) -> dict[str, float]:
    """Hover over boxes and click on them, wherever they are in view."""
    turn = count(1)

    def box() -> Box:
        return boxes[(next(turn) * 7) % len(boxes)]

    def select() -> None:
        chosen = box()
        place = window.place_of(chosen)
        window.press(place)
        window.release(place)
        assert len(window.selected()) == 1, "the click missed"

    return {
        f"hover, {view}": cpu_ms(
            window, lambda: window.move(window.place_of(box()), is_held=False)
        ),
        f"select, {view}": cpu_ms(window, select),
    }


def dragging(window: Window, boxes: list[Box], index: int) -> dict[str, float]:
    """Drag one box step by step, let it go (saved), and take that back."""
    x, y = window.place_of(boxes[index])
    corner = window.corner(index)
    window.press((x, y))
    window.move((x + 3, y + 2), is_held=True)
    settle(window)
    turn = count(1)

    def step() -> None:
        far = next(turn) % 40
        window.move((x + 4 + far, y + 3 + far / 2), is_held=True)

    figures = {"drag step": cpu_ms(window, step)}
    start = time.process_time()
    window.release((x + 9, y + 5))
    settle(window)
    figures["release, saved"] = (time.process_time() - start) * 1000
    assert window.corner(index) != corner, "the box did not move"
    start = time.process_time()
    window.undo()
    settle(window)
    figures["undo"] = (time.process_time() - start) * 1000
    assert window.corner(index) == corner, "the box did not come back"
    return figures


def looking(window: Window) -> dict[str, float]:
    """Scroll by a notch; zoom by a notch."""
    place = (500.0, 400.0)
    ways: Iterator[int] = (1 if turn // 4 % 2 else -1 for turn in count())
    zooms: Iterator[int] = (1 if turn // 4 % 2 else -1 for turn in count())
    return {
        "pan step": cpu_ms(window, lambda: window.wheel(place, next(ways), with_control=False)),
        "zoom step": cpu_ms(window, lambda: window.wheel(place, next(zooms), with_control=True)),
    }


def measure(window: Window, boxes: list[Box]) -> dict[str, float]:
    """All figures of one window, in milliseconds of CPU time of its process."""
    figures = loading(window)
    figures["(waiting alone)"] = idle_ms(window)
    window.whole_page()
    settle(window)
    figures |= pointing(window, boxes, "whole page")
    index = len(boxes) // 2 + min(COLUMNS, len(boxes)) // 2 - 1
    middle = boxes[index]
    window.actual_size(middle)
    settle(window)
    figures |= pointing(window, near(boxes, middle), "100 %")
    figures |= dragging(window, boxes, index)
    figures |= looking(window)
    return figures


def near(boxes: list[Box], middle: Box) -> list[Box]:
    """The boxes that are in view when this one is in its middle."""
    x, y = (middle[0] + middle[2]) / 2, (middle[1] + middle[3]) / 2
    return [
        box
        for box in boxes
        if abs((box[0] + box[2]) / 2 - x) < 300 and abs((box[1] + box[3]) / 2 - y) < 200
    ]
