"""Starts, shares, recovers and stops a PostgreSQL server of the shop's own, with no server to install.

The server runs as a child of the first program that needs it and listens on loopback only. Each
program that uses it holds a file lock; the last one to leave stops it. A program that was killed
loses its lock with its life, so the next start reuses the server it left behind, or recovers it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.database import server_process as process
from pos_desktop.database import server_settings as settings
from pos_desktop.database.binaries import SHARED_PLACE, Binaries, BinaryProvider, Say, open_binaries, passable
from pos_desktop.errors import EnvironmentProblem, UserError, add_messages

SUPERUSER = "pos"
DATABASE = "pos"
START_SECONDS = 60.0
STOP_SECONDS = 60.0

add_messages(
    {
        "embedded.not_started": "The shop's own database server did not start.\nIts log says why: {log}",
        "embedded.locked": (
            "Another program is starting or stopping the shop's server in {place}.\n"
            "Try again when it is done."
        ),
        "embedded.nameless_user": (
            "PostgreSQL needs a user with a name, and user number {uid} has none.\n"
            "Run it as an ordinary user."
        ),
        "embedded.no_room": (
            "The shop's server cannot be set up in {place} ({reason}).\n"
            "Free some disk space or give another folder with --home."
        ),
        "embedded.half": "PostgreSQL could not set up its data in {place}.\nIt said: {reason}",
        "embedded.other_version": (
            "The data in {place} belong to PostgreSQL {data}, the program brings {program}.\n"
            "Use the program version that made them, or restore a backup into a new folder."
        ),
    }
)


def place_for(home: Path, say: Say = lambda _: None) -> Path:
    """Where the server of the shop in ``home`` lives: inside it, unless the server's user cannot reach it."""
    if not paths.is_root():
        return home / "server"
    existing = next(folder for folder in (home, *home.parents) if folder.is_dir())
    if all(folder.stat().st_mode & 0o001 for folder in (existing, *existing.parents)):
        return home / "server"
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    place = SHARED_PLACE / f"server-{name}"
    say(f"{home} is closed to the server's user {process.RUN_AS!r}; its data are kept in {place}")
    return place


