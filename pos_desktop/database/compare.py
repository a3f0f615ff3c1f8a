"""Compares two records of the same tills: a backup, or a till's own journal, with the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pos_desktop.database.till import Connection
from pos_desktop.database.verify import Finding
from pos_desktop.domain.export import Kept

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ChainSum:
    """A till's epoch up to a number: documents, sales, their total (minor units), and its last hash."""

    store: int
    till: int
    epoch: int
    no: int
    documents: int
    sales: int
    total: int
    head: str

    @property
    def place(self) -> str:
        """The chain in words."""
        return f"store {self.store} till {self.till} epoch {self.epoch}"


_SUMS = b"""
select s.number, t.number, d.epoch, max(d.no), count(*), count(x.document_id),
       coalesce(sum(x.total), 0)::bigint, encode((array_agg(d.hash order by d.no desc))[1], 'hex')
  from pos.document d join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id
  left join pos.sale x on x.document_id = d.id
 where d.no <= coalesce(%(no)s, d.no) and s.number = coalesce(%(store)s, s.number)
   and t.number = coalesce(%(till)s, t.number) and d.epoch = coalesce(%(epoch)s, d.epoch)
 group by s.number, t.number, d.epoch order by 1, 2, 3
"""


def chain_sums(connection: Connection) -> list[ChainSum]:
    """Every chain of a server."""
    none = dict.fromkeys(("store", "till", "epoch", "no"))
    return [ChainSum(*row) for row in connection.execute(_SUMS, none)]


def differs_from_live(backup: Iterable[ChainSum], live: Connection) -> Iterator[Finding]:
    """The chains of a backup that its server does not hold exactly like that, with whatever came after."""
    for chain in backup:
        chosen = {"store": chain.store, "till": chain.till, "epoch": chain.epoch, "no": chain.no}
        row = live.execute(_SUMS, chosen).fetchone()
        now = ChainSum(*row) if row else None
        if now is None or now.no < chain.no:
            what = f"has no {chain.no} in the backup, {now.no if now else 'nothing'} at the server"
        elif now.head != chain.head:
            what = f"has another hash at no {chain.no} in the backup than at the server"
        elif now != chain:
            what = f"has {chain.documents} documents and sales of {chain.total} in the backup, "
            what += f"up to the same number {now.documents} and {now.total} at the server"
        else:
            continue
        yield Finding(chain.place, what)


def differs_from_server(documents: Iterable[Kept], server: Connection) -> Iterator[Finding]:
    """What a till's journal and its server do not both hold alike, in the journal's order.

    A document without an answer may be on the server or not; it must not be another one there.
    """
    last: dict[tuple[int, int, int], int] = {}
    waiting = iter(documents)
    while portion := list(islice(waiting, AT_ONCE)):
        held = _held(portion, server)
        for kept in portion:
            last[kept.store, kept.till, kept.epoch] = kept.no
            what = _difference(kept, held.get((kept.epoch, kept.no)))
            if what:
                place = f"store {kept.store} till {kept.till} epoch {kept.epoch} no {kept.no}"
                yield Finding(place, what)
    for (store, till, epoch), no in last.items():
        row = server.execute(_SUMS, {"store": store, "till": till, "epoch": epoch, "no": None}).fetchone()
        if row is not None and row[3] > no:
            what = f"goes on to no {row[3]} at the server and ends at {no} in the journal"
            yield Finding(f"store {store} till {till} epoch {epoch}", what)


def _held(portion: list[Kept], server: Connection) -> dict[tuple[int, int], tuple[str, str]]:
    """What the server keeps under the numbers of these documents of one till: hash and outcome."""
    rows = server.execute(
        "select d.epoch, d.no, encode(d.hash, 'hex'), d.outcome from pos.document d"
        " join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id"
        " where s.number = %s and t.number = %s"
        " and (d.epoch, d.no) in (select * from unnest(%s::int[], %s::bigint[]))",
        [portion[0].store, portion[0].till, [k.epoch for k in portion], [k.no for k in portion]],
    ).fetchall()
    return {(epoch, no): (digest, outcome) for epoch, no, digest, outcome in rows}


def _difference(kept: Kept, held: tuple[str, str] | None) -> str | None:
    if held is None:
        return None if kept.outcome == "pending" else "was answered, and the server does not have it"
    digest, outcome = held
    if digest != kept.hash.hex():
        return "is another document at the server"
    if kept.outcome not in ("pending", outcome):
        return f"was {kept.outcome} by the journal and is {outcome} at the server"
    return None
