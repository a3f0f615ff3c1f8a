"""A shop on a server of its own with base backups and an archived log, to be destroyed and brought back."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.bootstrap import AppServices
from pos_desktop.cli.main import main
from pos_desktop.config import load_settings
from pos_desktop.database import server_process as process
from pos_desktop.database.access import embedded_server
from pos_desktop.database.base_backup import Base, usable
from pos_desktop.database.embedded import DATABASE, EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.till import open_connection
from pos_desktop.database.verify import verify
from pos_desktop.services.results import Completed
from pos_desktop.services.till import TillServices
from tests.database.shop import Shop
from tests.patience import wait_until
from tests.services.tills import BREAD, MILK, Shopfront, make_pinned_shop, ready, sell
from tests.shop_database import ShopDatabase

Books = dict[str, tuple[int, bytes]]


@dataclass
class Drill:
    """One machine with a shop's server, its backups on another disk, and the shop's tills.

    The tills keep their journals in ``folder``: machines of their own, whatever becomes of the server.
    """

    folder: Path
    tills: int = 2
    shop: Shop | None = None
    server: EmbeddedServer | None = None
    apps: list[AppServices] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The server's machine."""
        return self.folder / "home"

    @property
    def place(self) -> Path:
        """The other disk."""
        return self.folder / "other disk"

    def set_up(self, settings: str = "") -> None:
        """An empty shop whose log is archived."""
        self.home.mkdir(mode=0o711)
        self.place.mkdir(mode=0o711)
        lines = ["[backup]", f"base_directory = '{self.place.as_posix()}'", settings, ""]
        (self.home / "till.toml").write_text("\n".join(lines), encoding="utf-8")

    def start(self) -> EmbeddedServer:
        """The server, and at the first start its shop."""
        self.server = embedded_server(load_settings(self.home, {}))
        self.server.start()
        if self.shop is None:
            migrate(self.server.dsn(), load_plan(paths.migrations_dir()))
            self.shop = make_pinned_shop(self.database, stock=5000, tills=self.tills)
        return self.server

    @property
    def database(self) -> ShopDatabase:
        """The shop's database on the server as it runs now."""
        assert self.server is not None
        return ShopDatabase(self.server, DATABASE)

    def stop(self) -> None:
        """Close the tills and the server in order."""
        self.close_tills()
        if self.server is not None:
            self.server.stop()
            self.server = None

    def open_tills(self) -> list[TillServices]:
        """Each till's program, signed in, with an open shift."""
        assert self.shop is not None
        self.close_tills()
        front = Shopfront(self.database, self.shop, self.folder)
        for number in range(1, self.tills + 1):
            self.apps.append(front.open(number))
            self.apps[-1].till.recover()
            ready(self.apps[-1].till)
        return [app.till for app in self.apps]

    def newest_base(self) -> Base:
        """The newest base backup that counts; the first one is made."""
        if not usable(self.place):
            assert self.command("backup", "base") == 0
        return usable(self.place)[-1]

    def close_tills(self) -> None:
        while self.apps:
            self.apps.pop().close()

    def sell(self, sales: int) -> None:
        """So many sales, turn by turn at the tills."""
        for number in range(sales):
            till = self.apps[number % len(self.apps)].till
            assert isinstance(sell(till, MILK, BREAD), Completed)

    def books(self) -> Books:
        """Every document the server has: its number and its hash."""
        rows = self.database.query("select id::text, no, hash from pos.document")
        return {row[0]: (row[1], bytes(row[2])) for row in rows}

    def findings(self) -> tuple[object, ...]:
        """What ``verify`` says against the books."""
        assert self.server is not None
        with open_connection(self.server.dsn(), "test") as owner:
            return verify(owner).findings

    def settle(self, wanted: Callable[[], bool]) -> None:
        """The tills send what the server lacks, as their heartbeat would, until it is so."""

        def beat() -> bool:
            for app in self.apps:
                assert app.till.heartbeat().settled.stopped is None
            return wanted()

        wait_until(beat)

    def archive_all(self) -> None:
        """Until the log of this moment is in the archive, as it is five minutes later by itself."""
        self.database.query("select pg_logical_emit_message(true, 'drill', 'something to archive')")
        last = self.database.query("select pg_walfile_name(pg_switch_wal())")[0][0]
        wait_until(lambda: (self.place / "wal" / last).is_file())

    def destroy(self) -> None:
        """The server is killed, and its disk is gone with all that is on it."""
        server = self.server
        assert server is not None
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert process.wait_until_gone(pid, "pg_ctl", server.data, 20)
        process.end_orphans(pid, server.data)
        with contextlib.suppress(FileNotFoundError):
            server.stop()
        shutil.rmtree(server.place)
        self.server = None

    def command(self, *arguments: str) -> int:
        """A command on the server's machine."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(paths.HOME_VARIABLE, str(self.home))
            return main([*arguments])


@contextlib.contextmanager
def drill_in(folder: Path, settings: str = "", tills: int = 2) -> Iterator[Drill]:
    """A shop set up, its server running; taken away at the end."""
    drill = Drill(folder, tills)
    drill.set_up(settings)
    try:
        drill.start()
        yield drill
    finally:
        drill.stop()
        shutil.rmtree(folder, ignore_errors=True)
