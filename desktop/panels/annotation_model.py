"""The annotations of the page in view as a tree model: one group a kind, in reading order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QIcon

from desktop.appearance.icons import icon, swatch
from desktop.appearance.signs import (
    LOCK_SIGN,
    NOTE_SIGN,
    STATUS_SIGNS,
    STATUS_TEXTS,
    UNSURE_SIGN,
)
from desktop.document.order import annotations_in_order
from desktop.document.visibility import Visibility
from desktop.panels.texts import GROUP_TEXTS, name_of, score_text
from model_backend.document import (
    Annotation,
    Entity,
    Page,
    Region,
    Status,
    collection_of,
)
from model_backend.labels import ENTITY, REGION, LabelSchema
from model_backend.translation import _

Index = QModelIndex | QPersistentModelIndex
_ICONS = {"relations": "relation", "tables": "table"}


class AnnotationModel(QAbstractItemModel):
    """Groups on top (id 0), their annotations below (id = group + 1); two columns: name, state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page: Page | None = None
        self._schema = LabelSchema(())
        self._is_proposed_only = False
        self._visibility = Visibility()
        self._groups: list[tuple[str, list[Annotation]]] = []
        self._places: dict[int, tuple[int, int]] = {}

    def show(
        self,
        page: Page | None,
        schema: LabelSchema,
        visibility: Visibility,
        *,
        is_proposed_only: bool,
    ) -> None:
        """Make the list equal to this page, without what the filter leaves out."""
        self.beginResetModel()
        self.page, self._schema, self._is_proposed_only = page, schema, is_proposed_only
        self._visibility = visibility
        items = annotations_in_order(page) if page else ()
        left_out = visibility.left_out(page) - visibility.hidden_ids if page else frozenset()
        listed = [item for item in items if self._is_listed(item) and item.id not in left_out]
        kinds = [(name, [i for i in listed if collection_of(i) == name]) for name in GROUP_TEXTS]
        self._groups = [(name, members) for name, members in kinds if members]
        self._places = {
            item.id: (group, row)
            for group, (_name, members) in enumerate(self._groups)
            for row, item in enumerate(members)
        }
        self.endResetModel()

    def _is_listed(self, item: Annotation) -> bool:
        return not self._is_proposed_only or item.status is Status.PROPOSED

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """The index of a group, or of an annotation in its group; invalid where there is none."""
        if not (0 <= row < self.rowCount(parent) and 0 <= column < 2):
            return QModelIndex()
        if parent is None or not parent.isValid():
            return self.createIndex(row, column, 0)
        return self.createIndex(row, column, parent.row() + 1)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """The group of an annotation; nothing above a group."""
        group = index.internalId() if index.isValid() else 0
        return self.createIndex(group - 1, 0, 0) if group else QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many groups there are, or annotations in a group."""
        if parent is None or not parent.isValid():
            return len(self._groups)
        is_group = parent.internalId() == 0 and parent.column() == 0
        return len(self._groups[parent.row()][1]) if is_group else 0

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Name and state."""
        return 2

    def annotation(self, index: Index) -> Annotation | None:
        """The annotation at this index; None for a group."""
        group = index.internalId() if index.isValid() else 0
        return self._groups[group - 1][1][index.row()] if group else None

    def index_of(self, annotation_id: int) -> QModelIndex:
        """Where this annotation is listed; an invalid index where it is not."""
        place = self._places.get(annotation_id)
        return self.createIndex(place[1], 0, place[0] + 1) if place else QModelIndex()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What is locked cannot be selected."""
        item, flags = self.annotation(index), super().flags(index)
        if item is not None and self._visibility.is_locked(item):
            return flags & ~Qt.ItemFlag.ItemIsSelectable
        return flags

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | QIcon | QFont | None:
        """Texts, the label's colour, italics for what is only proposed."""
        item = self.annotation(index)
        if item is None:
            return self._group_data(index, role)
        readers: dict[int, Callable[[Annotation], str | QIcon | QFont | None]] = {
            Qt.ItemDataRole.DisplayRole: self._state if index.column() else self._name,
            Qt.ItemDataRole.ToolTipRole: self._hint,
            Qt.ItemDataRole.FontRole: _font_of,
        }
        if index.column() == 0:
            readers[Qt.ItemDataRole.DecorationRole] = self._icon
        reader = readers.get(role)
        return reader(item) if reader else None

    def _group_data(self, index: Index, role: int) -> str | QFont | None:
        if role == Qt.ItemDataRole.DisplayRole and index.column() == 0:
            name, members = self._groups[index.row()]
            return f"{_(GROUP_TEXTS[name])}  {len(members)}"
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def _name(self, item: Annotation) -> str:
        return name_of(item, self.page) if self.page else ""

    def _state(self, item: Annotation) -> str:
        lock = LOCK_SIGN if self._visibility.is_locked(item) else ""
        marks = (UNSURE_SIGN if item.is_unsure else "") + (NOTE_SIGN if item.note else "")
        parts = (lock, marks, STATUS_SIGNS[item.status], score_text(item.score))
        return " ".join(filter(None, parts))

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


def _font_of(item: Annotation) -> QFont | None:
    if item.status is not Status.PROPOSED:
        return None
    font = QFont()
    font.setItalic(True)
    return font
