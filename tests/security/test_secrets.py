"""Where secrets are kept, and that a running till shows none: not to ps, in a file, its log or journal."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from pos_desktop import secret_store
from pos_desktop.bootstrap import open_till
from pos_desktop.cli import main as cli
from pos_desktop.config import load_settings, login_password, save_database
from pos_desktop.database.dump import dump_database
from pos_desktop.errors import UserError
from pos_desktop.secret_store import keep_secret, read_secret, write_secret
from pos_desktop.services.pin import set_person_pin
from tests.database.conftest import World
from tests.database.shop import CASHIER, PASSWORD
from tests.patience import wait_until
from tests.security.keyring_in_memory import Keyring

PEPPER = "a-pepper-of-thirty-random-letters"
PIN = "471108"


def test_a_secret_goes_into_the_systems_keyring(
    tmp_path: Path, use_keyring: Callable[[object], None]
) -> None:
    keyring = Keyring()
    use_keyring(keyring)
    kept = keep_secret(tmp_path, "till_1_01", "long and random")
    assert kept.key == "keyring"
    assert os.listdir(tmp_path) == []
    save_database(tmp_path / "till.toml", {"login": "till_1_01", "dsn": "dbname=pos", kept.key: kept.value})
    assert login_password(load_settings(tmp_path, {}), {}) == "long and random"
    assert "long and random" not in (tmp_path / "till.toml").read_text()
    keyring.kept.clear()
    with pytest.raises(UserError) as gone:
        login_password(load_settings(tmp_path, {}), {})
    assert gone.value.code == "config.no_keyring"


@pytest.mark.parametrize(
    "keyring",
    [None, Keyring(locked=True), SimpleNamespace(get_keyring=lambda: SimpleNamespace(priority=0))],
    ids=["none installed", "locked", "none behind it"],
)
def test_without_a_keyring_it_is_a_file_of_this_user_alone(
    tmp_path: Path, use_keyring: Callable[[object], None], keyring: object
) -> None:
    use_keyring(keyring)
    kept = keep_secret(tmp_path, "till_1_01", "long and random")
    assert kept == secret_store.Kept("password_file", "till-password")
    assert stat.S_IMODE((tmp_path / "till-password").stat().st_mode) == 0o600
    assert read_secret(tmp_path / "till-password") == "long and random"


def test_the_section_is_written_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "till.toml"
    file.write_text(
        '# our till\n[screen]\ntheme = "dark"\n\n[database]\nlogin = "old" # x\n\n[drawer]\npin = 5\n'
    )
    save_database(file, {"login": 'a "quoted" \\ näme', "insecure": True})
    settings = load_settings(tmp_path, {})
    assert (settings.database.login, settings.database.insecure) == ('a "quoted" \\ näme', True)
    assert (settings.screen.theme, settings.drawer.pin) == ("dark", 5)
    assert "# our till" in file.read_text()
    save_database(file, {"login": "till_1_01"})
    assert file.read_text().count("[database]") == 1


@pytest.fixture
def till_home(world: World, tmp_path: Path) -> Path:
    """A till's folder as ``till claim`` leaves it."""
    set_person_pin(world.owner, CASHIER, PIN, PEPPER.encode(), approves=True)
    write_secret(tmp_path / "till-password", PASSWORD)
    write_secret(tmp_path / "pepper", PEPPER)
    save_database(
        tmp_path / "till.toml",
        {"dsn": world.database.owner_address.replace("user=pos", ""), "login": world.shop.logins[1],
         "password_file": "till-password"},
    )  # fmt: skip
    return tmp_path


def shown_by(process: int) -> bytes:
    """What everybody, and root, can read of a process and of those it started."""
    seen = b""
    with contextlib.suppress(OSError):
        for name in ("cmdline", "environ"):
            seen += Path(f"/proc/{process}/{name}").read_bytes()
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                seen += shown_by(int(child))
    return seen


