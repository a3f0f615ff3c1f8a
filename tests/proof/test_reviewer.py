"""What a hostile reviewer tries on the first day, where no other room of the tests does it already."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from PySide6.QtWidgets import QApplication

from pos_desktop import bootstrap, paths
from pos_desktop.config import PrinterSettings
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.services.link import SystemClock
from pos_desktop.services.results import Completed, TillStopped, ZReport
from tests.conftest import binaries_under_test
from tests.database.invariants import assert_sound
from tests.database.shop import CASHIER, PASSWORD, Shop, TillClient, line, make_shop
from tests.database.shop import MILK as MILK_ITEM
from tests.patience import wait_until
from tests.proof.cutter import Cutter
from tests.register.conftest import Counter, Till, sign_in
from tests.register.conftest import Shop as RegisterShop
from tests.services.tills import MILK, PINS, Shopfront, make_pinned_shop, ready, sell, settings_in
from tests.shop_database import ShopDatabase


@pytest.fixture
def front(database: ShopDatabase, tmp_path: Path) -> Shopfront:
    """A shop with people who have PINs."""
    return Shopfront(database, make_pinned_shop(database, stock=5000), tmp_path)


@pytest.fixture
def pool_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The connection pool says that it lost a server; nothing else is said, and nothing worse."""
    yield
    said = {(record.name, record.levelname) for record in caplog.records if record.levelno >= 30}
    assert said <= {("psycopg.pool", "WARNING")}


@contextmanager
def register(app: QApplication, front: Shopfront, dsn: str, printer: EmulatedPrinter) -> Iterator[Till]:
    """The register's window with its printer, on a ready sale."""
    paper = PrinterSettings("network", f"127.0.0.1:{printer.port}", 80, "CP858")
    settings = replace(settings_in(front.folder / "till 1"), printer=paper)
    counter = Counter(app, RegisterShop(front.database.owner_dsn, dsn), settings)
    try:
        till = counter.open(ready=False)
        sign_in(till, CASHIER, PINS[CASHIER])
        yield till
    finally:
        counter.close_all()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_the_cable_is_pulled_at_pay_twenty_times(front: Shopfront, app: QApplication) -> None:
    """Test 1: before the request or after it, each basket is one row, one answer, one first receipt and one
    opening of the drawer."""
    done: list[Completed] = []
    with Cutter(front.database.server.port) as cable, EmulatedPrinter() as printer:
        dsn = make_conninfo(front.dsn(), port=cable.port)
        with register(app, front, dsn, printer) as till:
            till.window.flows.paying.paid.connect(lambda completed, _tendering: done.append(completed))
            for number in range(20):
                till.scan(MILK)
                cable.cut = "before" if number % 2 else "after"
                till.stroke("F11")
                till.wait(lambda shown: shown["screen"] == "sale" and shown["lines"] == 0, 30_000)
                till.settle()
                assert printer.kicks == len(done) == number + 1
            assert cable.cuts == 20
            assert {one.replayed for one in done[::2]} == {True}
            assert {one.replayed for one in done[1::2]} == {False}
            services = till.services.till
            assert services.state().unprinted == ()
            assert {services.receipt_of(one.document.no).copy for one in done} == {1}
        papers = ["\n".join(paper.lines) for paper in printer.papers]
        assert (printer.kicks, printer.unfinished) == (20, ())
    assert len(papers) == len(set(papers)) == 20
    assert not [text for text in papers if "COPY" in text]
    assert len({one.document.id for one in done}) == 20
    assert front.database.query("select count(*), count(distinct sale_id) from pos.sale") == [(20, 20)]
    with front.database.connect() as owner:
        assert assert_sound(owner) == 21


TILLS, SALES = 20, 6


class Seller(threading.Thread):
    """A till that sells; when the server goes away it asks again with the same document until it answers."""

    def __init__(self, shop: Shop, server: EmbeddedServer, number: int) -> None:
        super().__init__(daemon=True)
        self.shop, self.server, self.number = shop, server, number
        self.sold = self.asked_again = 0
        self.trouble: BaseException | None = None

    def run(self) -> None:
        try:
            client = TillClient(self.shop, self.connect(), self.number)
            while client.no == 1:
                self.post(client, self.opening(client))
            for _ in range(SALES):
                self.post(client, client.sale([line(self.shop.items[MILK_ITEM])]))
                self.sold += 1
            client.connection.close()
        except BaseException as trouble:
            self.trouble = trouble

    def connect(self) -> Any:
        deadline = time.monotonic() + 60
        while True:
            try:
                dsn = self.server.dsn(user=self.shop.logins[self.number], password=PASSWORD)
                return psycopg.connect(dsn, autocommit=True)
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                threading.Event().wait(0.05)

    def opening(self, client: TillClient) -> dict[str, Any]:
        day = datetime.now(UTC).date().isoformat()
        fields = client.common("shift_open", drawer=self.number, float=0, business_date=day)
        return {**fields, "shift": fields["id"]}

    def post(self, client: TillClient, fields: dict[str, Any]) -> None:
        body, digest = client.freeze(fields)
        while True:
            try:
                answer = client.post_bytes(body, digest)
            except psycopg.OperationalError:
                self.asked_again += 1
                client.connection.close()
                client.connection = self.connect()
                continue
            assert answer.outcome in ("booked", "flagged"), answer
            if answer.replayed:  # it was booked; the answer had been lost
                client.no, client.head = client.no + 1, digest
                client.grand += fields.get("total", 0)
            if fields["kind"] == "shift_open":
                client.shift = fields["id"]
            return


