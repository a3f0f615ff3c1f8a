"""A whole shop on this machine for the demo and the robot: server, demo shop, till, emulated printer."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.own_server import own_server, shop_backup
from pos_desktop.config import PrinterSettings, Settings, load_settings
from pos_desktop.database.binaries import Say
from pos_desktop.database.embedded import DATABASE
from pos_desktop.database.import_items import Progress
from pos_desktop.errors import UserError, add_messages
from pos_desktop.hardware.emulated import EmulatedPrinter, PrintedPaper
from pos_desktop.secret_store import has_secret, kept_secret, write_secret
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.demo_shop import DemoShop, load_demo_shop
from pos_desktop.services.import_items import ImportOptions, import_items

COLUMNS = 48

add_messages({"demo.no_till": "The demo shop has no till {till} in store {store}.\nIt has: {known}."})


def _no_progress(_what: str, _done: int, _of: int) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Which till of the demo, and with which goods: ``items`` is a CSV list used in place of the demo's own.

    ``tax_mode`` ("included" or "added") counts only when the shop is first made.
    """

    store: int = 1
    till: int = 1
    tax_mode: str | None = None
    items: Path | None = None


@dataclass(frozen=True, slots=True)
class DemoMachine:
    """A running demo shop; ``dsn`` is the till's own login, ``owner_dsn`` the database owner's."""

    settings: Settings
    dsn: str
    owner_dsn: str
    shop: DemoShop
    printer: EmulatedPrinter
    backup: ShopBackup


@contextlib.contextmanager
def demo_machine(
    home: Path,
    options: DemoOptions | None = None,
    say: Say = lambda _: None,
    progress: Progress = _no_progress,
) -> Iterator[DemoMachine]:
    """Start the shop kept in ``home``, made on its first start; the server stops at the end of the block."""
    options = options or DemoOptions()
    paths.make_private_dir(home)
    settings = load_settings(home, {})
    if not has_secret(settings.pepper_file):
        write_secret(settings.pepper_file, secrets.token_urlsafe(24))
    with own_server(settings, say) as server:
        owner_dsn = server.dsn()
        shop = _load(owner_dsn, settings, options, progress)
        with EmulatedPrinter(columns=COLUMNS) as printer:
            yield DemoMachine(
                replace(settings, printer=_printer_at(printer.port)),
                server.dsn(DATABASE, *_login(shop, options)),
                owner_dsn,
                shop,
                printer,
                shop_backup(settings, server),
            )


def _load(owner_dsn: str, settings: Settings, options: DemoOptions, progress: Progress) -> DemoShop:
    pepper = kept_secret(settings.pepper_file).encode()
    shop = load_demo_shop(
        owner_dsn,
        pepper,
        tax_mode=options.tax_mode,
        with_items=options.items is None,
        progress=progress,
    )
    if options.items is not None:
        import_items(owner_dsn, options.items, ImportOptions(store=options.store), progress)
    return shop


def _login(shop: DemoShop, options: DemoOptions) -> tuple[str, str]:
    for till in shop.tills:
        if (till.store, till.number) == (options.store, options.till):
            return till.login, till.password
    known = ", ".join(f"store {till.store} till {till.number}" for till in shop.tills)
    raise UserError("demo.no_till", store=options.store, till=options.till, known=known)


def _printer_at(port: int) -> PrinterSettings:
    return PrinterSettings("network", f"127.0.0.1:{port}", 80, "CP858")


def save_papers(
    papers: Sequence[PrintedPaper], folder: Path, draw: Callable[[Path, PrintedPaper], None]
) -> int:
    """Write each printed paper to ``folder`` as text and, by ``draw``, as a picture; returns how many.

    Papers of an earlier run go: two days in one folder would read as one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("receipt-*"):
        old.unlink()
    for number, paper in enumerate(papers, 1):
        text = "\n".join(paper.lines) + "\n"
        (folder / f"receipt-{number:03}.txt").write_text(text, encoding="utf-8")
        draw(folder / f"receipt-{number:03}.png", paper)
    return len(papers)
