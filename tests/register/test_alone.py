"""The day's work by touch alone, by keyboard alone, and with nothing but a scanner and the printed sheet."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.command_sheet import COMMANDS, parse_command
from tests.register.conftest import Counter, Shop, Till, code_of
from ui.robot.hands import Hands


def touch(till: Till, *names: str) -> None:
    """Put a finger on each of these: it has to be on the screen, with nothing lying over it."""
    for name in names:
        target = reachable(till, name)
        Hands(till.window).tap(target)
        till.settle()


def reachable(till: Till, name: str) -> QWidget:
    """The widget of that name which a finger in its middle really meets."""
    lying: list[str] = []
    for widget in till.window.findChildren(QWidget, name):
        if not widget.isVisible():
            continue
        spot = widget.mapTo(till.window, widget.rect().center())
        met = till.window.childAt(QPoint(spot))
        if met is widget or (met is not None and widget.isAncestorOf(met)):
            return widget
        lying.append(met.objectName() or type(met).__name__ if met else "nothing")
    raise AssertionError(f"no finger reaches {name!r} on {till['screen']}; over it: {lying}")


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)], ids=lambda s: f"{s[0]}")
def test_a_day_by_touch_alone(counter: Counter, shop: Shop, size: tuple[int, int]) -> None:
    """Sign in, float, tiles, a searched item, cash with change, card, no sale, Z."""
    till = counter.open(ready=False, size=size)
    touch(till, "person:1001", "key_1", "key_1", "key_1", "key_1", "key_enter")
    assert till["screen"] == "shift_open"
    touch(till, "key_5", "key_0", "take")
    assert till["screen"] == "sale"
    sell_croissant(till)
    assert till["names"] == ["Croissant"]
    touch(till, "pay")
    assert till["screen"] == "tender"
    touch(till, "key_5", "key_enter")
    assert till["change"] == "3.80"
    touch(till, "next")
    assert till["screen"] == "sale"
    search_by_touch(till)
    if size[0] < 1366:  # where tiles and number pad share one place
        touch(till, "show_keypad")
    touch(till, "card", "paid")
    assert till["screen"] == "sale"
    close_by_touch(till)
    kinds = shop.ask("select kind from pos.document order by no")
    assert [kind for (kind,) in kinds] == ["shift_open", "sale", "sale", "no_sale", "shift_close"]
    assert shop.ask("select distinct outcome from pos.document") == [("booked",)]


def sell_croissant(till: Till) -> None:
    """By its tile, wherever its page is."""
    for page in ("category:Bakery", "tile:Croissant"):
        touch(till, page)


def search_by_touch(till: Till) -> None:
    """Part of a name on the screen's own keyboard."""
    touch(till, "find")
    assert till["screen"] == "find"
    touch(till, *(f"letter_{letter}" for letter in "brownie"))
    touch(till, "choose")
    assert till["names"] == ["Chocolate brownie"]


def close_by_touch(till: Till) -> None:
    """A drawer opening with its reason, then the count and the Z."""
    touch(till, "more", "no_sale", "reason_1")
    assert till["message"] == "Drawer opened"
    touch(till, "more", "close_shift")
    assert till["screen"] == "shift_close"
    touch(till, "count:5000", "key_1", "take", "take")
    assert till["screen"] == "z_done"
    touch(till, "next")
    assert till["screen"] == "sign_in"


def test_a_day_by_keyboard_alone(counter: Counter, shop: Shop) -> None:
    """The same day with no hand leaving the keys."""
    till = counter.open(ready=False)
    till.keys("1111\n")
    till.keys("50\n")
    till.stroke("F12")
    assert till["screen"] == "sale"
    till.keys("2*")
    till.keys(f"{code_of(shop, 'Whole milk 2 L')}\n")
    till.keys("4011\n")
    till.keys("0.842\n")
    assert till["quantities"] == ["2", "0.842 kg"]
    till.stroke("F12")
    till.keys("20\n")
    till.stroke("Return")
    till.stroke("F3")
    till.keys("brownie\n")
    assert till["names"] == ["Chocolate brownie"]
    till.stroke("F4", "F1")
    till.stroke("Ctrl+D", "F2", "Ctrl+W")
    assert till["screen"] == "shift_close"
    till.keys("1\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    till.stroke("Return")
    assert till["screen"] == "sign_in"
    kinds = shop.ask("select kind from pos.document order by no")
    assert [kind for (kind,) in kinds] == ["shift_open", "sale", "sale", "no_sale", "shift_close"]


def sheet_of(till: Till) -> dict[str, str]:
    """The sheet as the till prints it for this shop: each barcode's text by its command's name."""
    till.stroke("F10", "F11")
    document = pypdfium2.PdfDocument(till.services.settings.home / "command-sheet.pdf")
    try:
        picture = document[0].render(scale=300 / 72).to_pil()
    finally:
        document.close()
    secret = bytes.fromhex(till.services.till.state().store.command_secret)
    codes = [code.text for code in zxingcpp.read_barcodes(picture)]
    return {str(parse_command(secret, code)): code for code in codes}


def test_three_customers_by_scanner_alone(till: Till, shop: Shop) -> None:
    """Scan, exact cash, next, from the sheet this till printed; no tone of refusal on the way."""
    sheet = sheet_of(till)
    assert set(sheet) == {command.name for command in COMMANDS}
    sounds: list[str] = []
    till.window.flows.desk.sale.sound.connect(sounds.append)
    for _ in range(3):
        till.scan(code_of(shop, "Whole milk 2 L"), code_of(shop, "Cheddar mature 400 g"))
        till.scan(sheet["exact_cash"])
        assert till["lines"] == 0
        till.scan(sheet["next"])
        assert till["screen"] == "sale"
    assert "error" not in sounds
    assert len(shop.ask("select from pos.sale")) == 3
