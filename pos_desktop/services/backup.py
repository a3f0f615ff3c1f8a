"""The copy of the shop's own server made at each Z: on this disk, and on one of the shop's choice."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop.database.binaries import Binaries
from pos_desktop.database.dump import dump_database
from pos_desktop.errors import EnvironmentProblem, add_messages
from pos_desktop.paths import make_private_dir

KEPT = 35
"""Dumps kept in each folder: as many days as a till keeps its acknowledged documents."""

add_messages(
    {
        "backup.no_copy": (
            "The day's copy is on this disk only: {folder} cannot be written ({reason}).\n"
            "Check that disk. The next Z copies again; call IT if it stays away."
        ),
        "backup.no_folder": (
            "The day's copy could not be made: {folder} cannot be written ({reason}).\n"
            "The Z is safe in the database. Free some disk space."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A dump that pg_restore can read: the file, its size in bytes, and its copy on the second disk."""

    path: Path
    size: int
    copy: Path | None


@dataclass(frozen=True, slots=True)
class ShopBackup:
    """Dumps the embedded server at ``dsn`` (its owner's login) into ``folder``, then copies to ``second``."""

    binaries: Binaries
    dsn: str
    folder: Path
    second: Path | None

    def run(self) -> BackupMade:
        """Make today's dump. EnvironmentProblem when it, or its copy, cannot be written."""
        name = f"pos-{datetime.now(UTC):%Y%m%d-%H%M%S}.dump"
        try:
            folder = make_private_dir(self.folder)
        except OSError as error:
            raise _trouble("backup.no_folder", self.folder, error) from error
        fresh = folder / f"{name}.part"
        try:
            dump_database(self.binaries, self.dsn, fresh)
            path = _finish(fresh)
        except OSError as error:
            raise _trouble("backup.no_folder", folder, error) from error
        finally:
            fresh.unlink(missing_ok=True)
        _prune(folder)
        return BackupMade(path, path.stat().st_size, self._copy(path))

    def _copy(self, path: Path) -> Path | None:
        if self.second is None:
            return None
        fresh = self.second / f"{path.name}.part"
        try:
            make_private_dir(self.second)
            shutil.copyfile(path, fresh)
            copied = _finish(fresh)
            _prune(self.second)
        except OSError as error:
            raise _trouble("backup.no_copy", self.second, error) from error
        return copied


def _finish(fresh: Path) -> Path:
    """On the disk first, then under its name: a file called .dump is whole."""
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    return fresh.rename(fresh.with_suffix(""))


def _prune(folder: Path) -> None:
    for old in sorted(folder.glob("pos-*.dump"))[:-KEPT]:
        old.unlink()


def _trouble(code: str, folder: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(code, folder=str(folder), reason=error.strerror or str(error))
