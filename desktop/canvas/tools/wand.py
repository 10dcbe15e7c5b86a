"""The wand: a click takes connected ink of the picture as a mask; what was taken last can be made
larger and smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from desktop.canvas.grey import GreyPicture
from desktop.canvas.layers.layer import Look, in_pixels
from desktop.canvas.layers.regions import MASK_ALPHA
from desktop.canvas.style import brush, color, font, label_color
from desktop.canvas.tools.tool import BRACKETS, Gesture, Pointer, Tool
from desktop.canvas.workspace import WandSettings, Workspace
from desktop.document import edits
from desktop.document.lookup import Item
from model_backend import masks
from model_backend.document import Mask, Page, Point, Region
from model_backend.errors import UserError
from model_backend.labels import REGION
from model_backend.translation import _, mark

LEAST_TOLERANCE, MOST_TOLERANCE, STEP = 5, 200, 5
MOST_GAP = 40
DRAG_PX = 2.0
"""Dragged so many screen pixels sideways, the tolerance changes by one level."""
GAP_KEYS = {Qt.Key.Key_Comma: -1, Qt.Key.Key_Period: 1}
BADGE_PX = 20.0


@dataclass(frozen=True)
class Pick:
    """Where ink was taken, and what is done with it: on a region as it was before, or on none."""

    point: Point
    reach: float
    base: Region | None = None
    is_away: bool = False


class WandTool(Tool):
    """Take connected ink: a new region, more of the selected one (Shift), or less (Alt)."""

    name = "wand"
    cursor = Qt.CursorShape.CrossCursor
    hint = mark(
        "Click ink; Shift adds, Alt takes away. [ ] or a drag: how light ink may be; , . gaps."
    )

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self.grey = GreyPicture(work.scene)
        self._last: tuple[Pick, Region] | None = None

    def begin(self, pointer: Pointer) -> Gesture | None:
        """Take ink; a drag goes on to make it more or less."""
        if not self.grey.is_there:
            self.work.say(_("The page is still being drawn. Try again in a moment."))
            return None
        base = _selected_region(self.work) if pointer.shift or pointer.alt else None
        if pointer.alt and base is None:
            self.work.say(_("Select the region first from which ink is to be taken away."))
            return None
        pick = Pick(pointer.point, pointer.reach / 2, base, is_away=pointer.alt)
        return TakeInk(self.work, pointer, self, pick)

    def ink(self, pick: Pick) -> Mask | None:
        """The ink of a pick with the tolerance and the gap of now."""
        settings = self.work.wand
        return self.grey.ink(pick.point, pick.reach, settings.tolerance, settings.gap)

    def take(self, pick: Pick, ink: Mask, *, goes_on: bool = False) -> None:
        """One edit with this ink; it is remembered, so that it can be adjusted."""
        page = self.work.page
        if page is None:
            return
        text = mark("Take ink away") if pick.is_away else mark("Take ink")
        self.work.go_on(is_on=goes_on)
        region_id = self._last[1].id if goes_on and self._last else None
        try:
            mask = _with_ink(page, pick, ink)
        except UserError as error:
            self.work.say(str(error))
            return
        if mask is None and pick.base is not None:
            base = pick.base
            self.work.apply(text, lambda page: edits.delete(page, [base.id]))
            self._last = None
        elif mask is not None:
            self._keep(pick, self._put(text, pick, mask, region_id))
        self.work.go_on(is_on=False)

    def _put(self, text: str, pick: Pick, mask: Mask, region_id: int | None) -> int | None:
        own = pick.base.id if pick.base is not None else region_id
        if own is not None:
            item = self.work.item(own)
            if isinstance(item, Region):
                changed = edits.with_mask(item, mask)
                self.work.apply(text, lambda page: edits.replace(page, changed))
            return own
        label, box = self.work.label(REGION), masks.bounding_box_of(mask)
        ids = self.work.apply(text, lambda page: edits.add_region(page, label, box, mask=mask))
        if ids:
            self.work.select(ids)
        return ids[0] if ids else None

    def _keep(self, pick: Pick, region_id: int | None) -> None:
        item = self.work.item(region_id) if region_id is not None else None
        self._last = (pick, item) if isinstance(item, Region) else None

    def wants_key(self, key: int) -> bool:
        """[ ] , and . are the wand's."""
        return key in BRACKETS or key in GAP_KEYS

    def key(self, key: int) -> bool:
        """[ and ] change the tolerance, comma and full stop the gap."""
        if key in BRACKETS:
            return self.adjust(BRACKETS[Qt.Key(key)])
        if key not in GAP_KEYS:
            return False
        self.set_gap(self.work.wand.gap + GAP_KEYS[Qt.Key(key)])
        return True

    def wants_wheel(self, pointer: Pointer) -> bool:
        """The wheel over what was taken last makes it more or less; elsewhere it scrolls."""
        is_over = self._last is not None and self._last[1].box.contains(pointer.point)
        return self.gesture is not None or is_over

    def adjust(self, step: int) -> bool:
        """Lighter ink too, or only darker."""
        self.set_tolerance(self.work.wand.tolerance + step * STEP)
        return True

    def set_tolerance(self, tolerance: int) -> None:
        """Ink may be lighter by so many grey levels than where it was clicked."""
        wanted = max(LEAST_TOLERANCE, min(MOST_TOLERANCE, tolerance))
        self._set(replace(self.work.wand, tolerance=wanted))

    def set_gap(self, gap: int) -> None:
        """Ink this near (pixels of the picture) belongs together."""
        self._set(replace(self.work.wand, gap=max(0, min(MOST_GAP, gap))))

    def _set(self, settings: WandSettings) -> None:
        if settings == self.work.wand:
            return
        self.work.wand = settings
        self.work.say(settings_text(settings))
        if self.gesture is None and self._last is not None:
            self._take_again(*self._last)
        self.work.scene.refresh()

    def _take_again(self, pick: Pick, region: Region) -> None:
        """What was taken last, with other settings; if nothing else was done with it since."""
        if self.work.item(region.id) != region:
            self._last = None
            return
        ink = self.ink(pick)
        if ink is not None:
            self.take(pick, ink, goes_on=True)


