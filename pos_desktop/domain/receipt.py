"""What stands on a paper of the till, as data: receipts, X and Z reports, slips; no printer is known here.

A paper is made from a document (the canonical record of a sale) or a shift's figures, and is laid out into
rows by :mod:`pos_desktop.domain.receipt_layout`. The same rows become ESC/POS bytes, PDF, picture or text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

from pos_desktop.domain.money import Currency
from pos_desktop.domain.paper_words import by_text, word
from pos_desktop.domain.points import points_text
from pos_desktop.domain.promotion import offer_words
from pos_desktop.domain.quantity import ONE
from pos_desktop.domain.value_paper import loaded_note, tender_note, tender_words
from pos_desktop.words import WordTable, decimals, later, later_all, own_words, t

P = ParamSpec("P")
T = TypeVar("T")

OFFLINE = later("Sold offline. The record is sent later.")
"""Stands under a large OFFLINE on the paper of a sale the till accepted while the server was away."""
TRAINING = later("TRAINING - NOT A SALE")

_MONTHS = later_all(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"))
_LINE_NOTES = WordTable(
    {
        "typed_price": "price typed",
        "label_price": "price from label",
        "moved_price": "older price kept",
        "lower_price": "price lowered since the scan",
        "empties": "Returned empties",
    }
)

Form = Literal["receipt", "gift", "invoice"]


@dataclass(frozen=True, slots=True)
class ShopPaper:
    """What every paper of a shop carries: header and footer lines, currency, time zone, the shop's own words.

    The first header line is the shop's name and is set large; ``legal`` stands below the footer.
    """

    header: tuple[str, ...]
    footer: tuple[str, ...]
    currency: Currency
    zone: tzinfo = UTC
    legal: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """A word of :data:`pos_desktop.domain.paper_words.WORDS`, as this shop wants it."""
        return word(self.words, name)

    def worded(self) -> AbstractContextManager[None]:
        """Inside, papers are made in the shop's own words."""
        return own_words(by_text(self.words))


def in_own_words(make: Callable[P, T]) -> Callable[P, T]:
    """For what makes papers of a ShopPaper among its arguments: in that shop's words."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        given = (*args, *kwargs.values())
        shop = next(each for each in given if isinstance(each, ShopPaper))
        with shop.worded():
            return make(*args, **kwargs)

    return made


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One item sold: ``qty`` in thousandths, money in minor units, ``mark`` pointing into the tax table.

    ``offs`` are promotions and discounts by name, each with what it takes off. ``deposit``: it goes
    with the goods above it.
    """

    name: str
    qty: int
    unit: str
    price: int
    amount: int
    mark: str = ""
    notes: tuple[str, ...] = ()
    offs: tuple[tuple[str, int], ...] = ()
    deposit: bool = False


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One rate of the tax summary: rate in parts per million, money in minor units."""

    mark: str
    rate: int
    net: int
    tax: int
    gross: int
    exempt: bool = False

    @property
    def name(self) -> str:
        """Mark and rate: ``A 20%``; what somebody was exempt from says so."""
        return f"{self.mark} {t('exempt') if self.exempt else rate_text(self.rate)}".strip()


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One way of paying as printed: its name with any slip reference, the amount in minor units, a remark."""

    name: str
    amount: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A customer's receipt: ``copy`` 0 is the original, ``head`` the document's hash in hex.

    ``buyer`` are facts about who bought, under the cashier; ``points`` those earned and spent. ``refund``:
    goods only come back by it. ``form``: a gift receipt has no prices, an invoice names whom it is
    ``made_for``, a line each. ``relief`` is the tax that a certificate took out of the prices.
    """

    shop: ShopPaper
    number: str
    till: int
    cashier: str
    at: str
    lines: tuple[ReceiptLine, ...]
    taxes: tuple[TaxRow, ...]
    tenders: tuple[TenderRow, ...]
    total: int
    change: int
    head: str
    tax_added: bool = False
    rounding: int = 0
    copy: int = 0
    training: bool = False
    messages: tuple[str, ...] = ()
    buyer: tuple[tuple[str, str], ...] = ()
    points: tuple[tuple[str, str], ...] = ()
    refund: bool = False
    form: Form = "receipt"
    made_for: tuple[str, ...] = ()
    relief: int = 0

    @property
    def count(self) -> int:
        """Pieces in the bag, or pieces that come back: weighed lines count as one each."""
        lines = [ln for ln in self.lines if (self.refund or ln.qty > 0) and not ln.deposit]
        return sum(max(1, abs(ln.qty) // ONE) if ln.unit == "each" else 1 for ln in lines)

    @property
    def saved(self) -> int:
        """All that promotions and discounts took off, minor units."""
        return sum(off for ln in self.lines for _, off in ln.offs)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled block of a report: rows of a label and a value already in words."""

    title: str
    rows: tuple[tuple[str, str], ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """An X or Z report, or a slip: a big title, some facts, sections, the chain head, lines to sign on."""

    shop: ShopPaper
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...] = ()
    head: str = ""
    number: str = ""
    sign: tuple[str, ...] = ()
    copy: int = 0
    training: bool = False
    messages: tuple[str, ...] = ()


