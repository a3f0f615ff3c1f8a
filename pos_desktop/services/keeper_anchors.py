"""Chain heads outside the database: an append-only file of JSON lines, each synced."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pos_desktop.database.keeper import Head
from pos_desktop.domain.anchor import Anchor, AnchorError, read_anchors
from pos_desktop.errors import EnvironmentProblem, add_messages
from pos_desktop.paths import make_private_dir

FILE = "heads.jsonl"
EVERY = timedelta(hours=1)

add_messages(
    {
        "anchors.unwritten": (
            "The chain heads could not be written to {file} ({reason}).\n"
            "Check that disk and whose folder it is; the keeper tries again in a minute."
        ),
        "anchors.unreadable": (
            "{file} is no list of chain heads ({reason}).\n"
            "Keep a copy of it, and move it away: the keeper begins a new one."
        ),
    }
)


class AnchorFile:
    """The file of one folder; it remembers each till's last line."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._last: dict[tuple[int, int], Anchor] | None = None

    def last(self) -> dict[tuple[int, int], Anchor]:
        """The newest anchor of each (store, till). EnvironmentProblem for a file that cannot be read."""
        if self._last is None:
            self._last = self._read()
        return self._last

    def append(self, anchors: Sequence[Anchor]) -> None:
        """Write and sync lines. EnvironmentProblem when the disk does not take them; then none counts."""
        if not anchors:
            return
        known = dict(self.last())
        data = "".join(anchor.line() + "\n" for anchor in anchors).encode()
        try:
            new = not self.path.exists()
            make_private_dir(self.path.parent)
            handle = os.open(
                self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600
            )
            try:
                _write(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
            if new:
                _sync_folder(self.path.parent)
        except OSError as error:
            self._last = None  # part of a line may be there: read again, and cut it off, before the next try
            raise _trouble("anchors.unwritten", self.path, error.strerror or str(error)) from error
        known.update({(anchor.store, anchor.till): anchor for anchor in anchors})
        self._last = known

    def _read(self) -> dict[tuple[int, int], Anchor]:
        try:
            data = self.path.read_bytes()
            whole = data.rfind(b"\n") + 1
            if whole < len(data):  # a power cut in the middle of a line, which nobody was told of
                os.truncate(self.path, whole)
            found = list(read_anchors(data[:whole].decode("utf-8").splitlines()))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _trouble("anchors.unwritten", self.path, error.strerror or str(error)) from error
        except (AnchorError, UnicodeDecodeError) as problem:
            raise _trouble("anchors.unreadable", self.path, str(problem)) from problem
        return {(anchor.store, anchor.till): anchor for anchor in found}


def due(head: Head, last: Anchor | None) -> bool:
    """Whether a till's head is to be written down: it moved, and an hour passed or a shift was closed."""
    now = head.anchor
    if now.no == 0 or (
        last is not None and (last.epoch, last.no, last.head) == (now.epoch, now.no, now.head)
    ):
        return False
    return last is None or now.at - last.at >= EVERY or _closed_since(head.z_at, last.at)


def _closed_since(z_at: datetime | None, at: datetime) -> bool:
    return z_at is not None and z_at > at


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _sync_folder(folder: Path) -> None:
    """A new file's name has to be on the disk too; Windows keeps it there by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _trouble(code: str, file: Path, reason: str) -> EnvironmentProblem:
    return EnvironmentProblem(code, file=str(file), reason=reason)
