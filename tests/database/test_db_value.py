"""Gift cards, credit, vouchers, accounts and payment codes: each spent once, whoever is first, and proven."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest

from pos_desktop.database import tenders as calls
from pos_desktop.database import value_setup
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once, beside, wait_until_blocked, without
from tests.database.shop import BREAD, MANAGER, TillClient, line, uuid7

CODE = "GC7Q2MKP01XW8R"
GIFT = 900
MPESA = "QGH7X5K2PL"


@pytest.fixture
def valued(world_of: Callable[..., World]) -> Callable[..., World]:
    """A shop that takes every kind, with an item that loads gift cards."""

    def make(**options: Any) -> World:
        world = world_of(**options)
        world.owner.execute("update pos.tender_kind set taken = true")
        world.owner.execute("insert into pos.tax (code, name) values ('GC', 'Gift cards')")
        world.owner.execute("insert into pos.tax_rate values ('GC', '2000-01-01', 0)")
        world.owner.execute(
            "insert into pos.item (id, name, category_id, tax, open_price, holds)"
            " values (%s, 'Gift card', 1, 'GC', true, 'gift_card')",
            [GIFT],
        )
        return world

    return make


def gift_line(account: int, amount: int, **changes: Any) -> dict[str, Any]:
    """A line that puts ``amount`` on a card."""
    return {
        "n": 1, "item": GIFT, "code": CODE, "name": "Gift card", "unit": "each", "qty": 1000, "price": amount,
        "price_version": 0, "amount": amount, "tax": "GC", "flags": ["typed_price"], "account": account,
        **changes,
    }  # fmt: skip


def gift_sale(till: TillClient, account: int, amount: int, **changes: Any) -> dict[str, Any]:
    """The sale of a gift card for cash."""
    taxes = [{"code": "GC", "rate": 0, "net": amount, "tax": 0, "gross": amount}]
    paid = [{"n": 1, "kind": "cash", "amount": amount}]
    lines = [gift_line(account, amount)]
    return till.common(
        "sale", sale=uuid7(), tax_mode="included", currency="GBP", lines=lines, taxes=taxes, tenders=paid,
        total=amount, checks=[], approvals=[], **{"grand": till.grand + amount, **changes},
    )  # fmt: skip


def sell_gift_card(till: TillClient, amount: int, code: str = CODE) -> int:
    """A gift card, sold for cash; its number."""
    made = calls.account_new(till.connection, "gift_card", code)
    account = int(made["account"])
    assert till.post(gift_sale(till, account, amount)).outcome == "booked"
    return account


def bread(world: World, till: TillClient, *tenders: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A loaf for 2.49, paid with these tenders."""
    numbered = [{"n": n, **tender} for n, tender in enumerate(tenders, 1)]
    return till.sale([line(world.shop.items[BREAD])], tenders=numbered, **changes)


def gift(account: int, amount: int = 249) -> dict[str, Any]:
    return {"kind": "gift_card", "amount": amount, "account": account, "ref": "XW8R"}


CASH = {"kind": "cash", "amount": 100}
CARD = {"kind": "card", "amount": 100, "ref": "0042"}


def balance(world: World, account: int) -> int:
    return int(world.one("select balance from pos.account where id = %s", account))


