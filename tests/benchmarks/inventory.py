"""The inventory window over the whole catalogue: a filter's keys, scrolling, memory, turned into rows."""

from __future__ import annotations

import json
import secrets

from psycopg.conninfo import make_conninfo

from pos_desktop.database.manager import add_manager
from tests.benchmarks.report import Row, median, percentile, plain
from tests.benchmarks.shop import MeasuredShop
from tests.benchmarks.windows import SEARCH_KEYS, WindowSize, run_module, starved, two_words

PAGES = 5


def inventory_rows(shop: MeasuredShop, size: WindowSize) -> list[Row]:
    """A manager types filters of two words, then pages through the list."""
    home = shop.folder / "inventory"
    home.mkdir(exist_ok=True)
    login, password = f"mgr_{secrets.token_hex(4)}", secrets.token_hex(16)
    with shop.owner() as owner:
        add_manager(owner, login, "Cleo", password, [1])
    plan = {
        "home": str(home),
        "dsn": make_conninfo(shop.dsn, user=login, password=password),
        "login": login,
        "password": password,
        "filters": two_words(shop, size.searches, seed=3),
        "pages": PAGES * size.searches,
    }
    path = home / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    found = run_module("tests.benchmarks.stockroom", str(path))
    path.unlink()
    typed, scrolled = found["filter"], found["scroll"]
    return [
        Row(
            "inventory: filter key to painted rows, p99",
            percentile(typed, 99),
            "ms",
            100,
            note=f"{len(typed)} keys, one to {SEARCH_KEYS} letters of two words; "
            f"p50 {plain(median(typed))} ms; {starved(found)}",
        ),
        Row(
            "inventory: longest the window is busy while paging, p99",
            percentile(scrolled, 99),
            "ms",
            100,
            note=f"{len(scrolled)} pages; p50 {plain(median(scrolled))}, most {plain(max(scrolled))} ms",
        ),
        Row("inventory: memory of the window", found["resident_mb"], "MB", 300, note="after all that"),
    ]
