"""The entities of a FUNSD file: raw JSON values to boxes and words, and a page's entities back
to JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from model_backend.document import Box, Entity, Page, Word, bounding_box
from model_backend.formats.source_data import is_id, numbers, pack, unpack, whole_box

FORMAT = "funsd"
KEYS = ("box", "text", "label", "words", "linking", "id")
Pair = tuple[int, int]


def read_box(value: object) -> Box | None:
    """The box of four numbers (corners in any order) or of XFUND's eight; None for anything
    else."""
    raw = numbers(value, 4, 8)
    if raw is None:
        return None
    return bounding_box(zip(raw[0::2], raw[1::2], strict=True))


def is_swapped(raw: list[float]) -> bool:
    """Whether a box of four numbers has its right or bottom side first."""
    return len(raw) == 4 and (raw[0] > raw[2] or raw[1] > raw[3])


def is_word(value: object) -> bool:
    """Whether this is a word as FUNSD has it: a text and a box."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("text"), str)
        and read_box(value.get("box")) is not None
    )


def is_pair(value: object) -> bool:
    """Whether this is a link: two ids."""
    return isinstance(value, list) and len(value) == 2 and all(map(is_id, value))


def read_word(raw: dict[str, Any], word_id: int) -> Word:
    """The word; what it said beyond a text and whole pixels stays beside it."""
    box = read_box(raw["box"])
    assert box is not None  # checked by is_word
    word = Word(word_id, raw["text"], box)
    is_plain = list(raw) == ["box", "text"] and json.dumps(raw) == json.dumps(_word_json(word))
    return word if is_plain else replace(word, source_data=pack(FORMAT, raw=raw))


def _box_json(box: Box, raw: dict[str, Any]) -> list[Any]:
    if "box" in raw and read_box(raw["box"]) == box:
        return list(raw["box"])
    return whole_box(box)


def _word_json(word: Word) -> dict[str, Any]:
    raw = unpack(word.source_data, FORMAT).get("raw", {})
    new = {"box": _box_json(word.box, raw), "text": word.text}
    return {**raw, **new}


@dataclass
class _Links:
    """Ids and links of a page on its way out."""

    page: Page
    raw: dict[int, dict[str, Any]] = field(default_factory=dict)
    new_ids: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source = unpack(self.page.source_data, FORMAT)
        self.original_ids: int | list[Any] = source.get("ids", 0)
        for entity in self.page.entities:
            values = unpack(entity.source_data, FORMAT)
            is_own = values.get("of") == f"{source.get('name')}#{entity.id}"
            self.raw[entity.id] = values.get("raw", {}) if is_own else {}
        self.entity_of = {
            raw["id"]: entity_id for entity_id, raw in self.raw.items() if "id" in raw
        }
        self._number()
        self.pairs = {(link.from_id, link.to_id) for link in self.page.relations}
        self.kept = {
            pair
            for raw in self.raw.values()
            for item in raw.get("linking", ())
            if (pair := self._pair(item))
        }

    def _number(self) -> None:
        """Ids equal to the place in the list, unless the file had ids of its own: then those,
        new ones above."""
        if isinstance(self.original_ids, int):
            self.new_ids = {entity.id: index for index, entity in enumerate(self.page.entities)}
            return
        taken = [item for item in self.original_ids if isinstance(item, int)]
        free = max([-1, *taken]) + 1
        for entity in self.page.entities:
            if "id" in self.raw[entity.id]:
                self.new_ids[entity.id] = self.raw[entity.id]["id"]
            else:
                self.new_ids[entity.id], free = free, free + 1

    def _pair(self, item: list[Any]) -> Pair | None:
        """The link of the page that a pair of the file stands for."""
        start, end = (self.entity_of.get(part) for part in item)
        return (
            (start, end)
            if start is not None and end is not None and (start, end) in self.pairs
            else None
        )

    def linking(self, entity: Entity) -> list[list[Any]]:
        """The entity's list: pairs of the file that still hold, as often as they were there,
        then new ones."""
        kept = (self._kept(item) for item in self.raw[entity.id].get("linking", ()))
        result = [item for item in kept if item]
        for link in self.page.relations:
            pair = (link.from_id, link.to_id)
            if entity.id in pair and pair not in self.kept:
                result.append([self.new_ids[pair[0]], self.new_ids[pair[1]]])
        return result

    def _kept(self, item: list[Any]) -> list[Any]:
        """A pair of the file with today's ids; empty where the link or one of its entities was
        deleted."""
        pair = self._pair(item)
        if pair:
            return [self.new_ids[pair[0]], self.new_ids[pair[1]]]
        if all(part in self.entity_of for part in item):
            return []
        parts = [self._part(part) for part in item]
        return [] if None in parts else parts

    def _part(self, original_id: Any) -> Any:  # noqa: ANN401 - FUNSD ids are numbers or texts
        """Today's id; a missing entity's own id where it was missing in the file and still is;
        else None."""
        if original_id in self.entity_of:
            return self.new_ids[self.entity_of[original_id]]
        is_free = original_id not in self.new_ids.values()
        return original_id if is_free and not self._was_there(original_id) else None

    def _was_there(self, original_id: object) -> bool:
        if isinstance(self.original_ids, int):
            return isinstance(original_id, int) and 0 <= original_id < self.original_ids
        return original_id in self.original_ids


def form_of(page: Page) -> list[dict[str, Any]]:
    """The list `form` for a page in pixels."""
    words = {word.id: word for word in page.words}
    links = _Links(page)
    return [_entity_json(entity, links, words) for entity in page.entities]


def _entity_json(entity: Entity, links: _Links, words: dict[int, Word]) -> dict[str, Any]:
    raw = links.raw[entity.id]
    new = {
        "box": _box_json(entity.box, raw),
        "text": entity.text,
        "label": entity.label,
        "words": _words_json(entity, raw, words),
        "linking": links.linking(entity),
        "id": links.new_ids[entity.id],
    }
    keys = [*raw, *(key for key in KEYS if key not in raw)] if raw else KEYS
    return {
        key: new.get(key, raw.get(key)) for key in keys if key in raw or _is_needed(key, new, raw)
    }


def _is_needed(key: str, new: dict[str, Any], raw: dict[str, Any]) -> bool:
    """A key that the file left out stays out while its value says nothing."""
    return not raw or key == "id" or bool(new[key])


def _words_json(
    entity: Entity, raw: dict[str, Any], words: dict[int, Word]
) -> list[dict[str, Any]]:
    """The entity's words; one word with its text and box where it was drawn without: readers
    want at least one."""
    found = [_word_json(words[word_id]) for word_id in entity.word_ids if word_id in words]
    if found or raw:
        return found
    return [{"box": whole_box(entity.box), "text": entity.text}]
