"""Finds which pieces go into which sets, so that the customer pays least: exact within a bound that is said.

Weighted set packing, solved by dynamic programming over pieces, dearest first. The state is what each plan
has open; of two ways to one state only the better goes on, so equal pieces and the order of scans do not
matter. Plans that share no piece are searched apart. A quick allowed answer comes first, and what cannot
beat it is left out. When more than ``MANY_PLANS`` plans share pieces, or the search takes more than
``BUDGET`` steps, the quick answer is bettered a few plans at a time instead: it is allowed, its sets are
complete, and it says that it may not be the best there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pos_desktop.domain.promotion_greedy import Part, bettered, greedy, narrowed, value_of
from pos_desktop.domain.promotion_kept import Kept, Solved
from pos_desktop.domain.promotion_sets import Plan, State, Step
from pos_desktop.domain.promotion_step import Found, Move, Option, Piece

BUDGET = 4_000
"""Steps of a search, each one or two microseconds; half as many better an answer that it could not prove."""
MANY_PLANS = 10
"""More plans than this that share pieces are not searched together: the states would be too many."""

Whole: TypeAlias = tuple[State, ...]
Node: TypeAlias = "tuple[int, int, Node | None, Option | None]"
"""Value so far, what open sets may still add, the node before, and what its last piece did."""


@dataclass(slots=True)
class _Search:
    pieces: Sequence[Piece]
    plans: Sequence[Plan]
    floor: int
    budget: int
    steps: int = 0
    _memo: list[dict[tuple[State, int], Step]] = field(default_factory=list)
    _needs: list[dict[State, State]] = field(default_factory=list)
    _left: list[list[int]] = field(default_factory=list)

    def run(self) -> Node | None:
        """The best closed node above the floor, or None; ``steps`` beyond the budget mean that it gave up."""
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
            if self.steps > self.budget:
                return None
        closed = (node for state, node in nodes.items() if self._closed(state))
        best = max(closed, key=lambda node: node[0], default=None)
        return best if best is not None and best[0] > self.floor else None

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
        lost: set[Whole] = set()
        self.steps += len(nodes) * len(piece.options)
        for state, node in nodes.items():
            sure, open_ = node[0], node[0] + node[1]
            for option in piece.options:
                made = self._moved(state, option.moves) if option.moves else (state, 0)
                if made is None or made[0] in lost:
                    continue
                value, hope = sure + option.gain + made[1], open_ + option.hope
                if hope + to_come <= self.floor:
                    continue
                known = grown.get(made[0])
                if known is None:
                    if self._can_close(made[0], piece):
                        grown[made[0]] = (value, hope - value, node, option)
                    else:
                        lost.add(made[0])
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
        needed = needs.get(state)
        if needed is None:
            needed = needs[state] = self.plans[number].needs(state)
        return needed

    def _can_close(self, state: Whole, piece: Piece) -> bool:
        for number, _ in piece.fills:
            left = self._left[number]
            for part, need in enumerate(self._needed(number, state[number])):
                if need > left[part]:
                    return False
        return True

    def _closed(self, state: Whole) -> bool:
        return not any(any(self._needed(number, one)) for number, one in enumerate(state))


def search(
    pieces: Sequence[Piece],
    plans: Sequence[Plan],
    budget: int = BUDGET,
    *,
    names: Sequence[int] = (),
    kept: Kept | None = None,
) -> Found:
    """What each piece does best, for pieces in order (dearest first) that all ``plans`` connect.

    ``names`` are of the lines' contents, for the parts of the search that ``kept`` may know already.
    """
    choices = greedy(pieces, plans)
    value = value_of(choices, plans)
    if len(plans) <= MANY_PLANS:
        one = _Search(pieces, plans, value, budget)
        better = one.run()
        if one.steps <= budget:
            return Found(tuple(choices) if better is None else _choices(better), True)

    def solve(ask: Part) -> Solved:
        if kept is None:
            return _solve(ask)
        content = (
            tuple((plan.promotion.id, plan.start) for plan in ask.plans),
            tuple(names[piece.line] for piece in ask.pieces),
            ask.floor,
        )
        return kept.part(content, ask.budget, lambda: _solve(ask))

    return Found(tuple(bettered(pieces, plans, choices, solve, budget // 2)), False)


def _solve(ask: Part) -> Solved:
    """The best of a few plans above the floor, if so many steps are enough; and how many it took."""
    pieces = narrowed(ask)
    one = _Search(pieces, ask.plans, ask.floor, ask.budget)
    found = one.run()
    return (None if found is None else _choices(found)), one.steps


def _choices(node: Node) -> tuple[Option, ...]:
    choices = []
    at: Node | None = node
    while at is not None and at[3] is not None:
        choices.append(at[3])
        at = at[2]
    return tuple(reversed(choices))
