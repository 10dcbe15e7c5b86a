"""Reading order of a page in hand, worked out once for each value: keys walk it step by step."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from model_backend import reading_order
from model_backend.document import Annotation, Page, Word

Value = TypeVar("Value")
Parts = tuple[object, ...]

KEPT = 4
"""Values that are remembered; they share almost everything."""


class _Remembered:
    """Results by the very parts of a page they were made of: comparing those would cost as much."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, ...], tuple[Parts, object]] = OrderedDict()

    def result(self, parts: Parts, make: Callable[[], Value]) -> Value:
        """What `make` gives, or gave before for these parts; the parts are kept, so no id is ever
        that of something else.
        """
        key = tuple(map(id, parts))
        if key not in self._known:
            self._known[key] = parts, make()
        self._known.move_to_end(key)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return self._known[key][1]  # type: ignore[return-value]


_words, _annotations = _Remembered(), _Remembered()


def words_in_order(page: Page) -> tuple[Word, ...]:
    """The words of a page in reading order."""
    return _words.result((page.words,), lambda: reading_order.reading_order(page.words))


def annotations_in_order(page: Page) -> tuple[Annotation, ...]:
    """The annotations of a page in reading order; a relation follows the entity it begins at."""
    parts = (page.words, page.entities, page.relations, page.tables, page.regions)
    return _annotations.result(parts, lambda: reading_order.annotations_in_order(page))
