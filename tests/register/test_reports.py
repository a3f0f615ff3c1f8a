"""X and Z on paper against plain sums over the ledger's tables, to the penny."""

from __future__ import annotations

import re
from decimal import Decimal

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import FLOAT, Counter, Shop, Till, code_of

SALES = "select count(*), coalesce(sum(total), 0) from pos.sale"
TENDERS = "select kind, count(*) filter (where not change), sum(amount) from pos.payment group by kind"
TAXES = "select sum(net), sum(amount) from pos.sale_tax where rate > 0 group by tax order by tax"
MOVED = "select coalesce(sum(amount), 0) from pos.cash_movement"
EVENTS = "select count(*) from pos.event where name = '{name}'"


def amounts(paper: list[str]) -> dict[str, list[str]]:
    """The rows of a report: words to the values at the right, in order."""
    rows: dict[str, list[str]] = {}
    for row in paper:
        parts = re.fullmatch(r"\s*(\S.*?)\s{2,}(\S+)", row)
        if parts:
            rows.setdefault(parts[1], []).append(parts[2])
    return rows


def pence(text: str) -> int:
    """A printed amount in minor units."""
    return int(Decimal(re.sub(r"[^\d.-]", "", text.replace("−", "-"))) * 100)


def check(paper: list[str], shop: Shop) -> None:
    """Every sum on the paper against plain sums over the tables."""
    rows = amounts(paper)
    ((count, total),) = shop.ask(SALES)
    assert pence(rows[f"Sales ({count})"][0]) == total
    expected = {str(kind).capitalize(): (n, amount) for kind, n, amount in shop.ask(TENDERS)}
    assert set(expected) == {"Cash", "Card"}
    for name, (n, amount) in expected.items():
        assert pence(rows[f"{name} ({n})"][0]) == amount
    printed_taxes = [(name, values) for name, values in rows.items() if re.search(r"% on ", name)]
    in_ledger = {(int(net), int(tax)) for net, tax in shop.ask(TAXES)}  # type: ignore[call-overload]
    on_paper = {(pence(name.rsplit(" ", 1)[1]), pence(values[0])) for name, values in printed_taxes}
    assert in_ledger
    assert in_ledger <= on_paper
    ((moved,),) = shop.ask(MOVED)
    assert pence(rows["Expected in drawer"][0]) == FLOAT + int(str(moved)) + int(expected["Cash"][1])
    for words, name in (("Drawer opened, no sale", "no_sale"), ("Age refusals", "age_refused")):
        ((n,),) = shop.ask(EVENTS.format(name=name))
        assert rows[words] == [str(n)]
        assert n


def trade(till: Till, shop: Shop) -> None:
    """Cash, a split, a drop, an opened drawer and a customer too young."""
    till.scan(code_of(shop, "Whole milk 2 L"), code_of(shop, "Crisps ready salted"))
    till.stroke("F11")
    till.scan(code_of(shop, "Sourdough"), code_of(shop, "Crisps ready salted"))
    till.keys("4011\n")
    till.keys("0.842\n")
    till.stroke("F12")
    till.keys("1\n")
    till.stroke("F2", "F1")
    till.stroke("Ctrl+D", "F2")
    till.services.till.cash_movement("drop", 2000, "to the safe")
    wine = shop.ask(
        "select c.code from pos.item i join pos.item_code c on c.item_id = i.id"
        " where i.min_age = 18 and i.name ilike '%75 cl%' order by i.id, c.code limit 1"
    )
    till.scan(str(wine[0][0]))
    till.stroke("F4")


def test_x_and_z_on_paper_equal_the_ledger(counter: Counter, shop: Shop, printer: EmulatedPrinter) -> None:
    """X in the middle of the shift, more sales, then the Z with the count."""
    shop.do("delete from pos.role_limit where what = 'difference'")
    till = counter.open()
    trade(till, shop)
    till.stroke("F10", "F6")
    if till["screen"] == "approval":
        till.keys("5555\n")
    x = list(printer.papers[-1].lines)
    assert any(row.strip() == "X report" for row in x)
    check(x, shop)
    trade(till, shop)
    till.stroke("Ctrl+W")
    assert till["screen"] == "shift_close"
    till.keys("2\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    z = list(printer.papers[-1].lines)
    assert any(row.strip() == "Z report 1" for row in z)
    check(z, shop)
    ((counted, over_short, head),) = shop.ask(
        "select s.counted, s.over_short, encode(d.hash, 'hex') from pos.shift s"
        " join pos.document d on d.kind = 'shift_close'"
    )
    rows = amounts(z)
    assert pence(rows["Counted"][0]) == counted
    assert pence(rows["Over" if int(str(over_short)) > 0 else "Short"][0]) == over_short
    assert str(head) in "".join(z).replace(" ", "")
