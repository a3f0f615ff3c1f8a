"""Questions stop the till: unknown codes, ages, and what scans do meanwhile."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.register.conftest import Counter, Shop, Till, code_of, sign_in
from tests.register.gallery import UNKNOWN

WINE = (
    "select c.code from pos.item i join pos.item_code c on c.item_id = i.id"
    " where i.min_age = 18 and i.name ilike '%75 cl%' order by i.id, c.code limit 2"
)


@pytest.fixture
def wine(shop: Shop) -> str:
    """A barcode of something for adults."""
    return str(shop.ask(WINE)[0][0])


def test_an_unknown_code_stops_the_till(till: Till, milk: str) -> None:
    """Scans queued behind it and scans after it are refused and counted, not kept for later."""
    sounds: list[str] = []
    till.window.flows.desk.sale.sound.connect(sounds.append)
    till.scan(milk, UNKNOWN, milk, milk)
    assert till["screen"] == "unknown"
    assert till["items"] == 1
    assert till["ignored"] == 2
    assert sounds.count("error") == 3
    till.scan(milk)
    assert till["ignored"] == 3
    assert "3 more scans ignored" in str(till["detail"])
    assert till["pay"] == "Fix 1 item to pay"
    assert till["can_pay"] is False
    till.stroke("F12", "F11")
    assert till["screen"] == "unknown"


def test_it_is_left_out(till: Till, milk: str, shop: Shop) -> None:
    """Esc, and the record says so."""
    till.scan(milk, UNKNOWN)
    till.stroke("Esc")
    assert till["screen"] == "sale"
    assert till["items"] == 1
    assert till["ignored"] == 0
    assert shop.ask("select body::json->>'name' from pos.document where kind = 'event'") == [
        ("unknown_left_out",)
    ]


def test_it_is_found_by_name(till: Till) -> None:
    """F3: the choice takes its place, in its quantity."""
    till.keys("3*")
    till.scan(UNKNOWN)
    till.stroke("F3")
    till.keys("brownie\n")
    assert till["names"] == ["Chocolate brownie"]
    assert till["quantities"] == ["3"]


def test_it_is_sold_at_a_typed_price(till: Till, shop: Shop) -> None:
    """F4: department, price, and the sale is booked with it."""
    till.scan(UNKNOWN)
    till.stroke("F4")
    if till["screen"] == "approval":
        approve(till)
    assert till["screen"] == "departments"
    till.tap("department:Household")
    till.keys("2.50\n")
    assert till["screen"] == "sale"
    assert till["total"] == "2.50"
    till.stroke("F11")
    assert till["message"] == "Paid by cash £2.50"
    rows = shop.ask(
        "select body::json->'lines'->0->>'department', body::json->'lines'->0->>'code'"
        " from pos.document where kind = 'sale' and outcome <> 'refused'"
    )
    assert rows == [("Household", f"0{UNKNOWN}")]
    sold = {"code": f"0{UNKNOWN}", "department": "Household", "price": 250, "qty": 1000}
    assert events(shop) == [("unknown_sold", sold)]


def test_a_typed_price_refused_for_the_age_sold_nothing(till: Till, shop: Shop) -> None:
    """The manager's list has what went into a sale: an age refused on the way is only that."""
    household = next(d.item.id for d in till.services.till.departments() if d.name == "Household")
    shop.do(f"update pos.item set min_age = 18 where id = {household}")
    till.services.till._departments = None  # as after a start: departments are read once a run
    till.scan(UNKNOWN)
    till.stroke("F4")
    if till["screen"] == "approval":
        approve(till)
    till.tap("department:Household")
    till.keys("2.50\n")
    assert till["screen"] == "age"
    till.stroke("F4")
    assert (till["lines"], [name for name, _detail in events(shop)]) == (0, ["age_refused"])


def approve(till: Till) -> None:
    """Priya, the supervisor, types her PIN."""
    staff = {card.name: card.number for card in till.services.till.staff()}
    number = next(n for name, n in staff.items() if name.startswith("Priya"))
    from pos_desktop.services.demo_shop import demo_staff

    pin = next(person.pin for person in demo_staff() if person.number == number)
    till.keys(f"{pin}\n")


