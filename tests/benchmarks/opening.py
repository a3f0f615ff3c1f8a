"""One start of the register in a process of its own: when its first window was painted and it was ready."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from pos_desktop.config import load_settings
from ui.app import RegisterOptions, run_register
from ui.register.window import RegisterWindow

LOOK_MS = 5


class Opening(QObject):
    """Notes wall-clock times, so that the process that started this one can count from before it existed."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0.0
        self.ready = 0.0
        self._window: RegisterWindow | None = None

    def opened(self, window: RegisterWindow) -> None:
        """The window was made and shown; its first paint is still to come."""
        self._window = window
        window.installEventFilter(self)
        window.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """After the first paint look on until the sign-in screen stands and nothing is under way."""
        if event.type() == QEvent.Type.Paint and not self.painted:
            self.painted = -1.0
            QTimer.singleShot(0, self, self._first_paint_over)
        return False

    def _first_paint_over(self) -> None:
        self.painted = time.time()
        self._look()

    def _look(self) -> None:
        window = self._window
        assert window is not None
        if not (window.is_idle() and window.stage.current.name == "sign_in"):
            QTimer.singleShot(LOOK_MS, self, self._look)
            return
        self.ready = time.time()
        window.close()


def main() -> int:
    """Open the till whose home and connection stand in the arguments, say the two times, and end."""
    home, dsn = sys.argv[1:3]
    opening = Opening()
    options = RegisterOptions(size=(1366, 768), sound=False)
    code = run_register(load_settings(Path(home), {}), options, dsn=dsn, opened=opening.opened)
    print(json.dumps({"painted": opening.painted, "ready": opening.ready}))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
