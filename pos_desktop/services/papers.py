"""Papers of documents: the receipt of a number, original or copy, and the X and Z reports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.database.till import Stored
from pos_desktop.domain.account_paper import account_charge_slip
from pos_desktop.domain.document import SALES, Document, read_document, utc_text
from pos_desktop.domain.money import Currency, format_money
from pos_desktop.domain.permissions import DIFFERENCE_OVER
from pos_desktop.domain.receipt import (
    OFFLINE,
    Receipt,
    ReportPaper,
    ShopPaper,
    local_time,
    receipt_number,
    sale_receipt,
    tax_invoice,
)
from pos_desktop.domain.report_paper import ShiftReport, report_of, shift_report_receipt
from pos_desktop.domain.slips import value_slip
from pos_desktop.domain.value_paper import made_codes
from pos_desktop.errors import PosError, UserError
from pos_desktop.services.core import TillCore, result_of
from pos_desktop.services.results import Completed, OpenShift, StaffCard, XReport, ZReport
from pos_desktop.words import WordTable, t

_KINDS = WordTable(
    {
        "sale": "sale",
        "refund": "refund",
        "void": "voided sale",
        "event": "note",
        "cash": "cash movement",
        "account_payment": "payment on account",
        "no_sale": "drawer opened",
        "shift_open": "shift opened",
        "shift_close": "Z report",
    }
)


class Papers(ABC):
    """The part of ``TillServices`` that turns documents into papers."""

    _core: TillCore
    _names: dict[int, str]
    _printed: dict[str, int]

    @abstractmethod
    def staff(self) -> tuple[StaffCard, ...]:
        """Everyone who works in this store."""

    @abstractmethod
    def customer_name(self, number: int) -> str:
        """The name of a customer this till served lately, or nothing."""

    def shop_paper(self) -> ShopPaper:
        """What every paper of this shop carries."""
        store, rules = self._core.hello.store, self._core.rules.papers
        header = rules.header or store.header or (store.name,)
        zone, footer = ZoneInfo(store.time_zone), rules.footer or store.footer
        return ShopPaper(header, footer, store.currency, zone, rules.legal, rules.words)

    def last_document(self) -> Completed | None:
        """The last booked sale of this till, for a reprint."""
        entry = self._core.journal.last_sale(self._core.hello.epoch)
        if entry is None:
            return None
        found = result_of(entry.document, entry.outcome, entry.answer)
        return found if isinstance(found, Completed) else None

    def document(self, no: int) -> Document | None:
        """A booked document of this till by its number, from its journal or else from the server."""
        entry = self._core.journal.by_no(self._core.hello.epoch, no)
        if entry is not None:
            return entry.document if entry.done else None
        stored: Stored | None = self._core.link.document(no)
        if stored is None or stored.outcome == "refused":
            return None
        return read_document(stored.body)

    def pending_documents(self) -> tuple[str, ...]:
        """What the server has not had of this till, oldest first, each in one line of words."""
        core, zone = self._core, self.shop_paper().zone
        return tuple(
            pending_line(entry.document, core.hello.store.currency, zone)
            for entry in core.journal.pending(core.hello.epoch)
        )

    def receipt_of(self, no: int) -> Receipt:
        """The receipt of a sale: the original while its paper was not given out, else marked COPY.

        UserError when this till has no booked sale of that number.
        """
        document = self.document(no)
        if document is None or document.kind not in SALES:
            raise UserError("receipt.not_here", no=no)
        entry = self._core.journal.by_no(document.epoch, no)
        copy = 0 if entry is not None and not entry.printed else 1
        fields = document.fields
        alone = "offline" in fields["flags"] or (entry is not None and entry.accepted)
        return sale_receipt(
            fields,
            self.shop_paper(),
            head=document.head,
            cashier=self._name(fields["cashier"]),
            copy=copy,
            messages=(OFFLINE,) if alone else (),
            customer=self.customer_name(fields.get("customer", 0)),
        )

    def copy_of(self, no: int) -> Receipt:
        """The receipt of a sale to print again: each copy has the next number, also after a restart."""
        receipt = self.receipt_of(no)
        return receipt if receipt.copy == 0 else replace(receipt, copy=self._next("copy", receipt.number))

    def invoice_of(self, no: int, made_for: Sequence[str], tax_number: str) -> Receipt:
        """A sale's tax invoice: the first is the original, each later one is marked as a copy of it."""
        receipt = self.receipt_of(no)
        copy = self._next("invoice", receipt.number) - 1
        return replace(tax_invoice(receipt, made_for, tax_number), copy=copy)

    def _next(self, what: str, number: str) -> int:
        """How often this was printed, this time included; kept on the till's disk."""
        key, notes = f"printed {what} {number}", self._core.notes
        count = int((notes.get(key) if notes is not None else None) or self._printed.get(key, 0)) + 1
        self._printed[key] = count
        if notes is not None:
            notes.put(key, str(count))
        return count

    def value_slips(self, document: Document) -> tuple[ReportPaper, ...]:
        """What is printed after a receipt: a slip for each gift card and credit a sale made, whose barcode is
        as good as the money on it, and one to sign for what was charged to a house account."""
        shop, fields = self.shop_paper(), document.fields
        offset_ms = fields.get("offset_ms", 0)
        number = fields.get("customer", 0)
        charged = account_charge_slip(
            fields,
            shop,
            head=document.head,
            cashier=self._name(fields["cashier"]),
            customer=self.customer_name(number) or str(number),
        )
        made = tuple(
            value_slip(kind, code, amount, shop, at=fields["at"], offset_ms=offset_ms)
            for kind, code, amount in made_codes(fields)
        )
        return made if charged is None else (*made, charged)

    def x_paper(self, report: XReport) -> ReportPaper:
        """An X report as a paper.

        Where drawers are counted blind it does not say what is expected in one, but to those who may accept
        what is over or short.
        """
        head = self._core.position().prev.hex()
        facts = self._report(report.shift, report.figures.values, utc_text(report.at), head)
        cashier = self._core.cashier
        if self._core.hello.store.count_blind and not (cashier and cashier.may(DIFFERENCE_OVER)):
            facts = replace(facts, expected=None)
        return replace(shift_report_receipt(facts, self.shop_paper()), training=self._core.training)

    def z_paper(self, report: ZReport, *, copy: int = 0) -> ReportPaper:
        """A Z report as a paper, with the count and what is over or short; ``copy`` 0 is the original."""
        fields, head = report.document.fields, report.document.head
        shop = self.shop_paper()
        with shop.worded():
            at = local_time(fields["at"], shop.zone, fields["offset_ms"])
        facts = replace(
            self._report(report.shift, report.figures.values, "", head),
            at=at,
            z=report.z,
            expected=report.figures.expected_cash,
            counted=report.counted,
            counts=report.counts,
            closed_by=self._name(fields["cashier"]),
            single=report.shift.single,
        )
        paper = shift_report_receipt(facts, shop, copy=copy)
        return replace(paper, training=self._core.training)

    def _report(self, shift: OpenShift, values: Any, at: str, head: str) -> ShiftReport:
        hello, shop = self._core.hello, self.shop_paper()
        opened_by = self._name(shift.cashier)
        with shop.worded():
            return report_of(
                values,
                (hello.store.number, hello.number, hello.epoch),
                drawer=hello.drawer,
                opened_by=opened_by,
                business_date=shift.business_date,
                opened_at=local_time(utc_text(shift.opened_at), shop.zone),
                at=local_time(at, shop.zone) if at else "",
                head=head,
            )

    def _name(self, number: int) -> str:
        """The name behind a staff number; the number itself when the server is away or the person is gone."""
        if number not in self._names:
            try:
                self._names.update({card.number: card.name for card in self.staff()})
            except PosError:
                return str(number)
        return self._names.get(number, str(number))


def pending_line(document: Document, currency: Currency, zone: tzinfo) -> str:
    """A document in words: ``S1-T1-1-000124 · sale of £12.40 · 22 Nov 2026 14:03 GMT``."""
    fields = document.fields
    number = receipt_number(fields["store"], fields["till"], document.epoch, document.no)
    what = _KINDS.get(document.kind, document.kind)
    if "total" in fields:
        what = t("{what} of {amount}", what=what, amount=format_money(fields["total"], currency))
    return f"{number} · {what} · {local_time(fields['at'], zone, fields.get('offset_ms', 0))}"
