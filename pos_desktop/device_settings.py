"""The settings of what hangs on a till beside the printer: scale, scanner, display, drawer, sound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pos_desktop.config_file import SettingsReader

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


def read_drawer(reader: SettingsReader) -> DrawerSettings:
    """Section [drawer]."""
    kinds = reader.get("drawer.opens_for", list(IN_THE_DRAWER))
    if not isinstance(kinds, list) or any(kind not in TENDER_KINDS for kind in kinds):
        raise reader.wrong("drawer.opens_for", kinds, f"a list of {', '.join(TENDER_KINDS)}")
    return DrawerSettings(
        reader.flag("drawer.connected", True),
        reader.number("drawer.pin", (2, 5), 2),
        tuple(kinds),
        reader.choice("drawer.sensor", SENSORS, "none"),
        reader.between("drawer.open_seconds", 5, 600, OPEN_SECONDS),
    )


def read_scale(reader: SettingsReader) -> ScaleSettings:
    """Section [scale]."""
    return ScaleSettings(
        _port(reader, "scale.port", ""),
        reader.number("scale.baud", SPEEDS, 9600),
        reader.choice("scale.framing", FRAMINGS, "7E1"),
    )


def read_scanner(reader: SettingsReader) -> ScannerSettings:
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
        reader.between("scanner.gap_ms", 10, 200, 50),
        reader.between("scanner.double_ms", 0, 2000, 150),
    )


def read_display(reader: SettingsReader) -> DisplaySettings:
    """Section [display]."""
    return DisplaySettings(
        reader.choice("display.kind", DISPLAY_KINDS, "none"),
        reader.between("display.screen", 1, 9, 2),
        reader.text("display.words", "Welcome"),
        reader.path("display.picture"),
    )


def read_volume(reader: SettingsReader) -> int:
    """Section [sound]: 0 is silent, 100 as loud as the machine is set."""
    return reader.between("sound.volume", 0, 100, VOLUME)


def _port(reader: SettingsReader, key: str, default: str) -> str:
    port = reader.text(key, default)
    if port and not re.fullmatch(r"(COM\d{1,3}|/dev/\S+|(socket|rfc2217)://\S+:\d{1,5})", port):
        raise reader.wrong(key, port, "a port, such as COM3, /dev/ttyUSB0 or socket://192.168.1.70:4001")
    return port


def _affix(reader: SettingsReader, key: str) -> str:
    text = reader.text(key, "")
    if len(text) > 8 or not text.isprintable():
        raise reader.wrong(key, text, "up to 8 characters that can be printed")
    return text
