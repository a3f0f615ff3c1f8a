"""The Qt style sheet, generated from the tokens, for stock widgets only: inputs, scroll bars, menus, tips."""

from __future__ import annotations

from collections.abc import Callable

from ui.fonts import FAMILY, FontSpec
from ui.palette import Palette

_TEMPLATE = """
QMainWindow, QWidget#canvas {{ background: {canvas}; }}
QLineEdit, QSpinBox, QDateEdit, QPlainTextEdit, QComboBox {{
    background: {surface}; color: {text}; border: 1px solid {line_strong}; border-radius: {radius}px;
    padding: 0 {pad}px; min-height: {input}px; selection-background-color: {accent};
    selection-color: {on_accent}; font-family: "{family}"; font-size: {body}px; }}
QLineEdit:focus, QSpinBox:focus, QDateEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{
    border: 2px solid {accent}; padding: 0 {pad_focus}px; }}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{
    background: {sunken}; color: {text3}; border-color: {line}; }}
QLineEdit[quiet="true"] {{ background: {canvas}; }}
QComboBox::drop-down {{ border: 0; width: {drop}px; }}
QComboBox QAbstractItemView {{ background: {raised}; color: {text}; border: 1px solid {line};
    selection-background-color: {accent_soft}; selection-color: {text}; outline: 0; }}
QScrollBar:vertical {{ background: transparent; width: {bar}px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: {bar}px; margin: 2px; }}
QScrollBar::handle {{ background: {line_strong}; border-radius: {bar_radius}px; }}
QScrollBar::handle:vertical {{ min-height: 48px; }}
QScrollBar::handle:horizontal {{ min-width: 48px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 6px;
    font-family: "{family}"; font-size: {body}px; }}
QMenu::item {{ padding: {menu}px 28px {menu}px 14px; border-radius: 6px; }}
QMenu::item:selected {{ background: {accent_soft}; color: {text}; }}
QMenu::item:disabled {{ color: {text3}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 6px 8px; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 6px; }}
QTableView, QListView, QTreeView {{ background: transparent; border: 0; outline: 0; color: {text}; }}
QHeaderView, QHeaderView::section {{ background: transparent; color: {text2}; border: 0; }}
QTableCornerButton::section {{ background: {surface}; border: 0; }}
QProgressBar {{ background: {sunken}; border: 0; border-radius: 4px; height: 8px; color: transparent; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 4px; }}
"""


def stylesheet(c: Palette, px: Callable[[float], int], type_: Callable[[str], FontSpec]) -> str:
    """The style sheet for these colours; ``px`` scales a logical length, ``type_`` gives a role's font."""
    colours = {name: getattr(c, name).name() for name in c.__slots__}
    return _TEMPLATE.format(
        **colours,
        family=FAMILY,
        radius=px(10),
        pad=px(14),
        pad_focus=px(14) - 1,
        input=px(42) - 2,
        drop=px(32),
        bar=px(12),
        bar_radius=px(4),
        menu=px(9),
        body=round(type_("body").px),
    )
