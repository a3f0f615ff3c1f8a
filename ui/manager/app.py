"""Starts the inventory window and ends it in order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from pos_desktop.bootstrap import open_scanner
from pos_desktop.config import Settings
from pos_desktop.hardware.scanner import ScannerLane
from pos_desktop.words import use
from ui.app import EXIT_BY_SIGNAL, RegisterOptions, make_app, quit_on_signals
from ui.manager.window import InventoryWindow, OpenDesk
from ui.messages import CrashView, Messages, install_crash_handler, remove_crash_handler
from ui.port_scanner import PortScanner
from ui.scan_input import scan_settings
from ui.tasks import Lanes

SIZE = (1366, 768)


def run_inventory(
    open_desk: OpenDesk,
    *,
    size: tuple[int, int] = SIZE,
    dark: bool = False,
    hint: str = "",
    settings: Settings | None = None,
    opened: Callable[[InventoryWindow], object] | None = None,
) -> int:
    """Run the window until it is closed; returns the exit code. ``open_desk`` signs a manager in; the
    machine's ``settings`` say how its scanner is read and which language the window speaks.
    """
    if settings is not None:
        use(settings.screen.language)
    app = make_app(RegisterOptions(dark=dark))
    app.setQuitOnLastWindowClosed(False)
    lanes, messages = Lanes(), Messages()
    lanes.failed.connect(messages.report)
    window = InventoryWindow(app, open_desk, lanes, hint=hint)
    messages.crashed.connect(lambda report: CrashView(window, report).open())
    window.closing.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    scanner = _listen(window, settings) if settings is not None else None
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
        if scanner is not None:
            scanner.close()
        lanes.shutdown()
        if window.services is not None:
            window.services.close()
        remove_crash_handler()


def _listen(window: InventoryWindow, settings: Settings) -> ScannerLane | None:
    """Read the scanner as the register does: with what it sends around a code, or from its port."""
    window.scans.settings = scan_settings(settings.scanner)
    lane = open_scanner(settings)
    if lane is not None:
        PortScanner(lane, window.scans, window).start()
    return lane
