"""``pos-desktop status``: what it tells of a shop's server is what stands there."""

from __future__ import annotations

import json

import psycopg
import pytest

from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.status import server_status
from tests.database.conftest import World
from tests.database.racing import beside, wait_until_blocked
from tests.keeper.watching import Kept


def status_of(world: World, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    """The command's code and its JSON."""
    code = world.database.as_owner("status", "--json")
    return code, json.loads(capsys.readouterr().out)


def test_a_till_is_told_with_what_it_waits_for(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    till = world.till(1)
    till.connection.execute("select api.seen(3, 40, 2500, '1.0')")
    code, found = status_of(world, capsys)
    assert code == 0
    tills = {row["number"]: row for row in found["tills"] if row["store"] == 1}  # type: ignore[attr-defined]
    assert tills[1]["shift_open"]
    assert (tills[1]["pending"], tills[1]["offset_ms"]) == (3, 2500)
    assert 40 <= tills[1]["pending_seconds"] < 100
    assert tills[1]["seen_seconds"] < 60
    assert not tills[2]["shift_open"]
    assert found["database_bytes"] > 1_000_000  # type: ignore[operator]
    groups = dict(found["by_login_group"])  # type: ignore[call-overload]
    assert groups["pos_till"] == 1
    world.database.as_owner("status")
    words = capsys.readouterr().out
    assert "3 documents without an answer, the oldest for 4" in words
    assert "its clock is off by 2.5 s" in words
    assert "1 till" in words


def test_who_waits_for_whom_is_told(world: World) -> None:
    """A till holds its own row; its twin session waits for it."""
    first, second = world.connect(1), world.connect(2)
    with world.owner.transaction():
        world.owner.execute("select from pos.till where number = 1 for update")
        pid = first.info.backend_pid
        future, pool = beside(lambda: first.execute("select api.post_document('{}', '')").fetchone())
        with world.database.connect() as looker:
            wait_until_blocked(looker, pid)
            found = server_status(looker)
    future.result()
    pool.shutdown()
    second.close()
    assert [wait.login for wait in found.waits] == [world.shop.logins[1]]
    assert found.waits[0].held_by == (world.owner.info.user,)
    assert found.oldest_transaction >= 0


def test_an_open_alarm_ends_with_one(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.owner.execute(
        "insert into pos.alert (kind, severity, subject) values ('disk_full', 'alarm', '/data')"
    )
    code, found = status_of(world, capsys)
    assert code == 1
    assert found["alerts"] == [["disk_full", "alarm", "/data"]]


def test_slow_statements_are_told_without_what_they_were_asked_for(
    installed: EmbeddedServer, outside: Kept
) -> None:
    """On the distribution's server; a statement that could name a password is never shown."""
    with outside.database.connect() as owner:
        assert "pg_stat_statements" in owner.execute("show shared_preload_libraries").fetchall()[0][0]
        owner.execute("create extension if not exists pg_stat_statements")
        owner.execute("select count(*) from pos.item where name = 'a customer of ours'")
        owner.execute("create role spare_login login password 'never to be seen'")
        owner.execute("drop role spare_login")
        found = server_status(owner)
    assert found.statements is not None
    told = " | ".join(one.text for one in found.statements)
    assert "pos.item where name = $1" in told or len(found.statements) == 10
    assert "never to be seen" not in told
    assert "a customer of ours" not in told
    assert found.archive_waits is not None


def test_it_needs_to_be_allowed_to_look(world: World) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        server_status(world.connect(1))
