"""The bundled samples: made again they are the same, and their ground truth fits them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

from model_backend import masks, sources, table_grid
from model_backend.document import Page, transform_point
from model_backend.document_json import from_json
from model_backend.synthesis.samples import make_samples

NAMES = ("form.png", "korean_form.jpg", "letter.jpg", "report.pdf")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    make_samples(folder)
    return folder


def truth(path: Path) -> list[Page]:
    data = orjson.loads(path.with_suffix(".json").read_bytes())
    return [from_json(Page, page) for page in data["pages"]]


@pytest.mark.parametrize("name", NAMES)
def test_samples_made_again_have_the_same_truth(made: Path, samples: Path, name: str) -> None:
    assert truth(made / name) == truth(samples / name)


@pytest.mark.parametrize("name", NAMES)
def test_samples_made_again_look_the_same(made: Path, samples: Path, name: str) -> None:
    for number in range(len(truth(samples / name))):
        shown = [
            np.asarray(sources.render_image(folder / name, number, scale=1.0).convert("L"), int)
            for folder in (made, samples)
        ]
        assert np.abs(shown[0] - shown[1]).mean() < 1.0  # another Pillow may round otherwise


@pytest.mark.parametrize("name", NAMES)
def test_truth_has_the_size_of_its_page(samples: Path, name: str) -> None:
    pages = truth(samples / name)
    sizes = sources.inspect(samples / name).page_sizes
    assert [(page.width, page.height) for page in pages] == [(s.width, s.height) for s in sizes]


@pytest.mark.parametrize("name", NAMES)
def test_truth_words_lie_on_ink(samples: Path, name: str) -> None:
    for page in truth(samples / name):
        scale = 2.0 if page.unit == "pt" else 1.0
        image = sources.render_image(samples / name, page.number, scale=scale).convert("L")
        ink = np.asarray(image) < 140
        for word in page.words:
            box = word.box.scaled(scale, scale)
            inside = ink[round(box.y0) : round(box.y1) + 1, round(box.x0) : round(box.x1) + 1]
            assert inside.mean() > 0.02, (name, word)


def test_report_truth_words_are_its_text_layer(samples: Path) -> None:
    for page in truth(samples / "report.pdf"):
        read = sources.read_page(samples / "report.pdf", page.number)
        assert sorted(word.text for word in read.words) == sorted(word.text for word in page.words)


def test_report_tables_hold_their_words(samples: Path) -> None:
    ruled, borderless, spanning = (page.tables[0] for page in truth(samples / "report.pdf"))
    assert (len(ruled.rows), len(ruled.columns), ruled.header_rows) == (7, 5, 1)
    assert (len(borderless.rows), len(borderless.columns)) == (9, 5)
    assert (len(spanning.spans), spanning.header_rows) == (3, 2)
    assert spanning.projected_rows == (2, 5)
    first = truth(samples / "report.pdf")[0]
    texts = [
        table_grid.cell_text(words)
        for words in table_grid.words_of_cells(ruled, first.words).values()
    ]
    assert "Carrow Bridge" in texts
    assert "Mean level (m)" in texts


def test_form_table_is_turned_with_the_scan(samples: Path) -> None:
    (page,) = truth(samples / "form.png")
    (table,) = page.tables
    assert table.rotation == 0.8
    ink = np.asarray(sources.render_image(samples / "form.png", 0, scale=1.0)) < 140
    to_page = table_grid.frame_to_page(table)
    for edge in table_grid.row_edges(table):
        along = np.linspace(table.box.x0 + 3, table.box.x1 - 3, 200)
        points = [transform_point(to_page, (x, edge)) for x in along]
        on_line = [ink[round(y) - 2 : round(y) + 3, round(x)].any() for x, y in points]
        assert np.mean(on_line) > 0.95, edge


def test_letter_masks_cover_stamp_and_signature(samples: Path) -> None:
    (page,) = truth(samples / "letter.jpg")
    assert {region.label for region in page.regions} == {"stamp", "signature"}
    dark = np.asarray(sources.render_image(samples / "letter.jpg", 0, scale=1.0)).min(axis=2) < 170
    for region in page.regions:
        assert region.mask is not None
        drawn = masks.bitmap_on(region.mask, int(page.width), int(page.height))
        box = region.box
        place = slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))
        common = (drawn & dark)[place].sum()
        assert common / (drawn | dark)[place].sum() > 0.8, region.label


def test_relations_join_questions_to_answers(samples: Path) -> None:
    for name, count in (("form.png", 19), ("korean_form.jpg", 12)):
        (page,) = truth(samples / name)
        labels = {entity.id: entity.label for entity in page.entities}
        ends = {(labels[link.from_id], labels[link.to_id]) for link in page.relations}
        assert ends == {("question", "answer")}
        assert len(page.relations) == count
