"""What is done to the server while tills sell: ended, killed, frozen, filled up, migrated; then mended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from pos_desktop import paths
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import Script, load_plan, migrate
from pos_desktop.errors import PosError
from tests.nemesis.model import Backup, Restore
from tests.nemesis.network import Cable
from tests.nemesis.shop import Adjustments

BALLAST = "ballast"
GIVE_UP = 60.0
_LAST = """
select distinct on (t.number) t.number, d.epoch, d.no from pos.document d join pos.till t on t.id = d.till_id
 order by t.number, d.epoch desc, d.no desc
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The till in whose sale the fault comes."""

    login: str
    folder: Path
    cable: Cable


class Striker:
    """Strikes the server, one blow at a time; :meth:`revive` is the watch a real server has beside it."""

    def __init__(self, server: EmbeddedServer, folder: Path, managers: Adjustments) -> None:
        self.server, self.folder = server, folder
        self.turn = asyncio.Lock()
        self._mending = threading.Lock()
        self.restarts = 0
        self.restores: list[Restore] = []
        self.managers = managers
        self._backup = folder / "backup" / "data"
        self._backed_up = Backup(frozenset(), {})

    async def strike(self, kind: str, size: float, target: Target) -> None:
        """Bring one fault about, and end it."""
        if kind == "till_disk_full":
            await self._full(target.folder, 0.2 + 1.8 * size)
            return
        if kind == "no_network":
            await asyncio.to_thread(target.cable.pull)
            await asyncio.sleep(0.5 + 11.5 * size**2)
            await asyncio.to_thread(target.cable.plug)
            return
        async with self.turn:
            if kind == "server_disk_full":
                await self._full(self.server.place, 1.0 + 3.0 * size)
            else:
                work: Callable[[Target, float], Any] = getattr(self, f"_{kind}")
                await asyncio.to_thread(work, target, size)

    def revive(self) -> None:
        """Start the server again if it died."""
        with self._mending, contextlib.suppress(PosError, OSError, psycopg.Error):
            if self.server.revive():
                self.restarts += 1

    def mend(self) -> None:
        """Nothing is full or stopped any more."""
        for ballast in self.folder.rglob(BALLAST):
            ballast.unlink(missing_ok=True)
        self.revive()

    # -- sessions --------------------------------------------------------------------------------

    def _owner(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A superuser's connection, as soon as the server gives one."""
        end = time.monotonic() + GIVE_UP
        while True:
            try:
                return psycopg.connect(self.server.dsn(), autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _backends(self, login: str) -> list[int]:
        with self._owner() as owner:
            rows = owner.execute("select pid from pg_stat_activity where usename = %s", [login]).fetchall()
        return [row[0] for row in rows]

    def _end_backend(self, target: Target, size: float) -> None:
        with self._owner() as owner:
            owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [target.login]
            )

    def _kill_backend(self, target: Target, size: float) -> None:
        for pid in self._backends(target.login)[:1]:
            _signal(pid, signal.SIGKILL)

    def _freeze_backend(self, target: Target, size: float) -> None:
        pids = self._backends(target.login)
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        time.sleep(0.2 + 9.8 * size**3)
        for pid in pids:
            _signal(pid, signal.SIGCONT)

    # -- the whole server ------------------------------------------------------------------------

    def _kill_server(self, target: Target, size: float) -> None:
        self._stop(signal.SIGKILL)

    def _stop_fast(self, target: Target, size: float) -> None:
        self._stop(signal.SIGINT)

    def _stop_immediate(self, target: Target, size: float) -> None:
        self._stop(signal.SIGQUIT)

    def _stop(self, how: signal.Signals) -> None:
        with self._mending:
            pid = self.server.pid
            if pid is None:
                return
            _signal(pid, how)
            end = time.monotonic() + GIVE_UP
            while self.server.running() and time.monotonic() < end:
                time.sleep(0.02)
        self.revive()

    # -- backups ---------------------------------------------------------------------------------

    def _back_up(self, target: Target, size: float) -> None:
        self._backed_up = self._what_is_there()
        with self._stopped():
            shutil.rmtree(self._backup, ignore_errors=True)
            _copy(self.server.data, self._backup)
            self.managers.backed_up()

    def _restore(self, target: Target, size: float) -> None:
        """Yesterday's state, today's tills: what they have and it has not goes to it by itself."""
        if not self._backup.exists():
            self._back_up(target, size)
            return
        with self._stopped():
            self.restores.append(Restore(self._backed_up, time.time_ns() // 1_000_000))
            shutil.rmtree(self.server.data)
            _copy(self._backup, self.server.data)
            self.managers.restored()

    def _what_is_there(self) -> Backup:
        end = time.monotonic() + GIVE_UP
        while True:
            try:
                with self._owner() as owner:
                    parked = owner.execute("select sale_id::text from pos.held_sale").fetchall()
                    last = owner.execute(_LAST).fetchall()
                return Backup(frozenset(row[0] for row in parked), {t: (e, no) for t, e, no in last})
            except psycopg.Error:  # it may be starting after the blow before
                if time.monotonic() > end:
                    raise

    @contextlib.contextmanager
    def _stopped(self) -> Iterator[None]:
        """The server ended in order, and nobody starts it meanwhile."""
        with self._mending:
            while (pid := self.server.pid) is not None and self.server.running():
                _signal(pid, signal.SIGINT)
                time.sleep(0.05)
            yield
        self.revive()

    # -- disks -----------------------------------------------------------------------------------

    async def _full(self, place: Path, seconds: float) -> None:
        """Fill the small disk that the folder is on; a file that is taken away again, as an admin would."""
        ballast = place / BALLAST
        await asyncio.to_thread(_fill, ballast)
        await asyncio.sleep(seconds)
        ballast.unlink(missing_ok=True)

    # -- migration -------------------------------------------------------------------------------

    def _new_functions(self, target: Target, size: float) -> None:
        """Every function is made again, as by a program whose functions all differ."""
        self._migrate(lambda owner: owner.execute("update pos_meta.function_file set checksum = ''"))

    def _new_step(self, target: Target, size: float) -> None:
        """A step that alters tables every sale uses, by the program's own migration.

        It is forgotten afterwards, because a till refuses a database newer than itself, as it must.
        """
        plan = load_plan(paths.migrations_dir())
        text = "".join(
            f"alter table pos.{table} add column nemesis int; alter table pos.{table} drop column nemesis;"
            for table in ("item", "stock", "sale", "held_sale")
        )
        step = Script(
            plan.version + 1, f"{plan.version + 1:04d}_try_tables", f"set lock_timeout = '2s';{text}"
        )
        end = time.monotonic() + GIVE_UP
        while time.monotonic() < end:
            try:
                migrate(self.server.dsn(), replace(plan, steps=(*plan.steps, step)))
            except PosError:
                time.sleep(0.1)
                continue
            with self._owner() as owner:
                owner.execute("delete from pos_meta.schema_migration where number = %s", [step.number])
            return

    def _migrate(self, before: Callable[[psycopg.Connection[tuple[Any, ...]]], Any]) -> None:
        end = time.monotonic() + GIVE_UP
        while time.monotonic() < end:
            with contextlib.suppress(PosError, psycopg.Error):
                with self._owner() as owner:
                    before(owner)
                migrate(self.server.dsn(), load_plan(paths.migrations_dir()))
                return
            time.sleep(0.1)


def _copy(data: Path, to: Path) -> None:
    """A whole cluster with its owners and modes."""
    subprocess.run(["cp", "-a", str(data), str(to)], check=True)


def _signal(pid: int, which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, which)


def _fill(ballast: Path) -> None:
    """Take all the room there is."""
    fd = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for part in (1 << 26, 1 << 22, 1 << 16, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    os.posix_fallocate(fd, os.fstat(fd).st_size, part)
    finally:
        os.close(fd)
