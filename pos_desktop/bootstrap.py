"""Puts a till, or a manager's desk, together from its settings: the only place that knows all the rooms."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from pos_desktop import __version__
from pos_desktop.config import PrinterSettings, Settings, login_password
from pos_desktop.database.dsn import server_dsn
from pos_desktop.database.migrate import load_plan
from pos_desktop.database.pool import Database
from pos_desktop.database.probe import try_login
from pos_desktop.database.staff import start_check
from pos_desktop.errors import PosError, UserError, add_messages
from pos_desktop.hardware.escpos import profile
from pos_desktop.hardware.printer import PrinterLane
from pos_desktop.hardware.scale import ScaleLane
from pos_desktop.hardware.scanner import ScannerLane
from pos_desktop.hardware.serial_line import SerialLine
from pos_desktop.hardware.transports import transport
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.journal.lock import TillLock
from pos_desktop.journal.notes import Notes
from pos_desktop.journal.snapshot import Snapshot
from pos_desktop.paths import make_private_dir, migrations_dir
from pos_desktop.secret_store import has_secret, kept_secret, move_to_keyring
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.link import Clock, Link, SystemClock
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.server_link import ServerLink
from pos_desktop.services.till import TillServices
from pos_desktop.services.training import train

add_messages(
    {
        "till.no_server": (
            "This till runs its own server, and that is not started.\n"
            "Start the till with pos-desktop demo, or name the shop's server in {file}."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class AppServices:
    """Everything a till's windows need: the services, the printer, the settings. Close it at the end.

    ``backup`` is there when this machine runs the shop's server: each Z makes a dump.
    """

    till: TillServices
    printer: PrinterLane
    settings: Settings
    database: Database
    backup: ShopBackup | None = None
    scale: ScaleLane | None = None
    scanner: ScannerLane | None = None

    def close(self) -> None:
        """End the devices' lanes, the till's files and the connections, in that order."""
        for lane in (self.scale, self.scanner, self.printer):
            if lane is not None:
                lane.close()
        self.till.close()
        self.database.close()


def open_till(settings: Settings, *, dsn: str | None = None, backup: ShopBackup | None = None) -> AppServices:
    """A till of this machine. ``dsn`` (login and password in it) wins over the settings: the embedded server.

    Opens no window and waits for no server: the first call of the services does. UserError when another
    program holds this till or the settings will not do; JournalDamaged and CannotWrite as the journal says.
    """
    address = dsn or till_dsn(settings)
    pepper = till_pepper(settings)
    folder = make_private_dir(settings.journal_dir)
    lock = TillLock(folder)
    try:
        printer = open_printer(settings)
        database = Database(address)
        services = assemble(settings, ServerLink(database), SystemClock(), pepper, lock)
    except BaseException:
        lock.release()
        raise
    database.open()
    scale, scanner = open_scale(settings), open_scanner(settings)
    return AppServices(services, printer, settings, database, backup, scale, scanner)


def open_training(app: AppServices) -> AppServices:
    """A till for practice on the same machine, beside the real one: its own files, no way to post, no dump.

    Close its ``till`` alone at the end: printer and connections are the real till's. UserError while the
    server is away.
    """
    folder = make_private_dir(app.settings.journal_dir / "training")
    till = train(app.till, folder, __version__, till_pepper(app.settings))
    return replace(app, till=till, backup=None)


def manager_database(settings: Settings, login: str, password: str, *, dsn: str | None = None) -> Database:
    """The lanes of a manager's personal login, opened; ``dsn`` (with both in it) wins: the embedded server.

    UserError when the settings name no server, or an unsafe one, or when the server refuses the password.
    """
    if dsn is None:
        if settings.database.embedded:
            raise UserError("till.no_server", file=str(settings.file))
        personal = replace(settings.database, login=login)
        dsn = server_dsn(personal, password, str(settings.file))
    try_login(dsn)
    database = Database(dsn)
    database.open()
    return database


@dataclass(frozen=True, slots=True)
class ManagerServices:
    """What the inventory window stands on: the desk, its stores, the connections. Close it at the end."""

    desk: ManagerDesk
    stores: tuple[Store, ...]
    database: Database

    def close(self) -> None:
        """Close the connections."""
        self.database.close()


def open_manager(settings: Settings, login: str, password: str, *, dsn: str | None = None) -> ManagerServices:
    """A manager's desk under a personal login. UserError for a wrong password or a login without a store."""
    database = manager_database(settings, login, password, dsn=dsn)
    try:
        with database.lookups.connection() as connection:
            start_check(connection)
        desk = ManagerDesk(database, login)
        return ManagerServices(desk, desk.stores(), database)
    except BaseException:
        database.close()
        raise


