"""``pos-desktop restore``: the dump's books in place of the present ones, and nothing less than sound."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.cli.main import main
from pos_desktop.cli.own_server import own_server, own_till_dsn, shop_backup
from pos_desktop.config import load_settings
from pos_desktop.database.dump import dump_database
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.restore import SCRATCH
from pos_desktop.database.till import hello, open_connection
from pos_desktop.journal.lock import TillLock
from tests.database.shop import Shop, TillClient


@pytest.fixture(scope="module")
def machine(server_tmp: Path) -> Path:
    """A machine with a shop of one till on it, set up from the example once: each test trades on."""
    folder = server_tmp / "machine"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.HOME_VARIABLE, str(folder))
        assert main(["setup", str(paths.resources_dir() / "setup" / "shop.toml")]) == 0
    return folder


@pytest.fixture
def home(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(machine))
    return machine


@contextmanager
def running() -> Iterator[EmbeddedServer]:
    with own_server(load_settings()) as server:
        yield server


def trade(server: EmbeddedServer, drawer_openings: int) -> None:
    """The till goes on where its chain stands: opens its shift if need be, then the drawer several times."""
    with open_connection(own_till_dsn(load_settings(), server), "test") as connection:
        till = TillClient(Shop({}, {}, "included"), connection)
        state = hello(connection, "test", 1)["till"]
        till.no, till.head, till.grand = state["next_no"], bytes.fromhex(state["head"]), state["grand"]
        if state["open_shift"] is None:
            assert till.open_shift().outcome != "refused"
        else:
            till.shift = state["open_shift"]["id"]
        for _ in range(drawer_openings):
            assert till.post(till.common("no_sale", reason="check_the_drawer")).outcome != "refused"


def dump_of(server: EmbeddedServer) -> Path:
    return shop_backup(load_settings(), server).run().path


def documents(server: EmbeddedServer, database: str = "pos") -> int:
    with open_connection(server.dsn(database), "test") as owner:
        row = owner.execute("select count(*) from pos.document").fetchone()
    assert row is not None
    return int(row[0])


def databases(server: EmbeddedServer) -> list[str]:
    with open_connection(server.dsn("postgres"), "test") as owner:
        return [
            row[0]
            for row in owner.execute("select datname from pg_database where datname like 'pos%' order by 1")
        ]


def test_the_dump_takes_the_place_and_what_was_there_is_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running() as server:
        trade(server, 3)
        dump = dump_of(server)
        trade(server, 2)
        assert documents(server) == 6
    monkeypatch.setattr("builtins.input", lambda _: "yes")  # not the word it asks for
    assert main(["restore", str(dump)]) == 1
    monkeypatch.setattr("builtins.input", lambda _: "Restore ")
    assert main(["restore", str(dump)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"The dump has 4 documents.* now has 6 documents", said)
    with running() as server:
        assert documents(server) == 4
        (before,) = [name for name in databases(server) if name.startswith("pos_before_")]
        assert documents(server, before) == 6
        assert before in said
        trade(server, 1)  # the till's login and rights are as they were
        assert documents(server) == 5


def test_a_new_machine_gets_the_shop_and_its_till_a_login(
    home: Path, open_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running() as server:
        trade(server, 1)
        dump, rights, sold = dump_of(server), rights_of(server), documents(server)
    new = open_dir / "new"
    new.mkdir()
    for name in ("till.toml", "till-password", "pepper"):
        shutil.copy2(home / name, new / name)
    monkeypatch.setenv(paths.HOME_VARIABLE, str(new))
    assert main(["restore", str(dump), "--yes"]) == 0
    assert "mgr_carl needs a new password" in capsys.readouterr().out
    with running() as server:
        assert documents(server) == sold
        assert rights_of(server) == rights
        trade(server, 1)


def rights_of(server: EmbeddedServer) -> str:
    """Who may connect to the shop's database: no part of a dump that is read into another one."""
    with open_connection(server.dsn(), "test") as owner:
        row = owner.execute("select datacl::text from pg_database where datname = 'pos'").fetchone()
    assert row is not None
    assert row[0]
    return str(row[0])


def test_nothing_less_than_sound_replaces_anything(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running() as server:
        trade(server, 1)
        sold, before = documents(server), [name for name in databases(server) if name != SCRATCH]
        sound = dump_of(server)
        half = sound.with_suffix(".half")
        half.write_bytes(sound.read_bytes()[:-4000])
        assert main(["restore", str(half), "--yes"]) == 75
        assert "cannot be read back" in capsys.readouterr().err
        with open_connection(server.dsn(), "test") as owner:
            owner.execute("alter table pos.document disable trigger user")
            owner.execute("update pos.document set hash = sha256(hash) where no = 2")
        wrong = half.with_suffix(".wrong")
        dump_database(server.binaries, server.dsn(), wrong)
        assert main(["restore", str(wrong), "--yes"]) == 1
        assert "till 1 epoch 1 no 2" in capsys.readouterr().err
        assert documents(server) == sold
        assert [name for name in databases(server) if name != SCRATCH] == before


def test_an_open_register_and_a_missing_file_are_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump = home / "x.dump"
    assert main(["restore", str(dump)]) == 1
    assert str(home / "backups") in capsys.readouterr().err
    dump.write_bytes(b"x")
    with TillLock(paths.make_private_dir(load_settings().journal_dir)):
        assert main(["restore", str(dump)]) == 1
    assert "already open" in capsys.readouterr().err
    elsewhere = '[database]\ndsn = "host=shop-server dbname=pos sslmode=verify-full"\n'
    (home / "till.toml").write_text(elsewhere, encoding="utf-8")
    assert main(["restore", str(dump)]) == 1
    assert "does not run the shop's server" in capsys.readouterr().err
