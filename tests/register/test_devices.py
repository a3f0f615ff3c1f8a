"""The register with its devices: the customer's display, the printer's words, a drawer with a switch."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from pos_desktop.config import Settings
from pos_desktop.device_settings import DisplaySettings, DrawerSettings
from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Counter, Shop, Till, code_of
from ui.key_events import send_scan
from ui.register.drawer_watch import DID_NOT_OPEN
from ui.sound import Sounds


@pytest.fixture
def settings(settings: Settings) -> Settings:
    drawer = DrawerSettings(connected=True, pin=2, sensor="high", open_seconds=30)
    return replace(settings, drawer=drawer, display=DisplaySettings("window", words="Welcome"))


@pytest.fixture
def sounds() -> Iterator[Sounds]:
    made = Sounds(player=None)
    yield made
    made.close()


def ask(till: Till) -> None:
    """Have the printer asked, as the till does by itself every half minute."""
    till.window.flows.paper.ask_status()
    till.settle()


def test_the_customer_reads_the_sale_and_the_cashier_the_printer(
    counter: Counter, shop: Shop, printer: EmulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = counter.open()
    milk, wine = code_of(shop, "Whole milk 2 L"), code_of(shop, "Malbec Reserva 2022 75 cl")
    assert till["display"] == "idle"

    # The sale grows on the customer's display; a question, an age, an unknown code does not show there.
    till.scan(milk)
    assert (till["display"], till["display_lines"]) == ("sale", ["Whole milk 2 L"])
    before = till["display_amount"]
    till.scan(wine)
    assert till["screen"] == "age"
    assert (till["display_lines"], till["display_amount"]) == (["Whole milk 2 L"], before)
    till.stroke("F4")
    till.scan("5099999999995")
    assert till["screen"] == "unknown"
    assert (till["display"], till["display_lines"]) == ("sale", ["Whole milk 2 L"])
    till.stroke("Esc")
    assert QApplication.activeWindow() is not till.window.flows.devices.feed.display  # type: ignore[union-attr]

    # Its screen is unplugged and plugged in again: it never lies over the register.
    feed = till.window.flows.devices.feed
    assert feed is not None
    monkeypatch.setattr(feed.display, "open_on", lambda _number: False)
    till.window.flows.devices.place_display()
    assert not feed.display.isVisible()
    monkeypatch.undo()
    till.window.flows.devices.place_display()
    assert feed.display.isVisible()
    till.window.activateWindow()

    # One pack read twice counts once, and the strip says so.
    last = send_scan(till.window, milk, gap_ms=1)
    send_scan(till.window, milk, gap_ms=1, start_ms=last + 60)
    till.settle()
    assert till["quantities"] == ["2"]
    assert "read twice, counted once" in str(till["detail"])

    # Paper near its end, cover open: in words on the chip, before any paper is wanted.
    printer.set_paper_low(True)
    ask(till)
    assert (till["printer"], till["banner"]) == ("Paper low", "Paper is running low. Have a roll ready.")
    printer.set_cover(is_open=True)
    ask(till)
    assert till["printer"] == "Cover open"
    printer.set_cover(is_open=False)
    printer.set_paper_low(False)
    ask(till)
    assert till["printer"] == "Printer"

    # Paying: what is due, then the change; the drawer opens for cash and is watched until it is shut.
    till.stroke("F12")
    assert till["display"] == "paying"
    till.keys("20.00\n")
    assert till["display"] == "change"
    assert printer.wait_for(lambda peer: peer.kicks == 1)
    ask(till)
    till.wait(lambda seen: seen["printer"] == "Printer")
    watch = till.window.flows.devices.drawer
    till.wait(lambda _: watch.is_open)
    watch._long.timeout.emit()
    assert till["banner"] == "The drawer has been open for 30 seconds. Close it."
    assert till["printer"] == "Drawer open"
    printer.shut_drawer()
    till.wait(lambda _: not watch.is_open)
    assert (till["banner"], till["printer"]) == ("", "Printer")
    assert till.window.flows.devices._shut.isActive()
    till.window.flows.devices._shut.timeout.emit()
    assert till["screen"] == "sale"
    assert till["display"] == "change", "it stands there until the next item, or twenty seconds"
    till.scan(milk)
    assert till["display"] == "sale"

    # A card sale leaves the drawer shut; a stuck drawer is said, and sent its pulse again on the record.
    till.stroke("F4")
    till.stroke("F1")
    assert till["display"] == "thanks"
    assert printer.kicks == 1
    printer.set_drawer_stuck(True)
    till.scan(milk)
    till.stroke("F11")
    till.wait(lambda seen: seen["banner"] == DID_NOT_OPEN)
    assert till["printer"] == "Drawer stuck"
    printer.set_drawer_stuck(False)
    till.window.stage.banner.action_keys()[0].click()
    till.wait(lambda _: watch.is_open)
    assert till["banner"] == ""
    printer.shut_drawer()
    till.wait(lambda _: not watch.is_open)
    names = [
        json.loads(str(body))["name"]
        for (body,) in shop.ask("select body from pos.document where kind = 'event'")
    ]
    assert "drawer_kicked_again" in names

    # Out of paper after a sale: the sale stands, the words say what to do.
    printer.set_paper(0)
    till.scan(milk)
    till.stroke("F11")
    till.wait(lambda seen: "out of paper" in str(seen["banner"]))
    assert till["lines"] == 0


def test_the_devices_page_sets_the_scanner_up_and_keeps_it(
    counter: Counter, shop: Shop, settings: Settings, printer: EmulatedPrinter, sounds: Sounds
) -> None:
    till = counter.open()
    till.window.flows.devices.attach(till.window.scans, sounds)
    till.settle()
    till.stroke("F10", "Ctrl+D")
    assert till["screen"] == "devices"
    rows = till["devices"]
    assert isinstance(rows, dict)
    assert rows["Printer"] == "Printer is ready."
    assert rows["Scale"] == "None is set up. Weights are typed."
    assert rows["Customer display"] == "It shows the sale."
    assert "cash, cheque, voucher" in rows["Drawer"]
    till.stroke("F6", "F6")
    assert (till["devices"]["Sound"], sounds.volume) == ("Volume 50 of 100.", 50)  # type: ignore[index]
    till.stroke("F8")
    assert (till["devices"]["Sound"], sounds.volume) == ("Silent.", 0)  # type: ignore[index]
    till.stroke("F3")
    assert printer.wait_for(lambda peer: len(peer.papers) == 1)
    assert "Test page" in " ".join(printer.papers[0].lines)
    till.stroke("F2")
    assert till["screen"] == "scanner_setup"
    send_scan(till.window, "~9520100000010#")
    till.settle()
    facts = till["facts"]
    assert isinstance(facts, dict)
    assert facts["Came in"] == "~9520100000010#[Enter]"
    assert facts["Speed"] == "5 ms from key to key"
    assert facts["Around it"] == "begins with ~, # behind it, ends with Enter"
    assert facts["Made of it"] == "A scan: ~9520100000010#"
    assert till["ignored"] == 0
    till.stroke("F12")
    assert till["screen"] == "approval"
    till.tap("person:1006")
    till.keys("6666\n")
    assert till["message"] == "Kept. Scan once more to see it work."
    kept = tomllib.loads(settings.file.read_text(encoding="utf-8"))
    assert kept["sound"] == {"volume": 0}
    assert kept["scanner"] == {"prefix": "~", "suffix": "#", "gap_ms": 50, "double_ms": 150}
    till.stroke("Esc")
    assert till["screen"] == "sale"
    till.scan(f"~{code_of(shop, 'Whole milk 2 L')}#")
    assert till["names"] == ["Whole milk 2 L"]
