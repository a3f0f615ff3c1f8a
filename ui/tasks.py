"""The lanes: a widget hands in a Qt-free function, and its answer comes back on the GUI thread.

Each lane is one thread working in order, so two writes of a till never overtake each other and a slow look-up
never delays a sale. All answers return through one queued signal. A parent that is gone gets none.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, Qt, QThread, QTimer, Signal
from shiboken6 import isValid

log = logging.getLogger("pos_desktop.ui.tasks")
T = TypeVar("T")


class Lane(StrEnum):
    """The threads beside the GUI: selling, looking up, devices, and watching the server.

    Watching goes on all day and waits for a server that is away, so it never counts as being busy.
    """

    SALE = "sale"
    LOOKUP = "lookup"
    DEVICE = "device"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Task(Generic[T]):
    """A piece of work for a lane; use Query for reading and Command for writing.

    ``work`` runs in the lane and must not touch Qt. ``done`` gets its result, ``failed`` its exception, both
    on the GUI thread and only while ``parent`` lives. Without ``failed`` the shared message view shows it.
    With ``replaces`` a newer task of that name and parent makes an older one's answer unwanted; for a search
    at each key stroke.
    """

    parent: QObject
    work: Callable[[], T]
    done: Callable[[T], object] | None = None
    failed: Callable[[Exception], object] | None = None
    lane: Lane = Lane.LOOKUP
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Query(Task[T]):
    """Reads something; runs in the look-up lane unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Command(Task[T]):
    """Writes something; runs in the sale lane unless told otherwise. A write is never replaced."""

    lane: Lane = Lane.SALE

    def __post_init__(self) -> None:
        if self.replaces:
            raise ValueError("a write cannot be replaced by a newer one")


@dataclass(frozen=True, slots=True)
class _Outcome:
    number: int
    result: Any = None
    error: Exception | None = None


class _Worker:
    """One lane's thread. It is a daemon: a device that hangs must not keep the program from ending."""

    def __init__(self, name: str, deliver: Callable[[_Outcome], None]) -> None:
        self._deliver = deliver
        self._jobs: SimpleQueue[tuple[int, Callable[[], Any], Callable[[], bool]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def add(self, number: int, work: Callable[[], Any], unwanted: Callable[[], bool]) -> None:
        self._jobs.put((number, work, unwanted))

    def stop(self) -> None:
        self._jobs.put(None)

    def join(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            number, work, unwanted = job
            if unwanted():
                self._deliver(_Outcome(number))
                continue
            try:
                outcome = _Outcome(number, result=work())
            except Exception as error:
                outcome = _Outcome(number, error=error)
            self._deliver(outcome)


class Lanes(QObject):
    """Runs tasks and brings their answers home; make one per program, on the GUI thread.

    Signals: ``failed(exception)`` for tasks without a failure callback; ``idle_changed(bool)``.
    """

    failed = Signal(object)
    idle_changed = Signal(bool)
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = count(1)
        self._running: dict[int, Task[Any]] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._workers = {lane: _Worker(lane.value, self._from_worker) for lane in Lane}

    @property
    def idle(self) -> bool:
        """Whether no task waits, runs, or has an answer under way, watching apart."""
        return all(task.lane is Lane.WATCH for task in self._running.values())

    def run(self, task: Task[Any]) -> None:
        """Queue ``task`` in its lane; after shutdown it is dropped and logged."""
        self._assert_gui_thread()
        if self._closed:
            log.info("a task came after the lanes were closed: %r", task.work)
            return
        number = next(self._numbers)
        was_idle = self.idle
        self._running[number] = task
        key = (id(task.parent), task.replaces)
        if task.replaces:
            self._newest[key] = number
        self._workers[task.lane].add(number, task.work, lambda: self._unwanted(number, key))
        if was_idle and not self.idle:
            self.idle_changed.emit(False)

    def _unwanted(self, number: int, key: tuple[int, str]) -> bool:
        return bool(key[1]) and self._newest.get(key, number) != number

    def _from_worker(self, outcome: _Outcome) -> None:
        try:
            self._finished.emit(outcome)
        except RuntimeError:
            # The program is ending and the Qt side of this object is gone.
            log.debug("an answer came after the end")

    def _deliver(self, outcome: _Outcome) -> None:
        self._assert_gui_thread()
        task = self._running[outcome.number]
        key = (id(task.parent), task.replaces)
        unwanted = self._unwanted(outcome.number, key)
        if task.replaces and not unwanted:
            self._newest.pop(key, None)
        try:
            if isValid(task.parent) and not unwanted:
                self._answer(task, outcome)
            elif outcome.error is not None:
                log.warning("nobody was left to hear of this", exc_info=outcome.error)
        finally:
            del self._running[outcome.number]
            if self.idle:
                self.idle_changed.emit(True)

    def _answer(self, task: Task[Any], outcome: _Outcome) -> None:
        if outcome.error is None:
            if task.done is not None:
                task.done(outcome.result)
        elif task.failed is not None:
            task.failed(outcome.error)
        else:
            self.failed.emit(outcome.error)

    def _assert_gui_thread(self) -> None:
        if QThread.currentThread() is not self.thread():
            raise RuntimeError("the lanes belong to the GUI thread")

    def wait_idle(self, milliseconds: int = 60_000) -> bool:
        """Process events until nothing is under way; False if that took longer than allowed."""
        if self.idle:
            return True
        loop, deadline = QEventLoop(), QDeadlineTimer(milliseconds)
        self.idle_changed.connect(loop.quit)
        QTimer.singleShot(milliseconds, loop, loop.quit)
        while not self.idle and not deadline.hasExpired():
            loop.exec()
        self.idle_changed.disconnect(loop.quit)
        return self.idle

    def shutdown(self, milliseconds: int = 5000) -> bool:
        """Take no more work and wait for what runs; False if a lane is still busy after that time."""
        self._closed = True
        for worker in self._workers.values():
            worker.stop()
        deadline = QDeadlineTimer(milliseconds)
        finished = [w.join(max(0, deadline.remainingTime()) / 1000) for w in self._workers.values()]
        return all(finished)
