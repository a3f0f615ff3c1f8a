"""The secure link to Debian's PostgreSQL: the right certificate is taken, all else is refused in words."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.cli.main import main
from pos_desktop.config import DatabaseSettings
from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.database.binaries import InstalledBinaries
from pos_desktop.database.dsn import network_dsn, server_dsn, without_login
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.pool import Database
from pos_desktop.database.probe import examine, try_login
from pos_desktop.errors import EnvironmentProblem, PosError, UserError
from tests.database.shop import CASHIER, PASSWORD, Shop, make_shop, secret_of
from tests.patience import wait_until
from tests.security.certificates import HOST, Authority

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = Path("/usr/lib/postgresql/15/bin")
PLAN = load_plan(paths.migrations_dir())


class Wire:
    """Stands between: keeps what passes, and with ``strip`` answers for the server that it has no TLS."""

    def __init__(self, port: int, *, strip: bool = False) -> None:
        self._target, self._strip = port, strip
        self.seen = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [client, server]
                if self._strip:
                    client.recv(8)
                    client.sendall(b"N")
                self._start(self._pump, client, server)
                self._start(self._pump, server, client)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.seen += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


class SecureServer:
    """Debian's PostgreSQL with TLS on; :meth:`show` changes the certificate it shows."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self.server = server
        self.ours, self.rogue = Authority(folder, "ours"), Authority(folder, "rogue")
        self.show(*self.ours.sign())

    def show(self, certificate: bytes, key: bytes) -> None:
        for name, content in (("server.crt", certificate), ("server.key", key)):
            path = self.server.data / name
            path.write_bytes(content)
            path.chmod(0o600)
            shutil.chown(path, *self._owner)
        self.set_ssl(on=True)

    @property
    def _owner(self) -> tuple[int, int]:
        found = os.stat(self.server.data / "PG_VERSION")
        return found.st_uid, found.st_gid

    def set_ssl(self, *, on: bool) -> None:
        with psycopg.connect(self.server.dsn(), autocommit=True) as owner:
            loaded = "select pg_conf_load_time()"
            before = owner.execute(loaded).fetchone()
            owner.execute(f"alter system set ssl = {'on' if on else 'off'}".encode())
            owner.execute("select pg_reload_conf()")
            while owner.execute(loaded).fetchone() == before:
                pass

    def dsn(
        self, login: str, password: str, *, port: int = 0, ca: Path | None = None, host: str = HOST
    ) -> str:
        address = network_dsn(host, port or self.server.port, "pos", str(ca or self.ours.ca))
        return make_conninfo(address, hostaddr="127.0.0.1", user=login, password=password)


