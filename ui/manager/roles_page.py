"""Roles: what cashiers, supervisors and managers may do at a till, and how far each goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from pos_desktop.domain.cash_rules import Limit, parse_percent
from pos_desktop.domain.money import Currency, currency, format_amount, format_money, parse_amount
from pos_desktop.domain.permissions import DEFAULT_ROLES
from pos_desktop.domain.receipt import rate_text
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.manager_roles import SHARES, ManagerRoles, RoleFilter, RoleRule
from pos_desktop.words import WordTable, later, later_all, t
from ui.keymap import Keymap
from ui.manager.grid_page import PageSpec
from ui.manager.kept_page import KeptPage
from ui.models.columns import Column
from ui.tasks import Lanes
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.surface import Card
from ui.widgets.table import Pill

ROLES = tuple(DEFAULT_ROLES)
ROLE_TITLES = later_all({"cashier": "Cashier", "supervisor": "Supervisor", "manager": "Manager"})
ROLE_WORDS = WordTable(ROLE_TITLES)


def limit_words(limit: Limit, money: Currency) -> str:
    """How far somebody goes: ``up to 10%``, ``up to £50.00``, both, or ``any``."""
    parts = [] if limit.ppm is None else [rate_text(limit.ppm)]
    parts += [] if limit.amount is None else [format_money(limit.amount, money)]
    if len(parts) > 1:
        return t("up to {share} and {amount}", share=parts[0], amount=parts[1])
    return t("up to {limit}", limit=parts[0]) if parts else t("any @limit")


def standing(rule: RoleRule, role: str, money: Currency) -> Pill:
    """Whether a role may do it, in words, colour and shape."""
    limit = rule.limit(role)
    far, any_ = limit_words(limit, money), limit.ppm is None and limit.amount is None
    if role not in rule.allowed:
        # Within its limit a shift is closed without asking, whoever may accept more of others.
        own = rule.limited == "difference" and not any_
        return Pill(t("Own {limit}", limit=far), "neutral") if own else Pill(t("No"), "neutral")
    if not rule.limited:
        return Pill(t("Yes"), "good", "check")
    return Pill(far[:1].upper() + far[1:], "good" if any_ else "accent", "check")


def role_columns(money: Currency) -> tuple[Column, ...]:
    """What may be done, and a column for each role."""
    columns = [
        Column("what", later("At the till"), 216, lambda rule: str(rule.words), strong=True, roomy=420)
    ]
    for role in ROLES:
        pill = partial(_pill, role=role, money=money)
        columns.append(Column(role, ROLE_TITLES[role], 132, partial(_words, pill=pill), pill=pill))
    return tuple(columns)


def _pill(rule: RoleRule, role: str, money: Currency) -> Pill:
    return standing(rule, role, money)


def _words(rule: RoleRule, pill: Callable[[RoleRule], Pill]) -> str:
    return pill(rule).text


class RolePane(Card):
    """One permission: a key for each role, and its limits. Signals: ``changed(str, bool, object)`` with the
    role, whether it may, and its Limit; ``refused(str)`` in words, when a sum does not fit."""

    changed = Signal(str, bool, object)
    refused = Signal(str)

    def __init__(self, money: Currency, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, spacing=12, parent=parent)
        self._money = money
        self.rule: RoleRule | None = None
        self.title = Label("", role="heading", max_lines=4)
        self.note = Label("", role="note", tone="text2", max_lines=4)
        self.body.addWidget(self.title)
        self.body.addWidget(self.note)
        grid = QGridLayout()
        grid.setVerticalSpacing(theme().px(8))
        self.keys: dict[str, Key] = {}
        self.shares: dict[str, QLineEdit] = {}
        self.amounts: dict[str, QLineEdit] = {}
        self._names: list[Label] = []
        for n, role in enumerate(ROLES):
            key = Key(ROLE_WORDS[role], name=f"role:{role}", height=48, checkable=True)
            key.clicked.connect(lambda _checked=False, r=role: self._changed(r))
            self.keys[role] = key
            grid.addWidget(key, 3 * n, 0, 1, 2)
            self.shares[role] = self._field(role, "percent", t("{role}, percent at most; empty for any"))
            self.amounts[role] = self._field(role, "amount", t("{role}, amount at most; empty for any"))
            names = [Label(t("At most, {sign}", sign=sign), role="chip") for sign in ("%", money.symbol)]
            for side, field in enumerate((self.shares[role], self.amounts[role])):
                grid.addWidget(names[side], 3 * n + 1, side)
                grid.addWidget(field, 3 * n + 2, side)
            self._names += names
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.show_rule(None)

    def _field(self, role: str, kind: str, heard: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(f"{kind}:{role}")
        field.setAccessibleName(heard.format(role=ROLE_WORDS[role]))
        field.setPlaceholderText(t("any @limit"))
        field.setMaxLength(14)
        field.returnPressed.connect(lambda: self._changed(role))
        return field

    def show_rule(self, rule: RoleRule | None) -> None:
        """Show what each role may, or that nothing is chosen."""
        self.rule = rule
        self.title.set_text(rule.words if rule else t("Nothing is chosen."))
        limited = rule is not None and bool(rule.limited)
        self.note.set_text(
            t("Beyond its limit a role asks somebody whose role goes further. Enter keeps a limit.")
            if limited
            else t("A role that may not asks somebody who may, by PIN.")
            if rule
            else ""
        )
        for name in self._names:
            name.setVisible(limited)
        for role in ROLES:
            self.keys[role].setVisible(rule is not None)
            self.amounts[role].setVisible(limited)
            self.shares[role].setVisible(limited)
            if rule is not None:
                self._show_role(rule, role)

    def _show_role(self, rule: RoleRule, role: str) -> None:
        may, limit = role in rule.allowed, rule.limit(role)
        self.keys[role].setChecked(may)
        name = ROLE_WORDS[role]
        self.keys[role].set_label(t("{role}: may", role=name) if may else t("{role}: may not", role=name))
        share = "" if limit.ppm is None else rate_text(limit.ppm).removesuffix("%")
        self.shares[role].setText(share)
        self.shares[role].setEnabled(rule.limited in SHARES)
        self.amounts[role].setText("" if limit.amount is None else format_amount(limit.amount, self._money))

    def _changed(self, role: str) -> None:
        if self.rule is None:
            return
        share, sum_ = self.shares[role].text().strip(), self.amounts[role].text().strip()
        ppm = parse_percent(share) if share else None
        amount = parse_amount(sum_, self._money) if sum_ else None
        if (share and ppm is None) or (sum_ and (amount is None or amount < 0)):
            self._show_role(self.rule, role)
            self.refused.emit(
                t("That is no share up to 100 or no sum. Type it again, or leave it empty for any.")
            )
            return
        self.changed.emit(role, self.keys[role].isChecked(), Limit(ppm, amount))


class RolesPage(KeptPage):
    """What each role may, one permission a row; a change is kept at once, noted, and can be taken back."""

    WIDTHS = (268, 340, 420)

    def __init__(self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap) -> None:
        self.roles = ManagerRoles(desk)
        self._money = currency(store.currency)
        spec = PageSpec(
            "roles",
            t("Roles"),
            t("Filter by what may be done…"),
            "",
            role_columns(self._money),
            lambda wanted, sort, after: self.roles.page(wanted, sort, after),
            self.roles.count,
        )
        super().__init__(desk, lanes, store, keys, spec, RoleFilter())

    def _prepare(self) -> None:
        self.pane = RolePane(self._money)

    def _pane(self) -> QWidget:
        return self.pane

    def _connect(self) -> None:
        super()._connect()
        self.pane.changed.connect(self._change)
        self.pane.refused.connect(lambda words: self.say(words, "warn"))

    def _wanted(self) -> RoleFilter:
        return RoleFilter(self.filter.field.text().strip())

    def _none_words(self, wanted: RoleFilter) -> tuple[str, bool]:
        return t("Nothing matches “{words}”.", words=wanted.words), True

    def _in_hand(self, row: Any) -> None:
        self.pane.show_rule(row)

    def _row_to_take(self) -> int | None:
        return self.model.row_of(self.pane.rule.id) if self.pane.rule else None

    def _change(self, role: str, allowed: bool, limit: Limit, *, back: bool = False) -> None:
        rule = self.pane.rule
        if rule is None or (allowed == (role in rule.allowed) and limit == rule.limit(role)):
            return
        before = (role in rule.allowed, rule.limit(role))

        def done(now: RoleRule) -> None:
            self.pane.show_rule(now)
            far = standing(now, role, self._money).text
            far = far[:1].lower() + far[1:]
            words = t("{role}: {what} — {far}. Kept.", role=ROLE_WORDS[role], what=now.words, far=far)
            undo = None if back else lambda: self._change(role, *before, back=True)
            self._say_kept(words, undo)

        self._keep(lambda: self.roles.save(rule, role, allowed=allowed, limit=limit), done)

    def _show_kept(self) -> None:
        self.pane.show_rule(self.pane.rule)

    def _not_kept(self, problem: Exception) -> None:
        self._show_kept()  # a key is no typed text to be kept while the server is away
        super()._not_kept(problem)
