"""Colours, pens and orders of the canvas, light and dark; a dash, a sign or a line always goes with
a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QPalette, QPen

from desktop.document.changes import ChangeKind
from model_backend.document import Annotation, Entity, Region, Status, Table
from model_backend.labels import ENTITY, REGION, LabelSchema

LAYER_ORDER = ("regions", "words", "tables", "entities", "relations")
"""Painted in this order over the picture; the selection and the running gesture come last."""

DIMMED = 0.3
"""How strongly dimmed layers are painted."""
UNKNOWN_LABEL = "#6b7280"

CHANGE_COLORS = {
    ChangeKind.ADDED: "#15803d",
    ChangeKind.REMOVED: "#c81e1e",
    ChangeKind.MOVED: "#0a63e0",
    ChangeKind.OUTLINE: "#0a63e0",
    ChangeKind.LABEL: "#7c3aed",
    ChangeKind.TEXT: "#b25b00",
    ChangeKind.WORDS: "#b25b00",
    ChangeKind.ENDS: "#0e7490",
    ChangeKind.EDGES: "#0e7490",
    ChangeKind.SPANS: "#0e7490",
    ChangeKind.HEADER: "#0e7490",
}
"""The colours of differences; their signs say the same without colour."""

FILL_ALPHA, PROPOSED_ALPHA = 34, 16
LINK_ALPHA = 120
MOST_LIT = 1500
"""More things than this at once are not lit up one by one: it would be slow and say nothing."""
HANDLE_PX, REACH_PX = 8.0, 7.0


@dataclass(frozen=True)
class Theme:
    """The colours that do not come from labels."""

    is_dark: bool
    canvas: str
    border: str
    shadow: int
    veil: int
    accent: str
    word: str
    doubt: str
    illegible: str
    text: str
    field: str


LIGHT = Theme(
    is_dark=False,
    canvas="#e4e6ea",
    border="#c3c7cf",
    shadow=26,
    veil=0,
    accent="#0a63e0",
    word="#3f5f8f",
    doubt="#b25b00",
    illegible="#a3203a",
    text="#15181e",
    field="#ffffff",
)
DARK = Theme(
    is_dark=True,
    canvas="#191b1f",
    border="#000000",
    shadow=70,
    veil=28,
    accent="#1f7bff",
    word="#3f5f8f",
    doubt="#b25b00",
    illegible="#a3203a",
    text="#f2f4f8",
    field="#25282e",
)


def theme_for(palette: QPalette) -> Theme:
    """Light or dark, whichever the application's palette is."""
    is_dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    return DARK if is_dark else LIGHT


@lru_cache(maxsize=512)
def color(name: str, alpha: int = 255) -> QColor:
    """A colour by its '#rrggbb' name; an unknown name is the colour of unknown labels."""
    made = QColor(name)
    if not made.isValid():
        made = QColor(UNKNOWN_LABEL)
    made.setAlpha(alpha)
    return made


@lru_cache(maxsize=64)
def on_white(name: str, alpha: int) -> str:
    """The colour as it looks through on paper: many lines of it are drawn 17 times as fast as
    translucent ones.
    """
    made, share = color(name), alpha / 255
    parts = (made.red(), made.green(), made.blue())
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


@lru_cache(maxsize=512)
def pen(name: str, width: float = 1.0, *, alpha: int = 255, is_dashed: bool = False) -> QPen:
    """A pen that keeps its width on the screen at every zoom; dashed for what a model proposed."""
    made = QPen(color(name, alpha), width)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if is_dashed:
        made.setCapStyle(Qt.PenCapStyle.FlatCap)
        made.setDashPattern([4.0, 3.0])
    return made


@lru_cache(maxsize=512)
def brush(name: str, alpha: int = 255) -> QBrush:
    """A plain filling."""
    return QBrush(color(name, alpha))


@lru_cache(maxsize=64)
def font(px: int, *, is_bold: bool = False) -> QFont:
    """The system's own font at a size in screen pixels."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPixelSize(max(6, px))
    made.setBold(is_bold)
    return made


def label_color(schema: LabelSchema | None, name: str, kind: str) -> str:
    """The colour a label has in the project; grey for labels it does not know."""
    label = schema.label(name, kind) if schema else None
    return label.color if label else UNKNOWN_LABEL


def annotation_color(schema: LabelSchema | None, item: Annotation) -> str:
    """The colour of an annotation's label."""
    if isinstance(item, Entity):
        return label_color(schema, item.label, ENTITY)
    if isinstance(item, Region):
        return label_color(schema, item.label, REGION)
    if isinstance(item, Table):
        return label_color(schema, "table", REGION)
    return UNKNOWN_LABEL


def is_proposed(item: Annotation) -> bool:
    """Whether nobody has looked at it yet: drawn dashed and paler."""
    return item.status is Status.PROPOSED


def initials(names: list[str]) -> dict[str, str]:
    """A short sign for each label: its first letter, or the first two where another label begins
    alike.
    """
    firsts = [name[:1].upper() for name in names]
    return {
        name: first if firsts.count(first) == 1 else name[:2].capitalize()
        for name, first in zip(names, firsts, strict=True)
    }
