"""Each alert about the server is raised by the real thing, and cleared when that is over."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg

from pos_desktop.config import MailSettings
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.keeper_certificate import certificate_until, not_after
from pos_desktop.database.server_process import give_to_server
from pos_desktop.services.keeper_machine import full_disks, old_backups
from tests.database.conftest import World
from tests.keeper.mailbox import Mailbox
from tests.keeper.watching import Kept, at_work
from tests.patience import wait_until

Owner = psycopg.Connection[tuple[object, ...]]


@contextlib.contextmanager
def server_set(server: EmbeddedServer, **settings: str) -> Iterator[None]:
    """The server with other settings for the length of the block; they take effect by a reload."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        for name, value in settings.items():
            owner.execute(f"alter system set {name} = '{value}'".encode())
        reload(owner, settings)
        yield
        for name in settings:
            owner.execute(f"alter system reset {name}".encode())
        owner.execute("alter system set archive_command = 'true'")
        reload(owner, {})


def reload(owner: Owner, wanted: dict[str, str]) -> None:
    """Reload, and wait until a new session has these settings."""
    owner.execute("select pg_reload_conf()")
    for name, value in wanted.items():
        wait_until(lambda: shown(owner, name) == value)  # noqa: B023 - waits here


def shown(owner: Owner, name: str) -> object:
    return owner.execute("select current_setting(%s)", [name]).fetchall()[0][0]


def test_a_sound_server_raises_nothing(outside: Kept) -> None:
    outside.round(backups=(), disks=())
    rows = outside.database.query("select kind, subject from pos.alert where kind <> 'rights_drifted'")
    assert rows == [], "rights on the database itself are not cloned"


def test_it_lives_through_a_crash_of_the_server(installed: EmbeddedServer, outside: Kept) -> None:
    beat = "select seen_at from pos.keeper_beat"
    with at_work(outside) as said:
        wait_until(lambda: outside.database.query(beat))
        before = outside.database.query(beat)
        assert installed.pid is not None
        os.kill(installed.pid, signal.SIGKILL)
        installed.stop()
        wait_until(lambda: "does not answer" in said[-1])
        installed.start()
        wait_until(lambda: outside.database.query(beat) != before)
    assert said[-1] == "The keeper is at work."


def test_an_archive_that_is_stuck(installed: EmbeddedServer, outside: Kept) -> None:
    outside.limit("wal_archive_late", 0.5)
    with (
        server_set(installed, archive_command="false"),
        outside.database.connect() as owner,
    ):
        owner.execute("select pg_switch_wal()")
        wait_until(lambda: outside.round() or outside.alerts("wal_archive_late"))
        ((_, _, detail),) = outside.alerts("wal_archive_late")
        assert detail["seconds"] >= 0
        assert detail["files"] >= 1
    wait_until(lambda: outside.round() or not outside.alerts("wal_archive_late"))
    assert len(outside.alerts("wal_archive_late", cleared=True)) == 1


def test_a_setting_that_drifted(installed: EmbeddedServer, outside: Kept) -> None:
    with server_set(installed, fsync="off", client_connection_check_interval="0"):
        outside.round()
        found = {subject: detail for subject, _, detail in outside.alerts("setting_unsafe")}
        assert set(found) == {"fsync", "client_connection_check_interval"}
        assert found["fsync"] == {"value": "off", "wanted": "on"}
    wait_until(lambda: outside.round() or not outside.alerts("setting_unsafe"))
    assert len(outside.alerts("setting_unsafe", cleared=True)) == 2


def test_a_slot_that_keeps_the_log(installed: EmbeddedServer, outside: Kept) -> None:
    outside.limit("slot_holds_wal", 3)
    with outside.database.connect() as owner:
        owner.execute("checkpoint")
        owner.execute("select pg_create_physical_replication_slot('standby_gone', true)")
        try:
            outside.round()
            assert outside.alerts("slot_holds_wal") == []
            owner.execute("select pg_switch_wal()")
            owner.execute("create table filler as select repeat('x', 50) from generate_series(1, 60000)")
            subject, _, detail = outside.raised("slot_holds_wal")
            assert (subject, detail["status"]) == ("standby_gone", "reserved")
            assert detail["mb"] >= 3
        finally:
            owner.execute("select pg_drop_replication_slot('standby_gone')")
    outside.clears("slot_holds_wal")


