"""Selecting, moving, resizing, deleting, copying with real mouse and key events."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import ALT, CONTROL, MIDDLE, NONE, SHIFT, Stand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from desktop.canvas.tools import TOOLS
from desktop.document import edits
from model_backend.document import Box, Page, Status


@pytest.fixture
def three(stand: Stand) -> Stand:
    """Two entities beside each other and a large region around both."""
    page = edits.add_entity(stand.page, label="question", word_ids=[1])
    page = edits.add_entity(page, label="answer", word_ids=[2])
    page = edits.add_region(page, label="figure", box=Box(20, 30, 340, 100))
    stand.put(page)
    return stand


def ids_of(page: Page) -> tuple[int, int, int]:
    return page.entities[0].id, page.entities[1].id, page.regions[0].id


def test_a_click_selects_the_smallest_and_again_the_next_under_it(three: Stand) -> None:
    question, _answer, figure = ids_of(three.page)
    three.click((80, 60))
    assert three.selection.ids == (question,)
    three.click((80, 60))
    assert three.selection.ids == (figure,)
    three.click((80, 60))
    assert three.selection.ids == (1,)  # the word
    three.click((80, 60))
    assert three.selection.ids == (question,)
    three.click((500, 300))
    assert three.selection.ids == ()
    assert three.applied == []


def test_control_click_adds_and_takes_away(three: Stand) -> None:
    question, answer, _figure = ids_of(three.page)
    three.click((80, 60))
    three.click((240, 60), CONTROL)
    assert three.selection.ids == (question, answer)
    three.click((80, 60), CONTROL)
    assert three.selection.ids == (answer,)


def test_a_rubber_band_selects_what_lies_in_it(three: Stand) -> None:
    question, answer, _figure = ids_of(three.page)
    three.drag((10, 10), (130, 80))
    assert three.selection.ids == (question,)
    three.drag((190, 10), (290, 80), keys=SHIFT)
    assert three.selection.ids == (question, answer)
    three.drag((5, 115), (130, 170))
    assert three.selection.ids == (7,)  # only words are there


def test_a_drag_previews_and_makes_one_edit(three: Stand) -> None:
    question, _answer, _figure = ids_of(three.page)
    three.press((80, 60))
    three.move((90, 70))
    three.move((110, 85))
    assert three.applied == []
    assert three.page.annotation(question).box == Box(40, 50, 120, 70)
    three.release((110, 85))
    assert len(three.applied) == 1
    moved = three.page.annotation(question).box
    assert (moved.x0, moved.y0) == pytest.approx((70, 75), abs=1.5)
    assert three.document.undo() == "Move"
    assert three.page.annotation(question).box == Box(40, 50, 120, 70)


def test_a_grip_resizes(three: Stand) -> None:
    _question, answer, _figure = ids_of(three.page)
    three.click((240, 60))
    three.drag((280, 70), (330, 95))
    box = three.page.annotation(answer).box
    assert (box.x0, box.y0) == (200, 50)
    assert (box.x1, box.y1) == pytest.approx((330, 95), abs=1.5)
    assert len(three.applied) == 1


def test_escape_cancels_a_drag(three: Stand) -> None:
    before = three.page
    three.press((80, 60))
    three.move((150, 150))
    three.key(Qt.Key.Key_Escape)
    three.release((150, 150))
    assert three.page == before
    assert three.applied == []


@pytest.mark.parametrize(
    ("key", "keys", "expected"),
    [
        (Qt.Key.Key_Left, NONE, Box(39, 50, 119, 70)),
        (Qt.Key.Key_Down, NONE, Box(40, 51, 120, 71)),
        (Qt.Key.Key_Right, ALT, Box(40, 50, 121, 70)),
        (Qt.Key.Key_Left, ALT, Box(39, 50, 120, 70)),
        (Qt.Key.Key_Left, ALT | SHIFT, Box(40, 50, 119, 70)),
    ],
)
def test_arrows_nudge(three: Stand, key: Qt.Key, keys: Qt.KeyboardModifier, expected: Box) -> None:
    question, _answer, _figure = ids_of(three.page)
    three.click((80, 60))
    three.key(key, keys)
    assert three.page.annotation(question).box == expected


def test_shift_and_arrows_move_a_region_by_ten(three: Stand) -> None:
    figure = three.page.regions[0]
    three.selection.select((figure.id,))
    three.key(Qt.Key.Key_Down, SHIFT)
    assert three.page.regions[0].box == figure.box.moved(0, 10)


def test_deleting_drops_what_is_selected(three: Stand) -> None:
    three.click((80, 60))
    three.view.delete_selection()
    assert len(three.page.entities) == 1
    assert three.selection.ids == ()


def test_copies_land_beside_and_on_the_next_page_in_place(three: Stand) -> None:
    figure = three.page.regions[0]
    three.selection.select((figure.id,))
    three.view.duplicate()
    assert len(three.page.regions) == 2
    copy = three.page.annotation(three.selection.ids[0])
    assert copy.box.x0 > figure.box.x0
    three.selection.set_page(three.page_ids[1])
    three.view.paste()
    assert [region.box for region in three.page.regions] == [figure.box]


def test_select_next_walks_in_reading_order(three: Stand) -> None:
    walked = []
    for _step in range(3):
        three.view.select_next(1)
        walked.append(three.selection.ids[0])
    assert sorted(walked) == sorted(ids_of(three.page))
    three.view.select_next(-1)
    assert three.selection.ids == (walked[1],)


def test_select_all_leaves_out_hidden_kinds(three: Stand) -> None:
    three.view.set_hidden(kinds=["regions"])
    three.view.select_all()
    assert three.selection.ids == ids_of(three.page)[:2]
    three.click((400, 300))
    three.click((30, 95))  # only the hidden region is there
    assert three.selection.ids == ()


def test_hidden_things_are_neither_shown_nor_hit(three: Stand) -> None:
    question, _answer, _figure = ids_of(three.page)
    shown = three.color((118, 52))
    three.view.set_hidden(ids=[question])
    three.click((80, 60))
    assert three.selection.ids != (question,)
    three.selection.clear()
    assert three.color((118, 52)) != shown


def test_a_set_label_changes_the_selection_and_stays(three: Stand) -> None:
    question, _answer, figure = ids_of(three.page)
    three.click((80, 60))
    three.view.set_label("header")
    assert three.page.annotation(question).label == "header"
    three.selection.select((figure,))
    assert three.view.label_kind() == "region"
    three.view.set_label("stamp")
    assert three.page.annotation(figure).label == "stamp"
    assert three.view.current_label("entity") == "header"


def test_a_change_from_elsewhere_cancels_a_drag_of_that_thing_only(three: Stand) -> None:
    question, answer, _figure = ids_of(three.page)
    three.press((80, 60))
    three.move((120, 90))
    three.document.apply("Elsewhere", edits.set_label(three.page, [answer], "other"))
    assert three.view.tool.is_busy
    three.document.apply("Elsewhere", edits.delete(three.page, [question]))
    assert not three.view.tool.is_busy
    three.release((120, 90))
    assert three.page.annotation(question) is None
    assert len(three.applied) == 2


def test_a_page_turn_during_a_drag_leaves_both_pages_alone(three: Stand) -> None:
    before = three.page
    three.press((80, 60))
    three.move((120, 90))
    three.selection.set_page(three.page_ids[1])
    three.move((130, 95))
    three.release((130, 95))
    assert three.document.page(three.page_ids[0]) == before
    assert three.applied == []


@pytest.mark.parametrize("name", list(TOOLS))
def test_a_gesture_does_not_outlive_a_turn_of_its_page(three: Stand, name: str) -> None:
    three.selection.clear()
    three.view.set_tool(name)
    three.press((20, 20))
    three.move((250, 220))
    turned = edits.rotate(three.page, 90)
    three.document.apply("Turn", turned)
    three.move((260, 230))
    three.release((260, 230))
    three.key(Qt.Key.Key_Return)
    assert three.page == turned


@pytest.mark.parametrize("name", list(TOOLS))
def test_escape_drops_what_any_tool_has_begun(three: Stand, name: str) -> None:
    before = three.page
    three.selection.clear()
    three.view.set_tool(name)
    three.press((80, 60))
    three.move((250, 220))
    three.key(Qt.Key.Key_Escape)
    three.move((260, 230))
    three.release((260, 230))
    assert not three.view.tool.is_busy
    assert three.page == before


def test_a_drag_ends_with_its_own_button_also_while_the_middle_one_pans(three: Stand) -> None:
    three.view.zoom_to(Box(100, 100, 300, 300))
    three.view.set_tool("box")
    three.press((150, 150))
    three.move((200, 190))
    three.press((200, 190), button=MIDDLE)
    three.release((200, 190))
    assert three.view.tool.gesture is None
    assert len(three.applied) == 1
    before = three.place((0, 0))
    three.move((230, 220), held=MIDDLE)
    panned = three.place((0, 0))
    assert panned != before
    three.release((230, 220), button=MIDDLE)
    three.hover((180, 180))
    assert three.place((0, 0)) == panned


def test_tapped_keys_are_told_and_held_ones_are_not(three: Stand) -> None:
    taps: list[str] = []
    three.view.tapped.connect(taps.append)
    three.key(Qt.Key.Key_H)
    QTest.keyPress(three.view, Qt.Key.Key_V)
    three.click((80, 60))
    QTest.keyRelease(three.view, Qt.Key.Key_V)
    assert taps == ["h"]


def test_proposals_are_dashed_and_human_work_is_not(three: Stand) -> None:
    page = three.page
    proposed = replace(page.regions[0], status=Status.PROPOSED, source="ink")
    three.view.zoom_to(Box(150, 20, 350, 110))

    def colors_along_the_edge() -> set[str]:
        xs = [225 + step / 4 for step in range(80)]
        return {three.color((x, 100.0)).name() for x in xs[::4]}

    solid = colors_along_the_edge()
    three.put(replace(page, regions=(proposed,)))
    dashed = colors_along_the_edge()
    assert len(solid) == 1
    assert len(dashed) > 1


def test_zoom_to_a_link_shows_both_its_ends(three: Stand) -> None:
    question, answer, _figure = ids_of(three.page)
    page = edits.link(three.page, from_id=question, to_id=answer)
    three.put(page)
    three.selection.select((three.page.relations[0].id,))
    before = three.view.scale_now
    three.view.zoom_to_selection()
    assert three.view.scale_now > before
    seen = three.view.viewport().rect()
    for item_id in (question, answer):
        assert seen.contains(three.place(three.page.annotation(item_id).box.center))


def test_a_small_thing_is_moved_from_inside_and_shaped_from_outside(three: Stand) -> None:
    _question, answer, _figure = ids_of(three.page)
    three.view.zoom_at(0.6, QPointF(0, 0))
    three.click((240, 60))
    three.drag((274, 63), (284, 73))
    box = three.page.annotation(answer).box
    assert (box.width, box.height) == (80, 20)
    assert box.x0 == pytest.approx(210, abs=2)
