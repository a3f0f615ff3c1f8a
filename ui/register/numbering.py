"""The number over the basket: given when a sale begins, and kept until it is done."""

from __future__ import annotations

from ui.register.sale import Sale


class SaleNumber:
    """The next number of the till's series as it was when the sale's first line came.

    Events of the same sale (an age refusal, a code left out) take numbers too, so the receipt's own may be a
    later one; but people call out what stands on the screen, and that must not change under them.
    """

    def __init__(self, sale: Sale) -> None:
        self._sale = sale
        self._begun = ""
        self._number = self._least = 0

    def of(self, next_no: int) -> int:
        """The number to show, ``next_no`` being the next of the series by now."""
        basket, next_no = self._sale.basket, max(next_no, self._least)
        if basket.empty:
            self._begun, self._number = "", next_no
        elif basket.sale_id != self._begun:
            self._begun, self._number = basket.sale_id, next_no
        return self._number

    def used(self, no: int) -> None:
        """Number ``no`` is on a receipt: the next sale may begin before the till's state says so."""
        self._least = no + 1
