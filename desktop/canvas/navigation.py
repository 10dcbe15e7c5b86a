"""Looking at a page: scroll, zoom to the pointer, fit; knows nothing of what is on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QNativeGestureEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGestureEvent, QGraphicsView, QPinchGesture, QWidget

from desktop.canvas.layers.layer import rect_of
from desktop.canvas.scene import PageScene
from desktop.guards import guarded
from model_backend.document import Box, Point

SMALLEST, LARGEST = 0.02, 64.0
STEP = 1.25
WHEEL_STEP = 120.0
FIT_MARGIN_PX = 18.0
FREE_SHARE = 0.4
"""Share of the view that may be empty beyond the edge of a page that is larger than the view."""


@guarded
class NavigationView(QGraphicsView):
    """A view that keeps the point under the pointer in place, and fits again when it is resized."""

    zoom_changed = Signal(float)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = PageScene(self)
        self.setScene(self.canvas)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self._area = Box(0, 0, 1, 1)
        self._fit = "page"
        self.wheel_zooms = False

    @property
    def scale_now(self) -> float:
        """Screen pixels a page unit."""
        return self.transform().m11()

    @property
    def full_scale(self) -> float:
        """Screen pixels a page unit at 100 %."""
        return 1.0

    def show_area(self, area: Box) -> None:
        """This is the page's outline; fitted anew if it was fitted before."""
        has_changed, self._area = area != self._area, area
        if has_changed and not self._refit():
            self._set_scale(self.scale_now)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.zoom_at(STEP, self._middle())

    def zoom_out(self) -> None:
        """One step farther."""
        self.zoom_at(1 / STEP, self._middle())

    def fit_page(self) -> None:
        """The whole page, and so on when the window is resized."""
        self._fit = "page"
        self._refit()

    def fit_width(self) -> None:
        """The page's whole width, its top first."""
        self._fit = "width"
        self._refit()

    def actual_size(self) -> None:
        """100 %: a picture's pixel on one of the screen's, a point on a 72nd of an inch."""
        self.zoom_at(self.full_scale / self.scale_now, self._middle())

    def zoom_to(self, box: Box) -> None:
        """This box, with some room around it, as large as it can be shown (at most four times full
        size).
        """
        self._fit = ""
        view = self.viewport().size()
        room = 1.6 * max(box.width / view.width(), box.height / view.height(), 1e-6)
        self._set_scale(min(1 / room, 4 * self.full_scale))
        self.centerOn(*box.center)

    def zoom_at(self, factor: float, place: QPointF) -> None:
        """Zoom so that what is at this place of the view stays there."""
        self._fit = ""
        before = self.page_point(place)
        self._set_scale(self.scale_now * factor)
        now = self.viewportTransform().map(QPointF(*before))
        self.scroll_by(now.x() - place.x(), now.y() - place.y())

    def show_box(self, box: Box) -> None:
        """Scroll the least so that the box is in view."""
        margin = 40
        self.ensureVisible(rect_of(box), margin, margin)

    def page_point(self, place: QPointF) -> Point:
        """The point of the page at a place of the view."""
        inverted, _is_possible = self.viewportTransform().inverted()
        point = inverted.map(place)
        return point.x(), point.y()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom to the pointer (`wheel_zooms` swaps them); Shift: sideways."""
        if bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) != self.wheel_zooms:
            delta = event.angleDelta().y() or event.pixelDelta().y()
            self.zoom_at(STEP ** (delta / WHEEL_STEP), event.position())
            event.accept()
            return
        way = event.pixelDelta()
        if way.isNull():
            way = event.angleDelta() / 2
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and way.x() == 0:
            way = way.transposed()
        self.scroll_by(-way.x(), -way.y())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Pinches of touchpads and touch screens zoom."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_at(1.0 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                place = self.viewport().mapFromGlobal(pinch.hotSpot())
                self.zoom_at(pinch.scaleFactor(), QPointF(place))
                return True
        return bool(super().viewportEvent(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, or keep the middle."""
        old = event.oldSize()
        middle = self.page_point(QPointF(old.width() / 2, old.height() / 2))
        super().resizeEvent(event)
        if not self._refit():
            self._set_scale(self.scale_now)
            if old.isValid():
                self.centerOn(*middle)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell what floats over the page that it moved."""
        super().scrollContentsBy(dx, dy)
        self.moved.emit()

    def _middle(self) -> QPointF:
        return QPointF(self.viewport().rect().center())

    def _refit(self) -> bool:
        if not self._fit:
            return False
        whole = self.maximumViewportSize()  # bars come and go by what is made of it here
        wide, tall = self._fitting(whole.width(), whole.height())
        x, y = self._area.center
        if self._fit == "page":
            self._set_scale(min(wide, tall))
        elif wide <= tall:
            self._set_scale(wide)
        else:
            beside = whole.width() - self.verticalScrollBar().sizeHint().width()
            self._set_scale(self._fitting(beside, whole.height())[0])
            y = self._area.y0 + (whole.height() / 2 - FIT_MARGIN_PX) / self.scale_now
        self.centerOn(x, y)
        return True

    def _fitting(self, width: int, height: int) -> tuple[float, float]:
        """The scales at which the page is as wide, and as tall, as so many pixels."""
        return (
            max(width - 2 * FIT_MARGIN_PX, 8) / max(self._area.width, 1e-6),
            max(height - 2 * FIT_MARGIN_PX, 8) / max(self._area.height, 1e-6),
        )

    def _set_scale(self, scale: float) -> None:
        if not math.isfinite(scale):
            return
        scale = min(max(scale, SMALLEST), LARGEST)
        has_changed = scale != self.scale_now
        self.setTransform(QTransform.fromScale(scale, scale))
        self.setSceneRect(self._room(scale))
        self.canvas.setSceneRect(self.sceneRect())
        if has_changed:
            self.scale_changed(scale)
            self.zoom_changed.emit(scale / self.full_scale)
            self.moved.emit()

    def scale_changed(self, scale: float) -> None:
        """The view shows this many screen pixels a page unit now."""

    def _room(self, scale: float) -> QRectF:
        """Where the view may go: past the page's edges when it is larger than the view, nowhere
        else.
        """
        size = self.viewport().size()
        margins = []
        for extent, view in (
            (self._area.width, size.width()),
            (self._area.height, size.height()),
        ):
            shown = extent * scale
            free = (
                FREE_SHARE * view
                if shown > view - 2 * FIT_MARGIN_PX + 1
                else (view - shown) / 2 - 1
            )
            margins.append(max(free, 0.0) / scale)
        return rect_of(self._area).adjusted(-margins[0], -margins[1], margins[0], margins[1])

    def scroll_by(self, dx: float, dy: float) -> None:
        """Move what is seen by so many screen pixels."""
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() + round(dx))
        vertical.setValue(vertical.value() + round(dy))
