"""Finds which pieces go into which sets, so that the customer pays least: exact within a bound that is said.

Weighted set packing, solved by dynamic programming over pieces, dearest first. The state is what each plan
has open; of two ways to one state only the better goes on, so equal pieces and the order of scans do not
matter. Plans that share no piece are searched apart. A search that grows beyond ``WIDTH`` states is cut to
the most hopeful ones and then repeated, leaving out what cannot beat the first answer; if that stays within
``BUDGET`` steps the answer is exact after all. Otherwise it is allowed, complete and the best that was found,
and says that it may not be the best there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pos_desktop.domain.promotion_greedy import bettered, greedy, value_of
from pos_desktop.domain.promotion_sets import Plan, State, Step
from pos_desktop.domain.promotion_step import Found, Move, Option, Piece

WIDTH = 64
"""States a first search keeps."""
BUDGET = 8_000
"""Steps of a search; each takes one to three microseconds."""
MANY_PLANS = 10
"""More plans than this that share pieces are not searched together: the states would be too many."""

Whole: TypeAlias = tuple[State, ...]
Node: TypeAlias = "tuple[int, int, Node | None, Option | None]"
"""Value so far, what open sets may still add, the node before, and what its last piece did."""


@dataclass(slots=True)
class _Search:
    pieces: Sequence[Piece]
    plans: Sequence[Plan]
    width: int
    floor: int | None = None
    budget: int | None = None
    cut: bool = False
    steps: int = 0
    _memo: list[dict[tuple[State, int], Step]] = field(default_factory=list)
    _needs: list[dict[State, State]] = field(default_factory=list)
    _left: list[list[int]] = field(default_factory=list)

    def run(self) -> Node | None:
        """The best closed node, or None when the budget ended or nothing beats the floor."""
        self._memo = [{} for _ in self.plans]
        self._needs = [{} for _ in self.plans]
        self._left = [[0] * len(plan.counts) for plan in self.plans]
        for piece in self.pieces:
            self._count(piece, 1)
        suffix = self._suffix()
        nodes: dict[Whole, Node] = {tuple(plan.start for plan in self.plans): (0, 0, None, None)}
        for place, piece in enumerate(self.pieces):
            self._count(piece, -1)
            nodes = self._grow(nodes, piece, suffix[place + 1])
            if self.budget is not None and self.steps > self.budget:
                return None
            if len(nodes) > self.width:
                nodes = self._narrowed(nodes)
        closed = (node for state, node in nodes.items() if self._closed(state))
        return max(closed, key=lambda node: node[0], default=None)

    def _suffix(self) -> list[int]:
        """The most that the pieces from each place on can add."""
        sums = [0]
        for piece in reversed(self.pieces):
            sums.append(sums[-1] + max(option.hope for option in piece.options))
        return sums[::-1]

    def _count(self, piece: Piece, by: int) -> None:
        """Add a piece to what is to come for each part, or take it off."""
        for number, fills in piece.fills:
            left = self._left[number]
            for part, one in enumerate(fills):
                left[part] += by * one

    def _grow(self, nodes: dict[Whole, Node], piece: Piece, to_come: int) -> dict[Whole, Node]:
        grown: dict[Whole, Node] = {}
        for state, node in nodes.items():
            for option in piece.options:
                self.steps += 1
                made = self._moved(state, option.moves)
                if made is None:
                    continue
                value = node[0] + option.gain + made[1]
                hope = node[0] + node[1] + option.hope
                if self.floor is not None and hope + to_come <= self.floor:
                    continue
                known = grown.get(made[0])
                if known is None:
                    if self._can_close(made[0], piece):
                        grown[made[0]] = (value, hope - value, node, option)
                elif value > known[0]:
                    grown[made[0]] = (value, min(hope - value, known[1]), node, option)
                elif hope - value < known[1]:
                    grown[made[0]] = (known[0], hope - value, known[2], known[3])
        return grown

    def _moved(self, state: Whole, moves: tuple[Move, ...]) -> tuple[Whole, int] | None:
        gain = 0
        for number, role in moves:
            memo, key = self._memo[number], (state[number], role)
            if key not in memo:
                memo[key] = self.plans[number].step(*key)
            step = memo[key]
            if step is None:
                return None
            state = (*state[:number], step[0], *state[number + 1 :])
            gain += step[1]
        return state, gain

    def _needed(self, number: int, state: State) -> State:
        needs = self._needs[number]
        if state not in needs:
            needs[state] = self.plans[number].needs(state)
        return needs[state]

    def _can_close(self, state: Whole, piece: Piece) -> bool:
        for number, _ in piece.fills:
            for need, left in zip(self._needed(number, state[number]), self._left[number], strict=True):
                if need > left:
                    return False
        return True

    def _closed(self, state: Whole) -> bool:
        return not any(any(self._needed(number, one)) for number, one in enumerate(state))

    def _narrowed(self, nodes: dict[Whole, Node]) -> dict[Whole, Node]:
        """The most hopeful states; those with nothing open always stay, so that there is an answer."""
        self.cut = True
        ranked = sorted(nodes.items(), key=lambda item: item[1][0] + item[1][1], reverse=True)
        kept = dict(ranked[: self.width])
        closed = max((item for item in ranked if self._closed(item[0])), key=lambda item: item[1][0])
        kept.setdefault(closed[0], closed[1])
        return kept


def search(pieces: Sequence[Piece], plans: Sequence[Plan], budget: int = BUDGET) -> Found:
    """What each piece does best, for pieces in order (dearest first) that all ``plans`` connect."""
    if len(plans) <= MANY_PLANS:
        first = _Search(pieces, plans, WIDTH, budget=budget)
        found = first.run()
        if found is not None and not first.cut:
            return Found(found[0], _choices(found), True)
    else:
        found = None
    choices = bettered(pieces, plans, greedy(pieces, plans), _solve, budget)
    if found is not None and found[0] > value_of(choices, plans):
        choices = list(_choices(found))
    value = value_of(choices, plans)
    if len(plans) > MANY_PLANS:
        return Found(value, tuple(choices), False)
    again = _Search(pieces, plans, budget, floor=value, budget=budget)
    better = again.run()
    if better is not None:
        return Found(better[0], _choices(better), again.steps <= budget)
    return Found(value, tuple(choices), again.steps <= budget)


def _solve(pieces: Sequence[Piece], plans: Sequence[Plan], budget: int) -> tuple[Found | None, int]:
    """The best of a few plans, if it takes no more than so many steps; and how many it took."""
    one = _Search(pieces, plans, WIDTH, budget=budget)
    found = one.run()
    return (None if found is None else Found(found[0], _choices(found), False)), one.steps


def _choices(node: Node) -> tuple[Option, ...]:
    choices = []
    at: Node | None = node
    while at is not None and at[3] is not None:
        choices.append(at[3])
        at = at[2]
    return tuple(reversed(choices))
