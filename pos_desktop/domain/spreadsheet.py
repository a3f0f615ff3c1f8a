"""Cells of a CSV file that a spreadsheet will show and never run, and the same cells read back.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets hide
(OWASP, "CSV injection"). So does a formula behind a delimiter inside a cell, since the file may be opened
with another delimiter than it was written with. A plain number stays a number.
"""

from __future__ import annotations

import re

DELIMITERS = (",", ";", "\t")

_FORMULA = "=+@\uff1d\uff0b\uff0d\uff20\\-"
_PLACE = rf"(?:\A(?='*[{_FORMULA}\t\r\n])|(?<=[,;\t])(?='*[{_FORMULA}][^,;\t]))"
_GUARD = re.compile(_PLACE)
_GUARDED = re.compile(rf"{_PLACE}'")
_NUMBER = re.compile(r"[-+]?(?:\d[\d., \u00a0\u202f]*|[.,]\d+)%?", re.ASCII)


def safe_cell(text: str) -> str:
    """``text`` as it may stand in a file for a spreadsheet: ``=1+1`` as ``'=1+1``, ``-1.50`` as it is."""
    return text if _NUMBER.fullmatch(text) else _GUARD.sub("'", text)


def original_cell(text: str) -> str:
    """The text that :func:`safe_cell` was given."""
    return _GUARDED.sub("", text) if "'" in text else text


def csv_line(cells: list[str], delimiter: str) -> str:
    """One record of a file for a spreadsheet, made safe, with CR LF; no cell breaks the line."""
    return delimiter.join(_quoted(safe_cell(_one_line(cell))) for cell in cells) + "\r\n"


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", " ", text)


def _quoted(text: str) -> str:
    needs = any(ch in text for ch in (*DELIMITERS, '"'))
    return '"' + text.replace('"', '""') + '"' if needs else text
