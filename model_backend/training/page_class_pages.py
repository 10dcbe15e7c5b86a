"""Generated pages with their kinds, as the network of page classes reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend.document import Page
from model_backend.errors import Cancelled
from model_backend.networks import PAGE_KINDS
from model_backend.predictors.page_class_features import layout_of, words_of
from model_backend.synthesis import forms
from model_backend.synthesis.families import Family
from model_backend.synthesis.generator import ENGLISH, KOREAN, Order, make
from model_backend.training.form_lessons import worn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

SOURCES = (("forms", ENGLISH, 0.5), ("forms", KOREAN, 0.15), ("masks", ENGLISH, 0.25),
           ("tables", ENGLISH, 0.1))  # fmt: skip
"""Which pages are drawn, in which language, and their share."""
DPI = 40.0
"""Of pages that cannot be drawn without a picture: only their words count."""
PIECE, AHEAD = 25, 4
"""Pages of one piece of work, and pieces that are under way."""
Submit = Callable[..., "Future[Any]"]


@dataclass(frozen=True)
class Pages:
    """N pages: words (N, buckets), layout (N, numbers), kinds (N,)."""

    words: Numbers
    layout: Numbers
    kinds: NDArray[np.int64]

    def save(self, path: Path) -> None:
        """Keep them in a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez_compressed(file, words=self.words, layout=self.layout, kinds=self.kinds)

    @staticmethod
    def load(path: Path) -> Pages:
        """What was kept."""
        with np.load(path) as found:
            return Pages(found["words"], found["layout"], found["kinds"])


def page_of(seed: int, number: int, family: Family) -> Page:
    """One of the pages of a seed, with words as recognisers read them."""
    random = Random(f"page class {seed} {number} {family}")
    kind, language, _share = random.choices(SOURCES, [share for *_names, share in SOURCES])[0]
    order = Order(kind, seed, language, DPI, "none", family)
    if kind == "forms":
        form, name = forms.filled(order, random)
        page = replace(form.paper.truth(), page_class=forms.class_of(name))
    else:
        page = make(order, number).page
    return worn(page, random) if page.words else page


def drawn(seed: int, first: int, count: int, family: Family) -> Pages:
    """So many pages of a seed, those of other kinds left out; runs in a worker process."""
    words, layout, kinds = [], [], []
    for number in range(first, first + count):
        page = page_of(seed, number, family)
        if page.page_class is not None and page.page_class.label in PAGE_KINDS and page.words:
            words.append(words_of(page))
            layout.append(layout_of(page))
            kinds.append(PAGE_KINDS.index(page.page_class.label))
    return Pages(np.array(words), np.array(layout), np.array(kinds, np.int64))


def pages(
    seed: int,
    count: int,
    family: Family,
    submit: Submit,
    *,
    on_page: Callable[[int], None] = lambda done: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Pages:
    """Draw pages in parallel. Raises Cancelled."""
    starts = list(range(0, count, PIECE))
    asked: list[Future[Pages]] = []
    found: list[Pages] = []
    for place in range(len(starts)):
        while len(asked) < min(len(starts), place + AHEAD):
            first = starts[len(asked)]
            asked.append(submit(drawn, seed, first, min(PIECE, count - first), family))
        found.append(asked[place].result())
        on_page(min(count, (place + 1) * PIECE))
        if is_cancelled():
            for future in asked[place + 1 :]:
                future.cancel()
            raise Cancelled
    return joined(found)


def joined(parts: Sequence[Pages]) -> Pages:
    """All of them together."""
    some = [part for part in parts if len(part.kinds)]
    return Pages(
        np.concatenate([part.words for part in some]),
        np.concatenate([part.layout for part in some]),
        np.concatenate([part.kinds for part in some]),
    )
