"""The one way text is painted: it wraps, then shrinks, and tells a listening test what did not fit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from ui.fonts import FontSpec

# What the shrinking goes through before text counts as not fitting; the floor is 70 % of the design size.
_STEPS = (1.0, 0.92, 0.85, 0.78, 0.7)
_ELLIPSIS = "…"
_SLACK = 0.5


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text laid out: its lines, the font after shrinking, its size, and whether anything was lost."""

    lines: tuple[str, ...]
    spec: FontSpec
    width: float
    height: float
    clipped: bool


@dataclass(frozen=True, slots=True)
class PaintedText:
    """One text as it reached the screen, for tests: where, at what size, and whether all of it showed."""

    text: str
    rect: tuple[float, float, float, float]
    px: float
    lines: int
    clipped: bool


@dataclass(slots=True)
class TextLog:
    """Everything painted while record_text() was open."""

    painted: list[PaintedText] = field(default_factory=list)

    @property
    def clipped(self) -> list[PaintedText]:
        """The texts of which a part did not show."""
        return [entry for entry in self.painted if entry.clipped]

    @property
    def texts(self) -> set[str]:
        """All texts seen."""
        return {entry.text for entry in self.painted}


_logs: list[TextLog] = []


@contextmanager
def record_text() -> Iterator[TextLog]:
    """Collect every text painted inside the block; the log's ``clipped`` must be empty on a good screen."""
    log = TextLog()
    _logs.append(log)
    try:
        yield log
    finally:
        _logs.remove(log)


def _wrap(text: str, spec: FontSpec, width: float) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            trial = f"{line} {word}" if line else word
            if not line or spec.width(trial) <= width:
                line = trial
            else:
                lines.append(line)
                line = word
        lines.append(line)
    return lines


def _break_words(text: str, spec: FontSpec, width: float) -> list[str]:
    lines: list[str] = []
    for line in _wrap(text, spec, width):
        rest = line
        while spec.width(rest) > width and len(rest) > 1:
            cut = len(rest) - 1
            while cut > 1 and spec.width(rest[:cut]) > width:
                cut -= 1
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines


def _measure(lines: list[str], spec: FontSpec) -> tuple[float, float]:
    return max((spec.width(line) for line in lines), default=0.0), spec.line_height * len(lines)


@lru_cache(maxsize=4096)
def fit(text: str, spec: FontSpec, width: float, height: float, max_lines: int) -> Fitted:
    """Lay ``text`` out in a box: wrap up to ``max_lines``, then shrink, at last break words; else clipped."""
    for breaker in (_wrap, _break_words):
        for step in _STEPS:
            trial = spec if step == 1.0 else spec.scaled(step)
            lines = breaker(text, trial, width)
            wide, tall = _measure(lines, trial)
            if len(lines) <= max_lines and wide <= width + _SLACK and tall <= height + _SLACK:
                return Fitted(tuple(lines), trial, wide, tall, clipped=False)
        if max_lines == 1:
            break
    return _elided(text, spec.scaled(_STEPS[-1]), width, height, max_lines)


def _elided(text: str, spec: FontSpec, width: float, height: float, max_lines: int) -> Fitted:
    room = max(1, min(max_lines, int((height + _SLACK) // spec.line_height)))
    lines = _break_words(text, spec, width) if room > 1 else [text]
    shown = lines[:room]
    if len(lines) > room or spec.width(shown[-1]) > width:
        last = shown[-1]
        while last and spec.width(last + _ELLIPSIS) > width:
            last = last[:-1]
        shown[-1] = last + _ELLIPSIS
    wide, tall = _measure(shown, spec)
    return Fitted(tuple(shown), spec, wide, tall, clipped=True)


@lru_cache(maxsize=4096)
def height_for(text: str, spec: FontSpec, width: float, max_lines: int = 6) -> int:
    """The height ``text`` takes at full size when wrapped to ``width``, without shrinking."""
    lines = _wrap(text, spec, width)
    if any(spec.width(line) > width for line in lines):
        lines = _break_words(text, spec, width)
    return math.ceil(spec.line_height * min(len(lines), max_lines))


def fit_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    spec: FontSpec,
    colour: QColor,
    *,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    valign: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter,
    max_lines: int = 1,
    inside: bool = True,
) -> QRectF:
    """Paint ``text`` inside ``rect`` so that all of it shows; returns the rectangle really used.

    ``inside`` counts text as clipped, too, when it leaves the painted widget; rows of a view say False.
    """
    fitted = fit(text, spec, rect.width(), rect.height(), max_lines)
    painter.setFont(fitted.spec.font)
    painter.setPen(colour)
    top = _top(rect, fitted.height, valign)
    used = QRectF(_line_x(rect, fitted.width, align), top, fitted.width, fitted.height)
    metrics = fitted.spec.metrics
    drop = (fitted.spec.line_height - (metrics.ascent() + metrics.descent())) / 2 + metrics.ascent()
    for number, line in enumerate(fitted.lines):
        x = _line_x(rect, fitted.spec.width(line), align)
        painter.drawText(QPointF(x, used.top() + number * fitted.spec.line_height + drop), line)
    _record(painter, text, used, fitted, inside)
    return used


def _top(rect: QRectF, height: float, valign: Qt.AlignmentFlag) -> float:
    free = rect.height() - height
    if valign == Qt.AlignmentFlag.AlignTop:
        return rect.top()
    return rect.top() + (free / 2 if valign == Qt.AlignmentFlag.AlignVCenter else free)


def _line_x(rect: QRectF, width: float, align: Qt.AlignmentFlag) -> float:
    if align == Qt.AlignmentFlag.AlignRight:
        return rect.right() - width
    if align == Qt.AlignmentFlag.AlignHCenter:
        return rect.left() + (rect.width() - width) / 2
    return rect.left()


def _record(painter: QPainter, text: str, used: QRectF, fitted: Fitted, inside: bool) -> None:
    if not _logs:
        return
    widget = QRectF(painter.viewport()).adjusted(-1, -1, 1, 1)
    outside = inside and bool(text.strip()) and not widget.contains(used)
    entry = PaintedText(
        text,
        (used.x(), used.y(), used.width(), used.height()),
        fitted.spec.px,
        len(fitted.lines),
        fitted.clipped or outside,
    )
    for log in _logs:
        log.painted.append(entry)
