"""Who frees garbage: never a thread other than the window's."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from pytestqt.qtbot import QtBot

from desktop.jobs import garbage
from desktop.jobs.garbage import GarbageCollector


class Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


def _allocate_in_a_thread() -> list[list[int]]:
    kept: list[list[int]] = []
    thread = threading.Thread(target=lambda: kept.extend([number] for number in range(50_000)))
    thread.start()
    thread.join()
    return kept


def test_garbage_is_freed_on_the_windows_thread_only(qtbot: QtBot) -> None:
    gc.collect()
    collector = GarbageCollector()
    freed: list[int] = []
    weakref.finalize(Knot(), lambda: freed.append(threading.get_ident()))
    kept = _allocate_in_a_thread()
    assert freed == []
    qtbot.waitUntil(lambda: bool(freed))
    assert kept
    assert freed == [threading.get_ident()]
    collector.close()


def test_what_survived_a_search_is_found_once_it_is_garbage(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    freed: list[bool] = []
    knot = Knot()
    weakref.finalize(knot, lambda: freed.append(True))
    gc.collect()
    gc.freeze()
    del knot
    gc.collect()
    assert freed == []
    collector.search_everything()
    assert freed == [True]
    collector.close()


def test_a_closed_project_is_searched_for_later_and_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(garbage, "monotonic", lambda: now)
    collector = GarbageCollector()
    freed: list[bool] = []
    knot = Knot()
    weakref.finalize(knot, lambda: freed.append(True))
    gc.collect()
    gc.freeze()
    del knot
    collector.search_soon()
    collector.look()
    assert freed == []
    now += garbage.SETTLED + 1
    collector.look()
    assert freed == [True]
    assert gc.get_freeze_count() > 0
    collector.close()


def test_pythons_own_collection_is_back_afterwards(qtbot: QtBot) -> None:
    was_enabled = gc.isenabled()
    gc.enable()
    collector = GarbageCollector()
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
    if not was_enabled:
        gc.disable()
