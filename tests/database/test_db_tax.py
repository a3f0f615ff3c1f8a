"""The server's own tax and cash rounding: the manual's tables, the program's sums, and what it refuses."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from pos_desktop.database.verify import verify
from pos_desktop.domain.tax import NOBODY, Tax, Taxed, Taxes, TaxMethod, TaxMode, tax_sale
from pos_desktop.domain.tax_record import taxes_record
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import BREAD, CASHIER, MILK, SUPERVISOR, WINE, TillClient, card, line, uuid7
from tests.database.test_db_refunds import back_of, refund
from tests.domain.tax_tables import METHODS, cash_examples, examples

GST, PST, ON = Tax("G", 50_000), Tax("P", 99_750), Tax("Q", 95_000, compound=True)


def rows(taxed: Taxed) -> list[dict[str, Any]]:
    """A document's taxes."""
    return [
        {"code": r.code, "rate": r.rate, "net": r.net, "tax": r.tax, "gross": r.gross} for r in taxed.taxes
    ]


def sums(
    world: World, lines: Iterable[tuple[Taxes, int]], mode: str, method: str, exempt: Iterable[str]
) -> Any:
    """What the server makes of the same lines."""
    body = [{"amount": amount, "taxes": taxes_record(taxes)} for taxes, amount in lines]
    args = json.dumps(body), mode, method, sorted(exempt)
    return world.one("select pos.tax_sale(%s::jsonb, %s, %s, %s::text[])", *args)


def test_the_server_works_out_the_tables_of_the_manual_and_any_other_sale(world: World) -> None:
    for each in examples():
        told = sums(world, each.lines, each.mode, each.method, each.exempt)
        shown = {"Net": told["net"], "Gross": told["gross"]}
        shown |= {f"Tax {row['code']}": row["tax"] for row in told["taxes"] if row["code"] not in each.exempt}
        assert each.shown == shown, each
    dice = random.Random(16)
    taxes = [Tax("A", 200_000), Tax("B", 50_000), GST, PST, ON, Tax("Z", 0), Tax("A", 175_000)]
    for _ in range(300):
        lines = [(_some(dice, taxes), dice.randint(-9_999, 99_999)) for _ in range(dice.randint(0, 7))]
        mode: TaxMode = dice.choice(("included", "added"))
        method: TaxMethod = dice.choice(METHODS)
        exempt = frozenset(dice.sample("ABGPQZ", dice.choice((0, 0, 1, 2))))
        done = tax_sale(lines, mode, method, exempt)
        told = sums(world, lines, mode, method, exempt)
        assert told == {"net": done.net, "gross": done.gross, "taxes": rows(done)}, (lines, mode, method)


def _some(dice: random.Random, taxes: list[Tax]) -> Taxes:
    picked = {tax.code: tax for tax in dice.sample(taxes, dice.randint(1, 3))}
    return tuple(picked.values())


def test_the_auditors_file_works_out_the_same() -> None:
    auditor = _verifier()
    for each in examples():
        lines = [(tuple(map(tuple, taxes)), amount) for taxes, amount in each.lines]
        fields = {"tax_mode": each.mode, "tax_method": each.method, "exempt": {"codes": list(each.exempt)}}
        taxes, gross = auditor.work_out(lines, fields)
        done = tax_sale(each.lines, each.mode, each.method, each.exempt)
        assert gross == done.gross, each
        assert taxes == {(row.code, row.rate): (row.net, row.tax, row.gross) for row in done.taxes}, each


def proven(world: World, folder: Path) -> None:
    """The books are sound, and so is their export to whoever has nothing but the auditor's file."""
    assert verify(world.owner).findings == ()
    assert_sound(world.owner)
    export = folder / "journal.jsonl"
    assert world.database.as_owner("export", "journal", "-o", str(export)) == 0
    assert _verifier().check(str(export))[1] is None


