"""Colours can be read, icons can be drawn, every status has a sign of its own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop.appearance.colors import DARK, LIGHT, Colors, contrast, palette_of
from desktop.appearance.icons import ICONS, pixmap
from desktop.appearance.signs import PAGE_STATUS_TEXTS, STATUS_SIGNS, draw_page_status
from desktop.appearance.theme import style_sheet
from model_backend.document import PageStatus, Status


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_legible_on_every_ground(colors: Colors) -> None:
    for ground in (colors.window, colors.base, colors.raised, colors.hover, colors.soft):
        assert contrast(colors.text, ground) >= 7
    for ground in (colors.window, colors.base, colors.raised):
        for ink in (colors.quiet, colors.good, colors.warning, colors.bad, colors.accent):
            assert contrast(ink, ground) >= 4.5
    assert contrast(colors.on_accent, colors.accent) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_style_sheet_names_pictures_that_are_there(qapp: QApplication, colors: Colors) -> None:
    sheet = style_sheet(colors)
    names = [part.split('"')[0].rsplit("/", 1)[-1] for part in sheet.split('url("')[1:]]
    assert names
    assert all((ICONS / name).is_file() for name in names)
    assert "$" not in sheet
    assert palette_of(colors).window().color().name() == colors.window


def test_every_icon_draws_something_in_the_given_color(qapp: QApplication) -> None:
    for path in ICONS.glob("*.svg"):
        if "-light" in path.name or "-dark" in path.name or path.stem == "proofdesk":
            continue
        picture = pixmap(path.stem, "#ff0000", 24).toImage()
        inks = {
            picture.pixelColor(x, y).name()
            for x in range(24)
            for y in range(24)
            if picture.pixelColor(x, y).alpha() > 200
        }
        assert inks == {"#ff0000"}, path.name


def test_every_page_status_has_a_sign_of_its_own(qapp: QApplication) -> None:
    drawn = []
    for status in PageStatus:
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        gray = Colors(**{**vars(LIGHT), "quiet": "#000", "good": "#000", "accent": "#000",
                         "warning": "#000", "bad": "#000"})  # fmt: skip
        draw_page_status(painter, QRectF(2, 2, 16, 16), status, gray)
        painter.end()
        drawn.append(bytes(image.constBits()))
        assert PAGE_STATUS_TEXTS[status]
    assert len(set(drawn)) == len(PageStatus)
    assert set(STATUS_SIGNS) == set(Status)
