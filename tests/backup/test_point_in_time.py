"""Base backup and archived log: the server is destroyed, comes back, and nothing is lost."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import psycopg
import pytest

from pos_desktop.cli.keeper import post_of
from pos_desktop.config import load_settings
from pos_desktop.database.base_backup import Base, bases, pass_on, usable
from pos_desktop.database.dsn import as_reader
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.keeper import open_keeper
from pos_desktop.database.server_process import give_to_server
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.keeper import Keeper
from pos_desktop.services.keeper_machine import old_bases
from pos_desktop.services.nightly import Nightly, is_due
from pos_desktop.services.restore_proof import prove_base, prove_dump
from tests.backup.drill import Drill, drill_in
from tests.patience import wait_until
from tests.shop_database import ShopDatabase


@pytest.fixture(scope="module")
def drill(server_tmp: Path) -> Iterator[Drill]:
    folder = Path(tempfile.mkdtemp(prefix="drill-", dir=server_tmp))
    folder.chmod(0o711)
    with drill_in(folder, "nightly_at = '00:00'") as shop:
        yield shop


@pytest.mark.expects_log
def test_the_server_is_destroyed_and_nothing_is_lost(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sell, back up, sell on, lose the disk, restore to the last moment there is, refill, verify."""
    drill.open_tills()
    drill.sell(4)
    assert drill.command("backup", "base") == 0
    assert "every file checked" in capsys.readouterr().out
    drill.sell(4)
    drill.archive_all()
    archived = drill.books()
    drill.sell(4)  # what the archive does not have yet dies with the disk
    sold = drill.books()
    drill.close_tills()
    drill.destroy()

    assert drill.command("restore", "--to", "latest", "--yes") == 0
    said = capsys.readouterr().out
    assert re.search(r"base-\d{8}-\d{6}: any moment since .* <- this one", said)
    assert f"Restored {len(archived)} documents" in said
    drill.start()
    assert drill.books() == archived
    drill.open_tills()
    drill.settle(lambda: drill.books().keys() >= sold.keys())
    assert {id_: drill.books()[id_] for id_ in sold} == sold
    drill.sell(2)
    assert drill.findings() == ()