def assemble(
    settings: Settings, link: Link, clock: Clock, pepper: bytes, lock: TillLock | None = None
) -> TillServices:
    """The till's services on any link and clock: the real ones, or a simulation's."""
    folder = settings.journal_dir
    with contextlib.ExitStack() as opened:
        journal = Journal(folder / "journal.db", settings.journal_mirror_dir)
        opened.callback(journal.close)
        draft = DraftStore(folder / "draft.db")
        opened.callback(draft.close)
        notes = Notes(folder / "alone.db")
        opened.callback(notes.close)
        snapshot = Snapshot(folder)
        opened.pop_all()
    schema = load_plan(migrations_dir()).version
    core = TillCore(link, journal, draft, clock, folder, __version__, schema, notes)
    return TillServices(core, ServerCatalogue(link), pepper, lock, snapshot)


def till_dsn(settings: Settings) -> str:
    """How this machine's till reaches the shop's server; UserError when the settings name none."""
    if settings.database.embedded:
        raise UserError("till.no_server", file=str(settings.file))
    return server_dsn(settings.database, login_password(settings), str(settings.file))


def till_pepper(settings: Settings) -> bytes:
    """The shop's pepper for PINs from this machine's secret store; empty when there is none."""
    return kept_secret(settings.pepper_file).encode() if has_secret(settings.pepper_file) else b""


def store_secrets(settings: Settings) -> None:
    """Where the system has a keyring, move this machine's secrets out of the files of its own folder into it.

    A file elsewhere was put there on purpose, and others may use it: it stays. What cannot be read or moved
    stays too; whoever needs it says what is wrong with it.
    """
    mail = settings.keeper.mail
    files = (settings.pepper_file, settings.database.password_file, mail.password_file if mail else None)
    for file in files:
        if file is not None and file.parent == settings.home:
            with contextlib.suppress(PosError, OSError):
                move_to_keyring(file)


def open_printer(settings: Settings) -> PrinterLane:
    """The printer's lane; with no printer, one that takes every job and prints nothing."""
    printer = settings.printer
    return PrinterLane(
        transport(printer_address(printer, settings.home)),
        profile(f"{printer.width_mm}mm", _page(printer.code_page), drawer_pin=settings.drawer.pin),
    )


def open_scale(settings: Settings) -> ScaleLane | None:
    """The scale's lane, asleep until somebody listens; None where weights are typed."""
    scale = settings.scale
    return ScaleLane(SerialLine(scale.port, scale.baud, scale.framing)) if scale.port else None


def open_scanner(settings: Settings) -> ScannerLane | None:
    """The lane of a scanner on a port, asleep until somebody listens; None for one that is a keyboard."""
    scanner = settings.scanner
    return ScannerLane(SerialLine(scanner.port, scanner.baud, scanner.framing)) if scanner.port else None


def printer_address(printer: PrinterSettings, home: Path) -> str:
    """The printer of the settings in the words of :func:`transport`."""
    if printer.kind == "network":
        return f"tcp://{printer.address}"
    if printer.kind == "none":
        return "none"
    if printer.kind == "file":
        path = (home / printer.address).as_posix()
        return f"file://{path if path.startswith('/') else '/' + path}?create=1"
    return f"{printer.kind}://{printer.address}"


def _page(code_page: str) -> str:
    """The printer's own name of a page: Windows' pages are called WPC there."""
    return code_page.replace("CP125", "WPC125")
