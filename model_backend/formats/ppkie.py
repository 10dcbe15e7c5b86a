"""PP-KIE: the label files of PaddleOCR and PPOCRLabel, one line a picture.

A line is a picture's name, a tab, and a JSON list of entities with `transcription`, `points`,
`label` (PPOCRLabel: `key_cls`), `id` and `linking`. Each becomes an entity of one word; what else
an entity says is kept. PPOCRLabel's `Label.txt` lies beside its pictures and names them with their
folder; a training list lies above them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from model_backend.document import PageGeometry
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.funsd import Form
from model_backend.formats.funsd_form import FORMAT as FORM
from model_backend.formats.pictures import SUFFIXES, geometry_of
from model_backend.formats.ppkie_write import FORMAT, KEPT, KEYS, LABEL, OTHER, Writer
from model_backend.formats.safe_path import resolve_inside
from model_backend.formats.source_data import pack
from model_backend.formats.values import ReadPage
from model_backend.formats.xfund_write import renamed
from model_backend.labels import ENTITY
from model_backend.translation import _

__all__ = ["Writer", "is_list", "members", "names", "read_member"]

SPLITS = ("train", "val", "test")
_ENDINGS = (".txt", ".json")


def members(path: Path) -> tuple[str, ...]:
    """FILE#N for each line of a list, or of all lists of a folder and Label.txt in those below."""
    found = [name for file in _files(path) for name in names(path, file)]
    if not found:
        raise UserError(
            "{folder} holds no lists of PP-KIE (a picture's name, a tab and a list of entities a"
            " line). Choose another folder or file.",
            folder=path,
        )
    return tuple(found)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    here = (file for file in path.iterdir() if file.suffix.lower() in _ENDINGS)
    below = (file for folder in path.iterdir() if folder.is_dir() for file in folder.glob(LABEL))
    return sorted(file for file in (*here, *below) if file.is_file() and is_list(file))


def is_list(file: Path) -> bool:
    """Whether a file is such a list: a tab and a bracket in the first line that says something."""
    with file.open("rb") as opened:
        head = opened.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    first = head.split(b"\n", 1)[0]
    return not head.startswith((b"{", b"[")) and b"\t" in first and _is_line(first)


def _is_line(line: bytes) -> bool:
    return line.partition(b"\t")[2].lstrip().startswith(b"[")


def names(path: Path, file: Path) -> list[str]:
    """The members of one list; a broken one is one member, whose error says why."""
    name = file.name if path.is_file() else file.relative_to(path).as_posix()
    try:
        return [f"{name}#{number}" for number in range(len(_lines_of(file)))]
    except UserError:
        return [f"{name}#0"]


def _lines_of(file: Path) -> tuple[safe_json.Place, ...]:
    state = file.stat()
    return _lines(file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _lines(file: Path, _modified: int, _size: int) -> tuple[safe_json.Place, ...]:
    safe_json.check_file(file, safe_json.MAXIMUM_BYTES)
    places, start = [], 0
    with file.open("rb") as opened:
        for line in opened:
            if _is_line(line):
                places.append((start, len(line)))
            start += len(line)
    return tuple(places)


def read_member(path: Path, member: str) -> ReadPage:
    """The page of one line; UserError where it or its picture cannot be used."""
    root = path.parent if path.is_file() else path
    name, _sign, number = member.rpartition("#")
    file = resolve_inside(root, name)
    if not file.is_file() or not number.isdecimal():
        raise UserError("{file} cannot be found. Check that it is still there.", file=name)
    return _Line(root, file, int(number)).page()


@dataclass(frozen=True)
class _Line:
    """One line of a list."""

    root: Path
    file: Path
    number: int

    def page(self) -> ReadPage:
        """The page with its entities; a picture that is missing is an error: nothing else says
        how large the page is."""
        fname, items = self._value()
        picture = self._picture(fname)
        if picture is None:
            raise self._broken(_("its picture is missing, and it has no size"))
        name = PurePosixPath(fname).stem or str(self.number)
        place = Path(f"{self.file.name}#{self.number}")
        form = Form(place, name, [_from_item(item) for item in items])
        geometry: PageGeometry = geometry_of(picture)
        ids = list(form.ids)
        source = pack(
            FORM,
            name=name,
            file=self.file.stem,
            ids=len(ids) if ids == list(range(len(ids))) else ids,
        )
        page = form.page(geometry, source=source)
        labels = tuple((label, ENTITY) for label in sorted({item.label for item in page.entities}))
        split = self.file.stem if self.file.stem in SPLITS else ""
        own = renamed(page, FORM, FORMAT)
        return ReadPage(name, own, picture, labels, form.problems(page), split=split)

    def _value(self) -> tuple[str, list[dict[str, Any]]]:
        places = _lines_of(self.file)
        if self.number >= len(places):
            raise UserError(
                "The file {file} has no document {number}. Read the data set again.",
                file=self.file,
                number=self.number,
            )
        start, length = places[self.number]
        with self.file.open("rb") as opened:
            opened.seek(start)
            line = opened.read(length)
        try:
            name, _tab, text = line.decode("utf-8-sig").partition("\t")
        except UnicodeDecodeError as error:
            raise self._broken(_("it is not UTF-8 text")) from error
        items = safe_json.loads(text, self.file)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self._broken(_("it is not a list of entities"))
        return name.replace("\\", "/"), items

    def _picture(self, name: str) -> Path | None:
        """The picture: where the line says, in `images`, or beside the list where the line names
        the list's own folder."""
        inside = self.file.parent.relative_to(self.root.resolve()).as_posix()
        own = name.removeprefix(f"{self.file.parent.name}/")
        for place in (f"{inside}/{name}", f"{inside}/images/{name}", f"{inside}/{own}"):
            found = resolve_inside(self.root, place)
            if found.is_file() and found.suffix.lower() in SUFFIXES:
                return found
        return None

    def _broken(self, reason: str) -> UserError:
        return UserError(
            "The file {file} has a document that cannot be read (number {number}: {reason})."
            " Correct it.",
            file=self.file,
            number=self.number,
            reason=reason,
        )


def _from_item(item: dict[str, Any]) -> dict[str, Any]:
    """An entity as FUNSD has it, with the keys that it came with."""
    rest = {key: value for key, value in item.items() if key not in KEYS}
    label = item.get("label", item.get("key_cls", OTHER))
    text, points = item.get("transcription"), item.get("points")
    box = _flat(points)
    kept = {"keys": list(item), "points": points}
    words = [{"box": box, "text": text}]
    known: dict[str, Any] = {key: item[key] for key in ("linking", "id") if key in item}
    return {"box": box, "text": text, "label": label, "words": words, **known, **rest, KEPT: kept}


def _flat(points: object) -> list[Any] | None:
    """Four corners as eight numbers, other outlines as their box; None for anything else."""
    if not isinstance(points, list) or not all(
        isinstance(point, list) and len(point) == 2 for point in points
    ):
        return None
    flat = [value for point in points for value in point]
    if len(points) == 4 or len(points) < 2:
        return flat
    xs, ys = flat[0::2], flat[1::2]
    try:
        return [min(xs), min(ys), max(xs), max(ys)]
    except TypeError:  # something that is no number
        return None
