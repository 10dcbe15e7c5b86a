"""What the network of page classes reads of a page: its words as hashes, its layout as numbers.

Hashed features: Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning".
"""

from __future__ import annotations

import statistics
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Page, Word
from model_backend.predictors.form_text import COLONS, share_of_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

BUCKETS, LAYOUT = 4096, 16
LARGE = 1.4
"""Times the usual height of text: words of titles."""
TOP = 0.2
"""The share of the page's height in which a page says what it is."""
SENTENCE = ".,;"
MONEY = "$€£¥₩"


def words_of(page: Page) -> Numbers:
    """(BUCKETS,) how often each hash occurs, as logarithms, of length 1; nothing but 0 without
    words. Words that are large or stand at the top count once more for themselves.
    """
    height = _text_height(page.words)
    counts: Counter[int] = Counter()
    for word in page.words:
        for token in _tokens(word.text):
            counts[_bucket(token)] += 1
            if word.box.height > LARGE * height:
                counts[_bucket(f"large {token}")] += 1
            if word.box.y1 < TOP * page.height:
                counts[_bucket(f"top {token}")] += 1
    found = np.zeros(BUCKETS, np.float32)
    for bucket, count in counts.items():
        found[bucket] = np.log1p(count)
    return found / max(1.0, float(np.linalg.norm(found)))


def layout_of(page: Page) -> Numbers:
    """(LAYOUT,) numbers between about -1 and 1 that say how the words lie."""
    words = page.words
    if not words:
        return np.zeros(LAYOUT, np.float32)
    height = _text_height(words)
    texts = [word.text for word in words]
    lefts = [word.box.x0 / page.width for word in words]
    tops = [word.box.y0 / page.height for word in words]
    return np.array(
        [
            np.log1p(len(words)) / 7,
            height / page.height * 50,
            page.height / page.width - 1,
            statistics.fmean(map(share_of_digits, texts)),
            _share(text.isupper() for text in texts),
            _share(text[:1].isupper() for text in texts),
            _share(text.endswith(COLONS) for text in texts) * 5,
            _share(text[-1:] in SENTENCE for text in texts) * 3,
            _share("?" in text for text in texts) * 20,
            _share(bool(set(text) & set(MONEY)) for text in texts) * 10,
            _share(len(text) <= 2 for text in texts),
            _share(word.box.height > LARGE * height for word in words) * 2,
            max(tops) - min(tops),
            statistics.pstdev(lefts) * 3,
            _share(left > 0.5 for left in lefts),
            len({round(top * page.height / height) for top in tops}) / len(words),
        ],
        np.float32,
    )


def _tokens(text: str) -> Iterator[str]:
    """The word in lower case with any digit as 0, without punctuation around it; of Hangul pairs of
    syllables, as endings change.
    """
    plain = "".join("0" if letter.isdigit() else letter for letter in text.lower())
    plain = plain.strip(".,;:!?()[]{}\"'*-_/")
    if plain:
        yield plain
    if "\uac00" <= plain[:1] <= "\ud7a3":
        yield from (plain[at : at + 2] for at in range(len(plain) - 1))


def _bucket(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "surrogatepass")) % BUCKETS


def _text_height(words: Sequence[Word]) -> float:
    heights = [abs(word.box.height) for word in words]
    return max(1e-3, statistics.median(heights)) if heights else 1.0


def _share(found: Iterator[bool]) -> float:
    told = list(found)
    return sum(told) / len(told)
