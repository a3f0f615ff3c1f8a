"""Starts the register: one QApplication, the theme, the crash view, the till, the window, the end."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from pos_desktop.bootstrap import AppServices, open_till, open_training
from pos_desktop.config import LOCK_MINUTES, Settings
from pos_desktop.errors import Bug, EnvironmentProblem
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.results import TillState
from pos_desktop.words import use
from ui.collector import GuiCollector
from ui.messages import (
    CrashReport,
    CrashView,
    Messages,
    install_crash_handler,
    remove_crash_handler,
    text_for,
)
from ui.register.screens.waiting import LockedOutScreen
from ui.register.stops import trouble_view
from ui.register.window import RegisterWindow
from ui.selftest import check_binding
from ui.sound import Sounds
from ui.tasks import Command, Lane, Lanes
from ui.theme import theme

log = logging.getLogger("pos_desktop.qt")

QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
HARMLESS = "This plugin does not support propagateSizeHints()"
"""Qt says so at every window where there is no window manager; nothing follows from it."""

EXIT_BY_SIGNAL = 128
"""The shell's way to say which signal ended a program: 130 after Ctrl+C, 143 after SIGTERM."""
PLAIN_SIZE = (1366, 768)
TRY_AGAIN_MS = 5000
"""A register that could not open because its server was away tries again this often, by itself."""
AWAKE_MS = 250
"""Python sees a signal only when it runs: this often while nothing else happens."""


@dataclass(frozen=True, slots=True)
class RegisterOptions:
    """How the register opens: ``size`` None is the whole screen, ``scale`` per cent, ``hint`` for the demo.

    ``sign_in`` (number, PIN) and ``float_amount`` (minor units) make the demo's ready start.
    ``auto_lock_minutes`` 0 locks after each sale, None never: for robots.
    """

    size: tuple[int, int] | None = None
    dark: bool = False
    scale: int = 100
    mirrored: bool = False
    sound: bool = True
    hint: str = ""
    sign_in: tuple[int, str] | None = None
    float_amount: int = 0
    auto_lock_minutes: int | None = LOCK_MINUTES


def make_app(options: RegisterOptions) -> QApplication:
    """The program's QApplication with fonts and theme. BrokenBindingError when the binding is unfit."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    check_binding()
    app.setApplicationName("pos_desktop")
    theme().set_dark(options.dark)
    theme().set_scale(options.scale)
    theme().apply(app)
    return app


class Register(QObject):
    """The running register: opens the till in a lane, then the window; says in words why it cannot.

    Signals: ``opened(RegisterWindow)``, ``left`` when nothing is left to show.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(self, app: QApplication, open_: Callable[[], AppServices], options: RegisterOptions) -> None:
        super().__init__()
        self._app, self._open, self._options = app, open_, options
        self.lanes = Lanes(self)
        self.messages = Messages(self)
        self.sounds = Sounds() if options.sound else None
        self.services: AppServices | None = None
        self._practice: AppServices | None = None
        self._left_practice: list[AppServices] = []
        self.window: RegisterWindow | None = None
        self._stopped: QWidget | None = None
        self._words = ""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(TRY_AGAIN_MS)
        self._again.timeout.connect(self.start)
        self.lanes.failed.connect(self.messages.report)
        self.messages.crashed.connect(self._crashed)

    @property
    def stop_words(self) -> str:
        """Why the register can't open, or empty."""
        return self._words if self._stopped is not None else ""

    def start(self) -> None:
        """Open the till: the first answer of its server brings the window."""
        self._again.stop()
        self.lanes.run(Command(self, self._open_till, self._ready, self._cannot_open))

    def _open_till(self) -> tuple[AppServices, TillState]:
        services = self.services or self._open()
        self.services = services
        return services, services.till.state()

    def _ready(self, opened: tuple[AppServices, TillState]) -> None:
        window = self._new_window(*opened)
        window.start()
        options = self._options
        if options.sign_in is not None:
            window.flows.session.start_ready(*options.sign_in, options.float_amount)
        self.opened.emit(window)

    def _new_window(self, services: AppServices, state: TillState) -> RegisterWindow:
        """A window on these services, in the place of what was shown."""
        options = self._options
        window = RegisterWindow(
            self._app,
            services,
            state,
            self.lanes,
            sounds=self.sounds,
            mirrored=options.mirrored,
            hint=options.hint,
            auto_lock_minutes=options.auto_lock_minutes,
        )
        if self.sounds is not None:
            self.sounds.set_volume(services.settings.volume)
        window.closing.connect(self.left)
        window.flows.training_asked.connect(self._train)
        self.messages.set_banner(window.stage.banner)
        old, self.window = self.window, window
        self._show(window)
        for gone in (self._stopped, old):
            if gone is not None:
                gone.close()
                gone.deleteLater()
        self._stopped = None
        return window

    # -- training --------------------------------------------------------------------------------

    def _train(self, begin: bool) -> None:
        """Begin or end training: another window on another till, so that neither knows of the other's."""
        real = self.services
        if self.window is None or real is None:
            return
        self.window.closing.disconnect(self.left)
        work = (lambda: self._begin(real)) if begin else (lambda: self._end(real))
        self.lanes.run(Command(self, work, self._switched, self._not_switched))

    def _begin(self, real: AppServices) -> tuple[AppServices, TillState]:
        self._practice = open_training(real)
        return self._practice, self._practice.till.state()

    def _end(self, real: AppServices) -> tuple[AppServices, TillState]:
        real.till.sign_out()
        return real, real.till.state()

    def _switched(self, opened: tuple[AppServices, TillState]) -> None:
        services, state = opened
        window = self._new_window(services, state)
        if services is self._practice:
            window.start()
            window.flows.session.go_on_as_before()
        else:
            self._end_practice()
            window.start()
        self.opened.emit(window)

    def _end_practice(self) -> None:
        """The practice till's files close when each lane has done what it was still asked to do there."""
        if self._practice is not None:
            self._left_practice.append(self._practice)
            self._practice = None
            self._close_practice(tuple(Lane))

    def _close_practice(self, busy: tuple[Lane, ...] = ()) -> None:
        if busy:
            self.lanes.run(
                Command(self, lambda: None, lambda _: self._close_practice(busy[1:]), lane=busy[0])
            )
            return
        for left in self._left_practice:
            left.till.close()
        self._left_practice.clear()

    def _not_switched(self, problem: Exception) -> None:
        if self.window is not None:
            self.window.closing.connect(self.left)
            self.window.flows.desk.trouble(problem)

    def _show(self, window: QWidget) -> None:
        size = self._options.size
        if size is None:
            window.resize(*PLAIN_SIZE)
            window.showFullScreen()
        else:
            window.resize(*size)
            window.show()
        # A bare till screen without a window manager gives the keyboard to nobody by itself.
        window.activateWindow()

    def _cannot_open(self, problem: Exception) -> None:
        """Another program holds the till, no server, a setting: words, and a key to try again."""
        if isinstance(problem, Bug):
            self.messages.report(problem)
        if isinstance(problem, EnvironmentProblem):
            self._again.start()
        if self._stopped is not None and self._words == text_for(problem):
            return
        self._words = text_for(problem)
        screen = LockedOutScreen(trouble_view(problem))
        holder = QWidget()
        holder.setObjectName("canvas")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(screen)
        screen.leave_asked.connect(self.left)
        screen.try_again.connect(self.start)
        old, self._stopped = self._stopped, holder
        self._show(holder)
        if old is not None:
            old.close()

    def _crashed(self, report: CrashReport) -> None:
        host = self.window or self._stopped
        if host is None:
            self.left.emit()
            return
        view = CrashView(host, report)
        view.restart.connect(host.close)
        view.open()

    def close(self) -> None:
        """End in order: no more work, what runs is finished, then the till's files and connections."""
        self._again.stop()
        shown = [one for one in (self.window, self._stopped) if one is not None]
        for one in shown:
            one.close()
        self.lanes.shutdown()
        for one in shown:
            # At once: its timers would ask lanes that may end before the event loop comes to delete it.
            one.deleteLater()
            QApplication.sendPostedEvents(one, QEvent.Type.DeferredDelete)
        self.window = self._stopped = None
        self._end_practice()
        self._close_practice()
        if self.services is not None:
            self.services.close()
        if self.sounds is not None:
            self.sounds.close()


