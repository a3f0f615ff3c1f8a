"""The settings of base backups: where they go, when the night's work begins, how many are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pos_desktop.config_file import SettingsReader

KEPT = 7
MOST_KEPT = 400

KEYS = ("base_directory", "nightly_at", "bases_kept", "copy_command")
"""Keys of the section [backup], beside the folders of dumps."""


@dataclass(frozen=True, slots=True)
class BaseSettings:
    """Base backups and the archived log lie below ``place`` (None: there are none); ``kept`` of them stay.

    ``nightly_at`` is when, by this machine's clock, the keeper backs up and proves (None: it does not).
    ``copy_command`` passes each finished backup on, {path} and {name} filled in.
    """

    place: Path | None = None
    nightly_at: time | None = None
    kept: int = KEPT
    copy_command: str = ""


def read_bases(reader: SettingsReader) -> BaseSettings:
    """The part of the section [backup] that is about base backups and the night."""
    command = reader.text("backup.copy_command", "")
    if command and "{path}" not in command:
        raise reader.wrong("backup.copy_command", command, "a command with {path} in it, for the backup")
    return BaseSettings(
        reader.path("backup.base_directory"),
        _nightly_at(reader),
        reader.between("backup.bases_kept", 1, MOST_KEPT, KEPT),
        command,
    )


def _nightly_at(reader: SettingsReader) -> time | None:
    text = reader.text("backup.nightly_at", "")
    if not text:
        return None
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    if found is None:
        raise reader.wrong("backup.nightly_at", text, "a time of day, such as 03:00")
    return time(int(found[1]), int(found[2]))
