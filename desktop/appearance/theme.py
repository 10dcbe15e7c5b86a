"""Puts a theme on the application: Fusion, our palette, and a small style sheet on top of it."""

from __future__ import annotations

from string import Template

from PySide6.QtWidgets import QApplication

from desktop.appearance.colors import DARK, LIGHT, Colors, is_dark, palette_of

_SHEET = Template("""
* { outline: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }
QMenuBar { background: $window; padding: 2px 4px; border-bottom: 1px solid $line; }
QMenuBar::item { padding: 5px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 5px 22px 5px 8px; border-radius: 5px; }
QMenu::icon { padding-left: 6px; }
QMenu::item:selected { background: $soft; color: $text; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QToolBar { background: $window; border: 0; spacing: 2px; padding: 3px 6px; }
QToolBar#tools { padding: 6px 4px; border-right: 1px solid $line; }
QToolBar#main { border-bottom: 1px solid $line; }
QToolBar::separator:horizontal { background: $line; width: 1px; margin: 5px 6px; }
QToolBar::separator:vertical { background: $line; height: 1px; margin: 6px 5px; }
QToolButton { border: 0; border-radius: 6px; padding: 5px; color: $text; background: transparent; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $soft; }
QToolButton:checked { background: $soft; }
QToolButton:focus { border: 1px solid $accent; padding: 4px; }
QPushButton { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 5px 14px;
  min-height: 18px; color: $text; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $soft; }
QPushButton:checked { background: $soft; border-color: $accent; }
QPushButton:focus { border-color: $accent; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:disabled { color: $faint; background: $window; border-color: $line; }
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox { background: $base; color: $text;
  border: 1px solid $line; border-radius: 6px; padding: 4px 7px;
  selection-background-color: $accent; selection-color: $on_accent; min-height: 18px; }
QPlainTextEdit { padding: 2px 3px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {
  border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { color: $faint;
  background: $window; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$icons/down-$tone.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; padding: 4px;
  selection-background-color: $soft; selection-color: $text; }
QSpinBox::up-button, QDoubleSpinBox::up-button { border: 0; width: 16px;
  subcontrol-origin: border; subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button { border: 0; width: 16px;
  subcontrol-origin: border; subcontrol-position: bottom right; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$icons/up-$tone.svg"); width: 9px;
  height: 9px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$icons/down-$tone.svg"); width: 9px;
  height: 9px; }
QCheckBox { spacing: 7px; }
QCheckBox::indicator, QListView::indicator, QTableView::indicator { width: 15px; height: 15px;
  border: 1px solid $quiet; border-radius: 4px;
  background: $base; }
QCheckBox::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked {
  background: $accent; border-color: $accent;
  image: url("$icons/check-$tone.svg"); }
QCheckBox::indicator:disabled { border-color: $line; }
QDockWidget { color: $quiet; font-weight: 600; }
QDockWidget::title { background: $window; padding: 7px 10px 5px 10px; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QTabBar { qproperty-drawBase: 0; background: $window; }
QTabBar::tab { background: transparent; color: $quiet; padding: 6px 9px; border: 0;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QAbstractItemView { background: $base; border: 0; selection-background-color: $soft;
  selection-color: $text; }
QListView::item, QTreeView::item { padding: 3px 4px; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected { background: $soft; color: $text; }
QHeaderView::section { background: $window; color: $quiet; border: 0;
  border-right: 1px solid $line; border-bottom: 1px solid $line; padding: 4px 6px; }
QTableView { gridline-color: $line; }
QTableView#annotations::item { padding: 0 4px; border: 0; }
QTableView#annotations::item:hover { background: $hover; }
QTableView#annotations::item:selected { background: $soft; color: $text; }
QTableCornerButton::section { background: $window; border: 0; }
QStatusBar { background: $window; border-top: 1px solid $line; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: $quiet; padding: 2px 7px; }
QProgressBar { background: $hover; border: 0; border-radius: 3px; max-height: 6px;
  min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 28px; min-width: 28px;
  margin: 2px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QLabel[quiet="true"] { color: $quiet; }
QLabel[bad="true"] { color: $bad; }
QLabel[title="true"] { font-size: 17pt; font-weight: 600; }
QLabel[head="true"] { font-weight: 600; }
*[clear="true"] { background: transparent; }
QFrame[card="true"] { background: $raised; border: 1px solid $line; border-radius: 10px; }
QFrame[drop="true"] { background: $base; border: 2px dashed $line; border-radius: 14px; }
QFrame[drop="true"][over="true"] { border-color: $accent; background: $soft; }
QFrame[notice="true"] { background: $soft; border: 0; border-bottom: 1px solid $accent; }
QLabel[key="true"] { background: $window; border: 1px solid $line; border-radius: 4px;
  padding: 1px 6px; color: $text; }
""")


def colors_of(theme: str) -> Colors:
    """The colours of this theme ("light", "dark", "system") here and now."""
    return DARK if is_dark(theme) else LIGHT


def apply_theme(application: QApplication, theme: str) -> Colors:
    """Show the whole application in this theme; returns its colours."""
    colors = colors_of(theme)
    palette = palette_of(colors)
    application.setPalette(palette)
    application.setStyleSheet(style_sheet(colors))
    return colors


def style_sheet(colors: Colors) -> str:
    """The style sheet in these colours."""
    from desktop.appearance.icons import ICONS

    palette = palette_of(colors)
    faint = palette.color(palette.ColorGroup.Disabled, palette.ColorRole.Text).name()
    tone = "dark" if colors is DARK else "light"
    values = {**vars(colors), "faint": faint, "icons": ICONS.as_posix(), "tone": tone}
    return _SHEET.substitute(values)
