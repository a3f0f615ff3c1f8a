"""What a plain sale costs the server's processor, of two checkouts in turn: this one and another.

``python tests/benchmarks/post_cost.py OTHER`` prints both medians and their ratio; OTHER is a worktree of
another commit. Linux: it reads the connection's own processor time, which other work disturbs little.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from random import Random
from typing import IO

SALES, ROUNDS = 50, 40


def serve() -> None:
    """Post ``SALES`` sales for each line that is read, and print the milliseconds of processor each took."""
    sys.path.insert(0, os.getcwd())
    import psycopg

    from pos_desktop.database.embedded import EmbeddedServer
    from tests.benchmarks.baskets import Goods, stamped_sales
    from tests.benchmarks.shop import open_shop

    with tempfile.TemporaryDirectory(prefix="pos-post-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server runs as another user
        with EmbeddedServer(folder / "server", durable=True, say=lambda _: None) as server:
            shop = open_shop(server, folder, 3000, lambda _: None)
            documents = stamped_sales(141, Goods.of(shop), Random(141))
            with psycopg.connect(shop.till_dsn(141), autocommit=True) as till:
                clock = Path(f"/proc/{till.info.backend_pid}/schedstat")
                for _ in sys.stdin:
                    made = list(islice(documents, SALES))
                    begun = int(clock.read_text().split()[0])
                    for each in made:
                        row = till.execute(
                            "select api.post_document(%s, %s)", [each.body.decode(), each.hash], prepare=False
                        ).fetchone()
                        assert row is not None
                        assert row[0]["outcome"] == "booked", row
                    print((int(clock.read_text().split()[0]) - begun) / SALES / 1e6, flush=True)


def compare(here: Path, other: Path) -> None:
    """Both checkouts in turn, the first rounds for warming up."""
    asked = [sys.executable, __file__, "--serve"]
    pairs: list[tuple[float, float]] = []
    with (
        subprocess.Popen(asked, cwd=other, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as old,
        subprocess.Popen(asked, cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as new,
    ):
        pairs = [(_asked(old.stdin, old.stdout), _asked(new.stdin, new.stdout)) for _ in range(ROUNDS + 4)][
            4:
        ]
        for child in (old, new):
            assert child.stdin is not None
            child.stdin.close()
    before, after = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(
        f"{other}: {before:.2f} ms, here: {after:.2f} ms a sale; ratio {ratio:.3f} (median of {ROUNDS} pairs)"
    )


def _asked(to: IO[str] | None, answers: IO[str] | None) -> float:
    assert to is not None
    assert answers is not None
    to.write("go\n")
    to.flush()
    return float(answers.readline())


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve()
    else:
        compare(Path(__file__).resolve().parents[2], Path(sys.argv[1]).resolve())
