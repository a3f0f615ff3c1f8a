"""The law at the register: shut goods, recalls, scanned IDs, staff under age, deposits, empties, cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.register.conftest import Counter, Shop, Till
from tests.register.test_questions import WINE, approve, events
from ui.register.background import POLL_MS

GINGER, CRATE = "9520100000904", "9520100000911"
EVERY = "'{1,2,3,4,5,6,7}'"
TEN_YEARS = f"{datetime.now(UTC) + timedelta(days=3650):%m%d%Y}"


def hours(since: str, until: str) -> str:
    """No alcohol between two times counted from now, by the shop's clock."""
    return (
        "insert into pos.restriction_hours (restriction_id, weekdays, since, until)"
        f" select r.id, {EVERY}, (c + interval '{since}')::time(0), (c + interval '{until}')::time(0)"
        " from pos.restriction r, (select now() at time zone 'Europe/London') as x(c)"
    )


@pytest.fixture
def wine(shop: Shop) -> str:
    """A barcode of something for adults."""
    return str(shop.ask(WINE)[0][0])


def law_arrived(till: Till) -> None:
    """The register has read the shop's rules anew."""
    flows = till.window.flows
    till.wait(lambda _probe: any(rule.hours for rule in flows.desk.services.law()[0].restrictions))
    flows.law.look()
    till.settle()


def test_goods_are_counted_down_and_then_shut(till: Till, shop: Shop, milk: str, wine: str) -> None:
    """Rung up in time, shut before pay: the strip says so, the payment is refused, and other goods go on."""
    shop.do(hours("5 minutes", "3 hours"))
    law_arrived(till)
    chip = till.window.flows._topbar.law
    assert chip.isVisible()
    assert chip.text().startswith("Alcohol until ")
    assert chip.text().endswith((" 5 min", " 4 min", " 3 min", " 2 min"))
    till.scan(milk, wine)
    till.stroke("F2")
    assert till["items"] == 2
    shop.do("delete from pos.restriction_hours")
    shop.do(hours("-1 hour", "3 hours"))
    till.wait(lambda _probe: till.window.flows.law.look() is None and not chip.isVisible())
    assert "Remove" in str(till["message"])
    assert "Not allowed until" in str(till["detail"])
    till.stroke("F12")
    assert till["screen"] == "sale", "the server's check before pay"
    assert "may not be sold at this hour" in str(till["detail"])
    till.stroke("Del")
    till.scan(wine)
    assert "Not allowed until" in str(till["detail"])
    assert till["items"] == 1
    till.stroke("F11")
    assert "Paid by cash" in str(till["message"])


