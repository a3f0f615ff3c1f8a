"""The limit of this machine: pgbench calling the very same server function with documents made beforehand."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pos_desktop.database.binaries import Binaries
from pos_desktop.database.server_process import run_options
from tests.benchmarks.baskets import Goods, stamped_sales
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


@dataclass(frozen=True, slots=True)
class Limit:
    """What pgbench reached: sales a second, and milliseconds at two percentiles."""

    per_second: float
    p50: float
    p99: float


def prepare(shop: MeasuredShop, clients: int, documents: int) -> None:
    """Make ``documents`` chained sales for each of ``clients`` tills, shift opening included."""
    goods = Goods.of(shop)
    with shop.owner() as owner:
        owner.execute(_SET_UP)
        for client in range(clients):
            number = FIRST_TILL + client
            owner.execute("insert into bench.seat values (%s, %s)", [client, shop.logins[number]])
            with owner.cursor().copy("copy bench.doc (client, no, body, hash) from stdin") as copy:
                for document in stamped_sales(number, documents, goods, Random(number)):
                    copy.write_row((client, document.no, document.body.decode(), document.hash))
        owner.execute("vacuum analyze bench.doc")
        _open_shifts(shop, clients)


def _open_shifts(shop: MeasuredShop, clients: int) -> None:
    """Post each chain's first document, which opens its shift."""
    for client in range(clients):
        with shop.owner() as owner:
            owner.execute("select bench.enter(%s)", [client])
            row = owner.execute(
                "select api.post_document(body, hash) from bench.doc where client = %s and no = 1",
                [client],
            ).fetchone()
            if row is None or row[0]["outcome"] != "booked":
                raise RuntimeError(f"the shift of a measured till did not open: {row}")


def run(shop: MeasuredShop, binaries: Binaries, clients: int, seconds: int, *, rate: int = 0) -> Limit:
    """Sell for ``seconds``; ``rate`` sales a second in all, 0 for as fast as it goes."""
    folder = shop.folder / "pgbench"
    folder.mkdir(mode=0o777, exist_ok=True)
    folder.chmod(0o777)
    script = folder / "sale.sql"
    script.write_text(_SCRIPT, encoding="ascii")
    for old in folder.glob("log*"):
        old.unlink()
    command = [binaries.program("pgbench"), "-n", "-M", "simple", "-f", str(script), "-D", "n=0"]
    command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds)]
    command += ["-l", f"--log-prefix={folder / 'log'}", *(["-R", str(rate)] if rate else [])]
    command += ["-d", shop.dsn]
    options = {**run_options(), "cwd": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench did not finish: {done.stderr[-500:]}")
    times = sorted(_milliseconds(folder))
    _check_booked(shop)
    return Limit(float(found.group(1)), percentile(times, 50), percentile(times, 99))


def _check_booked(shop: MeasuredShop) -> None:
    """A pgbench run counts only when what it posted was booked."""
    with shop.owner() as owner:
        rows = owner.execute(
            "select outcome, reason, count(*) from pos.document where outcome = 'refused' group by 1, 2"
        ).fetchall()
    if rows:
        raise RuntimeError(f"documents were refused: {rows}")


def _milliseconds(folder: Path) -> list[float]:
    # A line of the log: client, transaction, time in microseconds, script, epoch, microseconds[, lag]
    lines = (line.split() for file in folder.glob("log*") for line in file.read_text().splitlines())
    return [int(words[2]) / 1000 for words in lines]


def percentile(ordered: list[float], percent: float) -> float:
    """The value below which ``percent`` of an ordered list lie; 0 for an empty one."""
    if not ordered:
        return 0.0
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
