"""The rule-based form reader: small drawn forms, the samples, odd input, and FUNSD's real ones."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_backend import formats
from model_backend.document import Band, Box, Page, PageGeometry, Status, Table, Word
from model_backend.document_json import from_json
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.predictors.entities_rules import MOST_WORDS, EntitiesRules, create
from model_backend.predictors.predictor import PredictorInput

SAMPLES = Path(__file__).resolve().parents[4] / "resources" / "samples"


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


def test_choices_ask_and_ticks_answer() -> None:
    labels, links = read(page((60, 300, "Purpose:"), (160, 300, "☑ Visit"), (300, 300, "☐ Sale")))
    assert labels["☑"] == "answer"
    assert labels["Visit"] == labels["☐ Sale"] == "question"
    assert ("Visit", "☑") in links


def test_numbered_bars_are_headers_even_in_a_misread_frame() -> None:
    labels, links = read(
        page(
            (60, 300, "[ 1. Claimant |"),
            (60, 330, "Name: John Smith"),
            (60, 400, "2. Journey"),
            (60, 430, "From: Leeds"),
        )
    )
    assert labels["1. Claimant"] == labels["2. Journey"] == "header"
    assert links >= {("1. Claimant", "Name:"), ("2. Journey", "From:")}


def test_what_has_no_letter_or_digit_is_no_entity() -> None:
    labels, _links = read(page((40, 60, "/\\"), (200, 60, "^"), (60, 300, "Name: Smith")))
    assert set(labels) == {"Name:", "Smith"}


EXPENSES = (
    ((60, 300, "Day"), (200, 300, "Spent on"), (500, 300, "Euro")),
    ((60, 330, "Monday"), (200, 330, "Train to the fair"), (500, 330, "12.50")),
    ((60, 360, "Friday"), (200, 360, "Hotel, three nights"), (500, 360, "25.00")),
)


def test_rows_that_are_plainly_a_table_answer_their_heads() -> None:
    labels, links = read(page(*(part for row in EXPENSES for part in row)))
    assert {labels[text] for _x, _y, text in EXPENSES[0]} == {"question"}
    cells = [text for row in EXPENSES[1:] for _x, _y, text in row]
    assert {labels[text] for text in cells} == {"answer"}
    assert links == {
        (head[2], cell[2])
        for row in EXPENSES[1:]
        for head, cell in zip(EXPENSES[0], row, strict=True)
    }


def test_cells_of_a_known_grid_answer_its_heads_and_totals_ask() -> None:
    words = page(
        (60, 300, "Part"),
        (300, 300, "Colour"),
        (60, 330, "Left wing"),
        (300, 330, "red"),
        (60, 343, "lower half"),
        (60, 370, "Total"),
        (300, 370, "two"),
    )
    rows = (Band(290, 320), Band(320, 360), Band(360, 390))
    columns = (Band(50, 280), Band(280, 500))
    table = Table(99, Box(50, 290, 500, 390), rows, columns, header_rows=1)
    labels, links = read(replace(words, tables=(table,)))
    assert labels["Left wing lower half"] == labels["red"] == labels["two"] == "answer"
    assert labels["Part"] == labels["Colour"] == labels["Total"] == "question"
    assert links >= {("Part", "Left wing lower half"), ("Colour", "red"), ("Colour", "two")}


def test_a_grid_of_labels_and_values_is_no_table_with_heads() -> None:
    words = page(
        (60, 300, "성 명"), (200, 300, "홍길동"), (60, 340, "주 소"), (200, 340, "서울시 종로구")
    )
    rows, columns = (Band(290, 330), Band(330, 370)), (Band(50, 180), Band(180, 500))
    table = Table(99, Box(50, 290, 500, 370), rows, columns, header_rows=1)
    labels, links = read(replace(words, tables=(table,)))
    assert labels["성 명"] == labels["주 소"] == "question"
    assert links == {("성 명", "홍길동"), ("주 소", "서울시 종로구")}


@pytest.mark.parametrize(("name", "least"), [("form", 0.9), ("korean_form", 0.95)])
def test_sample_forms_are_read_from_their_true_words(name: str, least: float) -> None:
    (data,) = orjson.loads((SAMPLES / f"{name}.json").read_bytes())["pages"]
    truth = from_json(Page, data)
    found = EntitiesRules().read(replace(truth, entities=(), relations=(), tables=()))
    outside = [
        entity
        for entity in found.entities
        if not any(entity.box.overlap(table.box) >= 0.5 for table in truth.tables)
    ]
    measured = EntityF1()
    measured.update(truth, replace(truth, entities=tuple(outside)))
    assert measured.summary()["f1"] >= least
    headers = {entity.text for entity in truth.entities if entity.label == "header"}
    assert headers <= {entity.text for entity in outside if entity.label == "header"}


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


def test_a_skewed_scan_is_read_as_a_straight_one() -> None:
    note = "The parcel was left with the neighbour because nobody was at home"
    notes = [(60, 200 + 16 * i, note) for i in range(5)]
    form = page(*notes, (60, 400, "Name:"), (660, 400, "Smith"), (60, 440, "Town:"))
    tilted = tuple(
        replace(word, box=word.box.moved(0, 0.02 * word.box.center[0])) for word in form.words
    )
    labels, links = read(replace(form, words=tilted))
    assert links == {("Name:", "Smith")}
    assert (labels, links) == read(form)


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
def test_every_word_with_letters_is_in_one_entity_whatever_the_boxes(
    items: list[tuple[str, Box]],
) -> None:
    words = tuple(Word(i, text, box) for i, (text, box) in enumerate(items, start=1))
    found = EntitiesRules().read(replace(page(), words=words))
    named = [word_id for entity in found.entities for word_id in entity.word_ids]
    assert len(set(named)) == len(named)
    telling = {word.id for word in words if any(c.isalnum() or c == "☐" for c in word.text)}
    assert telling <= set(named) <= {word.id for word in words if word.text.strip()}
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
    assert entities.summary()["f1"] > 0.58
    assert entities.summary()["words"]["f1"] > 0.64
    assert relations.summary()["f1"] > 0.31
