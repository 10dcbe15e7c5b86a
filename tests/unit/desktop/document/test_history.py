"""Undo and redo: exact over random sequences of all edits, across restarts and beside jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from edit_scripts import (
    EDITS,
    document_of,
    full_page,
    page_of_words,
    random_edit,
    random_proposals,
    word_box,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.document import edits
from desktop.document.history import (
    Difference,
    SchemaChange,
    applied,
    applied_schema,
    difference,
)
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store.difference import from_data, to_data
from desktop.store.store import Store
from desktop.store.values import pack, unpack
from model_backend import table_grid
from model_backend.document import (
    Box,
    Entity,
    Page,
    PageStatus,
    Proposals,
    Region,
    Relation,
    Status,
)
from model_backend.labels import DEFAULT_SCHEMA, Label, LabelSchema


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A project of three pages, copied for every example: making one takes long."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.proofdesk"
        with Store.create(path) as store:
            pages = [page_of_words(0), full_page(1), full_page(2)]
            store.add_document(None, document_of(3), pages, read=True)
        yield path


@pytest.fixture
def document(template: Path, tmp_path: Path) -> Iterator[OpenDocument]:
    document = OpenDocument(Store.open(_copied(template, tmp_path)))
    yield document
    document.close()


def _copied(template: Path, folder: Path) -> Path:
    target = folder / "project.proofdesk"
    target.mkdir()
    (target / "project.sqlite").write_bytes((template / "project.sqlite").read_bytes())
    return target


def _values(document: OpenDocument) -> list[Page]:
    """All pages without the id sequence, which never goes back: ids are never used twice."""
    ids = document.store.page_ids()
    return [replace(document.page(page_id), next_id=0) for page_id in ids]


def _reopened(document: OpenDocument) -> OpenDocument:
    folder = document.store.folder
    document.close()
    return OpenDocument(Store.open(folder))


@given(seed=st.integers(0, 2**32), steps=st.integers(1, 14))
@settings(max_examples=40, deadline=None)
def test_undo_all_and_redo_all_give_first_and_last_values_across_restarts(
    template: Path, seed: int, steps: int
) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        values = [_values(document)]
        for _step in range(steps):
            page = document.page(random.choice(document.store.page_ids()))
            text, after = random_edit(page, random)
            if after != page:
                document.apply(text, after)
                values.append(_values(document))
        document = _reopened(document)
        assert _values(document) == values[-1]
        for expected in values[-2::-1]:
            assert document.undo()
            assert _values(document) == expected
        assert document.undo() == ""
        document = _reopened(document)
        assert _values(document) == values[0]
        for expected in values[1:]:
            assert document.redo()
            assert _values(document) == expected
        assert document.redo() == ""
        document.close()


@given(seed=st.integers(0, 2**32), steps=st.integers(5, 30))
@settings(max_examples=25, deadline=None)
def test_edits_undo_redo_and_restarts_in_any_order_follow_the_model(
    template: Path, seed: int, steps: int
) -> None:
    """The model is a list of states and where we are in it."""
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        states, place = [_state(document)], 0
        for _step in range(steps):
            action = random.choices(("edit", "undo", "redo", "reopen"), (5, 4, 3, 1))[0]
            if action == "undo":
                assert bool(document.undo()) == (place > 0)
                place = max(place - 1, 0)
            elif action == "redo":
                assert bool(document.redo()) == (place < len(states) - 1)
                place = min(place + 1, len(states) - 1)
            elif action == "reopen":
                document = _reopened(document)
            elif _edited(document, random) != states[place]:
                place += 1
                states[place:] = [_state(document)]
            assert _state(document) == states[place]
            assert bool(document.undo_text) == (place > 0)
            assert bool(document.redo_text) == (place < len(states) - 1)
        document.close()


def _edited(document: OpenDocument, random: Random) -> object:
    """The state after an edit of one page, of two pages, or of the labels with a page."""
    ids = random.sample(document.store.page_ids(), random.randint(1, 2))
    pages = [random_edit(document.page(page_id), random)[1] for page_id in ids]
    if random.random() < 0.2:
        labels = document.schema.labels
        kept = random.sample(labels, len(labels) - 1) if len(labels) > 3 else DEFAULT_SCHEMA.labels
        document.apply_schema("Labels", LabelSchema(tuple(kept)), pages[0])
    else:
        document.apply("Edit", *pages)
    return _state(document)


def _state(document: OpenDocument) -> object:
    return _values(document), document.schema


def test_random_edits_call_every_function_that_edits_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: set[str] = set()
    called: set[str] = set()
    functions = {name: getattr(edits, name) for name in edits.__all__}
    wanted = {name for name, edit in functions.items() if edit.__annotations__["return"] == "Page"}
    assert len(wanted) > 35
    for name in wanted:
        monkeypatch.setattr(edits, name, _told(called, name, functions[name]))
    for seed in range(160):
        random, page = Random(seed), full_page()
        for _step in range(20):
            text, page = random_edit(page, random)
            made.add(text)
    assert made == set(EDITS)
    assert wanted - called == set()


def _told(called: set[str], name: str, made: Callable[..., Page]) -> Callable[..., Page]:
    def tell(*arguments: object, **named: object) -> Page:
        after = made(*arguments, **named)
        if after != arguments[0]:
            called.add(name)
        return after

    return tell


@given(seed=st.integers(0, 2**32), steps=st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_difference_leads_there_and_back_also_through_the_store(seed: int, steps: int) -> None:
    random = Random(seed)
    before = after = full_page()
    for _step in range(steps):
        after = random_edit(after, random)[1]
    found = difference(before, after)
    kept = from_data(before.id, unpack(pack(to_data(found))))
    assert kept == found
    assert replace(applied(kept, before), next_id=0) == replace(after, next_id=0)
    assert replace(applied(kept.inverted(), after), next_id=0) == replace(before, next_id=0)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_undo_beside_jobs_keeps_proposals_or_says_why_it_cannot(template: Path, seed: int) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        page_id = document.store.page_ids()[1]
        for _step in range(8):
            page = document.page(page_id)
            if random.random() < 0.5:
                text, after = random_edit(page, random)
                document.apply(text, after)
            else:
                document.bring_proposals(page_id, [random_proposals(page, random)])
        _undo_while_possible(document, page_id)
        assert document.store.page(page_id) == document.page(page_id)
        document.close()


def _undo_while_possible(document: OpenDocument, page_id: int) -> None:
    """Each undo succeeds, or is refused and changes nothing at all."""
    while document.undo_text:
        before, count = document.page(page_id), len(document.store.revisions())
        try:
            document.undo()
        except UserError:
            assert document.page(page_id) == before
            assert len(document.store.revisions()) == count
            return


def test_undo_of_an_edit_keeps_proposals_that_arrived_since(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Add entity", edits.add_entity(document.page(page_id), "header", [1, 2]))
    region = Region(1, "stamp", Box(400, 500, 450, 550), score=0.9)
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    assert document.undo() == "Add entity"
    page = document.page(page_id)
    assert page.entities == ()
    assert [item.label for item in page.regions] == ["stamp"]
    assert page.status == PageStatus.PROPOSED
    assert document.redo() == "Add entity"
    assert document.page(page_id).entities[0].word_ids == (1, 2)
    assert document.page(page_id).status == PageStatus.IN_PROGRESS


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_proposals_that_arrived_on_a_turned_page_turn_back_with_it(
    document: OpenDocument, degrees: int
) -> None:
    page_id = document.store.page_ids()[0]
    first = _values(document)
    document.apply("Rotate", edits.rotate(document.page(page_id), degrees))
    box = Box(400.1, 500.2, 450.3, 550.4)
    table = table_grid.empty_table(2, Box(20.1, 30.2, 200.3, 90.4))
    said = Proposals("ink", tables=(table,), regions=(Region(1, "stamp", box),))
    document.bring_proposals(page_id, [said])
    document.apply("Accept", edits.accept_rest(document.page(page_id)))
    last = _values(document)
    document.undo()
    assert document.undo() == "Rotate"
    page = document.page(page_id)
    assert (page.words, page.rotation, page.width) == (first[0].words, 0, first[0].width)
    back = edits.rotate(last[0], -degrees)
    assert page.regions[0].box == back.regions[0].box
    assert page.tables[0].rotation == (360 - degrees)
    document = _reopened(document)
    assert (document.redo(), document.redo()) == ("Rotate", "Accept")
    assert _values(document) == last
    document.close()


def test_words_read_on_a_deskewed_page_turn_back_with_it(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Deskew", edits.deskew(document.page(page_id), 2.5))
    box = Box(400, 600, 450, 620)
    document.bring_proposals(page_id, [Proposals("ink", regions=(Region(1, "stamp", box),))])
    document.undo()
    expected = edits.deskew(edits.add_region(_skewed(2.5), "stamp", box), 0.0).regions[0].box
    assert document.page(page_id).regions[0].box == expected


def _skewed(degrees: float) -> Page:
    return edits.deskew(page_of_words(), degrees)


def test_redo_of_a_turn_after_a_model_was_run_again_still_turns(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Rotate", edits.rotate(document.page(page_id), 90))
    region = Region(1, "stamp", Box(400, 500, 450, 550))
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    document.undo()
    box = document.page(page_id).regions[0].box
    again = Region(1, "seal", box, score=0.5)
    document.bring_proposals(page_id, [Proposals("ink", regions=(again,))])
    assert document.redo() == "Rotate"
    found = document.page(page_id).regions[0]
    assert (found.label, found.box) == ("seal", region.box)


def test_step_with_nothing_left_to_take_back_does_not_block_those_below(
    document: OpenDocument,
) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Note", edits.set_note(document.page(page_id), "below"))
    page = edits.set_page_status(document.page(page_id), PageStatus.PROPOSED)
    document.apply("Status", page)
    region = Region(1, "stamp", Box(400, 500, 450, 550))
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    assert document.undo() == "Status"
    assert document.page(page_id).status == PageStatus.PROPOSED
    assert document.undo() == "Note"
    assert document.page(page_id).note == ""
    assert (document.redo(), document.redo()) == ("Note", "Status")


def test_words_read_again_give_corrected_ones_back_on_undo(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Word text", edits.set_word_text(document.page(page_id), 1, "mine"))
    before = document.page(page_id)
    document.apply("Recognize", edits.replace_words(before, (), before.box))
    assert document.undo_text == "Recognize"
    document.undo()
    assert document.page(page_id).words == before.words
    document.undo()
    assert document.page(page_id).word(1) == page_of_words().word(1)


def test_words_read_again_keep_links_through_undo_and_redo(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[1]
    before = document.page(page_id)
    assert len(before.relations) == 2
    read = [replace(word, text=f"{word.text}!") for word in before.words]
    document.apply("Recognize", edits.replace_words(before, read, before.box))
    after = document.page(page_id)
    assert document.undo() == "Recognize"
    assert document.page(page_id).relations == before.relations
    assert document.page(page_id).entities == before.entities
    assert document.redo() == "Recognize"
    assert replace(document.page(page_id), next_id=0) == replace(after, next_id=0)


def test_undo_of_a_turn_of_something_in_the_middle_is_exact(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    middle = edits.add_region(document.page(page_id), "stamp", Box(290, 390, 310, 410))
    document.apply("Add region", middle)
    document.apply("Rotate", edits.rotate(middle, 180))
    assert document.page(page_id).regions == middle.regions
    document.undo()
    assert document.page(page_id) == middle


def test_undo_of_what_needs_something_that_a_job_took_is_refused(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[1]
    proposed = next(item for item in document.page(page_id).relations if item.score)
    document.apply("Unlink", edits.delete(document.page(page_id), [proposed.id]))
    document.bring_proposals(page_id, [Proposals("rules")])
    before = document.page(page_id)
    with pytest.raises(UserError, match="cannot be undone or redone"):
        document.undo()
    assert document.page(page_id) == before
    assert document.undo_text == "Unlink"


def test_undo_leaves_an_open_proposal_as_its_model_says_it_now(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[1]
    document.apply("Word text", edits.set_word_text(document.page(page_id), 5, "mine"))
    word = replace(_said("answer").entities[0], text="mine")
    document.bring_proposals(page_id, [replace(_said("answer"), entities=(word,))])
    last = _values(document)
    assert document.undo() == "Word text"
    page = document.page(page_id)
    assert page.word(5) == page_of_words().word(5)
    assert [(item.label, item.text) for item in page.entities if item.word_ids == (5,)] == [
        ("answer", "word4")
    ]
    assert document.redo() == "Word text"
    assert _values(document) == last


def test_undo_takes_what_goes_out_of_open_proposals_and_redo_puts_it_back(
    document: OpenDocument,
) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Add word", edits.add_word(document.page(page_id), "new", word_box(12)))
    document.apply("Add entity", edits.add_entity(document.page(page_id), "question", [1]))
    box = word_box(11).union(word_box(12))
    said = Proposals(
        "rules",
        (
            Entity(1, "question", (1,), "word0", word_box(0)),
            Entity(2, "answer", (12, 13), "word11 new", box),
        ),
        (Relation(3, 1, 2),),
    )
    document.bring_proposals(page_id, [said])
    last = _values(document)
    assert document.undo() == "Add entity"
    assert [(item.text, item.status) for item in document.page(page_id).entities] == [
        ("word11 new", Status.PROPOSED)
    ]
    assert document.page(page_id).relations == ()
    assert document.undo() == "Add word"
    assert [(item.text, item.box) for item in document.page(page_id).entities] == [
        ("word11", word_box(11))
    ]
    assert (document.redo(), document.redo()) == ("Add word", "Add entity")
    assert _values(document) == last


def test_redo_of_what_a_job_changed_since_is_refused(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[1]
    proposed = next(item for item in document.page(page_id).entities if item.word_ids == (5,))
    document.apply("Accept", edits.accept(document.page(page_id), [proposed.id]))
    document.undo()
    document.bring_proposals(page_id, [_said("answer")])
    before = document.page(page_id)
    with pytest.raises(UserError, match="cannot be undone or redone"):
        document.redo()
    assert document.page(page_id) == before


def _said(label: str) -> Proposals:
    """Another label for the open proposal of word 5 of a full page."""
    return Proposals("rules", (Entity(1, label, (5,), "word4", word_box(4)),))


def test_proposals_are_no_undo_step_and_leave_redo(document: OpenDocument) -> None:
    first, second, _third = document.store.page_ids()
    document.apply("Note", edits.set_note(document.page(first), "hello"))
    document.undo()
    document.bring_proposals(second, [_said("answer")])
    assert (document.undo_text, document.redo_text) == ("", "Note")
    assert document.redo() == "Note"
    assert document.page(first).note == "hello"


def test_a_new_edit_forgets_what_could_be_redone(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Note", edits.set_note(document.page(page_id), "one"))
    document.undo()
    document.apply("Note", edits.set_note(document.page(page_id), "two"))
    assert document.redo() == ""
    assert document.undo() == "Note"
    assert document.page(page_id).note == ""


def test_one_step_over_two_pages_is_undone_as_one(document: OpenDocument) -> None:
    first, second, _third = document.store.page_ids()
    pages = [edits.set_note(document.page(page_id), "both") for page_id in (first, second)]
    document.apply("Note", *pages)
    assert document.undo() == "Note"
    assert [document.page(page_id).note for page_id in (first, second)] == ["", ""]


def test_undo_of_labels_keeps_what_an_import_added_since(document: OpenDocument) -> None:
    before = document.schema
    document.apply_schema("Labels", LabelSchema((*before.labels, Label("date", "#112233"))))
    document.bring_labels([("amount", "entity")])
    document.undo()
    assert [label.name for label in document.schema.labels] == [
        *(label.name for label in before.labels),
        "amount",
    ]
    document.redo()
    assert {"date", "amount"} <= {label.name for label in document.schema.labels}


def test_undo_of_labels_that_were_changed_since_is_refused() -> None:
    old, new = LabelSchema((Label("a", "#000000"),)), LabelSchema((Label("a", "#ffffff"),))
    assert applied_schema(SchemaChange(new, old), new) == old
    with pytest.raises(UserError, match="labels were changed since"):
        applied_schema(SchemaChange(new, old), LabelSchema((Label("a", "#123456"),)))


def test_difference_of_equal_pages_is_empty() -> None:
    page = page_of_words()
    assert not difference(page, replace(page))
    assert difference(page, edits.set_note(page, "x"))
    assert applied(Difference(page.id), page) == page


def test_difference_between_two_pages_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot become"):
        difference(page_of_words(), replace(page_of_words(), id=7))


def test_proposed_status_survives_undo_of_acceptance(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    region = Region(1, "stamp", Box(400, 500, 450, 550), score=0.9)
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    document.apply("Accept", edits.accept_rest(document.page(page_id)))
    assert document.page(page_id).regions[0].status == Status.ACCEPTED
    document.undo()
    assert document.page(page_id).regions[0].status == Status.PROPOSED
    assert document.page(page_id).status == PageStatus.PROPOSED


@given(seed=st.integers(0, 2**32), presses=st.lists(st.integers(1, 5), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None)
def test_what_goes_on_is_undone_and_redone_as_one_step_across_restarts(
    template: Path, seed: int, presses: list[int]
) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        page_id = document.store.page_ids()[1]
        values = [_values(document)]
        for burst, count in enumerate(presses):
            ids = [random.choice(document.page(page_id).annotations).id, 1]
            for press in range(count):
                moved = edits.move(document.page(page_id), ids, dx=1.0, dy=2.0)
                step = document.go_on if press else document.apply
                step(f"Move {burst}", moved)
            values.append(_values(document))
        assert document.store.head.id >= sum(presses)  # each press is in the record
        document = _reopened(document)
        for expected in values[-2::-1]:
            document.undo()
            assert _values(document) == expected
        assert document.undo() == ""
        document = _reopened(document)
        for expected in values[1:]:
            document.redo()
            assert _values(document) == expected
        for expected in values[-2::-1]:
            document.undo()
            assert _values(document) == expected
        document.close()


def test_only_a_step_of_the_same_name_is_gone_on_with(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    first = _values(document)
    document.go_on("Move", edits.move(document.page(page_id), [1], dx=1.0, dy=0.0))
    second = _values(document)
    document.go_on("Resize", edits.move(document.page(page_id), [1], dx=1.0, dy=0.0))
    document.go_on("Resize", document.page(page_id))  # changes nothing
    assert document.undo() == "Resize"
    assert _values(document) == second
    document.go_on("Move", edits.move(document.page(page_id), [1], dx=5.0, dy=0.0))
    assert document.undo() == "Move"
    assert _values(document) == second
    assert document.undo() == "Move"
    assert _values(document) == first
