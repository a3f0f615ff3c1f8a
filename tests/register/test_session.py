"""Who is at the till: PIN, shift, lock, switching; starting again after any end; a second program."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from pos_desktop.bootstrap import open_till
from pos_desktop.config import Settings
from pos_desktop.domain.command_sheet import command_code
from pos_desktop.errors import UserError
from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Counter, Shop, Till, code_of, sign_in
from tests.register.gallery import UNKNOWN
from ui.app import Register, RegisterOptions
from ui.theme import theme

TAKEN_OVER = (
    "select cashier, body::jsonb->'detail' from pos.document"
    " where kind = 'event' and body::jsonb->>'name' = 'sale_taken_over'"
)


def test_a_day_begins_with_pin_and_float(counter: Counter, shop: Shop) -> None:
    """Choose a name, type the PIN, count the float, sell."""
    till = counter.open(ready=False)
    assert till["screen"] == "sign_in"
    till.keys("1111\n")
    assert till["screen"] == "shift_open"
    till.keys("2\n")
    till.stroke("F12")
    assert till["screen"] == "sale"
    assert till["cashier"] == 1001
    assert len(shop.ask("select 1 from pos.document where kind = 'shift_open'")) == 1


def test_a_wrong_pin_stays_outside(counter: Counter) -> None:
    """Words, and no way in."""
    till = counter.open(ready=False)
    till.keys("9999\n")
    assert till["screen"] == "sign_in"
    assert till["cashier"] == 0


def test_the_sale_waits_behind_the_lock(till: Till, shop: Shop, milk: str) -> None:
    """Locked by key, opened by somebody else; the document names who took the money."""
    till.scan(milk)
    till.stroke("Ctrl+L")
    assert till["screen"] == "lock"
    till.scan(milk)
    till.stroke("F11", "F12", "Esc")
    assert till["screen"] == "lock"
    sign_in(till, 1002, "2222")
    assert till["screen"] == "sale"
    assert till["items"] == 1
    till.stroke("F11")
    assert shop.ask("select body::json->>'cashier' from pos.document where kind = 'sale'") == [("1002",)]
    assert shop.ask(TAKEN_OVER) == [(1002, {"from": 1001, "to": 1002, "lines": 1})]


def test_unlocking_ones_own_sale_or_none_is_nothing_to_tell(till: Till, shop: Shop, milk: str) -> None:
    """The same person comes back to the sale; another one to an empty till."""
    till.scan(milk)
    till.stroke("Ctrl+L")
    sign_in(till)
    till.stroke("F11", "Ctrl+L")
    sign_in(till, 1002, "2222")
    assert (till["screen"], till["cashier"]) == ("sale", 1002)
    assert shop.ask(TAKEN_OVER) == []


def test_the_lock_covers_the_tender(till: Till, milk: str) -> None:
    """Payments taken are still there after unlocking."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("1.00\n")
    till.stroke("Ctrl+L")
    assert till["screen"] == "lock"
    sign_in(till)
    assert till["screen"] == "tender"
    assert till.window.flows.paying.tendering.given == 100


def test_signing_out_needs_an_empty_basket(till: Till, milk: str) -> None:
    """A sale is never left behind by accident."""
    till.scan(milk)
    till.window.flows.session.sign_out()
    till.settle()
    assert till["screen"] == "sale"
    assert till["message"] == "A sale is still open"


def test_a_second_program_says_who_holds_the_till(
    app: QApplication, counter: Counter, settings: Settings, shop: Shop
) -> None:
    """The second window says so in words, and opens once the first is gone."""
    first = counter.open()
    with pytest.raises(UserError):
        open_till(settings, dsn=shop.till_dsn)
    options = RegisterOptions(size=(1366, 768), sound=False, auto_lock_minutes=None)
    register = Register(app, lambda: open_till(settings, dsn=shop.till_dsn), options)
    register.start()
    assert register.lanes.wait_idle()
    assert register.window is None
    assert register.stop_words
    counter.close(first)
    register.start()
    assert register.lanes.wait_idle()
    assert register.window is not None
    register.close()


