"""The one object the register talks to: everything a till does, made of its parts."""

from __future__ import annotations

from pos_desktop.domain.catalogue import Catalogue
from pos_desktop.journal.lock import TillLock
from pos_desktop.services.core import TillCore
from pos_desktop.services.drafts import Drafts
from pos_desktop.services.lookups import Lookups
from pos_desktop.services.papers import Papers
from pos_desktop.services.parking import Parking
from pos_desktop.services.people import People
from pos_desktop.services.results import Department, Settled, TilePage, TillState
from pos_desktop.services.selling import Selling
from pos_desktop.services.shifts import Shifts


class TillServices(Selling, Shifts, People, Lookups, Parking, Drafts, Papers):
    """A till without a window. Every method blocks, so windows call them in lanes; results are frozen.

    Trouble comes as a ``PosError``: UserError (say it, the person can mend it) or EnvironmentProblem (say it,
    the same call may work later). See README.md in this package for the whole interface.
    """

    def __init__(
        self, core: TillCore, catalogue: Catalogue, pepper: bytes, lock: TillLock | None = None
    ) -> None:
        self._core = core
        self.catalogue = catalogue
        self._pepper = pepper
        self._lock = lock
        self._salts: dict[int, bytes] = {}
        self._names: dict[int, str] = {}
        self._pages: tuple[TilePage, ...] | None = None
        self._departments: tuple[Department, ...] | None = None
        self._change = 0

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
            unconfirmed=core.pending(),
            unprinted=tuple(entry.document.no for entry in core.journal.unprinted(hello.epoch)),
            offset_ms=core.offset_ms,
            stopped=core.stopped,
            no_sale_reasons=hello.no_sale_reasons,
            void_reasons=hello.void_reasons,
            cash_reasons=hello.cash_reasons,
        )

    def close(self) -> None:
        """Close the till's files and let go of the till; the database lanes are closed by who opened them."""
        self._core.draft.close()
        self._core.journal.close()
        if self._lock is not None:
            self._lock.release()

    def settle(self) -> Settled:
        """Repeat what the server has not answered, in order, by the same ids. Call until ``pending`` is 0."""
        return self._core.settle()
