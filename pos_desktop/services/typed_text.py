"""Texts that people type freely and the shop keeps: what may not be in them."""

from __future__ import annotations

from pos_desktop.domain.barcode import card_within
from pos_desktop.errors import UserError, add_messages

add_messages(
    {"text.card": "That is a payment card's number, which is never kept.\nType something else."},
)


def kept_text(text: str) -> str:
    """``text`` without spaces at its ends, fit to be kept; UserError when there is a card number in it."""
    if card_within(text) is not None:
        raise UserError("text.card")
    return text.strip()
