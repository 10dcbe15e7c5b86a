"""What the form network reads of a page; its word pieces beside those of the tokenizers library."""

from __future__ import annotations

import numpy as np
import pytest
from small_models import VOCABULARY
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from model_backend.document import Box, Page, PageGeometry, Word
from model_backend.predictors.form_labels import LABELS
from model_backend.predictors.form_pieces import pieces_of_vocabulary
from model_backend.predictors.form_reading import (
    MOST_PIECES,
    NO_WORD,
    SEEN,
    SIGNS,
    UNTOLD,
    batch_of,
    reading_of,
    without_rules,
    without_words,
)

PIECES = pieces_of_vocabulary("\n".join(VOCABULARY) + "\n")
TEXTS = [
    "Name:", "TOTALS", "naïve", "Größe", "A-1/2", "(x)", "$1,204.50", "e\u0301", "漢字", "한글",
    "", " ", "a\u00a0b", "a\u200bb", "#9'", "…", "\u0130", "ﬁ", "名name", "x" * 120, "☑", "\ufffd",
    "`a^",
]  # fmt: skip


def test_pieces_are_those_of_tokenizers() -> None:
    numbers = {piece: number for number, piece in enumerate(VOCABULARY)}
    other = Tokenizer(WordPiece(numbers, unk_token="[UNK]", max_input_chars_per_word=100))
    other.normalizer = BertNormalizer(lowercase=True)
    other.pre_tokenizer = BertPreTokenizer()
    for text in TEXTS:
        expected = other.encode(text, add_special_tokens=False).ids or [numbers["[UNK]"]]
        assert list(PIECES.of(text)) == expected, repr(text)


def blank(width: float, height: float, words: tuple[Word, ...]) -> Page:
    geometry = PageGeometry("drawn", width, height)
    return Page(1, 1, 0, width, height, "px", geometry, words=words)


def page(*words: tuple[str, float, float], height: float = 10.0) -> Page:
    made = [
        Word(number, text, Box(x, y, x + 5.0 * len(text), y + height))
        for number, (text, x, y) in enumerate(words, start=1)
    ]
    return blank(600, 800, tuple(made))


FORM = page(("Dr. Berg", 200, 100), ("Name:", 100, 100), ("Total", 100, 140), (" ", 5, 5))


def test_words_are_in_reading_order_in_text_heights() -> None:
    found = reading_of(FORM, PIECES)
    assert [word.text for word in found.words] == ["Name:", "Dr. Berg", "Total"]
    assert found.boxes[0].tolist() == [10.0, 10.0, 12.5, 11.0]
    assert found.size.tolist() == [60.0, 80.0]
    in_file = reading_of(FORM, PIECES, tuple)
    assert [word.text for word in in_file.words] == ["Dr. Berg", "Name:", "Total"]


def test_pieces_name_their_words_and_long_words_are_cut() -> None:
    found = reading_of(page(("name", 10, 10), ("1234567890", 60, 10)), PIECES)
    assert found.ids[0] == PIECES.start
    assert found.ids[-1] == PIECES.end
    assert found.word_of.tolist() == [2, 0, *[1] * MOST_PIECES, 2]
    assert found.first.tolist() == [1, 2]


def test_rules_tell_followers_labels_and_links() -> None:
    found = reading_of(page(("Name:", 100, 100), ("Jane", 150, 100), ("Berg", 173, 100)), PIECES)
    assert found.follows.tolist() == [NO_WORD, 2, NO_WORD]
    assert found.belongs.tolist() == [NO_WORD, 0, UNTOLD]
    shares = found.signs[:, SEEN + 1 : SEEN + 1 + len(LABELS)]
    assert [LABELS[number] for number in shares.argmax(axis=1)] == ["question", "answer", "answer"]
    alone = without_rules(found)
    assert not alone.signs[:, SEEN:].any()
    assert np.array_equal(alone.signs[:, :SEEN], found.signs[:, :SEEN])
    assert set(alone.follows) == set(alone.belongs) == {UNTOLD}


def test_lost_words_are_unknown_but_seen() -> None:
    found = reading_of(page(("name", 10, 10), ("12", 60, 10)), PIECES)
    lost = without_words(found, np.array([False, True]), PIECES.unknown)
    assert lost.ids.tolist() == [*found.ids[:2].tolist(), *[PIECES.unknown] * 2, PIECES.end]
    assert np.array_equal(lost.boxes, found.boxes)


def test_page_without_words_can_be_read() -> None:
    found = reading_of(page(), PIECES)
    assert found.ids.tolist() == [PIECES.start, PIECES.end]
    assert found.signs.shape == (0, SIGNS)


def test_batch_is_filled_up() -> None:
    short, long = reading_of(page(("name", 10, 10)), PIECES), reading_of(FORM, PIECES)
    made = batch_of([short, long], PIECES.padding)
    assert made["mask"].sum(axis=1).tolist() == [len(short.ids), len(long.ids)]
    assert made["word_of"][0, :3].tolist() == [3, 0, 3]
    assert made["follows"][0].tolist()[1:] == [UNTOLD, UNTOLD]
    assert made["boxes"].shape == (2, 3, 4)


@pytest.mark.parametrize("scale", [0.5, 4.0])
def test_resolution_changes_nothing(scale: float) -> None:
    words = [Word(w.id, w.text, Box(*(scale * v for v in (w.box.x0, w.box.y0, w.box.x1, w.box.y1))))
             for w in FORM.words]  # fmt: skip
    larger = blank(600 * scale, 800 * scale, tuple(words))
    one, other = reading_of(FORM, PIECES), reading_of(larger, PIECES)
    assert np.allclose(one.boxes, other.boxes, atol=1e-4)
    assert np.allclose(one.signs, other.signs, atol=1e-4)
