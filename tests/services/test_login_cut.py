"""A line or a server that ends in the middle of a login is no refusal, and a refusal is not for ever."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.bootstrap import AppServices, open_till
from pos_desktop.database import till as till_rows
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.login_answer import ACCEPTED, OTHER_METHOD, Login, login_answer
from pos_desktop.database.probe import try_login
from pos_desktop.errors import EnvironmentProblem, PosError
from pos_desktop.services.problems import SHUT_OUT
from pos_desktop.services.results import Completed, TillStopped, Unconfirmed
from pos_desktop.services.returning import KNOCK_EVERY
from tests.database.shop import PASSWORD
from tests.patience import wait_until
from tests.services.tills import MILK, Shopfront, cash, ready, scanned, sell, settings_in

SASL, CLEARTEXT = b"\x00\x00\x00\x0aSCRAM-SHA-256\0\0", b"\x00\x00\x00\x03"


def framed(kind: bytes, body: bytes) -> bytes:
    """A message of the server."""
    return kind + struct.pack("!i", len(body) + 4) + body


def says(state: str, severity: str, words: str) -> bytes:
    """An ErrorResponse."""
    fields = {"S": severity, "V": "FATAL", "C": state, "M": words}
    return framed(b"E", b"".join(f"{key}{text}\0".encode() for key, text in fields.items()) + b"\0")


class Doorkeeper:
    """Listens where a server is expected; ``meet`` is called with each connection, in a thread of its own."""

    def __init__(self, meet: Callable[[socket.socket], None]) -> None:
        self._meet = meet
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._welcome, args=[self._socket.accept()[0]], daemon=True).start()

    def _welcome(self, guest: socket.socket) -> None:
        with guest, contextlib.suppress(OSError):
            self._meet(guest)

    def close(self) -> None:
        """Listen no more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def asks(method: bytes, then: bytes) -> Callable[[socket.socket], None]:
    """A server that asks for the password by ``method``, says ``then`` to the first answer, and is gone."""

    def meet(guest: socket.socket) -> None:
        while guest.recv(1000)[4:8] in (struct.pack("!i", 80877103), struct.pack("!i", 80877104)):
            guest.sendall(b"N")
        guest.sendall(framed(b"R", method))
        guest.recv(1000)
        guest.sendall(then)

    return meet


@pytest.mark.parametrize(
    ("method", "then", "code"),
    [
        (SASL, b"", "server.unreachable"),
        (CLEARTEXT, b"", "server.unreachable"),
        (SASL, says("28P01", "FATAL", "password authentication failed"), "server.login_refused"),
        (SASL, says("28P01", "致命错误", "用户 Password 认证失败"), "server.login_refused"),
        (SASL, says("28000", "FATAL", "role is not permitted to log in"), "server.login_refused"),
        (CLEARTEXT, says("28P01", "ВАЖНО", "пользователь не прошёл проверку"), "server.login_refused"),
        (SASL, says("53300", "FATAL", "too many connections for role"), "server.crowded"),
        (SASL, says("57P01", "FATAL", "terminating connection"), "server.unreachable"),
        (SASL, says("57P03", "FATAL", "the database system is shutting down"), "server.unreachable"),
        (SASL, says("3D000", "FATAL", "database does not exist"), "server.no_database"),
    ],
)
def test_only_the_servers_own_word_is_a_refusal(method: bytes, then: bytes, code: str) -> None:
    door = Doorkeeper(asks(method, then))
    try:
        with pytest.raises(PosError) as trouble:
            try_login(
                f"host=127.0.0.1 port={door.port} user=till password=secret dbname=pos gssencmode=disable"
            )
    finally:
        door.close()
    assert trouble.value.code == code


def test_the_real_server_gives_each_login_its_answer(front: Shopfront) -> None:
    database, user = front.database, front.shop.logins[1]

    def answer(password: str = PASSWORD, name: str = database.name, sslmode: str = "prefer") -> str | None:
        port = database.server.port
        return login_answer(Login("127.0.0.1", "127.0.0.1", port, user, password, name, sslmode))

    assert answer() == answer(sslmode="disable") == ACCEPTED
    assert answer(sslmode="require") is None, "this server has no TLS, and nothing is said without"
    assert answer(password="another") == "28P01"
    assert answer(name="no_such_database") == "3D000"
    with database.connect() as owner:
        role = sql.Identifier(user)
        owner.execute(sql.SQL("alter role {} connection limit 0").format(role))
        assert answer() == "53300"
        owner.execute(sql.SQL("alter role {} nologin").format(role))
        assert answer() == "28000"
        owner.execute(sql.SQL("alter role {} login connection limit 8").format(role))
    assert answer() == ACCEPTED
    door = Doorkeeper(asks(CLEARTEXT, b""))
    assert login_answer(Login("127.0.0.1", "", door.port, user, PASSWORD, "pos", "disable")) == OTHER_METHOD
    door.close()
    assert login_answer(Login("127.0.0.1", "", door.port, user, PASSWORD, "pos", "disable")) is None


