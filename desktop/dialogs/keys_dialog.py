"""The keys: choose a map, search an action, press its new key; who has it already is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop.appearance.icons import icon
from desktop.dialogs.frame import Frame, choice
from desktop.dialogs.key_field import KeyField
from desktop.guards import guarded
from desktop.panels.forms import PlainLabel
from desktop.panels.key_texts import key_text
from model_backend.translation import _

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

ACTION_ID = Qt.ItemDataRole.UserRole
CHANGED_SIGN = "✎"


class Entry(Protocol):
    """One action and its keys."""

    @property
    def id(self) -> str:
        """Of the action."""

    @property
    def menu(self) -> str:
        """Its menu, in English."""

    @property
    def text(self) -> str:
        """Its name, in English."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys."""

    @property
    def is_changed(self) -> bool:
        """Whether a person changed them."""


class Keys(Protocol):
    """The keys in use, and how they are changed."""

    @property
    def changed(self) -> SignalInstance:
        """After every change."""

    @property
    def map_name(self) -> str:
        """The map in use."""

    def choose_map(self, name: str) -> None:
        """Take another map."""

    def entries(self) -> Sequence[Entry]:
        """All actions."""

    def owner(self, key: str) -> str:
        """The action that has a key."""

    def assign(self, action_id: str, keys: Sequence[str]) -> None:
        """Give an action exactly these keys."""

    def swap(self, action_id: str, key: str) -> None:
        """Exchange the keys of two actions."""

    def reset(self, action_id: str) -> None:
        """As in the map."""

    def reset_all(self) -> None:
        """All as in the map."""


