"""With a second screen the customer's display fills it, and the register keeps the keyboard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCREENS = {
    "screens": [
        {"name": "till", "x": 0, "y": 0, "width": 1366, "height": 768},
        {"name": "customer", "x": 1366, "y": 0, "width": 1024, "height": 600},
    ]
}
PROGRAM = """
from PySide6.QtWidgets import QWidget
from ui.app import RegisterOptions, make_app
from ui.customer_display.window import CustomerDisplay

app = make_app(RegisterOptions())
register = QWidget()
register.setGeometry(0, 0, 1366, 768)
register.show()
display = CustomerDisplay("Corner Grocery", "Welcome", None)
number = [screen.name() for screen in app.screens()].index("customer") + 1
assert display.open_on(number)
register.activateWindow()
app.processEvents()
assert display.screen().name() == "customer", display.screen().name()
assert display.geometry().getRect() == (1366, 0, 1024, 600), display.geometry()
assert app.activeWindow() is register
assert not CustomerDisplay("Corner Grocery", "Welcome", None).open_on(3)
"""


def test_it_fills_the_second_screen_and_takes_no_keys(tmp_path: Path) -> None:
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps(SCREENS), encoding="utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={screens}"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
