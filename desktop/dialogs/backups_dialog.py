"""The backups of a project: when and why each was made, what is in it, and how to bring it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop.dialogs.frame import Frame, quiet
from desktop.errors import UserError, explain
from desktop.store.backups import REASONS, Backup, backups_of, looked_into
from desktop.store.reading import Reading
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.store.records import PageSummary
    from model_backend.document import Page

_DATA = Qt.ItemDataRole.UserRole
_SLICE = 500


class BackupsDialog(Frame):
    """Backups on top, the pages of the chosen one below; `chosen` is to replace the project."""

    def __init__(
        self, folder: Path, document: OpenDocument | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Backups"), _("Close"), parent)
        self._folder, self._document = folder, document
        self.chosen: Backup | None = None
        self._inside = ExitStack()
        self._reading: Reading | None = None
        self._make_lists()
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.page_button = self.buttons.addButton(_("Restore this page"), role)
        self.whole_button = self.buttons.addButton(_("Restore the whole project"), role)
        for button in (self.page_button, self.whole_button):
            button.setAutoDefault(False)
        self.page_button.clicked.connect(self._restore_page)
        self.whole_button.clicked.connect(self._restore_whole)
        self.backups.itemSelectionChanged.connect(self._look_into)
        self.pages.itemSelectionChanged.connect(self._enable)
        self.finished.connect(self._inside.close)
        self.resize_within(720, 560)
        self._fill()

    def _make_lists(self) -> None:
        self.backups = _list(_("Backups"), (_("When"), _("Why"), _("Size")))
        self.pages = _list(
            _("Pages of the backup"), (_("Document"), _("Page"), _("Words"), _("Annotations"))
        )
        self.state = quiet(
            _(
                "A backup is made every 15 minutes of editing, and before imports, changes of many"
                " pages and restores. Restoring a page can be undone; before the whole project is"
                " replaced, it becomes a backup itself."
            )
        )
        self.body.addWidget(self.state)
        self.body.addWidget(self.backups, 2)
        self.body.addWidget(self.pages, 3)

    def _fill(self) -> None:
        place = QLocale()
        for backup in backups_of(self._folder):
            moment = QDateTime.fromMSecsSinceEpoch(int(backup.at.timestamp() * 1000))
            at = place.toString(moment, QLocale.FormatType.ShortFormat)
            reason = _(REASONS.get(backup.reason, REASONS["migration"]))
            row = QTreeWidgetItem([at, reason, place.formattedDataSize(backup.size)])
            row.setData(0, _DATA, backup)
            self.backups.addTopLevelItem(row)
        newest = self.backups.topLevelItem(0)
        if newest is not None:
            self.backups.setCurrentItem(newest)
        else:
            self.show_problem(_("There are no backups yet."))
        self.backups.setFocus()
        self._enable()

    @property
    def backup(self) -> Backup | None:
        """The backup that is looked at."""
        chosen = self.backups.selectedItems()
        return chosen[0].data(0, _DATA) if chosen else None

    def _look_into(self) -> None:
        """Show the pages of the chosen backup."""
        self._inside.close()
        self.pages.clear()
        self._reading = None
        self.show_problem("")
        backup = self.backup
        if backup is not None:
            try:
                self._reading = self._inside.enter_context(looked_into(backup.path, self._folder))
                self.pages.addTopLevelItems(list(_rows(self._reading)))
            except (UserError, OSError) as error:
                self.show_problem(explain(error))
        self._enable()

    def _enable(self) -> None:
        can_write = self._document is None or not self._document.store.is_read_only
        has_damage = self._document is not None and bool(self._document.store.damage)
        is_read = self._reading is not None
        self.whole_button.setEnabled(is_read and (can_write or has_damage))
        has_page = bool(self.pages.selectedItems())
        self.page_button.setEnabled(has_page and can_write and self._document is not None)

    def _restore_page(self) -> None:
        page_id = self.pages.selectedItems()[0].data(0, _DATA)
        if self._document is None or self._reading is None:
            return
        try:
            page = self._reading.page(page_id)
            self._require_same(page)
            self._document.restore_page(page)
        except (UserError, OSError) as error:
            self.show_problem(explain(error))
            return
        self.show_problem("")
        self.state.setText(_("Page {number} is as it was then.").format(number=page.number + 1))

    def _require_same(self, page: Page) -> None:
        """The page must be there still, and be the same page of the same document."""
        assert self._document is not None
        assert self._reading is not None
        store = self._document.store
        try:
            now = store.summary(page.id)
            is_same = now.number == page.number and (
                store.document(now.document_id).sha256
                == self._reading.document(page.document_id).sha256
            )
        except KeyError:
            is_same = False
        if not is_same or page.id in self._reading.damaged:
            raise UserError(
                "This page of the backup does not belong to the project as it is now. Restore the"
                " whole project, or look into another backup."
            )

    def _restore_whole(self) -> None:
        self.chosen = self.backup
        self.accept()


def _list(name: str, titles: Sequence[str]) -> QTreeWidget:
    made = QTreeWidget()
    made.setAccessibleName(name)
    made.setHeaderLabels(list(titles))
    made.setRootIsDecorated(False)
    made.setTabKeyNavigation(False)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    made.header().setStretchLastSection(False)
    return made


def _rows(reading: Reading) -> Iterator[QTreeWidgetItem]:
    after = 0
    while found := reading.summaries(after, _SLICE):
        yield from map(_row, found)
        after = found[-1].id


def _row(summary: PageSummary) -> QTreeWidgetItem:
    counts = (summary.number + 1, summary.words, summary.annotations)
    row = QTreeWidgetItem([summary.document_name, *map(str, counts)])
    row.setData(0, _DATA, summary.id)
    for column in range(1, 4):
        row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return row
