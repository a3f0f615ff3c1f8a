"""Money received on a house account: a document of its own, which is no sale and no turnover."""

from __future__ import annotations

from pos_desktop.domain.barcode import without_cards
from pos_desktop.domain.document import Document, DocumentError, Fields, Position, Stamp, build
from pos_desktop.domain.tender import Tender

KIND = "account_payment"


def account_payment_document(
    stamp: Stamp, position: Position, customer: int, account: int, tender: Tender
) -> Document:
    """The record of a payment received, in cash or by card; ``tender.amount`` is minor units, above 0."""
    if tender.kind not in ("cash", "card") or tender.amount <= 0 or tender.change:
        raise DocumentError(f"{tender.kind} of {tender.amount} is no payment on account")
    paid: Fields = {"kind": tender.kind}
    if tender.ref:
        paid["ref"] = without_cards(tender.ref)
    payload: Fields = {"customer": customer, "account": account, "amount": tender.amount, "tender": paid}
    return build(KIND, stamp, position, payload)
