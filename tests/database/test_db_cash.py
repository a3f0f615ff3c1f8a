"""People and cash on the server: limits of roles, approvals, shifts of one cashier, a Z beside a sale."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from pos_desktop.database import shifts
from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.services.shifts import _booked_z
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import beside, wait_until_blocked, without
from tests.database.shop import CASHIER, MANAGER, MILK, SUPERVISOR, TillClient, line, secret_of, uuid7

Json = dict[str, Any]


def entered(till: TillClient, what: str, by: int = SUPERVISOR) -> str:
    """The id of an approval: somebody entered his PIN at this till."""
    return staff_rows.sign_in(till.connection, by, secret_of(by), what, "Give it").approval


def void(till: TillClient, **approval: Any) -> Json:
    return till.common("void", sale=uuid7(), lines=[], reason="left", total=0, approvals=[approval])


def moved(till: TillClient, way: str, amount: int, **more: Any) -> Json:
    signed = amount if way in ("float", "pay_in") else -amount
    return till.common("cash", direction=way, amount=signed, reason="window cleaner", **more)


def closing(till: TillClient, z: int = 1, over: int = 0, **more: Any) -> Json:
    figures = shifts.shift_report(till.connection, till.shift)
    assert figures is not None
    cash = figures["expected_cash"]
    return till.common(
        "shift_close", z=z, counted=cash + over, counts=[], blind=0, expected=cash, over_short=over,
        figures=figures, **more,
    )  # fmt: skip


def allowed(what: str, by: int = SUPERVISOR, **more: Any) -> list[Json]:
    return [{"what": what, "by": by, **more}]


# -- limits of roles ------------------------------------------------------------------------------


def test_a_role_goes_as_far_as_its_limit_and_further_with_somebody_whose_role_does(world: World) -> None:
    """5.00 over or short and 50.00 paid out are a cashier's own; a supervisor's go ten times as far."""
    till = world.till()
    asked = [
        (moved(till, "pay_out", 5000), None),
        (moved(till, "pay_out", 5001), "no_permission"),
        (moved(till, "pay_out", 5001, approvals=allowed("pay_out")), None),
        (moved(till, "pay_out", 50_001, approvals=allowed("pay_out")), "no_permission"),
        (moved(till, "pay_out", 50_001, approvals=allowed("pay_out", MANAGER)), None),
        (moved(till, "pay_out", 6000, approvals=allowed("drop")), "no_permission"),
        (moved(till, "pay_in", 900_000), None),
    ]
    for n, (fields, reason) in enumerate(asked):
        answer = till.post({**fields, "no": till.no, "prev": till.head.hex(), "id": uuid7()})
        assert (n, answer.reason) == (n, reason)
    assert till.post(closing(till, over=-501)).reason == "difference_over"
    assert (
        till.post(closing(till, over=5001, approvals=allowed("difference_over"))).reason == "difference_over"
    )
    assert till.post(closing(till, over=5000, approvals=allowed("difference_over"))).outcome == "booked"
    assert till.open_shift().outcome == "booked"
    assert till.post(closing(till, 2, over=-500)).outcome == "booked"
    assert_sound(world.owner)


def test_who_may_not_take_cash_to_the_safe_is_refused_before_it_is_taken(world: World) -> None:
    till = world.till()
    world.owner.execute("delete from pos.role_permission where role = 'cashier' and permission = 'drop'")
    assert till.post(moved(till, "drop", 100)).reason == "no_permission"
    assert till.post(moved(till, "drop", 100, approvals=allowed("drop"))).outcome == "booked"
    gone = till.post({**moved(till, "drop", 100), "flags": ["stands"]})
    assert (gone.outcome, gone.flags) == ("flagged", ("no_permission",)), "it may have been taken alone"


# -- approvals ------------------------------------------------------------------------------------


def test_an_approval_counts_once_for_what_it_names_by_whom_and_not_for_ever(world: World) -> None:
    """Flagged: spent, of something else, another's, another shop's, run out, made up, or without an entry."""
    till, other = world.till(), world.till(2)
    first = entered(till, "void_sale")
    told = {"what": "void_sale", "by": SUPERVISOR}
    assert till.post(void(till, **told, id=first)).outcome == "booked"
    run_out, elsewhere = entered(till, "void_sale"), entered(till, "void_sale")
    world.owner.execute("set session_replication_role = replica")
    world.owner.execute(
        "update pos.approval set at = at - interval '1 day', until = now() where id = %s", [run_out]
    )
    world.owner.execute(
        "update pos.approval set store_id = %s where id = %s", [world.shop.stores[2], elsewhere]
    )
    world.owner.execute("set session_replication_role = default")
    for id_ in (first, entered(till, "price_override"), run_out, elsewhere, uuid7()):
        assert till.post(void(till, **told, id=id_)).flags == ("no_permission",)
    mine = entered(till, "void_sale", MANAGER)
    assert till.post(void(till, **told, id=mine)).flags == ("no_permission",)
    assert till.post(void(till, what="void_sale", by=MANAGER, id=mine)).outcome == "booked"
    assert till.post_bytes(*till.freeze(void(till, **told))).flags == ("no_permission",), (
        "it names no PIN entry"
    )
    # A basket held here and recalled there brings its approval along.
    assert other.post(void(other, **told, id=entered(till, "void_sale"))).outcome == "booked"
    spent = world.query(
        "select what, about, document_id is not null from pos.approval order by at desc limit 1"
    )
    assert spent == [("void_sale", "Give it", True)]
    with pytest.raises(psycopg.errors.RestrictViolation):
        world.owner.execute("update pos.approval set document_id = null")
    assert_sound(world.owner)


def test_who_may_not_allow_it_makes_no_approval(world: World) -> None:
    till = world.till()
    assert entered(till, "void_sale", CASHIER) == ""
    assert entered(till, "", SUPERVISOR) == "", "signing in approves nothing"
    till.cashier = SUPERVISOR
    assert till.post(till.common("void", sale=uuid7(), lines=[], reason="x", total=0)).outcome == "booked"


LOCK_OF_APPROVALS = "PERFORM FROM approval WHERE id = ANY (v_ids) ORDER BY id FOR UPDATE;"
SPENT_MEANWHILE = " AND document_id IS NULL"


def two_voids(world: World) -> tuple[TillClient, TillClient, Json, Json]:
    first, second = world.till(1), world.till(2)
    told = {"what": "void_sale", "by": SUPERVISOR, "id": entered(first, "void_sale")}
    return first, second, void(first, **told), void(second, **told)


def test_one_approval_at_two_tills_at_once_counts_at_one(world: World) -> None:
    first, second, mine, yours = two_voids(world)
    frozen = second.freeze(yours)
    first.connection.execute("begin")
    assert first.post(mine).outcome == "booked"
    answer, pool = beside(lambda: till_rows.post_document(second.connection, *frozen))
    with pool:
        wait_until_blocked(world.owner, second.connection.info.backend_pid)
        first.connection.execute("commit")
        with pytest.raises(psycopg.errors.SerializationFailure):
            answer.result(60)
    assert second.post_bytes(*frozen).flags == ("no_permission",), "asked again, the till is told"
    assert_sound(world.owner)


def test_without_its_lock_one_approval_counts_at_two_tills(world: World) -> None:
    """The row is locked and looked at again: without both, the second till never learns that it was spent."""
    without(world.owner, "spend_approvals", LOCK_OF_APPROVALS, SPENT_MEANWHILE)
    world.owner.execute("drop trigger spend_once on pos.approval")
    first, second, mine, yours = two_voids(world)
    frozen = second.freeze(yours)
    first.connection.execute("begin")
    assert first.post(mine).outcome == "booked"
    answer, pool = beside(lambda: till_rows.post_document(second.connection, *frozen))
    with pool:
        wait_until_blocked(world.owner, second.connection.info.backend_pid)
        first.connection.execute("commit")
        assert answer.result(60).outcome == "booked", "the race is gone without its lock"


# -- shifts ---------------------------------------------------------------------------------------


def test_in_a_shift_that_is_one_cashiers_own_another_ones_sale_is_flagged(world: World) -> None:
    till = world.till(opened=False)
    for single, reason in ((2, "single"), (1, None)):
        opened = till.common("shift_open", drawer=1, float=10000, single=single)
        opened |= {"shift": opened["id"], "business_date": str(world.one("select current_date"))}
        assert till.post(opened).reason == reason
    till.shift = opened["id"]
    milk = [line(world.shop.items[MILK])]
    assert till.post(till.sale(milk)).outcome == "booked"
    till.cashier = SUPERVISOR
    assert till.post(till.sale(milk)).flags == ("other_cashier",)
    assert till.post(moved(till, "drop", 100)).flags == ("other_cashier",)
    assert till.post(closing(till)).outcome == "booked", "closing it is not selling in it"
    assert_sound(world.owner)


def test_training_is_refused_whatever_it_says(world: World) -> None:
    till = world.till()
    practised = till.sale([line(world.shop.items[MILK])], training=1)
    assert till.post(practised).reason == "training"
    assert till.post({**till.sale([line(world.shop.items[MILK])], training=1), "epoch": 0}).reason == "epoch"


def test_the_last_z_reports_come_back_as_they_were_booked(world: World) -> None:
    till = world.till()
    for z in (1, 2, 3):
        assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
        assert till.post(closing(till, z, over=z)).outcome == "booked"
        assert till.open_shift().outcome == "booked"
    told = [_booked_z(row) for row in shifts.z_reports(till.connection, 2)]
    assert [(r.z, r.over_short, r.figures.values["sales"], r.shift.cashier) for r in told] == [
        (3, 3, 1, CASHIER),
        (2, 2, 1, CASHIER),
    ]
    assert shifts.z_reports(world.connect(2), 2) == []


# -- a Z and a sale at once -----------------------------------------------------------------------

LOCK_OF_TILL = " FOR UPDATE;\n  IF NOT FOUND THEN"


def in_flight(world: World) -> tuple[TillClient, psycopg.Connection[Any], Json, tuple[bytes, bytes]]:
    """A sale that is posted and not committed, and a Z of the same till by the figures before it."""
    till, other = world.till(), world.connect()
    z = closing(till)
    frozen = till.freeze(z)
    other.execute("begin")
    sale = till.freeze(till.sale([line(world.shop.items[MILK])]))
    assert till_rows.post_document(other, *sale).outcome == "booked"
    till.last = sale
    return till, other, z, frozen


def test_a_z_waits_for_a_sale_in_flight_and_then_counts_it(world: World) -> None:
    till, other, z, frozen = in_flight(world)
    answer, pool = beside(lambda: till_rows.post_document(till.connection, *frozen))
    with pool:
        wait_until_blocked(world.owner, till.connection.info.backend_pid)
        other.execute("commit")
        assert answer.result(60).reason == "number", "the sale came first"
    till.no, till.head, till.grand = till.no + 1, till.last[1], till.grand + 165
    again = {**z, "id": uuid7(), "no": till.no, "prev": till.head.hex(), "grand": till.grand}
    assert till.post(again).reason == "figures_moved"
    assert till.post(closing(till)).outcome == "booked"
    assert world.query("select (figures->>'sales')::int, expected::int from pos.shift") == [(1, 10_165)]
    late = till.post({**till.sale([line(world.shop.items[MILK])]), "flags": ["stands"]})
    assert (late.outcome, late.flags) == ("flagged", ("late_shift",)), "a sale after the Z: the next shift"
    assert world.one("select count(*) from pos.shift where closed_at is null") == 1
    assert_sound(world.owner)


def test_without_the_tills_lock_a_z_misses_the_sale_in_flight(world: World) -> None:
    """The number is unique as well, which is the second guard: without both, a sale is in no Z."""
    without(world.owner, "post_document", LOCK_OF_TILL.split("\n")[0].rstrip(";"))
    world.owner.execute("alter table pos.document drop constraint document_store_id_till_id_epoch_no_key")
    till, other, _, frozen = in_flight(world)
    answer, pool = beside(lambda: till_rows.post_document(till.connection, *frozen))
    with pool:
        wait_until_blocked(world.owner, till.connection.info.backend_pid)  # for the till's row, at its end
        other.execute("commit")
        assert answer.result(60).outcome == "booked", "the race is gone without its lock"
    assert world.query("select (figures->>'sales')::int from pos.shift") == [(0,)]
    assert world.one("select count(*) from pos.sale") == 1