def test_a_transaction_prepared_and_forgotten(outside: Kept) -> None:
    outside.limit("old_transaction", 0)
    with outside.database.connect() as owner:
        owner.execute("begin")
        owner.execute("create table forgotten (a int)")
        owner.execute("prepare transaction 'half done'")
        wait_until(lambda: outside.round() or outside.alerts("old_transaction"))
        ((_, _, detail),) = outside.alerts("old_transaction")
        assert detail["program"] == "prepared half done"
        owner.execute("rollback prepared 'half done'")
    outside.clears("old_transaction")


def test_a_transaction_left_open(kept: Kept) -> None:
    kept.limit("old_transaction", 0)
    with kept.database.connect() as idle, idle.transaction():
        idle.execute("set local application_name = 'somebody''s window'")
        idle.execute("select pg_current_xact_id()")
        wait_until(lambda: kept.round() or kept.alerts("old_transaction"))
        ((subject, _, detail),) = kept.alerts("old_transaction")
        assert (subject, detail["program"]) == ("pos", "somebody's window")
    kept.clears("old_transaction")


def test_a_dump_takes_its_time(kept: Kept) -> None:
    kept.limit("old_transaction", 0)
    with kept.database.connect() as dump, dump.transaction():
        dump.execute("set application_name = 'pg_dump'")
        started = time.monotonic()
        wait_until(lambda: time.monotonic() - started > 1.2)
        kept.round()
        assert kept.alerts("old_transaction") == []


def test_old_transactions_nobody_froze(kept: Kept) -> None:
    kept.limit("wraparound_near", 10)
    kept.round()
    assert "pos" in {subject for subject, _, _ in kept.alerts("wraparound_near")}
    kept.limit("wraparound_near", 500_000_000)
    kept.clears("wraparound_near")


def test_connections_that_run_out(kept: Kept) -> None:
    (used,) = kept.database.query(
        "select count(*) from pg_stat_activity where backend_type = 'client backend'"
    )[0]
    kept.limit("connections_low", 100 * (used + 6) / 197)
    kept.round()
    assert kept.alerts("connections_low") == []
    with contextlib.ExitStack() as crowd:
        for _ in range(12):
            crowd.enter_context(kept.database.connect())
        _, _, detail = kept.raised("connections_low")
        assert detail["most"] == 197
        assert detail["used"] > used + 6
    wait_until(lambda: kept.round() or not kept.alerts("connections_low"))


# -- the machine -------------------------------------------------------------------------------------


def test_a_disk_that_fills_up(kept: Kept, tmp_path: Path) -> None:
    usage = shutil.disk_usage(tmp_path)
    percent = 100 * usage.used / (usage.used + usage.free)
    kept.limit("disk_full", percent - 1)
    kept.round(disks=(tmp_path,))
    assert kept.alerts("disk_full")
    kept.limit("disk_full", 100)
    kept.clears("disk_full", disks=(tmp_path,))
    assert list(full_disks([tmp_path / "not there"], 0)) == []
    assert len(list(full_disks([tmp_path, tmp_path.parent], 0))) == 1, "one disk, said once"


def test_a_backup_that_got_old(world: World, kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    folder.mkdir()
    dump = folder / "pos-20261121-180000.dump"
    dump.touch()
    kept.round(backups=(folder,))
    assert kept.alerts("backup_old") == []
    old = time.time() - 27 * 3600
    os.utime(dump, (old, old))
    subject, _, detail = kept.raised("backup_old", backups=(folder,))
    assert subject == str(folder)
    assert 26 * 3600 < detail["seconds"] < 28 * 3600
    (folder / "pos-20261122-180000.dump").touch()
    kept.clears("backup_old", backups=(folder,))


def test_a_shop_without_any_backup(world: World, kept: Kept, tmp_path: Path) -> None:
    kept.round(backups=(tmp_path,))
    assert kept.alerts("backup_old") == [], "it began today"
    world.owner.execute("update pos.till set enrolled_at = now() - interval '2 days'")
    assert kept.raised("backup_old", backups=(tmp_path,))[2] == {}
    assert list(old_backups([tmp_path], 26, None)) == [], "no till, nothing to back up"


def certificate(folder: Path, days: int) -> tuple[Path, Path]:
    """A self-signed certificate and its key."""
    names = folder / f"server{days}.crt", folder / f"server{days}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", str(days), "-subj", "/CN=shop-server",
         "-out", str(names[0]), "-keyout", str(names[1])],
        check=True, capture_output=True,
    )  # fmt: skip
    for name in names:
        give_to_server(name, 0o600)
    return names


