"""What was found for parts of baskets before, so that a scan searches only what it touches.

Nothing here changes an answer: each entry is named by all that its answer depends on, within one shop's
promotions, and an entry that is missing is worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal, TypeAlias

from pos_desktop.domain.promotion import Ask
from pos_desktop.domain.promotion_sets import Plan
from pos_desktop.domain.promotion_step import Option

KEPT = 4_000
"""Entries of a kind that are remembered; then it begins anew."""

Solved: TypeAlias = tuple[tuple[Option, ...] | None, int]
"""The combination that beats the floor (None: nothing does), and the steps it took."""
Given: TypeAlias = tuple[tuple[tuple[int, int, int, int], ...], bool]
"""(line's place in the group, promotion, amount, pieces) of what is given; whether it is proven the most."""


Live: TypeAlias = dict[int, Plan | Literal[False] | None]
"""By promotion: False when it is not live, None when it forms no sets."""


class Kept:
    """The answers of one book's searches: of groups of lines that share promotions, and of parts of those."""

    def __init__(self) -> None:
        self._live: tuple[Ask | None, Live] = (None, {})
        self._names: dict[Hashable, int] = {}
        self._groups: dict[Hashable, Given] = {}
        self._parts: dict[Hashable, tuple[Solved, int]] = {}

    def name(self, content: Hashable) -> int:
        """A number for some content: equal content has one number, which is quicker to compare."""
        return self._names.setdefault(content, len(self._names))

    def live(self, ask: Ask) -> Live:
        """How each promotion met so far forms sets for this question; of another question nothing is kept."""
        if self._live[0] != ask:
            self._live = (ask, {})
        return self._live[1]

    def tidy(self) -> None:
        """Begin anew when too much is remembered; between two answers, since names are given anew then."""
        if max(len(self._names), len(self._groups), len(self._parts)) > KEPT:
            self._names.clear()
            self._groups.clear()
            self._parts.clear()

    def group(self, content: Hashable, work: Callable[[], Given]) -> Given:
        """What a group of lines gets, worked out when it is not known yet."""
        known = self._groups.get(content)
        if known is None:
            known = self._groups[content] = work()
        return known

    def part(self, content: Hashable, budget: int, solve: Callable[[], Solved]) -> Solved:
        """What a search finds within so many steps; one that needs more has found nothing."""
        known = self._parts.get(content)
        if known is not None:
            (found, steps), allowed = known
            if steps <= budget and steps <= allowed:
                return found, steps
            if budget <= allowed:
                return None, budget + 1
        answer = solve()
        self._parts[content] = answer, budget
        return answer
