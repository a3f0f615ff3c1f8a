"""Ringing up at the real window: scans, typed codes, quantities, weights, searching, changing, undoing."""

from __future__ import annotations

import psycopg
import pytest

from tests.register.conftest import Counter, Shop, Till, code_of
from tests.register.gallery import UNKNOWN
from ui.key_events import send_scan
from ui.widgets.labels import Label

NAMES = ("Whole milk 2 L", "Sourdough loaf 800 g", "Cheddar mature 400 g", "Free range eggs, 12")


@pytest.fixture
def codes(shop: Shop) -> tuple[str, ...]:
    """Barcodes of four items."""
    return tuple(code_of(shop, name) for name in NAMES)


def test_a_burst_of_codes_is_rung_up_in_order(till: Till, codes: tuple[str, ...]) -> None:
    """Twenty scans without a pause, all before the first look-up has answered: none is dropped."""
    burst = codes * 5
    for code in burst:
        send_scan(till.window, code)
    assert till.window.flows.ringing.waiting == len(burst)
    till.settle()
    assert till["items"] == 20
    assert till["names"] == list(NAMES)
    assert till["quantities"] == ["5", "5", "5", "5"]


def test_a_slow_look_up_is_said_with_what_waits(till: Till, shop: Shop, codes: tuple[str, ...]) -> None:
    """While somebody holds the table of codes: words, a count, and both items once it is free."""
    with psycopg.connect(shop.owner_dsn) as holder:
        holder.execute("lock table pos.item_code in access exclusive mode")
        send_scan(till.window, codes[0])
        till.wait(lambda probe: probe["message"] == "Looking it up…")
        send_scan(till.window, codes[1])
        till.wait(lambda probe: "1 more waiting" in str(probe["detail"]))
        holder.rollback()
    till.settle()
    assert till["names"] == [NAMES[0], NAMES[1]]


def test_the_same_pack_scanned_twice_at_once_is_two(till: Till, codes: tuple[str, ...]) -> None:
    """Two packs of one item scanned right after each other."""
    till.scan(codes[0], codes[0])
    assert till["quantities"] == ["2"]


def test_a_scan_needs_no_focus(till: Till, codes: tuple[str, ...]) -> None:
    """With nothing focused the scan arrives all the same, and no text box sees it."""
    till.window.topbar.box.clearFocus()
    till.window.setFocus()
    till.scan(codes[1])
    assert till["names"] == [NAMES[1]]
    assert till["entry"] == "0"


def test_a_plu_typed_anywhere_and_its_weight(till: Till) -> None:
    """4011 is bananas; they are weighed by typing."""
    till.window.setFocus()
    till.keys("4011\n")
    assert till["screen"] == "weigh"
    till.keys("0.842\n")
    assert till["screen"] == "sale"
    assert till["quantities"] == ["0.842 kg"]
    assert till["total"] == "0.94"


def test_a_code_typed_by_hand(till: Till, codes: tuple[str, ...]) -> None:
    """Thirteen digits at a person's pace."""
    till.keys(f"{codes[2]}\n")
    assert till["names"] == [NAMES[2]]


def test_quantity_before_the_item(till: Till, codes: tuple[str, ...]) -> None:
    """6* is used up by one item; the next is one again."""
    till.keys("6*")
    assert till["entry"] == "6 ×"
    till.scan(codes[0], codes[1])
    assert till["quantities"] == ["6", "1"]


def test_quantity_by_touch(till: Till, codes: tuple[str, ...]) -> None:
    """The pad's 3 and Qty ×, then a tile."""
    till.tap("key_3")
    till.tap("key_qty")
    assert till["entry"] == "3 ×"
    till.tap("tile:Croissant")
    assert till["quantities"] == ["3"]


def test_quantity_after_the_item(till: Till, codes: tuple[str, ...]) -> None:
    """Typed and F2, F2 and typed, plus and minus."""
    till.scan(codes[0])
    till.keys("4")
    till.stroke("F2")
    assert till["quantities"] == ["4"]
    till.stroke("F2")
    till.keys("7\n")
    assert till["quantities"] == ["7"]
    till.tap("less")
    till.tap("one_more")
    till.tap("one_more")
    assert till["quantities"] == ["8"]


def test_the_minus_key_never_takes_the_last_piece(till: Till, codes: tuple[str, ...]) -> None:
    """Remove is its own key."""
    till.scan(codes[0])
    till.tap("less")
    assert till["quantities"] == ["1"]


def test_remove_and_undo(till: Till, codes: tuple[str, ...]) -> None:
    """Line for line back, by key and by touch."""
    till.scan(*codes)
    till.stroke("Up", "Del")
    assert till["names"] == [NAMES[0], NAMES[1], NAMES[3]]
    assert till["message"] == f"{NAMES[2]} removed"
    till.stroke("Ctrl+Z")
    assert till["names"] == list(NAMES)
    till.tap("remove")
    till.tap("undo")
    assert till["names"] == list(NAMES)


