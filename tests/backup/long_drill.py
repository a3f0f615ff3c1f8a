"""The long drill, timed, and its page written: python -m tests.backup.long_drill --sales 2000"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.backup.drill import Drill, drill_in

PAGE = Path(__file__).resolve().parents[2] / "docs" / "restore-drill.md"

HEAD = """# The restore drill

A shop sells, is backed up, sells on, loses its server with the disk, and comes back. Every test run does it
small: `tests/backup/test_point_in_time.py`. The long one makes so many sales, and writes this page anew (it
takes some minutes and 1 GB of disk):

    .venv/bin/python -m tests.backup.long_drill --sales 2000

Half of the sales are made before the base backup, a quarter after it until the log was last archived; the
last quarter only the tills have when the server is destroyed. Two tills; real files, synced. Nothing is left
out of the count: at the end every document is there again with its number and hash, and `verify` finds
nothing.
"""


class Clock:
    """What took how long, in the order it was done."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float]] = []

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Time the block, and tell."""
        began = time.monotonic()
        yield
        self.rows.append((what, time.monotonic() - began))
        print(f"{what}: {self.rows[-1][1]:.1f} s", flush=True)  # noqa: T201


def drill(folder: Path, sales: int) -> tuple[Clock, int, int]:
    """Lose the server and bring it back; the times, documents sold, and documents the tills brought back."""
    clock = Clock()
    with drill_in(folder) as shop:
        shop.open_tills()
        shop.sell(sales // 2)
        with clock.timing("Base backup, while it serves, every file checked"):
            _must(shop, "backup", "base")
        shop.sell(sales // 4)
        shop.archive_all()
        archived = shop.books()
        shop.sell(sales - sales // 2 - sales // 4)
        sold = shop.books()
        shop.close_tills()
        shop.destroy()
        with clock.timing("Restore to the last archived moment, verify, put in place"):
            _must(shop, "restore", "--to", "latest", "--yes")
        shop.start()
        assert shop.books() == archived
        lost = len(sold) - len(archived)
        with clock.timing(f"The tills start, and send the {lost} documents it lacks"):
            shop.open_tills()
            shop.settle(lambda: shop.books().keys() >= sold.keys())
        with clock.timing("Verify"):
            assert shop.findings() == ()
        assert {id_: shop.books()[id_] for id_ in sold} == sold
        with clock.timing("The night's work: base backup, its proof in a server of its own"):
            _must(shop, "backup", "nightly")
    return clock, len(sold), lost


def page(clock: Clock, sold: int, lost: int) -> str:
    """The page about one drill."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    rows = "\n".join(f"| {what} | {seconds:.1f} s |" for what, seconds in clock.rows)
    return (
        f"{HEAD}\nMeasured {datetime.now():%d %B %Y} ({machine}, others at work on it): {sold} documents, "
        f"{lost} of them not in the archive; lost: none.\n\n| Step | Took |\n|---|---|\n{rows}\n"
    )


def _must(shop: Drill, *command: str) -> None:
    if shop.command(*command) != 0:
        raise SystemExit(f"pos-desktop {' '.join(command)} did not end well")


def main() -> None:
    """Drill, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=2000)
    sales = parser.parse_args().sales
    with tempfile.TemporaryDirectory(prefix="pos-drill-") as folder:
        Path(folder).chmod(0o711)
        (Path(folder) / "shop").mkdir(mode=0o711)
        PAGE.write_text(page(*drill(Path(folder) / "shop", sales)), encoding="utf-8")


if __name__ == "__main__":
    main()
