"""Customers: found by a name, a phone number or a card; what is typed about one is kept at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from pos_desktop.domain.money import Currency, currency, format_amount, format_money, parse_amount
from pos_desktop.domain.points import points_text
from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.manager_customers import (
    CustomerChoices,
    CustomerFilter,
    CustomerRow,
    ManagerCustomers,
    typed,
)
from pos_desktop.words import WordTable, later, later_all, t, t_n
from ui.keymap import Keymap
from ui.manager.bars import number
from ui.manager.grid_page import PageSpec
from ui.manager.kept_page import KeptPage
from ui.messages import text_for
from ui.models.columns import Column
from ui.tasks import Lanes, Query
from ui.theme import Layout, theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.surface import Card
from ui.widgets.table import Pill

_FIELD_WORDS = later_all(
    {
        "name": "Name",
        "phone": "Phone",
        "card": "Card",
        "limit": "House account, limit",
        "tax_number": "Tax number",
        "certificate": "Certificate",
        "certificate_codes": "Free from tax",
        "certificate_until": "Good until",
    }
)
FIELDS: Mapping[str, str] = WordTable(_FIELD_WORDS)
_HINTS: Mapping[str, str] = WordTable(
    {
        "limit": "no account",
        "certificate_codes": "tax codes",
    }
)
_EXAMPLES = {"certificate_until": "2027-12-31"}
_KEPT = WordTable({**_FIELD_WORDS, "consent": "Offers", "groups": "Groups"})
_MOST_GROUPS = 8


def field_text(row: CustomerRow, field: str, money: Currency) -> str:
    """A field as it is typed."""
    value = getattr(row, field)
    if field == "limit":
        return "" if value is None else format_amount(value, money)
    return " ".join(value) if isinstance(value, tuple) else str(value)


def customer_columns(money: Currency, names: Mapping[str, str]) -> tuple[Column, ...]:
    """Name, how to reach them, groups, points, what is owed. ``names`` has the groups' names by code."""
    normal, wide = Layout.NORMAL, Layout.WIDE
    groups = lambda row: ", ".join(names.get(code, code) for code in row.groups)  # noqa: E731
    owed, limit = partial(_sum, money, "owed"), partial(_sum, money, "limit")
    return (
        Column("name", later("Customer"), 208, lambda row: str(row.name), strong=True, roomy=320),
        Column("phone", later("Phone"), 140, lambda row: str(row.phone), code=True),
        Column("groups", later("Groups"), 150, groups, since=normal, roomy=200),
        Column("points", later("Points"), 90, lambda row: points_text(row.points), number=True),
        Column("owed", later("Owes {sign}"), 110, owed, sign=money.symbol, number=True, tone=_owing),
        Column("limit", later("Limit {sign}"), 110, limit, sign=money.symbol, number=True, since=normal),
        Column("consent", later("Offers"), 110, lambda row: _offers(row).text, pill=_offers, since=wide),
        Column("card", later("Card"), 150, lambda row: str(row.card), code=True, since=wide),
        Column("number", later("Number"), 110, lambda row: str(row.id), code=True, since=wide),
    )


def _sum(money: Currency, field: str, row: CustomerRow) -> str:
    amount = getattr(row, field)
    return "" if amount is None else format_amount(amount, money)


def _owing(row: CustomerRow) -> str | None:
    return "danger" if (row.owed or 0) > (row.limit or 0) else None


def _offers(row: CustomerRow) -> Pill:
    return Pill(t("Yes"), "good", "check") if row.consent else Pill(t("No"))


