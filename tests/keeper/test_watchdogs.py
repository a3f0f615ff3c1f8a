"""A till frozen, cut off or heard by nobody: no other waits more than 8 s, and it says what it knows."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.bootstrap import open_till
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.services.fault import FROZEN
from pos_desktop.services.keeper import GUARD_SECONDS
from pos_desktop.services.link import POST_DEADLINE
from pos_desktop.services.results import Completed, Unconfirmed
from tests.database.invariants import assert_sound
from tests.foundation.test_pool import Proxy
from tests.keeper.watching import Kept, at_work
from tests.nemesis.network import Cable, lay_cables
from tests.patience import wait_until
from tests.services.tills import MILK, Shopfront, cash, make_pinned_shop, ready, scanned, settings_in
from tests.shop_database import ShopDatabase

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 8.0
SLACK = 1.5
"""What a loaded machine may add to eight seconds of waiting."""
STEPS = ("S0", "S2", "S1", "S3", "S4", "S6", "S7", "S8", "S11", "S9", "S10")
"""Every step of a sale that a till itself goes through, in its order (pos_desktop/services/fault.py)."""


@pytest.fixture
def front(database: ShopDatabase, tmp_path: Path) -> Shopfront:
    return Shopfront(database, make_pinned_shop(database, tills=4), tmp_path)


@pytest.fixture(scope="module")
def worker() -> Iterator[subprocess.Popen[str]]:
    """Forks a till for each order."""
    command = [sys.executable, "-m", "tests.services.till_worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def answer(worker: subprocess.Popen[str]) -> dict[str, Any]:
    assert worker.stdout is not None
    found: dict[str, Any] = json.loads(worker.stdout.readline())
    return found


def sales(front: Shopfront) -> int:
    return int(front.database.query("select count(*) from pos.sale")[0][0])


def test_a_till_frozen_at_any_step_keeps_no_other_waiting(
    front: Shopfront, worker: subprocess.Popen[str]
) -> None:
    """At each labelled step one till stands still and another one sells; thawed, it goes on where it was.

    S5 is the server's own step: there the till is killed (tests/services/test_kill.py), the server is killed
    (tests/proof/test_reviewer.py), or its answer is swallowed (below).
    """
    with contextlib.closing(front.open(2)) as other:
        till = ready(other.till)
        for lives, step in enumerate(STEPS, 1):
            order = {"folder": str(front.folder / "till 1"), "dsn": front.dsn(1), "codes": [MILK]}
            assert worker.stdin is not None
            worker.stdin.write(json.dumps({**order, "fault": step + FROZEN}) + "\n")
            worker.stdin.flush()
            pid = answer(worker)["pid"]
            wait_until(lambda pid=pid: psutil.Process(pid).status() == psutil.STATUS_STOPPED)  # type: ignore[misc]
            basket = scanned(till, till.new_basket(), MILK)
            started = time.monotonic()
            assert isinstance(till.complete_sale(basket, cash(basket)), Completed), step
            assert time.monotonic() - started < LONGEST, step
            os.kill(pid, signal.SIGCONT)
            assert answer(worker) == {"code": 0}, step
            assert sales(front) == 2 * lives, step
    with front.database.connect() as owner:
        assert_sound(owner)


# -- a middlebox -----------------------------------------------------------------------------------


class AnswersSwallowed(Proxy):
    """Passes questions on and, once silent, keeps every answer: the server has done what nobody hears of."""

    def _pass_on(self, selector: Any, source: Any, to: tuple[str, Any]) -> None:
        silent = self.silent.is_set()
        if silent and to[0] == "question":
            self.silent.clear()
        try:
            super()._pass_on(selector, source, to)
        finally:
            if silent:
                self.silent.set()


@pytest.fixture
def middleboxes(server: EmbeddedServer) -> Iterator[dict[int, Proxy]]:
    boxes = {1: Proxy(server.port), 2: AnswersSwallowed(server.port)}
    yield boxes
    for box in boxes.values():
        box.close()


@pytest.mark.expects_log
def test_a_middlebox_that_acknowledges_and_swallows(front: Shopfront, middleboxes: dict[int, Proxy]) -> None:
    """One keeps the question, one the answer. Both tills say so within 8 s; the third sells all the while."""
    with contextlib.ExitStack() as stack:
        tills = {}
        for number in (1, 2, 3):
            dsn = front.dsn(number)
            if number in middleboxes:
                dsn = make_conninfo(dsn, port=middleboxes[number].port)
            settings = settings_in(front.folder / f"till {number}")
            app = stack.enter_context(contextlib.closing(open_till(settings, dsn=dsn)))
            tills[number] = ready(app.till)
        baskets = {n: scanned(till, till.new_basket(), MILK) for n, till in tills.items()}
        for box in middleboxes.values():
            box.silent.set()
        stack.callback(lambda: [box.silent.clear() for box in middleboxes.values()])

        def pay(number: int) -> tuple[Any, float]:
            started = time.monotonic()
            posted = tills[number].complete_sale(baskets[number], cash(baskets[number]))
            return posted, time.monotonic() - started

        pool = stack.enter_context(ThreadPoolExecutor(2))
        waiting = {number: pool.submit(pay, number) for number in middleboxes}
        slowest = 0.0
        while not all(future.done() for future in waiting.values()):
            posted, took = pay(3)
            assert isinstance(posted, Completed)
            slowest = max(slowest, took)
            wait(waiting.values(), 0.05)  # a customer's pace
            baskets[3] = scanned(tills[3], tills[3].new_basket(), MILK)
        assert slowest < LONGEST
        for future in waiting.values():
            posted, took = future.result()
            assert isinstance(posted, Unconfirmed)
            assert "no answer" in posted.words
            assert took < POST_DEADLINE + SLACK
        for box in middleboxes.values():
            box.silent.clear()
        settling = [pool.submit(wait_until, lambda t=tills[n]: t.settle().pending == 0) for n in middleboxes]
        for settled in settling:
            settled.result()
        on_both = "select t.number, count(*) from pos.sale s join pos.till t on t.id = s.till_id"
        found = dict(front.database.query(on_both + " where t.number < 3 group by 1"))
        assert found == {1: 1, 2: 1}
    with front.database.connect() as owner:
        assert_sound(owner)


# -- a pulled cable --------------------------------------------------------------------------------

_CUT_OFF = """
import json, sys, time
from pathlib import Path
from tests.nemesis.network import enter
order = json.loads(sys.argv[1])
if order["namespace"]:
    enter(order["namespace"])
