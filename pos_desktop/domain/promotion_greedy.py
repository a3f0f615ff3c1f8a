"""An allowed combination where there are too many to try: the best set first, then bettered in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pos_desktop.domain.promotion_kept import Solved
from pos_desktop.domain.promotion_sets import CheapestPlan, PartsPlan, Plan
from pos_desktop.domain.promotion_step import Option, Piece

Best = tuple[int, tuple[tuple[int, Option], ...]]
"""A set that could be made: what it gives above what its pieces get alone, and what each of them does."""


def greedy(pieces: Sequence[Piece], plans: Sequence[Plan]) -> list[Option]:
    """What each piece does when, again and again, the set is made that gives most."""
    choices = [piece.options[0] for piece in pieces]
    roles = _roles(pieces)
    free = set(range(len(pieces)))
    left = [plan.start[-1] for plan in plans]
    bests = [_best_set(number, plan, pieces, roles, free) for number, plan in enumerate(plans)]
    while True:
        number = max(range(len(plans)), key=lambda n: (bests[n][0] if left[n] else 0, -n))
        gain, taken = bests[number]
        if gain <= 0 or not left[number]:
            return choices
        left[number] -= 1 if left[number] > 0 else 0
        gone = {place for place, _ in taken}
        free -= gone
        for place, option in taken:
            choices[place] = option
        for other, (_, wanted) in enumerate(bests):
            if any(place in gone for place, _ in wanted):
                bests[other] = _best_set(other, plans[other], pieces, roles, free)


def _roles(pieces: Sequence[Piece]) -> dict[tuple[int, int], list[tuple[int, Option]]]:
    """By plan and role: the pieces that may take it, dearest first, and how."""
    roles: dict[tuple[int, int], list[tuple[int, Option]]] = {}
    for place, piece in enumerate(pieces):
        for option in piece.options:
            if len(option.moves) == 1:
                roles.setdefault(option.moves[0], []).append((place, option))
    return roles


def _best_set(
    number: int,
    plan: Plan,
    pieces: Sequence[Piece],
    roles: dict[tuple[int, int], list[tuple[int, Option]]],
    free: set[int],
) -> Best:
    def there(role: int) -> list[tuple[int, Option]]:
        return [each for each in roles.get((number, role), ()) if each[0] in free]

    def worth(each: tuple[int, Option]) -> int:
        return each[1].gain - pieces[each[0]].options[0].gain

    if isinstance(plan, PartsPlan):
        return _best_parts(plan, there, worth)
    assert isinstance(plan, CheapestPlan)
    paid, cut = there(0), there(1)
    size, payers = plan.offer.count, plan.offer.count - plan.offer.cheapest
    best: Best = (0, ())
    for start in range(len(paid) - size + 1):
        taken = (*paid[start : start + payers], *cut[start + payers : start + size])
        gain = sum(map(worth, taken))
        if gain > best[0]:
            best = gain, taken
    return best


def _best_parts(
    plan: PartsPlan,
    there: Callable[[int], list[tuple[int, Option]]],
    worth: Callable[[tuple[int, Option]], int],
) -> Best:
    taken: list[tuple[int, Option]] = []
    used: set[int] = set()
    for role, part in enumerate(plan.parts):
        fit = sorted((each for each in there(role) if each[0] not in used), key=worth, reverse=True)
        if len(fit) < part.count:
            return 0, ()
        taken += fit[: part.count]
        used.update(place for place, _ in fit[: part.count])
    gain = sum(map(worth, taken)) - (plan.total or 0)
    return (gain, tuple(taken)) if gain > 0 else (0, ())


def value_of(choices: Iterable[Option], plans: Sequence[Plan]) -> int:
    """What a combination takes off, sets at a total being charged their total."""
    value, counts = 0, [0] * len(plans)
    for option in choices:
        value += option.gain
        for number, _ in option.moves:
            counts[number] += 1
    for count, plan in zip(counts, plans, strict=True):
        if isinstance(plan, PartsPlan) and plan.total:
            value -= plan.total * (count // sum(part.count for part in plan.parts))
    return value


@dataclass(frozen=True, slots=True)
class Part:
    """A few plans, by their places in the whole search, with pieces nobody else holds; a value to beat."""

    few: tuple[int, ...]
    plans: Sequence[Plan]
    pieces: Sequence[Piece]
    floor: int
    budget: int


def bettered(
    pieces: Sequence[Piece],
    plans: Sequence[Plan],
    choices: list[Option],
    solve: Callable[[Part], Solved],
    budget: int,
) -> list[Option]:
    """The combination after solving a few plans at a time anew, with the pieces that nobody else holds."""
    serves: list[set[int]] = [set() for _ in plans]
    for at, piece in enumerate(pieces):
        for number, _ in piece.fills:
            serves[number].add(at)
    for few in _few_at_a_time(serves):
        if budget <= 0:
            break
        near = sorted(set().union(*(serves[number] for number in few)))
        places = [at for at in near if all(number in few for number, _ in choices[at].moves)]
        some = [plans[n] for n in few]
        now = value_of([_renamed(choices[n], few) for n in places], some)
        found, steps = solve(Part(few, some, [pieces[at] for at in places], now, budget))
        budget -= steps
        for n, option in zip(places, found or (), strict=False):
            choices[n] = Option(option.gain, option.hope, tuple((few[at], role) for at, role in option.moves))
    return choices


def narrowed(part: Part) -> list[Piece]:
    """The pieces of a part with the options that its plans give them."""
    only = {
        piece.line: _only(piece, part.few) for piece in {each.line: each for each in part.pieces}.values()
    }
    return [only[piece.line] for piece in part.pieces]


def _renamed(option: Option, few: Sequence[int]) -> Option:
    """An option with the plans' places among the few."""
    return Option(option.gain, option.hope, tuple((few.index(n), role) for n, role in option.moves))


def _few_at_a_time(serves: Sequence[set[int]]) -> list[tuple[int, ...]]:
    """Each plan with the two that share most pieces with it."""
    groups = []
    for one, mine in enumerate(serves):
        near = sorted((n for n in range(len(serves)) if n != one), key=lambda n: (-len(mine & serves[n]), n))
        groups.append(tuple(sorted((one, *near[:2]))))
    return list(dict.fromkeys(groups))


def _only(piece: Piece, few: Sequence[int]) -> Piece:
    """The piece with the options that a few plans give it."""
    place = {number: at for at, number in enumerate(few)}
    options = [_renamed(o, few) for o in piece.options if all(n in place for n, _ in o.moves)]
    fills = tuple((place[number], parts) for number, parts in piece.fills if number in place)
    return Piece(piece.line, tuple(options), fills)
