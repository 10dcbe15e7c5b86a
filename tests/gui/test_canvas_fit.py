"""Fitting a page to a view that is made larger and smaller: it settles at once."""

from __future__ import annotations

import pytest
from canvas_stand import Stand
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication

from desktop.canvas.navigation import NavigationView

MOST_RESIZES = 4
"""Of one change of size: bars that come and go make further ones."""


@pytest.mark.parametrize("fit", ["fit_page", "fit_width"])
def test_it_settles_at_every_size(stand: Stand, fit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    resized = NavigationView.resizeEvent

    def counted(self: NavigationView, event: QResizeEvent) -> None:
        seen.append(1)
        resized(self, event)

    monkeypatch.setattr(NavigationView, "resizeEvent", counted)
    getattr(stand.view, fit)()
    worst: dict[tuple[int, int], int] = {}
    for width in (300, 431, 433, 600, 700):
        for height in range(300, 560):
            seen.clear()
            stand.view.resize(width, height)
            QApplication.processEvents()
            if len(seen) > MOST_RESIZES:
                worst[width, height] = len(seen)
    assert worst == {}