class TakeInk(Gesture):
    """Ink under the pointer; a drag to the right takes lighter ink too, to the left only darker."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, work: Workspace, start: Pointer, tool: WandTool, pick: Pick) -> None:
        super().__init__(work, start)
        self._tool, self._pick = tool, pick
        self._before = work.wand.tolerance
        self._settings: WandSettings | None = None
        self._found: Mask | None = None

    @property
    def ink(self) -> Mask | None:
        """What would be taken now: looked for when it is shown or taken, not at every movement."""
        if self._settings != self.work.wand:
            self._settings, self._found = self.work.wand, self._tool.ink(self._pick)
        return self._found

    def depends_on(self) -> tuple[Item, ...]:
        """The region that ink is added to or taken from."""
        return () if self._pick.base is None else (self._pick.base,)

    def move(self, pointer: Pointer) -> None:
        """Sideways: another tolerance."""
        super().move(pointer)
        if not self.is_click:
            way = (pointer.point[0] - self.start.point[0]) / pointer.pixel
            self._tool.set_tolerance(self._before + round(way / DRAG_PX))

    def release(self, pointer: Pointer) -> bool:
        """One edit with the ink."""
        self.move(pointer)
        ink = self.ink
        if ink is None:
            self.work.say(_("There is no ink here."))
        else:
            self._tool.take(self._pick, ink)
        return True

    def previews(self) -> Mapping[int, Item]:
        """Nothing: the ink is painted over."""
        return {}

    def paint(self, painter: QPainter, look: Look) -> None:
        """The ink as it would be taken, and the settings beside the pointer."""
        ink = self.ink
        if ink is not None:
            name = label_color(look.schema, self.work.label(REGION), REGION)
            name = "#ffffff" if self._pick.is_away else name
            scale = look.scale * look.dpr
            self.work.scene.regions.masks.draw(painter, ink, name, MASK_ALPHA + 60, scale)
        text = settings_text(self.work.wand) if ink else _("There is no ink here.")
        _paint_badge(painter, text, self.last.point, look)


def settings_text(settings: WandSettings) -> str:
    """The settings in words."""
    return _("Lighter by up to {levels} · gaps up to {gap} px").format(
        levels=settings.tolerance, gap=settings.gap
    )


def _with_ink(page: Page, pick: Pick, ink: Mask) -> Mask | None:
    if pick.base is None:
        return ink
    return masks.combined(edits.mask_of(page, pick.base), ink, is_away=pick.is_away)


def _selected_region(work: Workspace) -> Region | None:
    items = work.selected() if len(work.ids) == 1 else []
    return items[0] if items and isinstance(items[0], Region) else None


def _paint_badge(painter: QPainter, text: str, point: Point, look: Look) -> None:
    with in_pixels(painter) as to_screen:
        own = font(12)
        painter.setFont(own)
        place = to_screen.map(QPointF(*point))
        wide = QFontMetricsF(own).horizontalAdvance(text) + 14
        box = QRectF(place.x() + 14, place.y() + 14, wide, BADGE_PX)
        painter.setPen(look.pen(look.theme.border))
        painter.setBrush(brush(look.theme.field, 240))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(color(look.theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
