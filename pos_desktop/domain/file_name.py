"""File names out of texts that people typed: fit for every system a till or an office runs."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 150
"""Of 255 that file systems take: a folder's own limit, a number or a copy's ending come on top."""

_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\..*)?", re.I | re.DOTALL
)
_UNFIT = re.compile(r'[\s<>:"/\\|?*]+')


def file_name(text: str, suffix: str = "") -> str:
    """A name like ``text`` with ``suffix`` behind it, in one folder on Windows, macOS and Linux alike.

    Slashes, wildcards and spaces become a dash; control and invisible characters go, so do dots and dashes at
    the ends; a device's name (CON, NUL) gets an underscore; long names are cut to 150 bytes.
    """
    composed = unicodedata.normalize("NFC", _UNFIT.sub("-", text))
    kept = "".join(ch for ch in composed if unicodedata.category(ch)[0] != "C")
    stem = _ends_off(kept)
    while len((stem + suffix).encode()) > MAX_BYTES:
        stem = stem[:-1]
    stem = _ends_off(stem) or "unnamed"
    return (f"_{stem}" if _RESERVED.fullmatch(stem) else stem) + suffix


def _ends_off(text: str) -> str:
    return text.strip(". -~")


def is_file_name(name: str) -> bool:
    """Whether a file may be called so on every system; spaces inside and a leading dot are fine."""
    return (
        0 < len(name.encode("utf-8", "surrogatepass")) <= 255
        and all(unicodedata.category(ch)[0] != "C" for ch in name)
        and not re.search(r'[<>:"/\\|?*]', name)
        and name[-1] not in ". "
        and _RESERVED.fullmatch(name) is None
    )
