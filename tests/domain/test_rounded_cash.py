"""Cash rounded while it is paid, and the taxes a document states so that its bytes prove them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.basket import Basket, Item, totals
from pos_desktop.domain.basket_parts import Back, Exempt, Line
from pos_desktop.domain.basket_record import basket_record, read_basket
from pos_desktop.domain.chain import sale_findings
from pos_desktop.domain.customer import Customer
from pos_desktop.domain.document import Fields, Position, Stamp
from pos_desktop.domain.exemption import certificate_of, exempted, relief
from pos_desktop.domain.money import currency
from pos_desktop.domain.rounding import CashMethod, CashPolicy, cash_rounding
from pos_desktop.domain.sale_document import sale_document
from pos_desktop.domain.shop_rules import ShopRules
from pos_desktop.domain.tax import Tax, TaxMethod, TaxMode
from pos_desktop.domain.tax_record import taxed_again
from pos_desktop.domain.tax_rules import TaxRules
from pos_desktop.domain.tender import Tender, TenderError, Tendering

GBP = currency("GBP")
DAY, AT = date(2026, 11, 22), datetime(2026, 11, 22, 10, tzinfo=UTC)
NICKEL = CashPolicy(date(2020, 1, 1), 5)
BREAD = Item(1, "Bread", "each", 249, 11, "R", 50_000)
WINE = Item(2, "Wine", "each", 951, 12, "SL", 0, taxes=(Tax("S", 200_000), Tax("L", 45_000, True)))


@given(
    st.integers(-50_000, 50_000),
    st.lists(st.integers(1, 20_000), max_size=3),
    st.sampled_from((1, 5, 10, 100)),
    st.sampled_from(get_args(CashMethod)),
    st.integers(0, 30),
)
def test_only_what_is_left_for_cash_is_rounded(
    total: int, cards: list[int], step: int, method: CashMethod, more: int
) -> None:
    paying = Tendering(total, cash=CashPolicy(DAY, step, method))
    for amount in cards:
        if 0 < amount <= paying.remaining:
            paying = paying.add_card(amount)
    by_card = paying.given
    if not paying.complete:
        extra = 0 if paying.back else more * step
        paying = paying.add_cash(paying.cash_remaining + extra, GBP)
    final = paying.final()
    rounding = cash_rounding(total - by_card, paying.cash)
    assert paying.complete
    assert paying.rounding == rounding
    assert sum(tender.amount for tender in final) == total + rounding
    cash = [tender.amount for tender in final if tender.kind == "cash"]
    assert all(amount % step == 0 for amount in cash)
    assert sum(tender.amount for tender in final if tender.kind == "card") == by_card


def test_a_card_pays_to_the_penny_and_cash_goes_in_steps() -> None:
    due = Tendering(997, cash=NICKEL)
    assert (due.remaining, due.cash_remaining, due.rounding) == (997, 995, -2)
    assert due.add_card(997).rounding == 0
    with pytest.raises(TenderError, match="goes in steps"):
        due.add_cash(997, GBP)
    part = due.add_cash(500, GBP)
    assert (part.remaining, part.cash_remaining) == (497, 495)
    assert part.add_card(497).rounding == 0
    assert Tendering(-997, cash=NICKEL).cash_remaining == 995
    assert Tendering(2, cash=NICKEL).complete


def document(basket: Basket) -> Fields:
    """The sale's document, paid by card."""
    stamp = Stamp(1, 1, "0" * 8, AT, 0, "1" * 8, 1001)
    total = totals(basket).total
    paid = [Tender("card", total)] if total else []
    return sale_document(stamp, Position(1, 1, bytes(32), 0), basket, paid, "GBP").fields


@pytest.mark.parametrize("mode", get_args(TaxMode))
@pytest.mark.parametrize("method", get_args(TaxMethod))
def test_a_document_says_enough_to_work_its_taxes_out_again(mode: TaxMode, method: TaxMethod) -> None:
    rules = ShopRules(tax=TaxRules(method))
    basket = Basket("b", mode, rules=rules).begun(AT, rules).add(BREAD).add(WINE).add(WINE)
    plain = document(basket)
    assert plain["lines"][1]["taxes"] == [
        {"code": "S", "rate": 200_000},
        {"code": "L", "rate": 45_000, "on": 1},
    ]
    assert "rate" not in plain["lines"][0]
    assert plain.get("tax_method", "by_rate") == method
    old = replace(BREAD, rate=40_000)
    back = Line(0, old, "", -1000, 249, 11, -249, ("back",), back=Back("stock", "d1", 1, "broken", "S1-T1"))
    mixed, freed = basket.append(back), exempted(basket, Exempt("TE-1", ("S", "R")))
    for each in (basket, mixed, freed):
        fields, taxed = document(each), totals(each)
        assert sale_findings(fields) == []
        assert taxed_again(fields).taxes == taxed.taxes
        assert fields["total"] == taxed.total
    assert [line.get("rate") for line in document(mixed)["lines"]] == [50_000, None, 40_000]
    assert document(freed)["exempt"] == {"certificate": "TE-1", "codes": ["S", "R"]}
    assert {row["code"]: row["tax"] for row in document(freed)["taxes"]}["S"] == 0
    assert read_basket(basket_record(freed)).exempt == freed.exempt
    assert read_basket(basket_record(basket)).lines == basket.lines


def test_a_wrong_tax_is_found_in_the_bytes() -> None:
    fields = document(Basket("b").begun(AT, ShopRules()).add(WINE))
    wrong = [{**row, "tax": row["tax"] + 1, "gross": row["gross"] + 1} for row in fields["taxes"]]
    assert sale_findings({**fields, "taxes": wrong[:1] + fields["taxes"][1:]})
    assert sale_findings({**fields, "taxes": fields["taxes"][1:]}) == ["it has lines without their tax"]
    assert sale_findings({**fields, "total": fields["total"] + 1})
    assert sale_findings({**fields, "tax_method": "by_line"}) == []


def test_a_certificate_is_good_until_its_last_day_and_comes_off_again() -> None:
    customer = Customer(
        7, "Ann", certificate="TE-1", certificate_codes=("S",), certificate_until="2026-11-22"
    )
    free = certificate_of(customer, DAY)
    assert free == Exempt("TE-1", ("S",))
    assert certificate_of(customer, date(2026, 11, 23)) is None
    assert certificate_of(replace(customer, certificate_codes=()), DAY) is None
    assert certificate_of(None, DAY) is None
    basket = Basket("b").begun(AT, ShopRules()).add(replace(BREAD, tax="S", rate=200_000))
    less, sums = exempted(basket, free), totals(exempted(basket, free))
    assert relief(less, sums.off, sums.subtotal, sums.total) == 249 - 208
    assert exempted(less, None).undo().exempt == free
    assert totals(exempted(less, None)) == totals(basket)


def test_rules_as_the_server_sends_them() -> None:
    told = {
        "method": "keep_gross",
        "cash": [["2020-01-01", 5, "nearest"], ["2027-01-01", 10, "nearest_down"]],
        "parts": {"SL": [["S", 0], ["L", 1]]},
        "codes": [["S", "Standard"]],
    }
    rules = TaxRules.from_fields(told)
    assert rules.cash_on(DAY) == NICKEL
    assert rules.taxes("SL", {"S": 200_000, "L": 45_000}) == WINE.taxes
    assert rules.taxes("S", {"S": 200_000}) == ()
    assert TaxRules.from_fields({}) == TaxRules()
    with pytest.raises(ValueError, match="another program version"):
        TaxRules.from_fields({"method": "bankers"})
