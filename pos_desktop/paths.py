"""The one place that knows where the program's own data and the shop's data lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

APP = "pos_desktop"
HOME_VARIABLE = "POS_DESKTOP_HOME"


def bundle_root() -> Path | None:
    """The folder a PyInstaller bundle unpacked its data into, or None outside a bundle."""
    root = getattr(sys, "_MEIPASS", None)
    return Path(root) if root else None


def _data_roots() -> list[Path]:
    checkout = Path(__file__).resolve().parent.parent
    bundle = bundle_root()
    installed = Path(sys.prefix) / "share" / APP
    return [bundle] if bundle else [checkout, installed]


def _data_dir(name: str) -> Path:
    tried = [root / name for root in _data_roots()]
    for folder in tried:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"{name}/ is missing from this installation; looked in {', '.join(map(str, tried))}"
    )


def resources_dir() -> Path:
    """Icons, fonts, styles, sounds, translations and the demo shop's data files."""
    return _data_dir("resources")


def migrations_dir() -> Path:
    """The database's versioned steps and, below it in ``functions``, one file per server function."""
    return _data_dir("migrations")


def home_dir(override: Path | str | None = None) -> Path:
    """The shop's data on this machine: settings, journal, embedded server, logs.

    ``override`` (the command line's ``--home``) wins over the environment, which wins over the
    platform's own place for a user's data. The folder is not created here.
    """
    chosen = override or os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().resolve()
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def make_private_dir(folder: Path) -> Path:
    """Create ``folder`` for this user only and return it.

    Root leaves the right to pass through (not to list): the embedded server runs as another user there.
    """
    mode = 0o711 if is_root() else 0o700
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    return folder


def is_root() -> bool:
    """Whether this process is the superuser of a POSIX system (never on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
