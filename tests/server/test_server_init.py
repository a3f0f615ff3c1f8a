"""``pos-desktop server init``: a fresh Debian server becomes a shop's, shown first, and asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.cli.main import main
from pos_desktop.database.server_process import free_port, give_to_server, run_options
from pos_desktop.database.wal_archive import make_archive
from pos_desktop.secret_store import write_secret
from tests.security.certificates import HOST, Authority

BIN = Path("/usr/lib/postgresql/15/bin")
SECRET = "the superuser's own"
NETWORK = ["--network", "192.168.7.0/24"]


class FreshServer:
    """A cluster as Debian's packages leave it: nothing of ours in its settings."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.port = folder, folder / "data", free_port()

    def __enter__(self) -> Self:
        self.data.mkdir()
        give_to_server(self.folder, 0o711)
        give_to_server(self.data, 0o700)
        secret = self.folder / "secret"
        secret.write_text(SECRET, encoding="ascii")
        give_to_server(secret, 0o600)
        self._run("initdb", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N")
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.crash()

    def restart(self) -> None:
        """As its administrator would, after init asked for it."""
        self._run("pg_ctl", "stop", "-m", "fast")
        self._start()

    def crash(self) -> None:
        """It ends, and writes nothing any more."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    def replace_data(self, folder: Path) -> None:
        """As the IT guide says: put the folder in the data's place, start."""
        self.data.rename(self.folder / "lost")
        folder.rename(self.data)
        self._start()

    def _start(self) -> None:
        # Whatever listen_addresses becomes: this test's server is for this machine alone.
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on"
        self._run("pg_ctl", "start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BIN / program), "-D", str(self.data), *arguments]
        with (self.folder / "out").open("ab") as out:
            subprocess.run(command, stdout=out, stderr=out, check=True, **run_options())

    def address(self, database: str = "postgres") -> str:
        return make_conninfo("", host="127.0.0.1", port=self.port, user="postgres", dbname=database)

    def ask(self, statement: str, database: str = "postgres") -> object:
        with psycopg.connect(self.address(database), password=SECRET) as connection:
            row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def fresh(server_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FreshServer]:
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", SECRET)
    folder = Path(tempfile.mkdtemp(prefix="fresh-", dir=server_tmp))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))  # what is proven is restored there
    with FreshServer(folder) as server:
        yield server
    shutil.rmtree(folder)


def server(verb: str, fresh: FreshServer, *more: str) -> int:
    return main(["server", verb, "--dsn", fresh.address(), *NETWORK, *more])


