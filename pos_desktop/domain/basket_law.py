"""The law in a basket: deposits that follow their goods, limits of one sale, lowest prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from pos_desktop.domain.basket_parts import Discount, Given, Line, refuse
from pos_desktop.domain.law import Law
from pos_desktop.domain.quantity import extend, format_qty
from pos_desktop.words import t

_Off = TypeVar("_Off", Given, Discount)


def married(lines: Sequence[Line], law: Law, next_n: int) -> tuple[Line, ...]:
    """The lines with each deposit behind its goods: added, changed and gone with them.

    New deposits are named from ``next_n`` on. What comes back is left as it is: its deposit was sold with it.
    """
    had = {line.deposit_for: line for line in lines if line.deposit_for and not line.inward}
    made: list[Line] = []
    for line in lines:
        if line.deposit_for and not line.inward:
            continue
        made.append(line)
        deposit = None if line.inward else _deposit(line, law, had.get(line.n))
        if deposit is None:
            continue
        if not deposit.n:
            deposit, next_n = replace(deposit, n=next_n), next_n + 1
        made.append(deposit)
    return tuple(made)


def _deposit(line: Line, law: Law, had: Line | None) -> Line | None:
    """The deposit line of some goods; without a name when it is new."""
    if not line.item.deposit:
        return None
    qty = line.qty * line.item.deposit_count
    if had is not None and had.item.id == line.item.deposit:
        return had if had.qty == qty else replace(had, qty=qty, amount=extend(had.price, qty))
    item = law.deposits.get(line.item.deposit)
    if item is None:
        return None
    code = item.code or item.plu
    return Line(
        0, item, code, qty, item.price, item.price_version, extend(item.price, qty), deposit_for=line.n
    )


def check_limits(before: Sequence[Line], after: Sequence[Line], law: Law) -> None:
    """BasketError "limit" when a change takes a sale over what the law lets it hold."""
    rule = law.over((line.item, line.qty) for line in after)
    if rule is None or rule.most is None:
        return
    held, was = (
        sum(line.qty * max(line.item.pack, 1) for line in lines if not line.inward and rule.takes(line.item))
        for lines in (after, before)
    )
    if held > was:
        refuse(
            "limit", t("{name}: no more than {most} in one sale.", name=rule.name, most=format_qty(rule.most))
        )


def check_price(line: Line, law: Law, began: datetime | None) -> None:
    """BasketError "lowest_price" when goods cost less than the law allows before anything is taken off."""
    if line.amount < _lowest(line, law, began):
        refuse(
            "lowest_price", t("{name} costs less than the law allows. Call the manager.", name=line.item.name)
        )


def floored(lines: tuple[Line, ...], law: Law, began: datetime | None) -> tuple[Line, ...]:
    """The lines with what is taken off cut back, the last of it first, to their lowest price by law."""
    if not law.lowest or began is None:
        return lines
    return tuple(_floored(line, _lowest(line, law, began)) for line in lines)


def _lowest(line: Line, law: Law, began: datetime | None) -> int:
    if line.inward or began is None or not law.lowest:
        return 0
    return law.lowest_price(line.item, line.qty, law.day(began))


def _floored(line: Line, lowest: int) -> Line:
    if line.net >= lowest:
        return line
    room = max(line.amount - lowest, 0)
    given, room = _within(line.given, room)
    discounts, _ = _within(line.discounts, room)
    return replace(line, given=given, discounts=discounts)


def _within(offs: tuple[_Off, ...], room: int) -> tuple[tuple[_Off, ...], int]:
    kept = []
    for off in offs:
        amount = min(off.amount, room)
        room -= amount
        if amount:
            kept.append(replace(off, amount=amount))
    return tuple(kept), room


def law_problems(lines: Sequence[Line], law: Law, at: datetime) -> list[dict[str, Any]]:
    """What the law has against lines at ``at`` (aware), in the words of ``api.check_basket``."""
    goods = [line for line in lines if not line.inward]
    shut = [{"n": line.n, "code": "hours"} for line in goods if law.shut(line.item, at) is not None]
    over = law.over((line.item, line.qty) for line in goods)
    held = [line for line in goods if over is not None and over.takes(line.item)]
    return shut + [{"n": line.n, "code": "limit"} for line in held]
