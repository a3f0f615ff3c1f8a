"""What every screen of the register is: a widget with a name, actions for keys, and a say about scans.

The window maps key strokes, the key sheet and the robot cashier's presses through ``key_actions``, and asks
the current screen, never the focused widget, what a scan means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from PySide6.QtWidgets import QWidget

ScanPolicy = Literal["take", "refuse"]
Action = Callable[[], None]


class Screen(QWidget):
    """One screen of the register. It knows no services: its answers leave it as signals.

    Signals of a screen carry frozen dataclasses (or nothing), and are emitted once per answer.
    """

    name: str = ""
    """The screen's name for the robot cashier, the tests and the key sheet."""

    scan_policy: ScanPolicy = "refuse"
    """"take": a scan is handed to ``handle_scan``. "refuse": it is refused audibly and counted."""

    def handle_scan(self, code: str) -> bool:
        """Take a scanned code; False means it is no business of this screen and is refused audibly."""
        del code
        return False

    def key_actions(self) -> Mapping[str, Action]:
        """The key map's action names that do something on this screen right now, each with what it does."""
        return {}

    def probe(self) -> dict[str, object]:
        """What a person can read on the screen, for tests and the robot cashier."""
        return {"screen": self.name}

    def shown(self) -> None:
        """The screen has become the current one: put the focus where a person's hand is."""
