"""What a model doubted of a table is seen on the page and named in the inspector."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from canvas_stand import Stand
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from small_detectors import small_table_transformer

from desktop.application import Application
from desktop.canvas.style import LIGHT
from desktop.document import edits
from desktop.panels.selection_form import SelectionForm
from desktop.panels.texts import doubts_text
from desktop.window.workbench import Workbench
from model_backend import table_grid
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.document import Band, Box, PageStatus, Proposals, Span, Status, Table

WAIT = 100_000
TABLE = Table(
    1,
    Box(20, 40, 460, 200),
    (Band(40, 75, 0.97), Band(75, 115, 0.41), Band(115, 200, 0.9)),
    (Band(20, 140, 0.95), Band(140, 460, 0.55)),
    spans=(Span(0, 1, 0, 2, 0.3),),
    header_rows=1,
    score=0.3,
    status=Status.PROPOSED,
    source="pair",
)


def doubtful_pixels(stand: Stand) -> int:
    image = stand.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = QColor(LIGHT.doubt).rgb()
    return sum(
        image.pixel(x, y) == wanted
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )


def test_doubts_are_painted_until_a_person_settles_them(stand: Stand) -> None:
    stand.put(edits.add_table(stand.page, replace(TABLE, id=stand.page.next_id)))
    (made,) = stand.page.tables
    drawn = replace(made, status=Status.PROPOSED, rows=TABLE.rows, columns=TABLE.columns)
    stand.put(replace(stand.page, tables=(replace(drawn, spans=TABLE.spans),)))
    stand.selection.select(())
    shown = doubtful_pixels(stand)
    assert shown > 50
    (table,) = stand.page.tables
    settled = table_grid.split_cell(table_grid.move_row_edge(table, 1, 80), 0, 0)
    stand.put(replace(stand.page, tables=(replace(settled, status=Status.CORRECTED),)))
    assert 0 < doubtful_pixels(stand) < shown
    stand.put(replace(stand.page, status=PageStatus.DONE))
    assert doubtful_pixels(stand) == 0


def test_inspector_names_the_doubts_the_worst_first(
    application: Application, bench: Workbench
) -> None:
    expected = "merged cell in row 1 (30%), row 2 (41%), column 2 (55%)"
    assert doubts_text(TABLE) == expected
    assert doubts_text(replace(TABLE, status=Status.ACCEPTED)) == ""
    many = replace(
        TABLE, rows=tuple(Band(40 + 8 * n, 48 + 8 * n, 0.1) for n in range(20)), spans=()
    )
    assert doubts_text(many).endswith("row 8 (10%), …")
    page_id = bench.document.store.page_ids()[1]
    bench.selection.set_page(page_id)
    bench.document.bring_proposals(page_id, [Proposals("pair", tables=(TABLE,))])
    table = next(item for item in bench.document.page(page_id).tables if item.source == "pair")
    assert [band.score for band in table.rows] == [0.97, 0.41, 0.9]
    bench.selection.select((table.id,))
    form = application.window.findChildren(SelectionForm)[-1]
    assert form.doubts.isVisible()
    assert form.doubts.text().replace("\u200b", "") == expected
    bench.document.apply("Accept", edits.accept(bench.document.page(page_id), (table.id,)))
    assert not form.doubts.isVisible()


def test_pair_of_models_proposes_through_the_window(
    application: Application, bench: Workbench, qtbot: QtBot, tmp_path: Path
) -> None:
    for name, task in (("finds", "detection"), ("reads", "structure")):
        small_table_transformer(tmp_path / name, task)
        found = recognize(tmp_path / name)
        thresholds = (("table", 0.0), ("table rotated", 0.0))
        install(replace(record_of(found, Answers()), thresholds=thresholds), found.files)
    for task in ("entities", "masks"):
        application.settings.set(task, "none")
    application.settings.set("tables", "finds,reads")
    page_id = bench.document.store.page_ids()[1]
    bench.prelabel([page_id])
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=WAIT)
    tables = bench.document.page(page_id).tables
    assert "finds,reads" in {table.source for table in tables}
    assert all(table_grid.problems(table) == () for table in tables)