Paper = Receipt | ReportPaper


def receipt_number(store: int, till: int, epoch: int, number: int) -> str:
    """``S1-T2-1-000124``: store, till, epoch and the till's gapless number; also the text of the barcode."""
    return f"S{store}-T{till}-{epoch}-{number:06d}"


def parse_receipt_number(text: str) -> tuple[int, int, int, int] | None:
    """Store, till, epoch and number of a scanned or typed receipt number; None when it is not one."""
    parts = text.strip().upper().split("-")
    if len(parts) != 4 or parts[0][:1] != "S" or parts[1][:1] != "T":
        return None
    digits = (parts[0][1:], parts[1][1:], parts[2], parts[3])
    if not all(d.isascii() and d.isdigit() and len(d) <= 12 for d in digits):
        return None
    store, till, epoch, number = (int(d) for d in digits)
    return store, till, epoch, number


def rate_text(rate: int) -> str:
    """A rate in parts per million as a percentage: 200000 is ``20%``, 88750 is ``8.875%``."""
    whole, rest = divmod(rate, 10_000)
    return decimals(f"{whole}.{rest:04d}".rstrip("0").rstrip(".")) + "%"


def local_time(at: str, zone: tzinfo, offset_ms: int = 0) -> str:
    """A document's UTC instant as the shop's wall clock, with the zone's name: ``22 Nov 2026 14:03 GMT``.

    ``offset_ms`` is the last known server clock minus till clock; paper shows the corrected time.
    """
    instant = datetime.fromisoformat(at.replace("Z", "+00:00")) + timedelta(milliseconds=offset_ms)
    local = instant.astimezone(zone)
    return f"{short_date(local)} {local:%H:%M} {local.tzname()}"


def short_date(day: date) -> str:
    """A day as papers write it: ``22 Nov 2026``."""
    return f"{day.day} {t(_MONTHS[day.month - 1])} {day.year}"


@in_own_words
def sale_receipt(
    document: Mapping[str, Any],
    shop: ShopPaper,
    *,
    head: str,
    cashier: str,
    copy: int = 0,
    messages: Sequence[str] = (),
    customer: str = "",
) -> Receipt:
    """The receipt of a sale document (format version 1, as parsed from its canonical JSON).

    ``head`` is the document's own hash in hex, ``cashier`` the name behind its staff number, ``copy`` the
    number of this copy (0 for the original), ``customer`` the name behind the customer's number, where it is
    known. KeyError names a key the document should have had.
    """
    marks = _marks(document["taxes"])
    exempt = document.get("exempt", {})
    return Receipt(
        shop=shop,
        number=receipt_number(document["store"], document["till"], document["epoch"], document["no"]),
        till=document["till"],
        cashier=cashier,
        at=local_time(document["at"], shop.zone, document.get("offset_ms", 0)),
        lines=tuple(_line(line, marks) for line in document["lines"]),
        taxes=tuple(_tax(row, marks, exempt.get("codes", ())) for row in document["taxes"]),
        tenders=tuple(_tender(t, shop.currency) for t in document["tenders"] if not t.get("change")),
        total=document["total"],
        change=-sum(t["amount"] for t in document["tenders"] if t.get("change")),
        head=head,
        tax_added=document["tax_mode"] == "added",
        rounding=document.get("rounding", 0),
        copy=copy,
        training=bool(document.get("training")),
        messages=tuple(messages),
        buyer=_buyer(document, customer) + _certificate(exempt, shop),
        points=_points(document.get("points", {})),
        refund=document.get("kind") == "refund",
        relief=_relief(document) if exempt else 0,
    )


