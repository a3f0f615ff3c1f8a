"""``pos-desktop verify`` finds whatever was done to the books behind the program's back, and names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pos_desktop.cli.verify import _verifier
from pos_desktop.database import shifts
from pos_desktop.database.invariants import INVARIANTS, broken_invariants
from pos_desktop.database.verify import verify
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import BANANAS, MILK, WINE, TillClient, card, cash, line
from tests.database.test_db_offline import allow
from tests.database.test_db_offline import close as close_exactly


def trade(world: World) -> TillClient:
    """A short day: sales by cash and card, a refusal, a drop, a void, a Z; then a new shift with one sale."""
    till, items = world.till(), world.shop.items
    till.post(till.sale([line(items[MILK], 2000), line(items[BANANAS], 842, 2)], tenders=cash(430, 500)))
    till.post(till.sale([line(items[WINE])]))
    assert till.post(till.sale([line(items[MILK])], total=1)).outcome == "refused"
    check = [{"kind": "age", "min_age": 18, "result": "id_checked", "at": "x"}]
    till.post(till.sale([line(items[WINE])], tenders=card(950), checks=check))
    till.post(till.common("cash", direction="drop", amount=-300, reason="safe"))
    till.cashier = 1002
    till.post(till.common("void", sale=till.sale([])["sale"], lines=[], reason="left", total=0))
    till.post(till.common("no_sale", reason="change"))
    till.post(till.common("event", name="age_refused", detail={"min_age": 18}))
    close(till)
    till.open_shift()
    till.post(till.sale([line(items[MILK])]))
    return till


def close(till: TillClient) -> None:
    figures = shifts.shift_report(till.connection, till.shift)
    assert figures is not None
    expected = figures["expected_cash"]
    z = till.common(
        "shift_close", z=1, counted=expected + 2, counts=[], blind=0, expected=expected, over_short=2,
        figures=figures,
    )  # fmt: skip
    assert till.post(z).outcome == "booked"


def test_a_days_books_are_in_order(world: World) -> None:
    trade(world)
    world.till(2)
    assert assert_sound(world.owner) == 13
    figures = world.one("select figures from pos.shift where z = 1")
    assert figures["sales_total"] == 430 + 950
    assert figures["tenders"] == [
        {"kind": "card", "count": 1, "amount": 950},
        {"kind": "cash", "count": 1, "amount": 430},
    ]
    assert figures["expected_cash"] == 10000 + 430 - 300
    told = [
        figures[name]
        for name in ("voids", "no_sales", "age_refusals", "refused", "first_no", "last_no", "grand")
    ]
    assert told == [1, 1, 1, 2, 1, 9, 1380]


def behind(world: World, statement: str, table: str = "document") -> None:
    """Do what only someone with the run of the server can do."""
    with world.owner.transaction():
        world.owner.execute(f"alter table pos.{table} disable trigger user".encode())
        world.owner.execute(statement.encode())
        world.owner.execute(f"alter table pos.{table} enable trigger user".encode())


DEEDS = {
    "one byte of a sale": (
        "document",
        "update pos.document set body = replace(body, '\"total\":430', '\"total\":431')"
        " where no = 2 and till_id = 1",
        "no 2",
    ),
    "one byte of a refused document": (
        "document",
        "update pos.document set body = replace(body, '\"total\":1', '\"total\":2')"
        " where no = 4 and till_id = 1",
        "no 4",
    ),
    "a byte and its hash": (
        "document",
        "update pos.document set body = replace(body, 'safe', 'sofa'), hash = sha256(prev || convert_to("
        "replace(body, 'safe', 'sofa'), 'UTF8')) where no = 6 and till_id = 1",
        "no 6",
    ),
    "a sale's total": ("sale", "update pos.sale set total = 431, net = net + 1 where total = 430", "no 2"),
    "a line's quantity": ("sale_line", "update pos.sale_line set qty = 1 where qty = 2", "no 2"),
    "a payment's amount": (
        "payment",
        "update pos.payment set amount = amount - 1 where kind = 'card'",
        "no 5",
    ),
    "a tax": (
        "sale_tax",
        "update pos.sale_tax set amount = amount - 1, net = net + 1 where tax = 'S'",
        "no 5",
    ),
    "a movement": ("movement", "update pos.movement set delta = -1 where delta = -2", "no 2"),
    "a cash movement's reason": ("cash_movement", "update pos.cash_movement set reason = 'lost'", "no 6"),
    "an event's name": ("event", "update pos.event set name = 'void' where name = 'no_sale'", "no 8"),
    "a Z's count": (
        "shift",
        "update pos.shift set counted = counted + 1, over_short = over_short + 1 where z = 1",
        "no 10",
    ),
    "a shift's float": ("shift", "update pos.shift set float = 1 where z = 1", "no 1"),
    "stock": ("stock", "update pos.stock set on_hand = 1 where item_id = 2", "rule stock_is_its_movements"),
    "the till's count": (
        "till",
        "update pos.till set next_no = 20 where number = 1",
        "rule till_counts_its_documents",
    ),
    "the till's head": (
        "till",
        "update pos.till set head = sha256('x') where number = 1",
        "rule till_knows_its_head",
    ),
    "an outcome": (
        "document",
        "update pos.document set outcome = 'refused', reason = 'x' where no = 6 and till_id = 1",
        "no 6",
    ),
}


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_what_was_done_behind_the_program_is_found_and_named(
    world: World, deed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trade(world)
    table, statement, place = DEEDS[deed]
    behind(world, statement, table)
    report = verify(world.owner)
    assert report.findings[0].place.endswith(place), report.findings
    assert world.database.as_owner("verify") == 3
    assert f"First wrong: {report.findings[0].place}" in capsys.readouterr().out


def test_a_document_taken_out_of_the_middle_is_missed(world: World) -> None:
    trade(world)
    behind(world, "delete from pos.document where no = 4 and till_id = 1")
    report = verify(world.owner)
    assert report.findings[0].place == "store 1 till 1 epoch 1 no 5"
    assert "missing" in report.findings[0].what


def test_a_tail_cut_with_its_till_row_shows_against_the_printed_head(world: World) -> None:
    """Nothing in the database can show it: that is why each receipt and Z carries the head."""
    till = trade(world)
    printed = till.head.hex()
    heads = {head.till: head.head for head in verify(world.owner).heads}
    assert heads[1] == printed
    for table in ("payment", "sale_tax", "sale_line", "movement", "sale", "document"):
        column = "id" if table == "document" else "document_id"
        which = "(select id from pos.document where no = 12 and till_id = 1)"
        behind(world, f"delete from pos.{table} where {column} = {which}", table)
    behind(world, "update pos.stock set on_hand = on_hand + 1 where item_id = 1 and store_id = 1", "stock")
    behind(
        world,
        "update pos.till set next_no = 12, grand = 1380, head = (select hash from pos.document where no = 11)"
        " where number = 1",
        "till",
    )
    report = verify(world.owner)
    assert report.findings == ()
    assert {head.till: head.head for head in report.heads}[1] != printed


def test_the_command_says_when_all_is_well(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    till = trade(world)
    assert world.database.as_owner("verify", "--heads") == 0
    said = capsys.readouterr().out
    assert "12 documents" in said
    assert till.head.hex() in said


def as_owner(statement: str, table: str = "") -> Callable[[World], object]:
    """A deed of the superuser's, with the guards of a table set aside for it."""
    if table:
        return lambda world: behind(world, statement, table)
    return lambda world: world.owner.execute(statement.encode())


