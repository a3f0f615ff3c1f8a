"""One edit for many products, shown before it is done; and a block of cells pasted over the table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from pos_desktop.domain.money import MINUS, Currency, divide_half_up, format_amount, parse_amount
from pos_desktop.services.manager import Product, Value
from pos_desktop.words import later, t, t_n
from ui.manager.bars import number
from ui.manager.changes import Change, ChangeList
from ui.manager.edits import Wanted
from ui.models.columns import Column
from ui.theme import theme
from ui.widgets.key import Key, switch
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay

_CLEARABLE = ("low", "min_age", "supplier")
_RISE = re.compile(r"([+\-−])\s*(\d{1,4}(?:[.,]\d{1,3})?)\s*(%?)")


def price_text(text: str, product: Product, money: Currency) -> str:
    """A price as typed for many: ``1.99`` as it is; ``+10%``, ``-5 %``, ``+0.20``, ``-0.20`` worked out."""
    found = _RISE.fullmatch(text.strip())
    if found is None:
        return text
    sign = -1 if found[1] in ("-", MINUS) else 1
    if found[3]:
        whole, _, decimals = found[2].replace(",", ".").partition(".")
        thousandths = int(whole) * 1000 + int(decimals.ljust(3, "0") or "0")
        return format_amount(divide_half_up(product.price * (100_000 + sign * thousandths), 100_000), money)
    by = parse_amount(found[2], money)
    return text if by is None else format_amount(product.price + sign * by, money)


def cell_change(column: Column, product: Product, text: str) -> tuple[Change, tuple[str, Value] | None]:
    """What typing ``text`` into a cell does: the change in words, and the new value or None."""
    editing = column.editing
    if editing is None:
        return Change(product.name, column.words, column.text(product), "", t("This cannot be edited.")), None
    before = editing.begin(product)
    try:
        value = editing.read(text, product)
    except ValueError as problem:
        return Change(product.name, column.words, before, text, str(problem)), None
    same = value == product.value(editing.field)
    return Change(product.name, column.words, before, text.strip()), None if same else (editing.field, value)


def _completer(names: Sequence[str], parent: QLineEdit) -> QCompleter:
    completer = QCompleter(list(names), parent)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
    return completer


def _edit_words(products: int) -> str:
    return t_n(products, "Edit {n} product", "Edit {n} products", n=number(products))


def _hint(column: Column, choices: Sequence[str]) -> str:
    """What can be typed for a field, by an example or the first names it takes."""
    name = column.words.casefold()
    hint = t("New {field}", field=name)
    if column.key == "price":
        hint = t("1.99, +10%, -5%, +0.20 or -0.20")
    elif choices:
        names = ", ".join(list(choices)[:4]) + ("…" if len(choices) > 4 else "")
        hint = t("New {field}: {names}", field=name, names=names)
    return t("{hint}   (- for none)", hint=hint) if column.key in _CLEARABLE else hint


class ChangeQuestion(Overlay):
    """Changes in a list with one key to save them. Signals: ``asked(list)`` of Wanted."""

    asked = Signal(list)

    def __init__(self, host: QWidget, title: str, name: str) -> None:
        super().__init__(host, width=820, closes_on_esc=True, name=name)
        self.wanted: list[Wanted] = []
        self.list = ChangeList()
        self.words = Label("", role="body_strong", max_lines=2)
        self.save = Key(t("Save"), variant="accent", icon="check", height=52, name=f"save_{name}")
        self.cancel = Key(t("Cancel"), hint="Esc", height=52, name="cancel")
        self.card.body.setSpacing(theme().px(10))
        self.card.body.addWidget(Label(title, role="title"))
        self.cancel.clicked.connect(self.close_overlay)
        self.save.clicked.connect(self.finish)

    def _foot(self) -> None:
        body = self.card.body
        body.addWidget(self.words)
        body.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        body.addLayout(row)

    def _show(self, cells: Sequence[tuple[Column, Product, str]]) -> None:
        """Show what these texts would do, cell by cell."""
        changes: list[Change] = []
        values: dict[int, dict[str, Value]] = {}
        products: dict[int, Product] = {}
        same = 0
        for column, product, text in cells:
            change, value = cell_change(column, product, text)
            if value is not None:
                values.setdefault(product.id, {})[value[0]] = value[1]
                products[product.id] = product
            if value is not None or change.problem:
                changes.append(change)
            else:
                same += 1
        self.wanted = [Wanted(products[item], found) for item, found in values.items()]
        self.list.show_changes(changes)
        self._say(changes, same)
        self.save.setEnabled(bool(self.wanted))
        n = len(self.wanted)
        label = t_n(n, "Save {n} product", "Save {n} products", n=number(n)) if n else t("Save")
        self.save.set_label(label)
        self.relayout()

    def _say(self, changes: Sequence[Change], same: int) -> None:
        wrong = sum(1 for change in changes if change.problem)
        right = len(changes) - wrong
        parts = [t_n(right, "{n} cell will change", "{n} cells will change", n=number(right))]
        if same:
            parts.append(t_n(same, "{n} stays as it is", "{n} stay as they are"))
        if wrong:
            parts.append(t_n(wrong, "{n} cannot @of cells, one", "{n} cannot @of cells"))
        self.words.set_text(", ".join(parts) + ".")
        self.words.set_tone("warn" if wrong else "text")

    def finish(self) -> None:
        """Save what can be."""
        if self.wanted:
            self.close_overlay()
            self.asked.emit(self.wanted)


class BulkEdit(ChangeQuestion):
    """The same new value for one field of all chosen products; a price also by per cent or by an amount."""

    def __init__(
        self,
        host: QWidget,
        products: Sequence[Product],
        columns: Sequence[Column],
        money: Currency,
        field: str,
    ) -> None:
        super().__init__(host, _edit_words(len(products)), "bulk")
        self._products, self._money = products, money
        self._columns = [column for column in columns if column.editing is not None and column.key != "name"]
        self.fields = {column.key: Key(column.words, name=f"field:{column.key}") for column in self._columns}
        self.text = QLineEdit()
        self.text.setAccessibleName(t("New value"))
        self.text.textChanged.connect(self._changed)
        self.text.returnPressed.connect(self.finish)
        row = QHBoxLayout()
        row.setSpacing(theme().px(6))
        for name, key in self.fields.items():
            key.clicked.connect(lambda _=False, chosen=name: self.choose(chosen))
            row.addWidget(key)
        self.card.body.addLayout(row)
        self.card.body.addWidget(self.text)
        self._foot()
        self.choose(field)

    def open(self) -> None:
        """Ask, ready to type."""
        super().open()
        self.text.setFocus()

    def choose(self, field: str) -> None:
        """Edit this field."""
        self._column = next(column for column in self._columns if column.key == field)
        switch(list(self.fields.values()), self.fields[field])
        choices = self._column.editing.choices if self._column.editing else None
        self.text.setCompleter(_completer(choices(), self.text) if choices else None)  # type: ignore[arg-type]
        self.text.clear()
        self.text.setPlaceholderText(_hint(self._column, choices() if choices else ()))
        self.text.setFocus()
        self._changed()

    def _changed(self) -> None:
        text = self.text.text().strip()
        if not text:
            self._show(())
            return
        text = "" if text in ("-", "—") and self._column.key in _CLEARABLE else text
        price = self._column.key == "price"
        worked = [price_text(text, product, self._money) if price else text for product in self._products]
        self._show([(self._column, each, new) for each, new in zip(self._products, worked, strict=True)])


class PastePreview(ChangeQuestion):
    """A block from a spreadsheet over the table, from the cell in hand to the right and down."""

    def __init__(self, host: QWidget, cells: Sequence[tuple[Column, Product, str]], outside: int) -> None:
        super().__init__(host, t("Paste"), "paste")
        if outside:
            one = later("{n} cell of the block lies outside the table and is left out.")
            many = later("{n} cells of the block lie outside the table and are left out.")
            words = t_n(outside, one, many, n=number(outside))
            self.card.body.addWidget(Label(words, role="body", tone="warn", max_lines=2))
        self._foot()
        self._show(cells)

    def open(self) -> None:
        """Show it; Enter does not save by accident."""
        super().open()
        self.list.setFocus()