def gift_receipt(receipt: Receipt) -> Receipt:
    """The same sale without prices, for whoever is given the goods; what came back is left out."""
    return replace(receipt, form="gift", copy=0, lines=tuple(line for line in receipt.lines if line.qty > 0))


def tax_invoice(receipt: Receipt, made_for: Sequence[str], tax_number: str) -> Receipt:
    """The same sale as an invoice: for whom, name and address a line each, and their tax number if any.

    An empty one is a line to write on by hand.
    """
    with receipt.shop.worded():
        blanks = (t("Name ______________________"), t("Address ___________________"))
    lines = [line or blanks[min(n, 1)] for n, line in enumerate(made_for)]
    number = [f"{receipt.shop.word('tax_number')} {tax_number}"] if tax_number else []
    return replace(receipt, form="invoice", made_for=(*lines, *number))


def _relief(document: Mapping[str, Any]) -> int:
    """What an exempt customer pays less than the prices with tax in them, minor units."""
    nets = sum(line.get("net", line["amount"]) for line in document["lines"])
    return int(nets - document["total"]) if document["tax_mode"] == "included" else 0


def _certificate(exempt: Mapping[str, Any], shop: ShopPaper) -> tuple[tuple[str, str], ...]:
    """By which certificate no tax was taken."""
    return ((shop.word("exempt"), str(exempt["certificate"])),) if exempt else ()


def _buyer(document: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    """Who bought: the name where the till knows it, else the number, which is all the record has."""
    number = document.get("customer")
    return () if number is None else ((t("Customer"), name or str(number)),)


def _points(points: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    """What the sale gave and took; of a refund what it took back and gave back."""
    named = (
        ("earned", t("Points earned"), t("Points taken back")),
        ("spent", t("Points spent"), t("Points given back")),
    )
    rows = ((points.get(name, 0), gave, took) for name, gave, took in named)
    return tuple((gave if n > 0 else took, points_text(abs(n))) for n, gave, took in rows if n)


def _marks(taxes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Tax codes as they stand beside an amount: the code itself when short, else A, B, C in table order."""
    codes = list(dict.fromkeys(str(row["code"]) for row in taxes))
    if all(len(code) <= 2 for code in codes):
        return {code: code for code in codes}
    return {code: chr(ord("A") + n) for n, code in enumerate(codes)}


def _line(line: Mapping[str, Any], marks: Mapping[str, str]) -> ReceiptLine:
    notes = [_LINE_NOTES[flag] for flag in line.get("flags", ()) if flag in _LINE_NOTES]
    if "account" in line:
        notes = [loaded_note(line)]
    if "back" in line:
        receipt = line["back"].get("receipt")
        notes = [
            t("Returned, as paid on {receipt}", receipt=receipt)
            if receipt
            else t("Returned without a receipt")
        ]
    codes = [tax["code"] for tax in line["taxes"]] if "taxes" in line else [line["tax"]]
    return ReceiptLine(
        name=line["name"],
        deposit="deposit_for" in line,
        qty=line["qty"],
        unit=line["unit"],
        price=line["price"],
        amount=line["amount"],
        mark="".join(marks.get(str(code), "") for code in codes),
        notes=tuple(notes),
        offs=tuple(_offs(line)),
    )


def _offs(line: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """What was taken off a line: each promotion by its name, each discount by its reason."""
    for given in line.get("given", ()):
        yield offer_words(str(given["name"])), given["amount"]
    for discount in line.get("discounts", ()):
        share = f" {rate_text(discount['ppm'])}" if "ppm" in discount else ""
        where = t("Sale discount") if discount["kind"] == "sale" else t("Discount")
        yield f"{where}{share}: {discount['reason']}", discount["amount"]


def _tax(row: Mapping[str, Any], marks: Mapping[str, str], exempt: Sequence[str]) -> TaxRow:
    code = str(row["code"])
    free = code in exempt and row["rate"] == 0
    return TaxRow(marks[code], row["rate"], row["net"], row["tax"], row["gross"], free)


def _tender(tender: Mapping[str, Any], currency: Currency) -> TenderRow:
    return TenderRow(tender_words(tender), tender["amount"], tender_note(tender, currency))
