"""Asks for a stock correction: by how much or to what count, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pos_desktop.domain.money import MINUS
from pos_desktop.domain.quantity import ONE, format_qty, parse_qty
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.manager import ManagerDesk, ManagerRefused, Product, ProductFilter, Store
from pos_desktop.services.manager_history import REASONS
from pos_desktop.words import t
from ui.manager.edits import refusal
from ui.messages import text_for
from ui.tasks import Command, Lanes, Query
from ui.theme import theme
from ui.widgets.key import Key, switch
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay

CHOICES = ("waste", "damaged", "stocktake", "found", "other")
"""What can be chosen, in the server's words."""


def read_difference(text: str, product: Product, *, counted: bool) -> int | None:
    """What was typed as thousandths to add, or None when it is nothing usable or no difference.

    With ``counted`` it is the number on the shelf. What is sold by the piece takes whole pieces only.
    """
    bare = text.strip()
    minus = bare[:1] in ("-", MINUS)
    digits = bare[1:].strip() if minus or bare[:1] == "+" else bare
    if counted and (minus or bare[:1] == "+"):
        return None
    qty = 0 if digits and not digits.strip("0.,") and digits[0] == "0" else parse_qty(digits)
    if qty is None or (product.unit == "each" and qty % ONE):
        return None
    delta = qty - product.on_hand if counted else -qty if minus else qty
    return delta or None


def newest(desk: ManagerDesk, store: Store, product: Product) -> Product:
    """The product as the server has it now; as it was read when it cannot be found again."""
    page = desk.page(ProductFilter(store.number, product.code or product.name))
    return next((each for each in page.rows if each.id == product.id), product)


class AdjustStock(Overlay):
    """One stock correction.

    Signals: ``adjusted(Product, int)`` with the difference; ``trouble(Exception)``.
    """

    adjusted = Signal(object, int)
    trouble = Signal(object)

    def __init__(
        self, host: QWidget, desk: ManagerDesk, lanes: Lanes, store: Store, product: Product
    ) -> None:
        super().__init__(host, width=620, closes_on_esc=True, name="adjust")
        self._desk, self._lanes, self._store, self._product = desk, lanes, store, product
        self._reason = ""
        self._busy = False
        self.by_difference = Key(t("By difference"), name="by_difference")
        self.counted = Key(t("Counted amount"), name="counted")
        self.amount = _field("amount", t("Amount"))
        self.outcome = Label("", role="body_strong", max_lines=2)
        self.reasons = {code: Key(REASONS[code], name=f"reason_{code}") for code in CHOICES}
        self.note = _field("note", t("Note"))
        self.cancel = Key(t("Cancel"), hint="Esc", height=52, name="cancel")
        self.save = Key(t("Save"), variant="accent", icon="check", height=52, name="save_stock")
        self._build()
        self._connect()
        switch([self.by_difference, self.counted], self.by_difference)
        self._refresh()

    def _build(self) -> None:
        body = self.card.body
        body.setSpacing(theme().px(10))
        body.addWidget(Label(t("Adjust stock"), role="title"))
        body.addWidget(Label(self._product.name, role="heading", tone="text2", max_lines=2))
        body.addLayout(_row(self.by_difference, self.counted))
        body.addWidget(self.amount)
        body.addWidget(self.outcome)
        body.addWidget(Label(t("Why"), role="chip", tone="text2", max_lines=1))
        body.addLayout(_row(*self.reasons.values()))
        body.addWidget(Label(t("Note (optional)"), role="chip", tone="text2", max_lines=1))
        body.addWidget(self.note)
        body.addSpacing(theme().px(6))
        body.addLayout(_row(self.cancel, self.save))

    def _connect(self) -> None:
        modes = [self.by_difference, self.counted]
        for key in modes:
            key.clicked.connect(lambda _=False, chosen=key: self._chosen(modes, chosen))
        for code, key in self.reasons.items():
            key.clicked.connect(lambda _=False, code=code: self._give(code))
        for field in (self.amount, self.note):
            field.textChanged.connect(self._refresh)
            field.returnPressed.connect(self.send)
        self.cancel.clicked.connect(self.close_overlay)
        self.save.clicked.connect(self.send)

    def open(self) -> None:
        """Ask, and read meanwhile what is on hand by now: sales went on since the list was read."""
        super().open()
        self.amount.setFocus()
        work: Callable[[], Product] = lambda: newest(self._desk, self._store, self._product)  # noqa: E731
        self._lanes.run(Query(self, work, self._read, self._failed, replaces="product"))

    def _read(self, product: Product) -> None:
        self._product = product
        self._refresh()

    def _chosen(self, modes: list[Key], chosen: Key) -> None:
        switch(modes, chosen)
        self.amount.setFocus()
        self._refresh()

    def _give(self, code: str) -> None:
        self._reason = code
        switch(list(self.reasons.values()), self.reasons[code])
        self._refresh()

    @property
    def difference(self) -> int | None:
        """Thousandths to add, as typed so far."""
        return read_difference(self.amount.text(), self._product, counted=self.counted.isChecked())

    def _refresh(self) -> None:
        counting = self.counted.isChecked()
        self.amount.setPlaceholderText(t("Counted on the shelf") if counting else t("Such as -3 or +12"))
        self.outcome.set_text(self._words(self.difference))
        self.outcome.set_tone("text" if self.difference else "text2")
        missing = not self.difference or not self._reason or self._busy
        self.save.setEnabled(not missing)

    def _words(self, delta: int | None) -> str:
        product = self._product
        hand = format_qty(product.on_hand, product.unit)
        if delta is None:
            return t("On hand now: {amount}", amount=hand)
        sign = "+" if delta > 0 else ""
        then = format_qty(product.on_hand + delta, product.unit)
        change = f"{sign}{format_qty(delta, product.unit)}"
        if self._reason:
            return t("On hand {was} → {then} ({change})", was=hand, then=then, change=change)
        return t("On hand {was} → {then} ({change}). Choose why.", was=hand, then=then, change=change)

    def send(self) -> None:
        """Save the correction once it is whole."""
        delta, product = self.difference, self._product
        if not delta or not self._reason or self._busy:
            return
        self._busy = True
        self._refresh()
        store, reason, note = self._store.number, self._reason, self.note.text().strip()
        work: Callable[[], int | ManagerRefused] = lambda: self._desk.adjust_stock(  # noqa: E731
            store, product.id, delta, reason, note
        )
        self._lanes.run(Command(self, work, lambda answer: self._answered(delta, answer), self._failed))

    def _answered(self, delta: int, answer: int | ManagerRefused) -> None:
        self._busy = False
        if isinstance(answer, ManagerRefused):
            self._refresh()
            self._warn(refusal(answer))
            return
        self.close_overlay()
        self.adjusted.emit(replace(self._product, on_hand=answer), delta)

    def _failed(self, problem: Exception) -> None:
        self._busy = False
        self._refresh()
        if isinstance(problem, (UserError, EnvironmentProblem)):
            self._warn(text_for(problem))
        else:
            self.trouble.emit(problem)

    def _warn(self, words: str) -> None:
        self.outcome.set_text(words)
        self.outcome.set_tone("warn")
        self.relayout()


def _field(name: str, title: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setMaxLength(500 if name == "note" else 12)
    return field


def _row(*keys: Key) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme().px(8))
    for key in keys:
        row.addWidget(key)
    return row
