"""Saves edits of products, says what came of them, and takes saved ones back, never over somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.services.manager import (
    Conflict,
    Edit,
    Edited,
    ManagerDesk,
    ManagerRefused,
    Product,
    Store,
    Value,
)
from ui.manager.bars import counted
from ui.tasks import Command, Lanes
from ui.widgets.surface import Action, BannerKind

Answer = Edited | Conflict | ManagerRefused
Say = Callable[[str, BannerKind, Sequence[Action]], None]
_FIELD_WORDS = {
    "price": "The server takes no such price.\nType a smaller one.",
    "name": "The server takes no such name.\nType another one.",
    "category": "The category is no longer there.\nChoose another one.",
    "supplier": "The supplier is no longer there.\nChoose another one.",
    "tax": "The tax is no longer there.\nChoose another one.",
}
_REFUSALS = {
    "no_item": "This product is no longer on file.\nFilter again to see what is.",
    "store_not_granted": "This login no longer looks after the store.\nAsk for it to be granted again.",
    "every_store": "Only its price and reorder point are this store's own.\nAsk a manager of every store.",
    "no_difference": "Nothing would change.\nType what is different.",
    "no_reason": "A stock correction needs its reason.\nChoose one.",
}


def refusal(answer: ManagerRefused) -> str:
    """What to tell a person whose change the server's rules do not allow."""
    if answer.field:
        return _FIELD_WORDS.get(answer.field, "The server does not take this.\nType something else.")
    return _REFUSALS.get(answer.reason, f"The server keeps this as it is ({answer.reason}).")


@dataclass(frozen=True, slots=True)
class Wanted:
    """New values for a product, by somebody who saw it as ``begun``."""

    begun: Product
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two versions of a product: mine was begun on ``wanted.begun``, ``theirs`` is what is saved."""

    wanted: Wanted
    theirs: Product


@dataclass(frozen=True, slots=True)
class _Done:
    """A saved edit that can be taken back: it made version ``product.row_version`` of ``before``."""

    product: Product
    was: Mapping[str, Value]
    before: int


class Edits(QObject):
    """Edits of one store's products, one batch at a time, with the way back.

    Signals: ``changed(Product)`` after one was saved, or somebody else's became known; ``clashed(list)``
    of Clash; ``busy(bool)``; ``trouble(Exception)`` when the server did not answer; ``finished`` after each
    batch.
    """

    changed = Signal(object)
    clashed = Signal(list)
    busy = Signal(bool)
    trouble = Signal(object)
    finished = Signal()

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, money: Currency, say: Say, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._store, self._money, self._say = desk, lanes, store, money, say
        self._done: list[list[_Done]] = []
        self.at_work = False

    def save(self, wanted: Sequence[Wanted]) -> None:
        """Save these, each unless somebody changed it meanwhile; nothing while a batch is under way."""
        if wanted and not self.at_work:
            edits = [Edit(each.begun.id, each.begun.row_version, each.values) for each in wanted]
            self._run(edits, lambda answers: self._saved(wanted, answers))

    def undo(self) -> None:
        """Take the last saved batch back: audited changes of their own."""
        if self.at_work:
            return
        if not self._done:
            self._say("Nothing was saved since you signed in, so there is nothing to undo.", "info", ())
            return
        last = self._done.pop()
        edits = [Edit(each.product.id, each.product.row_version, each.was) for each in last]
        self._run(edits, lambda answers: self._undone(last, answers), lambda: self._done.append(last))

    def _run(
        self,
        edits: list[Edit],
        done: Callable[[list[Answer]], None],
        unmade: Callable[[], None] = lambda: None,
    ) -> None:
        def finished(answers: list[Answer]) -> None:
            self._set_busy(False)
            done(answers)
            self.finished.emit()

        def failed(problem: Exception) -> None:
            unmade()  # it can be tried again
            self._set_busy(False)
            self.trouble.emit(problem)

        store = self._store.number
        self._set_busy(True)
        self._lanes.run(Command(self, lambda: self._desk.edit(store, edits), finished, failed))

    def _set_busy(self, busy: bool) -> None:
        self.at_work = busy
        self.busy.emit(busy)

    # -- what came of it -------------------------------------------------------------------------------

    def _saved(self, wanted: Sequence[Wanted], answers: Sequence[Answer]) -> None:
        done: list[_Done] = []
        clashes: list[Clash] = []
        refused: list[str] = []
        for each, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, Edited):
                done.append(_Done(answer.product, answer.was, each.begun.row_version))
                self.changed.emit(answer.product)
            elif isinstance(answer, Conflict):
                clashes.append(Clash(each, answer.product))
            else:
                refused.append(f"{each.begun.name}: {refusal(answer)}")
        kept = [each for each in done if each.was]
        if kept:
            self._done.append(kept)
        self._say_saved(done, refused)
        if clashes:
            self.clashed.emit(clashes)

    def _say_saved(self, done: Sequence[_Done], refused: Sequence[str]) -> None:
        undo = [("Undo", self.undo)] if any(each.was for each in done) else []
        if refused:
            saved = f"{counted(len(done), 'product')} saved. " if done else ""
            more = f" And {counted(len(refused) - 1, 'other')}." if len(refused) > 1 else ""
            self._say(f"{saved}{refused[0]}{more}", "warn", undo)
        elif len(done) == 1:
            self._say(self._words(done[0], "now"), "good", undo)
        elif done:
            self._say(f"{counted(len(done), 'product')} saved.", "good", undo)

    def _words(self, done: _Done, when: str) -> str:
        product = done.product
        if set(done.was) == {"price"}:
            return f"{product.name} is {format_money(product.price, self._money)} {when}."
        return f"{product.name} is {'saved' if when == 'now' else 'as it was'}."

    def _undone(self, last: Sequence[_Done], answers: Sequence[Answer]) -> None:
        back: list[_Done] = []
        words: list[str] = []
        for each, answer in zip(last, answers, strict=True):
            if isinstance(answer, Edited):
                self._renew(each, answer.product)
                back.append(replace(each, product=answer.product))
                self.changed.emit(answer.product)
            elif isinstance(answer, Conflict):
                words.append(f"{each.product.name}: changed since by {answer.product.who}.")
                self.changed.emit(answer.product)
            else:
                words.append(f"{each.product.name}: {refusal(answer)}")
        if words:
            undone = f"{counted(len(back), 'product')} undone" if back else "Nothing was undone"
            more = f" And {counted(len(words) - 1, 'other')}." if len(words) > 1 else ""
            self._say(f"{words[0]}{more}\n{undone}.", "warn", ())
        elif len(back) == 1:
            self._say(self._words(back[0], "again"), "good", ())
        else:
            self._say(f"{counted(len(back), 'product')} are as they were.", "good", ())

    def _renew(self, undone: _Done, now: Product) -> None:
        """The save before the one undone may still be taken back: the product is as it left it."""
        for batch in self._done:
            for place, each in enumerate(batch):
                if each.product.id == now.id and each.product.row_version == undone.before:
                    batch[place] = replace(each, product=now)
