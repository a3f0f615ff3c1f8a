"""The catalogue as a till sees it: one interface for look-up, price and restrictions, live or snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pos_desktop.domain.basket import Item

SEARCH_LIMIT = 40
"""Items a search shows at most: more than a cashier reads."""


class Catalogue(Protocol):
    """Where items come from: the server today, a signed snapshot on the till's disk one day.

    An :class:`Item` carries its price, price version, tax rate, minimum age and stock, all as of the call.
    """

    def find(self, code: str) -> Item | None:
        """The item with this canonical code (GTIN-14, PLU or own code), or None when it is not on file."""

    def search(self, words: str, limit: int = SEARCH_LIMIT) -> tuple[Item, ...]:
        """Items whose name holds all the words, in any order, accents ignored; best first."""

    def items(self, ids: Sequence[int]) -> tuple[Item, ...]:
        """The items with these ids, in the order asked; ids not on file are left out."""
