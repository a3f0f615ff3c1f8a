"""The language of the settings is there before the first window, and only then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pos_desktop import words
from pos_desktop.bootstrap import ManagerServices
from pos_desktop.config import Settings, load_settings
from pos_desktop.errors import UserError
from ui import app
from ui.manager import app as inventory


class StartedError(Exception):
    """A window would be made now."""


@pytest.fixture
def german(tmp_path: Path) -> Settings:
    settings = load_settings(tmp_path, {})
    return replace(settings, screen=replace(settings.screen, language="de"))


def _make_app(*_: object) -> None:
    raise StartedError(words.language())


def _nobody(_login: str, _password: str) -> ManagerServices:
    raise AssertionError("nobody signs in here")


@pytest.mark.parametrize("program", ["register", "inventory"])
def test_a_program_speaks_its_language_before_its_first_window(
    program: str, german: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "make_app", _make_app)
    monkeypatch.setattr(inventory, "make_app", _make_app)
    starts = {
        "register": lambda: app.run_register(german),
        "inventory": lambda: inventory.run_inventory(_nobody, settings=german),
    }
    try:
        with pytest.raises(StartedError, match=r"^de$"):
            starts[program]()
    finally:
        words.use(words.ENGLISH)


def test_the_language_is_one_there_is(tmp_path: Path) -> None:
    (tmp_path / "till.toml").write_text('[screen]\nlanguage = "xx"\n', encoding="utf-8")
    assert load_settings(tmp_path, {}).screen.language == words.LONG
    with pytest.raises(KeyError):
        words.use("fr")
    assert words.language() == words.ENGLISH


def test_a_message_is_said_in_the_language_in_use_and_coded_the_same() -> None:
    problem = UserError("sale.nothing")
    english = problem.text()
    words.use("de")
    try:
        assert problem.text() == "Im Korb ist nichts.\nScannen Sie zuerst einen Artikel."
        assert problem.code == "sale.nothing"
    finally:
        words.use(words.ENGLISH)
    assert problem.text() == english == "There is nothing in the basket.\nScan an item first."


def test_counts_names_and_two_meanings() -> None:
    words.use("de")
    try:
        assert words.t_n(1, "1 item", "{n} items") == "1 Artikel"
        assert words.t_n(3, "1 item", "{n} items") == "3 Artikel"
        assert words.t("Till {till}", till=2) == "Kasse 2"
        assert words.t("From @before") == "Von"
        assert words.t("Nobody wrote this down. @test") == "Nobody wrote this down."
    finally:
        words.use(words.ENGLISH)
    assert words.t("From @before") == "From"
