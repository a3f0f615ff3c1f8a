"""Rounding where it has a name: what is paid in cash by a dated policy, and amounts spread over others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

CashMethod = Literal["nearest", "nearest_down", "down", "up"]
"""nearest: a half goes up; nearest_down: a half goes down; down: for the customer; up: for the shop.

All of them look at the amount without its sign, so a refund is rounded as its sale was.
"""


@dataclass(frozen=True, slots=True)
class CashPolicy:
    """How cash is rounded from a day on: to a whole ``step`` of minor units; a step of 1 rounds nothing."""

    start: date
    step: int
    method: CashMethod = "nearest"

    def __post_init__(self) -> None:
        if self.step < 1 or self.method not in get_args(CashMethod):
            raise ValueError("cash is rounded to a step of 1 or more, by a method that has a name")


def cash_policy(policies: Iterable[CashPolicy], day: date) -> CashPolicy | None:
    """The policy of a day (the sale's legal date): the one that began last; None before the first."""
    return max((each for each in policies if each.start <= day), key=lambda each: each.start, default=None)


def cash_rounding(amount: int, policy: CashPolicy | None) -> int:
    """What rounding adds (+) or takes off (-) when ``amount`` minor units are paid, or given back, in cash.

    Only what is left for cash is rounded: a part paid by card is taken off before. Tax and total stay.
    """
    if policy is None:
        return 0
    steps, rest = divmod(abs(amount), policy.step)
    if policy.method == "nearest":
        up = 2 * rest >= policy.step and rest > 0
    elif policy.method == "nearest_down":
        up = 2 * rest > policy.step
    else:
        up = policy.method == "up" and rest > 0
    change = (steps + up) * policy.step - abs(amount)
    return change if amount >= 0 else -change


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` over ``weights`` (0 or more) by largest remainder: whole numbers that add up to it exactly.

    No share is a whole unit or more from its exact one, and none exceeds its weight unless ``amount`` exceeds
    their sum. Of equal remainders the first goes first. Without any weight all goes to the first place.
    """
    whole = sum(weights)
    if not whole:
        return [amount, *(0 for _ in weights[1:])] if weights else []
    parts = [divmod(abs(amount) * weight, whole) for weight in weights]
    missing = abs(amount) - sum(share for share, _ in parts)
    order = sorted(range(len(parts)), key=lambda n: -parts[n][1])
    lucky = set(order[:missing])
    sign = 1 if amount >= 0 else -1
    return [sign * (share + (n in lucky)) for n, (share, _) in enumerate(parts)]


def spread_by(amount: int, weights: Sequence[int], groups: Sequence[Hashable]) -> list[int]:
    """Like :func:`spread`, over groups first and inside each group then.

    So what a group gets does not depend on how many parts it is in: one line of four, or four lines of one.
    """
    sums: dict[Hashable, int] = {}
    for group, weight in zip(groups, weights, strict=True):
        sums[group] = sums.get(group, 0) + weight
    shares = dict(zip(sums, spread(amount, list(sums.values())), strict=True))
    parts = [0] * len(weights)
    for group, share in shares.items():
        places = [n for n, each in enumerate(groups) if each == group]
        for n, part in zip(places, spread(share, [weights[n] for n in places]), strict=True):
            parts[n] = part
    return parts
