"""Starting and ending the register: signals, no server, and no display."""

from __future__ import annotations

import argparse
import logging
import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer, qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QApplication

from pos_desktop.bootstrap import open_till
from pos_desktop.cli.demo import has_display
from pos_desktop.cli.register import add_parser, screen_options, window_size
from pos_desktop.config import Settings
from pos_desktop.errors import UserError
from tests.patience import wait_until as wait_for
from tests.register.conftest import AMINA, AMINAS_PIN, FLOAT, Shop
from ui.app import Register, RegisterOptions, run_register
from ui.register.window import RegisterWindow
from ui.robot.cable import Cable
from ui.robot.hands import wait_until

QUIET = RegisterOptions(size=(1366, 768), sound=False, auto_lock_minutes=None)


@pytest.fixture(autouse=True)
def _quits_alone(app: QApplication) -> Iterator[None]:
    """Leave the application as it was found."""
    before = app.quitOnLastWindowClosed()
    yield
    app.setQuitOnLastWindowClosed(before)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_register_in_order(
    settings: Settings, shop: Shop, number: signal.Signals, code: int
) -> None:
    """As if the window was closed: the till's lock is free again, nobody is left at the server."""

    def opened(_window: RegisterWindow) -> None:
        os.kill(os.getpid(), number)

    assert run_register(settings, QUIET, dsn=shop.till_dsn, opened=opened) == code
    assert run_register(settings, QUIET, dsn=shop.till_dsn, opened=opened) == code
    # The server needs a moment to notice that a connection is gone.
    left = "select pid from pg_stat_activity where usename = 'register_till_1_1'"
    wait_for(lambda: not shop.ask(left))


def test_a_ready_start_is_a_ready_sale(settings: Settings, shop: Shop) -> None:
    """The demo's: signed in, shift open, nothing to do but sell; closing the window ends it with 0."""
    seen: list[dict[str, object]] = []
    ready = replace(QUIET, sign_in=(AMINA, AMINAS_PIN), float_amount=FLOAT, hint="Demo PINs: Amina M. 1111")

    def opened(window: RegisterWindow) -> None:
        def look() -> None:
            seen.append(window.probe())
            window.close()

        window.flows.session.ready.connect(lambda: QTimer.singleShot(0, look))

    assert run_register(settings, ready, dsn=shop.till_dsn, opened=opened) == 0
    assert seen[0]["screen"] == "sale"
    assert seen[0]["cashier"] == AMINA


@pytest.mark.expects_log
def test_a_register_that_found_no_server_opens_when_it_is_there(
    qapp: QApplication, settings: Settings, shop: Shop, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so over the whole window and tries again by itself; nobody has to press anything."""
    monkeypatch.setattr("ui.app.TRY_AGAIN_MS", 100)
    cable.pull()
    register = Register(qapp, lambda: open_till(settings, dsn=shop.till_dsn), QUIET)
    seen: list[RegisterWindow] = []
    register.opened.connect(seen.append)
    register.start()
    assert wait_until(lambda: bool(register.stop_words), 60_000)
    assert "does not answer" in register.stop_words
    cable.mend()
    assert wait_until(lambda: bool(seen), 60_000), register.stop_words
    assert register.stop_words == ""
    register.close()


@pytest.mark.expects_log
def test_qts_own_words_go_to_the_log(
    settings: Settings,
    shop: Shop,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Nothing of them on the terminal; what says nothing is for debugging only, and all ends with the run."""

    def opened(window: RegisterWindow) -> None:
        qWarning("a font is missing")
        qWarning("This plugin does not support propagateSizeHints()")
        QTimer.singleShot(0, window.close)

    before = qInstallMessageHandler(None)
    qInstallMessageHandler(before)
    with caplog.at_level(logging.DEBUG, "pos_desktop.qt"):
        assert run_register(settings, QUIET, dsn=shop.till_dsn, opened=opened) == 0
    assert qInstallMessageHandler(before) is before
    said = {(r.levelno, r.getMessage()) for r in caplog.records if r.name == "pos_desktop.qt"}
    assert (logging.WARNING, "a font is missing") in said
    assert (logging.DEBUG, "This plugin does not support propagateSizeHints()") in said
    assert capfd.readouterr().err == ""


def test_without_a_display_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux without DISPLAY and WAYLAND_DISPLAY, or an offscreen Qt asked for on purpose."""
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not has_display()


@pytest.mark.parametrize("text", ["800x600", "wide", "1366", "1366x"])
def test_a_window_the_register_does_not_fit_in(text: str) -> None:
    """Said in words."""
    with pytest.raises(UserError):
        window_size(text)
    assert window_size("1366x768") == (1366, 768)


def test_the_shops_minutes_reach_the_window(settings: Settings) -> None:
    """They stand in till.toml alone; no option of the command line takes them away."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["register", "--full-screen"])
    for minutes in (0, 5, 12):
        there = replace(settings, screen=replace(settings.screen, lock_minutes=minutes))
        assert screen_options(args, there).auto_lock_minutes == minutes