@guarded
class KeysDialog(Frame):
    """All actions with their keys; each change counts at once."""

    def __init__(
        self, keys: Keys, maps: Sequence[tuple[Any, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Keys"), _("Close"), parent)
        self._keys = keys
        self.map_box = choice(maps, keys.map_name)
        self.map_box.setAccessibleName(_("Key map"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search keys and actions"))
        self.search.setAccessibleName(_("Search keys and actions"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.view = self._make_view()
        self.field = KeyField()
        self.conflict = PlainLabel()
        self.conflict.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.use_button = QPushButton(_("Use this key"))
        self.add_button = QPushButton(_("Use it too"))
        self.swap_button = QPushButton(_("Swap"))
        self.none_button = QPushButton(_("No key"))
        self.reset_button = QPushButton(_("As in the map"))
        self.reset_all_button = QPushButton(_("All as in the map"))
        self._lay_out()
        self._connect()
        self.view.ensurePolished()  # the height of rows is measured when they come
        self.refresh()
        self.resize(680, 620)
        self.search.setFocus()

    def _make_view(self) -> QTreeWidget:
        view = QTreeWidget()
        view.setColumnCount(3)
        view.setHeaderLabels([_("Action"), _("Menu"), _("Keys")])
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAccessibleName(_("Actions and their keys"))
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return view

    def _lay_out(self) -> None:
        self.form.add(_("Key map"), self.map_box)
        self.body.addWidget(self.search)
        self.body.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        for button in self._buttons():
            row.addWidget(button)
        self.body.addLayout(row)
        self.body.addWidget(self.conflict)
        for button in (self.reset_button, self.reset_all_button):
            self.buttons.addButton(button, self.buttons.ButtonRole.ResetRole)
        for button in (*self._buttons(), self.reset_button, self.reset_all_button):
            button.setAutoDefault(False)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.use_button, self.add_button, self.swap_button, self.none_button)

    def _connect(self) -> None:
        self.map_box.activated.connect(self._choose_map)
        self.search.textChanged.connect(self._show_found)
        self.search.installEventFilter(self)
        self.view.currentItemChanged.connect(self._show_choice)
        self.view.itemActivated.connect(self.field.setFocus)
        self.field.key_changed.connect(self._show_choice)
        self.use_button.clicked.connect(self._use)
        self.add_button.clicked.connect(self._add)
        self.swap_button.clicked.connect(self._swap)
        self.none_button.clicked.connect(self._use_none)
        self.reset_button.clicked.connect(self._reset)
        self.reset_all_button.clicked.connect(self._keys.reset_all)
        self._keys.changed.connect(self.refresh)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Down goes from the search to the first action found."""
        is_key = watched is self.search and event.type() == QEvent.Type.KeyPress
        if is_key and event.key() == Qt.Key.Key_Down:  # type: ignore[attr-defined]
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return bool(super().eventFilter(watched, event))

    def done(self, result: int) -> None:
        """The dialog closes: it need not be told any more."""
        self._keys.changed.disconnect(self.refresh)
        super().done(result)

    @property
    def action_id(self) -> str:
        """The action that is chosen."""
        item = self.view.currentItem()
        return item.data(0, ACTION_ID) if item else ""

    def choose(self, action_id: str) -> None:
        """Choose an action."""
        for row in range(self.view.topLevelItemCount()):
            item = self.view.topLevelItem(row)
            if item is not None and item.data(0, ACTION_ID) == action_id:
                self.view.setCurrentItem(item)

    def refresh(self) -> None:
        """Make the list equal to the keys in use."""
        chosen = self.action_id
        self.view.clear()
        for entry in self._keys.entries():
            name = _name(entry)
            keys = key_text(entry.keys)
            shown = f"{CHANGED_SIGN} {keys}".rstrip() if entry.is_changed else keys
            item = QTreeWidgetItem(self.view, [name, _(entry.menu), shown])
            item.setData(0, ACTION_ID, entry.id)
            item.setToolTip(0, name)
        self._show_found()
        self.choose(chosen)
        self._show_choice()

    def _show_found(self) -> None:
        wanted = self.search.text().casefold().split()
        first = None
        for row in range(self.view.topLevelItemCount()):
            item = self.view.topLevelItem(row)
            assert item is not None
            text = " ".join(item.text(column) for column in range(3)).casefold()
            is_found = all(part in text for part in wanted)
            item.setHidden(not is_found)
            first = first or (item if is_found else None)
        current = self.view.currentItem()
        if first is not None and (current is None or current.isHidden()):
            self.view.setCurrentItem(first)

    def _entry(self, action_id: str) -> Entry | None:
        return next((entry for entry in self._keys.entries() if entry.id == action_id), None)

    def _show_choice(self) -> None:
        """Enable what can be done; name whoever has the key already."""
        entry, key = self._entry(self.action_id), self.field.key
        owner = self._entry(self._keys.owner(key)) if key else None
        is_free = owner is None or entry is None or owner.id == entry.id
        self.use_button.setEnabled(entry is not None and bool(key))
        self.add_button.setEnabled(entry is not None and bool(key) and is_free)
        self.swap_button.setEnabled(not is_free)
        self.none_button.setEnabled(entry is not None and bool(entry.keys))
        self.reset_button.setEnabled(entry is not None and entry.is_changed)
        self.use_button.setText(_("Use this key") if is_free else _("Take it"))
        self.conflict.setText(self._conflict(owner, key) if not is_free else "")

    def _conflict(self, owner: Entry | None, key: str) -> str:
        assert owner is not None
        text = _("⚠ {key} belongs to “{action}”. Take it away, or swap the keys of the two.")
        return text.format(key=key_text((key,)), action=_name(owner))

    def _use(self) -> None:
        self._keys.assign(self.action_id, (self.field.key,))
        self.field.clear_key()

    def _add(self) -> None:
        entry = self._entry(self.action_id)
        if entry is not None:
            self._keys.assign(entry.id, (*entry.keys, self.field.key))
            self.field.clear_key()

    def _swap(self) -> None:
        self._keys.swap(self.action_id, self.field.key)
        self.field.clear_key()

    def _use_none(self) -> None:
        self._keys.assign(self.action_id, ())

    def _reset(self) -> None:
        self._keys.reset(self.action_id)

    def _choose_map(self) -> None:
        self._keys.choose_map(self.map_box.currentData())


def _name(entry: Entry) -> str:
    """What the menus call the action."""
    number = entry.id.rpartition("_")[2]
    return _(entry.text).format(digit=number).removesuffix("...")
