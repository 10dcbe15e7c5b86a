"""A month of work with its backups: none is missing that should be there, each can be restored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.store import backups
from desktop.store.backups import IMPORT, MANY, TIME, Moment, backups_of, restore_whole
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of

BEGIN = datetime(2026, 10, 1, 9, tzinfo=UTC)


class _Clock(datetime):
    """The time that backups are named after."""

    at = BEGIN

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        """As of the day that is played."""
        assert tz is UTC
        return cls.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[_Clock]:
    monkeypatch.setattr(backups, "datetime", _Clock)
    monkeypatch.setattr(_Clock, "at", BEGIN)
    return _Clock


def _moments(days: int, a_day: int) -> Iterator[datetime]:
    """Every 15 minutes of editing, on working days."""
    for day in range(days):
        start = BEGIN + timedelta(days=day)
        if start.weekday() < 5:
            yield from (start + timedelta(minutes=15 * number) for number in range(a_day))


@pytest.mark.parametrize("a_day", [4, pytest.param(32, marks=pytest.mark.long)])
@pytest.mark.timeout(3600)
def test_every_backup_of_a_month_can_be_restored(
    tmp_path: Path, clock: type[_Clock], a_day: int
) -> None:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
        folder = store.folder
    document, notes = OpenDocument(Store.open(folder)), dict[datetime, str]()
    for number, at in enumerate(_moments(30, a_day)):
        clock.at = at
        notes[at] = f"edit {number}"
        document.apply("Note", edits.set_note(document.page(1), notes[at]))
        reason = (TIME, TIME, IMPORT, MANY)[number % 4]
        assert problem_of(Moment(folder / FILE).keep(reason)) == ""
    last = document.page(1)
    document.close()
    kept = [item for item in backups_of(folder) if item.reason != "restore"]
    _check_policy([item.at for item in kept], list(notes))
    for item in kept:
        clock.at += timedelta(seconds=1)
        restore_whole(folder, item.path)
        with Store.open(folder) as store:
            assert store.page(1).note == notes[item.at]
            assert store.damaged == set()
        assert problem_of(folder / FILE) == ""
        if not item.path.exists():
            pytest.fail(f"{item.path.name} was thinned by its own restore")
    newest = next(item for item in reversed(backups_of(folder)) if item.reason == "restore")
    restore_whole(folder, newest.path)
    with Store.open(folder) as store:
        assert store.page(1) == last


def _check_policy(kept: list[datetime], made: list[datetime]) -> None:
    """Everything of the last two days, the newest of every day of the month."""
    now = made[-1]
    assert {at for at in made if now - at < timedelta(days=2)} <= set(kept)
    for day in {at.date() for at in made}:
        assert max(at for at in made if at.date() == day) in kept
    assert len(kept) < len(made)


def test_backups_are_never_more_than_15_minutes_of_editing_apart() -> None:
    from desktop.jobs.backups import EVERY_MS

    assert EVERY_MS <= 15 * 60 * 1000


def test_backup_that_is_put_back_is_not_thinned_before(tmp_path: Path, clock: type[_Clock]) -> None:
    """Days later a newer one of the same day stands for it, until somebody wants just this one."""
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(1), [full_page(0)], read=True)
        folder = store.folder
    document, kept = OpenDocument(Store.open(folder)), []
    for at in _moments(1, 3):
        clock.at = at
        document.apply("Note", edits.set_note(document.page(1), f"{at:%H:%M}"))
        kept.append(Moment(folder / FILE).keep(TIME))
    document.close()
    clock.at = BEGIN + timedelta(days=3)
    restore_whole(folder, kept[0])
    with Store.open(folder) as store:
        assert store.page(1).note == "09:00"
    assert {path.exists() for path in kept} == {True}
