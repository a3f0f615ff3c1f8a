"""Forks till processes: the program is loaded once, so a new life of a till costs milliseconds.

An order is a JSON line; what is in it is read in :func:`live` and in till.py. Answers are
{"till", "life", "pid"} when it runs and {"till", "life", "code"} when it ended. This process opens no
connection and no thread, so a fork of it is a clean start.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
import traceback
from typing import Any

from pos_desktop.journal.problems import TillInUseError
from tests.nemesis.customer import Counter
from tests.nemesis.network import enter
from tests.nemesis.plan import Plan
from tests.nemesis.till import IN_USE, Report, Till


def live(order: dict[str, Any]) -> None:
    """One life of a till: recover, go on with the basket that came back, serve until the share is sold."""
    if order["namespace"]:
        enter(order["namespace"])
    report = Report(order["address"], order["till"], order["life"])
    try:
        till = Till(order, report)
    except TillInUseError:
        report.say("left", code=IN_USE, why="another program has the till")
        os._exit(IN_USE)
    counter, plan = Counter(till), Plan(**{**order["plan"], "kinds": tuple(order["plan"]["kinds"])})
    recovered = till.begin()
    report.say("up")
    if recovered.draft is not None:
        counter.go_on(recovered.draft)
    n = order["from"]
    while counter.sold < order["quota"] and time.time() < order["until"]:
        counter.serve(plan.step(order["till"], n))
        n += 1
    if order["finish"]:
        counter.finish()
    till.end()
    report.say("done", n=n)


def _child(order: dict[str, Any]) -> None:
    code = 1
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        live(order)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


class Herd:
    """The parent: starts what it is told to and says who ended."""

    def __init__(self) -> None:
        self._born: dict[int, tuple[int, int]] = {}
        self._input = b""
        self._wake, wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self) -> None:
        """Until the orders end."""
        selector = selectors.DefaultSelector()
        selector.register(0, selectors.EVENT_READ)
        selector.register(self._wake, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == 0:
                    self._orders()
                else:
                    os.read(self._wake, 4096)
            self._reap()

    def _orders(self) -> None:
        chunk = os.read(0, 1 << 16)
        if not chunk:
            sys.exit(0)
        *lines, self._input = (self._input + chunk).split(b"\n")
        for line in lines:
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                _child(order)
            self._born[pid] = order["till"], order["life"]
            self._say(till=order["till"], life=order["life"], pid=pid)

    def _reap(self) -> None:
        while self._born:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            till, life = self._born.pop(pid)
            self._say(till=till, life=life, code=os.waitstatus_to_exitcode(status))

    def _say(self, **fields: Any) -> None:
        os.write(1, json.dumps(fields).encode() + b"\n")


if __name__ == "__main__":
    Herd().run()
