"""The shop as people saw it: a dictionary of all that was shown as done and all that was printed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

TRADE = ("sale", "refund")


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not happen: the rule's name, and what broke it."""

    rule: str
    what: str


@dataclass(frozen=True, slots=True)
class Told:
    """A document as a till showed it."""

    till: int
    no: int
    epoch: int
    kind: str
    outcome: str
    hash: str
    sale: str | None
    shift: str
    total: int
    cash: int
    lines: tuple[tuple[Any, ...], ...]
    """Item, quantity, amount; "waste" for what came back and is not sold again."""
    back: tuple[tuple[Any, ...], ...] = ()
    """What came back of which line of which document, and how much."""
    value: tuple[tuple[Any, ...], ...] = ()
    """What went onto which gift card, or off it."""

    @property
    def trade(self) -> bool:
        """Goods and money changed hands."""
        return self.kind in TRADE

    @property
    def effective(self) -> bool:
        """It changed stock, cash or anything else."""
        return self.outcome != "refused"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup has for certain, asked of the server just before it was taken."""

    parked: frozenset[str]
    last: dict[int, tuple[int, int]]
    """Each till's last document: epoch and number."""


@dataclass(frozen=True, slots=True)
class Restore:
    """The server was put back to a backup: what reached it in between is not there any more."""

    backup: Backup
    at: int
    """Milliseconds since 1970, when the old server had stopped."""

    def undid_basket(self, sale: str) -> bool:
        """A basket is no document: begun before the restore and not in the backup, it is gone."""
        return sale not in self.backup.parked and made_at(sale) <= self.at

    def parked_anew(self, sale: str, first: Told, id_: str, again: str) -> bool:
        """Sold after the backup it was parked in, it could be taken up once more until ``first`` is back."""
        undone = self.undid_document(first.till, first.epoch, first.no, id_)
        return undone and sale in self.backup.parked and made_at(again) > self.at

    def undid_document(self, till: int, epoch: int, no: int, id_: str) -> bool:
        """Whether the till had to post this one anew."""
        return (epoch, no) > self.backup.last.get(till, (0, 0)) and made_at(id_) <= self.at


