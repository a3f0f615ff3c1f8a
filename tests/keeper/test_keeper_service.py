"""The keeper as a program: one at a time, ended by a signal, once for cron, its login given and taken."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.cli import doctor
from pos_desktop.cli.main import main
from pos_desktop.config import load_settings
from pos_desktop.database.server_settings import WANTED, lacking
from pos_desktop.errors import message_codes
from pos_desktop.secret_store import write_secret
from tests.database.conftest import World
from tests.keeper.watching import PASSWORD, Kept, at_work
from tests.patience import wait_until

ROOT = Path(__file__).resolve().parents[2]
NEW = "POS_DESKTOP_NEW_PASSWORD"


def test_one_works_and_the_next_takes_over(world: World, kept: Kept) -> None:
    with at_work(kept) as first:
        wait_until(lambda: first == ["The keeper is at work."])
        assert not kept.keeper().once()
        with at_work(kept) as second:
            wait_until(lambda: second == ["Another keeper is at work; waiting for it to end."])
            world.owner.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
            )
            wait_until(lambda: "The keeper is at work." in second)
            world.owner.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
            )
            wait_until(lambda: (first + second).count("The keeper is at work.") > 2)


def test_its_connection_cut_it_comes_back(world: World, kept: Kept) -> None:
    with at_work(kept) as said:
        for _ in range(2):
            before = world.query("select seen_at from pos.keeper_beat")
            wait_until(lambda: world.query("select seen_at from pos.keeper_beat") != before)  # noqa: B023
            world.owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'pos_desktop keeper'"
            )
        before = world.query("select seen_at from pos.keeper_beat")
        wait_until(lambda: world.query("select seen_at from pos.keeper_beat") != before)
    assert "does not answer" in " ".join(said)


@pytest.mark.expects_log
def test_a_part_in_trouble_keeps_no_other_from_its_work(
    world: World, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    world.till(1).post_bytes(b"no document at all", b"x" * 32)
    world.owner.execute("revoke execute on function api.keeper_trading_since() from pos_keeper")
    kept.round()
    assert kept.alerts("document_rejected")
    assert [record.message.partition(":")[0] for record in caplog.records] == ["not looked at backup_old"]


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def home(open_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(open_dir / "home"))
    (open_dir / "home").mkdir()
    return open_dir / "home"


def set_up(home: Path, world: World, login: str, password: str = PASSWORD) -> None:
    """till.toml of a machine the keeper runs on."""
    write_secret(home / "keeper-password", password)
    dsn = f"host=127.0.0.1 port={world.database.server.port} dbname={world.database.name}"
    lines = ["[database]", f"dsn = {json.dumps(dsn)}", f"login = {json.dumps(login)}"]
    (home / "till.toml").write_text("\n".join([*lines, "password_file = 'keeper-password'", ""]), "utf-8")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(world: World, kept: Kept, home: Path, number: int) -> None:
    set_up(home, world, kept.database.logins[-1])
    program = subprocess.Popen(
        [sys.executable, "-m", "pos_desktop", "keeper"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "The keeper is at work.\n"
    wait_until(lambda: world.query("select seen_at from pos.keeper_beat"))
    program.send_signal(number)
    assert program.wait(60) == 0
    program.stdout.close()
    assert world.query("select pid from pg_locks where locktype = 'advisory'") == []


def test_once_for_cron(world: World, kept: Kept, home: Path) -> None:
    till = world.till(1)
    set_up(home, world, kept.database.logins[-1])
    assert main(["keeper", "--once"]) == 0
    assert till.head.hex() in (home / "anchors" / "heads.jsonl").read_text()
    assert world.query("select sum(no) from pos.rolled_up") == [(1,)]


def test_a_keeper_gets_its_login_and_loses_it(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    login = f"watch_{world.database.name}"
    world.database.logins.append(login)
    server = world.database.server
    owner = psycopg.conninfo.conninfo_to_dict(server.dsn())
    set_up(home, world, str(owner["user"]), str(owner["password"]))
    monkeypatch.setenv(NEW, PASSWORD)
    assert main(["keeper", "add", "--login", login]) == 0
    set_up(home, world, login)
    assert main(["keeper", "--once"]) == 0
    set_up(home, world, str(owner["user"]), str(owner["password"]))
    assert main(["keeper", "end", "--login", login]) == 0
    assert main(["keeper", "end", "--login", "nobody_of_that_name"]) == 1
    set_up(home, world, login)
    assert main(["keeper", "--once"]) == 1
    assert "does not accept the login" in capsys.readouterr().err


def test_a_machine_without_a_shop_gets_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keeper"]) == 1
    assert "There is no shop" in capsys.readouterr().err
    assert not (home / "server").exists()


def test_mail_settings_are_read_and_checked(home: Path) -> None:
    full = (
        '[keeper]\nanchors_directory = "/mnt/anchors"\nmail_server = "smtp.example.org:587"\n'
        'mail_from = "pos@example.org"\nmail_to = "it@example.org, ann@example.org"\nmail_login = "pos"\n'
        'mail_password_file = "mail"\n'
    )
    (home / "till.toml").write_text(full)
    keeper = load_settings(home, {}).keeper
    assert keeper.anchors_dir == Path("/mnt/anchors")
    assert keeper.mail is not None
    assert keeper.mail.to == ("it@example.org", "ann@example.org")
    assert (keeper.mail.security, keeper.mail.password_file) == ("starttls", home / "mail")
    for wrong, said in (
        (full.replace("it@example.org", "it"), "keeper.mail_to"),
        (full.replace("pos@example.org", ""), "keeper.mail_from"),
        (full.replace(":587", ":smtp"), "keeper.mail_server"),
        (full + 'mail_security = "ssl"\n', "keeper.mail_security"),
    ):
        (home / "till.toml").write_text(wrong)
        with pytest.raises(Exception, match=said):
            load_settings(home, {})


# -- settings of a server, and words ---------------------------------------------------------------


def test_the_doctor_names_what_a_server_lacks(world: World, kept: Kept, home: Path) -> None:
    set_up(home, world, kept.database.logins[-1])
    checks = [check for check in doctor.examine_machine() if check.subject == "Safety"]
    found = {check.found.split(" = ")[0]: check.light for check in checks}
    assert found["fsync"] == "red", "the tests' own server"
    assert "tcp_keepalives_idle" not in found
    assert all("postgresql.conf" in check.next for check in checks)


def test_a_bare_postgresql_lacks_what_keeps_others_from_waiting() -> None:
    bare = {
        "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "tcp_keepalives_idle": "0",
        "tcp_keepalives_interval": "0", "tcp_keepalives_count": "0", "client_connection_check_interval": "0",
        "idle_in_transaction_session_timeout": "0", "password_encryption": "scram-sha-256",
        "deadlock_timeout": "1000", "log_lock_waits": "off", "log_parameter_max_length": "-1",
        "log_parameter_max_length_on_error": "0", "data_checksums": "off",
        "ssl_min_protocol_version": "TLSv1.2",
    }  # fmt: skip
    assert {one.name for one in WANTED} == set(bare)
    names = [lack.wanted.name for lack in lacking(bare)]
    assert names == [
        "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count",
        "client_connection_check_interval", "idle_in_transaction_session_timeout", "deadlock_timeout",
        "log_lock_waits", "log_parameter_max_length", "data_checksums",
    ]  # fmt: skip
    assert lacking({}) == ()


def test_every_alert_has_words_a_line_in_the_docs_and_a_test(world: World) -> None:
    kinds = {kind: threshold for kind, threshold in world.query("select kind, threshold from pos.alert_rule")}
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    fired = "".join(
        file.read_text(encoding="utf-8")
        for room in ("keeper", "backup")
        for file in (ROOT / "tests" / room).glob("test_*.py")
        if file != Path(__file__)
    )
    assert [kind for kind in kinds if f'"{kind}"' not in fired] == []
    for kind, threshold in kinds.items():
        assert f"alert.{kind}" in message_codes()
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{kind}` |")]
        limit = row.split("|")[3].replace(",", "").split()
        assert limit[:1] == ([f"{threshold:.0f}"] if threshold else []), row
    for role, idle, transaction, query in world.query("select * from pos.session_rule"):
        assert f"{idle:.0f} s | {transaction:.0f} s | {query:.0f} s" in page, role
