"""The till of the version before: against the new schema, under a migration, and its journal taken over."""

from __future__ import annotations

import gzip
import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from pos_desktop import paths
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.domain.cash_documents import shift_open_document
from pos_desktop.domain.document import Position, Stamp, build, genesis
from pos_desktop.journal import tables
from pos_desktop.journal.store import APPLICATION_ID
from pos_desktop.services.link import SystemClock
from pos_desktop.services.results import Completed
from tests.database.invariants import assert_sound
from tests.database.shop import TillClient
from tests.database.test_db_schema import DUMPS, continue_till, restore
from tests.patience import wait_until
from tests.services.tills import Shopfront, make_pinned_shop, ready
from tests.shop_database import ShopDatabase

RELEASED = DUMPS / "0005.sql.gz"


class OldTill:
    """What the released program of step 5 says to its server, call by call, as it stood in its source."""

    def __init__(self, database: ShopDatabase) -> None:
        with database.connect() as owner:
            self.client: TillClient = continue_till(database, owner)
        self.longest = 0.0

    def call(self, statement: str, *values: Any) -> Any:
        """One value."""
        row = self.client.connection.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def post(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Its one way into the books, repeated while the server is busy; what it waited is kept."""
        body, digest = self.client.freeze(fields)
        started = time.monotonic()
        while True:
            try:
                answer: dict[str, Any] = self.call("select api.post_document(%s, %b)", body.decode(), digest)
                break
            except psycopg.errors.LockNotAvailable:
                continue
        self.longest = max(self.longest, time.monotonic() - started)
        assert set(answer) >= {"outcome", "flags", "no", "head", "server_at", "replayed"}
        if answer["outcome"] in ("booked", "flagged", "refused"):
            self.client.no, self.client.head = self.client.no + 1, digest
        return answer


@pytest.fixture
def released(empty_database: ShopDatabase) -> ShopDatabase:
    """The shop as the released version left it, with its tables and functions."""
    restore(empty_database, gzip.decompress(RELEASED.read_bytes()).decode())
    return empty_database


def test_the_calls_of_the_version_before_are_understood(released: ShopDatabase) -> None:
    """Test 14: it would not start a basket (it checks the schema itself); were it to, it is served right."""
    assert migrate(released.owner_dsn, load_plan(paths.migrations_dir())).version > 5
    till = OldTill(released)
    try:
        hello = till.call("select api.hello(%s, %s)", "0.1.0", till.client.epoch)
        assert hello["schema"] > 5
        assert hello["till"]["next_no"] == till.client.no
        assert till.call("select api.find_item(%s)", "05010012345678")["price"] == 165
        assert till.call("select api.search_items(%s, %s)", "milk", 5)[0]["id"] == 1
        basket = {"sale": "01a20000-0000-7000-8000-000000000001", "lines": []}
        assert till.call("select api.check_basket(%s)", Jsonb(basket))["ok"] == 1
        assert till.post(till.client.common("no_sale", reason="change"))["outcome"] in ("booked", "flagged")
        assert till.post(till.client.common("no_sale"))["reason"] == "reason"
        assert till.call("select api.document(%s)", till.client.no - 1)["outcome"] == "refused"
        assert till.call("select api.shift_report(%s)", till.client.shift)["no_sales"] == 1
        assert till.call("select api.changes_since(%s)", 0)["last"] >= 0
    finally:
        till.client.connection.close()
    with released.connect() as owner:
        assert_sound(owner)


def test_a_till_of_the_version_before_sells_while_the_schema_is_brought_up(released: ShopDatabase) -> None:
    """Test 14: every document of it is in the books, and none waited longer than a till waits."""
    till = OldTill(released)
    over, posted, trouble = threading.Event(), [0], []

    def sell() -> None:
        try:
            while not over.is_set() or posted[0] < 20:
                assert till.post(till.client.common("no_sale", reason="change"))["outcome"] != "rejected"
                posted[0] += 1
        except BaseException as problem:
            trouble.append(problem)

    seller = threading.Thread(target=sell)
    before = released.query("select count(*) from pos.document")[0][0]
    seller.start()
    try:
        wait_until(lambda: posted[0] >= 5 or trouble)
        report = migrate(released.owner_dsn, load_plan(paths.migrations_dir()))
    finally:
        over.set()
        seller.join(60)
    till.client.connection.close()
    assert trouble == []
    assert len(report.steps) >= 1
    assert till.longest < 8
    with released.connect() as owner:
        assert assert_sound(owner) == before + posted[0]


def old_journal(path: Path, count: int) -> None:
    """A journal in the form of the version before, with documents nobody has answered."""
    path.parent.mkdir(parents=True)
    schema = tables.SCHEMA.replace(tables.UPGRADES[1], "")
    assert schema != tables.SCHEMA
    clock, head, shift = SystemClock(), genesis(1, 1, 1), ""
    db = sqlite3.connect(path)
    db.executescript(f"{schema};PRAGMA application_id={APPLICATION_ID};PRAGMA user_version=1")
    db.execute("INSERT INTO owner VALUES (1, 1)")
    for no in range(1, count + 1):
        id_ = clock.new_id()
        shift = shift or id_
        stamp, position = Stamp(1, 1, id_, clock.now(), 0, shift, 1001), Position(1, no, head, 0)
        if no == 1:
            day = clock.now().date().isoformat()
            made = shift_open_document(
                stamp, position, drawer=1, business_date=day, float_amount=0, counts=()
            )
        else:
            made = build("no_sale", stamp, position, {"reason": "change"})
        head = made.hash
        db.execute(
            "INSERT INTO intent (id, epoch, no, kind, sale, body, hash) VALUES (?,?,?,?,?,?,?)",
            (made.id, 1, no, made.kind, json.loads(made.body).get("sale"), made.body, made.hash),
        )
    db.commit()
    db.close()


def test_a_till_brought_up_with_ten_documents_unposted_loses_none(
    database: ShopDatabase, tmp_path: Path
) -> None:
    front = Shopfront(database, make_pinned_shop(database), tmp_path)
    old_journal(front.folder / "till 1" / "journal" / "journal.db", 10)
    app = front.open()
    try:
        settled = app.till.recover().settled
        assert [isinstance(done, Completed) for done in settled.done] == [True] * 10
        assert database.query("select count(*), max(no) from pos.document") == [(10, 10)]
        assert isinstance(ready(app.till).no_sale("change"), Completed)
    finally:
        app.close()
    with database.connect() as owner:
        assert assert_sound(owner) == 11
