"""Words of a recogniser in place of the true ones: matched by place, nothing invented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_backend.document import Box, Entity, Page, PageGeometry, Relation, Word
from model_backend.sources.ocr import installed_languages
from model_backend.synthesis.generator import Order, make
from model_backend.synthesis.recognition import with_words

NAME, MILLER, ANN, SEX = (
    Word(1, "Name:", Box(10, 10, 50, 20)),
    Word(2, "Miller,", Box(60, 10, 100, 20)),
    Word(3, "Ann", Box(104, 10, 125, 20)),
    Word(4, "Sex", Box(10, 40, 30, 50)),
)


def form() -> Page:
    words = (NAME, MILLER, ANN, SEX)
    entities = (
        Entity(5, "question", (1,), "Name:", NAME.box),
        Entity(6, "answer", (2, 3), "Miller, Ann", MILLER.box.union(ANN.box)),
        Entity(7, "question", (4,), "Sex", SEX.box),
    )
    page = Page(1, 1, 0, 200, 100, "px", PageGeometry("drawn", 200, 100))
    links = (Relation(8, 5, 6), Relation(9, 6, 7))
    return replace(page, words=words, entities=entities, relations=links, next_id=10)


def read(*words: tuple[str, Box]) -> Page:
    return with_words(form(), [Word(0, text, box, 0.9) for text, box in words])


def test_entities_hold_what_was_read_on_their_words() -> None:
    page = read(("Nane:", NAME.box.grown(1)), ("Miller,", MILLER.box), ("Arm", ANN.box))
    assert [(e.label, e.text) for e in page.entities] == [
        ("question", "Nane:"),
        ("answer", "Miller, Arm"),
    ]
    assert [(link.from_id, link.to_id) for link in page.relations] == [(5, 6)]


def test_words_read_in_pieces_or_in_one_are_matched() -> None:
    page = read(
        ("Na", Box(10, 10, 28, 20)),
        ("me:", Box(30, 10, 50, 20)),
        ("Miller,Ann", Box(60, 10, 125, 20)),
    )
    assert [e.text for e in page.entities] == ["Na me:", "Miller,Ann"]


def test_what_is_read_where_nothing_stands_is_other() -> None:
    page = read(("Name:", NAME.box), ("—", Box(10, 70, 190, 72)))
    assert [(e.label, e.text) for e in page.entities] == [("question", "Name:"), ("other", "—")]
    assert len({item.id for item in (*page.words, *page.entities)}) == 4
    assert page.next_id > max(item.id for item in (*page.words, *page.entities))


def test_order_is_that_of_the_true_words() -> None:
    page = read(("Ann", ANN.box), ("ler,", Box(80, 10, 100, 20)), ("Mil", Box(60, 10, 79, 20)))
    assert page.entities[0].text == "Mil ler, Ann"


def test_tesseract_reads_most_of_a_clean_form() -> None:
    assert "eng" in installed_languages()
    order = Order("forms", seed=3, noise="none", dpi=150)
    number = next(n for n in range(50) if 40 < len(make(order, n).page.words) < 90)
    true = make(order, number).page
    page = make(replace(order, has_ocr=True), number).page
    texts = {word.text for word in page.words}
    assert sum(word.text in texts for word in true.words) > 0.6 * len(true.words)
    assert all(word.confidence is not None for word in page.words)
    labels = {e.id: e.label for e in true.entities}
    kept = [e for e in page.entities if e.id in labels]
    assert len(kept) > 0.6 * len(labels)
    assert all(e.label == labels[e.id] for e in kept)


@pytest.mark.parametrize("words", [[], [Word(0, "x", Box(150, 80, 160, 90))]])
def test_nothing_read_leaves_no_entity_of_the_truth(words: list[Word]) -> None:
    page = with_words(form(), words)
    assert all(entity.label == "other" for entity in page.entities)
    assert page.relations == ()
