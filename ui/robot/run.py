"""Ties the robot to a register that is opening: it plays, then closes the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer

from pos_desktop.hardware.emulated import PrintedPaper, paper_rows
from ui.paper import save_paper_png
from ui.register.window import RegisterWindow
from ui.robot.player import Report, Robot
from ui.robot.script import Step

COLUMNS = 48


class Rehearsal:
    """One script on one register; ``report`` is there once the register has closed."""

    def __init__(
        self,
        steps: Sequence[Step],
        output: Path,
        *,
        paced: bool = False,
        server: Callable[[str], None] | None = None,
        scale: Callable[[str], None] | None = None,
    ) -> None:
        self._server, self._scale = server, scale
        self._steps = steps
        self._output = output
        self._paced = paced
        self._robot: Robot | None = None
        self.report = Report(failure="the register did not open")

    def opened(self, window: RegisterWindow) -> None:
        """Begin as soon as the event loop turns: this call comes from inside a lane's answer.

        A further window takes the first one's place, as when training begins: the script goes on there.
        """
        if self._robot is not None:
            self._robot.follow(window)
            return
        QTimer.singleShot(0, window, lambda: self._play(window))

    def _play(self, window: RegisterWindow) -> None:
        window.activateWindow()
        self._robot = Robot(window, self._output, paced=self._paced, server=self._server, scale=self._scale)
        try:
            self.report = self._robot.play(self._steps)
        finally:
            self._robot.window.close()


def draw_paper(path: Path, paper: PrintedPaper) -> None:
    """Draw what a printer printed as a picture."""
    save_paper_png(path, paper_rows(paper, COLUMNS), COLUMNS)
