"""The server of a one-till shop: found for the till, and started again when it dies in use."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from pos_desktop.cli.own_server import own_server, own_till_dsn
from pos_desktop.config import load_settings
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.errors import UserError
from tests.patience import wait_until


def answers(dsn: str) -> bool:
    try:
        with psycopg.connect(dsn, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def kept_since(dsn: str, at: datetime) -> bool:
    """Whether the keeper has been at work since."""
    with psycopg.connect(dsn) as connection:
        return (
            connection.execute("select 1 from pos.keeper_beat where seen_at > %s", [at]).fetchone()
            is not None
        )


@pytest.mark.expects_log
def test_a_server_killed_in_use_is_started_again_by_itself(open_dir: Path) -> None:
    with own_server(load_settings(open_dir, {})) as server:
        first, dsn = server.pid, server.dsn()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: server.pid not in (None, first) and answers(dsn), "the server did not come back")
        back = datetime.now(UTC)
        wait_until(lambda: kept_since(dsn, back), "the keeper did not come back")
    assert not server.running()


def test_a_till_without_a_login_is_told_how_to_get_one(open_dir: Path) -> None:
    settings = load_settings(open_dir, {})
    with pytest.raises(UserError) as problem:
        own_till_dsn(settings, EmbeddedServer(open_dir / "server"))
    assert "pos-desktop till enroll" in problem.value.text()
    assert str(settings.file) in problem.value.text()
