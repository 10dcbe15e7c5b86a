"""What a format is said to lose is what is gone when its files are read again, kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from lossy_pages import COLUMNS, ROWS, pages

from model_backend import table_grid
from model_backend.document import (
    Box,
    Document,
    Page,
    PageGeometry,
    Status,
    Table,
    Word,
)
from model_backend.formats import ExportPage, ReadPage, read, writable
from model_backend.formats.export import export
from model_backend.formats.losses import CAPABILITIES, KINDS, all_losses, losses
from model_backend.formats.pictures import FilePicture


@pytest.fixture(scope="module")
def white(tmp_path_factory: pytest.TempPathFactory) -> FilePicture:
    path = tmp_path_factory.mktemp("white") / "white.png"
    PIL.Image.new("L", (500, 400), 255).save(path)
    return FilePicture(path)


def there_and_back(name: str, page: Page, folder: Path, picture: FilePicture) -> list[Page]:
    """The page's losses as they were reported, and its pages as they are read again."""
    item = ExportPage("page", page, Document(0, "x", "", "image/png", 1), picture)
    report = export(name, [item], folder)
    assert {kind: count for kind, count in report.lost.items() if count} == losses(page, name)
    found = list(read(name, folder))
    assert all(isinstance(one, ReadPage) for one in found), found
    return [one.page for one in found if isinstance(one, ReadPage)]


Census = Callable[[Page], Counter[str]]


def census(page: Page, kinds: Sequence[str] = KINDS) -> Counter[str]:
    """What there is on a page, counted by kind; marks those of annotations of these kinds."""
    marked = [item for kind in kinds for item in getattr(page, kind)]
    found = Counter({kind: len(getattr(page, kind)) for kind in ("words", *KINDS)})
    uses = Counter(number for item in page.entities for number in item.word_ids)
    found["words_in_several_entities"] = sum(count > 1 for count in uses.values())
    found["illegible_marks"] = sum(word.is_illegible for word in page.words)
    found["doubtful_marks"] = sum(word.is_doubtful for word in page.words)
    found["confidences"] = sum(word.confidence is not None for word in page.words)
    found["continued_tables"] = sum(bool(item.continues) for item in page.tables)
    found["notes"] = bool(page.note) + sum(bool(item.note) for item in marked)
    found["unsure_marks"] = sum(item.is_unsure for item in marked)
    found["scores"] = sum(item.score is not None for item in marked)
    found["proposal_marks"] = sum(item.status is Status.PROPOSED for item in marked)
    found["masks"] = sum(item.mask is not None for item in page.regions)
    found["outlines"] = sum(bool(item.polygons) for item in page.regions)
    found["parts"] = sum(len(item.polygons) for item in page.regions)
    found["table_turns"] = sum(bool(item.rotation or item.shear) for item in page.tables)
    found["header_rows"] = sum(item.header_rows for item in page.tables)
    found["merged_cells"] = sum(
        cell.span.row1 - cell.span.row0 + cell.span.column1 - cell.span.column0 > 2
        for table in page.tables
        for cell in table_grid.cells(table)
    )
    return found


def gone(name: str, page: Page, back: Sequence[Page]) -> Counter[str]:
    """What was there and is there no more; marks go with annotations that stay behind."""
    left: Counter[str] = sum(map(census, back), Counter())
    return census(page, CAPABILITIES[name].holds) - left


few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def said(page: Page, name: str, *kinds: str) -> Counter[str]:
    """Of what is said to be lost, these kinds."""
    found = losses(page, name)
    return Counter({kind: found[kind] for kind in kinds if found[kind]})


def of(found: Counter[str], *kinds: str) -> Counter[str]:
    return Counter({kind: found[kind] for kind in kinds if found[kind]})


MARKS = ("illegible_marks", "doubtful_marks", "notes", "unsure_marks")


@few
@given(page=pages())
@pytest.mark.parametrize("name", ["funsd", "xfund"])
def test_forms_lose_what_is_said(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, name: str, page: Page
) -> None:
    (back,) = there_and_back(name, page, tmp_path_factory.mktemp("out") / "out", white)
    kinds = ("tables", "regions", "relations", "entities", *MARKS, "confidences", "proposal_marks")
    assert of(gone(name, page, [back]), *kinds) == said(page, name, *kinds)
    outside = len(page.words) - len({n for item in page.entities for n in item.word_ids})
    assert losses(page, name)["words_outside_entities"] == outside
    assert len(back.words) == sum(len(item.word_ids) for item in page.entities)
    shared = of(gone(name, page, [back]), "words_in_several_entities")
    assert shared == said(page, name, "words_in_several_entities")
    scores = [item.score for item in (*page.entities, *page.relations)]  # type: ignore[attr-defined]
    assert losses(page, name)["scores"] == sum(score is not None for score in scores)
    assert not any(item.score for item in back.annotations)


