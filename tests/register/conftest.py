"""The real register window on a real server with the demo shop, driven as a person would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos_desktop import paths
from pos_desktop.bootstrap import AppServices, open_till
from pos_desktop.config import PrinterSettings, Settings, load_settings
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.secret_store import write_secret
from pos_desktop.services.demo_shop import load_demo_shop
from pos_desktop.services.results import Completed, SignedIn
from ui.app import RegisterOptions, make_app
from ui.collector import GuiCollector
from ui.key_events import send_keys, send_scan, send_stroke
from ui.register.window import RegisterWindow
from ui.robot.cable import Cable
from ui.robot.hands import wait_until
from ui.tasks import Lanes
from ui.theme import theme

PEPPER = "the tests' pepper"
PASSWORD = "a demo till's password"
AMINA, AMINAS_PIN = 1001, "1111"
FLOAT = 10_000


@dataclass(frozen=True)
class DemoTemplate:
    """A migrated database with the demo shop in it, to be cloned by each test."""

    server: EmbeddedServer
    name: str
    login: str


@pytest.fixture(scope="session")
def demo_template(server: EmbeddedServer) -> DemoTemplate:
    """The demo shop, loaded once a session."""
    name = "register_demo"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"create database {name}")
    migrate(server.dsn(name), load_plan(paths.migrations_dir()))
    passwords = {(store, till): PASSWORD for store in (1, 2) for till in (1, 2)}
    shop = load_demo_shop(
        server.dsn(name), PEPPER.encode(), passwords=passwords, login_prefix="register_till"
    )
    return DemoTemplate(server, name, shop.tills[0].login)


@dataclass
class Shop:
    """A clone of the demo shop: how its till and its owner reach the server."""

    owner_dsn: str
    till_dsn: str
    cable: Cable | None = None

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query as the owner."""
        with psycopg.connect(self.owner_dsn, autocommit=True) as owner:
            return list(owner.execute(sql).fetchall())

    def do(self, sql: str) -> None:
        """A statement as the owner."""
        with psycopg.connect(self.owner_dsn, autocommit=True) as owner:
            owner.execute(sql)


@pytest.fixture
def shop(demo_template: DemoTemplate) -> Iterator[Shop]:
    """A demo shop of the test's own."""
    server, name = demo_template.server, "register_test"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"create database {name} template {demo_template.name}")
        # What the migration took from everybody is kept with the database's name, not copied with it.
        owner.execute(f"revoke all on database {name} from public")
        owner.execute(f"grant connect on database {name} to pos_till, pos_manager")
    yield Shop(server.dsn(name), server.dsn(name, demo_template.login, PASSWORD))
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"drop database {name} with (force)")


def code_of(shop: Shop, name: str) -> str:
    """A barcode (or own code) of the item whose name begins so."""
    rows = shop.ask(
        "select c.code from pos.item i join pos.item_code c on c.item_id = i.id"
        f" where i.name ilike '{name}%' order by length(c.code) desc, i.id, c.code limit 1"
    )
    assert rows, name
    return str(rows[0][0])


@pytest.fixture
def milk(shop: Shop) -> str:
    """The barcode of whole milk, 1.85: something anybody may buy."""
    return code_of(shop, "Whole milk 2 L")


@pytest.fixture
def cable(shop: Shop) -> Iterator[Cable]:
    """The shop's till reaches its server through this cable, which can be pulled."""
    with Cable(shop.till_dsn) as made:
        shop.cable, shop.till_dsn = made, made.dsn
        yield made


@pytest.fixture
def printer() -> Iterator[EmulatedPrinter]:
    """A receipt printer that prints into memory."""
    with EmulatedPrinter() as emulated:
        yield emulated


@pytest.fixture
def settings(tmp_path: Path, printer: EmulatedPrinter) -> Settings:
    """A till's settings in a folder of its own, printing to the emulated printer."""
    folder = tmp_path / "till"
    folder.mkdir()
    found = load_settings(folder, {})
    write_secret(found.pepper_file, PEPPER)
    return replace(found, printer=PrinterSettings("network", f"127.0.0.1:{printer.port}", 80, "CP858"))


