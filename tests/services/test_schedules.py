"""Seeded till lives against a simulated server: kills, lost requests, lost answers, wrong clocks."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos_desktop.domain.basket import Basket
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.services import core, drafts, selling
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.results import Cashier, Completed, Posted, Refused, Unconfirmed, ZReport
from pos_desktop.services.till import TillServices
from tests.domain.made import item
from tests.services.simulation import KilledError, SimClock, SimLink, SimServer
from tests.services.tills import cash

ANN = Cashier(1001, "Ann", "manager", frozenset({"sell"}))


class Life:
    """A till that is started again whenever it was killed, and what its cashier was told."""

    def __init__(self, folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dice = random.Random(seed)
        self.folder = folder
        self.clock = SimClock(timedelta(seconds=self.dice.randint(-90_000, 90_000)))
        self.server = SimServer(self.clock)
        self.server.refuse = lambda fields: fields["kind"] == "sale" and int(fields["id"][-4:], 16) % 7 == 0
        self.link = SimLink(self.server, self.dice, odds=0.25)
        self.told: list[str] = []
        self.papers: list[str] = []
        self.kills = 0
        self.stores: list[Journal | DraftStore] = []
        self._patch(monkeypatch)
        self.till = self._start()

    def _patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def maybe_die(step: str) -> None:
            if step and self.link.odds and self.dice.random() < 0.02:
                raise KilledError

        for module in (core, drafts, selling):
            monkeypatch.setattr(module, "fault_point", maybe_die)

    def _start(self) -> TillServices:
        for store in self.stores:
            store.close()
        journal, draft = Journal(self.folder / "journal.db"), DraftStore(self.folder / "draft.db")
        self.stores = [journal, draft]
        heart = TillCore(self.link, journal, draft, self.clock, self.folder, "simulated")
        heart.cashier = ANN
        return TillServices(heart, ServerCatalogue(self.link), b"")

    def through(self, work: Callable[[], Posted | ZReport]) -> Completed | Refused | None:
        """Do one thing to its end, through kills and silence; None when a kill left nothing of it behind."""
        try:
            posted = work()
        except KilledError:
            return self._after_kill()
        except EnvironmentProblem:
            return None  # said on the screen; nothing was recorded, the cashier tries again
        if isinstance(posted, Unconfirmed):
            return self._settled()
        if isinstance(posted, ZReport):
            return Completed(posted.document, "booked")
        assert isinstance(posted, (Completed, Refused)), posted
        return posted

    def tries(self) -> Iterator[int]:
        """Try again, but not for ever."""
        yield from range(200)
        raise AssertionError("this never comes to an end")

    def _settled(self) -> Completed | Refused | None:
        done: list[Completed | Refused] = []
        for _ in range(1000):
            try:
                settled = self.till.settle()
            except KilledError:
                return self._after_kill(done)
            assert settled.stopped is None
            done.extend(settled.done)
            if settled.pending == 0 and not settled.words:
                return done[-1] if done else None
        raise AssertionError("never settled")

    def _after_kill(self, before: list[Completed | Refused] | None = None) -> Completed | Refused | None:
        self.kills += 1
        self.till = self._start()
        settled = self._settled()
        return settled or (before[-1] if before else None)


@pytest.fixture
def memory_dir(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: only a pretended process dies here."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="pos-schedules-") as folder:
        yield Path(folder)


@pytest.mark.parametrize("block", range(10))
def test_every_schedule_ends_with_one_record_on_both_sides(
    block: int, memory_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = refusals = 0
    for seed in range(block * 20, block * 20 + 20):
        folder = memory_dir / str(seed)
        folder.mkdir()
        life = Life(folder, seed, monkeypatch)
        refusals += trade(life)
        check(life)
        kills += life.kills
    assert kills > 20
    assert refusals > 0


def trade(life: Life) -> int:
    """A short day: open, some sales (refused ones paid again), close; returns how many were refused."""
    refusals = 0
    while life.server.shift is None:
        life.through(lambda: life.till.open_shift(1000))
    for number in range(life.dice.randint(2, 6)):
        basket = Basket(f"sale-{number}").add(item(1 + number, 100 + number), 2000)
        for _ in life.tries():
            if basket.sale_id in life.server.sales():
                break
            ended = life.through(lambda basket=basket: ring_up(life.till, basket))  # type: ignore[misc]
            if isinstance(ended, Refused):
                refusals += 1
                assert life.till.load_draft() is not None
            elif ended is None and basket.sale_id not in life.server.sales():
                kept = kill_proof(life)
                assert kept is None or kept == basket
        life.told.append(basket.sale_id)
    if life.dice.random() < 0.5:
        while life.server.shift is not None:
            life.through(lambda: life.till.close_shift(counted=life.server.grand))
    return refusals


def ring_up(till: TillServices, basket: Basket) -> Posted:
    """What the register does with a basket."""
    till.save_draft(basket)
    till.save_draft(basket, cash(basket))
    return till.complete_sale(basket, cash(basket))


def kill_proof(life: Life) -> Basket | None:
    """The basket the till would show after its restart."""
    draft = life.till.load_draft()
    return None if draft is None else draft.basket


def check(life: Life) -> None:
    """Both sides have the same documents, each sale once, and the next document fits."""
    life.link.odds = 0
    life.till = life._start()
    recovered = life.till.recover()
    assert recovered.settled.pending == 0
    assert recovered.settled.stopped is None
    journal = life.stores[0]
    assert isinstance(journal, Journal)
    entries = journal.since(1, 1)
    assert [entry.document.id for entry in entries] == life.server.order
    assert [entry.outcome for entry in entries] == [
        life.server.known[id_][1].outcome for id_ in life.server.order
    ]
    assert life.server.sales() == life.told
    state = life.till.state()
    assert (state.head, state.grand) == (life.server.head.hex(), life.server.grand)
    assert abs(timedelta(milliseconds=state.offset_ms) + life.clock.wrong_by) < timedelta(seconds=1)
    for store in life.stores:
        store.close()
