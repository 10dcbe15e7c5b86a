"""The colours of the window, light and dark, as one table; palette and style sheet come from it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette


@dataclass(frozen=True)
class Colors:
    """One theme: `quiet` is secondary text, `line` borders, `soft` what is selected in a list."""

    window: str
    base: str
    raised: str
    text: str
    quiet: str
    line: str
    hover: str
    soft: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str


LIGHT = Colors(
    window="#f4f5f8",
    base="#ffffff",
    raised="#ffffff",
    text="#1d2530",
    quiet="#5a6472",
    line="#d7dce4",
    hover="#e7ebf2",
    soft="#dce7fd",
    accent="#2f5fd0",
    on_accent="#ffffff",
    good="#15803d",
    warning="#a15c07",
    bad="#c02f2f",
)
DARK = Colors(
    window="#1c1f26",
    base="#23272f",
    raised="#2b3039",
    text="#e7eaf0",
    quiet="#a3adbb",
    line="#3a414d",
    hover="#333a45",
    soft="#2d4068",
    accent="#7ea6ff",
    on_accent="#10182b",
    good="#5fc98a",
    warning="#e8b04a",
    bad="#ff8a80",
)


def is_dark(theme: str) -> bool:
    """Whether this theme ("light", "dark", "system") is dark here and now."""
    if theme == "system":
        return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return theme == "dark"


def palette_of(colors: Colors) -> QPalette:
    """Qt's palette in these colours."""
    roles = QPalette.ColorRole
    palette = QPalette(QColor(colors.raised), QColor(colors.window))
    for role, color in {
        roles.Window: colors.window,
        roles.WindowText: colors.text,
        roles.Base: colors.base,
        roles.AlternateBase: colors.window,
        roles.Text: colors.text,
        roles.Button: colors.raised,
        roles.ButtonText: colors.text,
        roles.ToolTipBase: colors.raised,
        roles.ToolTipText: colors.text,
        roles.PlaceholderText: colors.quiet,
        roles.Highlight: colors.accent,
        roles.HighlightedText: colors.on_accent,
        roles.Accent: colors.accent,
        roles.Link: colors.accent,
        roles.BrightText: colors.bad,
        roles.Mid: colors.line,
        roles.Midlight: colors.hover,
        roles.Light: colors.raised,
        roles.Dark: colors.quiet,
    }.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_between(colors)))
    return palette


def _between(colors: Colors) -> str:
    ink, paper = QColor(colors.quiet), QColor(colors.window)
    pairs = (
        (ink.red(), paper.red()),
        (ink.green(), paper.green()),
        (ink.blue(), paper.blue()),
    )
    return QColor(*((first * 68 + second * 32) // 100 for first, second in pairs)).name()


def contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio of two colours, 1..21."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
