"""Reads ESC/POS bytes back into text rows, barcodes, drawer kicks and cuts, as a printer would.

It knows the commands :mod:`pos_desktop.hardware.escpos` sends and refuses every other control byte, so that a
test sees at once when text from a database smuggles a command in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pos_desktop.domain.receipt_layout import Align, BarcodeRow, Cell, CutRow, Row, RuleRow, Size, TextRow

_CODECS = {19: "cp858", 16: "cp1252", 2: "cp850", 0: "cp437", 18: "cp852", 17: "cp866", 45: "cp1250"}
_SIZES = {0x00: Size.NORMAL, 0x01: Size.TALL, 0x11: Size.BIG}


class UnknownCommandError(ValueError):
    """Bytes no receipt of ours contains: the printer would do something unplanned."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line with the size and weight it was set in."""

    text: str
    size: Size = Size.NORMAL
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 the printer drew."""

    data: str
    width: int


@dataclass(frozen=True, slots=True)
class Kick:
    """A pulse to the drawer on pin 2 or 5."""

    pin: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The paper was fed and cut."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines fed."""

    lines: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the printer: ``live`` is DLE EOT (answered at once), else GS r (answered in its turn)."""

    what: int
    live: bool


Item = Line | Barcode | Kick | Cut | Feed | Ask


class _NeedMoreError(Exception):
    """The command's rest has not arrived."""


@dataclass
class Decoder:
    """A printer's command reader: feed it bytes as they come; it keeps what is not complete."""

    codec: str = "cp437"
    size: Size = Size.NORMAL
    bold: bool = False
    barcode_width: int = 3
    _buffer: bytearray = field(default_factory=bytearray)
    _text: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[Item]:
        """Items completed by these bytes, in order; UnknownCommandError for a command we never send."""
        self._buffer += data
        while self._buffer:
            try:
                used, item = self._next()
            except _NeedMoreError:
                return
            del self._buffer[:used]
            if item is not None:
                yield item

    @property
    def pending(self) -> bool:
        """Whether text or half a command is waiting."""
        return bool(self._buffer or self._text)

    def _next(self) -> tuple[int, Item | None]:
        byte = self._buffer[0]
        if byte == 0x0A:
            text = self._text.decode(self.codec)
            self._text.clear()
            return 1, Line(text, self.size, self.bold)
        if byte in (0x10, 0x1B, 0x1D):
            return self._command(byte, self._at(1))
        if byte < 0x20 or byte == 0x7F:
            raise UnknownCommandError(f"control byte {byte:#04x}")
        self._text.append(byte)
        return 1, None

    def _at(self, index: int) -> int:
        if index >= len(self._buffer):
            raise _NeedMoreError
        return self._buffer[index]

    def _command(self, lead: int, name: int) -> tuple[int, Item | None]:
        if lead == 0x10 and name == 0x04:
            return 3, Ask(self._at(2), live=True)
        if lead == 0x10 and name == 0x14:
            self._at(4)
            return 5, Kick(5 if self._at(3) == 1 else 2)
        if lead == 0x1B:
            return self._escape(chr(name))
        if lead == 0x1D:
            return self._group(chr(name))
        raise UnknownCommandError(f"command {lead:#04x} {name:#04x}")

    def _escape(self, name: str) -> tuple[int, Item | None]:
        if name == "@":
            self.size, self.bold, self.codec = Size.NORMAL, False, "cp437"
            self._text.clear()
            return 2, None
        value = self._at(2)
        if name == "p":
            self._at(4)
            return 5, Kick(5 if value in (1, 49) else 2)
        if name == "d":
            return 3, Feed(value)
        if name == "t":
            if value not in _CODECS:
                raise UnknownCommandError(f"code page {value}")
            self.codec = _CODECS[value]
        elif name == "E":
            self.bold = bool(value & 1)
        elif name not in "Ra":
            raise UnknownCommandError(f"command ESC {name!r}")
        return 3, None

    def _group(self, name: str) -> tuple[int, Item | None]:
        value = self._at(2)
        if name == "k":
            return self._barcode(value)
        if name == "V":
            self._at(3)
            return 4, Cut()
        if name == "r":
            return 3, Ask(value, live=False)
        if name == "!":
            self.size = _SIZES[value]
        elif name == "w":
            self.barcode_width = value
        elif name not in "hfH":
            raise UnknownCommandError(f"command GS {name!r}")
        return 3, None

    def _barcode(self, kind: int) -> tuple[int, Item]:
        if kind != 73:
            raise UnknownCommandError(f"barcode kind {kind}")
        length = self._at(3)
        self._at(3 + length)
        return 4 + length, Barcode(_code_128_text(bytes(self._buffer[4 : 4 + length])), self.barcode_width)


def _code_128_text(data: bytes) -> str:
    text = ""
    for part in re.finditer(rb"\{([BC])((?:(?!\{[BC]).)*)", data, re.DOTALL):
        body = part.group(2)
        text += body.decode("ascii") if part.group(1) == b"B" else "".join(f"{pair:02d}" for pair in body)
    return text


def decode(data: bytes) -> list[Item]:
    """Every item in these bytes; UnknownCommandError also when they end inside a command or a line."""
    decoder = Decoder()
    items = list(decoder.feed(data))
    if decoder.pending:
        raise UnknownCommandError("the bytes end inside a command or a line")
    return items


def printed_rows(items: list[Item], columns: int) -> list[Row]:
    """What was printed as rows again, to be painted or compared: cells are guessed from the gaps."""
    rows: list[Row] = []
    for item in items:
        if isinstance(item, Line):
            rows.append(_printed_line(item, columns))
        elif isinstance(item, Barcode):
            rows.append(BarcodeRow(item.data, columns))
        elif isinstance(item, Cut):
            rows.append(CutRow())
    return rows


def _printed_line(line: Line, columns: int) -> Row:
    if len(line.text) == columns and set(line.text) <= {"-", "="} and line.text:
        return RuleRow(columns, line.text[0])
    across = line.size.across
    cells: list[Cell] = []
    for found in re.finditer(r"\S+(?: \S+)*", line.text):
        start, width = found.start() * across, len(found.group()) * across
        left, right = start, columns - start - width
        if found.start() > 0 and abs(left - right) <= across and not cells:
            cells.append(Cell(found.group(), 0, columns // across * across, Align.CENTRE))
        else:
            align = Align.RIGHT if cells or (left > right and left > 2) else Align.LEFT
            cells.append(Cell(found.group(), start, width, align))
    return TextRow(tuple(cells), columns, line.size, line.bold)
