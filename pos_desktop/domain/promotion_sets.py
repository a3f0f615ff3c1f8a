"""How sets grow piece by piece: what is open, what a piece adds, and when a set is whole.

Pieces come dearest first. A plan's state is a tuple of small numbers: what is open, and how many more sets
a limit allows (-1: any). An open state at the end is no solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pos_desktop.domain.promotion import (
    CheapestOf,
    Cut,
    Each,
    Goods,
    Offer,
    Part,
    Promotion,
    SetFor,
    Spend,
    cut_of,
)

State: TypeAlias = tuple[int, ...]
Step: TypeAlias = tuple[State, int] | None
"""The state after a piece took a role, and what that adds at once (a total takes its amount back)."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a piece may be in a plan: its number, what it gains at once, and at most by the end of its set."""

    number: int
    gain: int
    hope: int


def roles_of(offer: Offer, goods: Goods) -> tuple[Role, ...]:
    """What one piece of these goods may be in a set of this offer."""
    if isinstance(offer, SetFor):
        return tuple(
            _part_role(offer, number, part.cut, goods)
            for number, part in enumerate(offer.parts)
            if part.select.takes(goods)
        )
    if isinstance(offer, Spend) or not offer.select.takes(goods):
        return ()
    gain = cut_of(offer.cut, goods.item, goods.price)
    if isinstance(offer, Each):
        return (Role(0, gain, gain),)
    # Paid (0) or cut (1): either way, a set's cuts are at most its share of what all its pieces would get.
    hope = -(-gain * offer.cheapest // offer.count) + 1
    return (Role(0, 0, hope), Role(1, gain, hope))


def _part_role(offer: SetFor, number: int, cut: Cut | None, goods: Goods) -> Role:
    if offer.total is not None:
        share = offer.total // sum(part.count for part in offer.parts)
        return Role(number, goods.price, goods.price - share)
    gain = 0 if cut is None else cut_of(cut, goods.item, goods.price)
    return Role(number, gain, gain)


class Plan(Protocol):
    """A promotion that forms sets, in one search."""

    @property
    def promotion(self) -> Promotion:
        """The promotion it is."""

    @property
    def start(self) -> State:
        """Nothing open."""

    @property
    def counts(self) -> State:
        """How many pieces of each part a set has."""

    def part(self, _role: int, /) -> int:
        """The part that a piece in a role fills."""

    def step(self, state: State, role: int) -> Step:
        """The state with one more piece in a role, or None when it has no place."""

    def needs(self, state: State) -> State:
        """How many more pieces of each part it takes to close what is open; all 0 when nothing is."""


@dataclass(frozen=True, slots=True)
class PartsPlan:
    """Sets of parts, at a total or with cuts; a limited offer on each piece is a set of one.

    The state is (pieces in no whole set yet, for each part..., sets left).
    """

    promotion: Promotion
    parts: tuple[Part, ...]
    total: int | None
    times: int

    @property
    def start(self) -> State:
        """Nothing open."""
        return (*(0 for _ in self.parts), self.times)

    @property
    def counts(self) -> State:
        """How many pieces each part has."""
        return tuple(part.count for part in self.parts)

    def part(self, role: int, /) -> int:
        """A role is named by its part."""
        return role

    def step(self, state: State, role: int) -> Step:
        """One more piece in a part; a whole set goes out of the state, and its total is charged."""
        left = state[-1]
        if left == 0:
            return None
        open_ = [*state[:-1]]
        open_[role] += 1
        if any(have < part.count for have, part in zip(open_, self.parts, strict=True)):
            return (*open_, left), 0
        closed = (have - part.count for have, part in zip(open_, self.parts, strict=True))
        rest = tuple(closed)
        if left == 1 and any(rest):
            return None
        return (*rest, max(left - 1, -1)), -(self.total or 0)

    def needs(self, state: State) -> State:
        """What is missing in each part to close as many sets as are begun."""
        begun = max(-(-have // part.count) for have, part in zip(state, self.parts, strict=False))
        if 0 <= state[-1] < begun:
            return tuple(1 << 30 for _ in self.parts)
        return tuple(begun * part.count - have for have, part in zip(state, self.parts, strict=False))


@dataclass(frozen=True, slots=True)
class CheapestPlan:
    """Sets whose cheapest pieces are cut. The state is (paid pieces in no set, cut pieces owed, sets left).

    Dearest first, a set's paid pieces come before its cut ones. Pieces can be parted into whole sets exactly
    when each cut piece finds its set's paid pieces there already, so counting is enough.
    """

    promotion: Promotion
    offer: CheapestOf
    times: int

    @property
    def start(self) -> State:
        """Nothing open."""
        return (0, 0, self.times)

    @property
    def counts(self) -> State:
        """One kind of piece."""
        return (self.offer.count,)

    def part(self, _role: int, /) -> int:
        """Paid or cut, a piece fills the one part there is."""
        return 0

    def step(self, state: State, role: int) -> Step:
        """One more paid piece, or one that is cut."""
        paid, owed, left = state
        if role == 0:
            return ((paid + 1, owed, left), 0) if left else None
        if owed:
            return (paid, owed - 1, left), 0
        sets = self.offer.count - self.offer.cheapest
        if paid < sets or left == 0:
            return None
        return (paid - sets, self.offer.cheapest - 1, max(left - 1, -1)), 0

    def needs(self, state: State) -> State:
        """The pieces missing in the sets begun."""
        paid, owed, left = state
        begun = -(-paid // (self.offer.count - self.offer.cheapest))
        if 0 <= left < begun:
            return (1 << 30,)
        return (owed + begun * self.offer.count - paid,)
