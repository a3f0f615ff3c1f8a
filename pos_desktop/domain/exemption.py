"""A customer who is exempt from tax: by which certificate, from which taxes, and who allowed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pos_desktop.domain.basket import Approval, Basket
from pos_desktop.domain.basket_parts import Exempt
from pos_desktop.domain.customer import Customer
from pos_desktop.domain.permissions import EXEMPT_TAX


def certificate_of(customer: Customer | None, day: date) -> Exempt | None:
    """The certificate on file for a customer, while it is good; ``day`` is the shop's."""
    if customer is None or not customer.certificate or not customer.certificate_codes:
        return None
    if customer.certificate_until and customer.certificate_until < day.isoformat():
        return None
    return Exempt(customer.certificate, customer.certificate_codes)


def exempted(basket: Basket, exempt: Exempt | None, approval: Approval | None = None) -> Basket:
    """The basket under a certificate, or under none again; an approval goes into the document with it."""
    kept = tuple(a for a in basket.approvals if a.what != EXEMPT_TAX)
    if exempt is not None and approval is not None:
        kept = (*kept, approval)
    return basket.stepped(replace(basket, exempt=exempt, approvals=kept))


def relief(basket: Basket, off: int, subtotal: int, total: int) -> int:
    """What a certificate takes off prices with tax in them, minor units; nothing where tax comes on top."""
    return subtotal - off - total if basket.exempt is not None and basket.tax_mode == "included" else 0