def _verifier() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "resources" / "verify_journal.py"
    spec = importlib.util.spec_from_file_location("verify_journal", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def policy(world: World, step: int, method: str = "nearest", day: str = "2020-01-01") -> None:
    """Round cash in the first store from a day on."""
    world.owner.execute(
        "insert into pos.cash_policy (store_id, valid_from, step, method) values (%s, %s, %s, %s)"
        " on conflict (store_id, valid_from) do update set step = excluded.step, method = excluded.method",
        [world.shop.stores[1], day, step, method],
    )


def test_cash_is_rounded_as_the_table_says_from_its_day_on(world: World) -> None:
    for each in cash_examples():
        policy(world, each.step, each.method)
        ask = "select pos.cash_rounding(%s, %s, %s::date)"
        assert world.one(ask, each.total, world.shop.stores[1], "2026-11-22") == each.rounding, each
        assert world.one(ask, each.total, world.shop.stores[1], "2019-12-31") == 0
        assert world.one(ask, each.total, world.shop.stores[2], "2026-11-22") == 0


def paid(total: int, by_card: int, given: int, rounding: int) -> dict[str, Any]:
    """Tenders by card and in cash, with change, and the rounding that belongs to them."""
    tenders: list[dict[str, Any]] = card(by_card) if by_card else []
    if given:
        tenders.append({"n": len(tenders) + 1, "kind": "cash", "amount": given})
    change = by_card + given - total - rounding
    if change:
        tenders.append({"n": len(tenders) + 1, "kind": "cash", "amount": -change, "change": 1})
    return {"tenders": tenders, **({"rounding": rounding} if rounding else {})}


def test_only_what_is_left_for_cash_is_rounded_and_the_z_totals_it(world: World, tmp_path: Path) -> None:
    policy(world, 10)
    till, bread = world.till(), line(world.shop.items[BREAD])  # 2.49
    assert till.post(till.sale([bread], **paid(249, 0, 300, 1))).outcome == "booked"
    assert till.post(till.sale([bread], **paid(249, 249, 0, 0))).outcome == "booked"
    assert till.post(till.sale([bread], **paid(249, 107, 140, -2))).outcome == "booked"
    for wrong in (paid(249, 0, 300, 0), paid(249, 0, 300, -9), paid(249, 0, 300, 2)):
        refused = till.post(till.sale([bread], **wrong))
        assert (refused.outcome, refused.reason) == ("refused", "rounding")
    odd = till.sale([bread], **paid(249, 0, 300, 1))
    assert till.post({**odd, "rounding": 2}).reason == "tenders"
    assert till.post({**till.sale([bread], **paid(249, 0, 300, 1)), "rounding": "1"}).reason == "malformed"
    alone = till.sale([bread], flags=["stands"], **paid(249, 0, 300, 0))
    assert till.post(alone, "offline").flags[:1] == ("rounding",)
    figures = world.one("select pos.shift_figures(h, t) from pos.shift h join pos.till t on t.id = h.till_id")
    assert figures["rounding"] == 1 + -2
    assert figures["sales_total"] == 4 * 249
    told = {row["kind"]: row["amount"] for row in figures["tenders"]}
    assert told == {"card": 249 + 107, "cash": 250 + 140 + 249}
    proven(world, tmp_path)


def composite(world: World) -> None:
    """Wine falls under G and P, bread under G alone and, on it, Q."""
    for tax in (GST, PST, ON):
        world.owner.execute("insert into pos.tax values (%s, %s)", [tax.code, tax.code])
        world.owner.execute("insert into pos.tax_rate values (%s, '2000-01-01', %s)", [tax.code, tax.rate])
    world.owner.execute("insert into pos.tax values ('GP', 'G and P'), ('GQ', 'Q on G')")
    world.owner.execute(
        "insert into pos.tax_part (tax, n, part, compound) values"
        " ('GP', 1, 'G', false), ('GP', 2, 'P', false), ('GQ', 1, 'G', false), ('GQ', 2, 'Q', true)"
    )
    world.owner.execute("update pos.item set tax = 'GP' where id = %s", [WINE])
    world.owner.execute("update pos.item set tax = 'GQ' where id = %s", [BREAD])


def taxed_sale(
    till: TillClient, lines: list[tuple[int, Taxes]], method: str = "by_rate", **more: Any
) -> dict[str, Any]:
    """A right sale of items under these taxes; what its document must say of them is in it."""
    exempt = frozenset(more["exempt"]["codes"]) if "exempt" in more else NOBODY
    made, sold = [], []
    for n, (number, taxes) in enumerate(lines, 1):
        item = till.shop.items[number]
        code = "".join(tax.code for tax in taxes)
        keys = {"taxes": taxes_record(taxes)} if len(taxes) > 1 else {}
        if not keys and exempt:
            keys = {"rate": taxes[0].rate}
        made.append(line(item, n=n, tax=code, **keys))
        sold.append((taxes, made[-1]["amount"]))
    done = tax_sale(sold, till.shop.tax_mode, method, exempt)  # type: ignore[arg-type]
    body = {
        "sale": uuid7(), "tax_mode": till.shop.tax_mode, "currency": "GBP", "lines": made,
        "taxes": rows(done), "total": done.gross, "tenders": card(done.gross), "approvals": [],
        "grand": till.grand + done.gross,
        "checks": [{"kind": "age", "min_age": 18, "result": "id_checked", "at": "2026-11-22T10:00:00.000Z"}],
        **({} if method == "by_rate" else {"tax_method": method}),
    }  # fmt: skip
    return till.common("sale", **{**body, **more})


def test_several_taxes_on_an_item_are_each_at_the_rate_of_the_day(
    world_of: Callable[..., World], tmp_path: Path
) -> None:
    world = world_of(tax_mode="added")
    composite(world)
    till, wine, bread = world.till(), (WINE, (GST, PST)), (BREAD, (GST, ON))
    right = taxed_sale(till, [wine, bread, (MILK, (Tax("Z", 0),))])
    assert [row["code"] for row in right["taxes"]] == ["G", "P", "Q", "Z"]
    assert till.post(right).outcome == "booked"
    wrong = taxed_sale(till, [wine, bread])
    wrong["taxes"][0]["tax"] += 1
    wrong["taxes"][0]["gross"] += 1
    assert till.post(wrong).reason == "taxes"
    dearer = taxed_sale(till, [wine, bread])
    assert till.post({**dearer, "total": dearer["total"] + 1}).reason == "total"
    twice = taxed_sale(till, [(WINE, (GST, GST))])
    assert till.post(twice).reason == "malformed"
    for part in (
        {"taxes": []},
        {"taxes": [{"code": "G", "rate": 1, "on": 2}]},
        {"taxes": [{"code": "G", "rate": "1"}]},
        {"taxes": [{"code": 5, "rate": 1}]},
        {"taxes": {"code": "G", "rate": 1}},
        {"rate": 50_000},
    ):
        odd = taxed_sale(till, [(MILK, (Tax("Z", 0),)), bread])
        odd["lines"][1] |= part
        assert till.post(odd).reason == "malformed", part
    for rate in (-1, "5", 10_000_001, [1], {"a": 1}):
        odd = taxed_sale(till, [(MILK, (Tax("Z", 0),))])
        odd["lines"][0]["rate"] = rate
        assert till.post(odd).reason == "malformed", rate
    stale = taxed_sale(till, [(WINE, (GST, Tax("P", 90_000)))])
    assert till.post(stale).flags == ("tax_moved",)
    alone = taxed_sale(till, [(WINE, (GST,))])
    assert "tax_moved" in till.post(alone).flags
    proven(world, tmp_path)


def test_a_store_rounds_by_its_own_method_and_says_so_in_each_document(world: World, tmp_path: Path) -> None:
    world.owner.execute("update pos.store set tax_method = 'by_line'")
    till = world.till()
    lines: list[tuple[int, Taxes]] = [(WINE, (Tax("S", 200_000),))] * 3
    by_line, by_rate = taxed_sale(till, lines, "by_line"), taxed_sale(till, lines)
    assert by_line["taxes"] != by_rate["taxes"]
    assert till.post(by_line).outcome == "booked"
    assert till.post(taxed_sale(till, lines)).flags == ("tax_moved",)
    told = taxed_sale(till, lines, "by_line")
    assert till.post({**told, "taxes": by_rate["taxes"]}).reason == "taxes"
    assert till.post({**taxed_sale(till, lines), "tax_method": "bankers"}).reason == "malformed"
    proven(world, tmp_path)


def test_a_certificate_frees_from_a_tax_by_somebody_who_may(world: World, tmp_path: Path) -> None:
    till = world.till()
    lines: list[tuple[int, Taxes]] = [(WINE, (Tax("S", 200_000),)), (BREAD, (Tax("R", 50_000),))]
    exempt = {"certificate": "TE-4711", "codes": ["S"]}
    asked = taxed_sale(till, lines, exempt=exempt)
    assert asked["total"] < 950 + 249
    assert [(row["code"], row["rate"], row["tax"]) for row in asked["taxes"]][1] == ("S", 0, 0)
    cash = [{"n": 1, "kind": "cash", "amount": asked["total"]}]
    refused = till.post({**asked, "tenders": cash})
    assert (refused.outcome, refused.reason) == ("refused", "no_permission")
    approval = {"what": "exempt_tax", "by": SUPERVISOR, "at": "2026-11-22T10:00:00.000Z"}
    allowed = taxed_sale(till, lines, exempt=exempt, tenders=cash, approvals=[approval])
    assert till.post(allowed).outcome == "booked"
    full = taxed_sale(till, lines)
    assert till.post({**full, "exempt": exempt}).reason == "taxes"
    back = {**back_of(allowed), "rate": 200_000}
    till.cashier = SUPERVISOR
    assert till.post(refund(till, [back])).reason == "not_sold", "the tax nobody paid is not given back"
    (net,) = [row["net"] for row in asked["taxes"] if row["code"] == "S"]
    mirror = [{"code": "S", "rate": 0, "net": -net, "tax": 0, "gross": -net}]
    money = {"tenders": [{"n": 1, "kind": "cash", "amount": -net}], "total": -net, "grand": till.grand - net}
    given = till.post(refund(till, [back], exempt=exempt, taxes=mirror, **money))
    assert given.outcome == "booked"
    till.cashier = CASHIER
    for odd in ({"certificate": " ", "codes": ["S"]}, {"certificate": "x", "codes": []}, {"codes": ["S"]}):
        assert till.post({**taxed_sale(till, lines, exempt=exempt), "exempt": odd}).reason == "malformed"
    assert world.query("select certificate from pos.sale") == [("TE-4711",), ("TE-4711",)]
    proven(world, tmp_path)


def test_a_certificate_on_file_is_the_customers_own(world: World) -> None:
    till = world.till()
    till.cashier = SUPERVISOR
    add = (
        "insert into pos.customer (name, certificate, certificate_codes, certificate_until)"
        " values (%s, %s, %s, %s) returning number"
    )
    school = world.one(add, "School", "TE-1", ["S"], None)
    clinic = world.one(add, "Clinic", "TE-2", ["S", "R"], "2099-12-31")
    closed = world.one(add, "Closed", "TE-3", ["S"], "2020-12-31")
    lines: list[tuple[int, Taxes]] = [(WINE, (Tax("S", 200_000),))]

    def freed(certificate: str, customer: int | None, codes: tuple[str, ...] = ("S",), **more: Any) -> Any:
        named = {} if customer is None else {"customer": customer}
        asked = taxed_sale(
            till, lines, exempt={"certificate": certificate, "codes": list(codes)}, **named, **more
        )
        cash = [{"n": 1, "kind": "cash", "amount": asked["total"]}]
        return till.post(asked if more else {**asked, "tenders": cash})

    for right in (("TE-1", school), ("TE-2", clinic), ("TE-9", None), ("TE-9", closed)):
        assert freed(*right).outcome == "booked", right
    wrong = [("TE-1", None), ("TE-1", clinic), ("TE-9", school), ("TE-3", closed)]
    for certificate, customer in wrong:
        assert freed(certificate, customer).reason == "certificate", (certificate, customer)
    assert freed("TE-1", school, ("S", "R")).reason == "certificate", "it frees from other taxes"
    paid = freed("TE-1", clinic, checks=taxed_sale(till, lines)["checks"])
    assert (paid.outcome, paid.flags) == ("flagged", ("certificate",)), "a card was charged"


def test_what_a_composite_code_comes_to_is_shown(world: World) -> None:
    composite(world)
    world.owner.execute("insert into pos.tax values ('N', 'No rate yet')")
    shown = "select pos.tax_rate_shown(%s, '2026-11-22')"
    assert world.one(shown, "GP") == 50_000 + 99_750
    assert world.one(shown, "GQ") == 50_000 + 95_000 + 4_750
    assert [world.one(shown, code) for code in ("S", "N")] == [200_000, None]
