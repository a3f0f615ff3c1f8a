"""``config show|check`` and ``support``: what a machine is set to, and what of it leaves the shop."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.cli import main
from pos_desktop.config import KEYS, explain_settings, load_settings
from pos_desktop.config_file import DEFAULT, ENVIRONMENT, FILE, variable_of, without_passwords
from pos_desktop.errors import UserError

CARD = "4111" + "1111" * 3


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    return tmp_path


def write(home: Path, *lines: str) -> None:
    (home / "till.toml").write_text("\n".join(lines), encoding="utf-8")


def test_the_environment_goes_before_the_file_for_each_kind_of_value(home: Path) -> None:
    write(home, "[screen]", 'theme = "light"', "lock_minutes = 3")
    settings = load_settings(
        home,
        {
            "POS_DESKTOP_SCREEN_THEME": "dark",
            "POS_DESKTOP_SCREEN_SIZE": "1366x768",
            "POS_DESKTOP_DRAWER_CONNECTED": "false",
            "POS_DESKTOP_DRAWER_OPENS_FOR": '["card"]',
            "POS_DESKTOP_PRINTER_WIDTH": "58",
            "POS_DESKTOP_JOURNAL_DIRECTORY": "tape",
            "POS_DESKTOP_DATABASE_DSN": "host=127.0.0.1 dbname=other",
        },
    )
    assert (settings.screen.theme, settings.screen.size, settings.screen.lock_minutes) == (
        "dark", (1366, 768), 3
    )  # fmt: skip
    assert (settings.drawer.connected, settings.drawer.opens_for) == (False, ("card",))
    assert (settings.printer.width_mm, settings.journal_dir) == (58, home / "tape")
    assert settings.database.dsn == "host=127.0.0.1 dbname=other"


def test_a_slip_in_a_variable_is_not_silently_ignored(home: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_settings(home, {"POS_DESKTOP_SCALE_BUAD": "9600"})
    assert caught.value.code == "config.unknown"
    assert "POS_DESKTOP_SCALE_BAUD" in caught.value.text()


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["# dark at night", "[screen]", "theme = 'blue'"], "till.toml, line 3"),
        (["screen.theme = 'blue'"], "till.toml, line 1"),
        (["[scale]", "", "[screen]", "size = 'big'"], "till.toml, line 4"),
        (["", "[printr]", "kind = 'usb'"], "till.toml, line 2"),
        (["[printer]", "kind = 'network'"], "till.toml, line 1"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(home: Path, lines: list[str], place: str) -> None:
    write(home, *lines)
    with pytest.raises(UserError, match=place):
        load_settings(home, {})


def test_a_wrong_variable_is_named(home: Path) -> None:
    with pytest.raises(UserError, match=r"environment \(POS_DESKTOP_SCREEN_THEME\)"):
        load_settings(home, {"POS_DESKTOP_SCREEN_THEME": "blue"})


def test_check_lists_every_problem_and_ends_with_1(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POS_DESKTOP_SCALE_BAUD", "77")
    write(home, "[screen]", "theme = 'blue'", "size = 'big'", "[printer]", "kind = 'network'", "[databse]")
    assert main.main(["config", "check"]) == 1
    said = capsys.readouterr().out
    for key in ("databse", "printer.address", "screen.theme", "screen.size", "scale.baud"):
        assert key in said
    write(home, "[screen]", "theme = 'dark'")
    monkeypatch.delenv("POS_DESKTOP_SCALE_BAUD")
    assert main.main(["config", "check"]) == 0
    assert "in order. Set: 1;" in capsys.readouterr().out


def test_show_says_where_each_value_comes_from_and_hides_a_password(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, "[screen]", "theme = 'dark'")
    monkeypatch.setenv("POS_DESKTOP_DSN", "host=127.0.0.1 password=geheim")
    assert main.main(["config", "show", "--json"]) == 0
    said = capsys.readouterr().out
    found = json.loads(said)["settings"]
    assert list(found) == [f"{section}.{name}" for section, names in KEYS.items() for name in names]
    assert found["screen.theme"] == {"value": "dark", "source": FILE}
    assert found["database.dsn"]["source"] == ENVIRONMENT
    assert found["printer.width"] == {"value": 80, "source": DEFAULT}
    assert main.main(["config", "show"]) == 0
    shown = capsys.readouterr().out
    assert 'theme = "dark"' in shown
    assert "geheim" not in said + shown


def test_every_key_has_a_variable_of_its_own() -> None:
    names = [variable_of(f"{section}.{name}") for section, names in KEYS.items() for name in names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "text",
    [
        "password=geheim",
        "password = 'geheim'",
        '{"dsn": "host=a PASSWORD=geheim"}',
        "postgresql://a:geheim@b/c",
    ],
)
def test_a_password_in_a_text_is_masked(text: str) -> None:
    assert "geheim" not in without_passwords(text)
    assert "***" in without_passwords(text)


def test_the_support_file_holds_logs_and_settings_and_nothing_secret(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, "[database]", "dsn = 'host=127.0.0.1 port=1 dbname=none'")
    (home / "pepper").write_text("the shop's pepper")
    (home / "logs").mkdir()
    log = home / "logs" / "pos-desktop.log"
    log.write_text(f"paid with {CARD}; dsn password=geheim port=5")
    target = home / "for-support.zip"
    assert main.main(["support", "--output", str(target)]) == 0
    assert "Look through it" in capsys.readouterr().out
    with zipfile.ZipFile(target) as bundle:
        held = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert held.keys() == {
        "about.json", "config.json", "doctor.txt", "journal.json", "server.json", "logs/pos-desktop.log"
    }  # fmt: skip
    everything = "\n".join(held.values())
    assert CARD not in everything
    assert "geheim" not in everything
    assert "the shop's pepper" not in everything
    assert "port=1 dbname=none" in held["config.json"]
    assert "not to be had" in held["server.json"]
    assert "no" in held["journal.json"]
    assert json.loads(held["about.json"])["packages"]["psycopg"]
    log.unlink()  # the run is searched for card numbers at its end
    assert main.main(["support", "--output", str(target)]) == 1
    assert "there already" in capsys.readouterr().err


def test_what_cannot_be_taken_out_ends_the_list(home: Path) -> None:
    write(home, "[scanner]", "kind = 'serial'")
    (problem,) = explain_settings(home, {}).problems
    assert problem.params["key"] == "scanner.port"
