"""Look-ups at the till: a scanned or typed text to an item, search by words, tiles and departments."""

from __future__ import annotations

from dataclasses import replace

from pos_desktop.database.till import Changes
from pos_desktop.domain.barcode import CodeKind, ParsedCode, card_within, parse_code
from pos_desktop.domain.basket import Item
from pos_desktop.domain.card_number import mask
from pos_desktop.domain.catalogue import SEARCH_LIMIT, Catalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.found import CouponFound
from pos_desktop.services.results import BadCode, Department, Found, Lookup, NotOnFile, Tile, TilePage
from pos_desktop.words import WordTable, later

_BAD = WordTable(
    {
        CodeKind.BAD_CHECK_DIGIT: "The check digit does not fit. Scan it again, or type the number.",
        CodeKind.CARD: "That is a payment card. It is read at the card terminal, never here.",
        CodeKind.RECEIPT: "That is a receipt's number, not an item.",
        CodeKind.UNREADABLE: "That is no code of an item. Scan it again, or type the number.",
    }
)


_USED = later("It was used already. Give it back to the customer.")
_ENDED = later("Its offer has ended. Give it back to the customer.")

REPORT_SECONDS = 30.0


class Lookups:
    """The part of ``TillServices`` that finds things; safe to call from another lane than selling."""

    _core: TillCore
    catalogue: Catalogue
    _pages: tuple[TilePage, ...] | None
    _departments: tuple[Department, ...] | None
    _change: int
    _report_due: float = 0.0

    def find(self, text: str) -> Lookup:
        """What a scanned or typed text is: an item with its label's weight or price, not on file, no code."""
        store = self._core.hello.store
        parsed = parse_code(text, store.code_patterns, store.currency.digits)
        if not parsed.sellable:
            receipt = parsed.code if parsed.kind is CodeKind.RECEIPT else ""
            return BadCode(parsed.text, _BAD[parsed.kind], receipt)
        for code in parsed.candidates:
            item = self.catalogue.find(code)
            if item is not None:
                return _found(item, parsed, code)
        if parsed.may_be_card:
            return BadCode(mask(parsed.text), _BAD[CodeKind.CARD])
        return self._coupon(parsed.text) or NotOnFile(parsed.code)

    def _coupon(self, code: str) -> CouponFound | None:
        """The coupon of this code. Only where the shop has offers by coupon, and the server can be asked."""
        core = self._core
        if core.alone.selling or not any(each.coupon for each in core.rules.promotions.promotions):
            return None
        row = core.link.find_coupon(code)
        if row is None:
            return None
        ended = _USED if row["used"] else _ENDED if row["ended"] else ""
        return CouponFound(str(row["code"]), int(row["promotion"]), str(row["name"]), ended)

    def search(self, words: str) -> tuple[Item, ...]:
        """Items whose name holds all the words in any order, best first; nothing for empty words.

        Nothing either for a card number: it is not sent to the server.
        """
        if not words.strip() or card_within(words) is not None:
            return ()
        return self.catalogue.search(words, SEARCH_LIMIT)

    def items(self, ids: tuple[int, ...]) -> tuple[Item, ...]:
        """Items by id, with the prices of now."""
        return self.catalogue.items(ids)

    def tiles(self) -> tuple[TilePage, ...]:
        """The register's pages of tiles; ``poll_changes`` brings their items up to date."""
        if self._pages is None:
            hello = self._core.hello
            pages, self._change = hello.tiles, hello.change
            if self._core.alone.selling:  # remembered from an earlier run: with the prices of the own copy
                ids = sorted({tile.item.id for page in pages for tile in page.tiles})
                fresh = {item.id: item for item in self.catalogue.items(ids)}
                pages = tuple(_refreshed(page, fresh) for page in pages)
            self._pages = pages
        return self._pages

    def departments(self) -> tuple[Department, ...]:
        """Where an unknown code can be sold at a typed price."""
        if self._departments is None:
            named = self._core.hello.departments
            found = {item.id: item for item in self.catalogue.items([item for _, item in named])}
            self._departments = tuple(Department(name, found[item]) for name, item in named if item in found)
        return self._departments

    def poll_changes(self) -> bool:
        """Whether prices or items changed since last asked; tiles are up to date then. One round trip.

        Twice a minute one more: the till's report for the keeper. While the till sells alone: False at once.
        """
        pages = self.tiles()
        answer = self._core.either(self._ask_changes, lambda: None)
        if answer is None:
            return False
        last = answer.last
        if last == self._change:
            return False
        shown = {tile.item.id for page in pages for tile in page.tiles}
        moved = shown if answer.everything else shown & set(answer.items)
        fresh = {item.id: item for item in self.catalogue.items(sorted(moved))} if moved else {}
        if answer.everything:
            self._core.read_rules()
        self._pages = tuple(_refreshed(page, fresh) for page in pages)
        self._departments = None
        self._change = last
        return True

    def _ask_changes(self) -> Changes:
        if self._core.clock.monotonic() >= self._report_due:
            self._core.report()
            self._report_due = self._core.clock.monotonic() + REPORT_SECONDS
        return self._core.link.changes_since(self._change)


def _refreshed(page: TilePage, fresh: dict[int, Item]) -> TilePage:
    def renewed(tile: Tile) -> Tile:
        return replace(tile, item=fresh[tile.item.id]) if tile.item.id in fresh else tile

    return replace(page, tiles=tuple(renewed(tile) for tile in page.tiles))


def _found(item: Item, parsed: ParsedCode, code: str) -> Found:
    """A label's line keeps the whole label as its code: the server sees the price was printed, not typed."""
    if parsed.kind is CodeKind.LABEL:
        return Found(item, parsed.text, parsed.qty, parsed.price)
    qty = parsed.qty if item.weighed else None
    return Found(item, code, qty, None)
