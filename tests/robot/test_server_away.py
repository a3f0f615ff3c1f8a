"""A real server is killed under a selling till: the robot sells on in the real window, and all arrives."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from pos_desktop import paths
from pos_desktop.bootstrap import open_till
from pos_desktop.config import PrinterSettings, load_settings
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.shop_setup import allow_offline, owner_connection
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.secret_store import write_secret
from pos_desktop.services.demo_shop import load_demo_shop
from tests.conftest import binaries_under_test
from tests.database.invariants import assert_sound
from tests.register.conftest import PASSWORD, PEPPER
from ui.app import RegisterOptions, make_app
from ui.register.window import RegisterWindow
from ui.robot.player import Robot
from ui.robot.script import read_script
from ui.tasks import Lanes

AWAY = paths.resources_dir() / "scripts" / "server-away.jsonl"


@pytest.fixture
def own_server(open_dir: Path) -> Iterator[EmbeddedServer]:
    """A server of the test's own, with the demo shop, whose tills may sell alone."""
    with EmbeddedServer(open_dir / "server", binaries_under_test(), durable=False) as server:
        migrate(server.dsn(), load_plan(paths.migrations_dir()))
        passwords = {(store, till): PASSWORD for store in (1, 2) for till in (1, 2)}
        load_demo_shop(server.dsn(), PEPPER.encode(), passwords=passwords, login_prefix="away_till")
        with owner_connection(server.dsn()) as owner:
            allow_offline(owner, 1)
        yield server


def kill(server: EmbeddedServer) -> None:
    """End the server as a power cut would."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.expects_log
def test_a_killed_server_stops_nobody_and_gets_everything(
    own_server: EmbeddedServer, qapp: QApplication, tmp_path: Path
) -> None:
    """The rehearsal of an hour alone, with a server that really dies and is started again."""
    make_app(RegisterOptions())
    settings = load_settings(tmp_path, {})
    write_secret(settings.pepper_file, PEPPER)
    with EmulatedPrinter() as printer:
        paper = PrinterSettings("network", f"127.0.0.1:{printer.port}", 80, "CP858")
        dsn = own_server.dsn("pos", "away_till_1_1", PASSWORD)
        services = open_till(replace(settings, printer=paper), dsn=dsn)
        lanes = Lanes()
        window = RegisterWindow(qapp, services, services.till.state(), lanes, auto_lock_minutes=None)
        window.resize(1366, 768)
        window.show()
        window.start()
        orders = {"away": lambda: kill(own_server), "back": own_server.revive}
        report = Robot(window, tmp_path, server=lambda name: orders[name]()).play(read_script(AWAY))
        window.close()
        assert lanes.shutdown(60_000)
        window.deleteLater()
        lanes.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        services.close()
        assert report.failure == ""
        marked = ["OFFLINE" in "\n".join(paper.lines) for paper in printer.papers]
    assert marked == [False, True, True, False, False]
    with psycopg.connect(own_server.dsn(), autocommit=True) as owner:
        sales = owner.execute("select count(*), sum(total) from pos.sale").fetchone()
        assert sales == (4, 185 + 279 + 185 + 185)
        assert_sound(owner)
