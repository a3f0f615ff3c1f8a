"""What every till does and what hits it: a pure function of the seed, by step count and never by time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.nemesis.faults import FAULTS

Do = Literal["sale", "refund", "load", "hold", "recall", "void", "no_sale", "cash", "z"]

_DOINGS: tuple[Do, ...] = ("sale", "refund", "load", "hold", "recall", "void", "no_sale", "cash")
_ODDS = (78, 6, 2, 3, 3, 2, 2, 4)
_TENDERS = ("cash", "card", "split", "gift")
Z_EVERY = 90
"""Steps between two closings of a till's shift."""
GOODS = 30
"""Items of the shop beyond the fixed ones; see shop.py."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; ``size`` is a share from 0 to 1 that the fault reads as it likes.

    In six digits: more of them in the schedule could pass for a card's number.
    """

    kind: str
    size: float


@dataclass(frozen=True, slots=True)
class Step:
    """One customer of one till. ``goods`` are (index of an item, quantity in thousandths)."""

    till: int
    n: int
    do: Do
    goods: tuple[tuple[int, int], ...]
    tender: str
    dice: int
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The schedule: ``every`` steps of a till hold one fault; kinds come from a deck shuffled by the seed."""

    seed: int
    tills: int
    every: int
    kinds: tuple[str, ...]
    """The deck: each kind as often as its weight says."""

    def as_order(self) -> dict[str, Any]:
        """The plan as JSON can carry it."""
        return asdict(self)

    def step(self, till: int, n: int) -> Step:
        """What till ``till`` does as its ``n``-th step (from 0)."""
        dice = random.Random(f"{self.seed}/{till}/{n}")
        do: Do = "z" if n % Z_EVERY == Z_EVERY - 1 else dice.choices(_DOINGS, _ODDS)[0]
        goods = tuple((_item(dice), dice.randint(1, 4) * 1000) for _ in range(_lines(dice)))
        tender = dice.choices(_TENDERS, (64, 25, 5, 6))[0]
        return Step(till, n, do, goods, tender, dice.getrandbits(32), self._fault(till, n))

    def fault_step(self, till: int, block: int) -> int:
        """The step of the till's ``block`` that has the fault."""
        return block * self.every + random.Random(f"{self.seed}/{till}/at {block}").randrange(self.every)

    def schedule(self, steps: int) -> Iterator[Step]:
        """Every step with a fault among the first ``steps`` of each till, in the order they come up."""
        for block in range(-(-steps // self.every)):
            for till in range(1, self.tills + 1):
                n = self.fault_step(till, block)
                if n < steps:
                    yield self.step(till, n)

    def _fault(self, till: int, n: int) -> Fault | None:
        if not self.kinds:
            return None
        block = n // self.every
        if n != self.fault_step(till, block):
            return None
        card = block * self.tills + till - 1
        deck, place = divmod(card, len(self.kinds))
        kinds = list(self.kinds)
        random.Random(f"{self.seed}/deck {deck}").shuffle(kinds)
        return Fault(kinds[place], round(random.Random(f"{self.seed}/{till}/{n}/size").random(), 6))


def _lines(dice: random.Random) -> int:
    """One to four, small baskets most: a sale is what is tried, and more of them fit into an hour."""
    return dice.choices((1, 2, 3, 4), (4, 3, 2, 1))[0]


def _item(dice: random.Random) -> int:
    """A few items sell often: their stock rows are what tills wait for."""
    return dice.randrange(6) if dice.random() < 0.5 else dice.randrange(GOODS + 5)


def deck(leave_out: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Every kind of fault, as often as its weight says, except those this machine cannot do."""
    return tuple(name for name, fault in FAULTS.items() if name not in leave_out for _ in range(fault.weight))
