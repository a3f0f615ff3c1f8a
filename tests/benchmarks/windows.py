"""Starts register windows in processes of their own and turns what they measured into rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from pos_desktop.database.catalogue import search_items
from pos_desktop.database.till import open_connection
from pos_desktop.domain.catalogue import SEARCH_LIMIT
from tests.benchmarks.baskets import Goods
from tests.benchmarks.report import Row, median, percentile, plain
from tests.benchmarks.shop import PIN, MeasuredShop
from tests.database.shop import CASHIER

ROOT = Path(__file__).parents[2]
MINUTES = 20
SEARCH_KEYS = 8
SCAN_TILL, SEARCH_TILL, MEMORY_TILL, START_TILL = 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class WindowSize:
    """How long windows are worked: scans, searches of eight keys, sales to read memory at, starts."""

    scans: int
    searches: int
    marks: tuple[int, ...]
    starts: int


def scan_rows(shop: MeasuredShop, size: WindowSize) -> list[Row]:
    """Last scanned character to painted line, in the real window."""
    window = _work(shop, "scan", SCAN_TILL, {"codes": _codes(shop, size.scans)})
    found = window["milliseconds"]
    note = f"{len(found)} scans of different items; p50 {plain(median(found))} ms; offscreen, 1366x768; "
    note += starved(window)
    return [Row("scan to painted line, p99", percentile(found, 99), "ms", 50, note=note)]


def search_rows(shop: MeasuredShop, size: WindowSize) -> list[Row]:
    """A search per key stroke: on the wire, and from the key to the painted list."""
    searches = two_words(shop, size.searches, seed=2)
    wire = _on_the_wire(shop, searches)
    window = _work(shop, "search", SEARCH_TILL, {"searches": searches})
    letter, key = window["from_letter"], window["from_key"]
    held = median(key) - median(letter)
    return [
        Row(
            "search per key, server answer, p99",
            percentile(wire, 99),
            "ms",
            30,
            note=f"{len(wire)} searches as typed, one to {SEARCH_KEYS} letters; p50 {plain(median(wire))} ms",
        ),
        Row(
            "search per key, letter to painted list, p99",
            percentile(letter, 99),
            "ms",
            30,
            note=f"p50 {plain(median(letter))} ms. From the key itself p50 {plain(median(key))} ms: the "
            f"scanner filter holds each key {plain(held)} ms until it knows that it is no scan; "
            f"{starved(window)}",
        ),
    ]


def memory_rows(shop: MeasuredShop, size: WindowSize) -> list[Row]:
    """One till's memory over many sales of three lines in the real window."""
    plan = {"codes": _codes(shop, 300), "marks": size.marks}
    found = {int(n): mb for n, mb in _work(shop, "memory", MEMORY_TILL, plan)["resident_mb"].items()}
    _first, middle, last = size.marks
    told = ", ".join(f"{plain(mb)} MB after {n:,}" for n, mb in found.items())
    return [
        Row(f"memory of a till after {last:,} sales", found[last], "MB", 200, note=told),
        Row(
            f"memory grown from sale {middle:,} to {last:,}",
            found[last] - found[middle],
            "MB",
            5,
            note="5 MB stands for not growing",
        ),
    ]


def start_rows(shop: MeasuredShop, size: WindowSize) -> list[Row]:
    """From starting the process to its first painted window; the median, the files in the page cache."""
    times = [_start(shop) for _ in range(size.starts + 1)]
    first, warm = times[0], times[1:]
    painted, ready = median(one[0] for one in warm), median(one[1] for one in warm)
    note = (
        f"{len(warm)} warm starts (the program's files in the page cache); ready to sign in after "
        f"{plain(ready)} s; the first start of this run took {plain(first[0])} s. A cold start after "
        "switching the machine on is not measured"
    )
    return [Row("start to first painted window", painted, "s", note=note)]


def _start(shop: MeasuredShop) -> tuple[float, float]:
    home = _home(shop, START_TILL)
    started = time.time()
    found = run_module("tests.benchmarks.opening", str(home), shop.till_dsn(START_TILL))
    return found["painted"] - started, found["ready"] - started


def _work(shop: MeasuredShop, kind: str, till: int, plan: dict[str, Any]) -> dict[str, Any]:
    home = _home(shop, till)
    whole = {"home": str(home), "dsn": shop.till_dsn(till), "cashier": CASHIER, "pin": PIN, **plan}
    path = home / "plan.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return run_module("tests.benchmarks.counter", kind, str(path))


def _home(shop: MeasuredShop, till: int) -> Path:
    home = shop.folder / f"till-{till}"
    home.mkdir(exist_ok=True)
    return home


def run_module(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module of this checkout offscreen in a process of its own; what its last line says as JSON."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=MINUTES * 60
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} did not finish: {done.stderr[-1500:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def starved(window: dict[str, Any]) -> str:
    """How much of its time a window's thread waited for a core, in words."""
    return f"the window's thread waited {window['starved']:.0%} of the time for a core that others had"


def _codes(shop: MeasuredShop, count: int) -> list[str]:
    """EAN-13 codes as a scanner sends them, of random items without an age limit."""
    goods = Goods.of(shop).others
    return [item.code.removeprefix("0") for item in Random(1).choices(goods, k=count)]


def two_words(shop: MeasuredShop, count: int, seed: int) -> list[str]:
    """Two words of an item's name in either order, as far as people type them: ``SEARCH_KEYS`` letters."""
    random, goods, found = Random(seed), Goods.of(shop).others, []
    for item in random.sample(goods, count):
        words = random.sample(item.name.lower().split()[:3], 2)
        found.append(f"{words[0][:5]} {words[1]}"[:SEARCH_KEYS])
    return found


def _on_the_wire(shop: MeasuredShop, searches: list[str]) -> list[float]:
    """Milliseconds of ``api.search_items`` for each beginning of each search."""
    times = []
    with open_connection(shop.till_dsn(SEARCH_TILL), "bench search") as connection:
        for words in searches[:1] + searches:
            for end in range(1, len(words) + 1):
                started = time.perf_counter()
                search_items(connection, words[:end], SEARCH_LIMIT)
                times.append((time.perf_counter() - started) * 1000)
    return times[len(searches[0]) :]
