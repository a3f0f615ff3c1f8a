"""Training at the register: another window in the real one's place, marked all over, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from pos_desktop.bootstrap import open_till
from pos_desktop.config import Settings
from pos_desktop.device_settings import DisplaySettings
from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import AMINA, AMINAS_PIN, FLOAT, Shop, code_of
from ui.app import Register, RegisterOptions
from ui.register.window import RegisterWindow
from ui.robot.hands import wait_until
from ui.robot.player import Robot
from ui.robot.script import parse_script

READY = RegisterOptions(
    size=(1366, 768), sound=False, auto_lock_minutes=None, sign_in=(AMINA, AMINAS_PIN), float_amount=FLOAT
)
DOCUMENTS = "select kind, outcome from pos.document order by no"


@pytest.fixture
def register(app: QApplication, settings: Settings, shop: Shop) -> Iterator[Register]:
    """The whole program, as a shop starts it, with a customer looking on."""
    settings = replace(settings, display=DisplaySettings("window", words="Welcome"))
    made = Register(app, lambda: open_till(settings, dsn=shop.till_dsn), READY)
    yield made
    made.close()
    made.deleteLater()


def ready_to_sell(windows: list[RegisterWindow]) -> bool:
    return bool(windows) and windows[0].is_idle() and windows[0].probe()["screen"] == "sale"


def play(register: Register, output: Path, *lines: str) -> Robot:
    """The robot at the window that is there, and at each that takes its place."""
    assert register.window is not None
    robot = Robot(register.window, output)
    register.opened.connect(robot.follow)
    report = robot.play(parse_script(lines))
    register.opened.disconnect(robot.follow)
    assert report.failure == "", f"{report.failure}: {robot.window.probe()}"
    return robot


def test_a_trainee_sells_and_closes_and_the_till_is_as_it_was(
    register: Register, shop: Shop, printer: EmulatedPrinter, tmp_path: Path
) -> None:
    """Amina needs Priya's PIN to start; nothing is booked, every paper says so, and the drawer stays shut."""
    windows: list[RegisterWindow] = []
    register.opened.connect(windows.append)
    register.start()
    assert wait_until(lambda: ready_to_sell(windows), 20_000)
    play(
        register,
        tmp_path,
        '{"press": "more"}',
        '{"press": "training"}',
        '{"expect": {"screen": "approval"}}',
        '{"keys": "5555\\n"}',
        '{"expect": {"screen": "shift_open", "training": true}}',
        '{"keys": "50\\n"}',
        f'{{"scan": "{code_of(shop, "Whole milk 2 L")}"}}',
        '{"expect": {"display": "sale", "display_training": true}}',
        '{"press": "pay"}',
        '{"press": "exact"}',
        '{"expect": {"screen": "sale", "lines": 0, "training": true}}',
        '{"press": "lock"}',
        '{"expect": {"screen": "lock", "training": true}}',
        '{"sign_in": "1001", "pin": "1111"}',
        '{"press": "close_shift"}',
        '{"keys": "1\\n"}',
        '{"press": "take"}',
        '{"press": "take"}',
        '{"expect": {"screen": "z_done"}}',
        '{"press": "next"}',
        '{"sign_in": "1001", "pin": "1111"}',
        '{"keys": "0\\n"}',
        '{"press": "more"}',
        '{"press": "end_training"}',
        '{"expect": {"screen": "sign_in", "training": false}}',
        '{"sign_in": "1001", "pin": "1111"}',
        '{"expect": {"screen": "sale", "training": false, "lines": 0, "display_training": false}}',
    )
    papers = [list(paper.lines) for paper in printer.papers]
    assert papers
    assert all(any("TRAINING" in line for line in paper) for paper in papers), papers
    assert printer.kicks == 0
    assert shop.ask(DOCUMENTS) == [("shift_open", "booked")]
    assert len(windows) == 3


def test_training_does_not_begin_over_an_open_sale(register: Register, shop: Shop, tmp_path: Path) -> None:
    opened: list[RegisterWindow] = []
    register.opened.connect(opened.append)
    register.start()
    assert wait_until(lambda: ready_to_sell(opened), 20_000)
    play(
        register,
        tmp_path,
        f'{{"scan": "{code_of(shop, "Whole milk 2 L")}"}}',
        '{"press": "more"}',
        '{"press": "training"}',
        '{"expect": {"screen": "sale", "message": "A sale is still open", "training": false, "lines": 1}}',
    )
