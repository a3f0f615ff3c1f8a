"""Sessions that break the rules are ended, whatever they set for themselves; the others are left alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from pos_desktop.database import keeper_alerts
from pos_desktop.database import manager as manager_rows
from tests.database.conftest import World
from tests.database.racing import beside
from tests.database.shop import MILK, line
from tests.keeper.watching import Kept, at_work
from tests.patience import PATIENCE, wait_until

SECRET = "a manager's secret"
ENDED = (psycopg.errors.AdminShutdown, psycopg.OperationalError)


@contextmanager
def guarded(kept: Kept) -> Iterator[None]:
    """A keeper at work beside the test, with short limits for tills."""
    kept.rule("pos_till", idle=0.6, transaction=1.5, query=1)
    with at_work(kept):
        yield


def thief(world: World) -> Any:
    """A till's login that has taken every limit of its own away."""
    connection = world.connect(1)
    for name in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        connection.execute(f"set {name} = 0".encode())
    return connection


def a_query_without_end(connection: Any) -> None:
    connection.execute(
        "select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000000000) b"
    )


def idle(connection: Any) -> None:
    """Hold a transaction open and do nothing in it; then find out that it is over."""
    connection.execute("begin")
    connection.execute("select 1")
    wait_until(lambda: not _alive(connection))
    connection.execute("select 1")


def busy(connection: Any) -> None:
    """Keep a transaction open, but never idle for long and never long at one query."""
    connection.execute("begin")
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        connection.execute("select pg_sleep(0.1)")


def _alive(connection: Any) -> bool:
    with psycopg.connect(connection.info.dsn, password=connection.info.password) as other:
        row = other.execute(
            "select count(*) from pg_stat_activity where pid = %s", [connection.info.backend_pid]
        ).fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize(
    ("deed", "rule"), [(a_query_without_end, "query"), (idle, "idle"), (busy, "transaction")]
)
def test_a_till_without_limits_is_ended(
    world: World, kept: Kept, deed: Callable[[Any], None], rule: str
) -> None:
    till = world.till(2)
    with guarded(kept):
        with pytest.raises(ENDED):
            deed(thief(world))
        wait_until(lambda: kept.alerts("session_ended"))
        ((subject, _, detail),) = kept.alerts("session_ended")
        assert (subject, detail["rule"]) == (world.shop.logins[1], rule)
        assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked", "others sell on"


def test_a_lock_it_held_is_free_for_the_others(world: World, kept: Kept) -> None:
    """What the sale never does: a till's login that posts in a transaction and leaves it open."""
    victim, till = thief(world), world.till(2)
    first = world.till(1)
    first.connection = victim
    with guarded(kept):
        victim.execute("begin")
        assert first.post(first.sale([line(world.shop.items[MILK])])).outcome == "booked"
        started = time.monotonic()
        assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
        assert time.monotonic() - started < 8
    assert victim.closed or not _alive(victim)


def test_managers_have_their_own_limits(world: World, kept: Kept) -> None:
    login = f"mgr_{world.database.name}"
    manager_rows.add_manager(world.owner, login, "Mo", SECRET, [1])
    world.database.logins.append(login)
    kept.rule("pos_manager", idle=30, transaction=30, query=0.5)
    with guarded(kept), world.database.connect(login, SECRET) as manager:
        manager.execute("set statement_timeout = 0")
        with pytest.raises(ENDED):
            a_query_without_end(manager)
    with world.database.connect(login, SECRET) as manager:
        (alert,) = [a for a in keeper_alerts.alerts(manager, 1) if a.kind == "session_ended"]
        assert (alert.subject, alert.times) == (login, 1)
        assert keeper_alerts.alert_seen(manager, alert.id)
        assert [a for a in keeper_alerts.alerts(manager, 1) if a.kind == "session_ended"] == []


def test_the_same_login_again_is_counted_and_not_listed_twice(world: World, kept: Kept) -> None:
    kept.rule("pos_till", query=0.3)
    for _ in range(2):
        connection = thief(world)
        future, pool = beside(lambda c=connection: a_query_without_end(c))  # type: ignore[misc]
        wait_until(lambda f=future: kept.round() or f.done())  # type: ignore[misc]
        with pytest.raises(ENDED):
            future.result()
        pool.shutdown()
    assert world.query("select count(*), max(times) from pos.alert where kind = 'session_ended'") == [(1, 2)]


def test_nobody_within_the_rules_is_ended(world: World, kept: Kept) -> None:
    till = world.till(1)
    pid = till.connection.info.backend_pid
    with till.connection.transaction():
        till.connection.execute("select 1")
        kept.round()
        kept.round()
    assert till.connection.info.backend_pid == pid
    assert kept.alerts("session_ended") == []
