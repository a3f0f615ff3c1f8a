"""What the register's screens are given and what they answer: frozen values, no widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pos_desktop.domain.basket_parts import CheckMethod, CheckOutcome
from pos_desktop.domain.money import Currency

Counts = tuple[tuple[int, int], ...]
"""(denomination in minor units, pieces), largest first, nothing counted left out."""

PrintState = Literal["printing", "printed", "waiting", "off"]
CashDirection = Literal["drop", "pay_in", "pay_out"]
EntryKind = Literal["price", "quantity", "weight", "amount"]


# -- who ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """One card of the sign-in screen; ``role`` in words, ``note`` a second fact ("sale waiting: 7 lines")."""

    number: int
    name: str
    role: str
    note: str = ""

    @property
    def initials(self) -> str:
        """Up to two letters for the round mark."""
        words = [w for w in self.name.split() if w[:1].isalnum()]
        if len(words) > 1:
            return (words[0][0] + words[-1][0]).upper()
        return "".join(words)[:2].upper()


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who wants to sign in, or to approve, with the PIN typed; the PIN never shows in a log."""

    number: int
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What a supervisor is asked to allow, named in full ("Change the price of Malbec, 9.50 to 5.00")."""

    words: str
    people: tuple[Person, ...]


# -- shift -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpeningView:
    """A shift about to be opened on a drawer, for a business date; ``note`` is worth knowing before."""

    till: int
    drawer: int
    business_date: date
    currency: Currency
    cashier: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShiftOpening:
    """The float put into the drawer, minor units; ``counts`` empty when it was typed as one sum."""

    amount: int
    counts: Counts = ()


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A shift about to be closed. ``expected`` cannot be looked at before the count when ``blind``.

    ``blockers`` say in words what stops the close ("A sale is still open on this till."); () lets it go on;
    ``note`` is worth knowing and stops nothing.
    """

    till: int
    drawer: int
    business_date: date
    currency: Currency
    expected: int
    blind: bool
    z: int
    blockers: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShiftCount:
    """The drawer as counted, minor units; ``recounts`` says how often it was counted again after review."""

    counted: int
    counts: Counts
    blind: bool
    recounts: int = 0


@dataclass(frozen=True, slots=True)
class CashMoved:
    """Cash in or out of the drawer: ``amount`` is positive minor units, the direction says which way."""

    direction: CashDirection
    amount: int
    reason: str


# -- paying ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CashGiven:
    """Cash the customer hands over, minor units; may be less (a part) or more (change) than is due."""

    amount: int


@dataclass(frozen=True, slots=True)
class CardAsked:
    """An amount to put on the card terminal, minor units, never more than is still to pay."""

    amount: int


@dataclass(frozen=True, slots=True)
class OtherAsked:
    """An amount to be paid otherwise than in cash or by card, minor units; ``code`` when one was scanned."""

    amount: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A way of paying beside cash and card; ``code`` when it was scanned at once."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class CodeQuestion:
    """A code to scan or type: what for (``kind``), in words, for which amount (minor units; None: none yet).

    ``take`` stands on the key that takes it ("": the usual words), ``other`` on the key that goes on without
    a code ("": there is none); ``may_be_empty``: nothing typed is an answer too.
    """

    kind: str
    title: str
    do: str
    field: str
    currency: Currency
    amount: int | None = None
    take: str = ""
    other: str = ""
    may_be_empty: bool = False
    asks_server: bool = True


@dataclass(frozen=True, slots=True)
class CodeEntered:
    """The code as it was scanned or typed; "" without one."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class PaymentRemoved:
    """Payment ``index`` (0 is the first) is given back."""

    index: int


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What the terminal's slip says. ``unknown`` answers were not clear and need a supervisor's approval."""

    amount: int
    paid: bool
    ref: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmingView:
    """A paid sale whose record waits for the server: total in minor units, attempts so far.

    ``alone``: the till accepts the sale by itself when the server stays silent; ``why`` it may not.
    """

    number: str
    total: int
    lines: int
    currency: Currency
    attempts: int = 1
    alone: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class CapRow:
    """One cap of selling alone: how much of it is used, in words and per cent."""

    name: str
    words: str
    percent: int
    state: Literal["good", "warn", "danger"]


@dataclass(frozen=True, slots=True)
class OfflineView:
    """How the server and this till stand: a title, what the cashier may do, the caps, further facts."""

    title: str
    words: str
    rows: tuple[CapRow, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PendingView:
    """Why the shift cannot be closed: documents the server has not got, oldest first, each in words."""

    title: str
    words: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopView:
    """Why this till cannot be used: what happened, to what, what to do next, who holds it, a reference."""

    title: str
    what: str
    do: str
    holder: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A finished sale: change in minor units, (name, amount) of what was given, and the paper's state.

    ``offline``: the till accepted it while the server was away.
    """

    change: int
    total: int
    given: tuple[tuple[str, int], ...]
    number: str
    currency: Currency
    printing: PrintState = "printed"
    offline: bool = False


# -- questions ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgeQuestion:
    """An item needs an age. ``today`` is the shop's date by the server's clock."""

    item: str
    min_age: int
    today: date
    category: str = ""
    challenge: int = 25


@dataclass(frozen=True, slots=True)
class AgeAnswer:
    """The answer and how it was found, and nothing about the person."""

    min_age: int
    result: CheckOutcome
    method: CheckMethod = "seen"


@dataclass(frozen=True, slots=True)
class EntryQuestion:
    """A number to type: a price or sum in minor units, a quantity or weight in thousandths."""

    kind: EntryKind
    title: str
    item: str
    currency: Currency
    unit: str = "each"
    price: int | None = None
    was: str = ""
    leave: str = ""
    """What the key says that leaves it; "" for the usual words."""


@dataclass(frozen=True, slots=True)
class EntryAnswer:
    """The number typed: minor units for price and amount, thousandths for quantity and weight."""

    kind: EntryKind
    value: int


@dataclass(frozen=True, slots=True)
class StockQuestion:
    """Too little of an item is left by the books; quantities in thousandths of ``unit``."""

    item: str
    unit: str
    on_hand: int
    wanted: int
    leave: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason key: its code as the document states it, and its words."""

    code: str
    words: str


# -- lists -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A held sale: who held it where and when (in words), its lines and total in minor units."""

    sale_id: str
    label: str
    by: str
    at: str
    lines: int
    total: int


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt of this till that can be printed again; ``total`` in minor units."""

    no: int
    number: str
    at: str
    what: str
    total: int


@dataclass(frozen=True, slots=True)
class ZRow:
    """A Z report that can be printed again: its number, its day in words, its sales, minor units over."""

    no: int
    day: str
    sales: int
    over_short: int


@dataclass(frozen=True, slots=True)
class Recall:
    """The held sale to take up again."""

    sale_id: str


@dataclass(frozen=True, slots=True)
class Reprint:
    """The receipt to print again, by its number in the till's series; or the Z report, by its own."""

    no: int


@dataclass(frozen=True, slots=True)
class MoreView:
    """What the More panel offers: the theme in use, who is signed in, and what needs a supervisor."""

    theme: Literal["light", "dark"]
    person: str
    supervised: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MoreChoice:
    """A key of the More panel; see ``more.CHOICES`` for the names."""

    name: str