def test_everything_by_scanner_alone(
    counter: Counter, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    """Quantity, remove the last line, cash, reprint, hold, digits; another shop's order is refused."""
    till = counter.open()
    secret = bytes.fromhex(till.services.till.state().store.command_secret)

    def order(*names: str) -> None:
        till.scan(*(command_code(secret, name) for name in names))

    order("quantity_3")
    till.scan(milk)
    till.scan(code_of(shop, "Cheddar mature 400 g"))
    order("void_last")
    assert till["quantities"] == ["3"]
    till.scan(command_code(b"another shop's secret", "void_last"))
    assert till["quantities"] == ["3"]
    till.scan(UNKNOWN)
    order("no")
    assert till["screen"] == "sale"
    order("digit_4", "digit_0", "digit_1", "digit_1", "enter")
    assert till["screen"] == "weigh"
    order("digit_1", "enter")
    assert till["lines"] == 2
    order("hold")
    order("hold")
    order("enter")
    assert till["lines"] == 2
    order("exact_cash")
    assert till["lines"] == 0
    order("reprint")
    assert len(printer.papers) == 2
    order("lock")
    assert till["screen"] == "lock"


def test_a_new_price_reaches_the_tile(till: Till, shop: Shop) -> None:
    """Within two seconds of the manager's change, without touching anything."""
    assert till.find("tile:Croissant").accessibleName() == "Croissant, 1.20"
    shop.do("insert into pos.price (item_id, amount) select id, 135 from pos.item where name = 'Croissant'")
    till.wait(lambda _shown: till.find("tile:Croissant").accessibleName() == "Croissant, 1.35", 4000)


@pytest.mark.parametrize("scale", [90, 125])
def test_ui_size(counter: Counter, shop: Shop, milk: str, scale: int) -> None:
    """Smaller and larger than designed, on a large screen: it still sells."""
    theme().set_scale(scale)
    till = counter.open(size=(1920, 1080))
    till.scan(milk)
    till.stroke("F11")
    assert till["message"] == "Paid by cash £1.85"
    theme().set_scale(100)


def test_the_till_locks_itself(till: Till, milk: str) -> None:
    """Nobody touched it for a while: the sale stays, the PIN is asked."""
    till.scan(milk)
    till.window.lock_after.timeout.emit()
    till.settle()
    assert till["screen"] == "lock"
    sign_in(till)
    assert till["items"] == 1


def test_the_till_locks_itself_after_the_shops_minutes(counter: Counter, shop: Shop, milk: str) -> None:
    """Each key begins them anew; a till that is never to lock has no such time running."""
    till = counter.open(lock_minutes=2)
    till.scan(milk)
    assert till.window.lock_after.isActive()
    assert till.window.lock_after.interval() == 120_000
    till.stroke("F11")
    assert till["screen"] == "sale"
    counter.close(till)
    never = counter.open()
    never.scan(milk)
    assert not never.window.lock_after.isActive()


def test_a_till_locks_after_each_sale_where_the_shop_wants_it(
    counter: Counter, shop: Shop, milk: str
) -> None:
    """Not before the change is given; the scan that leaves its screen is refused, and said after the PIN."""
    till = counter.open(lock_minutes=0)
    till.scan(milk)
    assert till["screen"] == "sale"
    assert till.window.lock_after.isActive()
    till.stroke("F11")
    assert till["screen"] == "lock"
    sign_in(till, 1002, "2222")
    assert (till["screen"], till["message"]) == ("sale", "Paid by cash £1.85")
    till.scan(milk)
    till.stroke("F12")
    till.keys("2.00\n")
    assert till["screen"] == "change"
    till.scan(milk)
    assert till["screen"] == "lock"
    sign_in(till)
    assert (till["screen"], till["lines"], till["ignored"]) == ("sale", 0, 1)
    assert "1 more scan ignored" in str(till["detail"])
    till.scan(milk)
    assert till["lines"] == 1
    assert shop.ask("select count(*) from pos.document where kind = 'sale'") == [(2,)]