def test_backends_and_the_server_are_killed_under_twenty_selling_tills(open_dir: Path) -> None:
    """Test 3: kill -9 of a backend (the whole server restarts), then of the postmaster; then every rule."""
    with EmbeddedServer(open_dir / "server", binaries_under_test(), durable=False) as server:
        migrate(server.dsn(), load_plan(paths.migrations_dir()))
        with psycopg.connect(server.dsn(), autocommit=True) as owner:
            shop = make_shop(owner, tills=TILLS, stock=5000)
        sellers = [Seller(shop, server, number) for number in range(1, TILLS + 1)]
        for seller in sellers:
            seller.start()

        def wait_for(sales: int) -> None:
            def sold() -> bool:
                assert not [s.trouble for s in sellers if s.trouble]
                return sum(seller.sold for seller in sellers) >= sales

            wait_until(sold)

        wait_for(TILLS)
        with psycopg.connect(server.dsn(), autocommit=True) as owner:
            killed = False
            while not killed:  # one that has just left by itself is no victim
                ((victim,),) = owner.execute(
                    "select pid from pg_stat_activity where usename like 'till%' order by state, pid limit 1"
                ).fetchall()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed = True
        wait_for(3 * TILLS)
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        server.stop()  # only lets go of it: nothing is left to stop
        server.start()
        for seller in sellers:
            seller.join(90)
            assert seller.trouble is None
            assert not seller.is_alive()
        assert sum(seller.asked_again for seller in sellers) > 0
        with psycopg.connect(server.dsn(), autocommit=True) as owner:
            assert assert_sound(owner) == TILLS * (SALES + 1)
            ((sold, left),) = owner.execute(
                "select (select count(*) from pos.sale), on_hand::int from pos.stock where item_id = %s and"
                " store_id = 1", [MILK_ITEM]
            ).fetchall()  # fmt: skip
            assert (sold, left) == (TILLS * SALES, 5000 - TILLS * SALES)


class WrongClock(SystemClock):
    """A machine whose clock is off."""

    wrong_by = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.wrong_by


CLOCKS = {
    "1999": timedelta(days=-9_800),
    "next year": timedelta(days=365),
    "an hour back": timedelta(hours=-1),
}


@pytest.mark.parametrize("clock", sorted(CLOCKS))
def test_a_day_by_a_wrong_clock_is_the_servers_day(
    front: Shopfront, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    """Test 9: the clock is off from the start, or goes back in the middle of the day as summer time ends."""
    monkeypatch.setattr(bootstrap, "SystemClock", WrongClock)
    monkeypatch.setattr(WrongClock, "wrong_by", timedelta(0) if clock == "an hour back" else CLOCKS[clock])
    app = front.open()
    try:
        till = ready(app.till)
        assert isinstance(sell(till, MILK), Completed)
        monkeypatch.setattr(WrongClock, "wrong_by", CLOCKS[clock])
        assert isinstance(sell(till, MILK), Completed)
        assert isinstance(till.close_shift({1000: 10, 100: 3, 10: 3}), ZReport)
    finally:
        app.close()
    (day, sales, total, over), *more = front.database.query(
        "select business_date = (now() at time zone 'Europe/London')::date, figures->'sales',"
        " figures->'sales_total', over_short from pos.shift"
    )
    assert (day, sales, total, over, more) == (True, 2, 330, 0, [])
    late = "select count(*) from pos.sale where sold_at not between now() - interval '5 minutes' and now()"
    assert front.database.query(late) == [(0,)]
    with front.database.connect() as owner:
        assert_sound(owner)


def test_a_tills_folder_copied_to_a_second_machine_and_both_started(front: Shopfront, tmp_path: Path) -> None:
    """Test 11: the first to sell goes on; the other is stopped at its first document, nothing is doubled."""
    app = front.open()
    assert isinstance(sell(ready(app.till), MILK), Completed)
    app.close()
    shutil.copytree(front.folder / "till 1", tmp_path / "second machine")
    one, other = front.open(), front.open(folder=tmp_path / "second machine")
    try:
        ready(one.till)
        ready(other.till)
        assert isinstance(sell(one.till, MILK), Completed)
        stopped = sell(other.till, MILK)
        assert isinstance(stopped, TillStopped)
        assert "Sell at another till" in stopped.reason.todo
        assert isinstance(sell(one.till, MILK), Completed)
        settled = other.till.settle()
        assert (settled.stopped is None, settled.done) == (False, ())
    finally:
        one.close()
        other.close()
    assert front.database.query("select count(*) from pos.sale") == [(3,)]
    kinds = [row[0] for row in front.database.query("select kind from pos.flag where alarm")]
    assert kinds == ["rejected_number"]


def take_all(dsn: str, taken: list[psycopg.Connection[Any]]) -> None:
    """Connect until the server has had enough."""
    for _ in range(100):
        taken.append(psycopg.connect(dsn, autocommit=True))


def test_a_till_that_is_in_sells_while_no_other_gets_a_connection(front: Shopfront) -> None:
    """Every connection taken: the tills have theirs, and who comes too late is told so in words."""
    report = front.database.add_login(f"report_{front.database.name}", "pos_report")
    app = front.open()
    taken: list[psycopg.Connection[Any]] = []
    try:
        till = ready(app.till)
        assert isinstance(sell(till, MILK), Completed)
        with front.database.connect() as owner:
            owner.execute(f"alter database {front.database.name} connection limit 12".encode())
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            take_all(report, taken)
        assert 4 < len(taken) < 12
        for _ in range(5):
            assert isinstance(sell(till, MILK), Completed)
    finally:
        for each in taken:
            each.close()
        app.close()
