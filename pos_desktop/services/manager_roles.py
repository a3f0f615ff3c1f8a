"""What each role may do at a till, and how far: read, and changed by a manager of every store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pos_desktop.database import manager_roles as rows
from pos_desktop.domain.cash_rules import NO_LIMIT, Limit
from pos_desktop.domain.permissions import IN_WORDS
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.manager import ManagerDesk, Page

LIMITED: Mapping[str, str] = {
    "discount": "discount",
    "refund": "refund",
    "pay_out": "pay_out",
    "difference_over": "difference",
}
"""The limit a permission is held to. Over or short within it needs no permission at all."""

SHARES = frozenset({"discount"})
"""Limits that may be a share, too."""

add_messages(
    {
        "roles.every_store": (
            "Roles are the whole shop's, and your login is not for every store.\n"
            "Ask a manager of all stores to change them."
        ),
        "roles.conflict": (
            "Somebody else changed this role meanwhile; theirs is shown.\n"
            "Change it again if it still has to be."
        ),
        "roles.refused": "This does not fit what a role can be.\nLook at the sums typed, then save again.",
    }
)


@dataclass(frozen=True, slots=True)
class RoleFilter:
    """Words of what may be done."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One thing that may be done at a till: by which roles, and how far each goes."""

    id: str
    words: str
    allowed: frozenset[str]
    limits: Mapping[str, Limit]

    @property
    def key(self) -> tuple[str]:
        """Known by its permission: all come as one page."""
        return (self.id,)

    @property
    def limited(self) -> str:
        """The limit it is held to, "" for none."""
        return LIMITED.get(self.id, "")

    def limit(self, role: str) -> Limit:
        """How far a role goes."""
        return self.limits.get(role, NO_LIMIT)


class ManagerRoles:
    """Reads and changes roles; every method blocks, so it is called in a lane."""

    def __init__(self, desk: ManagerDesk) -> None:
        self._database = desk.database
        self._told: dict[str, Any] = {}

    def page(
        self, wanted: RoleFilter, _sort: str = "", _after: Sequence[Any] | None = None
    ) -> Page[RoleRule]:
        """Every permission, in the order of its words."""
        with self._database.lookups.connection() as connection:
            self._told = rows.roles(connection)
        found = [_rule(name, words, self._told) for name, words in IN_WORDS.items()]
        wanted_words = wanted.words.casefold().split()
        kept = [rule for rule in found if all(word in rule.words.casefold() for word in wanted_words)]
        return Page(tuple(sorted(kept, key=lambda rule: rule.words)), False)

    def count(self, wanted: RoleFilter) -> tuple[int, bool]:
        """How many there are."""
        return len(self.page(wanted).rows), False

    def save(self, rule: RoleRule, role: str, *, allowed: bool, limit: Limit) -> RoleRule:
        """Let a role do this or not, and so far; the rule as it is now.

        UserError: the login is not for every store, somebody else was first, or the sums do not fit.
        """
        was = self._told[role]
        permissions = {*was["permissions"]} - {rule.id} | ({rule.id} if allowed else set())
        limits = {name: told for name, told in was["limits"].items() if name != rule.limited}
        sums = {"ppm": limit.ppm, "amount": limit.amount}
        if rule.limited and limit != NO_LIMIT:
            limits[rule.limited] = {name: value for name, value in sums.items() if value is not None}
        with self._database.sale.connection() as connection:
            answer = rows.save_role(connection, role, was, sorted(permissions), limits)
        if answer["outcome"] == "refused":
            raise UserError("roles.every_store" if answer["reason"] == "every_store" else "roles.refused")
        self._told = {**self._told, role: answer["role"]}
        if answer["outcome"] == "conflict":
            raise UserError("roles.conflict")
        return _rule(rule.id, IN_WORDS[rule.id], self._told)


def _rule(name: str, words: str, told: Mapping[str, Any]) -> RoleRule:
    limits = {}
    for role, state in told.items():
        sums = state["limits"].get(LIMITED.get(name, ""), {})
        limits[role] = Limit(sums.get("ppm"), sums.get("amount"))
    allowed = frozenset(role for role, state in told.items() if name in state["permissions"])
    return RoleRule(name, words[:1].upper() + words[1:], allowed, limits)
