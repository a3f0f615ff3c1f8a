"""Whether this till can record: room on the disk, and a probe that is really written and synced."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from pos_desktop.journal.problems import CannotWrite

MIN_FREE = 16 * 1024 * 1024
"""Bytes that must be free before a tender opens: thousands of documents, and SQLite's own working room."""
PROBE = 64 * 1024

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


def check_disk(folder: Path, *, min_free: int = MIN_FREE) -> None:
    """Raise CannotWrite, with words, unless ``folder`` takes and keeps a synced probe file."""
    probe = folder / "probe.tmp"
    try:
        if shutil.disk_usage(folder).free < min_free:
            raise CannotWrite("journal.disk_full")
        try:
            _write_synced(probe)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as problem:
        raise _named(problem) from problem


def _write_synced(probe: Path) -> None:
    with probe.open("wb") as file:
        file.write(b"\0" * PROBE)
        file.flush()
        os.fsync(file.fileno())


def _named(problem: OSError) -> CannotWrite:
    if problem.errno in _FULL:
        return CannotWrite("journal.disk_full")
    if problem.errno in _READ_ONLY:
        return CannotWrite("journal.read_only")
    return CannotWrite("journal.failed", reason=problem.strerror or "unknown")
