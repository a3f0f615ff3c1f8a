"""Tells a scanner from a person at one place for the whole program, by the events' own time stamps.

Every key event of the program passes here before any widget sees it. A key is held until it is clear what it
belongs to: at most 50 ms after the last key, which a person does not notice. Keys of a person then go on to
the window in their order, presses and releases alike; keys of a scan go on to nobody.

The rules (UX section 6, faults 51-54 of the reliability list):

- A burst of at least four printable characters, no two more than 50 ms apart, ended by Enter or Tab within
  50 ms, is a scan. With a configured prefix, any length is.
- What a scanner on a serial port sends (:meth:`ScanInput.take_bytes`) is judged here too, by the same rules.
- At most 128 characters. A control character, a Ctrl or Alt combination or a function key inside a burst
  spoils it: it counts as unreadable, and none of it reaches a widget or a shortcut.
- Six or more characters at scanner speed that never get their Enter are a torn scan: unreadable.
- Enter or Tab within 150 ms after a scan is the rest of its ending: swallowed.
- The same code twice within 150 ms is one scan read twice.
- While ``paused``, scans are refused and counted, never kept for later; typing goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from shiboken6 import isValid

from pos_desktop.device_settings import ScannerSettings
from ui.scan_keys import Kind, copy_of, kind_of
from ui.scan_trace import MAX_CODE as MAX_LENGTH
from ui.scan_trace import Made, Trace, seen_keys

# A person never types six characters this fast; a scanner that lost its Enter does.
_TORN_LENGTH, _TORN_GAP_MS = 6, 30
_AFTER_SCAN_MS = 150
_POINTER_EVENTS = frozenset(
    {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.MouseButtonDblClick}
)
_KEY_EVENTS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What the set-up page can change. ``prefix`` and ``suffix`` are what the scanner is told to send around
    each code; both are taken off.

    ``group_separator`` keeps the GS1 separator (sent as Ctrl+] or as the character itself) as data.
    """

    prefix: str = ""
    suffix: str = ""
    max_gap_ms: int = 50
    min_length: int = 4
    double_read_ms: int = 150
    drop_doubles: bool = True
    group_separator: bool = True


def scan_settings(scanner: ScannerSettings) -> ScanSettings:
    """How the scanner of this machine is read."""
    return ScanSettings(
        prefix=scanner.prefix,
        suffix=scanner.suffix,
        max_gap_ms=scanner.gap_ms,
        double_read_ms=scanner.double_ms,
        drop_doubles=scanner.double_ms > 0,
    )


@dataclass(slots=True)
class _Burst:
    """Keys held back until it is known whose they are."""

    events: list[tuple[QWindow, QKeyEvent]] = field(default_factory=list)
    text: str = ""
    spoiled: bool = False
    overlong: bool = False
    first_ms: int = 0
    last_ms: int = 0
    slowest_ms: int = 0

    @property
    def keys(self) -> list[QKeyEvent]:
        """The held events."""
        return [event for _, event in self.events]


