"""Follows a till's chain from document to document and says what does not fit: number, hash, sums, Z."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pos_desktop.domain.document import SALES, DocumentError, Fields, chain_hash, genesis, parse
from pos_desktop.domain.quantity import extend
from pos_desktop.domain.shift_figures import figures_after
from pos_desktop.domain.tax_record import taxed_again

Rows = Callable[[Fields], list[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """One document as somebody kept it: the bytes, and what was noted beside them.

    ``shift`` is where a late document was booked when its own shift was closed; "" means as its bytes say.
    """

    no: int
    hash: bytes
    body: bytes
    refused: bool
    shift: str = ""


@dataclass(slots=True)
class Chain:
    """A till's epoch while it is read: what the next document must follow.

    ``head`` is None before the first document of a record that begins in the middle; then that document is
    taken as it is, and what follows must follow it. ``complete``: every document the till ever made is read,
    so that no shift can have begun before.
    """

    store: int
    till: int
    epoch: int
    head: bytes | None
    complete: bool = True
    no: int = 0
    grand: int | None = 0
    shifts: dict[str, list[Fields]] = field(default_factory=dict)

    @classmethod
    def begin(cls, store: int, till: int, epoch: int, before: Chain | None = None) -> Chain:
        """A whole epoch, from its own name on; an open shift of the same till goes on in it."""
        chain = cls(store, till, epoch, genesis(store, till, epoch))
        if before is not None and (before.store, before.till) == (store, till):
            chain.shifts = before.shifts
        return chain

    @classmethod
    def part(cls, store: int, till: int, epoch: int, first: int) -> Chain:
        """An epoch from number ``first`` on, in a record that need not hold what came before."""
        if first == 1:
            return cls(store, till, epoch, genesis(store, till, epoch), complete=False)
        return cls(store, till, epoch, None, complete=False, grand=None)

    @property
    def place(self) -> str:
        """Where the last document read stands, in words."""
        return f"store {self.store} till {self.till} epoch {self.epoch} no {self.no}"

    def follow(self, link: Link, rows: Rows = lambda _fields: []) -> list[str]:
        """Take the next document; what is wrong with it, the chain first. Empty when all fits.

        ``rows`` compares a readable document's fields with whatever was derived from them.
        """
        prev, head = self.head, self.head
        if prev is not None and link.no != self.no + 1:
            found = [f"follows number {self.no}: one or more documents are missing"]
        else:
            found = []
        self.no, self.head = link.no, link.hash
        try:
            fields = parse(link.body)
            prev = bytes.fromhex(fields["prev"])
        except (DocumentError, KeyError, TypeError, ValueError) as problem:
            return found + self._unreadable(link, head, problem)
        found += self._linked(link, prev, head)
        try:
            return found + self._content(link, fields, rows)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
            why = f"its bytes are no document: {type(problem).__name__} {problem}"
            return found if link.refused else [*found, why]

    def _unreadable(self, link: Link, head: bytes | None, problem: Exception) -> list[str]:
        """Nonsense that was chained is kept and refused: its bytes have their hash all the same."""
        found = []
        if head is not None and link.hash != chain_hash(head, link.body):
            found.append("its bytes do not have its hash")
        if not link.refused:
            found.append(f"its bytes are no document: {problem}")
        return found

    def _linked(self, link: Link, prev: bytes, head: bytes | None) -> list[str]:
        found = []
        if head is not None and prev != head:
            found.append("does not follow the hash of the document before it")
        if link.hash != chain_hash(prev, link.body):
            found.append("its bytes do not have its hash")
        return found

    def _content(self, link: Link, fields: Fields, rows: Rows) -> list[str]:
        named = {"store": self.store, "till": self.till, "epoch": self.epoch, "no": link.no}
        found = [
            f"{name} is {fields.get(name)} in its bytes" for name in named if fields.get(name) != named[name]
        ]
        found += rows(fields)
        if link.shift:
            fields = {**fields, "shift": link.shift}
        if link.refused:
            self._remember(fields, refused=True)
            return found
        turnover = fields["total"] if fields["kind"] in SALES else 0
        self.grand = fields["grand"] if self.grand is None else self.grand + turnover
        if fields["grand"] != self.grand:
            found.append(f"its grand total is {fields['grand']}, it should be {self.grand}")
            self.grand = fields["grand"]
        if fields["kind"] in SALES:
            found += sale_findings(fields)
        return found + self._shift_findings(fields)

    def _shift_findings(self, fields: Fields) -> list[str]:
        if fields["kind"] != "shift_close":
            self._remember(fields, refused=False)
            return []
        told = self.shifts.pop(fields["shift"], [])
        began = told[0] if told else {"kind": "", "id": "", "refused": True}
        if began["refused"] or (began["kind"] != "shift_open" and began["id"] != fields["shift"]):
            return ["it closes a shift that was never opened"] if self.complete else []
        figures = figures_after(told, fields["grand"])
        return [
            f"its Z says {name} {fields['figures'].get(name)}, the documents say {figures[name]}"
            for name in figures
            if fields["figures"].get(name) != figures[name]
        ]

    def _remember(self, fields: Fields, *, refused: bool) -> None:
        if isinstance(fields.get("shift"), str) and fields.get("kind") != "shift_close":
            self.shifts.setdefault(fields["shift"], []).append({**fields, "refused": refused})


def sale_findings(fields: Fields) -> list[str]:
    """What does not add up in a booked sale: lines, taxes, tenders and total (minor units)."""
    found = []
    for line in fields["lines"]:
        free = "label_price" in line["flags"] or "back" in line
        if line["amount"] != extend(line["price"], line["qty"]) and not free:
            found.append(f"its line {line['n']} is not price times quantity")
        off = [*line.get("given", ()), *line.get("discounts", ())]
        net = line.get("net", line["amount"])
        if net != line["amount"] - sum(each["amount"] for each in off):
            found.append(f"its line {line['n']} is not its amount less what was taken off")
    found += _tax_findings(fields)
    if sum(tender["amount"] for tender in fields["tenders"]) != fields["total"] + fields.get("rounding", 0):
        found.append("its tenders do not add up to its total")
    return found


def _tax_findings(fields: Fields) -> list[str]:
    """What its taxes and its total are, and are not by its lines."""
    codes = {row["code"] for row in fields["taxes"]}
    plain = [line for line in fields["lines"] if "taxes" not in line and "rate" not in line]
    if any(line["tax"] not in codes for line in plain):
        return ["it has lines without their tax"]
    taxed = taxed_again(fields)
    told = [[row[name] for name in ("code", "rate", "net", "tax", "gross")] for row in fields["taxes"]]
    right = [[row.code, row.rate, row.net, row.tax, row.gross] for row in taxed.taxes]
    found = [f"its tax {row[0]} is not that of its lines" for row in told if row not in right]
    if not found and sorted(told) != sorted(right):
        found.append("it has lines without their tax")
    if taxed.gross != fields["total"]:
        found.append("its lines do not add up to its total")
    return found
