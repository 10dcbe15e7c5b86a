"""What every tool has: press, move, release, key, cancel; a gesture is one drag and makes one edit
when released.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.layers.layer import Look
from desktop.canvas.style import REACH_PX
from desktop.canvas.workspace import Workspace
from desktop.document.lookup import Item, item_of
from model_backend.document import Box, Page, Point

BRACKETS = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
"""Keys that make what a tool adjusts smaller and larger."""

CLICK_PX = 4.0
"""A press that moved less than this many screen pixels is a click."""


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is on the page, with the keys that are held; `pixel` is a screen pixel in
    page units.
    """

    point: Point
    pixel: float = 1.0
    shift: bool = False
    control: bool = False
    alt: bool = False
    held: str = ""

    @property
    def reach(self) -> float:
        """How near is near enough, in page units."""
        return REACH_PX * self.pixel

    def is_click_from(self, other: Pointer) -> bool:
        """Whether the pointer has hardly moved since."""
        return math.dist(self.point, other.point) < CLICK_PX * self.pixel


class Gesture:
    """One drag: `move` changes only what is shown, `release` makes the one edit and says whether
    that was all.
    """

    cursor: Qt.CursorShape | None = None
    hides_selection = False
    """Whether the outline and the grips of the selection would hide what is done."""

    def __init__(self, work: Workspace, start: Pointer) -> None:
        self.work, self.start, self.last = work, start, start

    @property
    def is_click(self) -> bool:
        """Whether the pointer has hardly moved since the press."""
        return self.last.is_click_from(self.start)

    def depends_on(self) -> tuple[Item, ...]:
        """The values the gesture was begun with; when one of them changes underneath, it is
        cancelled.
        """
        return ()

    def lifted(self) -> tuple[int, ...]:
        """What is shown by the gesture instead of by its layer."""
        return ()

    def move(self, pointer: Pointer) -> None:
        """The pointer is here now."""
        self.last = pointer

    def changed_box(self) -> Box | None:
        """Where the last move changed what is seen; None for anywhere."""
        return None

    def release(self, pointer: Pointer) -> bool:
        """Make the edit; False when the gesture goes on without the button."""
        self.move(pointer)
        return True

    def dropped(self) -> None:
        """It was cancelled: nothing came of it."""

    def previews(self) -> Mapping[int, Item]:
        """Values shown instead of the page's own."""
        return {}

    def paint(self, painter: QPainter, look: Look) -> None:
        """Whatever else is to be seen."""


class Tool:
    """The active pointer tool; hands each press to a gesture."""

    name = ""
    cursor = Qt.CursorShape.ArrowCursor
    has_grips = False
    """Whether the selection can be shaped with this tool: only then its grips are shown."""
    has_turn = False
    """Whether the one selected region has a knob that turns it."""
    hint = ""
    """A line that tells what to do, shown when the tool is chosen (a marked text)."""

    def __init__(self, work: Workspace) -> None:
        self.work = work
        self.gesture: Gesture | None = None
        self.is_over = False
        """Set when the tool has done its work: the view goes back to selecting."""

    @property
    def hides_selection(self) -> bool:
        """Whether the gesture is seen better without the selection's outline and grips."""
        return self.gesture is not None and self.gesture.hides_selection

    @property
    def is_busy(self) -> bool:
        """Whether Escape has something to cancel here."""
        return self.gesture is not None

    def begin(self, pointer: Pointer) -> Gesture | None:
        """The gesture that a press starts here."""
        return None

    def take_up(self, gesture: Gesture) -> None:
        """Go on with a gesture that no press began."""
        self.cancel()
        self.gesture = gesture
        self._lift()

    def press(self, pointer: Pointer) -> None:
        """The button went down."""
        if self.gesture is None:
            self.gesture = self.begin(pointer)
            self._lift()
        else:
            self.gesture.move(pointer)

    def move(self, pointer: Pointer) -> None:
        """The pointer moved, with or without the button."""
        if self.gesture is not None:
            self.gesture.move(pointer)
            self._lift()

    def release(self, pointer: Pointer) -> None:
        """The button went up: the gesture ends unless it wants to go on."""
        gesture = self.gesture
        if gesture is None:
            return
        if gesture.release(pointer) and self.gesture is gesture:
            self.gesture = None
        self._lift()

    def double_click(self, pointer: Pointer) -> bool:
        """A double click; True when the tool made use of it."""
        return False

    def wants_wheel(self, pointer: Pointer) -> bool:
        """Whether the wheel adjusts the tool here, instead of scrolling."""
        return False

    def changed_box(self) -> Box | None:
        """Where the last move changed what is seen; None for anywhere."""
        return self.gesture.changed_box() if self.gesture is not None else None

    def adjust(self, step: int) -> bool:
        """Make larger or smaller what the tool has to adjust; True when there is something."""
        return False

    def key(self, key: int) -> bool:
        """A key went down; True when the tool made use of it."""
        return False

    def wants_key(self, key: int) -> bool:
        """Whether a plain key is the tool's before it is a shortcut of the window."""
        return False

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """The pointer's shape where nothing is pressed."""
        return self.cursor

    def cancel(self) -> bool:
        """Drop whatever is running; True when there was something."""
        gesture, self.gesture = self.gesture, None
        self._lift()
        if gesture is not None:
            gesture.dropped()
        return gesture is not None

    def page_changed(self, page: Page | None) -> None:
        """The page has another value: a gesture goes on only if nothing it holds was changed."""
        if self.gesture is None:
            return
        held = self.gesture.depends_on()
        if page is None or any(item_of(page, item.id) != item for item in held):
            self.cancel()

    def previews(self) -> Mapping[int, Item]:
        """Values shown instead of the page's own."""
        return self.gesture.previews() if self.gesture else {}

    def paint(self, painter: QPainter, look: Look) -> None:
        """What the tool shows over everything else."""
        if self.gesture is not None:
            self.gesture.paint(painter, look)

    def _lift(self) -> None:
        self.work.scene.lift(self.gesture.lifted() if self.gesture else ())
