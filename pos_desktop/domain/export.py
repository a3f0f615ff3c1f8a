"""The lines of an exported journal: sealed one after another, so that the first wrong one can be named.

The form is written down where the people are who have to check it: in ``resources/verify_journal.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pos_desktop.domain.document import SALES, utc_text

VERSION = 1
_FIRST = hashlib.sha256(b"pos_desktop export 1").digest()

Outcome = Literal["booked", "flagged", "refused", "pending"]
Selection = Mapping[str, "int | str"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as a server or a journal keeps it; ``pending``: the server's answer is not known here.

    ``shift`` is where a late document was booked when its own shift was closed; "" means as its bytes say.
    """

    store: int
    till: int
    epoch: int
    no: int
    hash: bytes
    body: str
    outcome: Outcome
    reason: str
    flags: tuple[str, ...]
    server_at: str
    shift: str = ""

    def record(self) -> dict[str, Any]:
        """The document as it stands in its line."""
        names = ("store", "till", "epoch", "no", "body", "outcome", "reason", "server_at")
        told = {name: getattr(self, name) for name in names}
        told |= {"shift": self.shift} if self.shift else {}
        return {"kind": "document", "hash": self.hash.hex(), "flags": list(self.flags), **told}


@dataclass(slots=True)
class _Tally:
    """What the last line says about one chain. A body that cannot be read is counted, and not summed."""

    first: Kept
    last: Kept
    documents: int = 0
    sales: int = 0
    total: int = 0
    grand: int = 0

    def add(self, kept: Kept) -> None:
        self.last = kept
        self.documents += 1
        if kept.outcome == "refused":
            return
        try:
            fields = json.loads(kept.body)
            sold = fields["total"] if fields["kind"] in SALES else None
            grand = int(fields["grand"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        self.grand = grand
        if sold is not None:
            self.sales, self.total = self.sales + 1, self.total + sold

    def summary(self) -> dict[str, Any]:
        last = self.last
        told = {"store": last.store, "till": last.till, "epoch": last.epoch, "first": self.first.no}
        told |= {"last": last.no, "documents": self.documents, "sales": self.sales}
        return {**told, "total": self.total, "grand": self.grand, "head": last.hash.hex()}


@dataclass(slots=True)
class _Seals:
    """Gives each line its seal."""

    before: bytes = field(default=_FIRST)

    def line(self, record: Mapping[str, Any]) -> bytes:
        self.before = hashlib.sha256(self.before + _bytes(record)).digest()
        return _bytes({**record, "seal": self.before.hex()}) + b"\n"


def _bytes(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def export_lines(
    source: Literal["server", "till"], at: datetime, selection: Selection, documents: Iterable[Kept]
) -> Iterator[bytes]:
    """The lines of an export, made as they are asked for: no more than one document is held.

    ``documents`` come by store, till, epoch and number; ``at`` is when they were read. ``selection`` names
    what was asked for (store, till, epoch, from, to), nothing when everything was.
    """
    seals = _Seals()
    yield seals.line(
        {"kind": "journal_export", "v": VERSION, "source": source, "at": utc_text(at), **selection}
    )
    done: list[dict[str, Any]] = []
    tally: _Tally | None = None
    count = 0
    for kept in documents:
        if tally is None or (tally.last.store, tally.last.till, tally.last.epoch) != (
            kept.store, kept.till, kept.epoch,
        ):  # fmt: skip
            done += [tally.summary()] if tally else []
            tally = _Tally(kept, kept)
        tally.add(kept)
        count += 1
        yield seals.line(kept.record())
    done += [tally.summary()] if tally else []
    yield seals.line({"kind": "end", "documents": count, "chains": done})
