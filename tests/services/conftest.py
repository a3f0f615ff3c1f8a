"""A real shop and a real till for the tests of the services."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.services.till import TillServices
from tests.conftest import binaries_under_test
from tests.database.furnished import Mould, furnish, move_in
from tests.services.cable import Wired, wired_tills
from tests.services.tills import Shopfront, make_pinned_shop, ready
from tests.shop_database import TEMPLATE, ShopDatabase, create_database


@pytest.fixture(scope="session")
def pinned(server: EmbeddedServer, template: str) -> Mould:
    """A database with a shop whose people have PINs, made once a session."""
    return furnish(server, template, lambda database: make_pinned_shop(database, stock=5000))


@pytest.fixture
def mould(request: pytest.FixtureRequest, template: str) -> Mould:
    """With that shop in it for the tests that ask for its front."""
    if "front" not in request.fixturenames:
        return Mould(template)
    with_pins: Mould = request.getfixturevalue("pinned")
    return with_pins


@pytest.fixture
def front(database: ShopDatabase, mould: Mould, tmp_path: Path) -> Shopfront:
    """A shop with people who have PINs, and room for its tills."""
    with database.connect() as owner:
        return Shopfront(database, move_in(database, owner, mould), tmp_path)


@pytest.fixture
def till(front: Shopfront) -> Iterator[TillServices]:
    """Till 1, signed in, with an open shift."""
    app = front.open()
    try:
        yield ready(app.till)
    finally:
        app.close()


@pytest.fixture
def wired(front: Shopfront, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """Tills that may sell alone."""
    with wired_tills(front, monkeypatch) as tills:
        tills.allow()
        yield tills


@pytest.fixture(scope="module")
def mortal(open_tmp: Path) -> Iterator[EmbeddedServer]:
    """A server of this module's own, to be killed, in a folder no other module's server has used."""
    place = Path(tempfile.mkdtemp(prefix="mortal-", dir=open_tmp))
    place.chmod(0o711)
    with EmbeddedServer(place / "server", binaries_under_test(), durable=False) as running:
        with psycopg.connect(running.dsn("postgres"), autocommit=True) as owner:
            owner.execute(f"create database {TEMPLATE}")
        migrate(running.dsn(TEMPLATE), load_plan(paths.migrations_dir()))
        yield running


@pytest.fixture
def shaky(mortal: EmbeddedServer, tmp_path: Path) -> Shopfront:
    """A shop on the server that will die."""
    database = create_database(mortal, TEMPLATE)
    return Shopfront(database, make_pinned_shop(database), tmp_path)


@pytest.fixture
def pool_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The connection pool says that it lost a server; nothing else is said, and nothing worse."""
    yield
    said = {(record.name, record.levelname) for record in caplog.records if record.levelno >= logging.WARNING}
    assert said <= {("psycopg.pool", "WARNING")}
