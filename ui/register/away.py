"""Keeps an eye on the server: asks for it every two seconds, and says when it went and came back."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from pos_desktop.errors import PosError
from pos_desktop.services.offline_state import Beat, OfflineState
from pos_desktop.services.results import Refused
from ui.register.desk import Desk
from ui.tasks import Command, Lane

LOOK_MS = 1000
"""How often the till looks at what it knows; that takes no time and asks nobody."""
BEAT_MS = 2000
"""The pause between two questions to the server."""
SENT_MS = 15_000
"""How long it stays said that everything was sent."""


class Away(QObject):
    """Signals: ``changed`` (what is shown did), ``came_back`` (the server has everything again), ``refused``
    (tuple[Refused], what it would not book of what was sold alone), ``stopped`` (StopReason), ``let_in`` (a
    till that was stopped may go on)."""

    changed = Signal()
    came_back = Signal()
    refused = Signal(object)
    stopped = Signal(object)
    let_in = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.state: OfflineState = desk.services.offline_state()
        self.sending = False
        self.sent = 0
        self._most = self.state.pending if self.state.away else 0
        self._still = False
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.look)
        desk.state_changed.connect(self.look)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(BEAT_MS)
        self._next.timeout.connect(self._ask)
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(SENT_MS)
        self._said.timeout.connect(self._forget_sent)

    @property
    def stuck(self) -> bool:
        """Nothing can be sold until the server answers: asking again before that only makes people wait."""
        return self.state.away and not self.state.enabled

    def start(self) -> None:
        """Look and ask from now on."""
        self._look.start()
        self._next.start()

    def look(self) -> None:
        """Read what the till knows now."""
        if not self._still:
            self._take(self._desk.services.offline_state())

    def freeze(self, state: OfflineState) -> None:
        """Stand still at ``state``: for pictures of hours that nobody waits for."""
        self._look.stop()
        self._next.stop()
        self._still = True
        self.state = state
        self.changed.emit()

    def _ask(self) -> None:
        self._desk.lanes.run(
            Command(self, self._desk.services.heartbeat, self._beaten, self._not_beaten, lane=Lane.WATCH)
        )

    def _beaten(self, beat: Beat) -> None:
        if self._still:
            return
        self._next.start()
        done = beat.settled.done
        self.sending = bool(done) and beat.state.pending > 0
        self._take(beat.state, always=bool(done))
        if refusals := tuple(answer for answer in done if isinstance(answer, Refused)):
            self.refused.emit(refusals)
        if beat.settled.stopped is not None:
            self.stopped.emit(beat.settled.stopped)
        elif beat.let_in:
            self.let_in.emit()

    def _not_beaten(self, problem: Exception) -> None:
        self._next.start()
        if not isinstance(problem, PosError):
            self._desk.lanes.failed.emit(problem)
        self.look()

    def _take(self, state: OfflineState, *, always: bool = False) -> None:
        was, self.state = self.state, state
        # Whoever brought the last record over, a beat or a question of the cashier's: it is back now.
        back = was.away and not state.away
        if back:
            self.sent, self._most = self._most, 0
            self._said.start()
        elif state.away:
            self._said.stop()
            self.sent, self._most = 0, max(self._most, state.pending)
        if always or state != was:
            self.changed.emit()
        if back:
            self.came_back.emit()

    def _forget_sent(self) -> None:
        self._said.stop()
        if self.sent:
            self.sent = 0
            self.changed.emit()
