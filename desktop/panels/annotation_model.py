"""The annotations of the page in view as a flat table: one heading a kind, in reading order.

Only rows that are seen are asked for, and only rows that changed are announced: a page of many
thousands costs no more than one of a few.
"""

from __future__ import annotations

from itertools import compress, count
from operator import ne

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QIcon

from desktop.appearance.icons import icon, swatch
from desktop.appearance.plain import tip
from desktop.appearance.signs import (
    NOTE_SIGN,
    STATUS_SIGNS,
    STATUS_TEXTS,
    UNSURE_SIGN,
)
from desktop.document.lookup import annotation_of
from desktop.document.visibility import Visibility
from desktop.guards import guarded
from desktop.panels.texts import GROUP_TEXTS, name_of, score_text
from model_backend.document import Annotation, Entity, Page, Region, Status, collection_of
from model_backend.labels import ENTITY, REGION, LabelSchema
from model_backend.lookup import changed_ids
from model_backend.translation import _

Index = QModelIndex | QPersistentModelIndex
Row = int | str
"""The id of an annotation, or the name of a group."""
Data = str | QIcon | QFont | None
ROLES = frozenset(
    (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.ToolTipRole,
    )
)
"""All that is answered: views ask for much more, for every cell."""
FEW_ROWS = 50
"""More rows than this are announced as one stretch."""
_ICONS = {"relations": "relation", "tables": "table"}


