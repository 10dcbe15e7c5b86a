"""Looking at the page: zoom, pan, fit, light and dark, pictures that come late."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import CONTROL, LEFT, MIDDLE, NONE, SHIFT, Stand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from model_backend.document import Box, Point


def wheel(stand: Stand, point: Point, delta: int, keys: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(stand.view.viewportTransform().map(QPointF(*point)))
    viewport = stand.view.viewport()
    event = QWheelEvent(
        place,
        viewport.mapToGlobal(place),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_control_wheel_zooms_to_the_pointer(stand: Stand) -> None:
    stand.view.zoom_to(Box(100, 100, 400, 300))
    for delta in (120, 120, 240, -120, 30):
        before = stand.place((180, 150))
        wheel(stand, (180, 150), delta, CONTROL)
        after = stand.place((180, 150))
        assert (after - before).manhattanLength() <= 2


def test_the_wheel_scrolls_and_shift_scrolls_sideways(stand: Stand) -> None:
    stand.view.zoom_to(Box(100, 100, 200, 200))
    scale, before = stand.view.scale_now, stand.place((150, 150))
    wheel(stand, (150, 150), -120)
    down = stand.place((150, 150))
    assert down.y() < before.y()
    assert down.x() == before.x()
    wheel(stand, (150, 150), -120, SHIFT)
    assert stand.place((150, 150)).x() < before.x()
    assert stand.view.scale_now == scale


@pytest.mark.parametrize("how", ["space", "middle"])
def test_space_and_the_middle_button_pan(stand: Stand, how: str) -> None:
    stand.view.zoom_to(Box(100, 100, 200, 200))
    before = stand.place((150, 150))
    button = MIDDLE if how == "middle" else LEFT
    if how == "space":
        QTest.keyPress(stand.view, Qt.Key.Key_Space)
    stand.press((150, 150), button=button)
    target = (160.0, 140.0)
    end = stand.place(target)
    stand.move(target, held=button)
    stand.release((150, 150), button=button)
    if how == "space":
        QTest.keyRelease(stand.view, Qt.Key.Key_Space)
    after = stand.place((150, 150))
    assert (after - end).manhattanLength() <= 2
    assert after != before
    assert stand.selection.ids == ()


def test_fit_follows_the_window_and_zoom_is_told(stand: Stand) -> None:
    told: list[float] = []
    stand.view.zoom_changed.connect(told.append)
    stand.view.fit_page()
    corner = stand.place((600, 400))
    assert 0 <= corner.x() <= stand.view.viewport().width()
    stand.view.resize(500, 300)
    QApplication.processEvents()
    corner, origin = stand.place((600, 400)), stand.place((0, 0))
    assert origin.x() >= 0
    assert origin.y() >= 0
    assert corner.x() <= stand.view.viewport().width()
    assert corner.y() <= stand.view.viewport().height()
    stand.view.actual_size()
    assert told[-1] == pytest.approx(1.0)
    stand.view.fit_width()
    QApplication.processEvents()  # the bar beside the page is there
    left, right = stand.place((0, 0)), stand.place((600, 0))
    assert right.x() - left.x() == pytest.approx(stand.view.viewport().width() - 36, abs=3)


def test_points_are_full_size_at_the_screens_dots(stand: Stand) -> None:
    stand.put(replace(stand.page, unit="pt"))
    stand.view.actual_size()
    assert stand.view.scale_now == pytest.approx(stand.view.logicalDpiX() / 72)


def test_zoom_has_limits(stand: Stand) -> None:
    for _step in range(60):
        stand.view.zoom_in()
    assert stand.view.scale_now <= 64
    for _step in range(120):
        stand.view.zoom_out()
    assert stand.view.scale_now >= 0.02


def test_the_picture_is_asked_for_in_screen_pixels(stand: Stand) -> None:
    stand.view.zoom_to(Box(0, 0, 100, 100))
    stand.color((50, 50))
    expected = stand.view.scale_now * stand.view.devicePixelRatioF()
    assert stand.images.asked[-1] == pytest.approx(expected)


def test_tiles_are_asked_for_where_the_page_is_seen_only(stand: Stand) -> None:
    stand.view.zoom_to(Box(100, 100, 110, 110))
    stand.view.zoom_at(4.0, QPointF(300, 200))
    stand.images.image_ready.emit(stand.page.id)
    stand.color((105, 105))
    asked = stand.images.tiled[-1]
    seen = stand.view.viewport().width() / stand.view.scale_now
    assert asked.width == pytest.approx(seen, rel=0.25)


def test_a_picture_that_comes_late_is_shown(stand: Stand) -> None:
    stand.images.trouble = "The page cannot be drawn."
    stand.images.image_ready.emit(stand.page.id)
    stand.color((500, 300))
    stand.images.trouble = ""
    stand.images.color = QColor("#102030")
    stand.images.image_ready.emit(stand.page.id)
    assert stand.color((500, 300)) == QColor("#102030")


def test_a_page_turn_shows_the_other_page(stand: Stand) -> None:
    stand.click((80, 60))
    stand.selection.set_page(stand.page_ids[1])
    assert stand.view.work.page is not None
    assert stand.view.work.page.id == stand.page_ids[1]
    stand.selection.set_page(0)
    assert stand.view.work.page is None
    stand.click((80, 60))  # nothing there: nothing happens
    stand.view.select_all()
    stand.view.edit_text()
    stand.view.paste()


def test_dark_palettes_make_a_dark_surround_and_leave_paper_bright(stand: Stand) -> None:
    light = stand.color((-10, 200))
    palette = QPalette(QColor("#202020"))
    stand.view.setPalette(palette)
    assert stand.color((-10, 200)).lightness() < light.lightness() - 60
    assert stand.color((500, 300)).lightness() > 200


def test_every_tool_can_be_chosen_and_says_what_to_do(stand: Stand) -> None:
    from desktop.canvas.tools import TOOLS

    names: list[str] = []
    stand.view.tool_changed.connect(names.append)
    for name in TOOLS:
        stand.said.clear()
        stand.view.set_tool(name)
        assert stand.said != [""]
        stand.hover((80, 60))
        stand.press((80, 60))
        stand.move((120, 120))
        stand.key(Qt.Key.Key_Escape)
        stand.release((120, 120))
    assert names[: len(TOOLS)] != []
    assert stand.applied == []


def test_words_that_need_a_look_carry_a_sign(stand: Stand) -> None:
    words = list(stand.page.words)
    words[0] = replace(words[0], is_illegible=True)
    words[1] = replace(words[1], confidence=0.2)
    stand.put(replace(stand.page, words=tuple(words)))
    stand.view.zoom_to(Box(40, 40, 300, 80))
    struck, plain = stand.color((80, 60)), stand.color((150, 60))
    assert struck.red() > struck.green() + 60
    under = [stand.color((200 + step, 70.0)) for step in range(10, 40, 3)]
    assert any(color.red() > color.blue() + 60 for color in under)
    assert plain.lightness() > 200