def test_a_gift_card_sold_at_one_till_is_spent_at_another_and_topped_up(
    valued: Callable[..., World],
) -> None:
    world = valued()
    first, second = world.till(1), world.till(2)
    account = sell_gift_card(first, 1000)
    sale = bread(world, second, gift(account))
    held = calls.hold_tender(second.connection, sale["sale"], {"code": CODE, "amount": 249})
    assert (held["ok"], held["amount"], held["account"], held["shown"]) == (1, 249, account, "XW8R")
    assert second.post(sale).outcome == "booked"
    found = calls.account_find(first.connection, CODE)
    assert found is not None
    assert (found["balance"], found["available"]) == (751, 751)
    again = calls.account_new(first.connection, "gift_card", CODE)
    assert (again["ok"], again["account"], again["balance"]) == (1, account, 751)
    assert first.post(gift_sale(first, account, 500)).outcome == "booked"
    entries = world.query("select source, amount, balance from pos.account_entry order by id")
    assert entries == [("line", 1000, 1000), ("tender", -249, 751), ("line", 500, 1251)]
    kinds = first.connection.execute("select api.shift_report(%s)", [second.shift]).fetchone()
    assert kinds == (None,), "another till's shift"
    report = second.connection.execute("select api.shift_report(%s)", [second.shift]).fetchone()
    assert report is not None
    assert report[0]["tenders"] == [{"kind": "gift_card", "count": 1, "amount": 249}]
    assert_sound(world.owner)


def test_part_of_it_pays_part_of_a_sale_and_never_more_than_is_there(valued: Callable[..., World]) -> None:
    world = valued()
    till = world.till()
    account = sell_gift_card(till, 100)
    sale_id = uuid7()
    held = calls.hold_tender(till.connection, sale_id, {"code": CODE, "amount": 249})
    assert held["amount"] == 100, "it pays what it holds"
    short = till.post(bread(world, till, gift(account)))
    assert (short.outcome, short.reason) == ("refused", "account_short")
    paid = bread(world, till, gift(account, 100), {"kind": "cash", "amount": 149}, sale=sale_id)
    assert till.post(paid).outcome == "booked"
    assert balance(world, account) == 0
    assert (
        calls.hold_tender(till.connection, uuid7(), {"code": CODE, "amount": 1})["reason"] == "account_short"
    )
    assert_sound(world.owner)


# -- who comes first ------------------------------------------------------------------------------

TILLS = 20


def test_twenty_tills_spend_one_gift_card_and_one_of_them_does(valued: Callable[..., World]) -> None:
    world = valued(tills=TILLS)
    tills = [world.till(n) for n in range(1, TILLS + 1)]
    account = sell_gift_card(tills[0], 249)
    sales = [bread(world, till, gift(account)) for till in tills]

    def pay(till: TillClient, sale: dict[str, Any]) -> str:
        held = calls.hold_tender(till.connection, sale["sale"], {"code": CODE, "amount": 249})
        return till.post(sale).outcome if held["ok"] else str(held["reason"])

    results = at_once([lambda t=t, s=s: pay(t, s) for t, s in zip(tills, sales, strict=True)])
    assert sorted(results) == ["account_short"] * (TILLS - 1) + ["booked"]
    assert balance(world, account) == 0
    assert world.one("select count(*) from pos.account_hold") == 0
    assert_sound(world.owner)


LOCK_OF_BOOKING = (
    "PERFORM FROM account a WHERE a.id IN (SELECT m.account FROM account_moves(d) m)"
    " ORDER BY a.id FOR UPDATE;"
)


def test_without_its_lock_two_tills_are_promised_the_same_money(valued: Callable[..., World]) -> None:
    world = valued()
    sell_gift_card(world.till(1), 249)
    without(world.owner, "hold_tender", " FOR UPDATE")
    first, second = world.connect(1), world.connect(2)
    first.execute("begin")
    asked = {"code": CODE, "amount": 249}
    assert calls.hold_tender(first, uuid7(), asked)["ok"] == 1
    assert calls.hold_tender(second, uuid7(), asked)["ok"] == 1, "the race is gone without its lock"
    first.execute("commit")


def test_with_its_lock_the_second_till_waits_and_is_told(valued: Callable[..., World]) -> None:
    world = valued()
    sell_gift_card(world.till(1), 249)
    first, second = world.connect(1), world.connect(2)
    first.execute("begin")
    asked = {"code": CODE, "amount": 249}
    assert calls.hold_tender(first, uuid7(), asked)["ok"] == 1
    answer, pool = beside(lambda: calls.hold_tender(second, uuid7(), asked))
    with pool:
        wait_until_blocked(world.owner, second.info.backend_pid)
        first.execute("commit")
        assert answer.result(60)["reason"] == "account_short"


