"""The rule-based form reader: small drawn forms, Korean, odd input, and FUNSD's real ones."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_backend import formats
from model_backend.document import Box, Page, PageGeometry, Status, Word
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.predictors.entities_rules import MOST_WORDS, EntitiesRules, create
from model_backend.predictors.predictor import PredictorInput


def page(*lines: tuple[float, float, str], width: float = 800, height: float = 1000) -> Page:
    """A page with lines of text, 12 units high; words get their ids in shuffled order."""
    words = []
    for x, y, text in lines:
        for part in text.split(" "):
            size = sum(12 if ord(letter) > 0x1100 else 7 for letter in part)
            words.append((part, Box(x, y, x + size, y + 12)))
            x += size + 5
    random.Random(4).shuffle(words)
    return Page(
        id=1,
        document_id=1,
        number=0,
        width=width,
        height=height,
        unit="px",
        geometry=PageGeometry("test", width, height),
        words=tuple(Word(i, text, box) for i, (text, box) in enumerate(words, start=1)),
    )


def read(form: Page) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Label of each text, and the linked texts."""
    found = EntitiesRules().read(form)
    texts = {entity.id: entity.text for entity in found.entities}
    links = {(texts[link.from_id], texts[link.to_id]) for link in found.relations}
    return {entity.text: entity.label for entity in found.entities}, links


def test_labels_with_colons_take_the_value_beside_them() -> None:
    labels, links = read(
        page(
            (300, 120, "SERVICE REQUEST"),
            (60, 300, "Name: John Smith"),
            (400, 300, "Date: 12/03/1994"),
            (60, 340, "Phone No.:"),
            (200, 340, "555 1234"),
        )
    )
    assert labels["SERVICE REQUEST"] == "header"
    assert labels["Name:"] == labels["Date:"] == labels["Phone No.:"] == "question"
    assert labels["John Smith"] == labels["12/03/1994"] == labels["555 1234"] == "answer"
    assert links >= {
        ("Name:", "John Smith"),
        ("Date:", "12/03/1994"),
        ("Phone No.:", "555 1234"),
    }


def test_korean_labels_take_their_values() -> None:
    labels, links = read(
        page(
            (300, 100, "출장 신청서"),
            (60, 300, "성명"),
            (200, 300, "홍길동"),
            (60, 340, "주소:"),
            (200, 340, "서울시 종로구 12"),
            (60, 380, "일자:"),
            (200, 380, "2024. 3. 15."),
        )
    )
    assert labels["성명"] == labels["주소:"] == labels["일자:"] == "question"
    assert labels["홍길동"] == "answer"
    assert links >= {("성명", "홍길동"), ("주소:", "서울시 종로구 12"), ("일자:", "2024. 3. 15.")}


def test_column_heads_take_the_numbers_below() -> None:
    labels, links = read(
        page(
            (60, 300, "Item"),
            (300, 300, "Amount"),
            (500, 300, "Total"),
            (60, 320, "Paper"),
            (300, 320, "12.50"),
            (500, 320, "25.00"),
            (60, 340, "Ink"),
            (300, 340, "7.10"),
            (500, 340, "14.20"),
        )
    )
    assert labels["Amount"] == labels["Total"] == "question"
    assert labels["12.50"] == labels["14.20"] == "answer"
    assert {end for _start, end in links} >= {"12.50", "25.00", "7.10", "14.20"}


def test_boxes_to_tick_begin_a_segment() -> None:
    labels, _links = read(page((60, 300, "Receipts attached: ☐ Yes ☐ No")))
    assert "☐ Yes" in labels
    assert "☐ No" in labels


def test_wrapped_lines_become_one_entity_in_reading_order() -> None:
    labels, _links = read(
        page(
            (60, 300, "Remarks:"),
            (160, 300, "The parcel was left with the neighbour because nobody was at home"),
            (160, 313, "and the driver had to go on"),
        )
    )
    text = "The parcel was left with the neighbour because nobody was at home and the driver"
    assert any(found.startswith(text) for found in labels)


def test_entities_carry_words_box_score_and_source() -> None:
    form = page((60, 300, "Name: John Smith"))
    (proposals,) = create()([PredictorInput(Path("unused.png"), form)])
    by_id = {word.id: word for word in form.words}
    for entity in proposals.entities:
        assert entity.text == " ".join(by_id[word_id].text for word_id in entity.word_ids)
        assert all(entity.box.union(by_id[i].box) == entity.box for i in entity.word_ids)
        assert entity.score is not None
        assert 0 <= entity.score <= 1
        assert (entity.source, entity.status) == ("rules", Status.PROPOSED)
    ids = [item.id for item in proposals.annotations]
    assert len(set(ids)) == len(ids)


def test_empty_blank_and_endless_pages_give_nothing() -> None:
    reader = EntitiesRules()
    assert reader.read(page()).annotations == ()
    blank = replace(page(), words=(Word(1, "  ", Box(0, 0, 5, 5)), Word(2, "", Box(9, 0, 9, 0))))
    assert reader.read(blank).annotations == ()
    many = tuple(Word(i, "a", Box(i, i, i + 1, i + 1)) for i in range(MOST_WORDS + 1))
    found = reader.read(replace(page(), words=many))
    assert found.annotations == ()
    assert found.notes


BOXES = st.tuples(*[st.floats(-50, 900)] * 2, *[st.floats(0, 300)] * 2).map(
    lambda c: Box(c[0], c[1], c[0] + c[2], c[1] + c[3])
)
TEXTS = st.text(alphabet="aB1:.☐ 가$/-", max_size=6)


@given(st.lists(st.tuples(TEXTS, BOXES), max_size=14))
@settings(deadline=None)
def test_every_written_word_is_in_one_entity_whatever_the_boxes(
    items: list[tuple[str, Box]],
) -> None:
    words = tuple(Word(i, text, box) for i, (text, box) in enumerate(items, start=1))
    found = EntitiesRules().read(replace(page(), words=words))
    named = sorted(word_id for entity in found.entities for word_id in entity.word_ids)
    assert named == [word.id for word in words if word.text.strip()]
    known = {entity.id for entity in found.entities}
    assert all(link.from_id in known and link.to_id in known for link in found.relations)


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> tuple[EntityF1, RelationF1]:
    """FUNSD's 149 forms read from their words, in an order that says nothing."""
    folder = shared_data / "funsd" / "training_data"
    entities, relations = EntityF1(), RelationF1()
    for member in formats.members("funsd", folder):
        truth = formats.read_member("funsd", folder, member).page
        words = list(truth.words)
        random.Random(1).shuffle(words)
        found = EntitiesRules().read(replace(truth, words=tuple(words), entities=(), relations=()))
        said = replace(truth, entities=found.entities, relations=found.relations)
        entities.update(truth, said)
        relations.update(truth, said)
    return entities, relations


def test_real_forms_are_read_as_well_as_is_claimed(
    measured: tuple[EntityF1, RelationF1],
) -> None:
    entities, relations = measured
    assert entities.summary()["f1"] > 0.60
    assert entities.summary()["words"]["f1"] > 0.68
    assert relations.summary()["f1"] > 0.33