def test_a_fresh_server_becomes_a_shops(
    fresh: FreshServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate = _certificate(fresh)
    assert server("check", fresh) == 1
    said = capsys.readouterr().out
    assert "make the database pos" in said
    assert "say where the log is archived" in said
    assert "set tcp_keepalives_idle = 5 (it is 0)" in said
    assert "set max_connections = 200 (it is 100) (takes a restart)" in said
    assert fresh.ask("select count(*) from pg_database where datname = 'pos'") == 0

    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert server("init", fresh, *certificate) == 1
    assert fresh.ask("select count(*) from pg_database where datname = 'pos'") == 0

    archive = ["--archive", str(fresh.folder / "other disk")]
    assert server("init", fresh, *certificate, *archive, "--yes") == 0
    said = capsys.readouterr().out
    assert "Left for you: restart the server" in said
    assert f"Left for you: make the folder {fresh.folder / 'other disk' / 'wal'}" in said
    assert fresh.ask("select count(*) from pos.store", "pos") == 0
    (fresh.folder / "other disk").mkdir()
    give_to_server(make_archive(fresh.folder / "other disk", own=True).parent, 0o700)
    fresh.restart()
    assert fresh.ask("show archive_library") == "basic_archive"
    assert fresh.ask("show archive_timeout") == "5min"
    assert fresh.ask("show max_connections") == "200"
    assert fresh.ask("show ssl") == "on"
    assert fresh.ask("select count(*) from pg_hba_file_rules where error is not null") == 0
    assert server("check", fresh, *certificate, *archive) == 1  # checksums can only be switched on by hand
    said = capsys.readouterr().out
    assert said.splitlines()[1:] == ["  data_checksums is off: stop the server and run pg_checksums --enable"]
    assert server("check", fresh, *certificate, "--archive-command", "cp -n %p /mnt/%f") == 1
    said = capsys.readouterr().out
    assert "  set archive_command = cp -n %p /mnt/%f (it is empty)\n" in said
    assert "  set archive_library =  (it is basic_archive)\n" in said

    _the_keeper_backs_it_up(fresh, monkeypatch)
    assert re.findall(r"(base-[\d-]+|pos-[\d-]+\.dump) restored, verified", capsys.readouterr().out)
    _it_comes_back(fresh)


def _the_keeper_backs_it_up(fresh: FreshServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own login, no superuser: a base backup, a dump, and the proof of both."""
    home = fresh.folder / "keeper"
    home.mkdir()
    monkeypatch.setenv(paths.HOME_VARIABLE, str(home))
    monkeypatch.setenv("POS_DESKTOP_NEW_PASSWORD", "the keeper's own")
    shop = ["--dsn", fresh.address("pos")]
    assert main(["keeper", "add", "--login", "keeper_here", "--backups", *shop]) == 0
    monkeypatch.delenv("POS_DESKTOP_PASSWORD")
    write_secret(home / "keeper-password", "the keeper's own")
    place = fresh.folder / "other disk"
    lines = ["[database]", f"dsn = 'host=127.0.0.1 port={fresh.port} dbname=pos'", "login = 'keeper_here'"]
    lines += ["password_file = 'keeper-password'", "[backup]", f"base_directory = '{place}'", ""]
    (home / "till.toml").write_text("\n".join(lines), encoding="utf-8")
    assert main(["backup", "nightly"]) == 0
    proven = "select string_agg(source, ' ' order by source) from pos.restore_proof where sound"
    assert fresh.ask(proven, "pos") == "base dump"


def _it_comes_back(fresh: FreshServer) -> None:
    """After a crash, into a new folder that takes the place of the data: to the last thing that was done.

    The proofs were written after the base backup, and their log is not in the archive yet.
    """
    fresh.crash()
    restored = fresh.folder / "restored"
    place = ["--from", str(fresh.folder / "other disk"), "--data", str(restored)]
    place += ["--old-wal", str(fresh.data / "pg_wal")]
    assert main(["restore", "--to", "latest", *place, "--yes"]) == 0
    fresh.replace_data(restored)
    assert fresh.ask("select count(*) from pos.restore_proof", "pos") == 2
    assert fresh.ask("select count(*) from pg_roles where rolname = 'pos_restoring'") == 0


def test_only_the_tls_door_leads_to_the_shop(fresh: FreshServer, open_dir: Path) -> None:
    """From this machine with TLS and password; without TLS nobody, whatever the lines below say."""
    authority = Authority(open_dir, "ours")
    assert server("init", fresh, *_certificate(fresh, authority), "--yes") == 0
    inside = {
        "host": HOST,
        "hostaddr": "127.0.0.1",
        "sslmode": "verify-full",
        "sslrootcert": str(authority.ca),
    }
    with psycopg.connect(make_conninfo(fresh.address("pos"), password=SECRET, **inside)) as connection:
        assert connection.pgconn.ssl_in_use
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects"):
        psycopg.connect(make_conninfo(fresh.address("pos"), password=SECRET, sslmode="disable"))
    hba = (fresh.data / "pg_hba.conf").read_text(encoding="utf-8")
    kept = fresh.data / "pg_hba.conf.before-pos_desktop"
    assert kept.is_file()
    assert hba.endswith(kept.read_text(encoding="utf-8"))
    other = ["--network", "10.1.0.0/16"]
    assert (
        main(["server", "init", "--dsn", fresh.address(), *other, *_certificate(fresh, authority), "--yes"])
        == 0
    )
    again = (fresh.data / "pg_hba.conf").read_text(encoding="utf-8")
    assert again == hba.replace("192.168.7.0/24", "10.1.0.0/16")


def _certificate(fresh: FreshServer, authority: Authority | None = None) -> list[str]:
    authority = authority or Authority(fresh.folder, "ours")
    for name, content in zip(("shop.crt", "shop.key"), authority.sign(), strict=True):
        path = fresh.folder / name
        path.write_bytes(content)
        give_to_server(path, 0o600)
    return ["--certificate", str(fresh.folder / "shop.crt"), "--key", str(fresh.folder / "shop.key")]


def test_what_cannot_be_prepared_is_said(fresh: FreshServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "check", "--dsn", fresh.address(), "--network", "the shop"]) == 1
    assert "the shop is no network" in capsys.readouterr().err
    with psycopg.connect(fresh.address(), password=SECRET, autocommit=True) as owner:
        owner.execute(f"create role clerk login password '{SECRET}'".replace("'s", "''s"))
    clerk = make_conninfo(fresh.address(), user="clerk")
    assert main(["server", "check", "--dsn", clerk, *NETWORK]) == 1
    assert "clerk is no superuser" in capsys.readouterr().err
    assert main(["server", "check", *NETWORK]) == 1
    assert "There is no shop in" in capsys.readouterr().err


def test_the_lines_for_pg_hba_are_said_where_the_file_is_elsewhere(
    fresh: FreshServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (fresh.data / "pg_hba.conf").read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert server("init", fresh, "--yes") == 0
    said = capsys.readouterr().out
    assert "hostssl  pos  all  192.168.7.0/24  scram-sha-256" in said
    assert "give the server a certificate" in said
    assert (fresh.data / "pg_hba.conf").read_bytes() == before