def test_it_stays_through_the_lock(till: Till, milk: str) -> None:
    """Locked and unlocked by somebody else, it still wants its answer."""
    till.scan(milk, UNKNOWN)
    till.stroke("Ctrl+L")
    assert till["screen"] == "lock"
    till.scan(milk)
    sign_in(till, 1002, "2222")
    assert till["screen"] == "unknown"
    assert till["cashier"] == 1002
    assert till["items"] == 1


def test_age_is_asked_once(till: Till, wine: str, milk: str) -> None:
    """No key by accident; one answer covers the rest of the sale."""
    till.scan(wine, milk)
    assert till["screen"] == "age"
    assert till["ignored"] == 1
    for key in ("Return", "Space", "Esc", "F12", "F11"):
        till.stroke(key)
    assert till["screen"] == "age"
    till.stroke("F1")
    assert till["lines"] == 1
    till.scan(wine)
    assert till["screen"] == "sale"
    assert till["items"] == 2


def test_nothing_of_a_scanned_id_is_kept(till: Till, wine: str, shop: Shop) -> None:
    """It is judged; neither the till's folder nor the server has a letter of it."""
    till.scan(wine)
    till.scan("DAQSMITH4711DBB01011980")
    assert (till["scanned"], till["too_young"], till["ignored"]) == (True, False, 0)
    till.stroke("F1", "F11")
    assert shop.ask("select count(*) from pos.document where kind = 'sale'") == [(1,)]
    assert shop.ask("select 1 from pos.document where strpos(body, 'SMITH') > 0") == []
    kept = [path for path in till.services.settings.home.rglob("*") if path.is_file()]
    assert any(wine.encode() in path.read_bytes() for path in kept)
    assert not any(b"SMITH" in path.read_bytes() for path in kept)


def test_a_refused_age_takes_it_out_and_is_logged(till: Till, wine: str, shop: Shop) -> None:
    """The record has the age and the item, and nothing about the person."""
    till.scan(wine)
    till.stroke("F4")
    assert till["lines"] == 0
    assert "not sold" in str(till["message"])
    rows = shop.ask("select body::json->'detail' from pos.document where kind = 'event'")
    assert len(rows) == 1
    assert set(rows[0][0]) == {"item", "min_age", "method"}  # type: ignore[call-overload]


def test_an_open_age_question_survives_the_lock(till: Till, wine: str) -> None:
    """The question is there again after unlocking; the lock hides it meanwhile."""
    till.scan(wine)
    till.window.flows.session.lock()
    till.settle()
    assert till["screen"] == "lock"
    sign_in(till)
    assert till["screen"] == "age"


def test_a_price_change_needs_a_supervisor(till: Till, milk: str, shop: Shop) -> None:
    """The cashier asks and says why, Priya's PIN allows, the document says who; an event says why."""
    till.scan(milk)
    till.stroke("F5")
    till.keys("1.50\n")
    assert till["screen"] == "why"
    till.stroke("F3")
    assert till["screen"] == "approval"
    approve(till)
    assert till["screen"] == "sale"
    assert till["total"] == "1.50"
    till.stroke("F11")
    body = shop.ask("select body::json->'approvals' from pos.document where kind = 'sale'")[0][0]
    assert body[0]["what"] == "price_override"  # type: ignore[index]
    told = shop.ask(
        "select reason, detail->'was', detail->'now' from pos.event where name = 'price_overridden'"
    )
    assert told == [("The shelf says otherwise", 185, 150)]


def test_no_answer_leaves_the_price_alone(till: Till, milk: str) -> None:
    """Esc at the reasons, or on the supervisor's pad."""
    till.scan(milk)
    for keys in (("Esc",), ("F2", "Esc")):
        till.stroke("F5")
        till.keys("0.10\n")
        till.stroke(*keys)
    assert till["total"] == "1.85"


