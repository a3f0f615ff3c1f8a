"""Heads of tills' chains as they were written down outside the database: a tail cut off later shows there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pos_desktop.domain.document import DocumentError, parse_utc, utc_text

_HEAD = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """At ``at`` (UTC) the last document of a till's epoch had number ``no`` (0: none) and hash ``head``."""

    at: datetime
    store: int
    till: int
    epoch: int
    no: int
    head: str

    @property
    def place(self) -> str:
        """The document it names, in words."""
        return f"store {self.store} till {self.till} epoch {self.epoch} no {self.no}"

    def against(self, head: str | None) -> str | None:
        """What is wrong, when the document of its number has this hash now; None stands for no document.

        Number 0 is an epoch without documents: it says nothing about later ones.
        """
        if self.no == 0 or head == self.head:
            return None
        when = utc_text(self.at)
        if head is None:
            return f"was there at {when} and is missing: the end of this chain was cut off"
        return f"had another hash at {when}: this chain was written anew"

    def line(self) -> str:
        """The anchor as one JSON line, without its end."""
        row = {"at": utc_text(self.at), "store": self.store, "till": self.till, "epoch": self.epoch}
        return json.dumps({**row, "no": self.no, "head": self.head}, separators=(",", ":"))


class AnchorError(ValueError):
    """A line is no anchor; ``line`` counts from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


def read_anchors(lines: Iterable[str]) -> Iterator[Anchor]:
    """The anchors of JSON lines ``{at, store, till, epoch, no, head}``; empty lines are skipped.

    AnchorError for anything else: one that cannot be read must not look as if it proved something.
    """
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield _anchor(number, text)


def _anchor(number: int, text: str) -> Anchor:
    try:
        row = json.loads(text)
        numbers = [row[name] for name in ("store", "till", "epoch", "no")]
        at, head = parse_utc(row["at"]), row["head"]
    except (ValueError, KeyError, TypeError, DocumentError) as problem:
        raise AnchorError(number, f"no anchor ({problem})") from problem
    if not all(type(value) is int and value >= 0 for value in numbers):
        raise AnchorError(number, "store, till, epoch and no are whole numbers")
    if not isinstance(head, str) or not _HEAD.fullmatch(head):
        raise AnchorError(number, "the head is no hash of 64 hex digits")
    store, till, epoch, no = numbers
    return Anchor(at, store, till, epoch, no, head)