class ScanInput(QObject):
    """The program's only way in for keys; see the module's words for the rules.

    Signals: ``scanned(code)`` for the current screen; ``unreadable(text)`` what could be made out of a bad
    scan; ``refused(count)`` scans refused since ``paused`` was set; ``double_read(code)`` a hint only.
    ``traced(Trace)``, while ``tracing``, tells of each burst what came in and what was made of it.
    ``router`` is offered each typed key before the window and says True when it used it.
    """

    scanned = Signal(str)
    unreadable = Signal(str)
    refused = Signal(int)
    double_read = Signal(str)
    traced = Signal(object)

    def __init__(
        self,
        app: QCoreApplication,
        *,
        settings: ScanSettings | None = None,
        router: Callable[[QKeyEvent], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or app)
        self.settings = settings or ScanSettings()
        self.router = router
        self.tracing = False
        self._paused = False
        self._refused = 0
        self._burst = _Burst()
        self._outbox: deque[tuple[QWindow, QKeyEvent]] = deque()
        self._sending = False
        self._down: set[int] = set()
        self._last_code, self._last_code_ms, self._last_scan_ms = "", -10_000, -10_000
        self._clock = QElapsedTimer()
        self._clock.start()
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.timeout.connect(self._hold_over)
        self._late_looks = 0
        app.installEventFilter(self)

    # -- what screens use ------------------------------------------------------------------------------

    @property
    def paused(self) -> bool:
        """Whether a question is open and scans are refused."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        if paused and not self._paused:
            self._refused = 0
        self._paused = paused

    @property
    def pending(self) -> bool:
        """Whether keys are held back at this moment."""
        return bool(self._burst.events or self._outbox)

    def flush(self) -> None:
        """Decide about held keys now, as if 50 ms had passed; for a robot that does not wait."""
        self._hold.stop()
        self._end_without_terminator()

    def take_bytes(self, data: bytes, stamp: int, *, whole: bool) -> None:
        """A code from a serial port at ``stamp`` (milliseconds); ``whole`` False: its ending never came."""
        text = data.decode("utf-8", "replace")
        printable = all(ch.isprintable() or ch == "\x1d" for ch in text) and "\ufffd" not in text
        made = self._judge(text, stamp, bad=not whole or not printable)
        self._trace(made, self._bare(text), raw=data)

    # -- the filter ------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take every key event at the window, before the focused widget; let everything else pass."""
        kind = event.type()
        if kind not in _KEY_EVENTS:
            if kind in _POINTER_EVENTS and self._burst.events and isinstance(watched, QWindow):
                self.flush()
            return False
        if not isinstance(watched, QWindow) or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            return self._block_shortcut(event)
        if self._sending:
            # The synchronous delivery of a key that was decided before; everything nested is new again.
            self._sending = False
            return False
        if kind == QEvent.Type.KeyRelease:
            return self._on_release(watched, event)
        return self._on_press(watched, event)

    def _block_shortcut(self, event: QKeyEvent) -> bool:
        if not self._burst.text or self._gap(event) > self.settings.max_gap_ms:
            return False
        event.accept()
        return True

    def _on_release(self, window: QWindow, event: QKeyEvent) -> bool:
        if event.key() in self._down:
            if not event.isAutoRepeat():
                self._down.discard(event.key())
            return True
        if self._burst.events:
            self._burst.events.append((window, copy_of(event)))
            return True
        return False

    def _on_press(self, window: QWindow, event: QKeyEvent) -> bool:
        stamp = self._stamp(event)
        if self._burst.events and self._too_late(stamp):
            self._end_without_terminator()
        kind = kind_of(event, group_separator=self.settings.group_separator)
        if kind is Kind.MODIFIER:
            return self._hold_modifier(window, event)
        if kind is Kind.TERMINATOR:
            return self._on_terminator(window, event, stamp)
        if event.isAutoRepeat() or (kind is Kind.COMMAND and not self._burst.text):
            # A held-down key or a lone function key is a person: nothing to wait for.
            self._end_without_terminator()
            return self._pass_on(window, event)
        self._append(window, event, kind, stamp)
        return True

    def _hold_modifier(self, window: QWindow, event: QKeyEvent) -> bool:
        if not self._burst.events:
            return False
        self._burst.events.append((window, copy_of(event)))
        return True

    def _append(self, window: QWindow, event: QKeyEvent, kind: Kind, stamp: int) -> None:
        burst = self._burst
        if not burst.events:
            burst.first_ms = burst.last_ms = stamp
        burst.slowest_ms = max(burst.slowest_ms, stamp - burst.last_ms)
        burst.last_ms = stamp
        burst.events.append((window, copy_of(event)))
        if kind is Kind.PRINTABLE:
            burst.text += event.text()
        elif kind is Kind.SEPARATOR:
            burst.text += "\x1d"
        else:
            burst.spoiled = True
        around = len(self.settings.prefix) + len(self.settings.suffix)
        burst.overlong = burst.overlong or len(burst.text) > MAX_LENGTH + around
        self._late_looks = 0
        self._hold.start(self._max_gap())

    # -- what a burst turns out to be --------------------------------------------------------------------

    def _on_terminator(self, window: QWindow, event: QKeyEvent, stamp: int) -> bool:
        burst = self._burst
        if not burst.events:
            if 0 <= stamp - self._last_scan_ms <= _AFTER_SCAN_MS:
                self._down.add(event.key())
                return True
            return self._pass_on(window, event)
        if not self._is_scan(burst):
            self._trace("typing", "", [*burst.keys, event])
            self._release_as_typing()
            return self._pass_on(window, event)
        self._down.add(event.key())
        self._drop_burst()
        self._last_scan_ms = stamp
        made = self._judge(burst.text, stamp, bad=burst.spoiled or burst.overlong)
        self._trace(made, self._bare(burst.text), [*burst.keys, event])
        return True

    def _is_scan(self, burst: _Burst) -> bool:
        prefix = self.settings.prefix
        if prefix and burst.text.startswith(prefix):
            return len(burst.text) > len(prefix)
        held = sum(event.type() == QEvent.Type.KeyPress for _, event in burst.events)
        return len(burst.text) >= self.settings.min_length or (
            burst.spoiled and held > self.settings.min_length
        )

    def _bare(self, text: str) -> str:
        """The code without what the scanner puts around it."""
        return text.removeprefix(self.settings.prefix).removesuffix(self.settings.suffix)

    def _judge(self, text: str, stamp: int, *, bad: bool) -> Made:
        """Hand a code on, or say why not."""
        code = self._bare(text)
        if bad or not code or len(code) > MAX_LENGTH:
            self.unreadable.emit(code[:MAX_LENGTH])
            return "unreadable"
        twice = code == self._last_code and stamp - self._last_code_ms <= self.settings.double_read_ms
        self._last_code, self._last_code_ms = code, stamp
        if twice and self.settings.drop_doubles:
            self.double_read.emit(code)
            return "double"
        if self._paused:
            self._refused += 1
            self.refused.emit(self._refused)
        else:
            self.scanned.emit(code)
        return "scan"

    def _trace(self, made: Made, code: str, keys: list[QKeyEvent] | None = None, raw: bytes = b"") -> None:
        if self.tracing:
            self.traced.emit(Trace(seen_keys(keys or []), made, code, raw))

    def _hold_over(self) -> None:
        # The timer may be the first thing a busy window gets to; keys that came in meanwhile are still in
        # the queue with their early stamps. So look twice more, after the queue, before deciding.
        if self._late_looks < 2:
            self._late_looks += 1
            self._hold.start(0)
            return
        self._end_without_terminator()

    def _end_without_terminator(self) -> None:
        """No Enter came: a torn scan at scanner speed is unreadable, anything else was typing."""
        self._hold.stop()
        burst = self._burst
        if not burst.events:
            return
        torn = len(burst.text) >= _TORN_LENGTH and burst.slowest_ms <= _TORN_GAP_MS
        if torn or burst.overlong:
            self._drop_burst()
            self._last_scan_ms = burst.last_ms
            self.unreadable.emit(burst.text[:MAX_LENGTH])
            self._trace("unreadable", "", burst.keys)
        else:
            self._trace("typing", "", burst.keys)
            self._release_as_typing()

    def _drop_burst(self) -> None:
        """Forget held keys; the releases still to come belong to nobody."""
        self._hold.stop()
        burst, self._burst = self._burst, _Burst()
        for _, event in burst.events:
            if event.type() == QEvent.Type.KeyPress:
                self._down.add(event.key())
            else:
                self._down.discard(event.key())

    def _release_as_typing(self) -> None:
        self._hold.stop()
        burst, self._burst = self._burst, _Burst()
        self._outbox.extend(burst.events)
        self._drain()

    def _pass_on(self, window: QWindow, event: QKeyEvent) -> bool:
        """Hand one key to the router or the window at once; True when the original must go no further."""
        if self._outbox:
            self._outbox.append((window, copy_of(event)))
            self._drain()
            return True
        if self.router is not None and self.router(event):
            self._down.add(event.key())
            return True
        return False

    def _drain(self) -> None:
        """Send decided keys in order; a handler that opens an event loop finds the rest still here."""
        while self._outbox:
            window, event = self._outbox.popleft()
            press = event.type() == QEvent.Type.KeyPress
            if press and self.router is not None and self.router(event):
                self._down.add(event.key())
                continue
            if not press and event.key() in self._down:
                self._down.discard(event.key())
                continue
            if isValid(window):
                self._sending = True
                QCoreApplication.sendEvent(window, event)
                self._sending = False

    # -- time --------------------------------------------------------------------------------------------

    def _max_gap(self) -> int:
        return self.settings.max_gap_ms

    def _stamp(self, event: QKeyEvent) -> int:
        """The event's own time; a made-up event without one gets the time of its arrival."""
        return event.timestamp() or self._clock.msecsSinceReference() + self._clock.elapsed()

    def _gap(self, event: QKeyEvent) -> int:
        return self._stamp(event) - self._burst.last_ms

    def _too_late(self, stamp: int) -> bool:
        gap = stamp - self._burst.last_ms
        return gap > self._max_gap() or gap < 0
