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
from pos_desktop.words import WordTable, t, t_n
from ui.manager.bars import number
from ui.tasks import Command, Lanes
from ui.widgets.surface import Action, BannerKind

Answer = Edited | Conflict | ManagerRefused
Say = Callable[[str, BannerKind, Sequence[Action]], None]
_FIELD_WORDS = WordTable(
    {
        "price": "The server takes no such price.\nType a smaller one.",
        "name": "The server takes no such name.\nType another one.",
        "category": "The category is no longer there.\nChoose another one.",
        "supplier": "The supplier is no longer there.\nChoose another one.",
        "tax": "The tax is no longer there.\nChoose another one.",
    }
)
_REFUSALS = WordTable(
    {
        "no_item": "This product is no longer on file.\nFilter again to see what is.",
        "store_not_granted": "This login no longer looks after the store.\nAsk for it to be granted again.",
        "every_store": (
            "Only its price and reorder point are this store's own.\nAsk a manager of every store."
        ),
        "no_difference": "Nothing would change.\nType what is different.",
        "no_reason": "A stock correction needs its reason.\nChoose one.",
    }
)


def refusal(answer: ManagerRefused) -> str:
    """What to tell a person whose change the server's rules do not allow."""
    if answer.field:
        return _FIELD_WORDS.get(answer.field, t("The server does not take this.\nType something else."))
    return _REFUSALS.get(answer.reason, t("The server keeps this as it is ({why}).", why=answer.reason))


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


def _saved_words(products: int) -> str:
    return t_n(products, "{n} product saved.", "{n} products saved.", n=number(products))


def _undone_words(products: int) -> str:
    if not products:
        return t("Nothing was undone.")
    return t_n(products, "{n} product undone.", "{n} products undone.", n=number(products))


def _first_of(words: Sequence[str]) -> str:
    """The first sentence, and how many more there are."""
    others = len(words) - 1
    if not others:
        return words[0]
    return f"{words[0]} {t_n(others, 'And {n} other.', 'And {n} others.', n=number(others))}"


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
            self._say(t("Nothing was saved since you signed in, so there is nothing to undo."), "info", ())
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
        undo = [(t("Undo"), self.undo)] if any(each.was for each in done) else []
        if refused:
            saved = f"{_saved_words(len(done))} " if done else ""
            self._say(f"{saved}{_first_of(refused)}", "warn", undo)
        elif len(done) == 1:
            self._say(self._now_words(done[0]), "good", undo)
        elif done:
            self._say(_saved_words(len(done)), "good", undo)

    def _now_words(self, done: _Done) -> str:
        product = done.product
        if set(done.was) == {"price"}:
            price = format_money(product.price, self._money)
            return t("{product} is {price} now.", product=product.name, price=price)
        return t("{product} is saved.", product=product.name)

    def _again_words(self, done: _Done) -> str:
        product = done.product
        if set(done.was) == {"price"}:
            price = format_money(product.price, self._money)
            return t("{product} is {price} again.", product=product.name, price=price)
        return t("{product} is as it was.", product=product.name)

    def _undone(self, last: Sequence[_Done], answers: Sequence[Answer]) -> None:
        back: list[_Done] = []
        words: list[str] = []
        for each, answer in zip(last, answers, strict=True):
            if isinstance(answer, Edited):
                self._renew(each, answer.product)
                back.append(replace(each, product=answer.product))
                self.changed.emit(answer.product)
            elif isinstance(answer, Conflict):
                names = {"product": each.product.name, "who": answer.product.who}
                words.append(t("{product}: changed since by {who}.", **names))
                self.changed.emit(answer.product)
            else:
                words.append(f"{each.product.name}: {refusal(answer)}")
        if words:
            self._say(f"{_first_of(words)}\n{_undone_words(len(back))}", "warn", ())
        elif len(back) == 1:
            self._say(self._again_words(back[0]), "good", ())
        else:
            self._say(t("{n} products are as they were.", n=number(len(back))), "good", ())

    def _renew(self, undone: _Done, now: Product) -> None:
        """The save before the one undone may still be taken back: the product is as it left it."""
        for batch in self._done:
            for place, each in enumerate(batch):
                if each.product.id == now.id and each.product.row_version == undone.before:
                    batch[place] = replace(each, product=now)