def run_register(
    settings: Settings,
    options: RegisterOptions | None = None,
    *,
    dsn: str | None = None,
    backup: ShopBackup | None = None,
    opened: Callable[[RegisterWindow], object] | None = None,
) -> int:
    """Run the register until its window is closed; returns the exit code. ``opened`` gets the window.

    ``backup`` makes the shop's dump at each Z, on the machine that runs the server.
    """
    screen = settings.screen
    use(screen.language)
    options = options or RegisterOptions(
        size=screen.size, dark=screen.theme == "dark", auto_lock_minutes=screen.lock_minutes
    )
    with _qt_words():
        return _run(settings, options, dsn, backup, opened)


def _run(
    settings: Settings,
    options: RegisterOptions,
    dsn: str | None,
    backup: ShopBackup | None,
    opened: Callable[[RegisterWindow], object] | None,
) -> int:
    app = make_app(options)
    app.setQuitOnLastWindowClosed(False)
    register = Register(app, lambda: open_till(settings, dsn=dsn, backup=backup), options)
    register.left.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    if opened is not None:
        register.opened.connect(opened)
    install_crash_handler(register.messages.crash)
    collector = GuiCollector()
    code = 0
    try:
        with quit_on_signals(app) as caught:
            register.start()
            code = app.exec()
        code = EXIT_BY_SIGNAL + caught[0] if caught else code
    finally:
        register.close()
        remove_crash_handler()
        register.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        collector.stop()
    return code


@contextlib.contextmanager
def _qt_words() -> Iterator[None]:
    """Qt's own messages go to the log while the register runs, never onto a person's terminal."""
    before = qInstallMessageHandler(_log_qt)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _log_qt(kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
    level = logging.DEBUG if HARMLESS in words else QT_LEVELS.get(kind, logging.WARNING)
    log.log(level, "%s", words)


@contextlib.contextmanager
def quit_on_signals(app: QApplication) -> Iterator[list[int]]:
    """Ctrl+C and SIGTERM close the window as a person would, so that everything ends in order."""
    caught: list[int] = []

    def quit_now(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        app.quit()

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), quit_now) for name in names}
    awake = QTimer()
    awake.setInterval(AWAKE_MS)
    awake.timeout.connect(lambda: None)
    awake.start()
    try:
        yield caught
    finally:
        awake.stop()
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
