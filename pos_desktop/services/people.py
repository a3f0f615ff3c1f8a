"""Staff at the till: cards, signing in by PIN, and a supervisor's approval on the spot."""

from __future__ import annotations

from pos_desktop.domain.approvals import PinEntry
from pos_desktop.domain.barcode import without_cards
from pos_desktop.domain.permissions import DIFFERENCE_OVER
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.core import TillCore
from pos_desktop.services.offline_people import OwnVerifiers
from pos_desktop.services.pin import pepper_fits, pin_secret
from pos_desktop.services.problems import not_allowed
from pos_desktop.services.results import Cashier, SignedIn, SignInRefused, StaffCard, Within

add_messages(
    {
        "till.other_pepper": (
            "This till's pepper is missing or not the shop's, so it cannot take anybody's PIN.\n"
            "Ask for it to be copied from another till; pos-desktop doctor says where to."
        ),
        "staff.limit": "This goes further than {name} may allow.\nAsk somebody who may allow more.",
    }
)

NO_SALT = bytes(16)
"""Salt for a number nobody has: the server is asked all the same, so that guessing costs and counts."""


class People:
    """The part of ``TillServices`` that knows who stands at the till."""

    _core: TillCore
    _pepper: bytes
    _salts: dict[int, bytes]
    _pepper_known = False
    _own: OwnVerifiers | None
    _unheard: tuple[int, bytes] | None = None

    def staff(self) -> tuple[StaffCard, ...]:
        """Everyone who works in this store, for the sign-in screen."""
        own = self._own
        rows = self._core.either(self._core.link.staff, lambda: own.staff() if own else ())
        if own is not None and not self._core.alone.selling and self._core.alone.policy.enabled:
            own.keep_staff(rows)
        self._salts = {row.number: row.salt for row in rows}
        return tuple(StaffCard(row.number, row.name, row.role) for row in rows)

    def sign_in(self, number: int, pin: str) -> SignedIn | SignInRefused:
        """Sign someone in; SignInRefused carries the seconds to wait. The basket is not touched."""
        found = self._check(number, pin)
        if isinstance(found, Cashier):
            self._check_shift(found)
            self._core.cashier = found
            return SignedIn(found)
        return found

    def _check_shift(self, person: Cashier) -> None:
        """In a shift that is one cashier's own nobody else sells; who may close it may sign in for that."""
        shift = self._core.shift
        if shift is None or not shift.single or person.number == shift.cashier:
            return
        if not person.may(DIFFERENCE_OVER):
            names = {card.number: card.name for card in self.staff()}
            raise UserError("till.single_shift", name=names.get(shift.cashier, str(shift.cashier)))

    def sign_out(self) -> None:
        """Nobody is at the till; baskets, shift and chain stay as they are."""
        self._core.cashier = self._unheard = None

    def approve(
        self, number: int, pin: str, permission: str, about: str = "", within: Within | None = None
    ) -> Cashier | SignInRefused:
        """Someone who may allows one thing, once; the cashier goes on.

        ``about`` names it in words, ``within`` says how far it goes. UserError when that person's role may
        not either, or not so far. The next document that names this permission and person rests on it.
        """
        found = self._check(number, pin, permission, without_cards(about))
        if isinstance(found, Cashier) and not found.may(permission):
            raise not_allowed(found.name, permission)
        if isinstance(found, Cashier) and within is not None and not self.goes_so_far(found, within):
            raise UserError("staff.limit", name=found.name)
        return found

    def goes_so_far(self, person: Cashier | StaffCard, within: Within) -> bool:
        """Whether a person's role goes so far by itself; nobody is asked."""
        rules = self._core.cash_rules
        return rules.within(person.role, within.what, ppm=within.ppm, amount=within.amount)

    def _check(self, number: int, pin: str, what: str = "", about: str = "") -> Cashier | SignInRefused:
        if not (pin.isascii() and pin.isdigit()):
            return SignInRefused(0)
        return self._core.either(
            lambda: self._ask(number, pin, what, about), lambda: self._check_alone(number, pin)
        )

    def _ask(self, number: int, pin: str, what: str, about: str) -> Cashier | SignInRefused:
        self._core.hello  # noqa: B018 - says whether this PIN may be remembered here
        self._check_pepper()
        salt = self._salt(number)
        secret = pin_secret(pin, salt, self._pepper)
        answer = self._core.link.sign_in(number, secret, what, about)
        if not answer.ok:
            if self._own is not None and answer.wait_seconds == 0:
                self._own.refused(number, secret)
            return SignInRefused(answer.wait_seconds)
        if answer.approval:
            self._core.approvals.add(PinEntry(answer.approval, what, number))
        cashier = Cashier(number, answer.name, answer.role, answer.permissions)
        if self._own is not None and self._core.alone.policy.enabled:
            self._own.remember(cashier, salt, secret)
        self._unheard = None
        return cashier

    def _check_alone(self, number: int, pin: str) -> Cashier | SignInRefused:
        """By the till's own verifier; the server hears of it when it is back."""
        if self._own is None:
            raise UserError("offline.not_now")
        secret = pin_secret(pin, self._salt(number), self._pepper)
        found = self._own.check(number, secret)
        if isinstance(found, Cashier):
            self._unheard = (number, secret)
        return found

    def _tell_sign_in(self) -> None:
        """The server is back: tell it who signed in meanwhile, so that his next sale carries no flag."""
        told, self._unheard = self._unheard, None
        if told is not None and self._core.cashier is not None and self._core.cashier.number == told[0]:
            self._core.link.sign_in(*told)

    def _check_pepper(self) -> None:
        """With another pepper each right PIN would count as a wrong one: UserError, none is counted."""
        if not self._pepper_known:
            if not pepper_fits(self._pepper, self._core.link.pepper_check()):
                raise UserError("till.other_pepper")
            self._pepper_known = True

    def _salt(self, number: int) -> bytes:
        if number not in self._salts:
            self.staff()
        return self._salts.get(number, NO_SALT)