import psycopg
from pos_desktop.bootstrap import open_till
from tests.patience import wait_until
from tests.services.tills import MILK, cash, ready, scanned, settings_in

if order["thief"]:
    connection = psycopg.connect(order["dsn"], autocommit=True)
    connection.execute("set idle_in_transaction_session_timeout = 0")
    connection.execute("set statement_timeout = 0")
    connection.execute("begin")
    connection.execute(order["lock"])
    print("ready", flush=True)
    sys.stdin.readline()
else:
    app = open_till(settings_in(Path(order["folder"])), dsn=order["dsn"])
    till = ready(app.till)
    basket = scanned(till, till.new_basket(), MILK)
    till._core.link.changes_since(0)
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.monotonic()
    posted = till.complete_sale(basket, cash(basket))
    print(json.dumps({"was": type(posted).__name__, "took": time.monotonic() - started}), flush=True)
    sys.stdin.readline()
    wait_until(lambda: till.settle().pending == 0)
    app.close()
    print(json.dumps({"pending": 0}), flush=True)
"""


class CutOff:
    """A process behind a cable."""

    def __init__(self, cable: Cable, **order: Any) -> None:
        order = {"thief": False, "namespace": cable.namespace, **order}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CUT_OFF, json.dumps(order)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def said(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait(60)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def wired(abroad: ShopDatabase, tmp_path: Path) -> Shopfront:
    """A shop on the server that tills reach by a cable."""
    return Shopfront(abroad, make_pinned_shop(abroad, tills=3), tmp_path)


def test_a_pulled_cable(wired: Shopfront, tmp_path: Path) -> None:
    """One till pays as its cable is pulled; another's login, without limits, holds a lock; a third sells.

    Without namespaces both are frozen instead, which the server sees as little of.
    """
    port = conninfo_to_dict(wired.dsn(1))["port"]
    with contextlib.ExitStack() as stack:
        stack.enter_context(at_work(Kept.of(wired.database, tmp_path), guard=GUARD_SECONDS))
        cables = lay_cables(stack, 2)
        dsn = {n: make_conninfo(wired.dsn(n), host=cable.host, port=port) for n, cable in cables.items()}
        other = stack.enter_context(contextlib.closing(wired.open(3)))
        till = ready(other.till)
        cut = CutOff(cables[1], dsn=dsn[1], folder=str(wired.folder / "till 1"))
        stack.callback(cut.close)
        with wired.database.connect() as owner:  # a lock no function lends: the worst a login could hold
            owner.execute("grant usage on schema pos to pos_till")
            owner.execute("grant select, update on pos.stock to pos_till")
        thief = CutOff(
            cables[2], dsn=dsn[2], thief=True, lock="select from pos.stock where item_id = 1 for update"
        )
        stack.callback(thief.close)
        basket = scanned(till, till.new_basket(), MILK)
        for cable, process in ((cables[1], cut), (cables[2], thief)):
            if cable.link:
                cable.pull()
            else:
                os.kill(process.process.pid, signal.SIGSTOP)
        if cables[1].link:
            cut.go_on()
        started = time.monotonic()
        posted = till.complete_sale(basket, cash(basket))
        waited = time.monotonic() - started
        assert isinstance(posted, Completed)
        assert waited < LONGEST + SLACK
        if cables[1].link:
            told = cut.said()
            assert told["was"] == "Unconfirmed"
            assert told["took"] < POST_DEADLINE + SLACK
            cables[1].plug()
            cut.go_on()
            assert cut.said() == {"pending": 0}
            assert sales(wired) == 2
