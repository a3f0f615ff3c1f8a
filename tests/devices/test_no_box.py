"""No scan ever types: with a box, a pad or a PIN waiting for digits, a burst changes none of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.register.screens.gallery import SCREENS
from tests.register.screens.watch import driving
from ui.app import RegisterOptions, make_app

CODE = "9520100000010"
TYPED = {
    "sign_in": "1",
    "lock": "1",
    "approval": "1",
    "entry": "12",
    "weigh": "7",
    "cash": "5",
    "shift_open": "9",
    "shift_open_counted": "3",
    "shift_close": "2",
    "tender": "20",
    "card": "",
    "age": "0311",
}
"""Screens with something to type into: a PIN, a price, a quantity, a weight, a count, a sum, a date."""
TAKES_REFERENCE = {"card"}
"""The slip's reference is scanned on purpose: there the code is an answer, and still not typed."""


def typed_state(screen: QWidget, probe: dict[str, object]) -> object:
    """What stands in boxes and on pads."""
    boxes = [box.text() for box in screen.findChildren(QLineEdit)]
    said = {
        key: value for key, value in probe.items() if key not in ("message", "reference", "typed_reference")
    }
    return boxes, said


@pytest.mark.parametrize("name", sorted(TYPED))
def test_a_scan_types_nothing_into_a_pin_a_price_or_a_quantity(
    name: str, qapp: QApplication, qtbot: QtBot
) -> None:
    make_app(RegisterOptions())
    host = QWidget()
    qtbot.addWidget(host)
    make: Callable[[QWidget], QWidget] = SCREENS[name]
    screen = make(host)
    host.resize(1366, 708)
    screen.setGeometry(host.rect())
    with qtbot.waitExposed(host):
        host.show()
    screen.show()
    screen.shown()  # type: ignore[attr-defined]
    with driving(screen) as driver:  # type: ignore[arg-type]
        driver.type(TYPED[name])
        before = typed_state(screen, driver.screen.probe())
        heard = list(driver.heard)
        for ending in ("\n", "\t"):
            driver.scan(CODE.replace("0", "1") if ending == "\t" else CODE)
        if name not in TAKES_REFERENCE:
            assert typed_state(screen, driver.screen.probe()) == before
        assert driver.heard == heard, "nothing was answered by a scan"