# One deed for each rule: a rule that never fails proves nothing.
def issued(holds: int, entry: int, balance: int) -> Callable[[World], object]:
    """A gift card that says it holds so much, with an entry that says otherwise."""
    return as_owner(ISSUED.format(holds, entry, balance))


ISSUED = (
    "with a as (insert into pos.account (kind, store_id, currency, balance) select 'gift_card', min(id),"
    " 'GBP', {0} from pos.store returning id) insert into pos.account_entry (account_id, source, n, amount,"
    " balance, at, by) select id, 'issue', 0, {1}, {2}, now(), 'x' from a"
)
BREAKS: dict[str, Callable[[World], object]] = {
    "numbers_gapless": as_owner("update pos.document set no = 99 where no = 12", "document"),
    "till_counts_its_documents": as_owner("update pos.till set next_no = 20 where number = 1"),
    "till_knows_its_head": as_owner("update pos.till set head = sha256('x') where number = 1"),
    "till_knows_its_grand": as_owner("update pos.till set grand = grand + 1 where number = 1"),
    "till_knows_its_z": as_owner("update pos.till set z_next = 9 where number = 1"),
    "chain_links": as_owner("update pos.document set prev = sha256('x') where no = 3", "document"),
    "hash_recomputes": as_owner("update pos.document set body = body || ' ' where no = 3", "document"),
    "sale_has_booked_document": as_owner("update pos.document set kind = 'event' where no = 2", "document"),
    "booked_sale_has_row": as_owner("update pos.document set kind = 'sale' where no = 8", "document"),
    "sale_adds_up": as_owner("update pos.payment set amount = amount - 1 where kind = 'card'", "payment"),
    "tax_recomputes": as_owner(
        "update pos.sale_tax set amount = amount - 1, net = net + 1 where tax = 'S'", "sale_tax"
    ),
    "refunds_within_sold": as_owner(
        "insert into pos.returned (document_id, n, store_id, of_document, of_line, qty, amount, waste,"
        " reason) select document_id, n, store_id, document_id, n, qty + 1, 0, true, 'x' from pos.sale_line"
        " limit 1"
    ),
    "given_back_within_paid": as_owner(
        "with p as (update pos.payment set amount = -amount where kind = 'card' returning document_id, n)"
        " insert into pos.paid_back select document_id, n, document_id from p",
        "payment",
    ),
    "points_are_their_entries": as_owner(
        "insert into pos.customer (name) values ('x'); update pos.customer_purse set points = 5"
    ),
    "points_run_on": as_owner(
        "insert into pos.customer (name) values ('x'); insert into pos.point_entry (customer, store_id, at,"
        " earned, balance, by) select number, 1, now(), 5, 6, 'x' from pos.customer"
    ),
    "account_is_its_entries": issued(6, 5, 5),
    "account_runs_on": issued(5, 5, 6),
    "account_above_its_floor": issued(-5, -5, -5),
    "payment_codes_count_once": as_owner(
        "update pos.payment set kind = 'mobile' where kind = 'card'", "payment"
    ),
    "approval_spent_on_what_names_it": as_owner(
        "insert into pos.approval (store_id, till_id, staff, what, until, document_id)"
        " select store_id, till_id, 1002, 'void_sale', now() + interval '1 hour', id"
        " from pos.document where no = 2"
    ),
    "stock_is_its_movements": as_owner("update pos.stock set on_hand = 1 where item_id = 2", "stock"),
    "balance_runs_on": as_owner("update pos.movement set balance = 0 where delta = -2", "movement"),
    "sold_goods_moved_once": as_owner("update pos.movement set delta = -1 where delta = -2", "movement"),
    "no_unflagged_oversell": as_owner(
        "update pos.movement set balance = -1 where reason = 'sale'", "movement"
    ),
    "outcome_has_its_reason": as_owner(
        "alter table pos.document drop constraint document_check;"
        " update pos.document set reason = 'x' where no = 2",
        "document",
    ),
    "flagged_means_told": as_owner("delete from pos.flag", "flag"),
    "stock_row_for_every_item": as_owner("delete from pos.stock where item_id = 6", "stock"),
    "lines_name_items": as_owner("update pos.sale_line set item_id = 99 where n = 1", "sale_line"),
    "effect_in_one_shift": as_owner(
        "update pos.document set shift_id = gen_random_uuid() where no = 2", "document"
    ),
    "nothing_after_the_z": as_owner(
        "update pos.document set shift_id = (select id from pos.shift where z = 1) where no = 12", "document"
    ),
    "z_equals_ledger": as_owner(
        "update pos.shift set figures = figures || '{\"voids\": 9}' where z = 1", "shift"
    ),
    "z_gapless": as_owner("update pos.shift set z = 5 where z = 1", "shift"),
    "hour_category_is_its_lines": as_owner(
        "insert into pos.hour_category values (1, current_date, 1, 1, 1, 1, 1, 1)"
    ),
    "month_product_is_its_lines": as_owner(
        "insert into pos.month_product values (1, '2026-01-01', 1, 1, 1, 1, 1)"
    ),
    "constraints_validated": as_owner("alter table pos.sale add constraint late check (total < 5) not valid"),
    "tables_closed_to_tills": as_owner("grant select on pos.sale to pos_till"),
    "guards_stand": as_owner("drop trigger only_grows on pos.sale"),
}