class CustomerPane(Card):
    """One customer's fields and groups. Signals: ``changed(str, object)``, the field and its value as
    typed, and ``erase_asked``."""

    changed = Signal(str, object)
    erase_asked = Signal()

    def __init__(self, money: Currency, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, spacing=10, parent=parent)
        self._money = money
        self.row: CustomerRow | None = None
        self.title = Label("", role="heading", max_lines=2)
        self.note = Label("", role="note", tone="text2", max_lines=3)
        self.fields: dict[str, QLineEdit] = {}
        self._names: list[Label] = []
        self.consent = Key("", name="consent", height=44, checkable=True)
        self.consent.clicked.connect(lambda _=False: self.changed.emit("consent", self.consent.isChecked()))
        self.groups: dict[str, Key] = {}
        self._groups = QGridLayout()
        self._groups.setSpacing(theme().px(8))
        self.erase = Key(t("Erase this person"), icon="eraser", variant="ghost", name="erase", height=44)
        self.erase.clicked.connect(lambda _checked=False: self.erase_asked.emit())
        self.body.addWidget(self.title)
        self.body.addWidget(self.note)
        self.body.addLayout(self._form())
        self.body.addWidget(self.consent)
        self.body.addLayout(self._groups)
        self.body.addStretch(1)
        self.body.addWidget(self.erase)
        self.show_row(None)

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setVerticalSpacing(theme().px(4))
        for n, (field, words) in enumerate(FIELDS.items()):
            # The name takes the whole width, the others stand in pairs.
            line, side, wide = (0, 0, 2) if n == 0 else ((n + 1) // 2, (n + 1) % 2, 1)
            name = Label(words, role="chip", tone="text2", max_lines=1)
            self._names.append(name)
            self.fields[field] = self._field(field, words)
            form.addWidget(name, 2 * line, side, 1, wide)
            form.addWidget(self.fields[field], 2 * line + 1, side, 1, wide)
        return form

    def _field(self, field: str, words: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(f"customer:{field}")
        line.setAccessibleName(words)
        line.setPlaceholderText(_HINTS.get(field, _EXAMPLES.get(field, "")))
        line.setMaxLength(100)
        line.editingFinished.connect(lambda: self._finished(field))
        return line

    def show_groups(self, groups: Sequence[tuple[str, str]]) -> None:
        """A key for each group there is."""
        for n, (code, name) in enumerate(groups[:_MOST_GROUPS]):
            if code not in self.groups:
                key = Key(name, name=f"group:{code}", height=44, checkable=True)
                key.clicked.connect(lambda _checked=False: self.changed.emit("groups", self._chosen()))
                self.groups[code] = key
                self._groups.addWidget(key, n // 2, n % 2)
        self.show_row(self.row)

    def _chosen(self) -> list[str]:
        shown = [code for code, key in self.groups.items() if key.isChecked()]
        others = [code for code in (self.row.groups if self.row else ()) if code not in self.groups]
        return sorted(shown + others)

    def show_row(self, row: CustomerRow | None) -> None:
        """Show a customer, or that none is chosen."""
        self.row = row
        self.title.set_text(row.name if row else t("Nothing is chosen."))
        self.note.set_text(self._about(row) if row else "")
        for widget in (*self._names, *self.fields.values(), *self.groups.values(), self.consent, self.erase):
            widget.setVisible(row is not None)
        if row is None:
            return
        for field, line in self.fields.items():
            line.setText(field_text(row, field, self._money))
            line.setCursorPosition(0)
        for code, key in self.groups.items():
            key.setChecked(code in row.groups)
        self.consent.setChecked(row.consent)
        self.consent.set_label(t("Offers: may be sent") if row.consent else t("Offers: may not be sent"))

    def _about(self, row: CustomerRow) -> str:
        points = points_text(row.points)
        words = t("Number {number}, since {day}. {n} points.", number=row.id, day=row.made_at[:10], n=points)
        return words if row.owed is None else f"{words} {_owed(row.owed, self._money)}"

    def _finished(self, field: str) -> None:
        if self.row is not None and self.fields[field].text() != field_text(self.row, field, self._money):
            self.changed.emit(field, self.fields[field].text())


def _owed(owed: int, money: Currency) -> str:
    if owed < 0:
        return t("Has {amount} to their credit.", amount=format_money(-owed, money))
    return t("Owes {amount}.", amount=format_money(owed, money)) if owed else t("Owes nothing.")


class CustomersPage(KeptPage):
    """Customers by name; a field is kept with Enter or by leaving it, and can be taken back."""

    WIDTHS = (340, 360, 440)

    def __init__(self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap) -> None:
        self.customers = ManagerCustomers(desk, store)
        self._money = currency(store.currency)
        self._group_names: dict[str, str] = {}
        self._dial = ""
        spec = PageSpec(
            "customers",
            t("Customers"),
            t("Name, phone, card or number…"),
            "",
            customer_columns(self._money, self._group_names),
            lambda wanted, sort, after: self.customers.page(wanted, sort, after),
            self.customers.count,
        )
        super().__init__(desk, lanes, store, keys, spec, CustomerFilter())

    def _prepare(self) -> None:
        self.pane = CustomerPane(self._money)

    def _pane(self) -> QWidget:
        return self.pane

    def _connect(self) -> None:
        super()._connect()
        self.pane.changed.connect(self._change)
        self.pane.erase_asked.connect(self._ask_erase)

    def shown(self) -> None:
        """The groups there are, then the customers."""
        super().shown()
        self._lanes.run(Query(self, self.customers.choices, self._chose, self._failed, replaces="choices"))

    def _chose(self, choices: CustomerChoices) -> None:
        self._dial = choices.dial
        self._group_names.update(choices.groups)
        self.pane.show_groups(choices.groups)
        self.table.viewport().update()

    def _wanted(self) -> CustomerFilter:
        return CustomerFilter(self.filter.field.text().strip())

    def _none_words(self, wanted: CustomerFilter) -> tuple[str, bool]:
        if wanted.words:
            return t("No customer matches “{words}”.", words=wanted.words), True
        return t("No customers yet. Tills add them with Customer, New customer."), False

    def _counted(self, found: tuple[int, bool]) -> None:
        super()._counted(found)
        words = t_n(found[0], "{n} customer", "{n} customers", n=number(found[0]))
        self.count.set_text(words if found[0] else "")

    def _in_hand(self, row: Any) -> None:
        self.pane.show_row(row)

    def _row_to_take(self) -> int | None:
        return self.model.row_of(self.pane.row.id) if self.pane.row else None

    # -- changing --------------------------------------------------------------------------------------

    def _change(self, field: str, text: Any) -> None:
        row = self.pane.row
        if row is None:
            return
        try:
            value = self._value(field, text)
        except UserError as problem:
            self.pane.show_row(row)
            self.say(text_for(problem), "warn")
            return
        before = getattr(row, field)
        self._save(row, field, value, list(before) if isinstance(before, tuple) else before)

    def _value(self, field: str, text: Any) -> Any:
        if field == "consent":
            return int(text)
        if field == "limit":
            limit = parse_amount(text.strip(), self._money)
            if limit is None or limit < 0:
                raise UserError("customers.limit")
            return limit
        return text if field == "groups" else typed(field, text, self._dial)

    def _save(self, row: CustomerRow, field: str, value: Any, before: Any = None) -> None:
        if field == "consent" and before is not None:
            before = int(before)

        def done(now: CustomerRow) -> None:
            if self.pane.row is not None and self.pane.row.id == now.id:
                self.pane.show_row(now)
            undo = None if before is None else lambda: self._save(now, field, before)
            self._say_kept(t("{name}: {field} kept.", name=now.name, field=_KEPT[field]), undo)

        self._keep(lambda: self.customers.save(row, {field: value}), done)

    def _show_kept(self) -> None:
        if self.pane.row is not None:
            self.pane.show_row(self.pane.row)

    def _ask_erase(self) -> None:
        row = self.pane.row
        if row is not None:
            words = t(
                "Erase {name}? Name, phone, card and certificate go for good, points too;\n"
                "receipts keep the number alone.",
                name=row.name,
            )
            self.say(words, "warn", [(t("Erase for good"), lambda: self._erase(row))])

    def _erase(self, row: CustomerRow) -> None:
        def done(_: None) -> None:
            self.pane.show_row(None)
            self.say(t("Customer {number} is erased.", number=row.id), "good")

        self._keep(lambda: self.customers.erase(row), done)
