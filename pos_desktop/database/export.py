"""Reads the server's documents for an export, one after another, in one snapshot and little memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pos_desktop.database.till import Connection
from pos_desktop.domain.export import Kept, Selection

AT_ONCE = 500

_DOCUMENTS = b"""
with chosen as (
  select d.till_id, d.epoch, min(d.no) as first, max(d.no) as last
    from pos.document d join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id
   where s.number = coalesce(%(store)s, s.number) and t.number = coalesce(%(till)s, t.number)
     and d.epoch = coalesce(%(epoch)s, d.epoch)
     and (%(since)s::date is null or (d.server_at at time zone s.time_zone)::date >= %(since)s)
     and (%(until)s::date is null or (d.server_at at time zone s.time_zone)::date <= %(until)s)
   group by d.till_id, d.epoch
)
select s.number, t.number, d.epoch, d.no, d.hash, d.body, d.outcome, coalesce(d.reason, ''), d.flags,
       pos.utc_text(d.server_at), case when 'late_shift' = any (d.flags) then d.shift_id::text else '' end
  from chosen c
  join pos.document d on d.till_id = c.till_id and d.epoch = c.epoch and d.no between c.first and c.last
  join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id
 order by s.number, t.number, d.epoch, d.no
"""


@dataclass(frozen=True, slots=True)
class Selected:
    """Which documents: everything, or those of a store, a till, an epoch, and of days by the store's clock.

    Of the days, whatever lies between the first and the last document is in it too: a chain has no holes.
    """

    store: int | None = None
    till: int | None = None
    epoch: int | None = None
    since: date | None = None
    until: date | None = None

    def told(self) -> Selection:
        """What the export's first line says was asked for."""
        told: dict[str, int | str] = {}
        for name, value in (("store", self.store), ("till", self.till), ("epoch", self.epoch)):
            if value is not None:
                told[name] = value
        for name, day in (("from", self.since), ("to", self.until)):
            if day is not None:
                told[name] = day.isoformat()
        return told


def only_store(connection: Connection) -> int | None:
    """The number of the one store there is; None when there are more, or none."""
    rows = connection.execute("select number from pos.store limit 2").fetchall()
    return int(rows[0][0]) if len(rows) == 1 else None


@contextlib.contextmanager
def kept_documents(connection: Connection, selected: Selected) -> Iterator[tuple[datetime, Iterator[Kept]]]:
    """(when, the documents): one snapshot of the server for the length of the block.

    Needs a connection in autocommit that may read the tables: the owner's, or a backup's.
    """
    values = {name: getattr(selected, name) for name in ("store", "till", "epoch", "since", "until")}
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        row = connection.execute("select now()").fetchone()
        assert row is not None
        with connection.cursor(name="export") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(_DOCUMENTS, values)
            yield row[0], (_kept(row) for row in cursor)


def _kept(row: tuple[object, ...]) -> Kept:
    store, till, epoch, no, digest, body, outcome, reason, flags, at, shift = row
    return Kept(store, till, epoch, no, bytes(digest), body, outcome, reason, tuple(flags), at, shift)  # type: ignore[arg-type,call-overload]