@guarded
class AnnotationModel(QAbstractTableModel):
    """Headings and annotations below each other; two columns: name, state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page: Page | None = None
        self._schema = LabelSchema(())
        self._is_proposed_only = False
        self._visibility = Visibility()
        self._order: tuple[int, ...] = ()
        self._closed: frozenset[str] = frozenset()
        self._rows: list[Row] = []
        self._counts: dict[str, int] = {}
        self._places: dict[Row, int] = {}

    def show(
        self,
        page: Page | None,
        order: tuple[int, ...],
        schema: LabelSchema,
        visibility: Visibility,
        *,
        is_proposed_only: bool,
    ) -> None:
        """Make the list equal to this page, in this order, without what the filter leaves out."""
        before = self.page
        order = self._order if order == self._order else order
        is_another = page is None or before is None or before.id != page.id
        looks_new = (schema, visibility) != (self._schema, self._visibility)
        is_narrowed = is_proposed_only or visibility.filter.is_on
        has_same_rows = order is self._order and not is_narrowed and not looks_new
        is_widened = is_proposed_only != self._is_proposed_only
        self.page, self._order, self._schema = page, order, schema
        self._visibility, self._is_proposed_only = visibility, is_proposed_only
        if is_another or looks_new or is_widened:
            self.beginResetModel()
            self._take(self._wanted())
            self.endResetModel()
            return
        if not has_same_rows:
            self._become(self._wanted())
        if before is not None and page is not None:
            self._announce(before, page)

    def _wanted(self) -> list[Row]:
        """The rows there should be; their numbers are counted on the way."""
        page = self.page
        if page is None:
            self._counts = {}
            return []
        left_out = self._visibility.left_out(page) - self._visibility.hidden_ids
        listed = {
            item.id: item
            for item in page.annotations
            if item.id not in left_out and self._is_listed(item)
        }
        groups: dict[str, list[Row]] = {name: [] for name in GROUP_TEXTS}
        for item_id in self._order:
            if item_id in listed:
                groups[collection_of(listed[item_id])].append(item_id)
        self._counts = {name: len(members) for name, members in groups.items() if members}
        rows: list[Row] = []
        for name in self._counts:
            rows += [name] if name in self._closed else [name, *groups[name]]
        return rows

    def _is_listed(self, item: Annotation) -> bool:
        return not self._is_proposed_only or item.status is Status.PROPOSED

    def _take(self, rows: list[Row]) -> None:
        self._rows = rows
        self._places = dict(zip(rows, count(), strict=False))

    def _become(self, rows: list[Row]) -> None:
        """Take what differs out, put what comes in its place in; all other rows stay."""
        old = self._rows
        if rows == old:
            return
        short = min(len(old), len(rows))
        start = next(compress(count(), map(ne, old, rows)), short)
        differs = compress(count(), map(ne, reversed(old), reversed(rows)))
        end = min(next(differs, short), short - start)
        if len(old) - end > start:
            self.beginRemoveRows(QModelIndex(), start, len(old) - end - 1)
            self._take(old[:start] + old[len(old) - end :])
            self.endRemoveRows()
        if len(rows) - end > start:
            self.beginInsertRows(QModelIndex(), start, len(rows) - end - 1)
            self._take(rows)
            self.endInsertRows()
        for name in self._counts:
            self._redraw(self._places[name], self._places[name])

    def _announce(self, before: Page, page: Page) -> None:
        """Have the rows of annotations with another value drawn again, and of links to them."""
        changed = changed_ids(before.annotations, page.annotations)
        if before.entities is not page.entities:
            links = [
                one.id for one in page.relations if one.from_id in changed or one.to_id in changed
            ]
            changed = changed.union(links)
        rows = [self._places[item_id] for item_id in changed if item_id in self._places]
        if len(rows) <= FEW_ROWS:
            for row in rows:
                self._redraw(row, row)
        else:
            self._redraw(min(rows), max(rows))

    def _redraw(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, 1))

    def group(self, index: Index) -> str:
        """The name of the group whose heading this is; empty for an annotation."""
        row = self._rows[index.row()] if index.isValid() else ""
        return row if isinstance(row, str) else ""

    def group_of(self, index: Index) -> QModelIndex:
        """The heading above an annotation, or of the group itself."""
        heads = (row for row in range(index.row(), -1, -1) if isinstance(self._rows[row], str))
        return self.index(next(heads, -1), 0)

    def is_closed(self, name: str) -> bool:
        """Whether only the heading of a group is listed."""
        return name in self._closed

    def close_group(self, name: str, *, is_closed: bool) -> None:
        """List only the heading of a group, or its annotations too."""
        self._closed = self._closed | {name} if is_closed else self._closed - {name}
        self._become(self._wanted())

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many headings and annotations are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Name and state."""
        return 2

    def annotation(self, index: Index) -> Annotation | None:
        """The annotation at this index; None for a heading."""
        row = self._rows[index.row()] if index.isValid() else ""
        if isinstance(row, str) or self.page is None:
            return None
        return annotation_of(self.page, row)

    def index_of(self, annotation_id: int) -> QModelIndex:
        """Where this annotation is listed; an invalid index where it is not."""
        place = self._places.get(annotation_id)
        return QModelIndex() if place is None else self.createIndex(place, 0)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What is locked cannot be selected."""
        item, flags = self.annotation(index), super().flags(index)
        if item is not None and self._visibility.is_locked(item):
            return flags & ~Qt.ItemFlag.ItemIsSelectable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Data:
        """Texts, the label's colour, italics for what is only proposed."""
        if role not in ROLES:
            return None
        item = self.annotation(index)
        if item is None:
            return self._group_data(index, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._state(item) if index.column() else self._name(item)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._lock(item) if index.column() else self._icon(item)
        if role == Qt.ItemDataRole.FontRole:
            return _italic() if item.status is Status.PROPOSED else None
        return tip(self._hint(item)) if role == Qt.ItemDataRole.ToolTipRole else None

    def _group_data(self, index: Index, role: int) -> Data:
        name = self.group(index)
        if role == Qt.ItemDataRole.DisplayRole and index.column() == 0:
            return f"{_(GROUP_TEXTS[name])}  {self._counts[name]}"
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return icon("next" if name in self._closed else "open-group")
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def _name(self, item: Annotation) -> str:
        return name_of(item, self.page) if self.page else ""

    def _state(self, item: Annotation) -> str:
        marks = (UNSURE_SIGN if item.is_unsure else "") + (NOTE_SIGN if item.note else "")
        parts = (marks, STATUS_SIGNS[item.status], score_text(item.score))
        return " ".join(filter(None, parts))

    def _lock(self, item: Annotation) -> QIcon | None:
        return icon("lock") if self._visibility.is_locked(item) else None

    def _hint(self, item: Annotation) -> str:
        state = f"{_(STATUS_TEXTS[item.status])} {score_text(item.score)}"
        unsure = _("Unsure") if item.is_unsure else ""
        return "\n".join(filter(None, (self._name(item), state, unsure, item.note)))

    def _icon(self, item: Annotation) -> QIcon:
        if isinstance(item, Entity | Region):
            kind = ENTITY if isinstance(item, Entity) else REGION
            label = self._schema.label(item.label, kind)
            return swatch(label.color if label else "#888888")
        return icon(_ICONS[collection_of(item)])


def _italic() -> QFont:
    font = QFont()
    font.setItalic(True)
    return font