@dataclass(slots=True)
class EmbeddedServer:
    """One private PostgreSQL server: ``start`` makes, reuses or recovers it, ``stop`` leaves it.

    Not thread-safe; use it as a context manager. ``durable=False`` is for tests: no fsync.
    """

    place: Path
    provider: BinaryProvider | None = None
    durable: bool = True
    say: Say = field(default=lambda _: None, repr=False)
    port: int = field(default=0, init=False)
    _password: str = field(default="", init=False, repr=False)
    _binaries: Binaries | None = field(default=None, init=False, repr=False)
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _seat: process.FileLock | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- what users see -------------------------------------------------------------------------

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.place / "server.log"

    @property
    def binaries(self) -> Binaries:
        """PostgreSQL's programs, for pg_dump and pgbench too."""
        if self._binaries is None:
            self._binaries = open_binaries(self.provider, self.say)
        return self._binaries

    @property
    def pid(self) -> int | None:
        """The running server's process number."""
        found = process.read_pid(self.data)
        return found[0] if found else None

    def dsn(self, database: str = DATABASE, user: str = SUPERUSER, password: str | None = None) -> str:
        """A connection string for this server; without a password the superuser's own."""
        secret = self._password if password is None else password
        return make_conninfo(
            host="127.0.0.1", port=self.port, user=user, password=secret, dbname=database, connect_timeout=5
        )

    def start(self) -> None:
        """Make the server ready: set up, reuse, recover or start it. Safe for two programs at once."""
        if not process.own_user_has_name():
            raise EnvironmentProblem("embedded.nameless_user", uid=process.server_owner()[0])
        self._make_place()
        with self._start_lock():
            self._set_up()
            self._take_seat()
            try:
                if not self._reuse():
                    self._launch()
                self._ensure_database()
            except BaseException:
                self._leave_locked()
                raise

    def stop(self) -> None:
        """Leave the server; the last one to leave stops it. Ctrl+C meanwhile waits until that is done."""
        if self._seat is None:
            return
        with process.deferred_signals(), self._start_lock():
            self._leave_locked()

    def revive(self) -> bool:
        """Start the server again, on the same port, when it died in use; True when it had to.

        For a watching thread: it may be called while another thread stops the server, and does nothing then.
        """
        if self._seat is None or self.running():
            return False
        with self._start_lock():
            if self._seat is None:
                return False
            if not self._reuse():
                self._launch(self.port)
        return True

    def running(self) -> bool:
        """Whether a server process works on these data now."""
        found = process.read_pid(self.data)
        return found is not None and process.server_lives(found[0], self._pg_ctl, self.data)

    def remove(self) -> None:
        """Stop the server and delete its data for good."""
        self.stop()
        process.remove_tree(self.place)

    # -- setting up ------------------------------------------------------------------------------

    @property
    def _pg_ctl(self) -> str:
        return self.binaries.program("pg_ctl")

    def _make_place(self) -> None:
        try:
            paths.make_private_dir(self.place)
            (self.place / "users").mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise EnvironmentProblem("embedded.no_room", place=str(self.place), reason=reason) from error

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        lock = process.FileLock(self.place / "start.lock")
        if not lock.acquire(START_SECONDS):
            raise EnvironmentProblem("embedded.locked", place=str(self.place))
        try:
            yield
        finally:
            lock.release()

    def _set_up(self) -> None:
        secret = self.place / "password"
        if self.data.is_dir() and secret.is_file():
            self._password = secret.read_text(encoding="ascii")
            self._check_version()
            return
        self.say("Setting up the shop's database server")
        try:
            self._password = secrets.token_urlsafe(24)
            self._initdb()
            with open(secret, "w", encoding="ascii", opener=_private_opener) as file:
                file.write(self._password)
            (self.place / "data.new").rename(self.data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise EnvironmentProblem("embedded.no_room", place=str(self.place), reason=reason) from error

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(self.binaries.major):
            program = self.binaries.major
            raise UserError("embedded.other_version", place=str(self.data), data=found, program=program)

    def _initdb(self) -> None:
        """Into data.new, renamed when complete: a set-up that was killed half-way is simply made again."""
        fresh = self.place / "data.new"
        process.remove_tree(fresh)
        fresh.mkdir(mode=0o700)
        process.give_to_server(fresh, 0o700)
        phrase = self.place / "phrase.new"
        phrase.unlink(missing_ok=True)
        try:
            with open(phrase, "w", encoding="ascii", opener=_private_opener) as file:
                file.write(self._password)
            process.give_to_server(phrase, 0o600)
            command = [self.binaries.program("initdb"), "-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", "-k"]
            command += ["-A", "scram-sha-256", f"--pwfile={phrase}", *_locale(self.binaries.major)]
            command += [] if self.durable else ["--no-sync"]
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, **process.run_options()
            )
        finally:
            phrase.unlink(missing_ok=True)
        if done.returncode != 0:
            process.remove_tree(fresh)
            reason = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise EnvironmentProblem("embedded.half", place=str(self.place), reason=reason)
        settings.include_settings(fresh)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))

    # -- starting --------------------------------------------------------------------------------

    def _reuse(self) -> bool:
        """Join a server that already runs on these data; wait for one that is going down."""
        deadline = time.monotonic() + START_SECONDS
        while (found := process.read_pid(self.data)) is not None:
            pid, self.port = found
            if not process.server_lives(pid, self._pg_ctl, self.data):
                return self._forget_dead(pid)
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise EnvironmentProblem("embedded.not_started", log=str(self.log))
            time.sleep(0.02)
        return False

    def _forget_dead(self, pid: int) -> bool:
        """Take away the pid file of a server that is gone: its number may be a zombie's or another program's.

        PostgreSQL refuses to start over such a number. It stays safe without the file: a session that
        still lives holds the shared memory that belongs to these data, which start-up checks; so those end.
        """
        self.say(f"The shop's server did not stop cleanly last time (process {pid}); it recovers by itself")
        process.end_orphans(pid, self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _launch(self, port: int | None = None) -> None:
        """Start the server; with ``port`` on that one and no other, since programs already know it."""
        settings.write_settings(self.data, self.binaries, durable=self.durable)
        self.log.touch()
        process.give_to_server(self.log, 0o640)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            free = process.free_port(port or self._last_port())
            if port is not None and free != port:  # a backend of the dead server still has it
                time.sleep(0.1)
                continue
            self.port = free
            self._child = self._spawn()
            process.adopt(self._child)
            if self._wait_for_answer(deadline):
                (self.place / "port").write_text(str(self.port), encoding="ascii")
                return
            # It ended at once: the port was taken meanwhile, or an old backend still held the data.
            (self.place / "port").unlink(missing_ok=True)
            time.sleep(0.1)
        raise EnvironmentProblem("embedded.not_started", log=str(self.log))

    def _last_port(self) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            return int((self.place / "port").read_text(encoding="ascii"))
        return None

    def _spawn(self) -> subprocess.Popen[bytes]:
        """A child in a session of its own: Ctrl+C in the terminal is for us, and we stop it in order."""
        command = [self.binaries.program("postgres"), "-D", str(self.data), "-p", str(self.port)]
        names = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")  # Windows only
        windows = sum(getattr(subprocess, name, 0) for name in names)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                creationflags=windows,
                **process.run_options(),
            )

    def _wait_for_answer(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                return False
            if self._answers():
                return True
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        """Whether the server on our port takes our password and works on our data."""
        try:
            with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
                row = connection.execute("select current_setting('data_directory')").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and os.path.realpath(str(row[0])) == os.path.realpath(self.data)

    # -- stopping --------------------------------------------------------------------------------

    def _take_seat(self) -> None:
        seat = process.FileLock(self.place / "users" / f"{os.getpid()}-{id(self)}.lock")
        if not seat.try_acquire():
            raise EnvironmentProblem("embedded.locked", place=str(self.place))
        self._seat = seat

    def _leave_locked(self) -> None:
        if self._seat is not None:
            self._seat.release()
            self._seat.path.unlink(missing_ok=True)
            self._seat = None
        if not self._others():
            self._shut_down()
        self._child = None

    def _others(self) -> bool:
        """Whether another living program uses the server; the seats of dead ones are cleared away."""
        for path in (self.place / "users").glob("*.lock"):
            seat = process.FileLock(path)
            if not seat.try_acquire():
                return True
            seat.release()
            path.unlink(missing_ok=True)
        return False

    def _shut_down(self) -> None:
        found = process.read_pid(self.data)
        if found is None and self._child is not None and self._child.poll() is None:
            found = self._child.pid, self.port
        if found is None:
            return
        process.ask_to_stop(found[0], self._pg_ctl, self.data)
        if not process.wait_until_gone(found[0], self._pg_ctl, self.data, STOP_SECONDS):
            self.say("The shop's server does not stop; ending it at once")
            process.force_to_stop(found[0], self._pg_ctl, self.data)
            process.wait_until_gone(found[0], self._pg_ctl, self.data, STOP_SECONDS)


def _private_opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _locale(major: int) -> list[str]:
    """Sorting by code point and lower case of all letters, the same on every system."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C", "--lc-ctype=C.UTF-8"]


__all__ = ["DATABASE", "SUPERUSER", "EmbeddedServer", "passable", "place_for"]
