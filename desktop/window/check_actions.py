"""The keyboard's way through what checks find: next problem, repair it, let it stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import edits
from desktop.document.edits.parts import begun
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.canvas.view import CanvasView
    from desktop.document.live_checks import LiveChecks
    from desktop.panels.editor import Editor
    from model_backend.document import Page
    from model_backend.quality.findings import Finding


class CheckActions(QObject):
    """What can be done with a finding of the page in view."""

    said = Signal(str)

    def __init__(
        self, editor: Editor, checks: LiveChecks, canvas: CanvasView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._editor, self._checks, self._canvas = editor, checks, canvas

    def next_problem(self) -> None:
        """Show the next thing that checks find on this page, and say what it is."""
        found = self._checks.next()
        if found is None:
            self.said.emit(_("Nothing wrong was found on this page."))
            return
        self._checks.choose(found)
        self.show_chosen()

    def show_error(self) -> bool:
        """Show the first error of the page and why it is not done; whether there is one."""
        errors = self._checks.look.errors
        if not errors:
            return False
        self._checks.choose(errors[0])
        self._jump(errors[0])
        text = _("The page is not done yet: {what}")
        self.said.emit(text.format(what=self._line(errors[0])))
        return True

    def show_chosen(self) -> None:
        """Select the chosen finding's things, make them large, and say what is wrong."""
        found = self._checks.chosen
        if found is not None:
            self._jump(found)
            self.said.emit(self._line(found))

    def _jump(self, found: Finding) -> None:
        from model_backend.quality.live import area_of, cells_of

        page = self._editor.page
        if page is None:
            return
        there = {item.id for item in (*page.words, *page.annotations)}
        cells = cells_of(page, found)
        is_of_table = any(table.id in found.ids[:1] for table in page.tables)
        ids = found.ids[:1] if is_of_table else found.ids  # its words are not to move with it
        self._editor.selection.select((own for own in ids if own in there), cells)
        area = area_of(page, found)
        if area is not None:
            self._canvas.zoom_to(area)

    def _line(self, found: Finding) -> str:
        """What is wrong and which key helps, in one line."""
        from model_backend.quality.live import is_error
        from model_backend.quality.repairs import REPAIRS

        parts = [_("Error: {text}") if is_error(found) else _("Warning: {text}")]
        if found.repair is not None:
            parts.append(_("Shift+J: {repair}"))
        if not is_error(found):
            parts.append(_("Alt+J: let it stand"))
        repair = _(REPAIRS[found.repair].title) if found.repair else ""
        return " · ".join(parts).format(text=found.text, repair=repair)

    def repair(self) -> None:
        """Repair the chosen finding, else the next one: one step that can be undone."""
        from model_backend.quality.repairs import REPAIRS

        found = self._chosen_or_next()
        if found is None:
            return
        if found.repair is None:
            self._checks.choose(found)
            self._jump(found)
            self.said.emit(
                _("Only you can tell what is right here: {text}").format(text=found.text)
            )
            return
        repair, ids = REPAIRS[found.repair], found.ids

        def edit(page: Page) -> Page:
            after = repair.edit(page, ids)
            return page if after == page else begun(after)

        before = self._editor.page
        done = self._editor.change(repair.title, edit)
        if done and self._editor.page == before:
            self.said.emit(_("This cannot be repaired by itself: {text}").format(text=found.text))
        elif done:
            self._tell_rest(_(repair.title))

    def accept_warning(self) -> None:
        """Let the chosen warning, else the next one, stand; or ask again about one that stands."""
        from model_backend.quality.live import is_error

        found = self._chosen_or_next()
        if found is None:
            return
        if is_error(found):
            self._jump(found)
            text = _("An error cannot be let stand: {text}")
            self.said.emit(text.format(text=found.text))
        elif found in self._checks.look.accepted:
            self._editor.change(
                mark("Ask about a warning again"), lambda page: edits.ask_again(page, found)
            )
        else:
            self._editor.change(
                mark("Let a warning stand"), lambda page: edits.let_stand(page, found)
            )
            self._tell_rest(_("Let a warning stand"))

    def _chosen_or_next(self) -> Finding | None:
        found = self._checks.next() if self._checks.chosen is None else self._checks.chosen
        if found is None:
            self.said.emit(_("Nothing wrong was found on this page."))
        return found

    def _tell_rest(self, done: str) -> None:
        rest = len(self._checks.look.open)
        left = _("{count} left to look at").format(count=rest) if rest else _("nothing left")
        self.said.emit(f"{done} · {left}")
