"""Makes the dump of a released schema that the upgrade test keeps: python -m tests.database.make_dump 0005

Made with the oldest PostgreSQL we support, so that every newer one can read it.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

from pos_desktop import paths
from pos_desktop.database.binaries import InstalledBinaries
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from tests.database.shop import PASSWORD, TillClient, connect, line, make_shop

OLDEST = Path("/usr/lib/postgresql/15/bin")


def main(name: str) -> None:
    """Migrate a fresh shop, sell a little in it, and keep the dump."""
    with tempfile.TemporaryDirectory(prefix="pos-dump-") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedServer(Path(folder) / "server", InstalledBinaries(OLDEST), durable=False) as server:
            migrate(server.dsn(), load_plan(paths.migrations_dir()))
            with connect(server.dsn()) as owner:
                shop = make_shop(owner, tills=1, login="till_of_dump")
            with connect(server.dsn(user=shop.logins[1], password=PASSWORD)) as connection:
                till = TillClient(shop, connection)
                till.open_shift()
                for pieces in range(1, 6):
                    till.post(
                        till.sale(
                            [line(item, 1000 * pieces, n) for n, item in enumerate(_sold(shop.items), 1)]
                        )
                    )
                till.post(till.sale([line(shop.items[1])], total=1))
                till.post(till.common("cash", direction="drop", amount=-500, reason="safe"))
            text = subprocess.run(
                [server.binaries.program("pg_dump"), server.dsn()], capture_output=True, check=True
            ).stdout
    target = Path(__file__).parent / "dumps" / f"{name}.sql.gz"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(gzip.compress(text, mtime=0))
    print(f"wrote {target} ({target.stat().st_size} bytes)")  # noqa: T201


def _sold(items: dict) -> list:  # type: ignore[type-arg]
    return [
        item
        for item in items.values()
        if item.price and item.min_age is None and item.code != "05010009999999"
    ]


if __name__ == "__main__":
    main(sys.argv[1])
