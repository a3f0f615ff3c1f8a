"""Fixtures of the keeper's tests: a small shop, and a keeper beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.database.binaries import InstalledBinaries
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from tests.database.conftest import World, mould, world, world_of
from tests.keeper.watching import Kept
from tests.rules.test_migrations import installed_servers
from tests.shop_database import TEMPLATE, ShopDatabase, create_database, drop_database

__all__ = ["mould", "world", "world_of"]


@pytest.fixture
def kept(world: World, tmp_path: Path) -> Kept:
    """The usual shop with a keeper."""
    return Kept.of(world.database, tmp_path)


@pytest.fixture(scope="session")
def installed(server_tmp: Path) -> Iterator[EmbeddedServer]:
    """The distribution's PostgreSQL, safe as a shop's server is, with an archive to set up."""
    binaries = InstalledBinaries(installed_servers()[0])
    with EmbeddedServer(server_tmp / "watched", binaries) as server:
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
            owner.execute(f"create database {TEMPLATE}")
            owner.execute("alter system set archive_mode = on")
            owner.execute("alter system set archive_command = 'true'")
            owner.execute("alter system set max_prepared_transactions = 2")
            owner.execute("alter system set listen_addresses = '*'")
        with (server.data / "pg_hba.conf").open("a", encoding="utf-8") as access:
            access.write("host all all 10.0.0.0/8 scram-sha-256\n")  # cables of tests, in namespaces
        server.stop()
        server.start()
        migrate(server.dsn(TEMPLATE), load_plan(paths.migrations_dir()))
        yield server
        server.remove()


@pytest.fixture
def abroad(installed: EmbeddedServer) -> Iterator[ShopDatabase]:
    """A database of the test's own on that server."""
    database = create_database(installed, TEMPLATE)
    yield database
    drop_database(database)


@pytest.fixture
def outside(abroad: ShopDatabase, tmp_path: Path) -> Kept:
    """A shop without a till on that server, and its keeper."""
    return Kept.of(abroad, tmp_path)