def two_at_once(world: World) -> tuple[int, str]:
    """Two tills that held nothing (holds run out) post the same money at once; what the second one gets."""
    first, second = world.till(1), world.till(2)
    account = sell_gift_card(first, 249)
    documents = [till.freeze(bread(world, till, gift(account))) for till in (first, second)]
    first.connection.execute("begin")
    assert first.post_bytes(*documents[0]).outcome == "booked"
    answer, pool = beside(lambda: second.post_bytes(*documents[1]))
    with pool:
        wait_until_blocked(world.owner, second.connection.info.backend_pid)
        first.connection.execute("commit")
        try:
            return account, answer.result(60).outcome
        except psycopg.errors.SerializationFailure:
            again = second.post_bytes(*documents[1])  # as a till does: the same document again
            return account, f"{again.outcome}: {again.reason}"


def test_a_card_spent_at_two_tills_at_once_is_booked_once(valued: Callable[..., World]) -> None:
    world = valued()
    account, second = two_at_once(world)
    assert second == "refused: account_short"
    assert balance(world, account) == 0
    assert_sound(world.owner)


def test_without_the_lock_of_the_booking_it_is_spent_twice(valued: Callable[..., World]) -> None:
    world = valued()
    without(world.owner, "book_tenders", LOCK_OF_BOOKING)
    account, second = two_at_once(world)
    assert (second, balance(world, account)) == ("booked", -249), "the race is gone without its lock"


def test_cards_named_crosswise_never_wait_for_each_other(valued: Callable[..., World]) -> None:
    world = valued()
    tills = [world.till(1), world.till(2)]
    one = sell_gift_card(tills[0], 100_000, "CARDONE")
    two = sell_gift_card(tills[0], 100_000, "CARDTWO")

    def sell(till: TillClient, accounts: tuple[int, int]) -> list[str]:
        paid = [gift(accounts[0], 100), gift(accounts[1], 149)]
        return [till.post(bread(world, till, *paid)).outcome for _ in range(10)]

    jobs = [lambda t=t, a=a: sell(t, a) for t, a in zip(tills, ((one, two), (two, one)), strict=True)]
    assert at_once(jobs) == [["booked"] * 10] * 2
    assert world.one("select deadlocks from pg_stat_database where datname = current_database()") == 0
    assert_sound(world.owner)


# -- vouchers, codes, accounts --------------------------------------------------------------------


def test_a_voucher_is_used_up_whole_and_once(valued: Callable[..., World]) -> None:
    world = valued()
    till = world.till()
    code = value_setup.issue(world.owner, 1, "voucher", 500)
    sale_id = uuid7()
    held = calls.hold_tender(till.connection, sale_id, {"code": code, "amount": 249})
    assert (held["amount"], held["value"]) == (249, 500)
    part = {"kind": "voucher", "amount": 249, "account": held["account"], "ref": code[-4:]}
    kept_rest = till.post(bread(world, till, part))
    assert (kept_rest.outcome, kept_rest.reason) == ("refused", "account_short")
    assert till.post(bread(world, till, {**part, "value": 500}, sale=sale_id)).outcome == "booked"
    assert balance(world, held["account"]) == 0
    again = calls.hold_tender(till.connection, uuid7(), {"code": code, "amount": 249})
    assert again["reason"] == "account_short"
    old = value_setup.issue(world.owner, 1, "voucher", 500, until=date(2020, 1, 1))
    assert (
        calls.hold_tender(till.connection, uuid7(), {"code": old, "amount": 1})["reason"] == "account_until"
    )
    assert_sound(world.owner)


