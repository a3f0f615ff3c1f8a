"""Seeded till lives against a simulated server: kills, lost requests, lost answers, wrong clocks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pos_desktop.domain.basket import Basket
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.journal import draft as draft_store
from pos_desktop.journal import journal as journal_store
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.services import core, drafts, selling
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.results import Cashier, Completed, Posted, Refused, Unconfirmed, ZReport
from pos_desktop.services.till import TillServices
from tests.domain.made import item
from tests.services.simulation import KilledError, SimClock, SimDisk, SimLink, SimServer
from tests.services.tills import cash

FOLDER = Path("a till's folder")
ANN = Cashier(1001, "Ann", "manager", frozenset({"sell"}))


class Life:
    """A till that is started again whenever it was killed, and what its cashier was told."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dice = random.Random(seed)
        # A line that is bad all the time hides what only happens when nothing else does.
        odds = (0.25, 0.25, 0.02)[seed % 3]
        self.clock = SimClock(timedelta(seconds=self.dice.randint(-90_000, 90_000)))
        self.server = SimServer(self.clock)
        self.server.refuse = lambda fields: fields["kind"] == "sale" and int(fields["id"][-4:], 16) % 7 == 0
        self.link = SimLink(self.server, self.dice, odds)
        self.link.before = self._between
        self.disk = SimDisk(self.dice, odds / 8)
        self.told: list[str] = []
        self.kills = self.put_back = self.jumps = 0
        self._backup = self.server.back_up()
        self._patch(monkeypatch)
        self.till = self.start()

    def _patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def maybe_die(step: str) -> None:
            if step and self.link.odds and self.dice.random() < self.link.odds / 12:
                raise KilledError

        for module in (core, drafts, selling):
            monkeypatch.setattr(module, "fault_point", maybe_die)
        for store in (journal_store, draft_store):
            monkeypatch.setattr(store, "open_store", self.disk.open_store)
            monkeypatch.setattr(store, "transaction", self.disk.transaction)

    def _between(self) -> None:
        """Between two calls the server may be put back to a backup, or the till's clock jump."""
        chance = self.dice.random() * 100 if self.link.odds else 100
        if chance < 3:
            self._backup = self.server.back_up()
        elif chance < 6:
            self.server.put_back(self._backup)
            self.put_back += 1
        elif chance < 8:
            self.clock.wrong_by = timedelta(seconds=self.dice.choice((10_800, -3_600, -1_795_000_000, 0)))
            self.jumps += 1

    def start(self) -> TillServices:
        """Switch the machine off and on again."""
        self.disk.power_off()
        while True:
            try:
                self.journal = Journal(FOLDER / "journal.db")
                draft = DraftStore(FOLDER / "draft.db")
                break
            except (KilledError, EnvironmentProblem):
                self.disk.power_off()
        heart = TillCore(self.link, self.journal, draft, self.clock, FOLDER, "simulated")
        heart.cashier = ANN
        return TillServices(heart, ServerCatalogue(self.link), b"")

    def through(self, work: Callable[[], Posted | ZReport]) -> Completed | Refused | None:
        """Do one thing to its end, through kills and silence; None when a kill left nothing of it behind."""
        try:
            posted = work()
        except KilledError:
            return self._after_kill()
        except EnvironmentProblem as problem:
            if problem.code == "journal.failed":
                return self._after_kill()  # "start the till again"
            return None  # said on the screen; nothing was recorded, the cashier tries again
        except UserError:
            return self._settled()  # a record waits for its answer
        if isinstance(posted, Unconfirmed):
            return self._settled()
        if isinstance(posted, ZReport):
            return Completed(posted.document, "booked")
        assert isinstance(posted, (Completed, Refused)), posted
        return posted

    def sold(self, sale: str) -> bool:
        """What the list of receipts says; the server may have been put back to before."""
        return any(entry.outcome in ("booked", "flagged") for entry in self.journal.of_sale(sale))

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
            except EnvironmentProblem:
                return self._after_kill(done)
            assert settled.stopped is None, settled
            done.extend(settled.done)
            if settled.pending == 0 and not settled.words:
                return done[-1] if done else None
            if self.journal._broken is not None:
                return self._after_kill(done)
        raise AssertionError("never settled")

    def _after_kill(self, before: list[Completed | Refused] | None = None) -> Completed | Refused | None:
        self.kills += 1
        self.till = self.start()
        settled = self._settled()
        return settled or (before[-1] if before else None)


BLOCKS, BLOCK = 6, 60


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_schedule_ends_with_one_record_on_both_sides(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        life = lived(seed, monkeypatch)
        seen.update(kills=life.kills, put_back=life.put_back, jumps=life.jumps, disk=life.disk.faults)
    assert min(seen[name] for name in ("kills", "put_back", "jumps", "disk")) > BLOCK // 20, seen


@pytest.mark.parametrize(
    ("seed", "what"),
    [
        (53, "a server put back twice in one life of the program: the second refill stopped the till"),
        (203, "the same while a record waited for its answer"),
    ],
)
def test_a_schedule_that_once_failed_never_does_again(
    seed: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(seed, monkeypatch)


def test_an_x_of_a_server_put_back_meanwhile_has_every_sale(monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(0, monkeypatch)
    life.link.odds = life.disk.odds = 0
    life.server.refuse = lambda _fields: False
    life.through(lambda: life.till.open_shift(1000))
    sales = []
    for number in range(2):
        backup = life.server.back_up()
        basket = Basket(f"sale-{number}").add(item(1, 100), 2000)
        assert isinstance(ring_up(life.till, basket), Completed)
        sales.append(basket.sale_id)
    life.server.put_back(backup)
    assert life.till.x_report().figures.values["sales"] == 2
    assert life.server.sales() == sales
    life.disk.throw_away()


def lived(seed: int, monkeypatch: pytest.MonkeyPatch) -> Life:
    """A whole till life by a seed; the seed is in the message when something is wrong."""
    try:
        life = Life(seed, monkeypatch)
        trade(life)
        check(life)
    except AssertionError as problem:
        raise AssertionError(f"schedule {seed}: {problem}") from problem
    return life


def trade(life: Life) -> int:
    """A short day: open, some sales (refused ones paid again), close; returns how many were refused."""
    refusals = 0
    while life.server.shift is None:
        life.through(lambda: life.till.open_shift(1000))
    for number in range(life.dice.randint(2, 6) if life.link.odds > 0.1 else 15):
        basket = Basket(f"sale-{number}").add(item(1 + number, 100 + number), 2000)
        for _ in life.tries():
            if life.sold(basket.sale_id):
                break
            ended = life.through(lambda basket=basket: ring_up(life.till, basket))  # type: ignore[misc]
            if isinstance(ended, Refused) and ended.document.fields.get("sale") == basket.sale_id:
                refusals += 1
                assert life.till.load_draft() is not None
            elif ended is None and not life.sold(basket.sale_id):
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
    life.link.odds = life.disk.odds = 0
    life.till = life.start()
    recovered = life.till.recover()
    assert recovered.settled.pending == 0
    assert recovered.settled.stopped is None
    entries = life.journal.since(1, 1)
    assert [entry.document.id for entry in entries] == life.server.order
    assert [entry.outcome for entry in entries] == [
        life.server.known[id_][1].outcome for id_ in life.server.order
    ]
    assert life.server.sales() == life.told
    state = life.till.state()
    assert (state.head, state.grand) == (life.server.head.hex(), life.server.grand)
    assert abs(timedelta(milliseconds=state.offset_ms) + life.clock.wrong_by) < timedelta(seconds=1)
    life.disk.throw_away()
