"""Saves prices, says what came of it, and takes a saved price back, never over somebody else's change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.services.manager import (
    ManagerDesk,
    ManagerRefused,
    PriceConflict,
    PriceSaved,
    Product,
    Store,
)
from ui.tasks import Command, Lanes
from ui.widgets.surface import Action, BannerKind

Answer = PriceSaved | PriceConflict | ManagerRefused
Say = Callable[[str, BannerKind, Sequence[Action]], None]
_REFUSALS = {
    "no_item": "This product is no longer on file.\nFilter again to see what is.",
    "store_not_granted": "This login no longer looks after the store.\nAsk for it to be granted again.",
    "price_out_of_range": "The server takes no such price.\nType a smaller one.",
    "no_difference": "Nothing would change.\nType what is different.",
    "no_reason": "A stock correction needs its reason.\nChoose one.",
}


def refusal(answer: ManagerRefused) -> str:
    """What to tell a person whose change the server's rules do not allow."""
    return _REFUSALS.get(answer.reason, f"The server keeps this as it is ({answer.reason}).")


@dataclass(frozen=True, slots=True)
class _Done:
    """A saved price that can be taken back."""

    product: Product
    saved: PriceSaved


class Prices(QObject):
    """Price changes of one store, one at a time, with the way back.

    Signals: ``changed(Product)`` after a price was saved, or somebody else's became known; ``busy(bool)``;
    ``trouble(Exception)`` when the server did not answer.
    """

    changed = Signal(object)
    busy = Signal(bool)
    trouble = Signal(object)

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, money: Currency, say: Say, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._store, self._money, self._say = desk, lanes, store, money, say
        self._done: list[_Done] = []

    def save(self, product: Product, price: int) -> None:
        """Set a price in minor units, unless somebody changed the product meanwhile."""
        store = self._store.number
        self._run(lambda: self._desk.set_price(store, product, price), lambda a: self._saved(product, a))

    def undo(self) -> None:
        """Take the last saved price back."""
        if not self._done:
            self._say("No price was saved since you signed in, so there is nothing to undo.", "info", ())
            return
        last = self._done.pop()
        store = self._store.number
        self._run(lambda: self._desk.undo_price(store, last.saved), lambda a: self._undone(last, a), last)

    def _run(
        self, work: Callable[[], Answer], done: Callable[[Answer], None], taken: _Done | None = None
    ) -> None:
        def finished(answer: Answer) -> None:
            self.busy.emit(False)
            done(answer)

        def failed(problem: Exception) -> None:
            if taken is not None:
                self._done.append(taken)  # it can be tried again
            self.busy.emit(False)
            self.trouble.emit(problem)

        self.busy.emit(True)
        self._lanes.run(Command(self, work, finished, failed))

    def _saved(self, product: Product, answer: Answer) -> None:
        if isinstance(answer, PriceSaved):
            now = replace(product, price=answer.now, row_version=answer.row_version)
            self._done.append(_Done(now, answer))
            self.changed.emit(now)
            self._say(f"{product.name} is {self._amount(answer.now)} now.", "good", [("Undo", self.undo)])
        elif isinstance(answer, PriceConflict):
            self._conflict(product, answer)
        else:
            self._say(refusal(answer), "warn", ())

    def _conflict(self, product: Product, answer: PriceConflict) -> None:
        theirs = replace(product, price=answer.theirs, row_version=answer.row_version)
        keys: list[Action] = [
            ("Take theirs", lambda: self._take(theirs)),
            ("Keep mine", lambda: self.save(theirs, answer.mine)),
        ]
        words = f"{product.name}: changed by {self._who(answer)} to {self._amount(answer.theirs)}."
        self._say(f"{words}\nYours is {self._amount(answer.mine)}, not saved.", "warn", keys)

    def _take(self, theirs: Product) -> None:
        self.changed.emit(theirs)
        self._say(f"{theirs.name} stays at {self._amount(theirs.price)}.", "info", ())

    def _who(self, answer: PriceConflict) -> str:
        if answer.changed_at is None:
            return answer.changed_by or "somebody"
        at = answer.changed_at.astimezone(ZoneInfo(self._store.time_zone))
        return f"{answer.changed_by or 'somebody'} at {at:%H:%M}"

    def _undone(self, last: _Done, answer: Answer) -> None:
        name = last.product.name
        if isinstance(answer, PriceSaved):
            self.changed.emit(replace(last.product, price=answer.now, row_version=answer.row_version))
            self._renew(last, answer)
            self._say(f"{name} is {self._amount(answer.now)} again.", "good", ())
        elif isinstance(answer, PriceConflict):
            theirs = replace(last.product, price=answer.theirs, row_version=answer.row_version)
            self.changed.emit(theirs)
            words = f"{name}: changed since by {self._who(answer)}, it is {self._amount(answer.theirs)} now."
            self._say(f"{words}\nNothing was undone.", "warn", ())
        else:
            self._say(refusal(answer), "warn", ())

    def _renew(self, last: _Done, undone: PriceSaved) -> None:
        """An older save of the same product may still be taken back when its price is in force again."""
        self._done = [
            replace(each, saved=replace(each.saved, row_version=undone.row_version))
            if each.saved.item == last.saved.item and each.saved.now == undone.now
            else each
            for each in self._done
        ]

    def _amount(self, minor: int) -> str:
        return format_money(minor, self._money)
