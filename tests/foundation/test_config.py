"""The settings file: what it may say, and the sentence for each thing it may not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.bootstrap import open_printer
from pos_desktop.config import (
    CODE_PAGES,
    Settings,
    load_settings,
    login_password,
)
from pos_desktop.database.dsn import patient, server_dsn
from pos_desktop.domain.receipt_layout import Cell, TextRow
from pos_desktop.errors import UserError
from pos_desktop.hardware.decode import Line, decode
from pos_desktop.hardware.escpos import render
from pos_desktop.secret_store import read_secret, write_secret

FULL = """
[database]
dsn = "host=shop-server dbname=pos sslmode=verify-full sslrootcert=/etc/shop/ca.pem"
login = "till_1"
password_file = "secret"

[till]
pepper_file = "/etc/shop/pepper"

[journal]
directory = "tape"

[backup]
second_directory = "/mnt/usb"

[printer]
kind = "network"
address = "192.168.1.50:9100"
width = 58
code_page = "CP1252"

[drawer]
connected = false
pin = 5

[screen]
theme = "dark"
size = "1366x768"
lock_minutes = 0
language = "sw"
"""


def load(home: Path, text: str, **environment: str) -> Settings:
    (home / "till.toml").write_text(text, encoding="utf-8")
    return load_settings(home, environment)


def refused(home: Path, text: str) -> UserError:
    with pytest.raises(UserError) as caught:
        load(home, text)
    return caught.value


def test_no_file_means_defaults_and_an_embedded_server(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert settings.database.embedded
    assert settings.printer.kind == "none"
    assert settings.printer.width_mm == 80
    assert settings.screen.theme == "light"
    assert settings.screen.size is None
    assert settings.screen.lock_minutes == 5
    assert settings.screen.language == "en"
    assert settings.journal_dir == tmp_path / "journal"
    assert settings.drawer.connected


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)
    assert not settings.database.embedded
    assert settings.database.login == "till_1"
    assert settings.database.password_file == tmp_path / "secret"
    assert settings.pepper_file == Path("/etc/shop/pepper")
    assert settings.journal_dir == tmp_path / "tape"
    assert settings.second_backup_dir == Path("/mnt/usb")
    assert (settings.printer.kind, settings.printer.address) == ("network", "192.168.1.50:9100")
    assert (settings.printer.width_mm, settings.printer.code_page) == (58, "CP1252")
    assert (settings.drawer.connected, settings.drawer.pin) == (False, 5)
    assert (settings.screen.theme, settings.screen.size) == ("dark", (1366, 768))
    assert settings.screen.lock_minutes == 0
    assert settings.screen.language == "sw"


@pytest.mark.parametrize(("page", "text"), list(zip(CODE_PAGES, "ééł€Жł€", strict=True)))
def test_every_code_page_of_the_settings_prints(tmp_path: Path, page: str, text: str) -> None:
    """The page is switched to, and a letter of its own comes out."""
    printer = f'[printer]\nkind = "file"\naddress = "paper.bin"\ncode_page = "{page}"'
    lane = open_printer(load(tmp_path, printer))
    items = decode(render([TextRow((Cell(text, 0, 48),), 48)], lane.profile))
    assert [item.text.strip() for item in items if isinstance(item, Line)] == [text]


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        ("[screen]\nlanguage = 'fr'", "screen.language", "one of en, de, sw"),
        ("[printer]\nkind = 'laser'", "printer.kind", "network, usb, serial, file, none"),
        ("[printer]\nkind = 'network'", "printer.address", "192.168.1.50:9100"),
        ("[printer]\nkind = 'network'\naddress = 'a:b:c'", "printer.address", "host:port"),
        ("[printer]\nkind = 'usb'\naddress = 'epson'", "printer.address", "04b8:0e15"),
        ("[printer]\naddress = 'x'", "printer.address", "left out"),
        ("[printer]\nwidth = 72", "printer.width", "58, 80"),
        ("[printer]\nwidth = true", "printer.width", "58, 80"),
        ("[printer]\ncode_page = 'UTF-8'", "printer.code_page", "CP858"),
        ("[screen]\ntheme = 'blue'", "screen.theme", "light, dark"),
        ("[screen]\nsize = '800x600'", "screen.size", "1366x768"),
        ("[screen]\nsize = 'big'", "screen.size", "1366x768"),
        ("[screen]\nlock_minutes = -1", "screen.lock_minutes", "up to 60, or 0"),
        ("[screen]\nlock_minutes = 61", "screen.lock_minutes", "up to 60, or 0"),
        ("[screen]\nlock_minutes = false", "screen.lock_minutes", "up to 60, or 0"),
        ("[drawer]\nconnected = 'yes'", "drawer.connected", "true or false"),
        ("[drawer]\npin = 3", "drawer.pin", "2, 5"),
        ("[database]\ndsn = 5", "database.dsn", "a text"),
        ("[database]\ninsecure = 1", "database.insecure", "true or false"),
        ("journal = 'x'", "journal", "[journal]"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(
    tmp_path: Path, text: str, key: str, wanted: str
) -> None:
    trouble = refused(tmp_path, text)
    assert trouble.code == "config.value"
    assert trouble.params["key"] == key
    assert wanted in trouble.text()
    assert str(tmp_path / "till.toml") in trouble.text()


@pytest.mark.parametrize("text", ["[database]\ndns = 'x'", "[printr]\nkind = 'usb'"])
def test_a_slip_of_the_finger_is_not_silently_ignored(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).code == "config.unknown"


@pytest.mark.parametrize("raw", [b"[database\n", b"\xff\xfe[", b"a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "till.toml").write_bytes(raw)
    with pytest.raises(UserError) as caught:
        load_settings(tmp_path, {})
    assert caught.value.code == "config.unreadable"


def test_notepads_byte_order_mark_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "till.toml").write_bytes(b"\xef\xbb\xbf[screen]\r\ntheme = 'dark'\r\n")
    assert load_settings(tmp_path, {}).screen.theme == "dark"


def test_the_environment_names_home_and_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "by-variable"))
    assert paths.home_dir() == tmp_path / "by-variable"
    assert paths.home_dir(tmp_path / "by-option") == tmp_path / "by-option"
    settings = load(tmp_path, FULL, POS_DESKTOP_DSN="host=127.0.0.1 dbname=other")
    assert settings.database.dsn == "host=127.0.0.1 dbname=other"


# -- the way to the server ------------------------------------------------------------------------


def dsn_of(home: Path, dsn: str, extra: str = "") -> str:
    settings = load(home, f'[database]\ndsn = "{dsn}"\n{extra}')
    return server_dsn(settings.database, "secret", "till.toml")


@pytest.mark.parametrize(
    "dsn",
    [
        "host=shop-server dbname=pos",
        "host=shop-server dbname=pos sslmode=require",
        "host=shop-server dbname=pos sslmode=verify-ca",
        "postgresql://shop-server/pos",
        "host=localhost,shop-server dbname=pos",
        "host=localhost hostaddr=10.0.0.5 dbname=pos",
        "host=192.168.1.2 dbname=pos",
        "host=localhost.example.org dbname=pos",
        "host=127.0.0.1.example.org dbname=pos",
        "service=shop",
    ],
)
def test_a_network_connection_nobody_checks_is_refused(tmp_path: Path, dsn: str) -> None:
    with pytest.raises(UserError) as caught:
        dsn_of(tmp_path, dsn)
    assert caught.value.code == "config.no_tls"
    assert "verify-full" in caught.value.text()


def test_an_environment_of_libpq_cannot_smuggle_a_host_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "shop-server")
    with pytest.raises(UserError) as caught:
        dsn_of(tmp_path, "dbname=pos")
    assert caught.value.code == "config.no_tls"


@pytest.mark.parametrize(
    ("dsn", "extra"),
    [
        ("host=shop-server dbname=pos sslmode=verify-full", ""),
        ("postgresql://shop-server/pos?sslmode=verify-full", ""),
        ("host=shop-server dbname=pos", "insecure = true"),
        ("host=127.0.0.1 dbname=pos", ""),
        ("host=::1 dbname=pos", ""),
        ("host=localhost dbname=pos", ""),
        ("host=/var/run/postgresql dbname=pos", ""),
    ],
)
def test_a_checked_or_local_connection_is_taken(tmp_path: Path, dsn: str, extra: str) -> None:
    assert "password=secret" in dsn_of(tmp_path, dsn, extra)


def test_a_dsn_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        dsn_of(tmp_path, "shop-server")
    assert caught.value.code == "config.dsn"


def test_patience_is_added_but_never_overrides() -> None:
    ready = patient("host=127.0.0.1 connect_timeout=9", "a till's \\ name")
    assert "connect_timeout=9" in ready
    assert "tcp_user_timeout=5000" in ready
    assert patient(ready, "x").count("connect_timeout") == 1


# -- secrets ---------------------------------------------------------------------------------------


def test_the_password_comes_from_the_environment_first_then_the_file(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", "from the file\n")
    settings = load(tmp_path, FULL)
    assert login_password(settings, {}) == "from the file"
    assert login_password(settings, {"POS_DESKTOP_PASSWORD": "from outside"}) == "from outside"
    assert login_password(load(tmp_path, ""), {}) is None


def test_a_written_secret_is_for_its_owner_only(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", "one")
    write_secret(tmp_path / "secret", "two")
    assert read_secret(tmp_path / "secret") == "two"
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret"]


def test_a_secret_others_can_read_is_refused(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", "one")
    (tmp_path / "secret").chmod(0o640)
    with pytest.raises(UserError) as caught:
        read_secret(tmp_path / "secret")
    assert caught.value.code == "config.open_secret"
    assert f"chmod 600 {tmp_path / 'secret'}" in caught.value.text()


def test_a_missing_secret_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        login_password(load(tmp_path, FULL), {})
    assert caught.value.code == "config.no_secret"


def test_a_keyring_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(UserError) as caught:
        login_password(load(tmp_path, "[database]\nkeyring = 'pos'"), {})
    assert caught.value.code == "config.no_keyring"


# -- where the program's own data are ----------------------------------------------------------------


def test_data_are_found_in_a_checkout_a_bundle_and_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (paths.migrations_dir() / "functions").is_dir()
    assert (paths.resources_dir() / "requirements.lock").is_file()
    (tmp_path / "bundle" / "resources").mkdir(parents=True)
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert paths.resources_dir() == tmp_path / "bundle" / "resources"
    with pytest.raises(FileNotFoundError, match="migrations/ is missing"):
        paths.migrations_dir()
    monkeypatch.delattr("sys._MEIPASS")
    (tmp_path / "prefix" / "share" / "pos_desktop" / "resources").mkdir(parents=True)
    monkeypatch.setattr("sys.prefix", str(tmp_path / "prefix"))
    monkeypatch.setattr("pos_desktop.paths.__file__", str(tmp_path / "site" / "pos_desktop" / "paths.py"))
    assert paths.resources_dir() == tmp_path / "prefix" / "share" / "pos_desktop" / "resources"
