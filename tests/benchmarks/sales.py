"""Sales through the program's own services, one at a time: opening a till, selling, counting round trips."""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random

from pos_desktop.bootstrap import AppServices, open_till
from pos_desktop.config import load_settings
from pos_desktop.services.results import Completed, SignedIn
from tests.benchmarks.baskets import Goods, cash_for
from tests.benchmarks.report import percentile
from tests.benchmarks.shop import PIN, MeasuredShop
from tests.benchmarks.wire import CountingProxy
from tests.database.shop import CASHIER

FLOAT = 10_000


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold: over how many seconds, each sale's milliseconds from tender to commit.

    ``till_cpu_ms`` is what a sale cost the tills' own processes, the making of its basket included.
    """

    seconds: float
    milliseconds: tuple[float, ...]
    till_cpu_ms: float = 0.0

    @property
    def per_second(self) -> float:
        """Sales a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def at(self, percent: float) -> float:
        """Milliseconds at a percentile."""
        return percentile(self.milliseconds, percent)


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
        services.till.open_shift(FLOAT)
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
