"""The values everybody shares: documents, pages, words and annotations; immutable, standard library
only.

Coordinates are page units: PDF points for PDF pages, pixels for images; floats, origin top left, y
down, after the page's own rotation is applied. Collections of a page are tuples ordered by id; ids
are unique in their page (words and annotations share one sequence), are given out by `Page.next_id`
and are never used twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from model_backend.affine import IDENTITY as IDENTITY
from model_backend.affine import Affine as Affine
from model_backend.affine import Point as Point
from model_backend.affine import compose as compose
from model_backend.affine import inverse as inverse
from model_backend.affine import rotation_about as rotation_about
from model_backend.affine import transform_point as transform_point

Polygon = tuple[Point, ...]
HUMAN = "human"
"""The `source` of what a person drew."""
IMPORTED = "imported"
"""The `source` of what came with a data set."""
DOUBT = 0.6
"""A recogniser that was less sure of a word than this (0..1) may have misread it."""


class Status(StrEnum):
    """What became of an annotation. A rejected proposal is deleted: only its proposal remains, in
    the store.
    """

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"


class PageStatus(StrEnum):
    """How far the work on a page has come."""

    NEW = "new"
    PROPOSED = "proposed"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    ACCEPTED = "accepted"
    RETURNED = "returned"


@dataclass(frozen=True)
class Box:
    """An axis-parallel rectangle in page units; x0 <= x1 and y0 <= y1 for everything we make
    ourselves.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Horizontal extent."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Area; zero for empty or inverted boxes."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def center(self) -> Point:
        """Middle point."""
        return ((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)

    @property
    def corners(self) -> Polygon:
        """The four corners, clockwise from the top left."""
        return ((self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1))

    def normalized(self) -> Box:
        """The same rectangle with ordered corners."""
        return Box(
            min(self.x0, self.x1),
            min(self.y0, self.y1),
            max(self.x0, self.x1),
            max(self.y0, self.y1),
        )

    def moved(self, dx: float, dy: float) -> Box:
        """The box shifted by (dx, dy)."""
        return Box(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)

    def scaled(self, sx: float, sy: float) -> Box:
        """The box with its coordinates multiplied."""
        return Box(self.x0 * sx, self.y0 * sy, self.x1 * sx, self.y1 * sy)

    def grown(self, margin: float) -> Box:
        """The box made larger by `margin` on every side."""
        return Box(self.x0 - margin, self.y0 - margin, self.x1 + margin, self.y1 + margin)

    def intersection(self, other: Box) -> Box:
        """The common part; empty (zero area, perhaps inverted) when there is none."""
        return Box(
            max(self.x0, other.x0),
            max(self.y0, other.y0),
            min(self.x1, other.x1),
            min(self.y1, other.y1),
        )

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside or on the border."""
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def intersects(self, other: Box) -> bool:
        """Whether the two touch or overlap."""
        return (
            self.x0 <= other.x1
            and other.x0 <= self.x1
            and self.y0 <= other.y1
            and other.y0 <= self.y1
        )

    def overlap(self, other: Box) -> float:
        """Share of this box's area that lies in `other`, 0..1 (0 for an empty box)."""
        common = self.intersection(other)
        if common.width <= 0 or common.height <= 0 or self.area == 0:
            return 0.0
        return common.area / self.area

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        common = self.intersection(other)
        if common.width <= 0 or common.height <= 0:
            return 0.0
        return common.area / (self.area + other.area - common.area)


def bounding_box(points: Iterable[Point]) -> Box:
    """The smallest box around the points; ValueError when there are none."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def union_of(boxes: Iterable[Box]) -> Box:
    """The smallest box around all boxes; ValueError when there are none."""
    corners = [point for box in boxes for point in ((box.x0, box.y0), (box.x1, box.y1))]
    return bounding_box(corners)


@dataclass(frozen=True)
class Word:
    """One text unit of a page. `confidence` (0..1) is the recogniser's, None for a PDF's own text
    layer.
    """

    id: int
    text: str
    box: Box
    confidence: float | None = None
    is_illegible: bool = False
    is_doubtful: bool = False
    source_data: str = ""

    @property
    def needs_look(self) -> bool:
        """Whether somebody should look at the text: marked doubtful, or read with little
        confidence; what nobody can read is settled.
        """
        is_weak = self.confidence is not None and self.confidence < DOUBT
        return not self.is_illegible and (self.is_doubtful or is_weak)


@dataclass(frozen=True)
class Entity:
    """A labelled set of words, in the order they are read. Text and box are kept as given, not
    regenerated.
    """

    id: int
    label: str
    word_ids: tuple[int, ...]
    text: str
    box: Box
    score: float | None = None
    status: Status = Status.ACCEPTED
    source: str = HUMAN
    source_data: str = ""
    is_unsure: bool = False
    note: str = ""


@dataclass(frozen=True)
class Relation:
    """A link from one entity to another (question to answer, header to question)."""

    id: int
    from_id: int
    to_id: int
    score: float | None = None
    status: Status = Status.ACCEPTED
    source: str = HUMAN
    source_data: str = ""
    is_unsure: bool = False
    note: str = ""


@dataclass(frozen=True)
class Band:
    """One row or column: a half-open interval in the table's own frame. `score` is how sure the
    model was of it (0..1), None where none said or a person set it; it makes no band another.
    """

    start: float
    end: float
    score: float | None = field(default=None, compare=False)

    @property
    def center(self) -> float:
        """Middle of the interval."""
        return (self.start + self.end) / 2

    @property
    def size(self) -> float:
        """Length of the interval."""
        return self.end - self.start


@dataclass(frozen=True, order=True)
class Span:
    """A merged cell: half-open ranges of rows and columns that cover two or more grid cells, and
    its model's score as a band has one.
    """

    row0: int
    row1: int
    column0: int
    column1: int
    score: float | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Table:
    """One grid object: cells, headers and the six classes are derived by `table_grid`.

    `box`, `rows` and `columns` are in the table's own frame: page coordinates after turning the
    page by -rotation degrees about the centre of `box`, and after undoing the shear (u = x + shear
    * (y - centre y)). With rotation and shear zero the frame is the page. `header_rows` counts from
    the top; `projected_rows` are row indices. `continues` is the id of the table on the page before
    (of the same document) that this one goes on with, 0 where it begins a table of its own.
    """

    id: int
    box: Box
    rows: tuple[Band, ...]
    columns: tuple[Band, ...]
    spans: tuple[Span, ...] = ()
    header_rows: int = 0
    projected_rows: tuple[int, ...] = ()
    rotation: float = 0.0
    shear: float = 0.0
    score: float | None = None
    status: Status = Status.ACCEPTED
    source: str = HUMAN
    source_data: str = ""
    is_unsure: bool = False
    note: str = ""
    continues: int = 0


@dataclass(frozen=True)
class Mask:
    """A bitmap as run lengths, placed on the page by a transform.

    `counts` are COCO's compressed run lengths (column-major, first run counts zeros; pycocotools'
    `rleToString`) of a `height` x `width` bitmap. `to_page` maps pixel corners to page units: pixel
    (x, y) covers the unit square from (x, y) before the transform. Holes and separate parts are
    kept as they are.
    """

    width: int
    height: int
    counts: bytes
    to_page: Affine = IDENTITY


@dataclass(frozen=True)
class Region:
    """A labelled box, polygon set or bitmap mask; a plain box when it has neither polygons nor a
    mask.

    Several polygons are a union (COCO); `box` is kept as given, also where it is not the outline's
    bounding box.
    """

    id: int
    label: str
    box: Box
    polygons: tuple[Polygon, ...] = ()
    mask: Mask | None = None
    score: float | None = None
    status: Status = Status.ACCEPTED
    source: str = HUMAN
    source_data: str = ""
    is_unsure: bool = False
    note: str = ""


Annotation = Entity | Relation | Table | Region
AnyAnnotation = TypeVar("AnyAnnotation", Entity, Relation, Table, Region)


@dataclass(frozen=True)
class PageClass:
    """What kind of page it is (letter, invoice, ...). `proposed` is what a model said, kept when a
    person says otherwise.
    """

    label: str
    score: float | None = None
    status: Status = Status.ACCEPTED
    source: str = HUMAN
    proposed: str = ""


@dataclass(frozen=True)
class PageGeometry:
    """How the page was read: engines and settings disagree, so coordinates name the geometry they
    belong to.

    `width` and `height` are those of the page as first read; `crop_box` (PDF points, PDF's own
    frame, y up), the `/Rotate` value, the user unit and the EXIF orientation are what the file
    said. `dpi` is what an image file claims (None: nothing usable) and `bit_depth` its bits a
    channel.
    """

    engine: str
    width: float
    height: float
    file_rotation: int = 0
    crop_box: tuple[float, float, float, float] | None = None
    user_unit: float = 1.0
    exif_orientation: int = 1
    dpi: float | None = None


@dataclass(frozen=True)
class Page:
    """One page of a document with all that is known about it.

    `rotation` (0, 90, 180, 270, clockwise) and `skew` (degrees, clockwise, of the picture's turn on
    show) were chosen by a person: width, height and all coordinates are those after both. `is_scan`
    is true where the words came from a recogniser or there is no text layer. The four collections
    and `words` are ordered by id. `accepted_warnings` are marks of what checks warn of and a person
    let stand (`quality.live.mark_of`).
    """

    id: int
    document_id: int
    number: int
    width: float
    height: float
    unit: str
    geometry: PageGeometry
    rotation: int = 0
    skew: float = 0.0
    status: PageStatus = PageStatus.NEW
    words: tuple[Word, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    tables: tuple[Table, ...] = ()
    regions: tuple[Region, ...] = ()
    next_id: int = 1
    is_scan: bool = True
    note: str = ""
    source_data: str = ""
    accepted_warnings: tuple[str, ...] = ()
    page_class: PageClass | None = None

    @property
    def box(self) -> Box:
        """The page's own outline."""
        return Box(0.0, 0.0, self.width, self.height)

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """All annotations: entities, relations, tables, regions."""
        return self.entities + self.relations + self.tables + self.regions

    def word(self, word_id: int) -> Word | None:
        """The word with that id."""
        return next((word for word in self.words if word.id == word_id), None)

    def annotation(self, annotation_id: int) -> Annotation | None:
        """The annotation with that id, whatever its kind."""
        return next((item for item in self.annotations if item.id == annotation_id), None)


