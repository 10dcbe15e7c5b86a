"""The scene: the page's layers behind, the selection and the running gesture in front; it holds no
items at all.

Idle layers are the scene's background, which the view keeps as one cached picture: selecting and
dragging repaint only the foreground over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from desktop import bugs
from desktop.canvas.layers.changes import ChangeLayer
from desktop.canvas.layers.entities import EntityLayer
from desktop.canvas.layers.layer import Layer, Look, box_of, rect_of
from desktop.canvas.layers.live import LiveLayer
from desktop.canvas.layers.locks import paint_locks
from desktop.canvas.layers.picture import PictureLayer
from desktop.canvas.layers.regions import RegionLayer
from desktop.canvas.layers.relations import RelationLayer
from desktop.canvas.layers.tables import TableLayer
from desktop.canvas.layers.words import WordLayer
from desktop.canvas.style import DIMMED, LAYER_ORDER, color, initials
from desktop.document.visibility import Showing
from desktop.guards import guarded
from model_backend.document import Box, Page
from model_backend.labels import ENTITY, LabelSchema

SIGN_PX = 18.0
"""How far letters, heads and shadows reach beyond the boxes they belong to, in screen pixels."""


@guarded
class PageScene(QGraphicsScene):
    """One page with everything on it, made equal to each new value by `show_page`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.page: Page | None = None
        self.look = Look()
        self.picture = PictureLayer()
        self.words, self.entities = WordLayer(), EntityLayer()
        self.relations, self.tables, self.regions = RelationLayer(), TableLayer(), RegionLayer()
        self.live = LiveLayer(self.regions.masks)
        self.changes = ChangeLayer()
        self._lifted: frozenset[int] = frozenset()
        self._broken: set[str] = set()
        """Layers that failed on this page: they are not tried at every frame."""

    def layer(self, kind: str) -> Layer:
        """The layer that shows this kind of thing."""
        layers: dict[str, Layer] = {
            "words": self.words,
            "entities": self.entities,
            "relations": self.relations,
            "tables": self.tables,
            "regions": self.regions,
        }
        return layers[kind]

    def show_page(self, page: Page | None) -> None:
        """Become equal to this page; only what changed is painted anew."""
        if page != self.page:
            self._broken.clear()
        self.page = page
        if page is None:
            self.picture.clear()
            self.update()
            return
        dirty = self.picture.update(page, self.look)
        visibility = self.look.visibility
        self.look = replace(self.look, hidden_ids=visibility.left_out(page))
        look = replace(
            self.look,
            hidden_ids=self.look.hidden_ids | self._lifted,
            hidden_ends=visibility.hidden_ids | self._lifted,
        )
        for kind in LAYER_ORDER:
            dirty += self.layer(kind).update(page, look)
        self.live.forget()
        self._repaint(dirty)

    def set_look(self, look: Look) -> None:
        """Paint like this from now on."""
        has_new_items = look.visibility != self.look.visibility
        self.look = look
        if has_new_items:
            self.show_page(self.page)
        self.invalidate(self.sceneRect(), QGraphicsScene.SceneLayer.AllLayers)

    def set_schema(self, schema: LabelSchema) -> None:
        """Use these labels' colours and signs."""
        signs = initials([label.name for label in schema.of_kind(ENTITY)])
        self.set_look(replace(self.look, schema=schema, signs=signs))

    def set_strong_words(self, is_on: bool) -> None:
        """Show words more clearly while they are what is worked with."""
        if is_on != self.look.has_strong_words:
            self.set_look(replace(self.look, has_strong_words=is_on))

    def lift(self, ids: Iterable[int]) -> None:
        """Leave these to the foreground for a while: a gesture has them in hand."""
        lifted = frozenset(ids)
        if lifted != self._lifted:
            self._lifted = lifted
            self.show_page(self.page)

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Paint the page and all idle annotations in the exposed rectangle."""
        exposed = self._in_view(rect if isinstance(rect, QRectF) else self.sceneRect())
        painter.fillRect(exposed, color(self.look.theme.canvas))
        if self.page is None:
            return
        box = box_of(exposed).grown(SIGN_PX * self.look.pixel)
        with self._safely("picture", painter) as is_whole:
            if is_whole:
                self.picture.paint(painter, box, self.look)
            else:
                painter.fillRect(rect_of(self.page.box), Qt.GlobalColor.white)
        for kind in LAYER_ORDER:
            showing = self.look.visibility.showing(kind)
            if showing is Showing.HIDDEN:
                continue
            is_dimmed = showing is Showing.DIMMED or self.changes.is_on
            with self._safely(kind, painter) as is_whole:
                if is_whole:
                    painter.setOpacity(DIMMED if is_dimmed else 1.0)
                    self.layer(kind).paint(painter, box, self.look)

    @contextmanager
    def _safely(self, name: str, painter: QPainter) -> Iterator[bool]:
        """A layer that fails is reported and left out until the page changes; False for one that
        has failed already.
        """
        painter.save()
        try:
            yield name not in self._broken
        except Exception as error:
            self._broken.add(name)
            bugs.report(error)
        finally:
            painter.restore()

    def _in_view(self, rect: QRectF) -> QRectF:
        """The visible part: Qt counts all of an invalidated page as exposed, however near it is."""
        for view in self.views():
            seen = view.mapToScene(view.viewport().rect()).boundingRect()
            return rect.intersected(seen)
        return rect

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Paint what changed, the selection and the running gesture."""
        page, look = self.page, self.look
        if page is None:
            return
        layers: dict[str, Callable[[], None]] = {
            "locks": lambda: paint_locks(painter, page, look),
            "changes": lambda: self.changes.paint(painter, page, look),
            "live": lambda: self.live.paint(painter, page, look),
        }
        for name, paint in layers.items():
            with self._safely(name, painter) as is_whole:
                if is_whole:
                    paint()

    def try_again(self) -> None:
        """Paint what failed once more: another tool is in hand."""
        self._broken.discard("live")

    def repaint_page(self) -> None:
        """Paint everything again: another picture of the page has come."""
        self.invalidate(self.sceneRect(), QGraphicsScene.SceneLayer.AllLayers)

    def refresh(self, box: Box | None = None) -> None:
        """Paint the foreground again, or a part of it; the cached picture behind it is only
        copied.
        """
        area = self.sceneRect() if box is None else rect_of(box)
        self.invalidate(area, QGraphicsScene.SceneLayer.ForegroundLayer)

    def _repaint(self, dirty: list[Box]) -> None:
        margin = SIGN_PX * self.look.pixel
        for box in _joined(dirty):
            self.invalidate(
                rect_of(box.normalized().grown(margin)), QGraphicsScene.SceneLayer.BackgroundLayer
            )
        self.refresh()


def _joined(boxes: list[Box]) -> list[Box]:
    """The boxes themselves while they are few, else the one around them."""
    if len(boxes) <= 16:
        return boxes
    ordered = [box.normalized() for box in boxes]
    return [
        Box(
            min(box.x0 for box in ordered),
            min(box.y0 for box in ordered),
            max(box.x1 for box in ordered),
            max(box.y1 for box in ordered),
        )
    ]
