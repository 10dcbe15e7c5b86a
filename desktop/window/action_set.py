"""Menus, toolbars and shortcuts, made from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolBar, QWidget

from desktop.appearance.icons import icon
from desktop.errors import UserError, explain
from desktop.window.actions import (
    ACTIONS,
    GESTURES,
    MENUS,
    ON_PAGE,
    Action,
)
from model_backend.translation import _

_KEY_NAMES = {"Return": "Enter", "PgDown": "PgDn", "Ins": "Insert"}
_HIDDEN_KEYS = ("Enter", "Shift+Enter", "Ctrl+Enter", "Ctrl+Shift+Enter", "Backtab", "Ctrl+=")
"""Second spellings of a key that people know by one name."""


def key_text(keys: Sequence[str]) -> str:
    """Keys as they are shown: joined, in the names people know."""
    shown = []
    for key in keys:
        if key not in _HIDDEN_KEYS:
            *modifiers, last = key.split("+") if not key.endswith("+") else [key[:-2], "+"]
            shown.append("+".join((*modifiers, _KEY_NAMES.get(last, last))))
    return ", ".join(shown)


class WindowAction(QAction):
    """One action of the table."""

    def __init__(self, spec: Action, owner: ActionSet, keys: Sequence[str]) -> None:
        super().__init__(owner)
        self.spec, self._owner = spec, owner
        self.setShortcuts([QKeySequence(key) for key in keys])
        if spec.scope == ON_PAGE:
            self.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.setCheckable(bool(spec.group))
        self.setAutoRepeat(spec.id in ("undo", "redo", "next_page", "previous_page", "next_item"))
        self.show_text(_(spec.text).format(digit=spec.argument))
        self.triggered.connect(self._fire)

    def show_text(self, text: str) -> None:
        """Name it; the tool tip adds the keys."""
        keys = key_text((*self.spec.keys, *self.spec.page_keys))
        self.setText(text.replace("&", "&&"))
        plain = text.removesuffix("...")
        self.setToolTip(f"{plain} ({keys})" if keys else plain)

    def _fire(self) -> None:
        self._owner.carry_out(self.spec)


class ActionSet(QObject):
    """All actions of the window; who carries them out is told by `set_targets`."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.by_id: dict[str, WindowAction] = {}
        self.page_keys: list[WindowAction] = []
        self._targets: dict[str, object] = {}
        self._groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            made = WindowAction(spec, self, spec.keys)
            self.by_id[spec.id] = made
            if spec.icon:
                made.setIcon(icon(spec.icon))
            if spec.group:
                self._groups.setdefault(spec.group, QActionGroup(self)).addAction(made)
            if spec.page_keys:
                also = WindowAction(spec, self, spec.page_keys)
                also.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                self.page_keys.append(also)
        self.set_state(frozenset())

    def set_targets(self, targets: Mapping[str, object]) -> None:
        """Have `target.method` of the table mean these objects."""
        self._targets.update(targets)

    def drop_targets(self, names: Sequence[str]) -> None:
        """These are there no longer."""
        for name in names:
            self._targets.pop(name, None)

    def carry_out(self, spec: Action) -> None:
        """Do what the action is for; what a person can do something about is shown."""
        target, _dot, method = spec.handler.partition(".")
        if target not in self._targets:
            return
        handler = getattr(self._targets[target], method)
        try:
            handler(*([spec.argument] if spec.argument else []))
        except (UserError, OSError) as error:
            self.failed.emit(explain(error))

    def set_state(self, met: frozenset[str]) -> None:
        """Enable what can be done when these needs (project, page, selection, table) are met."""
        for made in (*self.by_id.values(), *self.page_keys):
            made.setEnabled(not made.spec.needs or made.spec.needs in met)

    def refresh_icons(self) -> None:
        """Draw the icons again, after the theme changed."""
        for made in self.by_id.values():
            if made.spec.icon:
                made.setIcon(icon(made.spec.icon))

    def build_menus(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Fill the menu bar; the menus by name."""
        menus = {name: bar.addMenu(_(name)) for name in MENUS}
        for made in self.by_id.values():
            menu = menus[made.spec.menu]
            if made.spec.starts_section:
                menu.addSeparator()
            menu.addAction(made)
        for menu in menus.values():
            menu.setToolTipsVisible(False)
        return menus

    def fill_toolbar(self, bar: QToolBar, ids: Sequence[str]) -> None:
        """Put these actions on a toolbar."""
        bar.setIconSize(QSize(20, 20))
        for action_id in ids:
            if not action_id:
                bar.addSeparator()
            elif action_id == "stretch":
                space = QWidget()
                space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
                bar.addWidget(space)
            else:
                bar.addAction(self.by_id[action_id])

    def attach(self, widgets: Sequence[QWidget]) -> None:
        """Have keys that belong to the page heard while one of these has focus."""
        on_page = [made for made in self.by_id.values() if made.spec.scope == ON_PAGE]
        for widget in widgets:
            widget.addActions([*on_page, *self.page_keys])

    def key_rows(self) -> list[tuple[str, str, str]]:
        """Menu, keys and text of everything that has keys, and of the gestures."""
        rows = []
        for menu in MENUS:
            for made in self.by_id.values():
                keys = key_text((*made.spec.keys, *made.spec.page_keys))
                if made.spec.menu == menu and keys and not made.spec.id.startswith("label_"):
                    text = _(made.spec.text).format(digit=made.spec.argument)
                    rows.append((_(menu), keys, text.removesuffix("...")))
            rows += [(_(menu), _(g.keys), _(g.text)) for g in GESTURES if g.menu == menu]
        return rows
