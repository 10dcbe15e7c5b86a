"""The real window in the middle of something, until it is killed: idle, in a drag, in a text."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from desktop.application import Application, make_application
from desktop.document import edits
from model_backend.document import Entity


def main(folder: Path, moment: str) -> None:
    """Open the project, make one edit, begin the next one and say so; then wait."""
    qt, application = make_application([str(folder)])
    application.window.show()
    while application.bench is None or not application.is_calm():
        QTest.qWait(20)
    document = application.bench.document
    document.apply("Note", edits.set_note(document.page(1), "saved"))
    MOMENTS[moment](application)
    sys.stdout.write(f"{moment}\n")
    sys.stdout.flush()
    qt.exec()


def _idle(_application: Application) -> None:
    QTest.qWait(20)


def _drag(application: Application) -> None:
    """An entity is held by the mouse, and has come half the way."""
    canvas, entity = _ready(application)
    view, left = canvas.viewport(), Qt.MouseButton.LeftButton
    start = canvas.page_place(QPointF(*entity.box.center)).toPoint()
    QTest.mousePress(view, left, pos=start)
    for step in range(1, 9):
        end = canvas.page_place(QPointF(entity.box.center[0] + 5 * step, entity.box.center[1]))
        QTest.mouseMove(view, end.toPoint())
    QTest.qWait(20)
    assert canvas.tool.is_busy


def _text(application: Application) -> None:
    """A text is open, and half of it is written."""
    canvas, entity = _ready(application)
    canvas.edit_text(entity.id)
    editor = canvas.editor
    assert editor is not None
    QTest.keyClicks(editor, "half of a te")
    assert "half of a te" in editor.toPlainText()


def _ready(application: Application):  # noqa: ANN202 - the canvas and an entity on it
    assert application.bench is not None
    assert application.window.project_view is not None
    canvas = application.window.project_view.canvas
    entity: Entity = application.bench.document.page(1).entities[0]
    canvas.setFocus()
    application.bench.selection.select([entity.id])
    QTest.keyClick(canvas, Qt.Key.Key_V)
    return canvas, entity


MOMENTS = {"idle": _idle, "drag": _drag, "text": _text}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