def test_a_recalled_item_is_refused_within_two_seconds(
    counter: Counter, shop: Shop, milk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By scan at once, by its tile and in the basket with the first look after that: the till looks often."""
    till = counter.open()
    till.scan(milk)
    item = till.window.flows.desk.sale.basket.lines[0].item
    looks: list[int] = []
    look = till.services.till.poll_changes
    monkeypatch.setattr(till.services.till, "poll_changes", lambda: (looks.append(1), look())[1])
    shop.do(f"update pos.item set blocked = true where id = {item.id}")
    before = len(looks)
    till.wait(lambda probe: probe["message"] == f"Remove {item.name}")
    assert POLL_MS < 2_000
    assert len(looks) - before <= 3, "one that had begun, the one that saw it, one that began meanwhile"
    till.scan(milk)
    assert till["message"] == f"{item.name} not sold"
    tiles = [tile for page in till.services.till.tiles() for tile in page.tiles if tile.item.id == item.id]
    assert all(tile.item.blocked for tile in tiles)
    till.stroke("F12")
    assert till["screen"] == "sale"
    assert "may not be sold any more" in str(till["detail"])
    till.stroke("Del", "F12")
    assert till["screen"] == "sale", "nothing is left to pay"


def test_a_scanned_id_is_judged_and_forgotten(till: Till, shop: Shop, wine: str, milk: str) -> None:
    """Row by row, as scanners send it; another code is refused; an ID no good any more proves nothing."""
    till.scan(wine)
    assert till["screen"] == "age"
    till.scan("DBB01312020", f"DBA{TEN_YEARS}")
    assert till["too_young"] is True
    assert till["ignored"] == 0
    till.stroke("F1", "F2")
    assert till["screen"] == "age"
    till.stroke("F3")
    till.scan(milk)
    assert till["ignored"] == 1
    till.scan("ANSI 6360260801DLDAQT64235789DCSSAMPLEDBB01311990DBA01012020")
    assert till["expired"] is True
    till.scan(f"ANSI 6360260801DLDAQT64235789DCSSAMPLEDBB01311990DBA{TEN_YEARS}")
    assert (till["expired"], till["too_young"], till["scanned"]) == (False, False, True)
    till.stroke("F1")
    assert till["screen"] == "sale"
    till.stroke("F11")
    told = shop.ask(
        "select c->>'result', c->>'method' from pos.document, json_array_elements(body::json->'checks') c"
        " where kind = 'sale'"
    )
    assert told == [("id_checked", "scanned")]
    kept = shop.ask("select count(*) from pos.document where body ~ '1990|2020|SAMPLE|T64235789'")
    assert kept == [(0,)]
    draft = (till.services.settings.home / "data").rglob("*")
    assert all(
        b"1990" not in file.read_bytes()
        for file in draft
        if file.is_file() and b"SAMPLE" in file.read_bytes()
    )


def test_a_refusal_is_logged_with_rule_method_and_result(till: Till, shop: Shop, wine: str) -> None:
    till.scan(wine)
    till.keys("31012020")
    till.stroke("F4")
    assert till["items"] == 0
    ((name, detail),) = events(shop)
    assert (name, detail["min_age"], detail["method"]) == ("age_refused", 18, "typed")
    assert "2020" not in str(detail)


def test_staff_under_age_ask_once_a_sale(till: Till, shop: Shop, wine: str, milk: str) -> None:
    """After the age check, by a supervisor's PIN; refused there, the item stays out."""
    shop.do("update pos.staff set serves_from = current_date + 30 where number = 1001")
    till.wait(lambda _probe: bool(till.window.flows.desk.services.law()[0].juniors))
    till.scan(milk, wine)
    till.stroke("F2")
    assert till["screen"] == "approval"
    till.stroke("Esc")
    assert till["items"] == 1
    till.scan(wine)
    assert till["screen"] == "approval"
    approve(till)
    assert till["items"] == 2
    till.scan(wine)
    assert till["items"] == 3
    till.stroke("F11")
    told = "select outcome, reason, body::json->'approvals'->0->>'what' from pos.document where kind = 'sale'"
    assert shop.ask(told) == [("booked", None, "serve_under_age")]


def test_deposits_empties_and_cases(till: Till, shop: Shop, milk: str) -> None:
    """A deposit comes and goes with its goods; empties by key and by scan; singles make a case."""
    till.scan(GINGER)
    assert till["names"] == ["Ginger beer, returnable 75 cl", "Deposit, bottle"]
    assert till["total"] == "2.10"
    till.stroke("F10", "Ctrl+B")
    assert till["screen"] == "empties"
    till.stroke("1", "1")
    till.scan(GINGER)
    till.scan(milk)
    assert "has no deposit" in str(till["message"])
    assert till["counts"] == {"Deposit, bottle": 3, "Deposit, crate of 12": 0}
    till.stroke("Esc")
    assert till["total"] == "1.35"
    assert till["quantities"] == ["1", "1", "−3"]
    till.keys("11*")
    till.scan(GINGER)
    assert till["total"] == "22.05", (
        "12 of 1.85 are 22.20, as a crate 19.80; deposits 3.00, empties 0.75 back"
    )
    till.stroke("F11")
    assert shop.ask("select outcome, flags from pos.document where kind = 'sale'") == [("booked", [])]
    till.scan(CRATE)
    assert till["total"] == "24.30"
    till.stroke("F11")
    left = shop.ask(
        "select on_hand from pos.stock join pos.item_code using (item_id)"
        f" where code = '0{GINGER}' and store_id = 1"
    )
    assert left == [(48 - 12 - 12,)]
