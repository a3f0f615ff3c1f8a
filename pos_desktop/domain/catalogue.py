"""The catalogue as a till sees it: one interface for look-up, price and restrictions, live or a copy."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from pos_desktop.domain.basket import Item

SEARCH_LIMIT = 40
"""Items a search shows at most: more than a cashier reads."""


class Catalogue(Protocol):
    """Where items come from: the server, or a copy on the till's disk while the server is away.

    An :class:`Item` carries its price, price version, tax rate, minimum age and stock, all as of the call.
    """

    def find(self, code: str) -> Item | None:
        """The item with this canonical code (GTIN-14, PLU or own code), or None when it is not on file."""

    def search(self, words: str, limit: int = SEARCH_LIMIT) -> tuple[Item, ...]:
        """Items whose name holds all the words, in any order, accents ignored; best first."""

    def items(self, ids: Sequence[int]) -> tuple[Item, ...]:
        """The items with these ids, in the order asked; ids not on file are left out."""


_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
        "ı": "i", "ĸ": "q", "ŋ": "n", "ŧ": "t", "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-",
    }
)  # fmt: skip
"""Letters that are no other letter with a mark on it; as the server's own dictionary has them."""


def fold(text: str) -> str:
    """Text as it is searched: lower case without accents, so that neither ever hides an item."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(ch for ch in apart if not unicodedata.combining(ch)).translate(_LETTERS)


def search_words(text: str) -> tuple[str, tuple[str, ...]]:
    """What to search for: the whole folded text, and its different words in order."""
    whole = " ".join(fold(text[:100]).split())
    return whole, tuple(sorted(set(whole.split())))