COLLECTIONS = {
    "words": Word,
    "entities": Entity,
    "relations": Relation,
    "tables": Table,
    "regions": Region,
}
"""Name of each collection of a page and the type of its members."""


_COLLECTION_OF = {kind: name for name, kind in COLLECTIONS.items()}


def collection_of(item: Word | Annotation) -> str:
    """The name of the page's collection that holds values of this type."""
    return _COLLECTION_OF[type(item)]


@dataclass(frozen=True)
class Document:
    """An imported file: the project's copy is found by its SHA-256, the name is only shown."""

    id: int
    name: str
    sha256: str
    media_type: str
    page_count: int
    source_data: str = ""


@dataclass(frozen=True)
class Proposals:
    """What one model said about one page. Ids are local: only its own relations refer to them."""

    model: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    tables: tuple[Table, ...] = ()
    regions: tuple[Region, ...] = ()
    notes: tuple[str, ...] = field(default=())
    page_class: PageClass | None = None

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """All proposed annotations: entities, relations, tables, regions."""
        return self.entities + self.relations + self.tables + self.regions


def with_words(page: Page, words: Iterable[Word]) -> Page:
    """The page with exactly these words (ordered by id), its id sequence moved past them."""
    ordered = tuple(sorted(words, key=lambda word: word.id))
    return replace(
        page, words=ordered, next_id=max([page.next_id, *(word.id + 1 for word in ordered)])
    )
