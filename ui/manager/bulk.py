"""One edit for many products, shown before it is done; and a block of cells pasted over the table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from pos_desktop.domain.money import MINUS, Currency, divide_half_up, format_amount, parse_amount
from pos_desktop.services.manager import Product, Value
from ui.manager.bars import counted
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
        return Change(product.name, column.title, column.text(product), "", "This cannot be edited."), None
    before = editing.begin(product)
    try:
        value = editing.read(text, product)
    except ValueError as problem:
        return Change(product.name, column.title, before, text, str(problem)), None
    same = value == product.value(editing.field)
    return Change(product.name, column.title, before, text.strip()), None if same else (editing.field, value)


def _completer(names: Sequence[str], parent: QLineEdit) -> QCompleter:
    completer = QCompleter(list(names), parent)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
    return completer


class ChangeQuestion(Overlay):
    """Changes in a list with one key to save them. Signals: ``asked(list)`` of Wanted."""

    asked = Signal(list)

    def __init__(self, host: QWidget, title: str, name: str) -> None:
        super().__init__(host, width=820, closes_on_esc=True, name=name)
        self.wanted: list[Wanted] = []
        self.list = ChangeList()
        self.words = Label("", role="body_strong", max_lines=2)
        self.save = Key("Save", variant="accent", icon="check", height=52, name=f"save_{name}")
        self.cancel = Key("Cancel", hint="Esc", height=52, name="cancel")
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
        self.save.set_label(f"Save {counted(len(self.wanted), 'product')}" if self.wanted else "Save")
        self.relayout()

    def _say(self, changes: Sequence[Change], same: int) -> None:
        wrong = sum(1 for change in changes if change.problem)
        parts = [f"{counted(len(changes) - wrong, 'cell')} will change"]
        if same:
            parts.append(
                f"{same} {'stays' if same == 1 else 'stay'} as {'it is' if same == 1 else 'they are'}"
            )
        if wrong:
            parts.append(f"{wrong} cannot")
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
        super().__init__(host, f"Edit {counted(len(products), 'product')}", "bulk")
        self._products, self._money = products, money
        self._columns = [column for column in columns if column.editing is not None and column.key != "name"]
        self.fields = {column.key: Key(column.title, name=f"field:{column.key}") for column in self._columns}
        self.text = QLineEdit()
        self.text.setAccessibleName("New value")
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
        hint = (
            "1.99, +10%, -5%, +0.20 or -0.20" if field == "price" else f"New {self._column.title.casefold()}"
        )
        if choices:
            hint += ": " + ", ".join(list(choices())[:4]) + ("…" if len(choices()) > 4 else "")
        self.text.setPlaceholderText(hint + ("   (- for none)" if field in _CLEARABLE else ""))
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
        super().__init__(host, "Paste", "paste")
        if outside:
            words = f"{counted(outside, 'cell')} of the block lie outside the table and are left out."
            self.card.body.addWidget(Label(words, role="body", tone="warn", max_lines=2))
        self._foot()
        self._show(cells)

    def open(self) -> None:
        """Show it; Enter does not save by accident."""
        super().open()
        self.list.setFocus()
