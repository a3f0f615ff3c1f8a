"""The settings of what hangs on a till beside the printer: scale, scanner, display, drawer, sound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

FRAMINGS = ("7E1", "7O1", "7N2", "8N1", "8E1", "8O1")
SPEEDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
SCANNER_KINDS = ("keyboard", "serial")
DISPLAY_KINDS = ("none", "screen", "window")
SENSORS = ("none", "high", "low")
TENDER_KINDS = (
    "cash", "card", "gift_card", "store_credit", "voucher", "cheque", "mobile", "account", "points",
)  # fmt: skip
IN_THE_DRAWER = ("cash", "cheque", "voucher")
VOLUME = 70
OPEN_SECONDS = 30

KEYS: dict[str, tuple[str, ...]] = {
    "drawer": ("connected", "pin", "opens_for", "sensor", "open_seconds"),
    "scale": ("port", "baud", "framing"),
    "scanner": ("kind", "port", "baud", "framing", "prefix", "suffix", "gap_ms", "double_ms"),
    "display": ("kind", "screen", "words", "picture"),
    "sound": ("volume",),
}
"""Section of till.toml -> its keys, as far as they are about devices."""


class Reader(Protocol):
    """What is asked of the reader of till.toml."""

    def get(self, key: str) -> Any:
        """The value as it stands, or None."""

    def wrong(self, key: str, value: object, wanted: str) -> Exception:
        """The sentence about a value that cannot be used."""

    def text(self, key: str, default: str) -> str:
        """A text."""

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""

    def number(self, key: str, allowed: tuple[int, ...], default: int) -> int:
        """One of a few numbers."""

    def path(self, key: str, base: Path) -> Path | None:
        """A path."""


@dataclass(frozen=True, slots=True)
class DrawerSettings:
    """Whether a drawer hangs on the printer, on which of its two pins, and which payments open it.

    ``sensor`` is the level of pin 3 that means open ("none": the drawer has no switch); after
    ``open_seconds`` an open one is spoken of.
    """

    connected: bool
    pin: int
    opens_for: tuple[str, ...] = IN_THE_DRAWER
    sensor: str = "none"
    open_seconds: int = OPEN_SECONDS


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """Where the scale is; an empty ``port`` means that there is none."""

    port: str = ""
    baud: int = 9600
    framing: str = "7E1"


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """How the scanner sends: as a keyboard or over a port, with which prefix and suffix around each code."""

    kind: str = "keyboard"
    port: str = ""
    baud: int = 9600
    framing: str = "8N1"
    prefix: str = ""
    suffix: str = ""
    gap_ms: int = 50
    double_ms: int = 150


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """The customer's display: a screen by its number, a plain window, or none; and what an idle one shows."""

    kind: str = "none"
    screen: int = 2
    words: str = ""
    picture: Path | None = None


def read_drawer(reader: Reader) -> DrawerSettings:
    """Section [drawer]."""
    kinds = reader.get("drawer.opens_for")
    if kinds is None:
        kinds = list(IN_THE_DRAWER)
    if not isinstance(kinds, list) or any(kind not in TENDER_KINDS for kind in kinds):
        raise reader.wrong("drawer.opens_for", kinds, f"a list of {', '.join(TENDER_KINDS)}")
    return DrawerSettings(
        reader.flag("drawer.connected", True),
        reader.number("drawer.pin", (2, 5), 2),
        tuple(kinds),
        reader.choice("drawer.sensor", SENSORS, "none"),
        _between(reader, "drawer.open_seconds", 5, 600, OPEN_SECONDS),
    )


def read_scale(reader: Reader) -> ScaleSettings:
    """Section [scale]."""
    return ScaleSettings(
        _port(reader, "scale.port", ""),
        reader.number("scale.baud", SPEEDS, 9600),
        reader.choice("scale.framing", FRAMINGS, "7E1"),
    )


def read_scanner(reader: Reader) -> ScannerSettings:
    """Section [scanner]."""
    kind = reader.choice("scanner.kind", SCANNER_KINDS, "keyboard")
    port = _port(reader, "scanner.port", "")
    if (kind == "serial") != bool(port):
        wanted = (
            "a port, since the scanner is a serial one" if kind == "serial" else "left out: it is a keyboard"
        )
        raise reader.wrong("scanner.port", port, wanted)
    return ScannerSettings(
        kind,
        port,
        reader.number("scanner.baud", SPEEDS, 9600),
        reader.choice("scanner.framing", FRAMINGS, "8N1"),
        _affix(reader, "scanner.prefix"),
        _affix(reader, "scanner.suffix"),
        _between(reader, "scanner.gap_ms", 10, 200, 50),
        _between(reader, "scanner.double_ms", 0, 2000, 150),
    )


def read_display(reader: Reader, folder: Path) -> DisplaySettings:
    """Section [display]."""
    return DisplaySettings(
        reader.choice("display.kind", DISPLAY_KINDS, "none"),
        _between(reader, "display.screen", 1, 9, 2),
        reader.text("display.words", "Welcome"),
        reader.path("display.picture", folder),
    )


def read_volume(reader: Reader) -> int:
    """Section [sound]: 0 is silent, 100 as loud as the machine is set."""
    return _between(reader, "sound.volume", 0, 100, VOLUME)


def _port(reader: Reader, key: str, default: str) -> str:
    port = reader.text(key, default)
    if port and not re.fullmatch(r"(COM\d{1,3}|/dev/\S+|(socket|rfc2217)://\S+:\d{1,5})", port):
        raise reader.wrong(key, port, "a port, such as COM3, /dev/ttyUSB0 or socket://192.168.1.70:4001")
    return port


def _affix(reader: Reader, key: str) -> str:
    text = reader.text(key, "")
    if len(text) > 8 or not text.isprintable():
        raise reader.wrong(key, text, "up to 8 characters that can be printed")
    return text


def _between(reader: Reader, key: str, least: int, most: int, default: int) -> int:
    value = reader.get(key)
    if value is None:
        return default
    if type(value) is not int or not least <= value <= most:
        raise reader.wrong(key, value, f"a number from {least} to {most}")
    return value
