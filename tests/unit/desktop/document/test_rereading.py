"""Two readings of a place side by side, and what is taken of the new one."""

from __future__ import annotations

from desktop.document import edits
from desktop.document.rereading import readings, taken
from model_backend.document import Box, Page, PageGeometry, Word, with_words


def word(number: int, text: str, x: float, y: float = 0, wide: float = 18) -> Word:
    return Word(number, text, Box(x, y, x + wide, y + 10), 0.7)


def page() -> Page:
    words = [word(1, "Tota1", 0), word(2, "due", 30), word(3, "1O", 60), word(4, "x", 0, 40)]
    made = with_words(Page(1, 1, 0, 200, 100, "px", PageGeometry("t", 200, 100)), words)
    return edits.add_entity(made, "question", [1, 2])


def test_only_what_differs_is_told_in_reading_order() -> None:
    new = [word(1, "10", 61), word(2, "Total", 1), word(3, "due", 30), word(4, "€", 90)]
    found = readings(page(), Box(0, 0, 200, 20), new)
    assert [(one.before, one.after) for one in found] == [
        ("Tota1", "Total"),
        ("1O", "10"),
        ("", "€"),
    ]
    assert all(one.is_better for one in found)


def test_words_that_were_run_together_are_one_reading() -> None:
    found = readings(page(), Box(0, 0, 50, 20), [word(1, "Totaldue", 0, wide=48)])
    assert [(one.before, one.after) for one in found] == [("Tota1 due", "Totaldue")]


def test_what_a_person_typed_or_nothing_replaces_is_not_ticked() -> None:
    typed = edits.set_word_text(page(), 3, "10,-")
    found = readings(typed, Box(50, 0, 200, 20), [word(1, "10", 61)])
    assert [one.is_better for one in found] == [False]
    assert [one.is_better for one in readings(page(), Box(50, 0, 200, 20), [])] == [False]


def test_what_is_read_with_doubt_is_not_ticked() -> None:
    speck = Word(1, "Pa", Box(120, 0, 125, 10), 0.5)
    assert [one.is_better for one in readings(page(), Box(110, 0, 200, 20), [speck])] == [False]


def test_the_chosen_places_are_exchanged_and_the_rest_stays() -> None:
    before = page()
    new = [word(1, "Total", 1), word(2, "due", 30), word(3, "10", 61)]
    found = readings(before, None, new)
    after = taken(before, [one for one in found if one.after == "Total"])
    assert sorted(item.text for item in after.words) == ["1O", "Total", "due", "x"]
    assert after.entities[0].text == "Total due"
    assert taken(before, []) == before


def test_a_whole_page_is_compared_quickly() -> None:
    words = [word(n, f"w{n}", 30 * (n % 40), 20 * (n // 40)) for n in range(1, 2001)]
    large = with_words(Page(1, 1, 0, 1300, 1100, "px", PageGeometry("t", 1300, 1100)), words)
    found = readings(large, None, [*words[:-1], word(1, "other", 0, 1000)])
    assert [(one.before, one.after) for one in found] == [("w2000", "other")]