def test_the_key_sheet_shows_only_what_works(till: Till, milk: str) -> None:
    """F1; no key for discounts or refunds until there are any, and scans are refused while it is open."""
    till.scan(milk)
    till.stroke("F1")
    assert till["screen"] == "keys"
    till.scan(milk)
    assert till["items"] == 1
    till.stroke("Esc")
    assert till["screen"] == "sale"
    assert till.window.focusWidget() is till.window.topbar.box


def test_mirrored_for_the_left_hand(counter: Counter) -> None:
    """The basket stands at the right, pay at the left."""
    till = counter.open(mirrored=True)
    assert till.find("pay").mapTo(till.window, till.find("pay").rect().center()).x() < 400
    assert till.window.layoutDirection() == Qt.LayoutDirection.LeftToRight


def warn_of(shop: Shop, name: str, on_hand: int) -> str:
    """Set an item to warn at a stock (thousandths); its code."""
    code = code_of(shop, name)
    one = f"(select item_id from pos.item_code where code = '{code}')"
    shop.do(f"update pos.item set stock_policy = 'warn' where id = {one}")
    shop.do(f"update pos.stock set on_hand = {on_hand} where item_id = {one}")
    return code


def events(shop: Shop) -> list[tuple[object, ...]]:
    """The events the tills wrote down, oldest first."""
    return shop.ask(
        "select body::jsonb->>'name', body::jsonb->'detail' from pos.document"
        " where kind = 'event' order by no"
    )


def test_an_item_set_to_warn_asks_before_it_is_added_and_once_a_sale(till: Till, shop: Shop) -> None:
    """Two are left: the third asks; sold anyway it is written down, and the fourth asks no more."""
    milk = warn_of(shop, "Whole milk 2 L", 2)
    till.scan(milk, milk)
    assert till["screen"] == "sale"
    till.scan(milk, milk)
    assert till["screen"] == "stock_warning"
    assert till["message"] == "The stock says 2 left"
    assert (till["quantities"], till["ignored"]) == (["2"], 1)
    till.keys("\n")
    assert till["screen"] == "stock_warning"
    till.stroke("F2")
    assert (till["screen"], till["quantities"], till["message"]) == ("sale", ["3"], "Whole milk 2 L")
    till.scan(milk)
    assert (till["screen"], till["quantities"]) == ("sale", ["4"])
    assert [name for name, _detail in events(shop)] == ["stock_warning_passed"]
    detail = events(shop)[0][1]
    assert isinstance(detail, dict)
    assert (detail["on_hand"], detail["qty"]) == (2000, 3000)


def test_left_out_the_basket_stays_as_it_was(till: Till, shop: Shop) -> None:
    """Escape is one of the two keys' own; nothing is written down."""
    milk = warn_of(shop, "Whole milk 2 L", 0)
    till.scan(milk)
    assert till["message"] == "The stock says none is left"
    till.stroke("Esc")
    assert (till["screen"], till["lines"], till["message"]) == ("sale", 0, "Left out")
    assert events(shop) == []


def test_a_larger_quantity_asks_too_and_a_smaller_one_does_not(till: Till, shop: Shop) -> None:
    """F2, 5: the line would hold more than there is."""
    till.scan(warn_of(shop, "Whole milk 2 L", 3))
    till.keys("5")
    till.stroke("F2")
    assert (till["screen"], till["quantities"]) == ("stock_warning", ["1"])
    till.tap("leave_out")
    assert (till["quantities"], till["detail"]) == (["1"], "Whole milk 2 L stays as it was")
    till.keys("3")
    till.stroke("F2")
    assert (till["screen"], till["quantities"]) == ("sale", ["3"])
    till.keys("2")
    till.stroke("F2")
    assert till["quantities"] == ["2"]


def test_a_warning_survives_a_restart(counter: Counter, till: Till, shop: Shop) -> None:
    """The code is looked up and asked about again."""
    till.scan(warn_of(shop, "Whole milk 2 L", 0))
    counter.close(till)
    again = counter.open()
    assert (again["screen"], again["lines"]) == ("stock_warning", 0)
