"""Label Studio's JSON: tasks with results in percent of their picture (read only, so that people
can move in).

Results of one id belong together: a box, its labels and its text. Boxes with a text, and ends of
relations, become Entities (a text is one word); all other boxes, polygons, ellipses and brushes
become Regions. Boxes turned about their upper left corner become outlines. The annotation that was
made last is read; predictions become proposals where there is none. Of several labels the first
counts; all stay in `source_data`, like scores, meta and results of other kinds.
"""

from __future__ import annotations

import math
import urllib.parse
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from model_backend import masks
from model_backend.document import (
    IMPORTED,
    Affine,
    Box,
    Entity,
    Mask,
    Page,
    PageStatus,
    Polygon,
    Region,
    Relation,
    Status,
    Word,
    bounding_box,
)
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.brush import BrokenBrush, brush_bitmap
from model_backend.formats.source_data import boxes_outside, is_id, is_number, pack
from model_backend.formats.text_files import file_of, members_of, picture_of, root_of, sized
from model_backend.formats.text_layout import labels_of
from model_backend.formats.values import ReadPage
from model_backend.translation import _, counted, mark

FORMAT = "labelstudio"
PLAIN = "text"
"""Label of what has none."""
LIMIT = 512 * 2**20
_SHAPES = ("rectangle", "polygon", "ellipse", "brush")
Values = dict[str, Any]


class Refused(Exception):
    """Why a result cannot be used."""


def members(path: Path) -> tuple[str, ...]:
    """One name for each task: FILE, FILE#2, FILE#3, ..."""
    return members_of(path, (".json",), _tasks_in, "Label Studio")


def _tasks_in(file: Path) -> int:
    """The number of tasks; a broken file is one, so that reading it says why."""
    try:
        return len(_tasks(file))
    except UserError:
        return 1 if file.stat().st_size else 0