@pytest.fixture(scope="module")
def secure(open_tmp: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    with EmbeddedServer(open_tmp / "tls", InstalledBinaries(INSTALLED), durable=False) as server:
        migrate(server.dsn(), PLAN)
        yield SecureServer(server, tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def shop(secure: SecureServer) -> Shop:
    with psycopg.connect(secure.server.dsn(), autocommit=True) as owner:
        return make_shop(owner, login="tls_till")


@pytest.fixture
def dsn(secure: SecureServer, shop: Shop) -> Iterator[str]:
    """The till's own way in; whatever a test shows is put back."""
    yield secure.dsn(shop.logins[1], PASSWORD)
    secure.show(*secure.ours.sign())


def test_the_right_certificate_is_taken(secure: SecureServer, dsn: str) -> None:
    found = examine(dsn, PLAN)
    assert (found.trouble, found.encrypted) == (None, True)
    with Database(dsn) as lanes, lanes.sale.connection() as connection:
        assert till_rows.hello(connection, "1", 0)["till"]["number"] == 1
        row = connection.execute(
            "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()"
        ).fetchone()
        assert row in ((True, "TLSv1.3"), (True, "TLSv1.2"))


def rogue(secure: SecureServer) -> None:
    """The right name, signed by somebody else."""
    secure.show(*secure.rogue.sign())


def expired(secure: SecureServer) -> None:
    secure.show(*secure.ours.sign(days=-1))


def wrong_host(secure: SecureServer) -> None:
    """A certificate of ours, for another machine."""
    secure.show(*secure.ours.sign("printer.test"))


def downgraded(secure: SecureServer) -> None:
    secure.set_ssl(on=False)


THIEVES = {
    rogue: ("tls.other_ca", "is not signed by the one in"),
    expired: ("tls.expired", "out of date"),
    wrong_host: ("tls.other_name", f"is not made out to {HOST}"),
    downgraded: ("tls.none", "answers without encryption"),
}


@pytest.mark.expects_log  # the pool says that it could not connect
@pytest.mark.parametrize("show", THIEVES, ids=lambda show: show.__name__)
def test_another_server_is_refused_each_in_its_own_words(
    secure: SecureServer,
    dsn: str,
    shop: Shop,
    show: Callable[[SecureServer], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, words = THIEVES[show]
    show(secure)
    for trouble in (examine(dsn, PLAN).trouble, raised(lambda: try_login(dsn)), from_a_lane(dsn)):
        assert trouble is not None
        assert (trouble.code, trouble.retryable) == (code, True)
        assert words in trouble.text()
    address = without_login(dsn)
    (tmp_path / "till.toml").write_text(f'[database]\ndsn = "{address}"\nlogin = "{shop.logins[1]}"\n')
    monkeypatch.setattr("sys.stdin", io.StringIO("0000-0000-0000-0000-0000\n"))
    assert main(["--home", str(tmp_path), "till", "claim", shop.logins[1]]) == 75
    assert words in capsys.readouterr().err
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", PASSWORD)
    assert main(["--home", str(tmp_path), "doctor"]) == 1
    assert words in capsys.readouterr().out


def raised(work: Callable[[], object]) -> PosError:
    with pytest.raises(PosError) as caught:
        work()
    return caught.value


def from_a_lane(dsn: str) -> PosError:
    with Database(dsn) as lanes, pytest.raises(EnvironmentProblem) as caught, lanes.sale.connection(1.5):
        pass
    return caught.value


def test_a_certificate_nobody_has_is_said(secure: SecureServer, shop: Shop, tmp_path: Path) -> None:
    missing = secure.dsn(shop.logins[1], PASSWORD, ca=tmp_path / "none.crt")
    assert raised(lambda: try_login(missing)).code == "tls.no_ca"
    (tmp_path / "none.crt").write_text("no certificate at all")
    assert raised(lambda: try_login(missing)).code == "tls.no_ca"


def test_a_thief_who_says_there_is_no_tls_gets_nothing(secure: SecureServer, shop: Shop) -> None:
    with Wire(secure.server.port, strip=True) as wire:
        assert (
            raised(lambda: try_login(secure.dsn(shop.logins[1], PASSWORD, port=wire.port))).code == "tls.none"
        )
        assert shop.logins[1].encode() not in wire.seen


def test_who_listens_on_the_wire_reads_nothing(secure: SecureServer, shop: Shop, dsn: str) -> None:
    secrets = (PASSWORD.encode(), shop.logins[1].encode(), b"api.sign_in", b"Corner shop", secret_of(CASHIER))
    with Wire(secure.server.port) as wire:
        with psycopg.connect(secure.dsn(shop.logins[1], PASSWORD, port=wire.port), autocommit=True) as till:
            assert till_rows.hello(till, "1", 0)["store"]["name"] == "Corner shop"
            assert staff_rows.sign_in(till, CASHIER, secret_of(CASHIER)).ok
        assert len(wire.seen) > 2000
        assert not [secret for secret in secrets if secret in wire.seen]
    with Wire(secure.server.port) as wire:
        plain = make_conninfo(secure.server.dsn(), port=wire.port, sslmode="disable")
        psycopg.connect(plain).execute("select 'Corner shop'").connection.close()
        assert b"Corner shop" in wire.seen, "this ear would have heard it"


def test_a_server_that_asks_for_the_password_itself_does_not_get_it(secure: SecureServer, shop: Shop) -> None:
    """Even with the right certificate: a server somebody took over could ask for it in the clear."""
    address = f"{network_dsn(HOST, secure.server.port, 'pos', str(secure.ours.ca))} hostaddr=127.0.0.1"
    mine = server_dsn(DatabaseSettings(address, False, shop.logins[1], None, None), PASSWORD, "till.toml")
    try_login(mine)
    hba = secure.server.data / "pg_hba.conf"
    before = hba.read_text()
    with psycopg.connect(secure.server.dsn(), autocommit=True) as owner:
        try:
            hba.write_text(f"host all {shop.logins[1]} all password\n{before}")
            owner.execute("select pg_reload_conf()")
            # The reload reaches the server in its own time.
            wait_until(lambda: refuses(mine), "the password was sent")
            try_login(make_conninfo(mine, require_auth="password"))
        finally:
            hba.write_text(before)
            owner.execute("select pg_reload_conf()")


def refuses(dsn: str) -> bool:
    try:
        try_login(dsn)
    except PosError:
        return True
    return False


@pytest.mark.parametrize(
    "mode", ["", "sslmode=prefer", "sslmode=allow", "sslmode=require", "sslmode=verify-ca"]
)
def test_no_setting_short_of_insecure_goes_without_a_check(
    tmp_path: Path, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "till.toml").write_text(f'[database]\ndsn = "host={HOST} dbname=pos {mode}"\n')
    assert main(["--home", str(tmp_path), "till", "list"]) == 1
    assert "sslmode=verify-full" in capsys.readouterr().err


def test_no_line_of_the_program_asks_for_less() -> None:
    weak = re.compile(r"sslmode[\"']?\s*[=:]\s*[\"']?(prefer|allow|disable|require\b)")
    files = [
        *(ROOT / "pos_desktop").rglob("*.py"),
        *(ROOT / "ui").rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
    ]
    found = [str(file) for file in files if weak.search(file.read_text(encoding="utf-8"))]
    assert len(files) > 100
    assert found == []
    assert weak.search('sslmode="prefer"')


def test_a_user_error_is_not_mistaken_for_a_thief(secure: SecureServer, shop: Shop, dsn: str) -> None:
    with pytest.raises(UserError) as refused:
        try_login(secure.dsn(shop.logins[1], "not the password"))
    assert refused.value.code == "server.login_refused"
