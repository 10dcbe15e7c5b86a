"""A project in the window: canvas, panels, handlers; made at opening, dropped at closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QWidget

from desktop.appearance.colors import Colors
from desktop.canvas.view import CanvasView
from desktop.panels.annotation_list import AnnotationList
from desktop.panels.cell_grid import CellGrid
from desktop.panels.changes import Changes
from desktop.panels.checks import Checks
from desktop.panels.history_list import HistoryList
from desktop.panels.inspector import Inspector
from desktop.panels.layers import Layers
from desktop.panels.marked_list import MarkedList
from desktop.panels.page_list import PageList
from desktop.window.actions import (
    PAGE_OPEN,
    PROJECT,
    SELECTION,
    TABLE_SELECTED,
)
from desktop.window.change_actions import ChangeActions
from desktop.window.changes_shown import ChangesShown
from desktop.window.check_actions import CheckActions
from desktop.window.edit_actions import EditActions
from desktop.window.mark_actions import MarkActions
from desktop.window.page_actions import PageActions
from desktop.window.page_facts import PageFacts
from desktop.window.password_actions import PasswordActions
from desktop.window.review_actions import ReviewActions
from desktop.window.sight_actions import SightActions
from desktop.window.table_actions import TableActions
from desktop.window.text_actions import TextActions
from desktop.window.tool_actions import TOOL_TEXTS, ToolActions
from model_backend.document import Table
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.window.main_window import MainWindow
    from desktop.window.workbench import Workbench


class ProjectView(QObject):
    """Everything of the window that belongs to one project, kept in step with it."""

    def __init__(self, bench: Workbench, window: MainWindow, colors: Colors) -> None:
        super().__init__(window)
        self.bench, self._window = bench, window
        editor = bench.editor
        self.canvas = CanvasView()
        self.canvas.canvas.picture.with_keys = window.key_book.in_use
        self.canvas.set_document(bench.document, bench.selection, bench.images)
        self.canvas.set_rulings(bench.rulings)
        self.page_list = PageList(editor, bench.images, colors, bench.checks)
        self.annotation_list = AnnotationList(editor)
        self.inspector = Inspector(editor)
        self.layers = Layers(editor)
        self.changes = ChangeActions(bench, window, self)
        self.changes_panel = Changes(editor, self.changes.comparison)
        self.checks = Checks(bench.checks)
        self.marked = MarkedList(editor, with_keys=window.key_book.in_use)
        self.cells = CellGrid(editor)
        self.panels: dict[str, QWidget] = {
            "pages": self.page_list,
            "inspector": self.inspector,
            "annotations": self.annotation_list,
            "cells": self.cells,
            "history": HistoryList(editor),
            "checks": self.checks,
            "layers": self.layers,
            "marked": self.marked,
            "changes": self.changes_panel,
        }
        self.edit = EditActions(editor, self)
        self.pages = PageActions(bench, window, self)
        self.tools = ToolActions(self.canvas, editor, self)
        self.problems = CheckActions(editor, bench.checks, self.canvas, self)
        self.tables = TableActions(bench, self)
        self.review = ReviewActions(bench, self.canvas, self.pages, self.problems, self)
        self.marks = MarkActions(bench, self.canvas, self)
        self.texts = TextActions(bench, self.canvas, window, self)
        self.passwords = PasswordActions(bench, window, self)
        self.sight = SightActions(editor, bench.settings, self)
        self.facts = PageFacts(bench, window.status, self)
        ChangesShown(self.changes, self.changes_panel, self.canvas, bench.selection, window)
        self.targets = {
            "canvas": self.canvas,
            "edit": self.edit,
            "pages": self.pages,
            "tools": self.tools,
            "review": self.review,
            "marks": self.marks,
            "texts": self.texts,
            "problems": self.problems,
            "tables": self.tables,
            "passwords": self.passwords,
            "sight": self.sight,
            "changes": self.changes,
        }
        window.actions_table.attach([self.canvas, self.annotation_list.view])
        self._connect()
        self.use_settings()

    @property
    def title(self) -> str:
        """The project's name."""
        return self.bench.document.store.folder.stem

    def _connect(self) -> None:
        window, bench = self._window, self.bench
        for source in (
            self.edit.said,
            self.pages.said,
            self.review.said,
            self.marks.said,
            self.texts.said,
            self.problems.said,
            self.tables.said,
            self.sight.said,
            self.changes.said,
            self.canvas.message,
        ):
            source.connect(window.status.say)
        bench.said.connect(window.note)
        bench.warned.connect(window.complain)
        bench.surroundings.room_changed.connect(self._show_saved)
        bench.editor.failed.connect(window.complain)
        bench.runner.job_started.connect(window.messages.add_job)
        bench.runner.job_started.connect(window.status.add_job)
        bench.selection.changed.connect(self.refresh_state)
        bench.selection.page_changed.connect(self._turned)
        bench.selection.visibility_changed.connect(self._show_filter)
        self.sight.filter_wanted.connect(self._go_to_filter)
        bench.document.page_changed.connect(self._page_changed)
        bench.document.pages_added.connect(self.refresh)
        self.page_list.model.rowsInserted.connect(self._show_page)
        bench.document.history_changed.connect(self.refresh_history)
        self.facts.complained.connect(window.complain)
        self.canvas.zoom_changed.connect(self.facts.show_zoom)
        self.canvas.tool_changed.connect(self._show_tool)
        self.canvas.tapped.connect(self._tapped)
        self.tools.labels_changed.connect(self._show_labels)
        self.edit.label_wanted.connect(self.inspector.choose_label)
        self.marks.note_wanted.connect(self._write_note)
        self.marked.chosen.connect(self.canvas.show_selection)
        window.key_book.changed.connect(self.marked.show_keys)
        for note in (self.inspector.selection_form.note, self.inspector.page_form.note):
            note.done.connect(self._focus_page)
        self.annotation_list.menu_wanted.connect(self._show_menu)
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.canvas.customContextMenuRequested.connect(self._show_page_menu)
        self.annotation_list.edit_wanted.connect(self._edit_text)
        self.cells.menu_wanted.connect(self._show_menu)
        self.cells.view.left.connect(self._focus_page)
        self.cells.view.deletion_wanted.connect(self.canvas.delete_in_table)
        self.checks.jump_wanted.connect(self.problems.show_chosen)
        self.checks.repair_wanted.connect(self.problems.repair)
        self.checks.accept_wanted.connect(self.problems.accept_warning)
        bench.checks.changed.connect(self._show_page)
        bench.checks.changed.connect(self.page_list.view.viewport().update)
        for chosen in (
            self.page_list.view.clicked,
            self.page_list.filter.activated,
            self.inspector.page_form.status.activated,
            self.inspector.selection_form.label.activated,
            self.inspector.selection_form.accept_button.clicked,
            self.inspector.selection_form.reject_button.clicked,
        ):
            chosen.connect(self._focus_page)  # keys go on meaning the page

    def leave(self) -> None:
        """Let go of everything, before the project closes."""
        self.changes.close()
        self.bench.remember_page()
        self.canvas.let_go()
        for part in (self.canvas, *self.panels.values()):
            part.deleteLater()
        self.deleteLater()

    def set_colors(self, colors: Colors) -> None:
        """Another theme was chosen."""
        self.page_list.set_colors(colors)
        self.annotation_list.refresh()

    def use_settings(self) -> None:
        """Take over what was changed in the settings."""
        self.canvas.wheel_zooms = self.bench.settings.value("wheel") == "zoom"

    def refresh(self) -> None:
        """Make bars and lines equal to the project."""
        self.refresh_state()
        self.refresh_history()
        self._show_tool("select")
        self._show_labels()
        self._show_page()

    def refresh_state(self) -> None:
        """Enable what can be done now."""
        editor = self.bench.editor
        chosen = editor.selected
        met = {PROJECT}
        if editor.page is not None:
            met.add(PAGE_OPEN)
        if chosen:
            met.add(SELECTION)
        if len(chosen) == 1 and isinstance(chosen[0], Table):
            met.add(TABLE_SELECTED)
        self._window.actions_table.set_state(frozenset(met))
        self._enable_history()

    def refresh_history(self) -> None:
        """Name what would be undone and redone."""
        document, actions = self.bench.document, self._window.actions_table.by_id
        undo, redo = document.undo_text, document.redo_text
        undo_text, redo_text = _("Undo: {what}"), _("Redo: {what}")
        actions["undo"].show_text(undo_text.format(what=_(undo)) if undo else _("Undo"))
        actions["redo"].show_text(redo_text.format(what=_(redo)) if redo else _("Redo"))
        self._show_saved()
        self._enable_history()

    def _show_saved(self) -> None:
        """Where an edit stands: in the store, as long as there is room for it."""
        free, text = self.bench.surroundings.free, _("Saved")
        if self.bench.document.store.is_read_only:
            text = _("Only for reading")
        elif free >= 0:
            text = _("Saved · {megabytes} MB left").format(megabytes=free // 1_000_000)
        self._window.status.saved.setText(text)

    def _enable_history(self) -> None:
        document, actions = self.bench.document, self._window.actions_table.by_id
        actions["undo"].setEnabled(bool(document.undo_text))
        actions["redo"].setEnabled(bool(document.redo_text))

    def _turned(self, page_id: int) -> None:
        self.refresh_state()
        self._show_page()
        self._show_labels()
        self.facts.tell_damage(page_id)
        self.page_list.view.viewport().update()

    def _page_changed(self, page_id: int) -> None:
        if page_id == self.bench.selection.page_id:
            self.refresh_state()
            self._show_page()

    def _show_page(self) -> None:
        self._show_filter()
        page, model = self.bench.editor.page, self.page_list.model
        self.facts.show_page(model.place_of(page.id) if page else 0, model.rowCount())
        has_pages = page is not None or self.bench.document.store.page_count() > 0
        self._window.show_center(self.canvas if has_pages or self.bench.is_busy else None)

    def _show_filter(self) -> None:
        self._window.filter_bar.show_filter(self.bench.selection.visibility, self.bench.editor.page)

    def _go_to_filter(self) -> None:
        self._window.docks["layers"].show()
        self._window.docks["layers"].raise_()
        self.layers.show_filter()

    def _show_tool(self, name: str) -> None:
        made = self._window.actions_table.by_id.get(f"tool_{name}")
        if made is not None:
            made.setChecked(True)
            self._window.status.tool.setText(_(TOOL_TEXTS[name]).partition(":")[0])

    def _show_labels(self) -> None:
        self._window.label_bar.show_labels(self.tools.labels, self.tools.current)

    def _tapped(self, key: str) -> None:
        self._window.actions_table.press(key.upper())

    def _show_menu(self, place: QPoint) -> None:
        menu = self._window.context_menu()
        if menu.isEmpty():
            menu.deleteLater()  # it would never be shown, so it would never close
        else:
            menu.popup(place)

    def _show_page_menu(self, place: QPoint) -> None:
        """The canvas has selected what is under the pointer already."""
        self._show_menu(self.canvas.viewport().mapToGlobal(place))

    def _edit_text(self) -> None:
        self.canvas.setFocus()
        self.canvas.edit_text()

    def _write_note(self) -> None:
        self._window.docks["inspector"].show()
        self.inspector.write_note()

    def _focus_page(self) -> None:
        self.canvas.setFocus()
