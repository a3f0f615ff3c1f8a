"""The one object the register talks to: everything a till does, made of its parts."""

from __future__ import annotations

from collections.abc import Callable

from pos_desktop.domain.catalogue import Catalogue
from pos_desktop.errors import PosError
from pos_desktop.journal.lock import TillLock
from pos_desktop.journal.snapshot import Snapshot
from pos_desktop.services.core import TillCore
from pos_desktop.services.customers import Customers
from pos_desktop.services.drafts import Drafts
from pos_desktop.services.drawer_cash import DrawerCash
from pos_desktop.services.lookups import Lookups
from pos_desktop.services.offline_catalogue import CopyKeeper, OwnCatalogue, TillCatalogue
from pos_desktop.services.offline_people import OwnVerifiers
from pos_desktop.services.offline_state import Beat, OfflineState
from pos_desktop.services.papers import Papers
from pos_desktop.services.parking import Parking
from pos_desktop.services.people import People
from pos_desktop.services.refunds import Refunds
from pos_desktop.services.results import Department, Settled, TilePage, TillState
from pos_desktop.services.selling import Selling
from pos_desktop.services.shifts import Shifts
from pos_desktop.services.tenders import TakingTenders


class TillServices(
    Selling, TakingTenders, Refunds, Shifts, People, Lookups, Customers, Parking, Drafts, Papers
):
    """A till without a window. Every method blocks, so windows call them in lanes; results are frozen.

    Trouble comes as a ``PosError``: UserError (say it, the person can mend it) or EnvironmentProblem (say it,
    the same call may work later). See README.md in this package for the whole interface.
    """

    def __init__(
        self,
        core: TillCore,
        catalogue: Catalogue,
        pepper: bytes,
        lock: TillLock | None = None,
        snapshot: Snapshot | None = None,
    ) -> None:
        self._core = core
        self._snapshot = snapshot
        self.catalogue = catalogue
        if snapshot is not None:
            own = OwnCatalogue(snapshot, lambda: core.hello, core.server_now, lambda: core.rules.tax)
            self.catalogue = TillCatalogue(core, catalogue, own)
        self._copy = CopyKeeper(core, snapshot) if snapshot is not None else None
        self._own = OwnVerifiers(core.notes, core.clock, pepper) if core.notes is not None else None
        self._pepper = pepper
        self._lock = lock
        self._salts: dict[int, bytes] = {}
        self._names: dict[int, str] = {}
        self._printed: dict[str, int] = {}
        self._customers: dict[int, str] = {}
        self._pages: tuple[TilePage, ...] | None = None
        self._departments: tuple[Department, ...] | None = None
        self._change = 0
        self._drawer_cash = DrawerCash(core)

    @property
    def training(self) -> bool:
        """Nothing is sold here: this till is for practice."""
        return self._core.training

    def state(self) -> TillState:
        """The till now. Asks the server only the first time; EnvironmentProblem when it is away then."""
        core = self._core
        hello, position = core.hello, core.position()
        return TillState(
            store=hello.store,
            number=hello.number,
            name=hello.name,
            drawer=hello.drawer,
            epoch=hello.epoch,
            next_no=position.no,
            head=position.prev.hex(),
            grand=position.grand,
            z_next=core.z_next,
            shift=core.shift,
            cashier=core.cashier,
            online=core.online,
            unconfirmed=core.locking(),
            unprinted=tuple(entry.document.no for entry in core.journal.unprinted(hello.epoch)),
            offset_ms=core.offset_ms,
            stopped=core.stopped,
            no_sale_reasons=hello.no_sale_reasons,
            void_reasons=hello.void_reasons,
            refund_reasons=hello.refund_reasons,
            price_reasons=hello.price_reasons,
            cash_reasons=hello.cash_reasons,
        )

    def close(self) -> None:
        """Close the till's files and let go of the till; the database lanes are closed by who opened them."""
        self._core.draft.close()
        self._core.journal.close()
        if self._core.notes is not None:
            self._core.notes.close()
        if self._snapshot is not None:
            self._snapshot.close()
        if self._lock is not None:
            self._lock.release()

    def settle(self) -> Settled:
        """Repeat what the server has not answered, in order, by the same ids. Call until ``pending`` is 0."""
        return self._core.settle()

    # -- alone -----------------------------------------------------------------------------------

    def offline_state(self) -> OfflineState:
        """Whether the till is alone, and what of its allowance is used. Never blocks; any thread may ask."""
        return self._core.alone.state(self._core.journal.mirror_words)

    def heartbeat(self) -> Beat:
        """What goes on without the cashier; call it every two seconds in a lane of its own. A few seconds.

        Looks for the server while it is away and sends it what it has not had, in order; keeps the till's own
        copy of the catalogue current while it is there.
        """
        alone = self._core.alone
        was_away, was_stopped = alone.away_since is not None, self._core.stopped is not None
        settled = self._core.beat()
        if alone.away_since is None:
            self._keep_copy()
        is_away = alone.away_since is not None
        if was_away and not is_away:
            self._quietly(self._tell_sign_in)
        state = self.offline_state()
        return Beat(
            state,
            settled,
            came_back=was_away and not is_away,
            went_away=is_away and not was_away,
            let_in=was_stopped and self._core.stopped is None,
        )

    def _keep_copy(self) -> None:
        if self._copy is not None and self._core.alone.policy.enabled and self._core.online:
            self._quietly(self._copy.step)

    def _quietly(self, work: Callable[[], None]) -> None:
        """Background work; when the server does not answer it is tried again later."""
        try:
            work()
        except PosError as problem:
            self._core.lost(problem)
