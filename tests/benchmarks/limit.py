"""The limit of this machine: pgbench calling the very same server function with documents made beforehand."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from pos_desktop.database.binaries import Binaries
from pos_desktop.database.server_process import run_options
from pos_desktop.domain.document import Document
from tests.benchmarks.baskets import Goods, stamped_sales
from tests.benchmarks.report import percentile
from tests.benchmarks.shop import MeasuredShop

FIRST_TILL = 141
"""pgbench's clients are tills 141 and up: their chains go on from run to run, and no journal knows them."""

_SET_UP = """
CREATE SCHEMA bench;
CREATE TABLE bench.doc (client int, no bigint, body text, hash bytea, PRIMARY KEY (client, no));
CREATE TABLE bench.seat (client int PRIMARY KEY, login text);
GRANT USAGE ON SCHEMA bench TO pos_till;
GRANT SELECT ON bench.doc TO pos_till;
CREATE FUNCTION bench.enter(who int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE s bench.seat; n bigint;
BEGIN
  SELECT * INTO s FROM bench.seat WHERE client = who;
  SELECT next_no INTO n FROM pos.till WHERE login = s.login;
  PERFORM set_config('session_authorization', s.login, false);
  RETURN n;
END $$;
"""

_SCRIPT = """\\set first :n = 0
\\if :first
select bench.enter(:client_id) as n \\gset
\\else
\\set n :n + 1
\\endif
select api.post_document(body, hash) from bench.doc where client = :client_id and no = :n;
"""

_POST_FIRST = "select api.post_document(body, hash) from bench.doc where client = %s and no = 1"


@dataclass(frozen=True, slots=True)
class Limit:
    """What pgbench reached: sales a second, and the milliseconds of each call."""

    per_second: float
    milliseconds: tuple[float, ...]

    def at(self, percent: float) -> float:
        """Milliseconds at a percentile."""
        return percentile(self.milliseconds, percent)


@dataclass(slots=True)
class _Seat:
    """One client of pgbench: where its chain of documents goes on, and how many were made."""

    till: int
    chain: Iterator[Document]
    made: int = 0


class Pgbench:
    """Plays tills with documents it made before the clock starts."""

    def __init__(self, shop: MeasuredShop, binaries: Binaries) -> None:
        self._shop, self._binaries = shop, binaries
        self._goods = Goods.of(shop)
        self._seats: list[_Seat] = []
        self._guess = 600.0
        with shop.owner() as owner:
            owner.execute(_SET_UP)
        self._folder = shop.folder / "pgbench"
        self._folder.mkdir(mode=0o777)
        self._folder.chmod(0o777)  # as root, pgbench runs as the server's user
        (self._folder / "sale.sql").write_text(_SCRIPT, encoding="ascii")

    def run(self, clients: int, seconds: float, *, rate: int = 0) -> Limit:
        """Sell for ``seconds``; ``rate`` sales a second in all, 0 for as fast as it goes.

        A run that used its documents up says nothing: it is done again with more of them.
        """
        while True:
            self._make(clients, int(seconds * (2.0 * rate or self._guess) / clients) + 30)
            found = self._play(clients, max(round(seconds), 1), rate)
            self._check_booked()
            self._guess = max(self._guess, found.per_second * 1.4)
            if not self._ran_out(clients):
                return found
            self._guess *= 2

    def _make(self, clients: int, documents: int) -> None:
        """Let each client have ``documents`` more than it has posted; its shift is open."""
        with self._shop.owner() as owner:
            while len(self._seats) < clients:
                client, till = len(self._seats), FIRST_TILL + len(self._seats)
                chain = stamped_sales(till, self._goods, Random(till))
                self._seats.append(_Seat(till, chain))
                owner.execute("insert into bench.seat values (%s, %s)", [client, self._shop.logins[till]])
            posted = self._posted()
            for client, seat in enumerate(self._seats[:clients]):
                wanted = max(posted[seat.till] + documents - seat.made, 0)
                with owner.cursor().copy("copy bench.doc (client, no, body, hash) from stdin") as copy:
                    for document in islice(seat.chain, wanted):
                        copy.write_row((client, document.no, document.body.decode(), document.hash))
                seat.made += wanted
                if posted[seat.till] == 0:
                    self._open_shift(client)
            owner.execute("vacuum analyze bench.doc")

    def _posted(self) -> dict[int, int]:
        with self._shop.owner() as owner:
            return dict(
                owner.execute("select number, next_no - 1 from pos.till where store_id = 1").fetchall()
            )

    def _open_shift(self, client: int) -> None:
        """Post a chain's first document, which opens its shift."""
        with self._shop.owner() as owner:
            owner.execute("select bench.enter(%s)", [client])
            row = owner.execute(_POST_FIRST, [client]).fetchone()
        if row is None or row[0]["outcome"] != "booked":
            raise RuntimeError(f"the shift of a measured till did not open: {row}")

    def _ran_out(self, clients: int) -> bool:
        posted = self._posted()
        return any(posted[seat.till] >= seat.made for seat in self._seats[:clients])

    def _play(self, clients: int, seconds: int, rate: int) -> Limit:
        for old in self._folder.glob("log*"):
            old.unlink()
        command = [self._binaries.program("pgbench"), "-n", "-M", "simple", "-f", "sale.sql", "-D", "n=0"]
        command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds)]
        command += ["-l", f"--log-prefix={self._folder / 'log'}", *(["-R", str(rate)] if rate else [])]
        command += ["-d", self._shop.dsn]
        options = {**run_options(), "cwd": str(self._folder)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
        if done.returncode != 0 or found is None:
            raise RuntimeError(f"pgbench sold nothing in {seconds} s: {done.stderr[-500:]}")
        return Limit(float(found.group(1)), tuple(_milliseconds(self._folder)))

    def _check_booked(self) -> None:
        """A pgbench run counts only when what it posted was booked."""
        with self._shop.owner() as owner:
            rows = owner.execute(
                "select outcome, reason, count(*) from pos.document where outcome = 'refused' group by 1, 2"
            ).fetchall()
        if rows:
            raise RuntimeError(f"documents were refused: {rows}")


def _milliseconds(folder: Path) -> Iterator[float]:
    """From call to answer.

    A line of the log: client, transaction, microseconds, script, epoch, microseconds of it[, wait].
    With a rate the time begins when the call was due, and the wait until it began is the last word.
    """
    for file in folder.glob("log*"):
        for line in file.read_text(encoding="ascii").splitlines():
            words = line.split()
            yield (int(words[2]) - (int(words[6]) if len(words) > 6 else 0)) / 1000
