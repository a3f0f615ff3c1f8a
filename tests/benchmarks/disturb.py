"""What other work on the server costs a sale: waiting times alone and beside it, in turn, as ratios."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.database.dump import dump_database
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.services.keeper import Keeper, Post
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.report import Row, percentile, plain
from tests.benchmarks.sales import Sold
from tests.benchmarks.shop import MeasuredShop

FIRST_TILL = 181
IDLE = 10
AIM = 1.2
PASSWORD = "a report's secret"
REPORTER = "bench_report"

_REPORT = """
select c.name, date_trunc('hour', l.sold_at), count(*), sum(l.qty), sum(l.amount), avg(length(i.name))
  from pos.sale_line l join pos.item i on i.id = l.item_id join pos.category c on c.id = i.category_id
 group by 1, 2
union all
select c.name, null, count(*), sum(k.on_hand), sum(p.amount), avg(length(i.name))
  from pos.item i join pos.stock k on k.item_id = i.id join pos.price p on p.item_id = i.id
  join pos.category c on c.id = i.category_id
 group by 1 order by 1, 2
"""

Say = Callable[[str], None]
Disturbance = Callable[[], contextlib.AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class DisturbSize:
    """How many tills sell at what pace in all; how long a turn is, alone and beside, and how many there are.

    Many short turns: what else the machine does comes and goes, and meets both alike.
    """

    tills: int
    per_second: float
    seconds: float
    turns: int


def disturb_rows(shop: MeasuredShop, server: EmbeddedServer, size: DisturbSize, say: Say) -> list[Row]:
    """Waiting times from tender to commit beside each disturbance, over those just before it without one."""
    works = disturbances(shop, server)
    alone: dict[str, list[Sold]] = {name: [] for name in works}
    beside: dict[str, list[Sold]] = {name: [] for name in works}
    with Fleet(shop, range(FIRST_TILL, FIRST_TILL + size.tills)) as fleet:
        for name, work in works.items():
            for _ in range(size.turns):
                alone[name].append(fleet.sell(size.seconds, per_second=size.per_second))
                with work():
                    beside[name].append(fleet.sell(size.seconds, per_second=size.per_second))
            say(f"  {name}: p95 {_p95(alone[name]):.1f} ms alone, {_p95(beside[name]):.1f} ms beside")
    return [_row(name, alone[name], beside[name]) for name in works]


def _row(name: str, alone: list[Sold], beside: list[Sold]) -> Row:
    calm, busy = _p95(alone), _p95(beside)
    sales = sum(len(one.milliseconds) for one in beside)
    middle = _at(alone, 50), _at(beside, 50)
    note = f"p95 {plain(calm)} ms alone, {plain(busy)} ms beside; "
    note += f"p50 {plain(middle[0])} and {plain(middle[1])} ms; {sales:,} sales beside it"
    return Row(f"p95 of sales beside {name}, alone = 1", busy / calm if calm else 0.0, "", AIM, note=note)


def _p95(turns: list[Sold]) -> float:
    return _at(turns, 95)


def _at(turns: list[Sold], percent: float) -> float:
    return percentile([ms for one in turns for ms in one.milliseconds], percent)


def disturbances(shop: MeasuredShop, server: EmbeddedServer) -> dict[str, Disturbance]:
    """What else goes on at a shop's server, each as a context it goes on in."""
    with shop.owner() as owner:
        _make_reporter(owner)
    report_dsn = make_conninfo(shop.dsn, user=REPORTER, password=PASSWORD)
    folder = shop.folder / "disturbed"
    folder.mkdir(exist_ok=True)
    return {
        "a long report": lambda: _on(lambda over: _report(report_dsn, over)),
        f"{IDLE} idle transactions": lambda: _idle(shop.dsn),
        "a dump": lambda: _on(lambda over: _dump(server, shop.dsn, folder / "pos.dump", over)),
        "a migration": lambda: _on(lambda over: _migrate(shop.dsn, over)),
        "the keeper": lambda: _on(lambda over: Keeper(Post(shop.dsn, folder)).run(over)),
    }


@contextmanager
def _on(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """The work in a thread of its own for the length of the block; what it ran into is raised at the end."""
    over = threading.Event()
    trouble: list[Exception] = []

    def run() -> None:
        try:
            work(over)
        except Exception as problem:
            trouble.append(problem)

    thread = threading.Thread(target=run, name="disturbance")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if trouble:
        raise RuntimeError(f"the disturbance stopped: {trouble[0]}") from trouble[0]


def _report(dsn: str, over: threading.Event) -> None:
    """One report after the other over everything sold and all that is on the shelves."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not over.is_set():
            connection.execute(_REPORT).fetchall()


@contextmanager
def _idle(dsn: str) -> Iterator[None]:
    """Windows left open: transactions with a snapshot and locks on what they read, doing nothing."""
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE):
            connection = stack.enter_context(psycopg.connect(dsn))
            connection.execute("set idle_in_transaction_session_timeout = 0")
            connection.execute("select count(*) from pos.sale where document_id is null")
            connection.execute("select pg_current_xact_id()")
        yield


def _dump(server: EmbeddedServer, dsn: str, target: Path, over: threading.Event) -> None:
    while not over.is_set():
        dump_database(server.binaries, dsn, target)
        target.unlink()


def _migrate(dsn: str, over: threading.Event) -> None:
    """Every server function made anew, and a column put on a table every sale writes to, again and again."""
    plan = load_plan(paths.migrations_dir())
    while not over.is_set():
        with psycopg.connect(dsn, autocommit=True) as owner:
            owner.execute("update pos_meta.function_file set checksum = 'old'")
            migrate(dsn, plan)
            for change in ("add column bench int", "drop column bench"):
                _alter(owner, change)
        over.wait(1)


def _alter(owner: psycopg.Connection[Any], change: str) -> None:
    """As a step does it: give up soon and try again, so that no sale queues behind the wait for the table."""
    statement = f"alter table pos.sale_line {change}"
    while True:
        try:
            with owner.transaction():
                owner.execute("set local lock_timeout = '200ms'")
                owner.execute(statement.encode())
            return
        except psycopg.errors.LockNotAvailable:
            continue


def _make_reporter(owner: psycopg.Connection[Any]) -> None:
    role = sql.Identifier(REPORTER)
    if owner.execute("select 1 from pg_roles where rolname = %s", [REPORTER]).fetchone() is None:
        owner.execute(sql.SQL("create role {} login in role pos_report").format(role))
    owner.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(PASSWORD)))