def _tuples(lines: list[Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(line) for line in lines)


def made_at(id_: str) -> int:
    """When a version 7 id was made, milliseconds since 1970: the machine's clock, whatever a till's says."""
    return UUID(id_).int >> 80


@dataclass
class Model:
    """Grows line by line with what the tills report; knows nothing of the database."""

    told: dict[str, Told] = field(default_factory=dict)
    papers: Counter[str] = field(default_factory=Counter)
    printing: dict[str, tuple[str, set[int]]] = field(default_factory=dict)
    """Documents that went to the printer: the receipt's number, and in which lives of the till."""
    rolls: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Receipt numbers on the printers' rolls, each with the papers' being copies."""
    paid: dict[str, list[tuple[int, list[Any]]]] = field(default_factory=lambda: defaultdict(list))
    sold: dict[str, str] = field(default_factory=dict)
    """Sale id to the document that booked it."""
    parked: dict[str, str] = field(default_factory=dict)
    """Sale id of every basket ever parked, to the last that is known of it."""
    zs: list[dict[str, Any]] = field(default_factory=list)
    returned: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)
    """Milliseconds from the completed tender to the answer, every fault included."""
    violations: list[Violation] = field(default_factory=list)
    alone: int = 0
    """Sales shown as done before the server knew of them."""
    restores: list[Restore] = field(default_factory=list)
    sold_again: set[str] = field(default_factory=set)
    """Sales of baskets that a restore parked anew: the second of the two documents has to be flagged."""
    complete: bool = False
    """Every till came to its end in order."""

    def note(self, till: int, line: dict[str, Any]) -> None:
        """One line of a till's report."""
        handler = getattr(self, f"_on_{line['a']}", None)
        if handler is not None:
            handler(till, line)

    @property
    def sales(self) -> int:
        """Sales and refunds shown as done."""
        return len(self.sold)

    @property
    def refunds(self) -> int:
        """Refunds shown as done."""
        return sum(told.kind == "refund" and told.effective for told in self.told.values())

    def wrong(self, rule: str, what: str) -> None:
        """Note a violation."""
        self.violations.append(Violation(rule, what))

    def posted_anew(self, till: int, epoch: int, no: int, id_: str) -> bool:
        """A restore took this document away: booked anew, what was booked may be flagged, and the reverse."""
        return any(one.undid_document(till, epoch, no, id_) for one in self.restores)

    # -- lines -----------------------------------------------------------------------------------

    def _on_told(self, till: int, line: dict[str, Any]) -> None:
        parts = ("lines", "back", "value")
        fields = {key: line[key] for key in Told.__dataclass_fields__ if key not in ("till", *parts)}
        one = Told(till=till, **{part: _tuples(line.get(part, [])) for part in parts}, **fields)
        self.alone += one.outcome == "offline" and one.kind == "sale" and line["id"] not in self.told
        before = self.told.setdefault(line["id"], one)
        if before.outcome == "offline" and one == replace(before, outcome=one.outcome):
            self.told[line["id"]] = one
            if one.outcome == "refused":
                self.wrong("refused_after_the_customer_left", f"{line['id']}: {one}")
        elif before != one and not self._booked_anew(line["id"], before, one):
            self.wrong("shown_twice_differently", f"{line['id']}: {before} then {one}")
        if one.trade and one.effective and one.sale is not None:
            first = self.sold.setdefault(one.sale, line["id"])
            if first == line["id"]:
                return
            if any(r.parked_anew(one.sale, self.told[first], first, line["id"]) for r in self.restores):
                self.sold_again.add(one.sale)
            else:
                self.wrong("sold_twice", f"sale {one.sale} as {first} and {line['id']}")

    def _booked_anew(self, id_: str, before: Told, now: Told) -> bool:
        same = before.effective and now.effective and now == replace(before, outcome=now.outcome)
        return same and self.posted_anew(now.till, now.epoch, now.no, id_)

    _on_found = _on_told

    def _on_paper(self, till: int, line: dict[str, Any]) -> None:
        self.papers[line["id"]] += 1
        told = self.told.get(line["id"])
        if told is not None and (told.no, told.total) != (line["no"], line["total"]):
            self.wrong("paper_differs", f"document {line['id']}: {told}, paper {line}")

    def _on_printing(self, till: int, line: dict[str, Any]) -> None:
        self.printing.setdefault(line["id"], (line["number"], set()))[1].add(line["life"])

    def on_roll(self, number: str, *, copy: bool) -> None:
        """A printer cut a whole paper."""
        self.rolls[number].append(copy)

    def _on_pay(self, till: int, line: dict[str, Any]) -> None:
        self.paid[line["sale"]].append((line["total"], line["lines"]))
        if line["sale"] in self.parked:
            self.parked[line["sale"]] = "taken up"

    def _on_holding(self, till: int, line: dict[str, Any]) -> None:
        self.parked[line["sale"]] = "on its way"

    def _on_held(self, till: int, line: dict[str, Any]) -> None:
        self.parked[line["sale"]] = "held"

    def _on_recalled(self, till: int, line: dict[str, Any]) -> None:
        self.parked[line["sale"]] = "taken up"

    def _on_z(self, till: int, line: dict[str, Any]) -> None:
        self.zs.append({**line, "till": till})

    def _on_returned(self, till: int, line: dict[str, Any]) -> None:
        self.returned[line["reason"]] += 1

    def _on_trouble(self, till: int, line: dict[str, Any]) -> None:
        self.troubles[line["code"]] += 1

    def _on_took(self, till: int, line: dict[str, Any]) -> None:
        self.waits.append(line["ms"])
