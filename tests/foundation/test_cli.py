"""The command line as a person meets it: sentences, exit codes, and no traceback."""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop import errors, paths
from pos_desktop.cli import doctor, main, migrate
from pos_desktop.cli.doctor_secrets import check_pepper
from pos_desktop.config import load_settings
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan
from pos_desktop.database.migrate import migrate as migrate_database
from pos_desktop.errors import Bug, EnvironmentProblem, PosError, UserError
from pos_desktop.secret_store import write_secret
from tests.conftest import binaries_under_test
from tests.shop_database import ShopDatabase

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    """The command line gives the root logger a file; take it away again."""
    before = list(logging.getLogger().handlers)
    yield
    for handler in logging.getLogger().handlers[:]:
        if handler not in before:
            logging.getLogger().removeHandler(handler)
            handler.close()


@pytest.fixture
def home(open_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(open_dir / "home"))
    return open_dir / "home"


def write_settings(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "till.toml").write_text(text, encoding="utf-8")


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pos_desktop", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )


# -- the frame ---------------------------------------------------------------------------------------


def test_without_a_command_it_lists_them_all(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main.main([]) == 2
    text = capsys.readouterr().out
    assert all(command.name in text for command in main.COMMANDS)


def test_an_unknown_command_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    with pytest.raises(SystemExit) as caught:
        main.main(["sell"])
    assert caught.value.code == 2
    assert "doctor" in capsys.readouterr().err


def test_help_of_one_command_imports_no_other(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pos_desktop", "migrate", "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "usage: pos-desktop migrate" in done.stdout
    assert "pos_desktop.cli.doctor" not in done.stderr
    assert "PySide6" not in done.stderr


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (UserError("config.dsn", file="till.toml"), 1, "no connection string"),
        (EnvironmentProblem("server.unreachable"), 75, "does not answer"),
        (OSError(errno.ENOSPC, "No space left", "/data/x"), 75, "no room left on the disk (/data/x)"),
        (OSError(errno.EROFS, "Read-only", "/data/x"), 75, "can only be read"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_each_trouble_is_a_sentence_and_an_exit_code(
    trouble: BaseException,
    code: int,
    words: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(_args: object) -> NoReturn:
        raise trouble

    monkeypatch.setattr(migrate, "run", run)
    assert main.main(["migrate"]) == code
    text = capsys.readouterr().err
    assert words in text
    assert "Traceback" not in text


@pytest.mark.expects_log
@pytest.mark.parametrize("trouble", [ValueError("a slip"), Bug("bug", detail="a slip")])
def test_our_own_mistakes_go_to_the_log_with_their_trace(
    trouble: Exception, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_args: object) -> NoReturn:
        raise trouble

    monkeypatch.setattr(migrate, "run", run)
    assert main.main(["migrate"]) == 70
    text = capsys.readouterr().err
    assert "a slip" in text
    assert "Traceback" not in text
    assert "Traceback" in (home / "logs" / "pos-desktop.log").read_text()


def test_migrate_makes_a_shop_and_then_finds_nothing_to_do(home: Path) -> None:
    first = program("migrate")
    assert first.returncode == 0, first.stderr
    assert "Applied 0001_" in first.stdout
    again = program("migrate", "--home", str(home))
    assert again.returncode == 0
    assert again.stdout.startswith("The database is up to date (step ")
    assert len(again.stdout.splitlines()) == 1


def test_migrate_refuses_an_unchecked_server_on_the_network(home: Path) -> None:
    done = program("migrate", "--dsn", "host=192.0.2.1 dbname=pos")
    assert done.returncode == 1
    assert "verify-full" in done.stderr


def test_a_home_that_cannot_be_written_is_a_sentence(open_dir: Path) -> None:
    (open_dir / "file").write_text("in the way")
    done = program("migrate", POS_DESKTOP_HOME=str(open_dir / "file" / "home"))
    assert done.returncode == 75
    assert "cannot be set up" in done.stderr
    assert "Traceback" not in done.stderr


def test_verify_makes_no_shop_where_there_is_none(home: Path) -> None:
    done = program("verify")
    assert done.returncode == 1
    assert "There is no shop" in done.stderr
    assert "pos-desktop migrate" in done.stderr
    assert not (home / "server").exists()


# -- the doctor --------------------------------------------------------------------------------------


def diagnose(*subjects: str) -> dict[str, doctor.Check]:
    checks = {check.subject: check for check in doctor.examine_machine()}
    return {subject: checks[subject] for subject in subjects} if subjects else checks


def use_server(home: Path, dsn: str, extra: str = "") -> None:
    """The password in a file of its own: a connection string is no place for it."""
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    lines = [f"dsn = {json.dumps(make_conninfo('', **parts))}"]
    if password is not None:
        home.mkdir(parents=True, exist_ok=True)
        write_secret(home / "login-password", str(password))
        lines.append('password_file = "login-password"')
    write_settings(home, "\n".join(["[database]", *lines, extra]))


def test_a_sound_machine_is_green(open_dir: Path, home: Path) -> None:
    """On a server of its own: the doctor looks at all logins of one, other tests' too."""
    with (
        EmbeddedServer(open_dir / "server", binaries_under_test(), durable=False) as server,
        socket.create_server(("127.0.0.1", 0)) as printer,
    ):
        migrate_database(server.dsn(), load_plan(paths.migrations_dir()))
        address = f"127.0.0.1:{printer.getsockname()[1]}"
        use_server(home, server.dsn(), f'[printer]\nkind = "network"\naddress = "{address}"\n')
        write_secret(load_settings(home).pepper_file, "the shop's")
        checks = diagnose()
    safety = checks.pop("Safety")
    assert safety.light != "green", "the tests' own server keeps nothing through a power cut"
    assert [check.line for check in checks.values() if check.light != "green"] == []
    subjects = "Clock Settings Folder Journal Pepper Password Server Time Schema Rights Printer Backup"
    assert set(subjects.split()) == set(checks)


def test_no_server_at_all_is_red(home: Path) -> None:
    check = diagnose("Server")["Server"]
    assert check.light == "red"
    assert "database.dsn" in check.next


def test_a_server_that_does_not_answer_is_red(home: Path) -> None:
    use_server(home, "host=127.0.0.1 port=1 dbname=pos connect_timeout=2")
    check = diagnose("Server")["Server"]
    assert check.light == "red"
    assert "does not answer" in check.found


def test_a_wrong_password_is_told_from_a_dead_server(database: ShopDatabase, home: Path) -> None:
    use_server(home, make_conninfo(database.owner_dsn, password="wrong"))
    check = diagnose("Server")["Server"]
    assert check.light == "red"
    assert "login pos" in check.found


def test_a_missing_database_is_told_from_a_wrong_password(database: ShopDatabase, home: Path) -> None:
    use_server(home, make_conninfo(database.owner_dsn, dbname="not_there"))
    check = diagnose("Server")["Server"]
    assert check.light == "red"
    assert "no database not_there" in check.found


def test_an_old_schema_is_red_and_says_migrate(empty_database: ShopDatabase, home: Path) -> None:
    use_server(home, empty_database.owner_dsn)
    check = diagnose("Schema")["Schema"]
    assert check.light == "red"
    assert "pos-desktop migrate" in check.next


def test_a_newer_schema_is_red(database: ShopDatabase, home: Path) -> None:
    with database.connect() as owner:
        owner.execute(
            "insert into pos_meta.schema_migration (number, name, checksum, program, took_ms)"
            " values (9999, '9999_add_future', 'x', '9.9', 1)"
        )
    use_server(home, database.owner_dsn)
    check = diagnose("Schema")["Schema"]
    assert check.light == "red"
    assert "newer" in check.found


@pytest.mark.parametrize(("step", "light"), [(None, "green"), (9999, "red")])
def test_a_till_that_may_not_look_can_still_tell(
    database: ShopDatabase, home: Path, step: int | None, light: str
) -> None:
    dsn = database.add_login("test_doctor_till", "pos_till")
    if step is not None:
        with database.connect() as owner:
            owner.execute(
                "insert into pos_meta.schema_migration (number, name, checksum, program, took_ms)"
                " values (%s, 'x', 'x', 'x', 1)",
                [step],
            )
    use_server(home, dsn)
    assert diagnose("Schema")["Schema"].light == light


@pytest.mark.parametrize(("seconds", "light"), [(0.3, "green"), (-5, "amber"), (5, "amber"), (-3600, "red")])
def test_a_clock_that_is_off_is_told(seconds: float, light: str) -> None:
    check = doctor.check_offset(seconds)
    assert check.light == light
    assert ("ahead" in check.found) == (seconds < 0)


def test_a_clock_that_lost_its_battery_is_red() -> None:
    assert doctor.check_clock_of_machine(doctor.EARLIEST.replace(year=1970)).light == "red"


def test_a_printer_that_is_not_there_is_red(home: Path) -> None:
    write_settings(home, '[printer]\nkind = "network"\naddress = "127.0.0.1:1"\n')
    assert diagnose("Printer")["Printer"].light == "red"


def test_a_setting_nobody_knows_is_red_and_ends_the_look(home: Path) -> None:
    write_settings(home, '[database]\ndns = "x"\n')
    checks = diagnose()
    assert checks["Settings"].light == "red"
    assert "Server" not in checks


@pytest.mark.parametrize(
    ("hours", "second", "light"),
    [(None, True, "amber"), (1, True, "green"), (1, False, "amber"), (48, True, "amber"), (200, True, "red")],
)
def test_an_old_backup_is_told(home: Path, hours: int | None, second: bool, light: str) -> None:
    other = home.parent / "usb"
    other.mkdir()
    write_settings(home, f'[backup]\nsecond_directory = "{other}"\n' if second else "")
    folder = other if second else home / "backups"
    folder.mkdir(exist_ok=True)
    now = time.time()
    if hours is not None:
        (folder / "pos.dump").write_bytes(b"PGDMP")
        os.utime(folder / "pos.dump", (now - hours * 3600, now - hours * 3600))
    assert doctor.check_backups(load_settings(), now).light == light


@pytest.mark.parametrize(("there", "light"), [(None, "red"), (1, "green"), (48, "amber"), (200, "red")])
def test_a_second_disk_that_takes_no_dump_is_told(home: Path, there: int | None, light: str) -> None:
    """The dump beside the database is fresh, and no help on the day its disk dies."""
    second = home.parent / "usb"
    second.mkdir()
    write_settings(home, f'[backup]\nsecond_directory = "{second}"\n')
    (home / "backups").mkdir()
    now = time.time()
    for folder, hours in ((home / "backups", 1), (second, there)):
        if hours is not None:
            (folder / "pos.dump").write_bytes(b"PGDMP")
            os.utime(folder / "pos.dump", (now - hours * 3600, now - hours * 3600))
    assert doctor.check_backups(load_settings(), now).light == light


def test_a_folder_that_cannot_be_written_is_red(open_dir: Path) -> None:
    (open_dir / "file").write_text("in the way")
    check = doctor.check_home(open_dir / "file" / "home")
    assert check.light == "red"
    assert check.next


def test_a_till_without_the_pepper_is_red_since_it_would_refuse_every_pin(home: Path) -> None:
    missing = check_pepper(load_settings(home))
    assert (missing.light, missing.subject) == ("red", "Pepper")
    assert "Copy it" in missing.next
    home.mkdir(exist_ok=True)
    write_secret(load_settings(home).pepper_file, "the shop's")
    assert check_pepper(load_settings(home)).light == "green"


def test_the_doctor_prints_a_line_each_and_exits_1_on_red(home: Path) -> None:
    done = program("doctor")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert any(line.startswith("red    Server") for line in lines)
    assert all(line.split()[0] in ("green", "amber", "red") for line in lines)
    as_json = program("doctor", "--json")
    assert next(check["subject"] for check in json.loads(as_json.stdout)) == "Clock"


# -- the catalogue -----------------------------------------------------------------------------------


def test_messages_take_named_parameters_and_never_fail_to_show() -> None:
    assert UserError("row.exists", what="name").text().startswith("There is already one with the same name")
    assert UserError("no.such.code", what=5).text() == "no.such.code {'what': 5}"
    assert "{what}" in UserError("row.exists").text()
    assert not UserError("row.exists", what="x").retryable
    assert issubclass(Bug, PosError)


def test_two_texts_for_one_code_are_refused() -> None:
    errors.add_messages({"bug": errors.message_template("bug")})
    with pytest.raises(ValueError, match="two different texts"):
        errors.add_messages({"bug": "something else"})