def test_the_office_gives_out_vouchers(
    valued: Callable[..., World], capsys: pytest.CaptureFixture[str]
) -> None:
    world = valued()
    value_setup.take_tenders(world.owner, 1, ("cash", "voucher"))
    assert world.database.as_owner("voucher", "--value", "5.00", "--count", "2", "--until", "2099-12-31") == 0
    rows = [row.split(",") for row in capsys.readouterr().out.splitlines() if row.startswith("VC")]
    assert [row[1:] for row in rows] == [["5.00", "2099-12-31"]] * 2
    held = calls.account_find(world.connect(), rows[0][0])
    assert held is not None
    assert (held["kind"], held["available"]) == ("voucher", 500)
    for wrong in (
        ("--value", "five"),
        ("--value", "1.00", "--until", "soon"),
        ("--value", "1", "--store", "9"),
    ):
        assert world.database.as_owner("voucher", *wrong) != 0
    assert "is no amount in GBP" in capsys.readouterr().err
    assert world.database.as_owner("voucher", "--block", rows[1][0].lower()) == 0
    blocked = calls.hold_tender(world.connect(), uuid7(), {"code": rows[1][0], "amount": 1})
    assert blocked["reason"] == "account_blocked"
    assert world.database.as_owner("voucher", "--block", "NOBODYS") != 0
    taken = calls.account_new(world.connect(), "gift_card", "")
    assert taken["reason"] == "tender_kind", "this store takes cash and vouchers only"
    assert_sound(world.owner)


def test_a_payment_code_pays_one_sale_in_the_whole_shop(valued: Callable[..., World]) -> None:
    world = valued()
    first, second = world.till(1), world.till(2)
    paid = {"kind": "mobile", "amount": 249, "ref": MPESA}
    sale = bread(world, first, paid)
    asked = {"kind": "mobile", "ref": MPESA, "amount": 249}
    assert calls.hold_tender(first.connection, sale["sale"], asked)["ok"] == 1
    assert calls.hold_tender(second.connection, uuid7(), asked)["reason"] == "ref_used"
    calls.release_tender(first.connection, sale["sale"], 0, MPESA)
    taken = second.post(bread(world, second, paid))
    assert taken.outcome == "booked"
    assert calls.hold_tender(first.connection, sale["sale"], asked)["reason"] == "ref_used"
    refused = first.post(sale)
    assert (refused.outcome, refused.reason) == ("refused", "ref_used")
    for ref in ("QGH7X5K2P", "qgh7x5k2pl", "1GH7X5K2PL"):
        wrong = first.post(bread(world, first, {**paid, "ref": ref}))
        assert (wrong.outcome, wrong.reason) == ("refused", "tenders")
    alone = first.post(bread(world, first, paid, flags=["offline"]))
    assert (alone.outcome, alone.flags[:2]) == ("flagged", ("offline_tender", "ref_used"))
    assert_sound(world.owner)


def test_an_account_is_charged_to_its_limit_and_beyond_it_with_leave(valued: Callable[..., World]) -> None:
    world = valued()
    till = world.till()
    account = world.one(
        "insert into pos.account (kind, store_id, currency, floor)"
        " select 'account', id, 'GBP', -300 from pos.store where number = 1 returning id"
    )
    number = 10_000_001
    world.owner.execute(
        "insert into pos.customer (number, name, account) values (%s, 'Otieno', %s)", [number, account]
    )
    charged = {"kind": "account", "amount": 249, "account": account}
    asked = {"account": account, "amount": 249}
    assert calls.hold_tender(till.connection, uuid7(), asked)["ok"] == 1
    world.owner.execute("delete from pos.account_hold")
    assert till.post(bread(world, till, charged, customer=number)).outcome == "booked"
    over = calls.hold_tender(till.connection, uuid7(), asked)
    assert (over["reason"], over["available"]) == ("account_over", 51)
    refused = till.post(bread(world, till, charged, customer=number))
    assert (refused.outcome, refused.reason) == ("refused", "account_over")
    till.cashier = MANAGER
    allowed = till.post(bread(world, till, charged, customer=number))
    assert (allowed.outcome, allowed.flags) == ("flagged", ("account_over",))
    assert balance(world, account) == -498
    assert_sound(world.owner)


