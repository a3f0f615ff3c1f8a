"""What a cashier may not do is asked of a supervisor on the spot: a PIN over the screen, naming the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject

from pos_desktop.services.results import Cashier, SignInRefused, StaffCard, Within
from pos_desktop.words import later, t
from ui.register.desk import Desk
from ui.register.screens.approval import ApprovalOverlay
from ui.register.screens.values import ApprovalRequest, Person, SignIn

Then = Callable[[Cashier], None]
ROLES = {"cashier": later("Cashier"), "supervisor": later("Supervisor"), "manager": later("Manager")}


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody is to allow ("Void this sale of £12.40"): read on the screen, and kept in the books."""

    text: str
    values: Mapping[str, object]

    @property
    def shown(self) -> str:
        """In the language in use."""
        return t(self.text, **self.values)

    @property
    def kept(self) -> str:
        """In English, whatever language the till speaks: who checks the books reads them all."""
        return self.text.format(**self.values)


def act(text: str, /, **values: object) -> Act:
    """The act ``text`` names; its words are marked with ``later``."""
    return Act(text, values)


def person(card: StaffCard, note: str = "") -> Person:
    """A staff card as the sign-in pad shows it."""
    return Person(card.number, card.name, t(ROLES.get(card.role, card.role.capitalize())), note)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody is to allow."""

    permission: str
    act: Act
    within: Within | None


class Approvals(QObject):
    """Runs what was asked at once when the cashier may, else after a supervisor's PIN."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    def need(
        self,
        permission: str,
        what: Act,
        then: Then,
        denied: Callable[[], None] | None = None,
        *,
        within: Within | None = None,
    ) -> None:
        """Call ``then`` with who allowed it; ``what`` names the act.

        ``within``: how far it goes, where roles have a limit; the cashier's own may not reach. What is
        allowed is allowed once: the next document that rests on it uses it up.
        """
        cashier = self._desk.cashier
        if cashier is not None and cashier.may(permission) and self._reaches(cashier, within):
            then(cashier)
            return
        asked = _Asked(permission, what, within)
        self._desk.query(self._desk.services.staff, lambda staff: self._open(asked, staff, then, denied))

    def _reaches(self, somebody: Cashier | StaffCard, within: Within | None) -> bool:
        return within is None or self._desk.services.goes_so_far(somebody, within)

    def _open(
        self, what: _Asked, staff: tuple[StaffCard, ...], then: Then, denied: Callable[[], None] | None
    ) -> None:
        reaching = [card for card in staff if self._reaches(card, what.within)]
        # Cashiers stand on the list only where nobody else works here: the pad must never be empty.
        above = [card for card in reaching if card.role != "cashier"]
        able = tuple(map(person, above or reaching or staff))
        overlay = ApprovalOverlay(ApprovalRequest(what.act.shown, able), keys=self._desk.keys)

        def close() -> None:
            self._desk.stage.close_overlay(overlay)
            if denied is not None:
                denied()

        def answered(answer: Cashier | SignInRefused) -> None:
            overlay.set_busy(False)
            if isinstance(answer, Cashier):
                self._desk.stage.close_overlay(overlay)
                then(answer)
            else:
                overlay.refuse(answer.wait_seconds)

        def asked(sign_in: SignIn) -> None:
            overlay.set_busy(True)
            work = lambda: self._desk.services.approve(  # noqa: E731
                sign_in.number, sign_in.pin, what.permission, what.act.kept, what.within
            )
            self._desk.command(work, answered, lambda problem: _say(overlay, problem))

        overlay.approval_asked.connect(asked)
        overlay.back.connect(close)
        self._desk.stage.open_overlay(overlay)


def _say(overlay: ApprovalOverlay, problem: Exception) -> None:
    overlay.set_busy(False)
    overlay.refuse(0, str(problem))
