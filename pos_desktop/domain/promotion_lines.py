"""Promotions of pieces and lines: what each line may get, the sets its pieces may join, and who gets what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

from pos_desktop.domain.promotion import (
    Ask,
    CheapestOf,
    Each,
    Goods,
    Part,
    Promotion,
    SetFor,
)
from pos_desktop.domain.promotion_book import Book, Chance
from pos_desktop.domain.promotion_kept import Given, Kept
from pos_desktop.domain.promotion_search import search
from pos_desktop.domain.promotion_sets import CheapestPlan, PartsPlan, Plan, Role, State
from pos_desktop.domain.promotion_step import Option, Piece
from pos_desktop.domain.quantity import ONE
from pos_desktop.domain.rounding import spread_by

MAX_PIECES = 120
"""Pieces of one line that are searched for sets together; a line of more is taken in portions of so many."""

Tally: TypeAlias = dict[tuple[int, int], list[int]]
"""(line, promotion) to [amount, pieces]."""


@dataclass(slots=True)
class _Line:
    """A line with what it may get without any set: for one piece, or for the line taken as a whole."""

    goods: Goods
    alone: int
    single: tuple[int, int] | None
    added: tuple[tuple[int, int], ...]
    roles: dict[int, tuple[Role, ...]]
    """By plan, what its pieces may be."""


def of_pieces(book: Book, lines: Sequence[Goods], ask: Ask) -> tuple[Tally, bool]:
    """What promotions of pieces and lines give, and whether that is proven the most; lines in one order."""
    kept = book.kept
    kept.tidy()
    chances = [book.chances(one) for one in lines]
    named = {chance.promotion.id: chance.promotion for some in chances for chance in some}
    plans: list[Plan] = []
    places: dict[int, int] = {}  # by id of each live promotion: its plan's number, -1 when it forms no sets
    forms = kept.live(ask)
    for id_ in sorted(named):
        if id_ not in forms:
            forms[id_] = _plan(named[id_], ask) if named[id_].live(ask) else False
        if (plan := forms[id_]) is not False:
            places[id_] = -1 if plan is None else len(plans)
            plans += [] if plan is None else [plan]
    made = [_line(one, some, places) for one, some in zip(lines, chances, strict=True)]
    tally: Tally = {}
    exact = True
    for group in _connected(made, plans):
        if max(line.goods.pieces for line in group) > MAX_PIECES:
            group, exact = _without_portions(group, plans, tally, kept), False
        exact = _search_group(group, plans, tally, kept) and exact
    for line in made:
        if not line.roles:
            _give_alone(line, line.goods.pieces or 1, tally)
    return tally, exact


def _plan(promotion: Promotion, ask: Ask) -> Plan | None:
    """How the promotion forms sets, or None when it is for each piece as often as there are any."""
    limit, offer = promotion.times(ask), promotion.offer
    times = -1 if limit is None else limit
    if isinstance(offer, SetFor):
        return PartsPlan(promotion, offer.parts, offer.total, times)
    if isinstance(offer, CheapestOf):
        return CheapestPlan(promotion, offer, times)
    if isinstance(offer, Each) and limit is not None:
        return PartsPlan(promotion, (Part(offer.select, 1, offer.cut),), None, times)
    return None


def _line(goods: Goods, chances: Sequence[Chance], places: Mapping[int, int]) -> _Line:
    most = goods.price if goods.pieces else goods.amount
    single: tuple[int, int] | None = None
    added: list[tuple[int, int]] = []
    roles: dict[int, tuple[Role, ...]] = {}
    for chance in chances:
        id_ = chance.promotion.id
        place = places.get(id_)
        if place is None:
            continue
        if place >= 0:
            if chance.roles:
                roles[place] = chance.roles
        elif chance.promotion.stackable:
            added.append((id_, chance.gain))
        elif chance.gain > 0 and (single is None or chance.gain > single[1]):
            single = id_, chance.gain
    together = min(sum(gain for _, gain in added), most)
    if single is not None and single[1] < together:
        single = None
    return _Line(goods, single[1] if single is not None else together, single, tuple(added), roles)


def _give_alone(line: _Line, pieces: int, tally: Tally) -> None:
    counted = pieces if line.goods.pieces else 0
    if line.single is not None:
        _add(tally, line.goods.n, line.single[0], line.single[1] * pieces, counted)
        return
    left = line.goods.price if line.goods.pieces else line.goods.amount
    for id_, gain in line.added:
        _add(tally, line.goods.n, id_, min(gain, left) * pieces, counted)
        left -= min(gain, left)


def _add(tally: Tally, line: int, promotion: int, amount: int, pieces: int) -> None:
    entry = tally.setdefault((line, promotion), [0, 0])
    entry[0] += amount
    entry[1] += pieces


# -- sets ---------------------------------------------------------------------------------------------


def _connected(lines: Sequence[_Line], plans: Sequence[Plan]) -> list[list[_Line]]:
    """Lines in groups that no plan connects with another, once the roles that give nothing are gone."""
    of_plan: list[list[_Line]] = [[] for _ in plans]
    for line in lines:
        for n in line.roles:
            of_plan[n].append(line)
    for number, plan in enumerate(plans):
        _drop_idle(number, plan, of_plan[number])
    root = list(range(len(plans)))

    def find(n: int) -> int:
        while root[n] != n:
            n = root[n]
        return n

    groups: dict[int, list[_Line]] = {}
    for line in lines:
        for n in line.roles:
            root[find(n)] = find(next(iter(line.roles)))
    for line in lines:
        if line.roles:
            groups.setdefault(find(next(iter(line.roles))), []).append(line)
    return list(groups.values())


def _drop_idle(number: int, plan: Plan, lines: Sequence[_Line]) -> None:
    """Take roles from lines where no set with a piece of theirs gives more than its pieces get alone.

    A set gives no more than the hopes of its pieces, so the best of each part bound it. Stackable sets share
    what they cost with others, and stay wherever they can be closed.
    """
    worth = [_values(line, plan, number) for line in lines]
    least: list[int] = []
    most_of_all = 0
    for part, count in enumerate(plan.counts):
        most = [
            values[part]
            for line, values in zip(lines, worth, strict=True)
            if part in values
            for _ in range(min(line.goods.pieces, count))
        ]
        if len(most) < count:
            for line in lines:
                del line.roles[number]
            return
        most.sort(reverse=True)
        least.append(most[count - 1])
        most_of_all += sum(most[:count])
    if plan.promotion.stackable:
        return
    for line, values in zip(lines, worth, strict=True):
        short = {part: max(least[part] - value, 0) for part, value in values.items()}
        roles = line.roles[number]
        kept = tuple(role for role in roles if most_of_all > short[plan.part(role.number)])
        if not kept:
            del line.roles[number]
        elif len(kept) < len(roles):
            line.roles[number] = kept


def _values(line: _Line, plan: Plan, number: int) -> dict[int, int]:
    """By part: the most a piece adds to a set in it, above what it gets alone."""
    alone = 0 if plan.promotion.stackable else line.alone
    values: dict[int, int] = {}
    for role in line.roles[number]:
        part = plan.part(role.number)
        values[part] = max(values.get(part, role.hope - alone), role.hope - alone)
    return values


def _search_group(lines: Sequence[_Line], plans: Sequence[Plan], tally: Tally, kept: Kept) -> bool:
    names = tuple(kept.name(_content(line, plans)) for line in lines)
    given, exact = kept.group(names, lambda: _searched(lines, plans, names, kept))
    for at, id_, amount, pieces in given:
        _add(tally, lines[at].goods.n, id_, amount, pieces)
    return exact


def _content(line: _Line, plans: Sequence[Plan]) -> Hashable:
    """All of a line that its group's answer depends on: what its pieces are, and what they may do."""
    may = tuple((plans[n].promotion.id, plans[n].start, roles) for n, roles in line.roles.items())
    return (line.goods.kind, line.goods.price, line.goods.pieces, line.alone, line.single, line.added, may)