class Till:
    """A person at the register: types, scans, taps, and reads what stands on the screen."""

    def __init__(self, app: QApplication, services: AppServices, lanes: Lanes, window: RegisterWindow):
        self.app, self.services, self.lanes, self.window = app, services, lanes, window
        self._stamp: int | None = None

    def settle(self, milliseconds: int = 60_000) -> None:
        """Let the window work until nothing is under way."""
        QApplication.processEvents()
        assert wait_until(self._at_rest, milliseconds), f"still busy: {self.probe()}"

    def _at_rest(self) -> bool:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if not self.window.is_idle():
            return False
        QApplication.processEvents()
        return self.window.is_idle()

    def wait(self, what: Callable[[dict[str, object]], bool], milliseconds: int = 60_000) -> None:
        """Let the window work until its probe says so."""
        assert wait_until(lambda: what(self.probe()), milliseconds), f"never came: {self.probe()}"

    def keys(self, text: str) -> None:
        """Type text at a person's pace, a while after any scan; a line feed is Enter."""
        send_keys(self.window, text, gap_ms=200)
        self.window.scans.flush()
        self.settle()

    def stroke(self, *names: str) -> None:
        """Press keys by their names in the key map."""
        for name in names:
            send_stroke(self.window, name, gap_ms=200)
            self.window.scans.flush()
            self.settle()

    def scan(self, *codes: str) -> None:
        """Scan codes one after the other, without waiting in between."""
        for code in codes:
            send_scan(self.window, code)
        self.settle()

    def tap(self, name: str) -> None:
        """Tap the key with this object name on the current screen."""
        found = self.find(name)
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(8, 8))
        self.settle()

    def find(self, name: str) -> QWidget:
        """The visible widget with this object name."""
        for widget in self.window.findChildren(QWidget, name):
            if widget.isVisible():
                return widget
        raise AssertionError(f"no visible key {name!r} on {self.probe()['screen']}")

    def probe(self) -> dict[str, object]:
        """What stands on the screen."""
        return self.window.probe()

    def __getitem__(self, name: str) -> object:
        return self.probe()[name]


class Counter:
    """Opens tills of one shop, one after the other, as a person starts and ends the program."""

    def __init__(self, app: QApplication, shop: Shop, settings: Settings) -> None:
        self.app, self.shop, self.settings = app, shop, settings
        self._open: list[Till] = []

    def open(
        self,
        *,
        ready: bool = True,
        size: tuple[int, int] = (1366, 768),
        mirrored: bool = False,
        lock_minutes: int | None = None,
    ) -> Till:
        """Start the register; ``ready`` signs Amina in before an open shift."""
        services = open_till(self.settings, dsn=self.shop.till_dsn)
        state = services.till.state()
        lanes = Lanes()
        window = RegisterWindow(
            self.app, services, state, lanes, mirrored=mirrored, auto_lock_minutes=lock_minutes
        )
        window.resize(*size)
        window.show()
        till = Till(self.app, services, lanes, window)
        self._open.append(till)
        if ready and state.shift is None:
            assert isinstance(services.till.sign_in(AMINA, AMINAS_PIN), SignedIn)
            assert isinstance(services.till.open_shift(FLOAT), Completed)
        window.start()
        till.settle()
        if ready:
            sign_in(till)
        return till

    def close(self, till: Till) -> None:
        """End the program in order."""
        self._open.remove(till)
        till.window.close()
        till.lanes.shutdown()
        till.services.close()
        till.window.deleteLater()
        till.lanes.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def close_all(self) -> None:
        """End every till still open."""
        for till in tuple(self._open):
            self.close(till)


def sign_in(till: Till, number: int = AMINA, pin: str = AMINAS_PIN) -> None:
    """Sign in as the sign-in screen asks for it."""
    till.window.flows.session.start_ready(number, pin, FLOAT)
    till.settle()


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """The program's application with its fonts and theme, set up once."""
    if not qapp.property("themed"):
        make_app(RegisterOptions())
        qapp.setProperty("themed", True)
    theme().set_dark(False)
    theme().set_scale(100)
    collector = GuiCollector()
    yield qapp
    collector.stop()


@pytest.fixture
def counter(app: QApplication, shop: Shop, settings: Settings) -> Iterator[Counter]:
    """A counter in the demo shop."""
    there = Counter(app, shop, settings)
    yield there
    there.close_all()


@pytest.fixture
def till(counter: Counter) -> Till:
    """A register on a ready sale."""
    return counter.open()
