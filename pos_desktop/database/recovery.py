"""Brings a base backup forward by the archived log to a moment, in a folder of its own, and runs it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import make_conninfo

from pos_desktop.database import server_process as process
from pos_desktop.database.base_backup import Base, check_base
from pos_desktop.database.binaries import Binaries, Say
from pos_desktop.database.dump import environment
from pos_desktop.database.till import open_connection
from pos_desktop.database.wal_archive import quoted
from pos_desktop.errors import EnvironmentProblem, UserError, add_messages

LOGIN = "pos_restoring"
"""A superuser of the copy alone, for as long as it is being looked at."""

START_SECONDS = 60.0
STOP_SECONDS = 120.0

add_messages(
    {
        "recovery.failed": (
            "The base backup {base} could not be brought forward.\n"
            "PostgreSQL said: {reason}. The whole story is in {log}."
        ),
        "recovery.too_late": ("The archived log ends before {to}.\nGive an earlier time, or --to latest."),
    }
)

# Before the settings of any file: what the copied server was set to must not reach the world from here.
_ALONE = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "ssl": "off", "hot_standby": "off",
    "archive_library": "", "archive_command": "", "synchronous_standby_names": "",
    "primary_conninfo": "", "shared_preload_libraries": "", "session_preload_libraries": "",
    "local_preload_libraries": "", "logging_collector": "off", "log_min_messages": "warning", "jit": "off",
    "max_connections": "20", "max_prepared_transactions": "20", "shared_buffers": "64MB",
    "max_wal_size": "2GB", "huge_pages": "off", "lc_messages": "C",
}  # fmt: skip


@dataclass(slots=True)
class Recovery:
    """A base backup on its way to a moment, below ``folder`` (on a disk with room for it).

    ``durable`` is for a copy that is to be put in place; without it the copy is looked at and thrown away.
    """

    binaries: Binaries
    folder: Path
    durable: bool
    say: Say = field(default=lambda _: None, repr=False)
    port: int = field(default=0, init=False)
    _password: str = field(default="", init=False, repr=False)
    _options: str = field(default="", init=False, repr=False)
    _started: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def data(self) -> Path:
        """The copy's own folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the copied server says."""
        return self.folder / "recovery.log"

    def dsn(self, database: str) -> str:
        """A connection string for the running copy, as its superuser."""
        return make_conninfo(
            host="127.0.0.1", port=self.port, user=LOGIN, password=self._password, dbname=database,
            connect_timeout=10, options=self._options,
        )  # fmt: skip

    def bring_forward(self, base: Base, place: Path, fetch: str, to: datetime | None) -> None:
        """Copy ``base`` and replay the log that ``fetch`` brings to ``to``; None is as far as it goes.

        EnvironmentProblem ``base.damaged`` or ``recovery.failed``; UserError ``recovery.too_late``.
        """
        source = base.folder(place)
        self.say(f"Checking {source}")
        check_base(self.binaries, source, base.major)
        self.say("Copying it, and replaying the log")
        process.remove_tree(self.data)
        shutil.copytree(source, self.data, symlinks=True)
        self._write_files()
        self._hand_over()
        goal = {"restore_command": fetch, "recovery_target_timeline": "latest"}
        if to is not None:
            goal |= {
                "recovery_target_time": to.astimezone(UTC).isoformat(),
                "recovery_target_action": "promote",
            }
        self._start(goal)
        try:
            self._wait_until_forward(base, to)
        finally:
            self._stop()
        self._single(f"CREATE ROLE {LOGIN} LOGIN SUPERUSER PASSWORD '{self._new_password()}'")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The copy as a server of this machine alone, for the length of the block."""
        self._start({})
        try:
            self._wait_until_answers()
            self._take_owner()
            yield
        finally:
            self._stop()

    def forget_login(self, *more: str) -> None:
        """Take the guest's login out of the copy, and do ``more``: it is ready to be put in place."""
        self._single(f"DROP ROLE {LOGIN}", *more)

    # -- the copy as a process ---------------------------------------------------------------------

    def _write_files(self) -> None:
        (self.folder / "recovery.conf").write_text(f"data_directory = {quoted(str(self.data))}\n", "utf-8")
        (self.folder / "hba.conf").write_text(f"host all {LOGIN} 127.0.0.1/32 scram-sha-256\n", "utf-8")
        (self.folder / "ident.conf").write_text("", "utf-8")
        (self.data / "recovery.signal").write_text("", "utf-8")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _hand_over(self) -> None:
        """As root the server runs as another user, to whom all of it has to belong."""
        for name in ("recovery.conf", "hba.conf", "ident.conf"):
            process.give_to_server(self.folder / name, 0o600)
        process.give_to_server(self.data, 0o700)
        for root, folders, files in os.walk(self.data):
            for name in folders:
                process.give_to_server(Path(root) / name, 0o700)
            for name in files:
                process.give_to_server(Path(root) / name, 0o600)

    def _command(self, more: dict[str, str], *first: str) -> list[str]:
        """The server's command line: what stands there goes before any file."""
        files = {
            "config_file": self.folder / "recovery.conf",
            "hba_file": self.folder / "hba.conf",
            "ident_file": self.folder / "ident.conf",
        }
        # The log of the copy's new life begins here: put in place, it is archived from its first byte on.
        kept = {"archive_mode": "on"}
        if not self.durable:
            kept = {"archive_mode": "off", "fsync": "off", "full_page_writes": "off"}
        values = {**{name: str(path) for name, path in files.items()}, **_ALONE, **kept, **more}
        command = [self.binaries.program("postgres"), *first, "-D", str(self.data)]
        return command + [word for name, value in values.items() for word in ("-c", f"{name}={value}")]

    def _start(self, more: dict[str, str]) -> None:
        self.port = process.free_port()
        command = self._command({**more, "port": str(self.port)})
        self.log.touch()
        process.give_to_server(self.log, 0o640)
        names = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")  # Windows only
        windows = sum(getattr(subprocess, name, 0) for name in names)
        with self.log.open("ab") as log:
            self._started = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=environment(),
                start_new_session=True,
                creationflags=windows,
                **process.run_options(),
            )
        process.adopt(self._started)

    def _stop(self) -> None:
        if self._started is None:
            return
        pid, pg_ctl = self._started.pid, self.binaries.program("pg_ctl")
        with process.deferred_signals():
            process.ask_to_stop(pid, pg_ctl, self.data)
            if not process.wait_until_gone(pid, pg_ctl, self.data, STOP_SECONDS):
                process.force_to_stop(pid, pg_ctl, self.data)
                process.wait_until_gone(pid, pg_ctl, self.data, STOP_SECONDS)
        self._started = None

    def _wait_until_forward(self, base: Base, to: datetime | None) -> None:
        """Until the log is replayed and the server has begun a life of its own; however long that takes."""
        assert self._started is not None
        while (self.data / "recovery.signal").exists() or not self._in_production():
            if self._started.poll() is not None:
                self._tell_why(base, to)
            time.sleep(0.05)

    def _in_production(self) -> bool:
        """Whether recovery is over: its file is gone a little before the server may be stopped."""
        done = subprocess.run(
            [self.binaries.program("pg_controldata"), "-D", str(self.data)],
            capture_output=True, text=True, check=False, env={**environment(), "LC_ALL": "C"},
        )  # fmt: skip
        return re.search(r"^Database cluster state: +in production$", done.stdout, re.MULTILINE) is not None

    def _tell_why(self, base: Base, to: datetime | None) -> None:
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        fatal = [line.partition("FATAL:")[2].strip() for line in said if "FATAL:" in line]
        if to is not None and any("before configured recovery target" in line for line in fatal):
            raise UserError("recovery.too_late", to=f"{to.astimezone():%Y-%m-%d %H:%M:%S}")
        reason = (fatal or ["nothing"])[0]
        raise EnvironmentProblem("recovery.failed", base=base.name, reason=reason, log=str(self.log))

    def _wait_until_answers(self) -> None:
        assert self._started is not None
        deadline = time.monotonic() + START_SECONDS
        ready = [self.binaries.program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False, env=environment()).returncode != 0:
            if self._started.poll() is not None or time.monotonic() > deadline:
                raise EnvironmentProblem(
                    "recovery.failed", base=str(self.data), reason="it did not start", log=str(self.log)
                )
            time.sleep(0.02)

    def _take_owner(self) -> None:
        """Work as the superuser the copied server was made with: what is made in it is never the guest's."""
        with open_connection(self.dsn("postgres"), "pos_desktop restore") as copy:
            row = copy.execute("select rolname from pg_roles where oid = 10").fetchone()
        assert row is not None
        self._options = f"-c role={row[0]}"

    def _single(self, *statements: str) -> None:
        """Statements without a server, a door or a password: by the program itself, from its input."""
        options = {name: value for name, value in process.run_options().items() if name != "stdin"}
        done = subprocess.run(
            [*self._command({}, "--single"), "postgres"],
            input="".join(f"{one}\n" for one in statements),
            capture_output=True, text=True, check=False, env=environment(), **options,
        )  # fmt: skip
        if done.returncode != 0 or "ERROR:" in done.stderr:
            reason = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise EnvironmentProblem("recovery.failed", base=str(self.data), reason=reason, log=str(self.log))

    def _new_password(self) -> str:
        """Random, of letters and figures only; it leaves this process by the program's input alone."""
        self._password = secrets.token_hex(24)
        return self._password
