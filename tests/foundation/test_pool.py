"""The two lanes against a real server: restarts, silence, locks and refusals."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.database.binaries import BinaryProvider
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.pool import Database
from pos_desktop.errors import Bug, EnvironmentProblem, PosError, UserError
from tests.conftest import binaries_under_test
from tests.patience import PATIENCE, wait_until
from tests.shop_database import ShopDatabase


class Proxy:
    """A TCP relay that can go silent: it accepts and acknowledges, and passes nothing on."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.silent = threading.Event()
        self.questions = 0
        self._stop = threading.Event()
        self._sockets: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ, None)
            while not self._stop.is_set():
                for key, _ in selector.select(timeout=0.05):
                    if key.data is None:
                        self._accept(selector)
                    else:
                        self._pass_on(selector, key.fileobj, key.data)  # type: ignore[arg-type]

    def _accept(self, selector: selectors.BaseSelector) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", self._target))
        self._sockets += [client, server]
        selector.register(client, selectors.EVENT_READ, ("question", server))
        selector.register(server, selectors.EVENT_READ, ("answer", client))

    def _pass_on(
        self, selector: selectors.BaseSelector, source: socket.socket, to: tuple[str, socket.socket]
    ) -> None:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        if not data:
            selector.unregister(source)
        if self.silent.is_set():
            return
        if data and to[0] == "question":
            self.questions += 1
        with contextlib.suppress(OSError):
            to[1].sendall(data) if data else to[1].shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        for one in [self._listener, *self._sockets]:
            one.close()


@pytest.fixture
def proxy(server: EmbeddedServer) -> Iterator[Proxy]:
    relay = Proxy(server.port)
    yield relay
    relay.close()


def through(proxy: Proxy, dsn: str) -> str:
    return make_conninfo(dsn, port=proxy.port)


def test_both_lanes_answer_and_say_who_they_are(empty_database: ShopDatabase) -> None:
    with Database(empty_database.owner_dsn) as database:
        for lane in (database.sale, database.lookups):
            with lane.connection() as connection:
                row = connection.execute("select current_setting('application_name')").fetchone()
            assert row == (f"pos_desktop {lane.name}",)


def test_a_busy_look_up_lane_leaves_the_sale_lane_free(empty_database: ShopDatabase) -> None:
    with Database(empty_database.owner_dsn, max_size=1) as database, database.lookups.connection():
        with database.sale.connection() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        with pytest.raises(EnvironmentProblem), database.lookups.connection(deadline=0.2):
            pass


def test_a_call_is_one_question_on_the_wire(empty_database: ShopDatabase, proxy: Proxy) -> None:
    with Database(through(proxy, empty_database.owner_dsn), max_size=1) as database:
        with database.lookups.connection():
            pass  # its login goes through the same proxy, and no lane makes a second one
        for call in range(12):
            with database.sale.connection() as connection:
                if call == 0:
                    connection.execute("select 1")
                before = proxy.questions
                connection.execute("select %s::text", ["a document"])
            assert proxy.questions - before == 1


@pytest.mark.expects_log
def test_silence_ends_at_the_deadline_by_the_wall_clock(empty_database: ShopDatabase, proxy: Proxy) -> None:
    with Database(through(proxy, empty_database.owner_dsn)) as database:
        with database.sale.connection() as connection:
            connection.execute("select 1")
        proxy.silent.set()
        started = time.monotonic()
        silence = database.sale.connection(deadline=0.5)
        with pytest.raises(EnvironmentProblem) as caught, silence as connection:
            connection.execute("select 1")
        assert 0.4 < time.monotonic() - started < PATIENCE / 2
        assert caught.value.code == "server.no_answer"
        proxy.silent.clear()
        with database.sale.connection(deadline=8) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.expects_log
def test_a_call_cut_at_its_deadline_is_cancelled_on_the_server(empty_database: ShopDatabase) -> None:
    with Database(empty_database.owner_dsn) as database:
        with pytest.raises(EnvironmentProblem), database.lookups.connection(deadline=0.3) as connection:
            connection.execute("select pg_sleep(600)")
        question = (
            "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'"
        )
        wait_until(lambda: empty_database.query(question) == [(0,)], "the server still works for nobody")


