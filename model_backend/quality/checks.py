"""The dataset doctor: what is wrong with a page, or with a whole data set.

A page's own rules look at the values it has, whatever format it came from; what no page can hold
(ids, categories and pictures of a COCO file) is looked for in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from model_backend.document import Annotation, Box, Entity, Page, Region, Table, Word
from model_backend.errors import UserError
from model_backend.formats import FORMATS, PictureSource, ReadPage, members, read_member
from model_backend.formats.export import export_page
from model_backend.formats.parts import Pictures, picture_digest
from model_backend.quality import coco_checks, funsd_checks, icdar_checks, table_checks
from model_backend.quality.findings import RULES, Finding, Severity, finding
from model_backend.table_grid import box_to_page

__all__ = ["check", "check_set", "has_errors", "outside", "outline_of", "sorted_by_rule"]

ROOM = 1.0
"""Page units by which a box may reach out of its page: sizes are rounded."""

PageChecks = Callable[[Page, str], Iterator[Finding]]
CHECKS: dict[str, tuple[PageChecks, ...]] = {
    "funsd": (funsd_checks.check,),
    "coco": (coco_checks.check,),
    "pubtables": (table_checks.check,),
}
"""The checks that belong to a format; all of them to any other."""

FILE_CHECKS: dict[str, Callable[[Path], Iterator[Finding]]] = {
    "coco": coco_checks.check_file,
    "icdar2013": icdar_checks.check_file,
}
"""Checks of what no page can hold."""


def check(page: Page, name: str, format_name: str = "") -> tuple[Finding, ...]:
    """The findings of one page, those of all formats or of one."""
    found = [*_outside_findings(page, name)]
    every = tuple(one for group in CHECKS.values() for one in group)
    for one in CHECKS.get(format_name, every):
        found.extend(one(page, name))
    return sorted_by_rule(found)


def check_set(
    format_name: str, path: Path
) -> Iterator[tuple[ReadPage | None, tuple[Finding, ...]]]:
    """The pages of a data set with their findings; without a page where it cannot be read, and at
    the end for the whole file."""
    if format_name in FORMATS or format_name not in FILE_CHECKS:
        yield from _checked_pages(format_name, path)
    if format_name in FILE_CHECKS:
        yield None, sorted_by_rule(FILE_CHECKS[format_name](path))


def _checked_pages(
    format_name: str, path: Path
) -> Iterator[tuple[ReadPage | None, tuple[Finding, ...]]]:
    pictures = Pictures()
    for member in members(format_name, path):
        try:
            item = read_member(format_name, path, member)
        except UserError as error:
            yield None, (finding("unreadable", member, reason=error),)
        else:
            found = [*check(item.page, item.name, format_name)]
            picture = export_page(item).picture
            if picture is not None and item.split:
                found += _twins(item, picture, pictures)
            if picture is None and format_name not in FILE_CHECKS:
                found.append(finding("page-without-picture", item.name))
            yield item, sorted_by_rule(found)


def _twins(item: ReadPage, picture: PictureSource, pictures: Pictures) -> Iterator[Finding]:
    """The page whose picture is in another part of the set too."""
    try:
        digest = picture_digest(picture, item.page)
    except UserError as error:
        yield finding("unreadable", item.name, reason=error)
        return
    if twin := pictures.twin(digest, item.split, item.name):
        part, other = twin
        values = {"part": item.split, "other": other, "other_part": part}
        yield finding("picture-in-two-parts", item.name, **values)


def sorted_by_rule(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the rules, otherwise as they came."""
    order = {rule: place for place, rule in enumerate(RULES)}
    return tuple(sorted(findings, key=lambda found: order[found.rule]))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them is an error."""
    return any(found.severity is Severity.ERROR for found in findings)


def outline_of(item: Word | Annotation) -> Box | None:
    """The box of a value on its page, with ordered corners; None for a relation."""
    if isinstance(item, Table):
        return box_to_page(item, item.box).normalized()
    if isinstance(item, Word | Entity | Region):
        return item.box.normalized()
    return None


def outside(page: Page) -> Iterator[Word | Annotation]:
    """What reaches out of the page."""
    room = page.box.grown(ROOM)
    for item in (*page.words, *page.annotations):
        box = outline_of(item)
        if box is not None and box.intersection(room) != box:
            yield item


def _outside_findings(page: Page, name: str) -> Iterator[Finding]:
    for item in outside(page):
        own = funsd_checks.name_of(item) if isinstance(item, Entity) else item.id
        yield finding("box-outside-page", name, item.id, id=own)
