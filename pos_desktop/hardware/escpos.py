"""Turns rows of a paper into ESC/POS bytes, with a code page fixed per printer and never guessed per word.

The command bytes are python-escpos's; its text path is not used, because it changes code pages by itself and
lets control bytes through. Nothing below 0x20 and no 0x7f from a text ever reaches the printer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from escpos import constants as esc

from pos_desktop.domain.receipt_layout import (
    COLUMNS_58MM,
    COLUMNS_80MM,
    COLUMNS_80MM_WIDE_FONT,
    BarcodeRow,
    Row,
    RuleRow,
    Size,
    TextRow,
    clean,
)

CODE_PAGES = {
    "CP858": ("cp858", 19),
    "WPC1252": ("cp1252", 16),
    "CP850": ("cp850", 2),
    "CP437": ("cp437", 0),
    "CP852": ("cp852", 18),
    "CP866": ("cp866", 17),
    "WPC1250": ("cp1250", 45),
}
"""Code page name: Python codec, and the number of ``ESC t`` on Epson's and compatible printers."""

CLEAR_PRINTER: bytes = esc.DLE + esc.DC4 + bytes((8, 1, 3, 20, 1, 6, 2, 8))
"""Obeyed at once: throw away what is not printed yet. Where it is unknown, none of it prints."""

BARCODE_DOTS = 64
_LF: bytes = esc.CTL_LF
_BOLD_ON: bytes = esc.TXT_STYLE["bold"][True]
_BOLD_OFF: bytes = esc.TXT_STYLE["bold"][False]
_CUT: bytes = esc.GS + b"VB\x03"
_FEED: bytes = esc.ESC + b"d\x05"
_PAPERS = {"58mm": (COLUMNS_58MM, 384), "80mm": (COLUMNS_80MM, 576), "80mm-42": (COLUMNS_80MM_WIDE_FONT, 512)}
_STAND_INS = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2022": "*",
        "\u2026": ".",
        "\u00d7": "x",
        "\u0142": "l",
        "\u0141": "L",
        "\u0111": "d",
        "\u0153": "o",
        "\u0152": "O",
        "\u1e9e": "S",
        "\u00b7": ".",
        "\u20ac": "E",
        "\u00a3": "L",
    }
)
_CODE_128 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./ ")


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One printer model as set up: columns, dots across, code page, knife, and the drawer's pin (2 or 5)."""

    columns: int
    dots: int
    code_page: str = "CP858"
    page_number: int = 19
    knife: bool = True
    drawer_pin: int = 2

    @property
    def codec(self) -> str:
        """Python's name of the code page."""
        return CODE_PAGES[self.code_page][0]


def profile(
    paper: str = "80mm", code_page: str = "CP858", *, knife: bool = True, drawer_pin: int = 2
) -> PrinterProfile:
    """The profile for a paper (58mm, 80mm, 80mm-42) and a code page; ValueError says which exist."""
    if paper not in _PAPERS:
        raise ValueError(f"Paper {paper} is not known. Choose one of {', '.join(_PAPERS)}.")
    if code_page not in CODE_PAGES:
        raise ValueError(f"Code page {code_page} is not known. Choose one of {', '.join(CODE_PAGES)}.")
    if drawer_pin not in (2, 5):
        raise ValueError("A drawer hangs on pin 2 or pin 5.")
    columns, dots = _PAPERS[paper]
    return PrinterProfile(columns, dots, code_page, CODE_PAGES[code_page][1], knife, drawer_pin)


def encode_text(text: str, codec: str) -> bytes:
    """Text in one code page, one byte a character: what the page lacks gets a readable stand-in or ``?``."""
    return b"".join(_encode_char(ch, codec) for ch in text)


def _encode_char(ch: str, codec: str) -> bytes:
    candidates = (ch, ch.translate(_STAND_INS), unicodedata.normalize("NFKD", ch)[:1])
    for candidate in candidates:
        try:
            encoded = candidate.encode(codec)
        except UnicodeEncodeError:
            continue
        if len(encoded) == 1 and encoded[0] >= 0x20 and encoded[0] != 0x7F:
            return encoded
        break
    return b"?"