def test_finished_work_is_never_cut(empty_database: ShopDatabase) -> None:
    """The watchdog forgets a call that is done: its connection goes on to the next."""
    with Database(empty_database.owner_dsn, max_size=1) as database:
        pids = set()
        ends, rest = time.monotonic() + 2.5, threading.Event()
        while time.monotonic() < ends:
            with database.sale.connection(deadline=2.0) as connection:
                pids.add(connection.info.backend_pid)
                connection.execute("select 1")
            rest.wait(0.05)
        assert len(pids) == 1


@pytest.mark.expects_log
def test_the_first_call_after_a_server_restart_goes_through(open_dir: Path) -> None:
    provider: BinaryProvider = binaries_under_test()
    server = EmbeddedServer(open_dir / "server", provider, durable=False)
    with server, Database(server.dsn()) as database:
        for lane in (database.sale, database.lookups):
            with lane.connection() as connection:
                connection.execute("select 1")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        with EmbeddedServer(open_dir / "server", provider, durable=False) as again:
            assert again.port == server.port
            for lane in (database.sale, database.lookups):
                with lane.connection() as connection:
                    assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.expects_log
def test_a_server_that_is_away_is_the_worlds_fault_and_worth_a_retry(server: EmbeddedServer) -> None:
    with Database(make_conninfo(server.dsn(), port=1), deadline=0.5) as database:
        with pytest.raises(EnvironmentProblem) as caught, database.sale.connection():
            pass
        assert caught.value.code == "server.unreachable"
        assert caught.value.retryable


def trouble(database: ShopDatabase, statement: str, *, before: str = "") -> PosError:
    try:
        with Database(database.owner_dsn) as pool, pool.sale.connection() as connection:
            if before:
                connection.execute(before.encode())
            connection.execute(statement.encode())
    except PosError as found:
        return found
    pytest.fail(f"{statement} went through")


def test_a_row_somebody_holds_is_a_busy_server(empty_database: ShopDatabase) -> None:
    with empty_database.connect() as holder:
        holder.execute("create table a_row (id int)")
        holder.execute("insert into a_row values (1)")
        with holder.transaction():
            holder.execute("select * from a_row for update")
            found = trouble(
                empty_database, "select * from a_row for update", before="set lock_timeout = '50ms'"
            )
    assert isinstance(found, EnvironmentProblem)
    assert found.code == "server.busy"


@pytest.mark.parametrize(
    ("statement", "kind", "code"),
    [
        ("select 1/0", Bug, "bug"),
        ("select * from nowhere", UserError, "server.old_schema"),
        ("insert into kind values (1), (1)", UserError, "row.exists"),
        ("insert into kind values (-1)", UserError, "row.refused"),
        ("insert into kind values (null)", UserError, "row.refused"),
        ("set transaction_read_only = on; create table x (id int)", EnvironmentProblem, "server.read_only"),
        ("do $$ begin raise sqlstate '53100'; end $$", EnvironmentProblem, "server.full"),
        ("do $$ begin raise sqlstate '40P01'; end $$", EnvironmentProblem, "server.busy"),
        ("do $$ begin raise sqlstate '53300'; end $$", EnvironmentProblem, "server.crowded"),
    ],
)
def test_each_state_of_the_server_has_its_kind(
    empty_database: ShopDatabase, statement: str, kind: type[PosError], code: str
) -> None:
    with empty_database.connect() as owner:
        owner.execute("create table kind (id int primary key check (id > 0))")
    found = trouble(empty_database, statement)
    assert type(found) is kind
    assert found.code == code
    assert isinstance(found.__cause__, psycopg.Error)


def test_what_a_login_may_not_do_is_said(empty_database: ShopDatabase) -> None:
    dsn = empty_database.add_login("test_stranger")
    with empty_database.connect() as owner:
        owner.execute("create table secret (id int)")
    with Database(dsn) as pool, pytest.raises(UserError) as caught, pool.lookups.connection() as connection:
        connection.execute("select * from secret")
    assert caught.value.code == "server.not_allowed"


def test_a_till_gives_up_on_a_vanished_machine_within_seconds(empty_database: ShopDatabase) -> None:
    with Database(empty_database.owner_dsn) as database, database.sale.connection() as connection:
        options = conninfo_to_dict(connection.info.dsn)
    assert options["connect_timeout"] == "5"  # the DSN's own choice stands
    assert options["tcp_user_timeout"] == "5000"
    assert options["keepalives_idle"] == "5"
