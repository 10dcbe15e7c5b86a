"""What the inspector shows of a selection: label, text, where it came from, accept and reject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import put_icon, swatch
from desktop.appearance.plain import tip
from desktop.appearance.signs import STATUS_TEXTS
from desktop.panels.counts import count_text
from desktop.panels.forms import FactForm, PlainLabel, TextField, breakable, make_narrow
from desktop.panels.texts import KIND_TEXTS, doubts_text, name_of, one_line, score_text
from model_backend import table_grid
from model_backend.document import (
    HUMAN,
    IMPORTED,
    Annotation,
    Entity,
    Region,
    Status,
    Table,
    Word,
)
from model_backend.labels import ENTITY, REGION
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

SOURCE_TEXTS = {HUMAN: mark("drawn by a person"), IMPORTED: mark("from a data set")}
Things = Sequence[Word | Annotation]


class SelectionForm(QWidget):
    """Properties of one thing, or what several have in common."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._things: Things = ()
        self._page_id = 0
        self.heading, self.proposal = PlainLabel(), PlainLabel()
        self.heading.setProperty("head", "true")
        self.label, self.text = QComboBox(), TextField()
        self.label.setAccessibleName(_("Label"))
        self.state, self.grid = PlainLabel(), PlainLabel()
        self.label.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.label.setMinimumContentsLength(8)
        for narrow in (self.heading, self.proposal, self.state, self.grid):
            make_narrow(narrow)
        self.parts = PlainLabel()
        make_narrow(self.parts)
        self.doubts = PlainLabel()
        make_narrow(self.doubts)
        self.header_rows = QSpinBox()
        self.header_rows.setAccessibleName(_("Header rows"))
        self.illegible = QCheckBox(_("Illegible"))
        self.doubtful, self.unsure = QCheckBox(_("Doubtful")), QCheckBox(_("Unsure"))
        self.note = TextField(_("Note"), is_own=True)
        self.form = self._make_form()
        self.accept_button = QPushButton(_("Accept"))
        self.reject_button = QPushButton(_("Reject"))
        put_icon(self.accept_button, "accept")
        put_icon(self.reject_button, "reject")
        self._lay_out()
        self.label.activated.connect(self._set_label)
        self.text.committed.connect(self._set_text)
        self.header_rows.valueChanged.connect(self._set_header_rows)
        self.illegible.clicked.connect(self._set_illegible)
        self.doubtful.clicked.connect(self._set_doubtful)
        self.unsure.clicked.connect(self._set_unsure)
        self.note.committed.connect(self._set_note)
        self.accept_button.clicked.connect(self._accept)
        self.reject_button.clicked.connect(self._reject)

    def _make_form(self) -> FactForm:
        form = FactForm()
        form.add(_("Label"), self.label)
        form.add(_("Text"), self.text)
        form.add("", self.illegible)
        form.add("", self.doubtful)
        form.add(_("Grid"), self.grid)
        form.add(_("Header rows"), self.header_rows)
        form.add(_("In doubt"), self.doubts)
        form.add(_("Parts"), self.parts)
        form.add(_("State"), self.state)
        form.add(_("Model said"), self.proposal)
        form.add("", self.unsure)
        form.add(_("Note"), self.note)
        return form

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.accept_button)
        buttons.addWidget(self.reject_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addWidget(self.heading)
        layout.addLayout(self.form)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def show_things(self, things: Things) -> None:
        """Show what is selected; what was typed for something else is kept, where that is."""
        ids, page_id = [thing.id for thing in things], self._editor.selection.page_id
        if (page_id, ids) != (self._page_id, [thing.id for thing in self._things]):
            self.text.commit()
            self.note.commit()
        self._things, self._page_id = things, page_id
        if not things:
            return
        one = things[0] if len(things) == 1 else None
        self.heading.setText(breakable(self._heading(one)))
        self._show_label()
        self._show_text(one)
        self._show_table(one)
        self._show_state(one)

    def _heading(self, one: Word | Annotation | None) -> str:
        page = self._editor.page
        if one is None or page is None:
            return _("{count} selected").format(count=len(self._things))
        return f"{_(KIND_TEXTS[type(one)])}: {one_line(name_of(one, page), 48)}"

    def _show_label(self) -> None:
        entities = [thing for thing in self._things if isinstance(thing, Entity)]
        regions = [thing for thing in self._things if isinstance(thing, Region)]
        labelled: list[Entity | Region] = [*entities, *regions]
        has_one_kind = bool(labelled) and not (entities and regions)
        self.form.show_row(self.label, is_shown=has_one_kind)
        if not has_one_kind:
            return
        labels = self._editor.document.schema.of_kind(ENTITY if entities else REGION)
        self.label.clear()
        for label in labels:
            text = f"{label.key}  {label.name}" if label.key else label.name
            self.label.addItem(swatch(label.color), text, label.name)
        names = {thing.label for thing in labelled}
        name = names.pop() if len(names) == 1 else ""
        if name and self.label.findData(name) < 0:
            self.label.addItem(name, name)
        self.label.setCurrentIndex(self.label.findData(name) if name else -1)

    def _show_text(self, one: Word | Annotation | None) -> None:
        has_text = isinstance(one, Word | Entity)
        self.form.show_row(self.text, is_shown=has_text)
        if isinstance(one, Word | Entity):
            self.text.show_text(one.text)
        words = [thing for thing in self._things if isinstance(thing, Word)]
        self.form.show_row(self.illegible, is_shown=bool(words))
        self.illegible.setChecked(bool(words) and all(word.is_illegible for word in words))
        self.form.show_row(self.doubtful, is_shown=bool(words))
        self.doubtful.setChecked(bool(words) and all(word.needs_look for word in words))
        self._show_marks(one)

    def _show_marks(self, one: Word | Annotation | None) -> None:
        annotations = [thing for thing in self._things if not isinstance(thing, Word)]
        self.form.show_row(self.unsure, is_shown=bool(annotations))
        self.unsure.setChecked(bool(annotations) and all(item.is_unsure for item in annotations))
        has_note = one is not None and not isinstance(one, Word)
        self.form.show_row(self.note, is_shown=has_note)
        if one is not None and not isinstance(one, Word):
            self.note.show_text(one.note)

    def _show_table(self, one: Word | Annotation | None) -> None:
        is_table = isinstance(one, Table)
        self.form.show_row(self.grid, is_shown=is_table)
        self.form.show_row(self.header_rows, is_shown=is_table)
        self.form.show_row(self.parts, is_shown=False)
        doubts = doubts_text(one) if isinstance(one, Table) else ""
        self.doubts.setText(breakable(doubts))
        self.form.show_row(self.doubts, is_shown=bool(doubts))
        if not isinstance(one, Table):
            return
        parts = self._parts(one)
        self.parts.setText(breakable(parts))
        self.form.show_row(self.parts, is_shown=bool(parts))
        self.grid.setText(count_text("merged_cells", len(one.spans)))
        self.header_rows.blockSignals(True)
        self.header_rows.setRange(0, len(one.rows))
        self.header_rows.setValue(one.header_rows)
        self.header_rows.blockSignals(False)

    def _parts(self, table: Table) -> str:
        """On which pages the table goes on; the Table menu leads there."""
        from desktop.document import continuation

        page, document = self._editor.page, self._editor.document
        if page is None:
            return ""
        before, _id = continuation.part_before(document.store, document.page, page, table)
        after, _id = continuation.part_after(document.store, document.page, page, table)
        texts = []
        if before:
            texts.append(_("continued from page {number}").format(number=page.number))
        if after:
            texts.append(_("goes on on page {number}").format(number=page.number + 2))
        return ", ".join(texts)

    def _show_state(self, one: Word | Annotation | None) -> None:
        annotations = [thing for thing in self._things if not isinstance(thing, Word)]
        proposed = [item for item in annotations if item.status is Status.PROPOSED]
        self.accept_button.setVisible(bool(proposed))
        self.reject_button.setVisible(bool(proposed))
        self.state.setText(_state(one) if one else "")
        self.form.show_row(self.state, is_shown=one is not None)
        said = self._said(one)
        self.proposal.setText(breakable(said))
        self.proposal.setToolTip(tip(said))
        self.form.show_row(self.proposal, is_shown=bool(said))

    def _said(self, one: Word | Annotation | None) -> str:
        """What the model proposed, where a person has made something else of it."""
        page = self._editor.page
        if page is None or not isinstance(one, Entity | Table | Region):
            return ""
        if one.status is Status.PROPOSED or one.source in SOURCE_TEXTS:
            return ""
        for proposal in self._editor.document.store.proposals(page.id):
            if proposal.annotation_id == one.id:
                was = proposal.annotation
                label = getattr(was, "label", "")
                return ": ".join(filter(None, (label, one_line(name_of(was, page)))))
        return ""

    def _set_label(self) -> None:
        from desktop.document import edits

        ids = tuple(thing.id for thing in self._things if isinstance(thing, Entity | Region))
        name = str(self.label.currentData())
        self._editor.change(mark("Set the label"), lambda page: edits.set_label(page, ids, name))

    def _set_text(self, text: str) -> None:
        from desktop.document import edits

        if len(self._things) != 1:
            return
        thing = self._things[0]
        change = edits.set_word_text if isinstance(thing, Word) else edits.set_text
        self._editor.change(
            mark("Edit the text"),
            lambda page: change(page, thing.id, text),
            page_id=self._page_id,
        )

    def _set_header_rows(self, count: int) -> None:
        from desktop.document import edits

        table = self._things[0]
        if isinstance(table, Table):
            changed = table_grid.set_header_rows(table, count)
            self._editor.change(
                mark("Set the header rows"), lambda page: edits.replace(page, changed)
            )

    def _set_illegible(self, is_illegible: bool) -> None:
        from desktop.document import edits

        ids = tuple(thing.id for thing in self._things if isinstance(thing, Word))
        self._editor.change(
            mark("Mark words illegible"),
            lambda page: edits.set_illegible(page, ids, is_illegible=is_illegible),
        )

    def _set_doubtful(self, is_doubtful: bool) -> None:
        from desktop.document import edits

        ids = tuple(thing.id for thing in self._things if isinstance(thing, Word))
        self._editor.change(
            mark("Mark words doubtful"),
            lambda page: edits.set_doubtful(page, ids, is_doubtful=is_doubtful),
        )

    def _set_unsure(self, is_unsure: bool) -> None:
        from desktop.document import edits

        ids = tuple(thing.id for thing in self._things if not isinstance(thing, Word))
        self._editor.change(
            mark("Mark unsure"), lambda page: edits.set_unsure(page, ids, is_unsure=is_unsure)
        )

    def _set_note(self, note: str) -> None:
        from desktop.document import edits

        if len(self._things) == 1:
            own = self._things[0].id
            self._editor.change(
                mark("Write a note"),
                lambda page: edits.set_annotation_note(page, own, note),
                page_id=self._page_id,
            )

    def _accept(self) -> None:
        from desktop.document import edits

        ids = tuple(thing.id for thing in self._things)
        self._editor.change(mark("Accept"), lambda page: edits.accept(page, ids))

    def _reject(self) -> None:
        from desktop.document import edits

        ids = tuple(
            thing.id
            for thing in self._things
            if not isinstance(thing, Word) and thing.status is Status.PROPOSED
        )
        self._editor.change(mark("Reject"), lambda page: edits.delete(page, ids))


def _state(one: Word | Annotation) -> str:
    if isinstance(one, Word):
        confidence = score_text(one.confidence)
        return _("read with {score}").format(score=confidence) if confidence else _("file's text")
    source = _(SOURCE_TEXTS.get(one.source, "")) or _("by {model}").format(model=one.source)
    return ", ".join(filter(None, (_(STATUS_TEXTS[one.status]), source, score_text(one.score))))
