"""The books on the oldest PostgreSQL we support, Debian's own: posting, racing and verifying."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.database.binaries import InstalledBinaries
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from tests.database.conftest import World
from tests.database.furnished import Mould, furnish, usual_shop
from tests.database.test_db_catalogue import (
    test_changes_are_numbered_in_commit_order_and_hinted,
    test_items_are_found_by_code_words_and_id,
)
from tests.database.test_db_races import (
    test_a_replay_waits_for_the_still_running_original,
    test_fifty_replays_make_one_row,
    test_last_unit_set_to_refuse_is_sold_once_and_refused_before_money,
    test_ordinary_last_unit_is_sold_twenty_times_and_flagged,
    test_same_id_with_another_body_is_refused_and_reported,
)
from tests.database.test_db_till import (
    test_a_basket_with_numbers_beyond_sense_is_refused,
    test_a_held_sale_goes_to_the_first_till_that_asks,
    test_tax_follows_the_date_and_a_moved_rate_sends_the_basket_back,
    test_what_is_no_document_is_rejected_and_never_raises,
)
from tests.database.test_db_twin import test_server_and_twin_answer_alike
from tests.database.test_db_verify import test_a_days_books_are_in_order
from tests.shop_database import TEMPLATE

INSTALLED = Path("/usr/lib/postgresql")

# Collected here a second time, with the server of this module in place of the session's.
__all__ = [
    "test_a_basket_with_numbers_beyond_sense_is_refused",
    "test_a_days_books_are_in_order",
    "test_a_held_sale_goes_to_the_first_till_that_asks",
    "test_a_replay_waits_for_the_still_running_original",
    "test_changes_are_numbered_in_commit_order_and_hinted",
    "test_fifty_replays_make_one_row",
    "test_items_are_found_by_code_words_and_id",
    "test_last_unit_set_to_refuse_is_sold_once_and_refused_before_money",
    "test_ordinary_last_unit_is_sold_twenty_times_and_flagged",
    "test_same_id_with_another_body_is_refused_and_reported",
    "test_server_and_twin_answer_alike",
    "test_tax_follows_the_date_and_a_moved_rate_sends_the_basket_back",
    "test_what_is_no_document_is_rejected_and_never_raises",
]


def oldest() -> Path:
    """The programs of the oldest installed server; `./run test` installs the distribution's."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, f"no PostgreSQL is installed under {INSTALLED}: ./run test installs one with apt"
    return found[0].parent


@pytest.fixture(scope="module")
def server(open_tmp: Path) -> Iterator[EmbeddedServer]:
    """The distribution's PostgreSQL in place of the wheel's."""
    with EmbeddedServer(open_tmp / "oldest", InstalledBinaries(oldest()), durable=False) as running:
        yield running


@pytest.fixture(scope="module")
def template(server: EmbeddedServer) -> str:
    """The program's whole schema on that server."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"create database {TEMPLATE}")
    migrate(server.dsn(TEMPLATE), load_plan(paths.migrations_dir()))
    return TEMPLATE


@pytest.fixture(scope="module")
def furnished(server: EmbeddedServer, template: str) -> Mould:
    """The usual shop on that server."""
    return furnish(server, template, usual_shop)


def test_the_server_here_is_the_distributions(world: World) -> None:
    """Else everything below would only say again what the wheel's server can do."""
    major = int(world.one("show server_version_num")) // 10_000
    assert major == int(oldest().parts[-2])
