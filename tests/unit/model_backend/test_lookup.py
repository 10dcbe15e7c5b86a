"""What changed between two values of a page is found without looking at the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import Box, Word
from model_backend.lookup import Tally, by_id, changed_ids

BOX = Box(0.0, 0.0, 1.0, 1.0)
WORDS = st.dictionaries(st.integers(1, 12), st.sampled_from("abc"), max_size=12)


def words_of(texts: dict[int, str], known: tuple[Word, ...] = ()) -> tuple[Word, ...]:
    """Words in order of id; those with the same text as a known one are that very one."""
    old = {word.id: word for word in known}
    return tuple(
        old[key] if key in old and old[key].text == text else Word(key, text, BOX)
        for key, text in sorted(texts.items())
    )


@given(before=WORDS, after=WORDS)
def test_changed_ids_are_those_that_differ(before: dict[int, str], after: dict[int, str]) -> None:
    old = words_of(before)
    new = words_of(after, old)
    differ = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert changed_ids(old, new) == differ


@given(values=st.lists(WORDS, min_size=1, max_size=6))
def test_tally_counts_on_as_if_it_had_counted_all(values: list[dict[int, str]]) -> None:
    tally: Tally[Word] = Tally(lambda words: [word.text for word in words].count("a"))
    words: tuple[Word, ...] = ()
    for texts in values:
        words = words_of(texts, words)
        assert tally.of(words) == list(texts.values()).count("a")


@given(texts=WORDS, wanted=st.integers(0, 13))
def test_by_id_finds_what_is_there(texts: dict[int, str], wanted: int) -> None:
    found = by_id(words_of(texts), wanted)
    assert (found.text if found else None) == texts.get(wanted)
