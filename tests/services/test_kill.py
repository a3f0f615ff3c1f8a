"""Kill the till at every step of a sale, on a real server: then one sale, or the basket line for line."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_desktop.domain.basket import totals
from pos_desktop.domain.document import chain_hash, genesis
from pos_desktop.services.fault import EXIT_CODE
from pos_desktop.services.results import Recovered
from pos_desktop.services.till import TillServices
from tests.database.invariants import assert_sound
from tests.patience import wait_until
from tests.services.tills import BREAD, MILK, Shopfront, cash, ready

ROOT = Path(__file__).resolve().parents[2]
BEFORE_RECORD = ("S0", "S2", "S1")
AFTER_RECORD = ("S3", "S4", "S6", "S7", "S8", "S11", "S9", "S10")


class Worker:
    """The process that forks tills (see till_worker.py)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.till_worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, **order: Any) -> int:
        """Start a till's life; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._answer()["pid"])

    def end(self) -> int:
        """Wait for the till's end: its exit code, negative for a signal."""
        return int(self._answer()["code"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def stop(self) -> None:
        """No more orders."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One forking process for the module."""
    made = Worker()
    yield made
    made.stop()


def life(worker: Worker, front: Shopfront, fault: str, *codes: str) -> int:
    """One life of till 1."""
    worker.begin(folder=str(front.folder / "till 1"), dsn=front.dsn(), fault=fault, codes=codes)
    return worker.end()


def check_documents(front: Shopfront, till: TillServices) -> int:
    """Every rule of the books holds, and this till's record agrees; how many sales there are."""
    with front.database.connect() as owner:
        assert_sound(owner)
    (row,) = front.database.query(
        "select next_no, head, grand from pos.till where login = %s", front.shop.logins[1]
    )
    state = till.state()
    assert (state.next_no, state.head, state.grand, state.unconfirmed) == (row[0], row[1].hex(), row[2], 0)
    return int(front.database.query("select count(*) from pos.sale")[0][0])


def check_books(front: Shopfront, till: TillServices) -> int:
    """Chain, numbers, sums and stock are right, and this till's record agrees; how many sales there are."""
    rows = front.database.query(
        "select no, prev, hash, body, outcome from pos.document where till_id ="
        " (select id from pos.till where login = %s) order by no",
        front.shop.logins[1],
    )
    head = genesis(1, 1, 1)
    for number, (no, prev, hash_, body, outcome) in enumerate(rows, 1):
        assert (no, prev, outcome) == (number, head, "booked")
        assert hash_ == chain_hash(prev, body.encode())
        head = hash_
    assert till.state().head == head.hex()
    assert till.state().unconfirmed == 0
    doubles = front.database.query(
        "select sale_id from pos.document where kind = 'sale' group by sale_id having count(*) > 1"
    )
    assert doubles == []
    wrong_stock = front.database.query(
        "select k.item_id from pos.stock k where k.on_hand <> coalesce((select sum(m.delta)"
        " from pos.movement m where (m.store_id, m.item_id) = (k.store_id, k.item_id)), 0)"
    )
    assert wrong_stock == []
    (sums,) = front.database.query(
        "select count(*), coalesce(sum(s.total), 0), (select coalesce(sum(amount), 0) from pos.payment)"
        " from pos.sale s"
    )
    assert sums[1] == sums[2] == till.state().grand
    return int(sums[0])


def restart(front: Shopfront) -> tuple[Recovered, TillServices, Any]:
    """Start the till again in this process."""
    app = front.open()
    return app.till.recover(), app.till, app


def wait_for_lock(front: Shopfront) -> None:
    """Return once the server works on the till's document and waits for a lock."""
    waiting = "select count(*) from pg_stat_activity where usename = %s and wait_event_type = 'Lock'"
    wait_until(
        lambda: front.database.query(waiting, front.shop.logins[1]) == [(1,)],
        "the document never reached the server",
    )


@pytest.mark.parametrize("step", BEFORE_RECORD)
def test_killed_before_the_record_the_basket_is_back(worker: Worker, front: Shopfront, step: str) -> None:
    assert life(worker, front, step, MILK, BREAD, MILK) == EXIT_CODE
    recovered, till, app = restart(front)
    try:
        assert recovered.settled.done == ()
        assert check_books(front, till) == 0
        assert recovered.draft is not None
        basket = recovered.draft.basket
        expected = [(MILK, 1000)] if step == "S0" else [(MILK, 2000), (BREAD, 1000)]
        assert [(line.code[1:], line.qty) for line in basket.lines] == expected
        assert bool(recovered.draft.tenders) == (step != "S0")
        ready(till)
        assert till.complete_sale(basket, cash(basket)).outcome == "booked"  # type: ignore[union-attr]
        assert check_books(front, till) == 1
    finally:
        app.close()


@pytest.mark.parametrize("step", AFTER_RECORD)
def test_killed_after_the_record_it_is_one_sale(worker: Worker, front: Shopfront, step: str) -> None:
    assert life(worker, front, step, MILK, BREAD) == EXIT_CODE
    recovered, till, app = restart(front)
    try:
        assert check_books(front, till) == 1
        assert recovered.draft is None
        assert till.load_draft() is None
        replayed = {"S3": [False], "S4": [False], "S6": [True], "S7": [True]}.get(step, [])
        assert [done.replayed for done in recovered.settled.done] == replayed  # type: ignore[union-attr]
        offered = [document.kind for document in recovered.to_print]
        assert offered == ([] if step == "S10" else ["sale"])
        assert till.receipt_of(2).total == 414
    finally:
        app.close()


def test_killed_while_the_server_works_on_it(worker: Worker, front: Shopfront) -> None:
    gate = front.folder / "gate"
    os.mkfifo(gate)
    pid = worker.begin(
        folder=str(front.folder / "till 1"), dsn=front.dsn(), fault="", codes=[BREAD], gate=str(gate)
    )
    with front.database.connect() as holder, holder.transaction():
        # Opening the gate waits until the till stands at it, basket rung up; closing it lets the till go on.
        with gate.open("wb"):
            holder.execute("select from pos.till where login = %s for update", [front.shop.logins[1]])
        wait_for_lock(front)
        os.kill(pid, signal.SIGKILL)
        assert worker.end() == -signal.SIGKILL
    recovered, till, app = restart(front)
    try:
        assert check_books(front, till) == 1
        assert [document.kind for document in recovered.to_print] == ["sale"]
        assert recovered.draft is None
    finally:
        app.close()


def test_a_hundred_lives_with_random_ends(worker: Worker, front: Shopfront) -> None:
    dice = random.Random(20261122)
    steps = (*BEFORE_RECORD, *AFTER_RECORD, "")
    ends = [dice.choice(steps) for _ in range(100)]
    for step in ends:
        codes = dice.choices((MILK, BREAD), k=dice.randint(1, 3))
        assert life(worker, front, step, *codes) == (EXIT_CODE if step else 0), step
    recovered, till, app = restart(front)
    try:
        sold = sum(step not in BEFORE_RECORD for step in ends)
        assert check_books(front, till) == sold
        assert (recovered.draft is None) == (ends[-1] not in BEFORE_RECORD)
        if recovered.draft is not None:
            assert totals(recovered.draft.basket).total > 0
    finally:
        app.close()
