"""The same sale on a SQLite file and on our server, with 1, 10 and 100 tills writing at once."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.benchmarks.baskets import Goods
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.report import Row, percentile, plain
from tests.benchmarks.shop import MeasuredShop

FIRST_TILL = 10
BUSY_SECONDS = 5.0
"""How long a SQLite till waits for the file before it gives up: the default of Python's driver."""

_SCHEMA = """
create table item (id integer primary key, on_hand integer not null);
create table till (number integer primary key, next_no integer not null, head blob not null);
create table document (till integer, no integer, hash blob, body text, primary key (till, no));
create table line (till integer, no integer, n integer, item integer, qty integer, amount integer,
  primary key (till, no, n));
create table payment (till integer, no integer, n integer, kind text, amount integer,
  primary key (till, no, n));
create table movement (id integer primary key, item integer, till integer, no integer, delta integer,
  balance integer);
"""


@dataclass(frozen=True, slots=True)
class CompareSize:
    """How many tills sell at once, and for how long."""

    tills: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Wrote:
    """What the tills of one file did: milliseconds of each sale, and how many found the file locked."""

    seconds: float
    milliseconds: tuple[float, ...]
    locked: int

    @property
    def per_second(self) -> float:
        """Sales booked a second."""
        return len(self.milliseconds) / self.seconds


def compare_rows(shop: MeasuredShop, size: CompareSize, say: Callable[[str], None]) -> list[Row]:
    """Sales a second and the longest wait on either side, and the sales a file turned away."""
    goods = Goods.of(shop)
    return [row for count in size.tills for row in _compared(shop, goods, count, size.seconds, say)]


def _compared(
    shop: MeasuredShop, goods: Goods, count: int, seconds: float, say: Callable[[str], None]
) -> list[Row]:
    file = SqliteShop(shop.folder / f"compare-{count}.db", goods, count)
    theirs = file.sell(count, seconds)
    with Fleet(shop, range(FIRST_TILL, FIRST_TILL + count)) as fleet:
        ours = fleet.sell(seconds)
    say(f"  {count} tills: {ours.per_second:.0f} on the server, {theirs.per_second:.0f} in a SQLite file")
    name = f"{count} till{'s' if count > 1 else ''} at once"
    told = f"SQLite: {plain(theirs.per_second)} /s"
    turned_away = f"{theirs.locked} found the file locked for {BUSY_SECONDS:g} s; none on the server"
    waits = (
        f"p99 {plain(ours.at(99))} ms on the server, {plain(percentile(theirs.milliseconds, 99))} in the file"
    )
    longest, their_longest = max(ours.milliseconds, default=0), max(theirs.milliseconds, default=0)
    return [
        Row(f"sales a second, {name}", ours.per_second, "/s", limit=told, note=turned_away),
        Row(f"longest wait, {name}", longest, "ms", limit=f"SQLite: {plain(their_longest)} ms", note=waits),
    ]


class SqliteShop:
    """A till program's usual SQLite file at its best: WAL, each sale one immediate transaction, synced."""

    def __init__(self, path: Path, goods: Goods, tills: int) -> None:
        self._path, self._goods = path, goods
        with sqlite3.connect(path) as db:
            db.execute("pragma journal_mode = wal")
            db.executescript(_SCHEMA)
            items = {item.id for item in (*goods.hot, *goods.others)}
            db.executemany("insert into item values (?, 1000000000)", ((item,) for item in items))
            db.executemany("insert into till values (?, 1, ?)", ((n, bytes(32)) for n in range(tills)))
        db.close()

    def sell(self, tills: int, seconds: float) -> Wrote:
        """Let ``tills`` write at once for ``seconds``, as fast as the file takes it."""
        barrier = threading.Barrier(tills)
        with ThreadPoolExecutor(tills) as pool:
            done = [pool.submit(self._till, number, seconds, barrier) for number in range(tills)]
            answers = [one.result() for one in done]
        times = tuple(ms for found, _ in answers for ms in found)
        return Wrote(seconds, times, sum(locked for _, locked in answers))

    def _till(self, number: int, seconds: float, barrier: threading.Barrier) -> tuple[list[float], int]:
        random, times, locked = Random(number), [], 0
        db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        db.execute("pragma synchronous = full")
        barrier.wait()
        stop = time.perf_counter() + seconds
        while (started := time.perf_counter()) < stop:
            try:
                self._sale(db, number, random)
                times.append((time.perf_counter() - started) * 1000)
            except sqlite3.OperationalError:
                locked += 1
        db.close()
        return times, locked

    def _sale(self, db: sqlite3.Connection, number: int, random: Random) -> None:
        basket = self._goods.basket(random, str(random.getrandbits(64)))
        lines = sorted((line.item.id, line.qty, line.amount) for line in basket.lines)
        body = "|".join(f"{item} {qty} {amount}" for item, qty, amount in lines)
        db.execute("begin immediate")
        try:
            no, head = db.execute("select next_no, head from till where number = ?", [number]).fetchone()
            digest = hashlib.sha256(head + body.encode()).digest()
            db.execute("insert into document values (?, ?, ?, ?)", [number, no, digest, body])
            for n, (item, qty, amount) in enumerate(lines, 1):
                db.execute("insert into line values (?, ?, ?, ?, ?, ?)", [number, no, n, item, qty, amount])
                db.execute("update item set on_hand = on_hand - ? where id = ?", [qty, item])
                db.execute(
                    "insert into movement (item, till, no, delta, balance)"
                    " select id, ?, ?, ?, on_hand from item where id = ?",
                    [number, no, -qty, item],
                )
            total = sum(amount for _, _, amount in lines)
            db.execute("insert into payment values (?, ?, 1, 'cash', ?)", [number, no, total])
            db.execute("update till set next_no = ?, head = ? where number = ?", [no + 1, digest, number])
            db.execute("commit")
        except BaseException:
            db.execute("rollback")
            raise
