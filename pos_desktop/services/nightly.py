"""The night's work: a base backup, a dump, and the proof of both; and when it is due."""

from __future__ import annotations

import subprocess
import sys
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from pos_desktop import paths
from pos_desktop.backup_settings import BaseSettings
from pos_desktop.database.base_backup import bases, keep_newest, pass_on, take_base
from pos_desktop.database.binaries import Say, binaries_of
from pos_desktop.database.dsn import as_reader
from pos_desktop.database.keeper import open_keeper
from pos_desktop.database.till import open_connection
from pos_desktop.database.wal_archive import make_archive
from pos_desktop.errors import PosError
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.restore_proof import Proof, prove_base, prove_dump

AGAIN_SECONDS = 3600.0
"""A night's work that failed is tried again after so long."""


@dataclass(frozen=True, slots=True)
class Night:
    """What is done at night: for the server at ``dsn``, to the base backups' place and the dumps' folder.

    ``dumps``: whether a dump is made too; a till that runs the server makes its own at each Z.
    """

    dsn: str
    bases: BaseSettings
    dump_folder: Path
    second_folder: Path | None
    dumps: bool


def work(night: Night, say: Say) -> list[Proof]:
    """Back up and prove, and write each proof down; what was found.

    EnvironmentProblem when a backup could not be made; what is there already is proven first then.
    """
    trouble = None
    try:
        _back_up(night, say)
    except PosError as problem:
        trouble = problem
    proofs = []
    for proof in _proofs(night, say):
        with open_keeper(night.dsn) as keeper:
            keeper.proved(proof.row())
        say(in_words(proof))
        proofs.append(proof)
    if trouble is not None:
        raise trouble
    return proofs


def in_words(proof: Proof) -> str:
    """One line about a proof."""
    if proof.finding:
        return f"{proof.backup} is NOT sound: {proof.finding}"
    seconds = (proof.ended_at - proof.began_at).total_seconds()
    return (
        f"{proof.backup} restored, verified and compared with the server in {seconds:.0f} s: "
        f"{proof.documents} documents, {proof.sales} sales, total {proof.total}"
    )


def _back_up(night: Night, say: Say) -> None:
    """A dump (where one is made), then a base backup: the second is made whatever becomes of the first."""
    with open_connection(night.dsn, "pos_desktop backup") as server:
        binaries = binaries_of(server.info.server_version // 10000)
    try:
        if night.dumps:
            made = ShopBackup(binaries, as_reader(night.dsn), night.dump_folder, night.second_folder).run()
            say(f"Dumped to {made.path}")
    finally:
        if night.bases.place is not None:
            make_archive(night.bases.place, own=not night.dumps)
            base = take_base(binaries, night.dsn, night.bases.place, say)
            keep_newest(binaries, night.bases.place, night.bases.kept)
            if night.bases.copy_command:
                pass_on(night.bases.copy_command, night.bases.place, base)


def _proofs(night: Night, say: Say) -> Iterator[Proof]:
    live = as_reader(night.dsn)
    place = night.bases.place
    if place is not None and (found := bases(place)):
        yield prove_base(found[-1], place, live, say)
    dumps = sorted(night.dump_folder.glob("*.dump"), key=lambda file: file.stat().st_mtime)
    if dumps:
        yield prove_dump(dumps[-1], live, say)


# -- when, and by whom -----------------------------------------------------------------------------


def is_due(now: datetime, at: time, last: datetime | None) -> bool:
    """Whether the night's work of ``at`` (local) has not been done since it last should have begun.

    A machine that was off at that time does it when it is on again.
    """
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    begin = today if today <= now else today - timedelta(days=1)
    return last is None or last < begin


class Nightly:
    """Starts the night's work as a program of its own when it is due: neither till nor keeper waits."""

    def __init__(self, at: time, home: Path) -> None:
        self._at = at
        self._home = home
        self._child: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def look(self, last: datetime | None) -> None:
        """Start it when it is due (``last``: when it was last done, UTC) and not at work already."""
        if self._child is not None:
            if self._child.poll() is None:
                return
            self._child = None
        if clock.monotonic() < self._not_before or not is_due(datetime.now().astimezone(), self._at, last):
            return
        self._not_before = clock.monotonic() + AGAIN_SECONDS
        names = ("CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")  # Windows only
        self._child = subprocess.Popen(
            [*_own_program(), "--home", str(self._home), "backup", "nightly"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=sum(getattr(subprocess, name, 0) for name in names),
        )

    def stop(self, seconds: float) -> None:
        """End what is at work: nothing half done stays, and it is due again."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def _own_program() -> list[str]:
    """How this program is started: the bundle's executable, or Python with its package."""
    return [sys.executable] if paths.bundle_root() else [sys.executable, "-m", "pos_desktop"]