@pytest.mark.expects_log
def test_back_to_a_moment_asked_first(
    drill: Drill, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came after the moment is not there, until the tills send it: nothing is lost by that either."""
    drill.newest_base()
    drill.open_tills()
    drill.sell(2)
    ((moment,),) = drill.database.query("select clock_timestamp()")
    then = drill.books()
    drill.sell(2)
    assert drill.command("backup", "base") == 0
    drill.sell(2)
    drill.archive_all()
    sold = drill.books()
    newest = drill.newest_base()
    assert drill.command("restore", "--to", str(moment), "--yes") == 1
    assert "Another program uses the shop's server" in capsys.readouterr().err
    drill.stop()
    before = data_of(drill)

    assert drill.command("restore", "--to", "yesterday") == 1
    assert drill.command("restore", "--to", "1999-12-31 23:59:59", "--yes") == 1
    said = capsys.readouterr().err
    assert "yesterday is no time" in said
    assert "The oldest, base-" in said
    assert drill.command("restore", "--to", "2099-01-01", "--yes") == 1
    assert "The archived log ends before 2099-01-01" in capsys.readouterr().err
    monkeypatch.setattr("builtins.input", lambda _: "yes")  # not the word it asks for
    assert drill.command("restore", "--to", str(moment)) == 1
    assert data_of(drill) == before
    monkeypatch.setattr("builtins.input", lambda _: "Restore ")
    fetch = f"cp '{drill.place}/wal/%f' '%p'"
    assert drill.command("restore", "--to", str(moment), "--wal-command", fetch) == 0
    assert "What was there is kept as" in capsys.readouterr().out

    drill.start()
    assert drill.books() == then
    assert newest not in usable(drill.place), "it is of a history that did not happen"
    assert newest in bases(drill.place)
    drill.open_tills()
    drill.settle(lambda: drill.books().keys() >= sold.keys())
    assert {id_: drill.books()[id_] for id_ in sold} == sold
    assert drill.findings() == ()


def data_of(drill: Drill) -> tuple[int, list[str]]:
    """The data folder itself, and what lies beside it."""
    place = drill.home / "server"
    return (place / "data").stat().st_ino, sorted(one.name for one in place.glob("data*"))


def test_a_damaged_backup_replaces_nothing(drill: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    folder = drill.newest_base().folder(drill.place)
    victim = max(folder.rglob("base/*/*"), key=lambda file: file.stat().st_size)
    sound = victim.read_bytes()
    victim.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    drill.stop()
    before = data_of(drill)
    assert drill.command("restore", "--to", "latest", "--yes") == 75
    assert "is not whole" in capsys.readouterr().err
    assert data_of(drill) == before
    victim.write_bytes(sound)
    drill.start()


def test_the_archive_writes_over_nothing(drill: Drill) -> None:
    """Another file of that name stays as it is; the server keeps its log, and says that it waits."""
    wal = drill.place / "wal"
    ((name,),) = drill.database.query("select pg_walfile_name(pg_current_wal_lsn())")
    (wal / name).write_bytes(b"another server's log")
    drill.database.query("select pg_switch_wal()")
    wait_until(lambda: drill.database.query("select failed_count from pg_stat_archiver")[0][0] > 0)
    assert (wal / name).read_bytes() == b"another server's log"
    (wal / name).unlink()
    drill.archive_all()
    assert (wal / name).stat().st_size == 16 << 20


def test_old_backups_go_with_the_log_they_need(drill: Drill, capsys: pytest.CaptureFixture[str]) -> None:
    """And a copy is passed on to any command."""
    copy = "import shutil, sys; shutil.copytree(*sys.argv[1:])"
    keep = f"{sys.executable} -c '{copy}' {{path}} '{drill.folder}/{{name}}'"
    assert drill.command("backup", "base", "--keep", "1", "--command", keep) == 0
    (left,) = bases(drill.place)
    assert (drill.folder / left.name / "backup_manifest").is_file()
    log = sorted(file.name for file in (drill.place / "wal").glob("[0-9A-F]" * 24))
    assert log[0] >= left.wal
    capsys.readouterr()
    assert drill.command("backup", "list") == 0
    assert capsys.readouterr().out.startswith(f"{left.name}: any moment since ")
    with pytest.raises(EnvironmentProblem, match="could not pass it on"):
        pass_on(f"{sys.executable} -c 'exit(3)' {{path}}", drill.place, left)


@pytest.mark.expects_log
def test_a_disk_that_is_away_keeps_nobody_from_selling(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server keeps its log meanwhile; once the disk is back, all of it is archived."""
    drill.stop()
    drill.place.rename(drill.place.with_name("unplugged"))
    drill.start()
    drill.open_tills()
    drill.sell(1)
    assert drill.command("backup", "base") == 75
    assert "cannot be used" in capsys.readouterr().err
    assert not drill.place.exists()
    drill.place.with_name("unplugged").rename(drill.place)
    drill.database.query("select pg_reload_conf()")
    drill.archive_all()


# -- the night -------------------------------------------------------------------------------------

PROOFS = "select source, documents, sound, finding from pos.restore_proof order by id"


def keeper(drill: Drill, night: Nightly) -> Keeper:
    """The keeper of the drill's machine."""
    assert drill.server is not None
    return Keeper(replace(post_of(load_settings(drill.home, {}), drill.server.dsn()), night=night))


@pytest.mark.expects_log
def test_a_backup_is_restored_compared_and_written_down(
    drill: Drill, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The keeper begins it when it is due, as a program of its own, and not again until the next night."""
    monkeypatch.setenv("TMPDIR", str(drill.folder))
    drill.close_tills()
    night = Nightly(time(0, 0), drill.home)
    at_work = keeper(drill, night)
    assert at_work.once()
    try:
        wait_until(lambda: drill.database.query(PROOFS), seconds=300)
    finally:
        night.stop(30)
    documents = len(drill.books())
    assert drill.database.query(PROOFS) == [("base", documents, True, "")]
    assert at_work.once()
    assert night._child is None, "it was done: not due again"
    assert drill.database.query("select kind from pos.alert where kind like 'proof%'") == []

    drill.command("status", "--json")
    proofs = json.loads(capsys.readouterr().out)["proofs"]
    told = [(proof["source"], proof["documents"], proof["finding"]) for proof in proofs]
    assert told == [("base", documents, "")]
    drill.command("status")
    assert f"Last proven restore of a base: {proofs[0]['sound_at'][8:10]} " in capsys.readouterr().out


@pytest.mark.expects_log
def test_a_backup_of_other_books_is_an_alarm(
    drill: Drill, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not what the shop has any more, or no backup at all: found, written down, said until it is over."""
    monkeypatch.setattr(tempfile, "tempdir", str(drill.folder))
    base = drill.newest_base()
    if not drill.books():
        drill.open_tills()
        drill.close_tills()
        drill.archive_all()
    last = (
        "update pos.document d set hash = sha256({}) from pos.till t"
        " where t.number = 1 and t.id = d.till_id and d.epoch = t.epoch and d.no = t.next_no - 1"
    )
    with drill.database.connect() as owner:
        owner.execute("alter table pos.document disable trigger user")
        owner.execute(last.format("d.hash").encode())
    dump = drill.home / "backups" / "pos-1.dump"
    dump.parent.mkdir(exist_ok=True)
    dump.write_bytes(b"no dump at all")
    assert drill.server is not None
    live = as_reader(drill.server.dsn())
    proofs = [prove_base(base, drill.place, live), prove_dump(dump, live)]
    assert "store 1 till 1 epoch 1: has another hash at no" in proofs[0].finding
    assert "cannot be read back" in proofs[1].finding
    with drill.database.connect() as owner, open_keeper(drill.server.dsn()) as link:
        owner.execute(last.format("d.prev || convert_to(d.body, 'UTF8')").encode())
        owner.execute("alter table pos.document enable trigger user")
        owner.execute("update pos.alert_rule set threshold = 0 where kind = 'proof_old'")
        for proof in proofs:
            link.proved(proof.row())
    assert keeper(drill, Nightly(time(0, 0), drill.home)).once()
    alerts = drill.database.query(
        "select kind, subject, detail->>'backup' from pos.alert where kind like 'proof%' order by 1, 2"
    )
    assert alerts == [
        ("proof_old", "base backup", None),
        ("proof_old", "dump", None),
        ("proof_wrong", "base backup", base.name),
        ("proof_wrong", "dump", "pos-1.dump"),
    ]
    assert drill.command("status") == 1
    assert "was not sound: store 1 till 1 epoch 1: has another hash" in capsys.readouterr().out


def test_an_old_base_backup_is_told_of(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    (tmp_path / "base").mkdir()
    assert list(old_bases(tmp_path, 26, None)) == [], "nobody has traded yet"
    (never,) = old_bases(tmp_path, 26, now - timedelta(hours=27))
    assert (never.kind, never.subject, never.detail) == ("backup_old", str(tmp_path), {})
    note = Base("base-1", now - timedelta(hours=27), 1, "0" * 24, "0/1", 18, 1)
    note.folder(tmp_path).mkdir()
    row = {**asdict(note), "ended_at": note.ended_at.isoformat()}
    (tmp_path / "base" / "base-1.json").write_text(json.dumps(row), encoding="utf-8")
    (old,) = old_bases(tmp_path, 26, now)
    assert 27 * 3600 <= old.detail["seconds"] < 28 * 3600
    assert list(old_bases(tmp_path, 28, now)) == []


def test_wrong_settings_of_backups_are_named(tmp_path: Path) -> None:
    for line, key in (
        ("nightly_at = '25:00'", "backup.nightly_at"),
        ("bases_kept = 0", "backup.bases_kept"),
        ("copy_command = 'rclone copy here there'", "backup.copy_command"),
    ):
        (tmp_path / "till.toml").write_text(f"[backup]\n{line}\n", encoding="utf-8")
        with pytest.raises(UserError, match=key):
            load_settings(tmp_path, {})


def test_only_backups_of_what_happened_count(tmp_path: Path) -> None:
    """Restored twice from the first life of the server: what its second did is nobody's past any more."""
    (tmp_path / "wal").mkdir()
    for name, timeline, stop in (
        ("1", 1, "0/3000100"),
        ("2", 1, "0/7000100"),
        ("3", 2, "0/6000100"),
        ("4", 3, "1/0"),
    ):
        (tmp_path / "base" / name).mkdir(parents=True)
        note = Base(name, datetime(2026, 11, int(name), tzinfo=UTC), timeline, "0" * 24, stop, 18, 1)
        row = {**asdict(note), "ended_at": note.ended_at.isoformat()}
        (tmp_path / "base" / f"{name}.json").write_text(json.dumps(row), encoding="utf-8")
    assert [base.name for base in usable(tmp_path)] == ["1", "2", "3", "4"]
    for name, line in (("00000002", "1\t0/5000000\tbefore"), ("00000003", "1\t0/4000000\tat restore")):
        (tmp_path / "wal" / f"{name}.history").write_text(f"{line}\n", encoding="utf-8")
    assert [base.name for base in usable(tmp_path)] == ["1", "4"]


def test_when_the_night_is() -> None:
    at, now = time(3, 0), datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    begun = now.replace(hour=3, minute=0)
    assert is_due(now, at, None)
    assert is_due(now, at, begun - timedelta(seconds=1)), "the machine was off at three: now, then"
    assert not is_due(now, at, begun)
    early = now.replace(hour=2)
    assert not is_due(early, at, early - timedelta(hours=22))
    assert is_due(early, at, early - timedelta(hours=24))


# -- a standby --------------------------------------------------------------------------------------


@contextlib.contextmanager
def standby_of(drill: Drill) -> Iterator[EmbeddedServer]:
    """A real streaming standby of the shop's server, as the IT guide makes one, on a machine of its own."""
    assert drill.server is not None
    place = drill.folder / "standby"
    place.mkdir(mode=0o711)
    copy = [drill.server.binaries.program("pg_basebackup"), "-d", drill.server.dsn("postgres"), "-R"]
    copy += ["-D", str(place / "data"), "-X", "stream", "-C", "-S", "standby_1", "-c", "fast"]
    subprocess.run(copy, check=True, capture_output=True)
    shutil.copy2(drill.server.place / "password", place / "password")
    for path in (place / "data", *(place / "data").rglob("*")):
        give_to_server(path, 0o700 if path.is_dir() else 0o600)
    with EmbeddedServer(place) as standby:
        yield standby


@pytest.mark.expects_log
def test_a_promoted_standby_loses_no_acknowledged_sale(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reports may read it; its lag shows; what it never had comes back from the tills."""
    drill.open_tills()
    with standby_of(drill) as standby:
        drill.sell(2)
        ((until,),) = drill.database.query("select pg_current_wal_lsn()::text")
        report = drill.database.add_login("report_on_standby", "pos_report")
        mirror = ShopDatabase(standby, "pos")
        replayed = (
            "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
            " and exists (select from pg_roles where rolname = %s)"
        )
        wait_until(lambda: mirror.query(replayed, until, "report_on_standby")[0][0])
        with psycopg.connect(report, port=standby.port) as reader:
            (sales,) = reader.execute("select count(*) from pos.sale").fetchall()
            assert sales == drill.database.query("select count(*) from pos.sale")[0]
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                reader.execute("create table pos.not_here (n int)")
        capsys.readouterr()
        drill.command("status")
        assert re.search(r"Standby walreceiver: streaming, .* of log", capsys.readouterr().out)

        standby.stop()
        drill.sell(4)  # it never hears of these
        sold = drill.books()
        drill.close_tills()
        drill.destroy()
        standby.start()
        drill.server = standby
        assert drill.database.query("select pg_promote()") == [(True,)]
        assert drill.books().keys() < sold.keys()
        drill.open_tills()
        drill.settle(lambda: drill.books().keys() >= sold.keys())
        assert {id_: drill.books()[id_] for id_ in sold} == sold
        drill.sell(2)
        assert drill.findings() == ()
        drill.close_tills()
    drill.server = None