def render(rows: Iterable[Row], to: PrinterProfile) -> bytes:
    """The bytes of one paper: printer reset, code page chosen once, rows, feed and cut."""
    out = bytearray(esc.HW_INIT)
    out += esc.ESC + b"R\x00" + esc.ESC + b"t" + bytes((to.page_number,))
    for row in rows:
        out += _row(row, to)
    return bytes(out)


def _row(row: Row, to: PrinterProfile) -> bytes:
    if isinstance(row, TextRow):
        return _text_row(row, to)
    if isinstance(row, RuleRow):
        return encode_text(row.text, to.codec) + _LF
    if isinstance(row, BarcodeRow):
        return _barcode(row, to)
    return _cut(to)


def _text_row(row: TextRow, to: PrinterProfile) -> bytes:
    text = encode_text(row.text.rstrip(), to.codec) + _LF
    before, after = b"", b""
    if row.size is not Size.NORMAL:
        wide, tall = row.size.value
        before += esc.TXT_SIZE + bytes((((wide - 1) << 4) | (tall - 1),))
        after += esc.TXT_SIZE + b"\x00"
    if row.bold:
        before += _BOLD_ON
        after += _BOLD_OFF
    return before + text + after


def _cut(to: PrinterProfile) -> bytes:
    return _CUT if to.knife else _FEED


def code_128(data: str) -> bytes:
    """The data of ``GS k`` for a Code 128: set B, and set C for an even run of digits at the end."""
    if not data or any(ch not in _CODE_128 for ch in data):
        raise ValueError("a receipt barcode holds letters, digits, dash, dot, slash and space")
    digits = len(data) - len(data.rstrip("0123456789"))
    digits -= digits % 2
    if digits < 4:
        return b"{B" + data.encode("ascii")
    head, tail = data[: len(data) - digits], data[len(data) - digits :]
    pairs = bytes(int(tail[n : n + 2]) for n in range(0, digits, 2))
    return (b"{B" + head.encode("ascii") if head else b"") + b"{C" + pairs


def code_128_modules(encoded: bytes) -> int:
    """How many modules wide the printer will draw this data: 11 a symbol, start, check and stop included."""
    switches = encoded.count(b"{B") + encoded.count(b"{C")
    symbols = len(encoded) - 2 * switches + switches
    return 11 * (symbols + 1) + 13


def _barcode(row: BarcodeRow, to: PrinterProfile) -> bytes:
    data = code_128(clean(row.data))
    width = 3 if code_128_modules(data) * 3 + 60 <= to.dots else 2
    if code_128_modules(data) * width > to.dots:
        return encode_text(row.data.center(to.columns).rstrip(), to.codec) + _LF
    parts: tuple[bytes, ...] = (
        esc.TXT_STYLE["align"]["center"],
        esc.BARCODE_HEIGHT + bytes((BARCODE_DOTS,)),
        esc.BARCODE_WIDTH + bytes((width,)),
        esc.BARCODE_FONT_A,
        esc.BARCODE_TXT_BLW,
        esc.BARCODE_TYPE_B["CODE128"] + bytes((len(data),)) + data,
        esc.TXT_STYLE["align"]["left"],
    )
    return b"".join(parts)


def drawer_kick(to: PrinterProfile) -> bytes:
    """The pulse that opens the drawer wired to this printer."""
    kick: bytes = esc.CD_KICK_5 if to.drawer_pin == 5 else esc.CD_KICK_2
    return kick


def live_drawer_kick(to: PrinterProfile) -> bytes:
    """The pulse a printer obeys at once, also without paper or with its cover open (DLE DC4)."""
    kick: bytes = esc.DLE + esc.DC4 + (b"\x01\x01\x01" if to.drawer_pin == 5 else b"\x01\x00\x01")
    return kick
