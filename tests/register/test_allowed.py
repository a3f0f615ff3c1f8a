"""What a supervisor allowed stands in the document, and the shop's rule to count blind reaches the drawer."""

from __future__ import annotations

import pytest

from tests.register.conftest import AMINA, Counter, Shop, Till, code_of, sign_in
from tests.register.test_questions import approve

PRIYA = "select number from pos.staff where name like 'Priya%'"
APPROVALS = (
    "select kind, (body::jsonb->'approvals'->0->>'by')::int, outcome from pos.document"
    " where kind in ('no_sale', 'shift_close') order by no"
)


def test_who_allowed_an_open_drawer_and_a_close_is_in_their_documents(counter: Counter, shop: Shop) -> None:
    """Amina may do neither alone: both are booked without a flag, in her name and by Priya's leave."""
    shop.do(
        "delete from pos.role_permission where permission in ('no_sale', 'close_shift') and role = 'cashier'"
    )
    till = counter.open()
    for keys in (("Ctrl+D", "F2"), ("Ctrl+W",)):
        till.stroke(*keys)
        assert till["screen"] == "approval"
        approve(till)
    till.keys("2\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    ((priya,),) = shop.ask(PRIYA)
    assert shop.ask(APPROVALS) == [("no_sale", priya, "booked"), ("shift_close", priya, "booked")]
    assert shop.ask("select distinct cashier from pos.document") == [(AMINA,)]


def test_nobody_is_named_where_the_cashier_may_alone(counter: Counter, shop: Shop) -> None:
    """The same two, by someone whose role has them."""
    till = counter.open()
    till.stroke("Ctrl+D", "F2", "Ctrl+W")
    till.keys("2\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    assert shop.ask(APPROVALS) == [("no_sale", None, "booked"), ("shift_close", None, "booked")]


@pytest.mark.parametrize(
    ("rules", "blind"),
    [({}, False), ({"count_blind": "on"}, True), ({"count_blind": "on", "count_blind.1": "off"}, False)],
)
def test_the_shop_decides_whether_a_drawer_is_counted_blind(
    counter: Counter, shop: Shop, rules: dict[str, str], blind: bool
) -> None:
    """For the whole shop, or for one of its stores; then F6 shows nothing, and the Z says it was blind."""
    for name, value in rules.items():
        shop.do(f"insert into pos.setting (name, value) values ('{name}', '{value}')")
    till = counter.open()
    till.scan(code_of(shop, "Whole milk 2 L"))
    till.stroke("F11", "Ctrl+W", "F6")
    assert (till["screen"], till["expected"]) == ("shift_close", "" if blind else "101.85")
    till.keys("2\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    assert shop.ask("select blind from pos.shift") == [(blind,)]


def test_a_line_taken_out_after_the_total_was_named_is_written_down(till: Till, shop: Shop) -> None:
    """Before the payment was open a mistake is only a mistake; afterwards it has a reason, and is counted."""
    milk, loaf = code_of(shop, "Whole milk 2 L"), code_of(shop, "Sourdough")
    till.scan(milk, loaf)
    till.stroke("Del", "F12", "Esc")
    till.scan(loaf)
    till.stroke("Del")
    assert (till["screen"], till["lines"]) == ("why", 2)
    till.stroke("F2")
    assert till["message"] == "Sourdough loaf 800 g removed"
    voided = "select detail, reason from pos.event where name = 'line_voided'"
    ((detail, reason),) = shop.ask(voided)
    assert isinstance(detail, dict)
    assert (detail["qty"], detail["amount"]) == (1000, 320)
    assert reason == till.services.till.state().void_reasons[0]
    till.stroke("F11")
    till.scan(milk, loaf)
    till.stroke("Del")
    assert len(shop.ask(voided)) == 1
    assert till.services.till.x_report().figures.values["line_voids"] == 1


def test_a_line_void_takes_a_pin_where_the_role_asks_and_an_emptied_basket_is_an_event(
    till: Till, shop: Shop
) -> None:
    """The approver stands in the event's own document; lines taken out one by one are a basket given up."""
    shop.do("delete from pos.role_permission where permission = 'void_line' and role = 'cashier'")
    sign_in(till)
    till.scan(code_of(shop, "Whole milk 2 L"), code_of(shop, "Sourdough"))
    till.stroke("F12", "Esc", "Del", "F2")
    assert till["screen"] == "approval"
    approve(till)
    assert till["lines"] == 1
    till.stroke("Del", "F3")
    approve(till)
    told = (
        "select kind, outcome, body::jsonb->>'name', body::jsonb->'approvals'->0->>'what' from pos.document"
    )
    assert shop.ask(f"{told} where kind = 'event' order by no") == [
        ("event", "booked", "line_voided", "void_line"),
        ("event", "booked", "line_voided", "void_line"),
        ("event", "booked", "basket_abandoned", None),
    ]
