"""The sale's figures: round trips, sales a second beside pgbench, and waiting times at a shop's pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.fleet import Fleet
from tests.benchmarks.limit import Limit, Pgbench
from tests.benchmarks.report import Row, median, plain
from tests.benchmarks.sales import Sold, round_trips
from tests.benchmarks.shop import MeasuredShop

TRIP_TILL = 1
FLAT_OUT_TILLS = 10
PACED_TILLS = 41
PER_SECOND = 50

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RateSize:
    """How long the sales are measured."""

    sales: int
    connections: tuple[int, ...]
    rounds: int
    seconds: float
    tills: int
    paced_clients: int
    paced_seconds: float


def trip_rows(shop: MeasuredShop, size: RateSize) -> list[Row]:
    """Round trips from completed tender to commit: a count, so it has no excuse."""
    counts = round_trips(shop, TRIP_TILL, size.sales)
    told = ", ".join(f"{trips} in {sales} sales" for trips, sales in sorted(Counter(counts).items()))
    return [
        Row("round trips from tender to commit", max(counts), "", 1, exact=True, note=f"on the wire: {told}")
    ]


def rate_rows(shop: MeasuredShop, pgbench: Pgbench, size: RateSize, say: Say) -> list[Row]:
    """Sales a second flat out, the program and pgbench in turn, as a ratio of medians."""
    return [row for count in size.connections for row in _rate(shop, pgbench, count, size, say)]


def _rate(shop: MeasuredShop, pgbench: Pgbench, count: int, size: RateSize, say: Say) -> list[Row]:
    ours: list[Sold] = []
    limits: list[Limit] = []
    with Fleet(shop, range(FLAT_OUT_TILLS, FLAT_OUT_TILLS + count)) as fleet:
        for number in range(size.rounds):
            limits.append(pgbench.run(count, size.seconds))
            ours.append(fleet.sell(size.seconds))
            found = f"{ours[-1].per_second:.0f} beside pgbench's {limits[-1].per_second:.0f}"
            say(f"  {count} connections, round {number + 1}: {found} sales/s")
    rate, limit = median(one.per_second for one in ours), median(one.per_second for one in limits)
    shares = [one.per_second / base.per_second for one, base in zip(ours, limits, strict=True)]
    share, told = median(shares), f"the median of {', '.join(plain(each) for each in sorted(shares))}"
    p50 = median(one.at(50) for one in ours)
    cpu = median(one.till_cpu_ms for one in ours)
    note = (
        f"medians of {size.rounds} rounds of {size.seconds:g} s in turn; a sale took {plain(p50)} ms (p50), "
    )
    note += (
        f"the call alone in pgbench {plain(median(one.at(50) for one in limits))} ms; the tills' own work, "
    )
    note += f"{plain(cpu)} ms of processor a sale, shares these cores with the server"
    name = f"{count} connection{'s' if count > 1 else ''}"
    return [
        Row(f"sales a second, {name}", rate, "/s", limit=f"{plain(limit)} /s", note=note),
        Row(f"share of pgbench, {name}", share, "", 0.75, more_is_better=True, note=told),
    ]


def pace_rows(shop: MeasuredShop, pgbench: Pgbench, size: RateSize, say: Say) -> list[Row]:
    """Tender to commit with many tills at a shop's pace, half of it before and half after pgbench's turn."""
    with Fleet(shop, range(PACED_TILLS, PACED_TILLS + size.tills)) as fleet:
        half = size.paced_seconds / 2
        first = fleet.sell(half, per_second=PER_SECOND)
        say(f"  {size.tills} tills, first half: p99 {first.at(99):.1f} ms")
        limit = pgbench.run(size.paced_clients, size.paced_seconds, rate=PER_SECOND)
        second = fleet.sell(half, per_second=PER_SECOND)
    sold = Sold(2 * half, first.milliseconds + second.milliseconds)
    note = (
        f"p50 {plain(sold.at(50))} ms over {len(sold.milliseconds):,} sales at {sold.per_second:.0f}/s, "
        "four of five with the same three items; both journal syncs are in it, and all tills share this disk"
    )
    told = f"p50 {plain(limit.at(50))}, p99 {plain(limit.at(99))} ms"
    return [Row(f"tender to commit, {size.tills} tills, p99", sold.at(99), "ms", 25, limit=told, note=note)]
