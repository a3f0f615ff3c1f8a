"""The drawer's day: open a shift with a float, cash in and out, no-sale, X report, the counted Z."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from pos_desktop.domain.document import (
    cash_document,
    no_sale_document,
    shift_close_document,
    shift_open_document,
)
from pos_desktop.domain.shift import drawer_count, over_short
from pos_desktop.errors import UserError
from pos_desktop.services.core import TillCore
from pos_desktop.services.results import (
    Completed,
    Figures,
    OpenShift,
    Posted,
    Refused,
    XReport,
    ZReport,
)
from pos_desktop.services.returning import shift_of

LISTED = 12
"""Documents named one by one when a Z has to wait for them."""

_OUTWARD = ("drop", "pay_out")


class Shifts:
    """The part of ``TillServices`` that keeps the drawer."""

    _core: TillCore

    def open_shift(self, float_amount: int, counts: Mapping[int, int] | None = None) -> Posted:
        """Open a shift with its float (minor units), counted by {denomination: pieces} or not.

        The business date is the server's date on the store's clock. UserError when one is open already;
        CountError when the count is impossible.
        """
        core = self._core
        core.needs_server()
        if core.shift is not None:
            raise UserError("till.shift_open")
        hello = core.hello
        counted = drawer_count(counts, hello.store.currency) if counts else None
        if counted is not None:
            float_amount = counted.total
        day = core.server_now().astimezone(ZoneInfo(hello.store.time_zone)).date().isoformat()
        posted = core.record(
            lambda s, p: shift_open_document(
                s,
                p,
                drawer=hello.drawer,
                business_date=day,
                float_amount=float_amount,
                counts=counted.counts if counted else (),
            ),
            shift="",
        )
        if isinstance(posted, Completed):
            who = core.who().number
            core.shift_opened(OpenShift(posted.document.id, core.server_now(), who, day, float_amount))
        return posted

    def cash_movement(self, direction: str, amount: int, reason: str) -> Posted:
        """Cash in ("float", "pay_in") or out ("drop", "pay_out"); ``amount`` positive, minor units."""
        self._core.needs_server()
        signed = -amount if direction in _OUTWARD else amount
        return self._core.record(lambda s, p: cash_document(s, p, direction, signed, reason))

    def no_sale(self, reason: str, *, approved_by: int | None = None) -> Posted:
        """The drawer opens without a sale; opens only after this is Completed.

        ``approved_by`` is the staff number of whoever allowed it, when the cashier may not alone.
        """
        return self._core.record(lambda s, p: no_sale_document(s, p, reason, approved_by))

    def x_report(self) -> XReport:
        """The shift so far, from the ledger. UserError without a shift."""
        self._core.needs_server()
        shift = self._core.open_shift()
        return XReport(shift, self._figures(shift), self._core.server_now())

    def close_shift(
        self,
        counts: Mapping[int, int] | None = None,
        *,
        counted: int | None = None,
        blind: bool = False,
        approved_by: int | None = None,
    ) -> ZReport | Posted:
        """Close the shift: count the drawer ({denomination: pieces}, or a sum in minor units), then the Z.

        ``approved_by`` as in :meth:`no_sale`.

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
        post = partial(self._post_z, shift, total, count.counts, blind=blind, approved_by=approved_by)
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

    def _post_z(
        self,
        shift: OpenShift,
        total: int,
        counts: tuple[tuple[int, int], ...],
        *,
        blind: bool,
        approved_by: int | None,
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
                approved_by=approved_by,
            )
        )

    def _figures(self, shift: OpenShift) -> Figures:
        values = self._core.link.shift_report(shift.id)
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
