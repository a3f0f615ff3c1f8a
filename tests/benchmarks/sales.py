"""Sales through the program's own services: flat out, and as a hundred tills would ask for them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random

from pos_desktop.bootstrap import AppServices, open_till
from pos_desktop.config import load_settings
from pos_desktop.services.results import Completed, SignedIn
from tests.benchmarks.baskets import Goods, cash_for
from tests.benchmarks.limit import percentile
from tests.benchmarks.shop import PIN, MeasuredShop
from tests.benchmarks.wire import CountingProxy
from tests.database.shop import CASHIER

PROCESSES = 4


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold: how many, over how many seconds, and each sale's milliseconds from tender to commit."""

    count: int
    seconds: float
    milliseconds: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Sales a second."""
        return self.count / self.seconds if self.seconds else 0.0

    def at(self, percent: float) -> float:
        """Milliseconds at a percentile."""
        return percentile(sorted(self.milliseconds), percent)


def open_shift_till(shop: MeasuredShop, number: int, *, port: int | None = None) -> AppServices:
    """A till of the program with a cashier signed in and a shift open."""
    home = shop.folder / f"till-{number}"
    home.mkdir(exist_ok=True)
    services = open_till(load_settings(home, {}), dsn=shop.till_dsn(number, port=port))
    services.till.settle()
    services.till.staff()
    signed = services.till.sign_in(CASHIER, PIN)
    if not isinstance(signed, SignedIn):
        raise RuntimeError(f"till {number} could not sign in: {signed}")
    if services.till.state().shift is None:
        services.till.open_shift(10_000)
    return services


def sell_once(services: AppServices, goods: Goods, random: Random) -> float:
    """One sale; milliseconds from the completed tender to the confirmed commit."""
    basket = goods.basket(random, services.till.new_basket().sale_id)
    tenders = cash_for(basket)
    started = time.perf_counter()
    posted = services.till.complete_sale(basket, tenders)
    elapsed = (time.perf_counter() - started) * 1000
    if not isinstance(posted, Completed):
        raise RuntimeError(f"a measured sale was not booked: {posted}")
    return elapsed


def round_trips(shop: MeasuredShop, number: int, sales: int) -> list[int]:
    """Round trips on the wire from the completed tender to the commit, for each of ``sales`` sales."""
    goods, random = Goods.of(shop), Random(number)
    with CountingProxy(shop.port) as proxy:
        services = open_shift_till(shop, number, port=proxy.port)
        try:
            counts = []
            for _ in range(sales):
                proxy.reset()
                sell_once(services, goods, random)
                counts.append(proxy.trips)
        finally:
            services.close()
    return counts


def sell_flat_out(shop: MeasuredShop, tills: range, seconds: float) -> Sold:
    """Every till sells without a pause, in up to four processes, for ``seconds``."""
    return _in_processes(shop, tills, seconds, 0.0)


def sell_at_pace(shop: MeasuredShop, tills: range, seconds: float, per_second: float) -> Sold:
    """The tills together are asked for ``per_second`` sales a second, at random moments."""
    return _in_processes(shop, tills, seconds, len(tills) / per_second)


def _in_processes(shop: MeasuredShop, tills: range, seconds: float, mean_pause: float) -> Sold:
    context = get_context("spawn")
    workers = min(len(tills), PROCESSES)
    barrier = context.Barrier(workers)
    results = context.Queue()
    parts = [list(tills)[n::workers] for n in range(workers)]
    processes = [
        context.Process(target=_work, args=(shop, part, seconds, mean_pause, barrier, results))
        for part in parts
    ]
    for process in processes:
        process.start()
    sold = [results.get(timeout=seconds + 300) for _ in processes]
    for process in processes:
        process.join()
    failed = [one for one in sold if isinstance(one, str)]
    if failed:
        raise RuntimeError(failed[0])
    times = tuple(ms for one in sold for ms in one)
    return Sold(len(times), seconds, times)


def _work(shop: MeasuredShop, tills: list[int], seconds: float, mean_pause: float, barrier, results) -> None:  # type: ignore[no-untyped-def]
    try:
        goods = Goods.of(shop)
        services = [open_shift_till(shop, number) for number in tills]
        for one in services:  # the first sale of a connection plans its statements; nobody waits for it
            sell_once(one, goods, Random(0))
        barrier.wait(300)
        stop = time.perf_counter() + seconds
        with ThreadPoolExecutor(len(services)) as pool:
            lists = pool.map(
                lambda pair: _till(pair[1], goods, Random(pair[0]), stop, mean_pause),
                zip(tills, services, strict=True),
            )
            times = [ms for one in lists for ms in one]
        for one in services:
            one.close()
    except Exception as problem:
        barrier.abort()
        results.put(f"{type(problem).__name__}: {problem}")
        return
    results.put(times)


def _till(services: AppServices, goods: Goods, random: Random, stop: float, mean_pause: float) -> list[float]:
    times, pause = [], threading.Event()
    next_at = time.perf_counter() + (random.expovariate(1 / mean_pause) if mean_pause else 0)
    while next_at < stop and time.perf_counter() < stop:
        pause.wait(max(next_at - time.perf_counter(), 0))
        times.append(sell_once(services, goods, random))
        if mean_pause:
            next_at += random.expovariate(1 / mean_pause)
    return times
