"""Copies a whole running server with pg_basebackup, checks the copy, and keeps the newest of them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop.database.binaries import Binaries, Say
from pos_desktop.database.dump import environment, run_program, without_password
from pos_desktop.database.till import Connection, open_connection
from pos_desktop.database.wal_archive import BASES, WAL, clear_before, newest_line, position
from pos_desktop.errors import EnvironmentProblem, add_messages

add_messages(
    {
        "base.failed": (
            "The server could not be copied to {path}: {reason}.\n"
            "If its login may not copy a server, run pos-desktop keeper add --backups."
        ),
        "base.damaged": (
            "The base backup {path} is not whole.\nPostgreSQL said: {reason}. Use the one before it."
        ),
        "base.not_passed_on": (
            "The base backup {path} was made, but backup.copy_command could not pass it on.\n"
            "It said: {reason}."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Base:
    """A whole copy of a server. ``ended_at`` (UTC, the server's clock): it can be restored to any time since.

    ``wal`` is the first piece of log it needs, ``stop`` where in the log it is whole, ``timeline`` which
    of the server's lives it is of; ``major`` the PostgreSQL that can run it; ``size`` in bytes.
    """

    name: str
    ended_at: datetime
    timeline: int
    wal: str
    stop: str
    major: int
    size: int

    def folder(self, place: Path) -> Path:
        """Where it lies below the backup folder."""
        return place / BASES / self.name


def take_base(binaries: Binaries, dsn: str, place: Path, say: Say = lambda _: None) -> Base:
    """Copy the server at ``dsn`` below ``place``, and check every file against the copy's own list.

    It gets its name only when it is whole. EnvironmentProblem ``base.failed`` or
    ``base.damaged``; nothing of a copy that failed stays.
    """
    with open_connection(dsn, "pos_desktop backup") as server:
        row = server.execute("select to_char(now() at time zone 'UTC', 'YYYYMMDD-HH24MISS')").fetchone()
        major = server.info.server_version // 10000
    assert row is not None
    target = place / BASES / f"base-{row[0]}"
    fresh = target.with_suffix(".part")
    for half in (place / BASES).glob("base-*.part"):  # of one that was killed
        shutil.rmtree(half)
    try:
        say(f"Copying the server to {target}")
        with without_password(dsn) as (address, secret):
            command = [binaries.program("pg_basebackup"), "-d", address, "-D", str(fresh), "-X", "stream"]
            command += ["-c", "fast", "--manifest-checksums=SHA256"]
            run_program(command, target, secret, "base.failed")
        check_base(binaries, fresh, major)
        with open_connection(dsn, "pos_desktop backup") as server:
            base = _described(server, target.name, fresh, major)
        _write_note(place, base)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return base


def check_base(binaries: Binaries, folder: Path, major: int) -> None:
    """Every file against the sums made with the copy; EnvironmentProblem ``base.damaged`` names the first."""
    command = [binaries.program("pg_verifybackup"), "-q", "-e", str(folder)]
    if major != binaries.major:  # its log can only be read by the version that wrote it; recovery does
        command.insert(1, "--no-parse-wal")
    run_program(command, folder, environment(), "base.damaged")


def bases(place: Path) -> list[Base]:
    """The whole base backups below ``place``, oldest first; a note that cannot be read is none."""
    found = []
    for note in (place / BASES).glob("*.json"):
        try:
            fields = json.loads(note.read_text(encoding="utf-8"))
            base = Base(**{**fields, "ended_at": datetime.fromisoformat(fields["ended_at"])})
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if base.folder(place).is_dir():
            found.append(base)
    return sorted(found, key=lambda base: (base.ended_at, base.name))


def usable(place: Path) -> list[Base]:
    """The base backups of the history that happened: none that a restored server left behind it."""
    newest, ended = newest_line(place / WAL)
    return [
        base
        for base in bases(place)
        if base.timeline >= newest or position(base.stop) <= ended.get(base.timeline, -1)
    ]


def keep_newest(binaries: Binaries, place: Path, keep: int) -> list[Base]:
    """Delete all but the newest ``keep`` bases, and the log that none of those needs; what was deleted."""
    found = bases(place)
    gone, kept = found[:-keep], found[-keep:]
    for base in gone:
        _note(place, base).unlink()
        shutil.rmtree(base.folder(place))
    if kept and (place / WAL).is_dir():
        clear_before(binaries, place / WAL, min((base.wal for base in kept), key=lambda name: name[8:]))
    return gone


def pass_on(command: str, place: Path, base: Base) -> None:
    """Hand a base to any command, {path} and {name} filled in. EnvironmentProblem ``base.not_passed_on``."""
    folder = base.folder(place)
    run_program(
        _words(command, path=str(folder), name=base.name), folder, environment(), "base.not_passed_on"
    )


def _words(command: str, **values: str) -> list[str]:
    """A command line as words, filled in after it was split: a path with a space stays one word."""
    parts: Sequence[str] = shlex.split(command, posix=sys.platform != "win32")
    return [part.format(**values) for part in parts]


def _described(server: Connection, name: str, folder: Path, major: int) -> Base:
    label = (folder / "backup_label").read_text(encoding="utf-8")
    start = re.search(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", label, re.MULTILINE)
    line = re.search(r"^START TIMELINE: (\d+)", label, re.MULTILINE)
    row = server.execute("select clock_timestamp()").fetchone()
    if start is None or line is None or row is None:
        raise EnvironmentProblem("base.damaged", path=str(folder), reason="it has no label")
    ranges = json.loads((folder / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"]
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Base(name, row[0].astimezone(UTC), int(line[1]), start[1], str(ranges[-1]["End-LSN"]), major, size)


def _note(place: Path, base: Base) -> Path:
    return place / BASES / f"{base.name}.json"


def _write_note(place: Path, base: Base) -> None:
    note = _note(place, base)
    fresh = note.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({**asdict(base), "ended_at": base.ended_at.isoformat()}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(note)