def test_a_certificate_that_ends_soon(installed: EmbeddedServer, outside: Kept, open_dir: Path) -> None:
    dsn = replace(outside.post, dsn=outside.post.dsn).dsn
    assert certificate_until(dsn) is None
    good = certificate(open_dir, 400)
    for days, severity in ((10, "warning"), (2, "alarm")):
        crt, key = certificate(open_dir, days)
        with server_set(installed, ssl="on", ssl_cert_file=str(crt), ssl_key_file=str(key)):
            wait_until(lambda: certificate_until(dsn))
            _, _, detail = outside.raised("certificate_expiring")
            assert detail["days"] == days - 1
            found = outside.database.query(
                "select severity from pos.alert where kind = 'certificate_expiring' and cleared_at is null"
            )
            assert found == [(severity,)]
        with server_set(installed, ssl="on", ssl_cert_file=str(good[0]), ssl_key_file=str(good[1])):
            outside.clears("certificate_expiring")


def test_bytes_that_are_no_certificate_have_no_end() -> None:
    assert not_after(b"") is None
    assert not_after(b"\x30\x82\xff\xff\x00") is None
    assert not_after(bytes(range(256))) is None


# -- mail ------------------------------------------------------------------------------------------


def to_it(box: str) -> MailSettings:
    return MailSettings(box, "pos@shop.example", ("it@shop.example", "ann@shop.example"), "none", "", None)


def test_each_alert_is_mailed_once(world: World, kept: Kept) -> None:
    world.till(1).post_bytes(b"no document at all", b"x" * 32)
    with Mailbox() as box:
        kept.round(mail=to_it(box.address))
        kept.round(mail=to_it(box.address))
        ((to, mail),) = box.mails
        assert to == ["it@shop.example", "ann@shop.example"]
        assert mail["From"] == "pos@shop.example"
        assert mail["Subject"].startswith("ALARM: ")
        text = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert "The server did not store a document of till 1 of store 1 (malformed)." in text
        assert "fsync = off" in text, "the tests' server"
        world.till(2).post_bytes(b"not this one either", b"x" * 32)
        kept.round(mail=to_it(box.address))
        assert "till 2 of store 1" in box.mails[1][1]["Subject"]
        assert len(box.mails) == 2


def test_a_mail_server_that_is_away_is_an_alert_and_the_mail_goes_later(kept: Kept) -> None:
    with Mailbox() as box:
        port = box.server_address[1]
    mail = to_it(f"127.0.0.1:{port}")
    subject, _, detail = kept.raised("mail_stuck", mail=mail)
    assert subject == mail.server
    assert "refused" in detail["reason"]
    with Mailbox(int(port)) as box:
        kept.clears("mail_stuck", mail=mail)
        assert len(box.mails) == 1
        assert "mail" not in box.mails[0][1]["Subject"]


def test_an_address_that_is_refused_keeps_nobody_elses_mail(kept: Kept) -> None:
    with Mailbox() as box:
        box.refused.add("ann")
        kept.round(mail=to_it(box.address))
        assert [to for to, _ in box.mails] == [["it@shop.example"]]
        ((_, _, detail),) = kept.alerts("mail_stuck")
        assert detail["reason"] == "refused ann@shop.example"
        box.refused.clear()
        kept.round(mail=to_it(box.address))
        assert len(box.mails) == 1, "nobody is sent the same twice"
