"""The list of pages: small picture, name, number, and status as a word, a colour and a shape."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.colors import Colors
from desktop.appearance.signs import PAGE_STATUS_TEXTS, draw_page_status, page_status_color
from desktop.guards import guarded
from desktop.panels.page_model import (
    PLACE,
    PROBLEM,
    SUMMARY,
    THUMBNAIL,
    PageModel,
    is_partly_done,
    status_text,
)
from model_backend.document import PageStatus
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.live_checks import LiveChecks
    from desktop.jobs.page_images import PageImages
    from desktop.panels.editor import Editor
    from desktop.store.records import PageSummary

ROW_HEIGHT, PICTURE = 84, QSize(56, 72)
_Index = QModelIndex | QPersistentModelIndex


@guarded
class PageDelegate(QStyledItemDelegate):
    """Draws one page of the list."""

    def __init__(self, colors: Colors, checks: LiveChecks, parent: QWidget) -> None:
        super().__init__(parent)
        self.colors, self._checks = colors, checks

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 - Qt
        """Every row is as high as its picture."""
        return QSize(150, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Background, picture, three lines."""
        summary: PageSummary | None = index.data(SUMMARY)
        if summary is None:
            return
        box = QRect(option.rect).adjusted(4, 2, -4, -2)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            self._fill(painter, box, self.colors.soft)
        elif state & QStyle.StateFlag.State_MouseOver:
            self._fill(painter, box, self.colors.hover)
        frame = QRect(box.left() + 6, box.top() + 4, PICTURE.width(), PICTURE.height())
        self._draw_picture(painter, frame, index.data(THUMBNAIL))
        lines = box.adjusted(PICTURE.width() + 18, 8, -6, -6)
        told = replace(summary, problem=index.data(PROBLEM))
        self._draw_lines(painter, lines, told, index.data(PLACE), option.font)
        painter.restore()

    def _fill(self, painter: QPainter, box: QRect, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(box, 6, 6)

    def _draw_picture(self, painter: QPainter, frame: QRect, picture: QImage | None) -> None:
        painter.setPen(QPen(QColor(self.colors.line), 1))
        if picture is None or picture.isNull():
            painter.setBrush(QColor(self.colors.window))
            painter.drawRoundedRect(frame, 3, 3)
            return
        size = picture.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(frame.topLeft(), size)
        target.moveCenter(frame.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(target)

    def _draw_lines(
        self, painter: QPainter, box: QRect, summary: PageSummary, place: str, font: QFont
    ) -> None:
        height = QFontMetrics(font).height() + 3
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        self._draw_text(painter, box, summary.document_name, strong, self.colors.text)
        box = box.adjusted(0, height, 0, 0)
        if place:
            rest = self._without_problems(painter, box, summary.id, font)
            self._draw_text(painter, rest, place, font, self.colors.quiet)
            box = box.adjusted(0, height, 0, 0)
        status = PageStatus(summary.status)
        sign = QRectF(box.left() + 1, box.top() + (height - 3) / 2 - 5, 10, 10)
        text, color = self._state(summary, status)
        if summary.is_read and not summary.problem:
            shown = PageStatus.IN_PROGRESS if is_partly_done(summary) else status
            draw_page_status(painter, sign, shown, self.colors)
            box = box.adjusted(18, 0, 0, 0)
        if not place:
            box = self._without_problems(painter, box, summary.id, font)
        state = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        self._draw_text(painter, box, state, font, color)

    def _without_problems(self, painter: QPainter, box: QRect, page_id: int, font: QFont) -> QRect:
        """Draw the number of errors, else of warnings, at the end; what is left of the line."""
        errors, warnings = self._checks.counts(page_id)
        if not errors and not warnings:
            return box
        text = f"✗ {errors}" if errors else f"⚠ {warnings}"
        width = QFontMetrics(font).horizontalAdvance(text) + 2
        color = self.colors.bad if errors else self.colors.warning
        place = QRect(box.right() - width, box.top(), width, box.height())
        self._draw_text(painter, place, text, font, color)
        return box.adjusted(0, 0, -width - 6, 0)

    def _state(self, summary: PageSummary, status: PageStatus) -> tuple[str, str]:
        if summary.problem:
            return f"⚠ {summary.problem}", self.colors.bad
        if not summary.is_read:
            return _("Waiting to be read"), self.colors.quiet
        text = status_text(summary)
        if is_partly_done(summary):
            return text, self.colors.warning
        if summary.proposed:
            text = _("{count} to check").format(count=summary.proposed)
        return text, page_status_color(status, self.colors)

    def _draw_text(self, painter: QPainter, box: QRect, text: str, font: QFont, color: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(color))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(box, flags, shown)


class PageList(QWidget):
    """The list with its filter; follows the page in view and is followed by it."""

    def __init__(
        self,
        editor: Editor,
        images: PageImages,
        colors: Colors,
        checks: LiveChecks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor, self._checks = editor, checks
        self.model = PageModel(editor.document, images, self)
        self.filter = self._make_filter()
        self.view = self._make_view(colors)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self.filter)
        layout.addWidget(self.view)
        editor.selection.page_changed.connect(self._follow)
        self.view.selectionModel().currentChanged.connect(self._choose)
        self.model.modelReset.connect(self._follow_current)
        self.model.rowsInserted.connect(self._follow_current)
        self.filter.currentIndexChanged.connect(self._filter)

    def _make_filter(self) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(_("Which pages are listed"))
        box.addItem(_("All pages"), None)
        for status, text in PAGE_STATUS_TEXTS.items():
            box.addItem(_(text), status)
        return box

    def _make_view(self, colors: Colors) -> QTableView:
        """A table of one column: unlike a list view it need not look at every row to lay out."""
        view = QTableView(self)
        view.setModel(self.model)
        view.setItemDelegate(PageDelegate(colors, self._checks, view))
        view.horizontalHeader().hide()
        view.horizontalHeader().setStretchLastSection(True)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.setShowGrid(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setTabKeyNavigation(False)
        view.setMouseTracking(True)
        view.setAccessibleName(_("Pages"))
        return view

    def set_colors(self, colors: Colors) -> None:
        """Draw in another theme's colours."""
        delegate = self.view.itemDelegate()
        if isinstance(delegate, PageDelegate):
            delegate.colors = colors
        self.view.viewport().update()

    def _filter(self) -> None:
        status = self.filter.currentData()
        self.model.show_only(None if status is None else (PageStatus(status),))

    def _choose(self, current: QModelIndex) -> None:
        page_id = self.model.page_id(current.row())
        if page_id and page_id != self._editor.selection.page_id:
            self._editor.selection.set_page(page_id)

    def _follow_current(self) -> None:
        self._follow(self._editor.selection.page_id or 0)

    def _follow(self, page_id: int) -> None:
        row = self.model.row_of(page_id)
        if row is not None and self.view.currentIndex().row() != row:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row))