def test_every_rule_can_be_broken(world: World) -> None:
    trade(world)
    assert set(BREAKS) == set(INVARIANTS)
    assert broken_invariants(world.owner) == []
    for rule, deed in BREAKS.items():
        with world.owner.transaction(force_rollback=True):
            deed(world)
            assert rule in {broken.name for broken in broken_invariants(world.owner)}, rule


@pytest.mark.parametrize("guard", ["disable trigger force_durable", "enable replica trigger force_durable"])
def test_a_guard_that_was_switched_off_is_missed(world: World, guard: str) -> None:
    world.owner.execute(f"alter table pos.document {guard}".encode())
    assert [broken.name for broken in broken_invariants(world.owner)] == ["guards_stand"]


@pytest.mark.parametrize("reopened", [True, False])
def test_late_documents_add_up_in_an_export_too(world: World, tmp_path: Path, reopened: bool) -> None:
    """Booked into another shift than they name: the next Z counts them there, and so does the verifier."""
    allow(world)
    till = world.till()
    closed = till.shift
    assert close_exactly(till).outcome == "booked"
    if reopened:
        till.open_shift()
    till.shift = closed
    for item in (MILK, BANANAS):
        late = till.post(till.sale([line(world.shop.items[item])], flags=["offline"]))
        assert late.flags == ("offline", "late_shift")
    till.shift = world.one("select shift_id::text from pos.sale order by sold_at desc limit 1")
    assert close_exactly(till).outcome == "booked"
    export, verifier = tmp_path / "journal.jsonl", _verifier()
    assert world.database.as_owner("export", "journal", "-o", str(export)) == 0
    assert export.read_text(encoding="utf-8").count('"shift":"') == 2
    lines, wrong = verifier.check(str(export))
    assert wrong is None
    assert "2 sales, total 284" in lines[1]
