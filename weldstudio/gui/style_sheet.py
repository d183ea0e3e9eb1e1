"""The style sheet, made from the palette's roles. Widgets ask for a look by dynamic property, never by own sheets:

`look` on a button: 'primary', 'quiet' (no frame until hovered), 'danger', 'link', 'figure' (a number that opens
something), 'large_figure'; on a label: 'secondary', 'section', 'page', 'danger', 'warning', 'success'; on a
frame: 'card', 'surface', 'well', 'line'. `set_look` changes it later.
"""

import logging
import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from weldstudio import paths
from weldstudio.gui.palette import ROLES

_logger = logging.getLogger(__name__)

_FRAME: Final = QSize(16, 48)
"""What a system lays round a window, of which nothing is known before it is shown."""
_SHEET: Final = """
* { outline: none; }
QMainWindow, QDialog { background: @window; }
QToolTip { background: @lifted; color: @text; border: 1px solid @line; padding: 4px 8px; }
QLabel { background: transparent; color: @text; }
QLabel:disabled { color: @disabled; }
QLabel[look="secondary"] { color: @secondary; font-size: #12; }
QLabel[look="section"] { font-size: #15; font-weight: 600; }
QLabel[look="page"] { font-size: #20; font-weight: 600; }
QLabel[look="danger"] { color: @danger; }
QLabel[look="warning"] { color: @warning; }
QLabel[look="success"] { color: @success; }
QLabel[look="key"] { color: @secondary; font-size: #12; border: 1px solid @line; border-radius: 4px; padding: 0 5px;
  background: @surface; }
QLabel[look="well"] { color: @on_well; }

QFrame[look="surface"] { background: @surface; border: none; }
QFrame[look="card"] { background: @surface; border: 1px solid @line; border-radius: 6px; }
QFrame[look="hot"] { background: @chosen; border: 2px solid @accent; border-radius: 6px; }
QFrame[look="lifted"] { background: @lifted; border: 1px solid @line; border-radius: 6px; }
QFrame[look="well"] { background: @well; border: none; }
QFrame[look="line"] { background: @line; border: none; max-height: 1px; min-height: 1px; }
QFrame[look="upright"] { background: @line; border: none; max-width: 1px; min-width: 1px; }
QFrame[look="banner-danger"] { background: @danger_ground; border: none; }
QFrame[look="banner-warning"] { background: @warning_ground; border: none; }
QFrame[look="banner-success"] { background: @success_ground; border: none; }

QAbstractButton { icon-size: #16; }
QPushButton, QToolButton {
  background: @surface; color: @text; border: 1px solid @line; border-radius: 6px;
  padding: 0 11px; min-height: #row2; }
QToolButton { padding: 0 5px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: @pressed; }
QPushButton:checked { background: @chosen; border-color: @accent; font-weight: 600; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 0 10px; }
QToolButton:focus { padding: 0 4px; }
QPushButton:disabled, QToolButton:disabled { color: @disabled; background: transparent; border-color: @line; }
QPushButton[look="primary"] { background: @accent; color: @on_accent; border: 1px solid @accent; font-weight: 600; }
QPushButton[look="primary"]:hover { background: @accent_hover; border-color: @accent_hover; }
QPushButton[look="primary"]:pressed { background: @accent_pressed; border-color: @accent_pressed; }
QPushButton[look="primary"]:focus { border: 2px solid @text; }
QPushButton[look="primary"]:disabled { background: @track; color: @disabled; border-color: @track; }
QPushButton[look="quiet"], QToolButton[look="quiet"] { background: transparent; border: 1px solid transparent; }
QPushButton[look="quiet"]:hover, QToolButton[look="quiet"]:hover { background: @hover; }
QPushButton[look="quiet"]:pressed, QToolButton[look="quiet"]:pressed, QToolButton[look="quiet"]:checked
  { background: @pressed; }
QPushButton[look="quiet"]:focus, QToolButton[look="quiet"]:focus { border: 2px solid @accent; }
QPushButton[look="danger"] { color: @danger; }
QPushButton[look="link"] { background: transparent; border: none; color: @link; padding: 0 2px; text-align: left; }
QPushButton[look="figure"], QPushButton[look="figure"]:focus, QPushButton[look="large_figure"],
QPushButton[look="large_figure"]:focus { background: transparent; border: none; color: @link;
  padding: 0; min-height: 0; text-align: left; font-size: #15; font-weight: 600; }
QPushButton[look="large_figure"], QPushButton[look="large_figure"]:focus { font-size: #20; }
QPushButton[look="figure"]:hover, QPushButton[look="figure"]:focus, QPushButton[look="large_figure"]:hover,
QPushButton[look="large_figure"]:focus { text-decoration: underline; }
QPushButton[look="figure"]:disabled, QPushButton[look="large_figure"]:disabled { color: @text; }
QPushButton[look="link"]:hover { text-decoration: underline; }
QPushButton[look="link"]:focus { border: 2px solid @accent; }
QToolButton::menu-indicator { image: none; }
QPushButton::menu-indicator { subcontrol-position: right center; subcontrol-origin: padding; right: 4px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit {
  background: @field; color: @text; border: 1px solid @control_line; border-radius: 6px;
  padding: 0 8px; min-height: #row2; selection-background-color: @accent; selection-color: @on_accent; }
QPlainTextEdit, QTextEdit { padding: 4px 8px; }
QPlainTextEdit[look="note"] { padding: 3px 4px; min-height: 0; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus,
QDateEdit:focus { border: 2px solid @accent; padding: 0 7px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled
  { color: @disabled; background: transparent; border-color: @line; }
QPlainTextEdit[look="note"]:focus { padding: 2px 3px; }
QPlainTextEdit[look="note"]:read-only { border-color: @line; background: transparent; }
QPushButton[look="narrow"] { padding: 0 3px; }
QPushButton[look="narrow"]:focus { padding: 0 2px; }
QLineEdit[look="bare"], QLineEdit[look="bare"]:focus
  { border: none; background: transparent; padding: 0; min-height: 0; }
QLineEdit[look="wrong"] { border: 2px solid @danger; padding: 0 7px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus
  { border: none; padding: 0 6px; min-height: 0; background: transparent; }
QAbstractSpinBox, QAbstractSpinBox:focus { padding: 0; min-height: #spin; }
QLineEdit QToolButton, QLineEdit QToolButton:hover { background: transparent; border: none; min-height: 0; padding: 0; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 20px; background: transparent; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url(%icons/chevron_down.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: @lifted; color: @text; border: 1px solid @line; padding: 4px;
  selection-background-color: @chosen; selection-color: @text; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button
  { border: none; width: #16; background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(%icons/chevron_up.svg); width: #12; height: #12; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow
  { image: url(%icons/chevron_down.svg); width: #12; height: #12; }

QCheckBox, QRadioButton { color: @text; spacing: 8px; min-height: #check; padding: 0 2px; border: 2px solid transparent;
  border-radius: 6px; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid @accent; }
QCheckBox:disabled, QRadioButton:disabled { color: @disabled; }
QCheckBox::indicator, QAbstractItemView::indicator, QRadioButton::indicator {
  width: #14; height: #14; border: 1px solid @control_line;
  background: @field; }
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: #8; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: @accent; border-color: @accent;
  image: url(%icons/check.svg); }
QCheckBox::indicator:checked:disabled { background: @disabled; border-color: @disabled; }
QRadioButton::indicator:checked { border: #5 solid @accent; width: #dot; height: #dot; background: @on_accent; }

QSlider { min-height: 20px; border: 2px solid transparent; border-radius: 6px; }
QSlider:focus { border: 2px solid @accent; }
QSlider::groove:horizontal { height: 4px; background: @track; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @accent;
  border: 1px solid @surface; }

QProgressBar { background: @track; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }

QMenu { background: @lifted; color: @text; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: @chosen; }
QMenu::item:disabled { color: @disabled; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }

QAbstractItemView { background: @surface; color: @text; border: 1px solid @line; border-radius: 6px; padding: 1px;
  selection-background-color: @chosen; selection-color: @text; alternate-background-color: @window; }
QAbstractItemView:focus { border: 2px solid @accent; padding: 0; }
QAbstractItemView[look="bare"], QAbstractItemView[look="bare"]:focus
  { border: none; padding: 0; background: transparent; }
QListView[look="completions"] { background: @lifted; border: 1px solid @line; border-radius: 6px; padding: 3px; }
QListView::item, QTreeView::item { min-height: #row; padding: 0 8px; }
QTableView { gridline-color: @line; }
QTableView::item { padding: 0 8px; }
QTableView[look="dense"]::item { padding: 0 3px; }
QListView::item:hover, QTreeView::item:hover { background: @hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: @chosen; color: @text; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @secondary; border: none; border-bottom: 1px solid @line;
  padding: 0 11px; min-height: #row; font-size: #12; font-weight: 400; }
QTableView[look="dense"] QHeaderView::section { padding: 0 6px; }
QTableCornerButton::section { background: @surface; border: none; border-bottom: 1px solid @line; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[look="scrolled"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: @accent; }

QTabWidget::pane { border: none; border-top: 1px solid @line; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @secondary; border: none; border-bottom: 2px solid transparent;
  padding: 6px 12px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar:focus { border: 2px solid @accent; border-radius: 6px; }
QGroupBox { border: none; margin-top: 24px; font-weight: 600; color: @text; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }

#rail { background: @surface; border: none; }
#header, #status { background: @surface; border: none; }
#status QLabel { color: @secondary; font-size: #12; }
#status QToolButton { font-size: #12; min-height: 20px; color: @secondary; }
#chip { background: @chosen; color: @text; border: 1px solid @accent; border-radius: 6px; }
#toast { background: @text; border-radius: 6px; }
#toast QLabel { color: @surface; }
#toast QPushButton { background: transparent; border: none; color: @toast_link; font-weight: 600; padding: 0 8px; }
#toast QPushButton:focus { border: 2px solid @toast_link; }
"""