def test_letters_open_the_search(till: Till) -> None:
    """Any part of the name, in any order; Enter takes the chosen one."""
    till.keys("grap red")
    assert till["screen"] == "find"
    assert till["entry"] == "grap red"
    found = till["found"]
    assert isinstance(found, list)
    assert "Grapefruit red" in found
    till.stroke("Down")
    chosen = till["chosen"]
    till.keys("\n")
    assert till["screen"] in ("sale", "weigh")
    if till["screen"] == "weigh":
        till.keys("0.5\n")
    assert till["names"] == [chosen]


def test_search_by_touch(till: Till) -> None:
    """Our own keyboard types, a tap on a chosen row takes it."""
    till.tap("find")
    for letter in "brownie":
        till.tap(f"letter_{letter}")
    till.tap("choose")
    assert till["names"] == ["Chocolate brownie"]


def test_nothing_found_says_so(till: Till) -> None:
    """The words are repeated, and nothing can be taken."""
    till.stroke("F3")
    till.keys("zzzzqq")
    assert till["message"] == "Nothing matches “zzzzqq”. Try fewer letters."
    till.keys("\n")
    assert till["screen"] == "find"
    till.stroke("Esc")
    assert till["screen"] == "sale"


def test_tiles_by_category_and_page(till: Till) -> None:
    """A tile of another category is two taps away."""
    till.tap("category:Bakery")
    assert till["page"] == "Bakery"
    label = till.window.flows.sale_screen.tiles.grid.shown[0].label
    till.tap(f"tile:{label}")
    assert till["lines"] == 1


def test_a_wrong_check_digit_is_not_added(till: Till) -> None:
    """Said in words; the next scan goes on."""
    till.scan("5010012345670")
    assert till["lines"] == 0
    assert till["message"] == "Not added"
    assert "check digit" in str(till["detail"])


def test_stock_zero_sells_with_a_note(till: Till, shop: Shop, codes: tuple[str, ...]) -> None:
    """Amber, never in the way."""
    shop.do(
        "update pos.stock set on_hand = 0 where item_id = (select item_id from pos.item_code"
        f" where code = lpad('{codes[0]}', 14, '0'))"
    )
    till.scan(codes[0])
    assert till["lines"] == 1
    assert "stock says 0" in str(till["detail"])
    assert till.window.flows.sale_screen.basket.strip.state == "warn"


def test_a_blocked_item_is_not_sold(till: Till, shop: Shop, codes: tuple[str, ...]) -> None:
    """Red, with whom to call."""
    shop.do(
        "update pos.item set blocked = true where id = (select item_id from pos.item_code"
        f" where code = lpad('{codes[0]}', 14, '0'))"
    )
    till.scan(codes[0])
    assert till["lines"] == 0
    assert till["message"] == f"{NAMES[0]} not sold"
    assert till.window.flows.sale_screen.basket.strip.state == "danger"


def test_price_check_sells_nothing_until_asked(till: Till, codes: tuple[str, ...]) -> None:
    """Scan or type; Enter adds it after all."""
    till.stroke("F9")
    till.scan(codes[2])
    assert till["price"] == "£4.35"
    assert till.probe()["lines"] == 0
    till.keys("4011\n")
    assert till["price"] == "£1.12 / kg"
    till.scan(codes[2])
    till.keys("\n")
    assert till["screen"] == "sale"
    assert till["names"] == [NAMES[2]]


def test_the_sale_comes_back_after_a_crash(counter: Counter, codes: tuple[str, ...]) -> None:
    """Line for line, with its quantities; it is named as over the basket, with its lines and its total."""
    till = counter.open()
    till.scan(*codes, codes[0])
    total = till["total"]
    counter.close(till)
    again = counter.open()
    number = again.services.till.state().next_no
    head = {label.text() for label in again.window.flows.sale_screen.basket.findChildren(Label)}
    assert f"Sale {number}" in head
    assert again["message"] == f"Sale {number} restored"
    assert again["detail"] == f"4 lines, £{total} · scan the next item, or pay"
    assert again["names"] == list(NAMES)
    assert again["quantities"] == ["2", "1", "1", "1"]
    assert again["total"] == total


def test_an_open_unknown_code_comes_back_too(counter: Counter, codes: tuple[str, ...]) -> None:
    """The till still stops until it is answered."""
    till = counter.open()
    till.scan(codes[0], UNKNOWN)
    counter.close(till)
    again = counter.open()
    assert again["screen"] == "unknown"
    assert again["unknown"] == f"0{UNKNOWN}"
    assert again["names"] == [NAMES[0]]
    assert again["pay"] == "Fix 1 item to pay"
