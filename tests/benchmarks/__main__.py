"""``./run bench``: measures this machine with a server of its own and prints a table, or one JSON object."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.errors import PosError
from tests.benchmarks import machine
from tests.benchmarks.compare import CompareSize, compare_rows
from tests.benchmarks.disturb import DisturbSize, disturb_rows
from tests.benchmarks.inventory import inventory_rows
from tests.benchmarks.limit import Pgbench
from tests.benchmarks.promotions import promotion_rows
from tests.benchmarks.rates import RateSize, pace_rows, rate_rows, trip_rows
from tests.benchmarks.report import Report, Row
from tests.benchmarks.safety import safety_rows
from tests.benchmarks.shop import MeasuredShop, allow_connections, open_shop
from tests.benchmarks.windows import WindowSize, memory_rows, scan_rows, search_rows, start_rows

NAMES = (
    *("trips", "rate", "pace", "safety", "disturb", "compare"),
    *("scan", "search", "start", "memory", "inventory", "promotions"),
)
EXIT_COUNT = 1
EXIT_TROUBLE = 75


@dataclass(frozen=True, slots=True)
class Size:
    """How large the shop is and how long it is measured."""

    items: int
    rates: RateSize
    windows: WindowSize
    disturbed: DisturbSize
    safety_sales: int
    compared: CompareSize
    baskets: int


FULL = Size(
    1_000_000,
    RateSize(
        sales=50, connections=(1, 8, 32), rounds=3, seconds=5, tills=100, paced_clients=32, paced_seconds=40
    ),
    WindowSize(scans=600, searches=60, marks=(100, 500, 1000), starts=7),
    DisturbSize(tills=20, per_second=20, seconds=2, turns=12),
    400,
    CompareSize((1, 10, 100), 5),
    baskets=50,
)
QUICK = Size(
    20_000,
    RateSize(
        sales=20, connections=(1, 8, 32), rounds=3, seconds=2, tills=100, paced_clients=32, paced_seconds=10
    ),
    WindowSize(scans=150, searches=15, marks=(20, 60, 120), starts=3),
    DisturbSize(tills=20, per_second=20, seconds=2, turns=5),
    150,
    CompareSize((1, 10, 100), 3),
    baskets=20,
)
TINY = Size(
    500,
    RateSize(sales=3, connections=(2,), rounds=1, seconds=1, tills=3, paced_clients=2, paced_seconds=2),
    WindowSize(scans=24, searches=2, marks=(1, 2, 4), starts=1),
    DisturbSize(tills=2, per_second=20, seconds=0.5, turns=1),
    3,
    CompareSize((2,), 0.5),
    baskets=1,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a count is not what it must be."""
    args = _parser().parse_args(arguments)
    size = QUICK if args.quick else FULL
    size = replace(size, items=args.items or size.items)
    try:
        report = measure(size, args.only or NAMES, _say)
    except (PosError, RuntimeError, OSError) as problem:
        words = problem.text() if isinstance(problem, PosError) else str(problem)
        print(f"The measurement stopped.\n{words}", file=sys.stderr)
        return EXIT_TROUBLE
    print(json.dumps(report.as_json(), indent=1) if args.json else report.as_text())
    if not report.counts_hold:
        print("A count is not what it must be; see above.", file=sys.stderr)
        return EXIT_COUNT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run bench", description="Measures this machine; docs/performance.md."
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--items", type=int, metavar="N", help=f"items in the shop ({FULL.items:,})")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.items:,} items and short runs")
    parser.add_argument(
        "--only", nargs="+", choices=NAMES, metavar="NAME", help=f"some of: {' '.join(NAMES)}"
    )
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def measure(size: Size, names: Sequence[str], say: Callable[[str], None]) -> Report:
    """Open the shop, take the figures that ``names`` asks for, and report them in their order."""
    before = machine.load()
    with measured_shop(size.items, say) as (server, shop):
        report = Report()
        for name, work in _works(shop, server, size, say).items():
            if name in names:
                say(f"measuring {name}")
                report.add(work())
        report.machine = machine.describe(shop, before)
    return report


def _works(
    shop: MeasuredShop, server: EmbeddedServer, size: Size, say: Callable[[str], None]
) -> dict[str, Callable[[], list[Row]]]:
    made: list[Pgbench] = []

    def pgbench() -> Pgbench:
        made[:] = made or [Pgbench(shop, server.binaries)]
        return made[0]

    return {
        "trips": lambda: trip_rows(shop, size.rates),
        "rate": lambda: rate_rows(shop, pgbench(), size.rates, say),
        "pace": lambda: pace_rows(shop, pgbench(), size.rates, say),
        "safety": lambda: safety_rows(shop, size.safety_sales, say),
        "disturb": lambda: disturb_rows(shop, server, size.disturbed, say),
        "compare": lambda: compare_rows(shop, size.compared, say),
        "scan": lambda: scan_rows(shop, size.windows),
        "search": lambda: search_rows(shop, size.windows),
        "start": lambda: start_rows(shop, size.windows),
        "memory": lambda: memory_rows(shop, size.windows),
        "inventory": lambda: inventory_rows(shop, size.windows),
        "promotions": lambda: promotion_rows(size.baskets),
    }


@contextmanager
def measured_shop(items: int, say: Callable[[str], None]) -> Iterator[tuple[EmbeddedServer, MeasuredShop]]:
    """A server with durability on and the shop in it, in a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pos-bench-"))
    folder.chmod(0o711)  # as root the server runs as another user, who has to pass through
    try:
        with EmbeddedServer(folder / "server", durable=True, say=say) as server:
            allow_connections(server)
            yield server, open_shop(server, folder, items, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
