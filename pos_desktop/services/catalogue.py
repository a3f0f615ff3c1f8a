"""The catalogue live from the server: look-up, price and restrictions through the one interface."""

from __future__ import annotations

from collections.abc import Sequence

from pos_desktop.domain.basket import Item
from pos_desktop.domain.catalogue import SEARCH_LIMIT
from pos_desktop.domain.item_card import read_item
from pos_desktop.services.link import Link


class ServerCatalogue:
    """A domain ``Catalogue`` that asks the server each time: prices are of now."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def find(self, code: str) -> Item | None:
        """The item with this canonical code; EnvironmentProblem when the server is away."""
        row = self._link.find_item(code)
        return None if row is None else read_item(row)

    def search(self, words: str, limit: int = SEARCH_LIMIT) -> tuple[Item, ...]:
        """Items whose name holds all the words, best first."""
        return tuple(read_item(row) for row in self._link.search_items(words, limit))

    def items(self, ids: Sequence[int]) -> tuple[Item, ...]:
        """The items with these ids, in the order asked."""
        if not ids:
            return ()
        found = {item.id: item for item in map(read_item, self._link.items_by_id(ids))}
        return tuple(found[number] for number in ids if number in found)