def _tasks(file: Path) -> list[Values]:
    stamp = file.stat() if file.is_file() else None
    safe_json.check_file(file, LIMIT)
    assert stamp is not None  # checked just now
    return _loaded(file, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _loaded(file: Path, _modified: int, _size: int) -> list[Values]:
    data = safe_json.load(file, limit=LIMIT)
    found = [data] if isinstance(data, dict) else data
    keys = ("annotations", "completions", "predictions")
    is_right = isinstance(found, list) and all(isinstance(task, dict) for task in found)
    if not is_right:
        return []
    return [task for task in found if "data" in task or any(key in task for key in keys)]


def read_member(path: Path, member: str) -> ReadPage:
    """One task; what cannot be used of its results is among the problems."""
    file, place = file_of(path, member)
    tasks = _tasks(file)
    if place >= len(tasks):
        raise UserError("The file {file} has no task {number}.", file=file, number=place + 1)
    task = tasks[place]
    results, is_proposed = _results(task)
    name = _name(task)
    image, missing = picture_of(root_of(path), file, name)
    geometry, image, wrong = sized(file, image, _size(results) or _size(_proposed(task)), FORMAT)
    reader = _Reader(geometry.width, geometry.height, is_proposed=is_proposed)
    reader.read(results)
    stem = Path(name).stem or f"{file.stem}_{place + 1}"
    page = Page(
        id=0,
        document_id=0,
        number=0,
        width=geometry.width,
        height=geometry.height,
        unit="px",
        geometry=geometry,
        status=PageStatus.PROPOSED if is_proposed else PageStatus.DONE,
        words=tuple(reader.words),
        entities=tuple(reader.entities),
        regions=tuple(reader.regions),
        relations=tuple(reader.relations),
        next_id=reader.next_id,
        source_data=pack(FORMAT, id=task.get("id"), data=task.get("data")),
    )
    problems = [*missing, *wrong, *reader.problems]
    if outside := boxes_outside(page):
        problems.append(counted(mark("{count} boxes reach out of the page"), outside))
    return ReadPage(stem, page, image, labels_of(page), tuple(problems))


def _results(task: Values) -> tuple[list[Values], bool]:
    """The results of the last annotation that was not cancelled, else of the last prediction."""
    for key, is_proposed in (("annotations", False), ("completions", False), ("predictions", True)):
        given = task.get(key)
        found = [
            item
            for item in (given if isinstance(given, list) else [])
            if isinstance(item, dict) and not item.get("was_cancelled")
        ]
        if found:
            results = found[-1].get("result")
            rows = results if isinstance(results, list) else []
            return [row for row in rows if isinstance(row, dict)], is_proposed
    return [], False


def _proposed(task: Values) -> list[Values]:
    """The results of predictions, which tell the size where there is nothing else."""
    return _results({"predictions": task.get("predictions")})[0]


def _name(task: Values) -> str:
    """The picture's name, without the address that Label Studio puts before it."""
    data = task.get("data")
    values = data.values() if isinstance(data, dict) else ()
    named = data.get("image", data.get("ocr")) if isinstance(data, dict) else None
    texts = [item for item in (named, *values) if isinstance(item, str)]
    if not texts:
        return ""
    address = texts[0][:4000]
    try:
        parts = urllib.parse.urlsplit(address)
        inner = urllib.parse.parse_qs(parts.query).get("d", [""])[0]
    except ValueError:
        return ""
    return urllib.parse.unquote(inner or parts.path).rpartition("/")[2]


def _size(results: list[Values]) -> tuple[float, float] | None:
    for result in results:
        width, height = (_number(result.get(f"original_{side}")) for side in ("width", "height"))
        if width and height and min(width, height) >= 1:
            return width, height
    return None


@dataclass
class _Object:
    """All results of one id."""

    key: str
    shape: Values | None = None
    labels: list[str] = field(default_factory=list)
    text: str | None = None
    results: list[Values] = field(default_factory=list)

    def take(self, result: Values, value: Values) -> None:
        """Add what a result says."""
        self.results.append({key: val for key, val in result.items() if key != "value"})
        kind = str(result.get("type", ""))
        if any(kind.startswith(shape) for shape in _SHAPES):
            self.shape = self.shape or result
        for key, names in value.items():
            if key.endswith("labels") and isinstance(names, list):
                self.labels += [name for name in names if isinstance(name, str)]
        text = value.get("text")
        if isinstance(text, list) and all(isinstance(part, str) for part in text):
            text = "\n".join(text)
        if isinstance(text, str):
            self.text = text


class _Reader:
    """Turns the results of one annotation into values."""

    def __init__(self, width: float, height: float, *, is_proposed: bool) -> None:
        self.width, self.height = width, height
        self.status = Status.PROPOSED if is_proposed else Status.ACCEPTED
        self.source = FORMAT if is_proposed else IMPORTED
        self.words: list[Word] = []
        self.entities: list[Entity] = []
        self.regions: list[Region] = []
        self.relations: list[Relation] = []
        self.problems: list[str] = []
        self.next_id = 1
        self._ids: dict[str, int] = {}

    def read(self, results: list[Values]) -> None:
        """Take over all results."""
        objects = self._objects(results)
        links = [result for result in results if result.get("type") == "relation"]
        ends = {str(link.get(key)) for link in links for key in ("from_id", "to_id")}
        for item in objects:
            if item.shape is None:
                self._tell(item.key, _("it has no shape"))
                continue
            try:
                self._object(item, item.shape, is_end=item.key in ends)
            except Refused as error:
                self._tell(item.key, str(error))
        for link in links:
            self._link(link)
        if any(_number(result.get("image_rotation")) for result in results):
            self.problems.append(_("its picture was turned in Label Studio: check the boxes"))

    def _tell(self, key: str, reason: str) -> None:
        text = _("result {id} was left out: {reason}")
        self.problems.append(text.format(id=key[:80], reason=reason))

    def _objects(self, results: list[Values]) -> list[_Object]:
        found: dict[str, _Object] = {}
        for place, result in enumerate(results, 1):
            value = result.get("value")
            if result.get("type") == "relation":
                continue
            key = str(result["id"]) if is_id(result.get("id")) else f"{place}"
            item = found.setdefault(key, _Object(key))
            item.take(result, value if isinstance(value, dict) else {})
        return list(found.values())

    def _object(self, item: _Object, shape: Values, *, is_end: bool) -> None:
        value = shape.get("value")
        box, polygon, mask = self._outline(shape, value if isinstance(value, dict) else {})
        label = item.labels[0] if item.labels else PLAIN
        score = _number(shape.get("score"))
        share = score if score is not None and 0 <= score <= 1 else None
        data = pack(FORMAT, labels=item.labels, results=item.results)
        is_entity = (item.text is not None or is_end) and mask is None
        if not is_entity:
            self.regions.append(
                Region(
                    self._new_id(), label, box, (polygon,) if polygon else (), mask, share,
                    self.status, self.source, data,
                )
            )  # fmt: skip
            return
        word_ids: tuple[int, ...] = ()
        if item.text:
            word_ids = (self._new_id(),)
            self.words.append(Word(word_ids[0], item.text, box))
        self._ids[item.key] = self._new_id()
        self.entities.append(
            Entity(
                self._ids[item.key], label, word_ids, item.text or "", box, share,
                self.status, self.source, data,
            )
        )  # fmt: skip

    def _new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _link(self, link: Values) -> None:
        ends = [self._ids.get(str(link.get(key))) for key in ("from_id", "to_id")]
        if link.get("direction") == "left":
            ends.reverse()
        start, end = ends
        if start is None or end is None:
            text = mark("{count} links lead to missing entities")
            self.problems.append(counted(text, 1))
            return
        self._pair(start, end, link)
        if link.get("direction") == "bi":
            self._pair(end, start, link)

    def _pair(self, start: int, end: int, link: Values) -> None:
        if any((known.from_id, known.to_id) == (start, end) for known in self.relations):
            return
        data = pack(FORMAT, direction=link.get("direction"), labels=link.get("labels"))
        new = Relation(
            self._new_id(), start, end, status=self.status, source=self.source, source_data=data
        )
        self.relations.append(new)

    def _outline(self, shape: Values, value: Values) -> tuple[Box, Polygon, Mask | None]:
        kind = str(shape["type"])
        if kind.startswith("brush"):
            return self._brush(shape, value)
        if kind.startswith("polygon"):
            points = self._points(value.get("points"))
            return bounding_box(points), points, None
        if kind.startswith("ellipse"):
            points = self._ellipse(value)
            return bounding_box(points), points, None
        x, y, width, height = self._numbers(value, "x", "y", "width", "height")
        turn = _number(value.get("rotation")) or 0.0
        left, top = x * self.width / 100, y * self.height / 100
        across, down = width * self.width / 100, height * self.height / 100
        box = Box(_clean(left), _clean(top), _clean(left + across), _clean(top + down))
        if turn % 360 == 0:
            return box.normalized(), (), None
        corners = _turned(box.corners, (box.x0, box.y0), turn)
        return bounding_box(corners), corners, None

    def _numbers(self, value: Values, *keys: str) -> list[float]:
        found = [_number(value.get(key)) for key in keys]
        numbers = [number for number in found if number is not None]
        if len(numbers) != len(keys):
            raise Refused(_("its place is not in numbers"))
        return numbers

    def _points(self, value: object) -> Polygon:
        pairs = value if isinstance(value, list) else []
        is_right = all(
            isinstance(pair, list) and len(pair) == 2 and all(map(is_number, pair))
            for pair in pairs
        )
        if len(pairs) < 3 or not is_right:
            raise Refused(_("its points are not three or more pairs of numbers"))
        return tuple(
            (_clean(x * self.width / 100), _clean(y * self.height / 100)) for x, y in pairs
        )

    def _ellipse(self, value: Values) -> Polygon:
        x, y, across, down = self._numbers(value, "x", "y", "radiusX", "radiusY")
        center = (x * self.width / 100, y * self.height / 100)
        turns = (2 * math.pi * corner / 64 for corner in range(64))
        points = tuple(
            (
                center[0] + math.cos(turn) * across * self.width / 100,
                center[1] + math.sin(turn) * down * self.height / 100,
            )
            for turn in turns
        )
        return _turned(points, center, _number(value.get("rotation")) or 0.0)

    def _brush(self, shape: Values, value: Values) -> tuple[Box, Polygon, Mask]:
        size = _size([shape])
        if size is None:
            raise Refused(_("its picture's size is missing"))
        try:
            bitmap = brush_bitmap(value.get("rle"), round(size[0]), round(size[1]))
        except BrokenBrush as error:
            raise Refused(_("the run lengths of its brush are damaged")) from error
        if not bitmap.any():
            raise Refused(_("its mask is empty"))
        to_page: Affine = (self.width / size[0], 0.0, 0.0, self.height / size[1], 0.0, 0.0)
        mask = masks.mask_from_bitmap(bitmap, to_page)
        return masks.bounding_box_of(mask), (), mask


def _number(value: Any) -> float | None:  # noqa: ANN401 - any JSON value
    return float(value) if is_number(value) else None


def _clean(value: float) -> float:
    """Percent of pixels are fractions: what is a whole pixel by all means becomes one."""
    return float(round(value)) if abs(value - round(value)) < 1e-6 else value


def _turned(points: Polygon, center: tuple[float, float], degrees: float) -> Polygon:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x0, y0 = center
    return tuple(
        (
            x0 + cosine * (x - x0) - sine * (y - y0),
            y0 + sine * (x - x0) + cosine * (y - y0),
        )
        for x, y in points
    )
