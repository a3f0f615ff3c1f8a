"""What a shop gives its customers and how its cards look: the part ``customers`` of the shop's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_CARD = 40
"""Characters of a customer card's code at most."""


def card_key(code: str) -> str:
    """A customer card's code in the one form it is kept in: no spaces, capitals."""
    return "".join(code.split()).upper()


@dataclass(frozen=True, slots=True)
class CustomerRules:
    """Equal when the server said the same; what it says nothing of is off.

    ``earn`` is millionths of a point for one minor unit; ``worth`` minor units that one point pays (0: points
    are not spent); ``least`` the fewest whole points spent at once. ``cards`` are the beginnings that the
    shop's customer cards have; ``dial`` the country's code, put before a phone number that begins with 0.
    """

    earn: int = 0
    worth: int = 0
    least: int = 1
    cards: tuple[str, ...] = ()
    dial: str = ""

    @staticmethod
    def from_fields(fields: Mapping[str, Any]) -> CustomerRules:
        """The rules as ``api.shop_rules`` sends them; what is missing is off."""
        return CustomerRules(
            earn=int(fields.get("earn", 0)),
            worth=int(fields.get("worth", 0)),
            least=int(fields.get("least", 1)),
            cards=tuple(str(start) for start in fields.get("cards", ())),
            dial=str(fields.get("dial", "")),
        )

    def is_card(self, code: str) -> bool:
        """Whether a scanned code is one of the shop's customer cards."""
        text = card_key(code)
        return 0 < len(text) <= MAX_CARD and any(start and text.startswith(start) for start in self.cards)


NO_CUSTOMER_RULES = CustomerRules()