def test_what_is_wrong_is_refused_and_after_a_card_flagged(valued: Callable[..., World]) -> None:
    world = valued()
    till = world.till()
    account = sell_gift_card(till, 100)
    rest = {"kind": "card", "amount": 149, "ref": "0042"}
    for paid, reason in (
        ((gift(account), gift(account)), "tenders"),
        ((gift(0), ), "no_account"),
        (({"kind": "gift_card", "amount": 249, "account": "17"},), "malformed"),
        (({"kind": "gift_card", "amount": 249},), "tenders"),
        (({"kind": "store_credit", "amount": 249, "account": account},), "tenders"),
        (({"kind": "cheque", "amount": 249, "ref": "a cheque"},), "tenders"),
        (({"kind": "cheque", "amount": 300},), "tenders"),
        (({"kind": "seashells", "amount": 249},), "tenders"),
    ):  # fmt: skip
        answer = till.post(bread(world, till, *paid))
        assert (answer.outcome, answer.reason) == ("refused", reason), paid
    till.post(bread(world, till, gift(account, 100), rest))
    assert balance(world, account) == 0
    twice = till.post(bread(world, till, gift(account, 100), rest))
    assert (twice.outcome, twice.flags) == ("flagged", ("account_short",)), "the card was charged: it stands"
    world.owner.execute("update pos.account set blocked = true")
    world.owner.execute("update pos.tender_kind set taken = false where kind = 'cheque'")
    assert till.post(bread(world, till, {"kind": "cheque", "amount": 249})).reason == "tender_kind"
    assert calls.account_new(till.connection, "gift_card", CODE)["reason"] == "account_blocked"
    assert calls.account_new(till.connection, "gift_card", "4006381333931")["reason"] == "item_code"
    assert calls.account_new(till.connection, "gift_card", "4111111111111111")["reason"] == "code"
    assert calls.account_new(till.connection, "voucher", "")["reason"] == "tender_kind"
    assert_sound(world.owner)


def test_a_credit_the_server_lost_is_on_file_again(
    valued: Callable[..., World],
) -> None:
    """The account is made before the money is given back; a server that lost it makes it again."""
    world = valued()
    till = world.till()
    made = calls.account_new(till.connection, "store_credit", "")
    assert made["code"].startswith("SC")
    world.owner.execute("update pos.account set balance = 249 where id = %s", [made["account"]])
    world.owner.execute(
        "insert into pos.account_entry (account_id, source, n, amount, balance, at, by)"
        " values (%s, 'issue', 0, 249, 249, now(), 'test')",
        [made["account"]],
    )
    credit = {"kind": "store_credit", "amount": 249, "account": made["account"], "ref": made["code"][-4:]}
    assert till.post(bread(world, till, credit)).outcome == "booked"
    lost = {**credit, "account": 4711}
    back = till.post(bread(world, till, lost), "refilled")
    assert (back.outcome, set(back.flags)) == ("flagged", {"no_account", "refilled"})
    assert balance(world, 4711) == -249, "until the till that filled it sends its own document again"
    with world.owner.transaction():
        world.owner.execute("set local session_replication_role = replica")  # as an old backup would have it
        world.owner.execute("delete from pos.stock where item_id = %s", [GIFT])
        world.owner.execute("delete from pos.item where id = %s", [GIFT])
    filled = till.post(gift_sale(till, 4712, 300), "refilled")
    assert (filled.outcome, set(filled.flags)) == ("flagged", {"no_account", "refilled", "restored"})
    assert world.query("select kind, code, balance from pos.account where id = 4712") == [
        ("gift_card", CODE, 300)
    ]
    assert_sound(world.owner)
