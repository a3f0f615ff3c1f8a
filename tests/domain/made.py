"""Items and strategies for the domain's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from pos_desktop.domain.basket import AgeCheck, Approval, Basket, Item

AT = datetime(2026, 11, 22, 10, 15, 30, 123000, UTC)
RATES = {"S": 200_000, "R": 50_000, "Z": 0, "L": 88_750}


def item(id_: int = 1, price: int = 100, **fields: Any) -> Item:
    """An item by the piece at the standard rate, unless told otherwise."""
    given: dict[str, Any] = {
        "name": f"Item {id_}",
        "unit": "each",
        "price_version": id_ * 10,
        "tax": "S",
        "rate": RATES["S"],
        "code": f"{id_:014d}",
        **fields,
    }
    return Item(id=id_, price=price, **given)


def approval(by: int = 1002) -> Approval:
    """A supervisor allows a price."""
    return Approval("price_override", by, 0, 0, 0, AT)


def checked(basket: Basket, age: int = 18) -> Basket:
    """The customer was seen as old enough."""
    return basket.with_check(AgeCheck(age, "clearly_over", AT))


def items() -> st.SearchStrategy[Item]:
    """Items of every unit, price and rate."""
    return st.builds(
        lambda n, price, tax, unit: item(n, price, tax=tax, rate=RATES[tax], unit=unit),
        st.integers(1, 6),
        st.integers(0, 50_000),
        st.sampled_from(sorted(RATES)),
        st.sampled_from(["each", "kg", "l"]),
    )


def quantities(unit: str) -> st.SearchStrategy[int]:
    """Quantities that the unit takes."""
    return st.integers(1, 50).map(lambda n: n * 1000) if unit == "each" else st.integers(1, 20_000)


@st.composite
def baskets(draw: st.DrawFn, mode: str = "included") -> Basket:
    """Baskets as cashiers fill them: added, changed, removed, repriced."""
    basket = Basket("0192a1b2-0000-7000-8000-000000000001", mode)  # type: ignore[arg-type]
    for one in draw(st.lists(items(), min_size=1, max_size=8)):
        basket = basket.add(one, draw(quantities(one.unit)))
    if draw(st.booleans()):
        line = draw(st.sampled_from(basket.lines))
        basket = basket.set_price(line.n, draw(st.integers(0, 9_999)), approval())
    if len(basket.lines) > 1 and draw(st.booleans()):
        basket = basket.remove(draw(st.sampled_from(basket.lines)).n)
    return basket
