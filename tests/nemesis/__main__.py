"""``./run nemesis``: attack a shop by a seeded schedule, compare its books with a model, sum it up."""

from __future__ import annotations

import argparse
import json
import secrets
import sys

from tests.nemesis.attack import Options, attack


def main() -> int:
    """The command; 0 when there was no violation."""
    parser = argparse.ArgumentParser("./run nemesis", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="what to repeat; a new one when left out")
    parser.add_argument("--sales", type=int, default=None, help="sales of all tills together")
    parser.add_argument("--minutes", type=float, default=None, help="end after so many minutes")
    parser.add_argument(
        "--faults", type=int, default=None, help="at least so many in --sales (one in a hundred)"
    )
    parser.add_argument("--tills", type=int, default=8)
    parser.add_argument(
        "--only", action="append", default=[], help="only this kind of fault; may be repeated"
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder of a run without violations too")
    parser.add_argument("--json", action="store_true", help="the summary as JSON")
    given = parser.parse_args()
    seed = secrets.randbelow(10**9) if given.seed is None else given.seed
    sales = given.sales or (10_000_000 if given.minutes else 5_000)
    minutes = given.minutes or 24 * 60
    faults = given.faults or max(1, sales // 100)
    sys.stderr.write(f"seed {seed}\n")
    summary = attack(Options(seed, sales, faults, given.tills, minutes * 60, tuple(given.only), given.keep))
    sys.stdout.write(json.dumps(summary.as_json(), indent=1) + "\n" if given.json else summary.as_text())
    return 1 if summary.violations else 0


if __name__ == "__main__":
    sys.exit(main())