def _searched(lines: Sequence[_Line], plans: Sequence[Plan], names: Sequence[int], kept: Kept) -> Given:
    used = sorted({n for line in lines for n in line.roles})
    place = {n: at for at, n in enumerate(used)}
    pieces: list[Piece] = []
    for at, line in enumerate(lines):
        piece = Piece(at, _options(line, plans, place), _filled(line, plans, place))
        pieces += [piece] * line.goods.pieces
    found = search(pieces, [plans[n] for n in used], names=names, kept=kept)
    tally: Tally = {}
    _give_sets(lines, [plans[n] for n in used], used, (pieces, found.choices), tally)
    places = {line.goods.n: at for at, line in enumerate(lines)}
    given = ((places[n], id_, amount, pieces) for (n, id_), (amount, pieces) in tally.items())
    return tuple(given), found.exact


def _filled(line: _Line, plans: Sequence[Plan], place: Mapping[int, int]) -> tuple[tuple[int, State], ...]:
    filled = []
    for n, roles in line.roles.items():
        parts = {plans[n].part(role.number) for role in roles}
        filled.append((place[n], tuple(int(part in parts) for part in range(len(plans[n].counts)))))
    return tuple(filled)


def _without_portions(lines: Sequence[_Line], plans: Sequence[Plan], tally: Tally, kept: Kept) -> list[_Line]:
    """Lines of at most ``MAX_PIECES``; what is above is settled in equal portions, each line for itself."""
    rest = []
    for line in lines:
        goods = line.goods
        portions = (goods.pieces - 1) // MAX_PIECES
        if portions:
            portion = _shortened(line, MAX_PIECES)
            limited = [n for n in line.roles if plans[n].start[-1] >= 0]
            for n in limited:
                del portion.roles[n]
            once: Tally = {}
            if portion.roles:
                _search_group([portion], plans, once, kept)
            else:
                _give_alone(portion, MAX_PIECES, once)
            for (n, id_), (amount, pieces) in once.items():
                _add(tally, n, id_, amount * portions, pieces * portions)
        rest.append(_shortened(line, goods.pieces - portions * MAX_PIECES))
    return rest


