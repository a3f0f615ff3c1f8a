"""One program for one till: a lock the system lets go of when the program dies, with the holder's name."""

from __future__ import annotations

import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from pos_desktop.journal.problems import TillInUseError

_FAR = 1 << 30
"""The locked byte lies far beyond the text: Windows locks bytes against reading, too."""


class TillLock:
    """Holds ``till.lock`` in a till's folder from construction to :meth:`release` or the program's end."""

    def __init__(self, folder: Path, *, now: datetime | None = None) -> None:
        self._path = folder / "till.lock"
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(self._fd):
            holder = _read_holder(self._path)
            os.close(self._fd)
            self._fd = -1
            raise TillInUseError("journal.in_use", **holder)
        since = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.write(self._fd, text.encode())

    def release(self) -> None:
        """Let go; harmless when done twice. The file stays: deleting it would let two holders in."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> TillLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _read_holder(path: Path) -> dict[str, str | int]:
    """Who holds it. The holder may be just writing its name, so an unreadable file is no failure."""
    try:
        read = json.loads(path.read_text("utf-8"))
        return {"pid": int(read["pid"]), "host": str(read["host"]), "since": _readable(str(read["since"]))}
    except (OSError, ValueError, KeyError, TypeError):
        return {"pid": "?", "host": "?", "since": "?"}


def _readable(since: str) -> str:
    """The time as the clock on the wall shows it."""
    return datetime.fromisoformat(since).astimezone().strftime("%Y-%m-%d %H:%M")


if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
