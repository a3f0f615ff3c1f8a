"""The drawer's day: open a shift with a float, cash in and out, no-sale, X report, the counted Z."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from pos_desktop.domain.cash_documents import (
    cash_document,
    no_sale_document,
    shift_close_document,
    shift_open_document,
)
from pos_desktop.domain.document import read_document
from pos_desktop.domain.shift import business_date, drawer_count, over_short
from pos_desktop.errors import EnvironmentProblem, UserError, add_messages
from pos_desktop.services.core import TillCore
from pos_desktop.services.drawer_cash import DrawerCash
from pos_desktop.services.hello import read_time
from pos_desktop.services.link import Json
from pos_desktop.services.results import (
    Completed,
    DrawerState,
    Figures,
    OpenShift,
    Posted,
    Refused,
    XReport,
    ZReport,
)
from pos_desktop.services.returning import shift_of
from pos_desktop.services.typed_text import kept_text

LISTED = 12
"""Documents named one by one when a Z has to wait for them."""

_OUTWARD = ("drop", "pay_out")


add_messages(
    {
        "till.refilling": (
            "The shop's server does not have this shift's documents back yet.\n"
            "This till is sending them. Wait a moment and try again."
        ),
        "till.single_shift": (
            "This shift is {name}'s alone, and {name} answers for its cash.\n"
            "Close the shift first, then open one of your own."
        ),
    }
)


class Shifts:
    """The part of ``TillServices`` that keeps the drawer."""

    _core: TillCore
    _drawer_cash: DrawerCash

    def business_date(self) -> date:
        """The day a shift opened now belongs to: by the server's clock, never by this machine's."""
        core = self._core
        zone = ZoneInfo(core.hello.store.time_zone)
        return business_date(core.server_now(), zone, core.cash_rules.day_starts)

    def open_shift(self, float_amount: int, counts: Mapping[int, int] | None = None) -> Posted:
        """Open a shift with its float (minor units), counted by {denomination: pieces} or not.

        The business date is the server's date on the store's clock. UserError when one is open already;
        CountError when the count is impossible.
        """
        core = self._core
        core.needs_server()
        if core.shift is not None:
            raise UserError("till.shift_open")
        hello, single = core.hello, core.cash_rules.single_cashier
        counted = drawer_count(counts, hello.store.currency) if counts else None
        if counted is not None:
            float_amount = counted.total
        day = self.business_date().isoformat()
        posted = core.record(
            lambda s, p: shift_open_document(
                s,
                p,
                drawer=hello.drawer,
                business_date=day,
                float_amount=float_amount,
                counts=counted.counts if counted else (),
                single=single,
            ),
            shift="",
        )
        if isinstance(posted, Completed):
            who = core.who().number
            core.shift_opened(
                OpenShift(posted.document.id, core.server_now(), who, day, float_amount, single)
            )
        return posted

    def cash_movement(
        self, direction: str, amount: int, reason: str, *, approved_by: int | None = None
    ) -> Posted:
        """Cash in ("float", "pay_in") or out ("drop", "pay_out"); ``amount`` positive, minor units.

        ``approved_by`` as in :meth:`no_sale`. UserError: the reason holds a card number.
        """
        self._core.needs_server()
        signed = -amount if direction in _OUTWARD else amount
        told = kept_text(reason)
        return self._core.record(lambda s, p: cash_document(s, p, direction, signed, told, approved_by))

    def drawer_state(self) -> DrawerState:
        """Whether the drawer holds more than the shop wants in it, and from which sum (minor units) on."""
        core = self._core
        limit = core.cash_rules.full_at(core.hello.store.currency)
        full = bool(limit) and core.shift is not None and self._drawer_cash.now() > limit
        return DrawerState(full, limit)

    def no_sale(self, reason: str, *, approved_by: int | None = None) -> Posted:
        """The drawer opens without a sale; opens only after this is Completed.

        ``approved_by`` is the staff number of whoever allowed it, when the cashier may not alone.
        """
        return self._core.record(lambda s, p: no_sale_document(s, p, reason, approved_by))

    def x_report(self) -> XReport:
        """The shift so far, from the ledger. UserError without a shift."""
        core = self._core
        core.needs_server()
        shift = core.open_shift()
        if not core.pending():
            core.settle()  # a server put back to the middle of the shift gets what it lacks first
        return XReport(shift, self._figures(shift), core.server_now())

    def close_shift(
        self,
        counts: Mapping[int, int] | None = None,
        *,
        counted: int | None = None,
        blind: bool = False,
        approved_by: int | None = None,
        difference_by: int | None = None,
    ) -> ZReport | Posted:
        """Close the shift: count the drawer ({denomination: pieces}, or a sum in minor units), then the Z.

        ``approved_by`` as in :meth:`no_sale`; ``difference_by`` who allowed what is over or short.

        Refused while documents are unconfirmed (UserError): the Z must equal the ledger. ZReport when done;
        Refused, Unconfirmed or TillStopped as with every document. After Unconfirmed, ``z_report(no)`` gives
        the Z once ``settle`` has its answer.
        """
        core = self._core
        shift = core.open_shift()
        if pending := core.pending():
            numbers = [str(entry.document.no) for entry in core.journal.pending(core.hello.epoch, LISTED)]
            more = "" if pending <= LISTED else ", ..."
            raise UserError("till.z_unconfirmed", count=pending, numbers=", ".join(numbers) + more)
        core.needs_server()
        count = drawer_count(counts or {}, core.hello.store.currency)
        total = count.total if counts is not None or counted is None else counted
        who = (approved_by, difference_by)
        post = partial(self._post_z, shift, total, count.counts, blind=blind, who=who)
        posted = post()
        if isinstance(posted, Refused) and posted.reason == "figures_moved":
            posted = post()
        if isinstance(posted, Completed):
            report = z_of(posted, shift, core.server_now())
            core.shift_closed(report.z + 1)
            return report
        return posted

    def z_report(self, no: int) -> ZReport | None:
        """The Z of a document number of this till; None when that document is no booked Z."""
        core = self._core
        entry = core.journal.by_no(core.hello.epoch, no)
        if entry is None or entry.outcome not in ("booked", "flagged"):
            return None
        opened = core.journal.by_id(entry.document.fields["shift"])
        if entry.document.kind != "shift_close" or opened is None:
            return None
        return z_of(Completed(entry.document, entry.outcome), shift_of(opened.document), core.server_now())

    def z_reports(self, limit: int = LISTED) -> tuple[ZReport, ...]:
        """The last Z reports of this till, newest first, as they were booked: for printing again."""
        self._core.needs_server()
        return tuple(_booked_z(row) for row in self._core.link.z_reports(limit))

    def _post_z(
        self,
        shift: OpenShift,
        total: int,
        counts: tuple[tuple[int, int], ...],
        *,
        blind: bool,
        who: tuple[int | None, int | None],
    ) -> Posted:
        figures = self._figures(shift)
        return self._core.record(
            lambda s, p: shift_close_document(
                s,
                p,
                z=self._core.z_next,
                counted=total,
                counts=counts,
                blind=blind,
                expected=figures.expected_cash,
                figures=figures.values,
                approved_by=who[0],
                difference_by=who[1],
            )
        )

    def _figures(self, shift: OpenShift) -> Figures:
        core = self._core
        values = core.link.shift_report(shift.id)
        if values is None:
            # A server put back to before this shift: it gets what it lacks now, not at the next greeting.
            settled = core.settle()
            values = core.link.shift_report(shift.id)
            if values is None and (settled.words or settled.stopped):
                raise EnvironmentProblem("till.refilling")
        if values is None:
            raise UserError("till.no_shift")
        return Figures(values, int(values["expected_cash"]))


def z_of(posted: Completed, shift: OpenShift, at: datetime) -> ZReport:
    """The Z report that a confirmed closing document states."""
    fields = posted.document.fields
    return ZReport(
        shift=shift,
        figures=Figures(fields["figures"], fields["expected"]),
        z=fields["z"],
        counted=fields["counted"],
        counts=tuple((pair[0], pair[1]) for pair in fields["counts"]),
        blind=bool(fields["blind"]),
        over_short=over_short(fields["counted"], fields["expected"]),
        document=posted.document,
        at=at,
    )


def _booked_z(row: Json) -> ZReport:
    """A Z report as the server keeps it."""
    document = read_document(str(row["body"]).encode("utf-8"))
    shift = OpenShift(
        id=str(document.fields["shift"]),
        opened_at=read_time(str(row["opened_at"])),
        cashier=int(row["opened_by"]),
        business_date=str(row["business_date"]),
        float_amount=int(row["float"]),
        single=bool(row["single"]),
    )
    return z_of(Completed(document, "booked"), shift, read_time(str(row["closed_at"])))