def style_sheet(kind: int, *, scale: float, row: int) -> str:
    """The sheet for a theme of the palette; `scale` of the text (1 at 96 dots per inch), `row` height of list rows."""
    sheet = _SHEET.replace("%icons", _tinted_files(kind).as_posix())
    # Around a number Qt lays 3 px that no rule takes away.
    sheet = sheet.replace("#spin", f"{row - 7}px")
    sheet = sheet.replace("#row2", f"{row - 4}px").replace("#row", f"{row - 4}px")
    sheet = sheet.replace("#check", f"{max(24, round(20 * scale))}px")
    # A radio button stays as large when it is chosen: a dot within a thick line.
    sheet = sheet.replace("#dot", f"{round(14 * scale) + 2 - 2 * round(5 * scale)}px")
    sheet = sheet.replace("#8;", f"{(round(14 * scale) + 2) // 2}px;")
    sheet = re.sub(r"#(5|12|13|14|15|16|20)(?=[; ])", lambda m: f"{round(int(m[1]) * scale)}px", sheet)
    return re.sub(r"@([a-z_0-9]+)", lambda m: ROLES[m[1]][kind], sheet)


def _tinted_files(kind: int) -> Path:
    """A folder with the few icons that the sheet itself shows, tinted; Qt reads those from files alone."""
    folder = paths.user_cache() / "style" / ("light", "dark", "contrast")[kind]
    for name, role in {"chevron_down": "secondary", "chevron_up": "secondary", "check": "on_accent"}.items():
        drawing = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        tinted = drawing.replace("currentColor", ROLES[role][kind])
        file = folder / f"{name}.svg"
        try:
            if not file.exists() or file.read_text(encoding="utf-8") != tinted:
                folder.mkdir(parents=True, exist_ok=True)
                file.write_text(tinted, encoding="utf-8")
        except OSError as error:
            _logger.warning("An arrow or tick cannot be drawn, for the cache cannot be written: %s", error)
    return folder


def indent_number(spin: QAbstractSpinBox) -> None:
    """Begin the number where the text of a line begins; the sheet's padding does not reach into a spin box."""
    spin.lineEdit().setTextMargins(7, 0, 0, 0)


def set_size(dialog: QWidget, width: int, height: int) -> None:
    """Give a dialog a size in pixels, and no more than its screen has."""
    screen = dialog.screen().availableGeometry().size()
    dialog.resize(QSize(width, height).boundedTo(screen - _FRAME))


def set_look(widget: QWidget, look: str) -> None:
    """Give a widget another look (see the module's text) and have it restyled; GUI thread."""
    widget.setProperty("look", look)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
