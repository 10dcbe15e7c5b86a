"""labelme's own window with the page of the canvas benchmark; runs in labelme's environment.

Run by tests/benchmarks/canvas.py: PYTHON labelme_window.py PICTURE COUNT, prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import gestures
from labelme.app import MainWindow
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication

SIZE = (1600, 1000)


def write_labels(picture: Path, boxes: list[gestures.Box]) -> Path:
    """labelme's own file with these rectangles."""
    shapes = [
        {
            "label": gestures.LABELS[index % len(gestures.LABELS)],
            "points": [[box[0], box[1]], [box[2], box[3]]],
            "group_id": None,
            "description": "",
            "shape_type": "rectangle",
            "flags": {},
            "mask": None,
        }
        for index, box in enumerate(boxes)
    ]
    path = picture.with_suffix(".json")
    content = {
        "version": "6.3.1",
        "flags": {},
        "shapes": shapes,
        "imagePath": picture.name,
        "imageData": None,
        "imageHeight": int(gestures.HEIGHT),
        "imageWidth": int(gestures.WIDTH),
    }
    path.write_text(json.dumps(content))
    return path


class LabelmeWindow:
    """labelme, driven by the same events as any window."""

    def __init__(self, picture: Path, boxes: list[gestures.Box]) -> None:
        self.application = QApplication(["labelme"])
        self.application.setStyle("Fusion")
        self.picture = picture
        write_labels(picture, boxes)
        self.window = MainWindow(config_overrides={})
        self.window.resize(*SIZE)
        self.window.show()
        self.process()
        self.canvas = self.window._canvas_widgets.canvas

    def load(self) -> None:
        self.window._load_from_file_or_dir(str(self.picture))

    def is_loaded(self) -> bool:
        return bool(self.canvas.shapes) and not self.canvas.pixmap.isNull()

    def process(self) -> None:
        self.application.processEvents()

    def place_of(self, box: gestures.Box) -> gestures.Place:
        offset, scale = self.canvas._compute_image_origin_offset(), self.canvas.scale
        x, y = (box[0] + box[2]) / 2 + offset.x(), (box[1] + box[3]) / 2 + offset.y()
        return x * scale, y * scale

    def whole_page(self) -> None:
        self.window.set_fit_window_mode()

    def actual_size(self, box: gestures.Box) -> None:
        self.window._set_zoom_to_original()
        self.process()
        x, y = self.place_of(box)
        area = self.window.centralWidget()
        area.ensureVisible(int(x), int(y), area.width() // 2 - 9, area.height() // 2 - 9)

    def _send(
        self, kind: QEvent.Type, place: gestures.Place, button: Qt.MouseButton, held: bool
    ) -> None:
        buttons = Qt.MouseButtons(Qt.LeftButton if held else Qt.NoButton)
        event = QMouseEvent(kind, QPointF(*place), button, buttons, Qt.NoModifier)
        self.application.sendEvent(self.canvas, event)

    def press(self, place: gestures.Place) -> None:
        self._send(QEvent.MouseMove, place, Qt.NoButton, held=False)
        self._send(QEvent.MouseButtonPress, place, Qt.LeftButton, held=True)

    def move(self, place: gestures.Place, *, is_held: bool) -> None:
        self._send(QEvent.MouseMove, place, Qt.NoButton, held=is_held)

    def release(self, place: gestures.Place) -> None:
        self._send(QEvent.MouseButtonRelease, place, Qt.LeftButton, held=False)

    def wheel(self, place: gestures.Place, notches: int, *, with_control: bool) -> None:
        where = QPointF(*place)
        delta = QPointF(0, 120 * notches).toPoint()
        keys = Qt.ControlModifier if with_control else Qt.NoModifier
        event = QWheelEvent(
            where,
            QPointF(self.canvas.mapToGlobal(where.toPoint())),
            delta,
            delta,
            Qt.NoButton,
            keys,
            Qt.NoScrollPhase,
            False,
        )
        self.application.sendEvent(self.canvas, event)

    def undo(self) -> None:
        self.window._actions.undo.trigger()

    def selected(self) -> list[int]:
        taken = self.canvas.selected_shapes
        if not taken and self.canvas._is_vertex_selected():
            taken = [self.canvas.hovered_shape]  # of a tiny box a click takes a corner
        return [self.canvas.shapes.index(shape) for shape in taken]

    def corner(self, index: int) -> gestures.Place:
        point = self.canvas.shapes[index].points[0]
        return point.x(), point.y()


def main() -> None:
    """Measure, and print the figures."""
    boxes = gestures.boxes_of(int(sys.argv[2]))
    window = LabelmeWindow(Path(sys.argv[1]), boxes)
    print(json.dumps(gestures.measure(window, boxes)))


if __name__ == "__main__":
    main()