@few
@given(page=pages())
def test_lists_of_entities_lose_what_is_said(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    name = "ppkie"
    (back,) = there_and_back(name, page, tmp_path_factory.mktemp("out") / "out", white)
    missing, expected = gone(name, page, [back]), losses(page, name)
    for kind in ("entities", "relations", "tables", "regions", *MARKS, "confidences"):
        assert missing[kind] == expected[kind], kind
    inside = {number for item in page.entities for number in item.word_ids}
    alone = {
        item.word_ids[0]
        for item in page.entities
        if len(item.word_ids) == 1 and page.words[item.word_ids[0] - 1].text == item.text
    }
    assert expected["joined_words"] >= len(inside - alone)
    assert [item.text for item in back.entities] == [item.text for item in page.entities]


@few
@given(page=pages())
def test_coco_loses_what_is_said(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    (back,) = there_and_back("coco", page, tmp_path_factory.mktemp("out") / "out", white)
    missing, expected = gone("coco", page, [back]), losses(page, "coco")
    for kind in ("words", "relations", "notes", "masks", "outlines", "parts", "proposal_marks"):
        assert missing[kind] == expected[kind], kind
    assert missing["entities"] == expected["entities_as_boxes"]
    assert missing["tables"] == expected["table_grids"]
    assert len(back.regions) == len(page.regions) + len(page.entities) + len(page.tables)


@few
@given(page=pages())
@pytest.mark.parametrize("name", ["page_xml", "alto", "hocr"])
def test_files_of_text_lose_what_is_said(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, name: str, page: Page
) -> None:
    if name == "page_xml":  # of a turned table it holds the cells, from which we make no grid
        assert losses(page, name)["table_turns"] == sum(bool(item.rotation) for item in page.tables)
        page = replace(page, tables=tuple(replace(item, rotation=0.0) for item in page.tables))
    (back,) = there_and_back(name, page, tmp_path_factory.mktemp("out") / "out", white)
    missing, expected = gone(name, page, [back]), losses(page, name)
    kinds = ("words", "entities", "relations", "tables", "regions", *MARKS, "confidences")
    for kind in (*kinds, "masks", "words_in_several_entities", "proposal_marks"):
        assert missing[kind] == expected[kind], kind
    if name == "page_xml":
        assert missing["header_rows"] == missing["merged_cells"] == 0
    has_outlines = name != "hocr"
    assert missing["parts"] == expected["polygons"] + (0 if has_outlines else expected["outlines"])
    own = {(item.label, item.text) for item in page.entities}
    kept = {(item.label, item.text) for item in back.entities}
    assert bool(own - kept) <= bool(expected["texts"])
    boxes = [region.box for region in page.regions]
    moved = sum(box not in [region.box for region in back.regions] for box in boxes)
    assert moved == expected["boxes"]


@few
@given(page=pages())
def test_pubtables_loses_what_is_said(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    page = replace(page, tables=page.tables or (_PLAIN,))
    back = there_and_back("pubtables", page, tmp_path_factory.mktemp("out") / "out", white)
    expected = losses(page, "pubtables")
    detection = [one for one in back if not one.tables]
    assert sum(len(one.tables) for one in back) == len(page.tables)
    assert census(page)["words"] == sum(len(one.words) for one in detection)
    missing = gone("pubtables", page, [one for one in back if one.tables])
    kinds = ("illegible_marks", "doubtful_marks", "confidences", "table_turns", "header_rows")
    for kind in ("entities", "relations", *kinds, "continued_tables"):
        assert missing[kind] == expected[kind], kind
    assert expected["unsure_marks"] == sum(table.is_unsure for table in page.tables)
    assert not any(table.is_unsure for one in back for table in one.tables)
    assert missing["merged_cells"] == expected["blank_merged_cells"]
    assert missing["regions"] == expected["regions"]


_PLAIN = Table(90, Box(200, 200, 400, 300), ROWS, COLUMNS)


@few
@given(page=pages())
def test_icdar2013_loses_what_is_said(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    upright = tuple(replace(table, rotation=0.0) for table in page.tables) or (_PLAIN,)
    page = replace(page, tables=upright)
    (back,) = there_and_back("icdar2013", page, tmp_path_factory.mktemp("out") / "out", white)
    missing, expected = gone("icdar2013", page, [back]), losses(page, "icdar2013")
    for kind in ("entities", "relations", "words", "continued_tables"):
        assert missing[kind] == expected[kind], kind
    assert missing["tables"] == expected["blank_tables"]
    assert missing["regions"] <= expected["regions"]
    if back.tables:
        assert missing["header_rows"] == expected["header_rows"]
        (table,), (before,) = back.tables, page.tables
        bands = len(before.rows) - len(table.rows) + len(before.columns) - len(table.columns)
        assert bands == expected["blank_ends"]


@few
@given(page=pages())
def test_page_files_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    (back,) = there_and_back("pages", page, tmp_path_factory.mktemp("out") / "out", white)
    assert back == page
    assert not losses(page, "pages")


@given(page=pages())
@settings(max_examples=40, deadline=None)
def test_all_formats_at_once_are_each_alone(page: Page) -> None:
    assert all_losses(page) == {name: losses(page, name) for name in writable()}
    assert set(CAPABILITIES) == set(writable())


def test_words_of_a_digital_pdf_stay_in_it() -> None:
    page = Page(
        0, 0, 0, 90.0, 100.0, "pt", PageGeometry("test", 90, 100), is_scan=False,
        words=(Word(1, "a", Box(0, 0, 5, 5)),), tables=(_PLAIN,), next_id=100,
    )  # fmt: skip
    assert losses(page, "icdar2013")["words"] == 1
    assert "words" not in losses(page, "icdar2013", keeps_pdf=True)
    assert losses(replace(page, is_scan=True), "icdar2013", keeps_pdf=True)["words"] == 1


def test_losses_are_numbers_that_add_up() -> None:
    page = Page(0, 0, 0, 90.0, 100.0, "px", PageGeometry("test", 90, 100), note="x")
    for found in all_losses(page).values():
        assert all(type(count) is int for count in found.values()), found
    assert losses(page, "html") == {"pages_without_tables": 1, "notes": 1}