def test_a_running_register_shows_no_secret(world: World, till_home: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [
        sys.executable,
        "-m",
        "pos_desktop",
        "--home",
        str(till_home),
        "register",
        "--size",
        "1366x768",
    ]
    connected = "select count(*) from pg_stat_activity where usename = %s"
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        try:

            def has_come() -> bool:
                assert process.poll() is None, process.stderr.read()[-2000:] if process.stderr else ""
                return bool(world.one(connected, world.shop.logins[1]))

            wait_until(has_come)
            seen = shown_by(process.pid)
        finally:
            process.terminate()
    assert b"register" in seen
    assert not [secret for secret in (PASSWORD, PEPPER, PIN) if secret.encode() in seen]
    assert no_secret_in(till_home) == []


def no_secret_in(home: Path) -> list[str]:
    """The files of a till that hold a secret, but for the two whose place that is."""
    secrets = [secret.encode() for secret in (PASSWORD, PEPPER, PIN)]
    files = [f for f in home.rglob("*") if f.is_file() and f.name not in ("till-password", "pepper")]
    assert files
    return [f.name for f in files if any(secret in f.read_bytes() for secret in secrets)]


@pytest.mark.expects_log
def test_a_sign_in_leaves_no_pin_in_journal_log_or_crash_report(
    world: World, till_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("pos_desktop")
    handlers = list(logging.getLogger().handlers)
    cli.start_log(till_home)
    app = open_till(load_settings(till_home, {}))
    try:
        app.till.sign_in(CASHIER, "471109")
        app.till.sign_in(CASHIER, PIN)
        app.till.open_shift(10000)
        app.till.no_sale("change")
        app.database.close()
        with monkeypatch.context() as patch:
            patch.setattr(type(app.till), "staff", lambda _: 1 / 0)
            try:
                app.till.staff()
            except ZeroDivisionError as error:
                log.critical("unexpected: %s", error, exc_info=True)
        with contextlib.suppress(Exception):
            app.till.sign_in(CASHIER, PIN)
    finally:
        app.close()
        for handler in set(logging.getLogger().handlers) - set(handlers):
            logging.getLogger().removeHandler(handler)
            handler.close()
    assert "ZeroDivisionError" in (till_home / "logs" / "pos-desktop.log").read_text()
    assert no_secret_in(till_home) == []
    books = world.query("select body from pos.document union all select detail::text from pos.flag")
    assert books
    assert not [body for (body,) in books if PIN in body or PEPPER in body]


def test_no_trouble_tells_the_password_it_had(world: World) -> None:
    login = world.shop.logins[1]
    for command in (
        ["till", "list", "--dsn", f"host=127.0.0.1 password={PASSWORD.split()[0]}-x dbname=pos"],
        ["till", "list", "--dsn", "this is no dsn s3cret"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pos_desktop", *command], capture_output=True, text=True, check=False,
            env={**os.environ, "POS_DESKTOP_PASSWORD": "s3cret"},
        )  # fmt: skip
        assert done.returncode == 1
        assert "s3cret" not in done.stdout + done.stderr
        assert f"{PASSWORD.split()[0]}-x" not in done.stdout + done.stderr
    assert login


def test_a_dump_shows_no_password_while_it_runs(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's own password goes to pg_dump by a file that is gone afterwards."""
    seen: list[bytes] = []
    real = subprocess.Popen.__init__

    def watched(self: subprocess.Popen[str], command: list[str], **options: object) -> None:
        environment = options.get("env")
        assert isinstance(environment, dict)
        seen.append("\0".join([*command, *(f"{k}={v}" for k, v in environment.items())]).encode())
        passes.append(environment.get("PGPASSFILE"))
        real(self, command, **options)  # type: ignore[arg-type]

    passes: list[str | None] = []
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", "s3cret")
    with monkeypatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", watched)
        dump_database(world.database.server.binaries, world.database.owner_dsn, tmp_path / "x.dump")
    assert (tmp_path / "x.dump").stat().st_size > 1000
    password = world.database.owner_password
    assert not [words for words in seen if password.encode() in words or b"s3cret" in words]
    assert any(passes)
    assert not [file for file in passes if file and Path(file).exists()]


def test_the_tests_look_where_secrets_would_be(till_home: Path) -> None:
    (till_home / "till.toml.bak").write_text(f"password = {PASSWORD}")
    assert no_secret_in(till_home) == ["till.toml.bak"]
    with subprocess.Popen(
        [sys.executable, "-c", "input()", PEPPER], stdin=subprocess.PIPE, env={**os.environ, "X": PIN}
    ) as process:
        try:
            wait_until(lambda: PEPPER.encode() in shown_by(process.pid))
            assert PIN.encode() in shown_by(process.pid)
        finally:
            process.terminate()


def test_every_place_of_a_secret_is_private_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    real = os.fsync

    def looking(handle: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        real(handle)

    monkeypatch.setattr(os, "fsync", looking)
    before = os.umask(0)
    try:
        write_secret(tmp_path / "pepper", PEPPER)
    finally:
        os.umask(before)
    assert modes == [0o600]


@pytest.fixture(autouse=True)
def _unused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret of whoever runs the tests helps a till here."""
    for name in ("POS_DESKTOP_PASSWORD", "POS_DESKTOP_DSN", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