def _shortened(line: _Line, pieces: int) -> _Line:
    goods = replace(line.goods, qty=pieces * ONE, amount=pieces * line.goods.price)
    return _Line(goods, line.alone, line.single, line.added, dict(line.roles))


def _options(line: _Line, plans: Sequence[Plan], place: Mapping[int, int]) -> tuple[Option, ...]:
    price, added = line.goods.price, sum(gain for _, gain in line.added)
    options = [Option(line.alone, line.alone)]
    stacks: list[list[tuple[int, int, tuple[int, int]] | None]] = []
    for n, may in line.roles.items():
        roles = [(role.gain, role.hope, (place[n], role.number)) for role in may]
        if plans[n].promotion.stackable:
            stacks.append([None, *roles])
        else:
            options += [Option(gain, hope, (move,)) for gain, hope, move in roles]
    for taken in product(*stacks):
        some = [each for each in taken if each is not None]
        if some:
            gain = min(price, added + sum(each[0] for each in some))
            hope = added + sum(each[1] for each in some)
            options.append(Option(gain, hope, tuple(each[2] for each in some)))
    return tuple(options)


def _give_sets(
    lines: Sequence[_Line],
    plans: Sequence[Plan],
    names: Sequence[int],
    done: tuple[Sequence[Piece], Sequence[Option]],
    tally: Tally,
) -> None:
    """Write down what each plan gives each line; a total's cut is spread over its lines by their prices.

    ``names`` are the plans' numbers in the lines' roles, ``done`` the pieces and what each does.
    """
    alone: Counter[int] = Counter()
    in_total: dict[int, Counter[int]] = {}
    for piece, choice in zip(*done, strict=True):
        if not choice.moves:
            alone[piece.line] += 1
            continue
        number = choice.moves[0][0]
        plan = plans[number]
        if isinstance(plan, PartsPlan) and plan.total is not None:
            in_total.setdefault(number, Counter())[piece.line] += 1
        else:
            named = [(plans[n].promotion, names[n], role) for n, role in choice.moves]
            _give_stack(lines[piece.line], named, tally)
    for at, count in alone.items():
        _give_alone(lines[at], count, tally)
    for number, counts in in_total.items():
        _give_total(lines, plans[number], counts, tally)


def _give_stack(line: _Line, named: Sequence[tuple[Promotion, int, int]], tally: Tally) -> None:
    """One piece in sets that cut pieces, with what is added to it; by id, as far as its price goes."""
    gains = dict(line.added) if named[0][0].stackable else {}
    for promotion, name, role in named:
        gains[promotion.id] = next(one.gain for one in line.roles[name] if one.number == role)
    left = line.goods.price
    for id_, gain in sorted(gains.items()):
        _add(tally, line.goods.n, id_, min(gain, left), 1)
        left -= min(gain, left)


def _give_total(lines: Sequence[_Line], plan: Plan, counts: Counter[int], tally: Tally) -> None:
    assert isinstance(plan, PartsPlan)
    assert plan.total is not None
    size = sum(part.count for part in plan.parts)
    worth = {at: lines[at].goods.price * count for at, count in counts.items()}
    off = sum(worth.values()) - plan.total * (sum(counts.values()) // size)
    shares = spread_by(off, list(worth.values()), [lines[at].goods.kind for at in worth])
    for at, share in zip(worth, shares, strict=True):
        _add(tally, lines[at].goods.n, plan.promotion.id, share, counts[at])
