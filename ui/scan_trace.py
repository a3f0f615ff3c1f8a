"""What a scanner really sent and what the filter made of it, for the set-up page, with advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from pos_desktop.words import t

if TYPE_CHECKING:
    from ui.scan_input import ScanSettings

Made = Literal["scan", "double", "unreadable", "typing"]
ENDINGS = ("Enter", "Tab")
MAX_CODE = 128
"""No code of goods is longer (characters)."""


@dataclass(frozen=True, slots=True)
class SeenKey:
    """One key as it came in: its name, its character, and the milliseconds since the key before."""

    name: str
    text: str
    gap_ms: int


@dataclass(frozen=True, slots=True)
class Trace:
    """One burst: its keys (or, from a serial port, its bytes), what it was taken for, the code made of it."""

    keys: tuple[SeenKey, ...]
    made: Made
    code: str = ""
    raw: bytes = b""

    @property
    def text(self) -> str:
        """The characters, without what ended them."""
        return "".join(key.text for key in self.keys if key.name not in ENDINGS)

    @property
    def ending(self) -> str:
        """The key that ended it, or empty."""
        return self.keys[-1].name if self.keys and self.keys[-1].name in ENDINGS else ""

    @property
    def longest_gap(self) -> int:
        """The longest time between two keys, milliseconds."""
        return max((key.gap_ms for key in self.keys), default=0)


def seen_keys(events: list[QKeyEvent]) -> tuple[SeenKey, ...]:
    """The presses among ``events``, named, each with its distance to the one before."""
    keys: list[SeenKey] = []
    before: int | None = None
    for event in events:
        if event.type() != QEvent.Type.KeyPress:
            continue
        gap = 0 if before is None else event.timestamp() - before
        before = event.timestamp()
        keys.append(SeenKey(name_of(event), event.text() if event.text().isprintable() else "", gap))
    return tuple(keys)


def name_of(event: QKeyEvent) -> str:
    """``5``, ``Enter``, ``Ctrl+J``, ``Shift``."""
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return "Enter"
    if event.text() and event.text().isprintable():
        return event.text()
    return QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText) or "?"


def around(text: str, code: str) -> tuple[str, str] | None:
    """What stands before and behind ``code`` in ``text``: prefix and suffix; None when it is not in it."""
    before, found, behind = text.partition(code)
    return (before, behind) if found else None


def advice(trace: Trace, settings: ScanSettings) -> str:
    """What to change when a scan was not taken for one; empty when all is well."""
    if trace.made in ("scan", "double"):
        return ""
    if trace.raw:
        return _about_bytes(trace)
    if trace.longest_gap > settings.max_gap_ms:
        return t(
            "Two keys lie {gap} ms apart, and {most} is the most. Set the scanner "
            "to send without pauses, or scanner.gap_ms higher.",
            gap=trace.longest_gap,
            most=settings.max_gap_ms,
        )
    if not trace.ending:
        return t("It does not end in Enter or Tab. Have the scanner send one after each code.")
    if any("+" in key.name and len(key.name) > 1 for key in trace.keys):
        return t(
            "There is a key combination in it. Scan the code again; if it stays, it is no code of goods."
        )
    if len(trace.text) < settings.min_length and not settings.prefix:
        return t(
            "Codes under {least} characters pass for typing. Give the scanner a prefix.",
            least=settings.min_length,
        )
    return t("It could not be read as a code. Scan it again.")


def _about_bytes(trace: Trace) -> str:
    if len(trace.raw) > MAX_CODE:
        return t("That is more than {n} characters. Have the scanner send Enter after each code.", n=MAX_CODE)
    if any(byte < 0x20 and byte != 0x1D for byte in trace.raw):
        return t("There are control characters in it. Check speed and parity, or leave that code out.")
    return t("Its ending never came. Have the scanner send Enter after each code.")