class Line:
    """A way to a real server; with ``at_login`` set, that is called as the server asks for the password,
    and the line is cut there."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.at_login: Callable[[], None] | None = None
        self.cut = 0
        self._open: list[socket.socket] = []
        self.door = Doorkeeper(self._meet)

    def cut_all(self) -> None:
        """Cut every connection there is."""
        for link in self._open:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def _meet(self, guest: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._to)) as server:
            self._open += [guest, server]
            threading.Thread(target=self._carry, args=[guest, server], daemon=True).start()
            while part := server.recv(1 << 16):
                if (hook := self.at_login) is not None and part.startswith(b"R") and part[5:9] == SASL[:4]:
                    hook()
                    self.cut += 1
                    return
                guest.sendall(part)

    def _carry(self, guest: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := guest.recv(1 << 16):
                server.sendall(part)


@contextlib.contextmanager
def by_line(front: Shopfront) -> Iterator[tuple[AppServices, Line]]:
    """A till that reaches its server by a line."""
    line = Line(int(str(conninfo_to_dict(front.dsn())["port"])))
    dsn = make_conninfo(front.dsn(), host="127.0.0.1", port=line.door.port, sslmode="disable")
    app = open_till(settings_in(front.folder / "till 1"), dsn=dsn)
    try:
        yield app, line
    finally:
        app.close()
        line.door.close()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
@pytest.mark.parametrize("restarted", [False, True], ids=["the line is cut", "the server restarts"])
def test_an_end_in_the_middle_of_the_login_is_no_refusal(
    shaky: Shopfront, mortal: EmbeddedServer, restarted: bool
) -> None:
    once = threading.Lock()

    def restart() -> None:
        if restarted and once.acquire(blocking=False):
            pid = mortal.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not mortal.running())
            assert mortal.revive()

    with by_line(shaky) as (app, line):
        till = ready(app.till)
        assert isinstance(sell(till, MILK), Completed)
        basket = scanned(till, till.new_basket(), MILK)
        till._core.deadline = 2.0
        line.at_login = restart
        line.cut_all()
        posted = till.complete_sale(basket, cash(basket))
        assert isinstance(posted, Unconfirmed), posted

        def both_were_cut() -> bool:
            """The connection, and the question that tells a refusal from a cut; a restart may be slow."""
            assert till.settle().stopped is None
            return line.cut >= 2

        wait_until(both_were_cut)
        assert till.state().stopped is None
        line.at_login = None
        wait_until(lambda: till.settle().pending == 0)
        assert [entry.outcome for entry in till._core.journal.of_sale(basket.sale_id)] == ["booked"]
        assert isinstance(sell(till, MILK), Completed)


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_a_server_without_a_free_connection_shuts_nobody_out(front: Shopfront) -> None:
    user = front.shop.logins[1]
    app = front.open()
    try:
        till = ready(app.till)
        till._core.deadline = 1.0
        with front.database.connect() as owner:
            owner.execute(sql.SQL("alter role {} connection limit 0").format(sql.Identifier(user)))
            owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [user])
            assert isinstance(till.no_sale("change"), Unconfirmed)
            assert isinstance(till._core._trouble, EnvironmentProblem)
            owner.execute(sql.SQL("alter role {} connection limit 8").format(sql.Identifier(user)))
        wait_until(lambda: till.settle().pending == 0)
        assert till.state().stopped is None
    finally:
        app.close()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_a_till_that_is_let_in_again_goes_on_by_itself(front: Shopfront) -> None:
    app = front.open()
    try:
        till = ready(app.till)
        with front.database.connect() as owner:
            assert till_rows.block_till(owner, store=1, number=1)
        assert isinstance(till.no_sale("change"), TillStopped)
        asked = till._core._knocked_at
        assert not till.heartbeat().let_in
        assert till._core._knocked_at == asked, "it asks again, but not all the time"
        till._core._knocked_at -= KNOCK_EVERY
        assert till.heartbeat().settled.stopped == SHUT_OUT
        assert till._core._knocked_at > asked
        with front.database.connect() as owner:
            till_rows.enrol_till(owner, store=1, number=1, login=front.shop.logins[1], password=PASSWORD)

        def let_in() -> bool:
            till._core._knocked_at -= KNOCK_EVERY
            return till.heartbeat().let_in

        wait_until(let_in)
        assert till.state().stopped is None
        assert till.state().unconfirmed == 0, "what waited went to the server"
        assert isinstance(sell(till, MILK), Completed)
    finally:
        app.close()


def test_the_password_itself_never_travels(front: Shopfront) -> None:
    heard: list[bytes] = []

    def meet(guest: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", front.database.server.port)) as server:
            for _ in range(3):
                part = guest.recv(1000)
                heard.append(part)
                server.sendall(part)
                guest.sendall(server.recv(1000))

    door = Doorkeeper(meet)
    user, name = front.shop.logins[1], front.database.name
    assert login_answer(Login("127.0.0.1", "", door.port, user, PASSWORD, name, "disable")) == ACCEPTED
    door.close()
    assert len(heard) == 3
    assert PASSWORD.encode() not in b"".join(heard)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(make_conninfo(front.dsn(), port=door.port))
