"""The archive of the server's log (WAL): what a server needs to keep one, and how it is read and cleared.

PostgreSQL's own module basic_archive does the copying: to a temporary name, synced, renamed, and never over
a file of that name with other bytes. It runs inside the server, the same on every system.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pos_desktop.database.binaries import Binaries
from pos_desktop.database.dump import environment, run_program
from pos_desktop.database.server_process import RUN_AS, give_to_server
from pos_desktop.errors import EnvironmentProblem, add_messages
from pos_desktop.paths import is_root

BASES, WAL = "base", "wal"
"""Below the backup folder: base backups, and the log that goes on from them."""

TIMEOUT = "5min"
"""So long at most a finished sale waits for its piece of log to be full: it is archived then as it is."""

LIBRARY = "basic_archive"
LEFTOVER_SECONDS = 86_400

add_messages(
    {
        "archive.no_folder": (
            "The folder {folder} for base backups cannot be used ({reason}).\n"
            "Make it on another disk than the shop's, or correct backup.base_directory in till.toml."
        ),
        "archive.not_cleared": (
            "Old log in {path} could not be cleared away.\nPostgreSQL said: {reason}. Check that disk."
        ),
    }
)


def archive_settings(wal: Path | str) -> dict[str, str]:
    """What a server that archives its log into ``wal`` has to be set to; archive_mode takes a restart."""
    return {
        "archive_mode": "on",
        "archive_command": "",
        "archive_library": LIBRARY,
        "basic_archive.archive_directory": str(wal),
        "archive_timeout": TIMEOUT,
    }


def make_archive(folder: Path, *, own: bool) -> Path:
    """Make the folder of bases below ``folder``, which has to be there, and the ``own`` server's of log.

    The log's folder, returned, belongs to the server that writes into it: another one's is made by its hand.
    EnvironmentProblem ``archive.no_folder``: a disk that is not mounted is missed, not written beside.
    """
    try:
        if not folder.is_dir():
            raise FileNotFoundError("no such folder")
        (folder / BASES).mkdir(mode=0o700, exist_ok=True)
        if own and not (folder / WAL).is_dir():
            (folder / WAL).mkdir(mode=0o700)
            give_to_server(folder / WAL, 0o700)
        if own and is_root() and not all(one.stat().st_mode & 0o001 for one in (folder / WAL).parents):
            raise PermissionError(f"the server runs as {RUN_AS}, who cannot pass through to it")
    except OSError as error:
        raise EnvironmentProblem(
            "archive.no_folder", folder=str(folder), reason=error.strerror or str(error)
        ) from error
    return folder / WAL


def restore_command(sources: Sequence[Path]) -> str:
    """How a server fetches a piece of log, from the first of these folders that has it."""
    if sys.platform == "win32":
        return " || ".join(f'copy "{_escaped(source)}\\%f" "%p"' for source in sources)
    return " || ".join(f'cp {shlex.quote(_escaped(source))}/%f "%p"' for source in sources)


def _escaped(folder: Path) -> str:
    """PostgreSQL reads % as the beginning of a name for it to fill in."""
    return str(folder).replace("%", "%%")


def clear_before(binaries: Binaries, wal: Path, first_needed: str) -> None:
    """Delete the log before the piece ``first_needed``, and what a crash left half copied a day ago."""
    command = [binaries.program("pg_archivecleanup"), str(wal), first_needed]
    run_program(command, wal, environment(), "archive.not_cleared")
    for leftover in wal.glob("archtemp.*"):
        with contextlib.suppress(OSError):
            if leftover.stat().st_mtime < time.time() - LEFTOVER_SECONDS:
                leftover.unlink()


def newest_line(wal: Path) -> tuple[int, dict[int, int]]:
    """The newest timeline, and where it left those it comes from: timeline to the position it ended at.

    A server that was restored goes on in a timeline of its own; what an older one did after that is history
    that did not happen. While nothing was ever restored: the first, and no other.
    """
    found = sorted(wal.glob("[0-9A-F]" * 8 + ".history"))
    if not found:
        return 1, {}
    text = found[-1].read_text(encoding="utf-8", errors="replace")
    rows = re.findall(r"^(\d+)\t([0-9A-F]+)/([0-9A-F]+)", text, re.MULTILINE)
    ends = {int(line): position(f"{high}/{low}") for line, high, low in rows}
    return int(found[-1].stem, 16), ends


def position(lsn: str) -> int:
    """A place in the log, written as 1/2A000028, in bytes."""
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def quoted(value: str) -> str:
    """A text as a file of PostgreSQL's settings takes it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
