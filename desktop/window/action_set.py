"""Menus, toolbars and shortcuts, made from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolBar, QWidget

from desktop.appearance.icons import icon
from desktop.errors import UserError, explain
from desktop.panels.key_texts import key_text
from desktop.window.actions import (
    ACTIONS,
    GESTURES,
    MENUS,
    ON_PAGE,
    Action,
)
from desktop.window.key_maps import KeyBook, is_for_page, spellings
from model_backend.translation import _


class WindowAction(QAction):
    """One action of the table, with keys that may change."""

    def __init__(self, spec: Action, owner: ActionSet, *, is_for_page: bool) -> None:
        super().__init__(owner)
        self.spec, self._owner = spec, owner
        self.keys: tuple[str, ...] = ()
        self._plain = ""
        if is_for_page:
            self.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.setCheckable(bool(spec.group))
        self.setAutoRepeat(spec.id in ("undo", "redo", "next_page", "previous_page", "next_item"))
        self.show_text(_(spec.text).format(digit=spec.argument))
        self.triggered.connect(self._fire)

    def use_keys(self, keys: Sequence[str], shown: Sequence[str]) -> None:
        """Listen to these keys; name all that the action has in its tool tip."""
        self.keys = tuple(shown)
        self.setShortcuts([QKeySequence(text) for key in keys for text in spellings(key)])
        self.show_text(self._plain)

    def show_text(self, text: str) -> None:
        """Name it; the tool tip adds the keys."""
        self._plain = text
        keys = key_text(self.keys)
        self.setText(text.replace("&", "&&"))
        plain = text.removesuffix("...")
        self.setToolTip(f"{plain} ({keys})" if keys else plain)

    def _fire(self) -> None:
        self._owner.carry_out(self.spec)


class ActionSet(QObject):
    """All actions of the window; who carries them out is told by `set_targets`."""

    failed = Signal(str)

    def __init__(self, book: KeyBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = book
        self.by_id: dict[str, WindowAction] = {}
        self._for_page: dict[str, WindowAction] = {}
        """A second entry for keys that fields and lists need: heard on the page only."""
        self._page_widgets: tuple[QWidget, ...] = ()
        self._targets: dict[str, object] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._met: frozenset[str] | None = None
        for spec in ACTIONS:
            made = WindowAction(spec, self, is_for_page=spec.scope == ON_PAGE)
            self.by_id[spec.id] = made
            if spec.icon:
                made.setIcon(icon(spec.icon))
            if spec.group:
                self._groups.setdefault(spec.group, QActionGroup(self)).addAction(made)
        book.changed.connect(self.use_keys)
        self.use_keys()
        self.set_state(frozenset())

    def use_keys(self) -> None:
        """Listen to the keys of the book."""
        for action_id, made in self.by_id.items():
            keys = self.book.keys(action_id)
            apart = [key for key in keys if is_for_page(made.spec, key)]
            if made.spec.scope == ON_PAGE:
                made.use_keys(keys, keys)
                continue
            made.use_keys([key for key in keys if key not in apart], keys)
            if apart or action_id in self._for_page:
                self._twin(made.spec).use_keys(apart, keys)

    def _twin(self, spec: Action) -> WindowAction:
        """The entry of an action for keys that are heard on the page only."""
        if spec.id not in self._for_page:
            made = self._for_page[spec.id] = WindowAction(spec, self, is_for_page=True)
            made.setEnabled(self._is_met(spec))
            for widget in self._page_widgets:
                widget.addAction(made)
        return self._for_page[spec.id]

    def press(self, key: str) -> None:
        """Do what this key is for: the page tells of keys that it held back for a gesture."""
        made = self.by_id.get(self.book.owner(key))
        if made is not None and made.isEnabled():
            made.trigger()

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
        if met == self._met:
            return
        self._met = met
        for made in (*self.by_id.values(), *self._for_page.values()):
            made.setEnabled(self._is_met(made.spec))

    def _is_met(self, spec: Action) -> bool:
        return not spec.needs or spec.needs in (self._met or ())

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
        self._page_widgets = tuple(widgets)
        on_page = [made for made in self.by_id.values() if made.spec.scope == ON_PAGE]
        for widget in widgets:
            widget.addActions([*on_page, *self._for_page.values()])

    def detach(self) -> None:
        """The widgets of a project are going."""
        self._page_widgets = ()

    def key_rows(self) -> list[tuple[str, str, str]]:
        """Menu, keys and text of everything that has keys, and of the gestures."""
        rows = []
        for menu in MENUS:
            for made in self.by_id.values():
                keys = key_text(made.keys)
                if made.spec.menu == menu and keys and not made.spec.id.startswith("label_"):
                    text = _(made.spec.text).format(digit=made.spec.argument)
                    rows.append((_(menu), keys, text.removesuffix("...")))
            rows += [(_(menu), _(g.keys), _(g.text)) for g in GESTURES if g.menu == menu]
        return rows
