"""Goods that come back: the receipt they are on, the price without one, and how the money goes back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, cast

from pos_desktop.domain.basket import Basket, Item, totals
from pos_desktop.domain.basket_parts import Exempt, Unit
from pos_desktop.domain.receipt import parse_receipt_number, receipt_number
from pos_desktop.domain.refund import GiveBack, PaidBy, SoldLine, SoldSale, receipts_of, ways_back
from pos_desktop.domain.rounding import CashPolicy
from pos_desktop.domain.tax import Tax
from pos_desktop.domain.tender_kinds import TenderKind
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.core import TillCore
from pos_desktop.services.hello import read_time

add_messages(
    {
        "refund.no_number": (
            "That is not the barcode of a receipt.\n"
            "Scan the one at the foot of the receipt, or type the number above it."
        ),
        "refund.not_found": (
            "There is no sale {receipt} in the shop's books.\n"
            "Check the number, or take it back without a receipt."
        ),
        "refund.too_many": (
            "This till has looked at too many receipts in the last hour.\n"
            "Try again later, or at another till."
        ),
        "refund.other_money": (
            "{receipt} was sold by another store's money or tax.\nIt can be refunded in that store."
        ),
        "refund.all_back": "Everything on {receipt} came back already.\nNothing is left to refund.",
        "refund.no_price": "{name} has no price of its own on file.\nWithout a receipt it cannot come back.",
    }
)


class Refunds(ABC):
    """The part of ``TillServices`` that takes goods back. It needs the server: another till may do so too."""

    _core: TillCore

    @abstractmethod
    def cash_policy(self) -> CashPolicy | None:
        """How cash is rounded today."""

    def receipt_to_refund(self, text: str) -> SoldSale:
        """The sale of a receipt's number, scanned or typed, of any till; UserError without one to refund."""
        number = parse_receipt_number(text)
        if number is None:
            raise UserError("refund.no_number")
        found = self._look(dict(zip(("store", "till", "epoch", "no"), number, strict=True)))
        name = receipt_number(*number)
        if found is None:
            raise UserError("refund.not_found", receipt=name)
        if found.over:
            raise UserError("refund.all_back", receipt=name)
        return found

    def sales_to_refund(self, basket: Basket) -> tuple[SoldSale, ...]:
        """The sales a basket takes goods back of, as they are now."""
        looked = (self._look({"document": document}) for document in receipts_of(basket))
        return tuple(sale for sale in looked if sale is not None)

    def ways_back(self, basket: Basket) -> tuple[GiveBack, ...]:
        """How what a basket gives back goes back, the way it was paid first; nothing when nothing does."""
        due = -totals(basket).total
        return ways_back(due, self.sales_to_refund(basket), self.cash_policy()) if due > 0 else ()

    def refund_price(self, item: Item) -> tuple[int, int]:
        """The lowest price of an item lately and its version: what it gives back at most without a receipt.

        UserError when it has none.
        """
        self._core.needs_server()
        found = self._core.link.refund_price(item.id)
        if found is None or item.open_price:
            raise UserError("refund.no_price", name=item.name)
        return int(found["price"]), int(found["price_version"])

    def _look(self, receipt: Mapping[str, Any]) -> SoldSale | None:
        self._core.needs_server()
        row = self._core.link.sale_to_refund(receipt)
        if row is None:
            return None
        if row.get("too_many"):
            raise UserError("refund.too_many")
        sale, store = read_sale(row), self._core.hello.store
        if (row["currency"], row["tax_mode"]) != (store.currency.code, store.tax_mode):
            raise UserError("refund.other_money", receipt=sale.receipt)
        return sale


def read_sale(row: Mapping[str, Any]) -> SoldSale:
    """A sale from the answer of ``api.sale_to_refund``."""
    exempt, buyer = row.get("exempt") or {}, row.get("buyer") or {}
    return SoldSale(
        document=str(row["document"]),
        receipt=receipt_number(*(int(row[name]) for name in ("store", "till", "epoch", "no"))),
        at=read_time(str(row["at"])),
        total=int(row["total"]),
        lines=tuple(_line(line) for line in row["lines"]),
        paid=tuple(_paid(paid) for paid in row["tenders"]),
        exempt=Exempt(str(exempt["certificate"]), tuple(exempt["codes"])) if exempt else None,
        customer=int(buyer.get("customer") or 0),
        levels=tuple(str(level) for level in buyer.get("levels") or ()),
        points_rate=int(buyer.get("rate") or 0),
        point_worth=int(buyer.get("worth") or 0),
    )


def _line(row: Mapping[str, Any]) -> SoldLine:
    taxes = tuple(Tax(str(tax["code"]), int(tax["rate"]), "on" in tax) for tax in row["taxes"])
    several = bool(row["several"])
    item = Item(
        id=int(row["item"]),
        name=str(row["name"]),
        unit=cast(Unit, row["unit"]),
        price=int(row["price"]),
        price_version=int(row["price_version"]),
        tax=str(row["tax"]),
        rate=0 if several else taxes[0].rate,
        code=str(row.get("code") or ""),
        taxes=taxes if several else (),
        single=int(row.get("single") or 0),
        pack=int(row.get("pack") or 0),
    )
    return SoldLine(
        n=int(row["n"]),
        item=item,
        code=str(row.get("code") or ""),
        qty=int(row["qty"]),
        net=int(row["net"]),
        back_qty=int(row["qty" if "account" in row else "back_qty"]),  # a gift card is spent, not returned
        back_amount=int(row["back_amount"]),
        department=str(row.get("department") or ""),
        deposit_for=int(row.get("deposit_for") or 0),
    )


def _paid(row: Mapping[str, Any]) -> PaidBy:
    return PaidBy(
        kind=cast(TenderKind, row["kind"]),
        amount=int(row["amount"]),
        back=int(row.get("back") or 0),
        ref=str(row.get("ref") or ""),
        account=int(row.get("account") or 0),
    )
