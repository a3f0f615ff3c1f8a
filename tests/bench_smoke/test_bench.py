"""The measuring itself: a tiny run gives every row, counts one round trip, and tells met from missed."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.__main__ import NAMES, TINY, measure
from tests.benchmarks.report import Report, Row, percentile

ROWS = (
    "round trips from tender to commit",
    "sales a second, 2 connections",
    "share of pgbench, 2 connections",
    "tender to commit, 3 tills, p99",
    "journal: a sale with it / without",
    "chain: the server's call with it / without",
    "rights: the server's call with them / without",
    "all three: a sale with them / without",
    "TLS: the server's call through it / without",
    "a connection with SCRAM, in sales",
    "round trips of a sale with all of it",
    "p95 of sales beside a long report, alone = 1",
    "p95 of sales beside 10 idle transactions, alone = 1",
    "p95 of sales beside a dump, alone = 1",
    "p95 of sales beside a migration, alone = 1",
    "p95 of sales beside the keeper, alone = 1",
    "sales a second, 2 tills at once",
    "longest wait, 2 tills at once",
    "scan to painted line, p99",
    "search per key, server answer, p99",
    "search per key, letter to painted list, p99",
    "start to first painted window",
    "memory of a till after 4 sales",
    "memory grown from sale 2 to 4",
    "inventory: filter key to painted rows, p99",
    "inventory: longest the window is busy while paging, p99",
    "inventory: memory of the window",
    "promotions, 60 lines, 300 live, 3000 items",
    "a scan into 60 lines, 300 promotions, 3000 items",
    "promotions, 60 lines, 300 live, 400 items",
    "a scan into 60 lines, 300 promotions, 400 items",
)


@pytest.mark.slow
def test_a_tiny_run_has_every_row_and_one_round_trip() -> None:
    report = measure(TINY, NAMES, lambda _line: None)
    rows = {row.name: row for row in report.rows}
    assert tuple(rows) == ROWS
    assert rows["round trips from tender to commit"].figure == 1
    assert report.counts_hold
    grown = rows.pop("memory grown from sale 2 to 4")
    assert abs(grown.figure) < 200
    assert all(row.figure > 0 for row in rows.values())
    found = json.loads(json.dumps(report.as_json()))
    assert found["machine"]["postgresql"]
    assert found["machine"]["fdatasync_ms"] > 0
    assert all(name in report.as_text() for name in ROWS)


def test_a_count_that_is_off_has_no_excuse_and_a_time_has() -> None:
    machine = {"cores": 2, "load_before": "0", "load_after": "0", "system": "x", "python": "3", "items": 1}
    machine |= {"postgresql": "18", "fdatasync_ms": 0.1}
    late = Report(machine, [Row("tender to commit", 26.0, "ms", 25)])
    assert late.counts_hold
    assert "MISSED" in late.as_text()
    twice = Report(machine, [Row("round trips", 2, "", 1, exact=True)])
    assert not twice.counts_hold
    few = Report(machine, [Row("share", 0.75, "", 0.75, more_is_better=True)])
    assert "met" in few.as_text()
    assert few.as_json()["rows"][0]["met"] is True


def test_percentiles_of_few_values() -> None:
    assert percentile([], 99) == 0
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(range(100), 99) == 99
