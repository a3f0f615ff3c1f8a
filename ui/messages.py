"""Words for trouble: a banner for what a person can act on, a calm view for a bug, and always the log."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pos_desktop.domain.barcode import without_cards
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.words import t
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay
from ui.widgets.surface import BannerKind, MessageBanner

log = logging.getLogger("pos_desktop.ui.messages")
_FRAMES_IN_REFERENCE = 4


@dataclass(frozen=True, slots=True)
class Message:
    """One message as shown: its words, kind (info good warn danger) and whether trying again may help."""

    text: str
    kind: BannerKind
    retryable: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CrashReport:
    """A bug that reached the top: a short reference people can read out, and the trace for the log."""

    reference: str
    summary: str
    trace: str


def text_for(error: BaseException) -> str:
    """The words people see for ``error``; a bug gets none of its own text."""
    if isinstance(error, (UserError, EnvironmentProblem)):
        return error.text()
    return t("Something in the program went wrong. The sale is kept.")


def report_of(error: BaseException) -> CrashReport:
    """The report of a bug; the same place in the program always gives the same reference."""
    trace = without_cards("".join(traceback.format_exception(error)))
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_IN_REFERENCE:]
    place = type(error).__name__ + "".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    reference = hashlib.sha256(place.encode()).hexdigest()[:4].upper()
    return CrashReport(reference, without_cards(f"{type(error).__name__}: {error}"), trace)


class Messages(QObject):
    """The shared message view: whatever nobody handled ends here.

    Signals: ``shown(Message)``; ``crashed(CrashReport)``.
    """

    shown = Signal(object)
    crashed = Signal(object)
    _from_elsewhere = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banner: MessageBanner | None = None
        self._from_elsewhere.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def set_banner(self, banner: MessageBanner | None) -> None:
        """Show messages in this banner from now on."""
        self._banner = banner

    def report(self, error: BaseException, retry: Callable[[], object] | None = None) -> None:
        """Show ``error``: in the banner if a person can act on it, else as a crash. From any thread."""
        if QThread.currentThread() is not self.thread():
            self._from_elsewhere.emit(error)
            return
        if not isinstance(error, (UserError, EnvironmentProblem)):
            self.crash(report_of(error))
            return
        problem = isinstance(error, EnvironmentProblem)
        log.log(logging.INFO, "shown to the person: %s %s", error.code, error.params)
        message = Message(text_for(error), "warn" if problem else "info", retryable=problem)
        actions = [(t("Try again"), retry)] if retry is not None else []
        self._show(message, actions)

    def say(self, text: str, kind: BannerKind = "info") -> None:
        """Show plain words that are no trouble, or no exception."""
        self._show(Message(text, kind), [])

    def crash(self, report: CrashReport) -> None:
        """Log a bug with its trace and tell whoever shows the crash view. From any thread."""
        if QThread.currentThread() is not self.thread():
            self._from_elsewhere.emit(report)
            return
        log.critical("bug, reference %s\n%s", report.reference, report.trace)
        self.crashed.emit(report)

    def _take(self, thing: object) -> None:
        if isinstance(thing, CrashReport):
            self.crash(thing)
        elif isinstance(thing, BaseException):
            self.report(thing)

    def _show(self, message: Message, actions: list[tuple[str, Callable[[], object]]]) -> None:
        if self._banner is not None and isValid(self._banner):
            self._banner.show_message(message.text, message.kind, actions, message.reference)
        self.shown.emit(message)


class CrashView(Overlay):
    """What a person sees after a bug: what is safe, what to do, and a reference to read out.

    Signals: ``go_on`` and ``restart``, the two answers.
    """

    go_on = Signal()
    restart = Signal()

    def __init__(self, host: QWidget, report: CrashReport) -> None:
        super().__init__(host, width=640, name="crash")
        body = self.card.body
        body.addWidget(Label(t("Something in the program went wrong"), role="title"))
        words = t("The sale is kept. Go on, or start the till again if this comes back.")
        body.addWidget(Label(words, role="body", tone="text2"))
        body.addWidget(
            Label(
                t("Reference for support: {reference}", reference=report.reference),
                role="heading",
                tone="warn",
            )
        )
        self.go_on_key = Key(t("Go on"), variant="accent", role="key_big", height=72, name="crash_go_on")
        self.restart_key = Key(t("Start the till again"), height=60, name="crash_restart")
        self.go_on_key.clicked.connect(self._answered)
        self.restart_key.clicked.connect(self.restart)
        body.addWidget(self.go_on_key)
        body.addWidget(self.restart_key)

    def _answered(self) -> None:
        self.close_overlay()
        self.go_on.emit()


_installed = False


def install_crash_handler(callback: Callable[[CrashReport], object]) -> None:
    """Send every exception nobody caught, of any thread, to ``callback``; installing twice is a mistake."""
    global _installed
    if _installed:
        raise RuntimeError("the crash handler is already installed")
    _installed = True

    def on_exception(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, value, trace)
            return
        callback(report_of(value))

    def on_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            callback(report_of(args.exc_value))

    sys.excepthook = on_exception
    threading.excepthook = on_thread


def remove_crash_handler() -> None:
    """Put Python's own handlers back."""
    global _installed
    _installed = False
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
