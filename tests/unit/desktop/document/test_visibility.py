"""What is seen and what can be touched: layers, single things, the filter."""

from __future__ import annotations

from dataclasses import replace

from desktop.document import edits
from desktop.document.selection import Selection
from desktop.document.visibility import LAYERS, Filter, Showing, Visibility, labels_on
from model_backend.document import (
    Box,
    Entity,
    Page,
    PageGeometry,
    Region,
    Relation,
    Status,
    Word,
)


def page() -> Page:
    box = Box(10, 10, 50, 30)
    proposed = {"status": Status.PROPOSED, "source": "rules"}
    return Page(
        1,
        1,
        0,
        600,
        800,
        "px",
        PageGeometry("test", 600, 800),
        words=(Word(1, "a", box), Word(2, "b", box)),
        entities=(
            Entity(3, "question", (1,), "a", box, score=0.9, **proposed),  # type: ignore[arg-type]
            Entity(4, "answer", (2,), "b", box),
        ),
        relations=(Relation(5, 3, 4, score=0.2, **proposed),),  # type: ignore[arg-type]
        regions=(Region(6, "stamp", box),),
        next_id=7,
    )


def ids(visibility: Visibility) -> list[int]:
    return [item.id for item in visibility.selectable(page())]


def test_everything_is_shown_and_free_at_first() -> None:
    assert ids(Visibility()) == [3, 4, 5, 6]
    assert Visibility().left_out(page()) == frozenset()
    assert all(Visibility().showing(layer) is Showing.SHOWN for layer in LAYERS)


def test_layers_are_shown_dimmed_or_hidden_one_at_a_time() -> None:
    one = Visibility().with_showing("entities", Showing.DIMMED)
    assert (one.showing("entities"), ids(one)) == (Showing.DIMMED, [3, 4, 5, 6])
    other = one.with_showing("entities", Showing.HIDDEN)
    assert (other.showing("entities"), other.dimmed, ids(other)) == (
        Showing.HIDDEN,
        frozenset(),
        [5, 6],
    )
    assert other.with_showing("entities", Showing.SHOWN) == Visibility()


def test_filter_by_label_takes_links_by_their_ends() -> None:
    assert ids(Visibility(filter=Filter(labels=frozenset({"answer"})))) == [4, 5]
    assert ids(Visibility(filter=Filter(labels=frozenset({"stamp"})))) == [6]


def test_filter_by_status_and_score() -> None:
    proposed = Filter(statuses=frozenset({Status.PROPOSED}))
    assert ids(Visibility(filter=proposed)) == [3, 5]
    assert ids(Visibility(filter=Filter(lowest=0.5))) == [3]
    assert ids(Visibility(filter=Filter(highest=0.5))) == [5]
    assert ids(Visibility(filter=replace(proposed, highest=0.1))) == []
    assert Filter(lowest=0.5).is_on
    assert not Filter().is_on


def test_locked_things_are_kept_from_selection_and_change() -> None:
    locked = Visibility(locked=frozenset({"entities"}), locked_ids=frozenset({6}))
    assert ids(locked) == [5]
    assert locked.kept(page(), (1, 3, 5, 6)) == (1, 5)
    assert Visibility(locked=frozenset({"words"})).kept(page(), (1, 3)) == (3,)


def test_locked_change_names_the_layer() -> None:
    now = page()
    moved = edits.move(now, [3], 5, 5)
    assert Visibility().locked_change(now, moved) == ""
    assert Visibility(locked=frozenset({"entities"})).locked_change(now, moved) == "entities"
    assert Visibility(locked=frozenset({"words"})).locked_change(now, moved) == "words"
    assert Visibility(locked=frozenset({"regions"})).locked_change(now, moved) == ""
    assert Visibility(locked_ids=frozenset({3})).locked_change(now, moved) == "entities"
    assert Visibility(locked_ids=frozenset({4})).locked_change(now, moved) == ""
    gone = edits.delete(now, [4])
    assert Visibility(locked_ids=frozenset({4})).locked_change(now, gone) == "entities"
    assert Visibility(locked=frozenset({"relations"})).locked_change(now, gone) == "relations"


def test_labels_of_a_page_are_told_once() -> None:
    assert labels_on(page()) == ("answer", "question", "stamp")


def test_single_things_are_remembered_by_page() -> None:
    selection = Selection()
    selection.set_page(1)
    selection.set_visibility(Visibility(frozenset({"words"}), hidden_ids=frozenset({3})))
    selection.set_page(2)
    assert selection.visibility == Visibility(frozenset({"words"}))
    selection.set_page(1)
    assert selection.visibility.hidden_ids == {3}
