"""How a paper is doing, in words and never alone by colour: printing, printed, waiting for the printer."""

from __future__ import annotations

from PySide6.QtCore import Qt

from pos_desktop.words import later, t
from ui.register.screens.values import PrintState
from ui.widgets.labels import Chip, State

_LOOKS: dict[PrintState, tuple[str, State, str]] = {
    "printing": (later("{paper} is printing"), "neutral", "printer"),
    "printed": (later("{paper} printed"), "good", "circle-check"),
    "waiting": (later("{paper} waits for the printer"), "warn", "triangle-alert"),
    "off": (later("{paper} not printed"), "neutral", "receipt"),
}


class PrintChip(Chip):
    """What is done already ("Paid"), and how its paper is doing."""

    def __init__(self, paper: str, done: str) -> None:
        super().__init__("")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._paper, self._done = paper, done
        self.show_state("printing")

    def show_state(self, state: PrintState) -> None:
        """Show the paper's state after what is done."""
        words, look, icon = _LOOKS[state]
        self.set(f"{self._done} · {t(words, paper=self._paper)}", look, icon)
