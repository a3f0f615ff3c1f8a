"""Starts the inventory window and ends it in order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from ui.app import EXIT_BY_SIGNAL, RegisterOptions, make_app, quit_on_signals
from ui.manager.window import InventoryWindow, OpenDesk
from ui.messages import CrashView, Messages, install_crash_handler, remove_crash_handler
from ui.tasks import Lanes

SIZE = (1366, 768)


def run_inventory(
    open_desk: OpenDesk,
    *,
    size: tuple[int, int] = SIZE,
    dark: bool = False,
    hint: str = "",
    opened: Callable[[InventoryWindow], object] | None = None,
) -> int:
    """Run the window until it is closed; returns the exit code. ``open_desk`` signs a manager in."""
    app = make_app(RegisterOptions(dark=dark))
    app.setQuitOnLastWindowClosed(False)
    lanes, messages = Lanes(), Messages()
    lanes.failed.connect(messages.report)
    window = InventoryWindow(app, open_desk, lanes, hint=hint)
    messages.crashed.connect(lambda report: CrashView(window, report).open())
    window.closing.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    install_crash_handler(messages.crash)
    try:
        with quit_on_signals(app) as caught:
            window.resize(*size)
            window.show()
            window.sign_in.shown()
            if opened is not None:
                opened(window)
            code = app.exec()
        return EXIT_BY_SIGNAL + caught[0] if caught else code
    finally:
        lanes.shutdown()
        if window.services is not None:
            window.services.close()
        remove_crash_handler()
