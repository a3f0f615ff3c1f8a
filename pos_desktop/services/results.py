"""Frozen values the services hand to the windows: what a till is, and how each use case ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pos_desktop.domain.basket import Basket, Item
from pos_desktop.domain.cash_rules import LimitName
from pos_desktop.domain.document import Document
from pos_desktop.domain.money import Currency
from pos_desktop.domain.tax import Taxes, TaxMode
from pos_desktop.domain.tender import Tender
from pos_desktop.services.found import CouponFound
from pos_desktop.services.stop_reason import StopReason

# -- state of the till ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """The store this till belongs to, with the words its paper carries.

    ``count_blind``: a drawer is counted before what is expected in it shows.
    """

    number: int
    name: str
    currency: Currency
    tax_mode: TaxMode
    time_zone: str
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    code_patterns: tuple[str, ...] = ()
    command_secret: str = ""
    count_blind: bool = False


@dataclass(frozen=True, slots=True)
class OpenShift:
    """The shift open on this till's drawer; ``float_amount`` in minor units.

    ``single``: only ``cashier`` sells in it, and answers alone for what is over or short.
    """

    id: str
    opened_at: datetime
    cashier: int
    business_date: str
    float_amount: int
    single: bool = False


@dataclass(frozen=True, slots=True)
class Cashier:
    """Who is signed in, and what the role allows (names in domain.permissions)."""

    number: int
    name: str
    role: str
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """This person's role allows it."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Within:
    """How far something goes that a role may be held to: parts per million, minor units."""

    what: LimitName
    ppm: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Tile:
    """A key on a tile page that sells one item."""

    label: str
    item: Item
    icon: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class TilePage:
    """A named page of tiles, a category as a rule."""

    name: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """A category that an unknown code can be sold under: ``item`` is its open-price item."""

    name: str
    item: Item


@dataclass(frozen=True, slots=True)
class TillState:
    """A snapshot of the till for the windows.

    ``unconfirmed`` counts documents on the till's disk the server has not answered yet; while it is not 0
    nothing new is sold. ``unprinted`` are document numbers settled by a replay whose paper was never offered.
    ``head`` is hex; ``z_next`` the number of the next Z. ``cash_reasons`` by direction (drop, pay_in,
    pay_out).
    """

    store: StoreInfo
    number: int
    name: str
    drawer: int
    epoch: int
    next_no: int
    head: str
    grand: int
    z_next: int
    shift: OpenShift | None
    cashier: Cashier | None
    online: bool
    unconfirmed: int
    unprinted: tuple[int, ...]
    offset_ms: int
    stopped: StopReason | None = None
    no_sale_reasons: tuple[str, ...] = ()
    void_reasons: tuple[str, ...] = ()
    refund_reasons: tuple[str, ...] = ()
    price_reasons: tuple[str, ...] = ()
    cash_reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# -- staff -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaffCard:
    """One person on the sign-in screen."""

    number: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The PIN was right."""

    cashier: Cashier


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """The PIN was wrong, or it is too early to try again: wait that many seconds (0: try now)."""

    wait_seconds: int


# -- look-ups --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """The code is on file. ``qty`` (thousandths) or ``amount`` (minor units) come from a label, if any.

    ``code`` is the canonical code for the line; add by ``Basket.add``, or ``add_label`` when amount is set.
    """

    item: Item
    code: str
    qty: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class NotOnFile:
    """A readable code that no item of this store has."""

    code: str


@dataclass(frozen=True, slots=True)
class BadCode:
    """Not a code: a check digit is off or characters do not belong; ``words`` says which.

    ``receipt``: the number of a receipt, whose goods may come back.
    """

    text: str
    words: str
    receipt: str = ""


Lookup = Found | NotOnFile | BadCode | CouponFound

# -- selling ---------------------------------------------------------------------------------------

ProblemCode = Literal["price_moved", "tax_moved", "blocked", "out_of_stock", "no_item"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What the server found on one line before the tender; the new values are 0 or "" when not moved."""

    n: int
    code: str
    words: str
    price: int = 0
    price_version: int = 0
    tax: str = ""
    rate: int = 0
    taxes: Taxes = ()
    on_hand: int = 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The basket may be paid (``ok``), or the problems come first; ``basket`` has taken moved prices over.

    ``offline``: the server was away, so the till's own copy of the catalogue answered.
    """

    ok: bool
    problems: tuple[Problem, ...]
    basket: Basket
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """A fact: on the till's disk, and confirmed by the server or (outcome "offline") accepted by the till.

    ``flags`` are what managers are told. Drawer, paper and change follow in either case; the paper of an
    offline sale says so.
    """

    document: Document
    outcome: Literal["booked", "flagged", "offline"]
    flags: tuple[str, ...] = ()
    replayed: bool = False

    @property
    def head(self) -> str:
        """The chain head to print, hex."""
        return self.document.head

    @property
    def offline(self) -> bool:
        """Accepted by the till alone: the server has yet to hear of it."""
        return self.outcome == "offline"


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused with no effect: the number is used up, the basket stays, paying again is a new document."""

    reason: str
    words: str
    document: Document


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """No answer yet: "Confirming...", basket locked, no paper, no drawer; call ``settle``."""

    document: Document
    words: str


@dataclass(frozen=True, slots=True)
class TillStopped:
    """The server did not take the document: number, chain or till do not fit. This till sells no more."""

    reason: StopReason


Posted = Completed | Refused | Unconfirmed | TillStopped


@dataclass(frozen=True, slots=True)
class Settled:
    """What a replay of the journal came to: ``done`` in order, ``pending`` documents still without answer."""

    done: tuple[Completed | Refused, ...]
    pending: int
    words: str = ""
    stopped: StopReason | None = None


@dataclass(frozen=True, slots=True)
class CardAttempt:
    """A card payment begun on the terminal and not known to have ended; amount in minor units."""

    sale_id: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What the till was doing when it stopped. ``tenders`` were taken but the sale was never completed.

    ``asked`` is a code whose question was open: scan it again.
    """

    basket: Basket
    tenders: tuple[Tender, ...] = ()
    card: CardAttempt | None = None
    asked: str = ""


@dataclass(frozen=True, slots=True)
class HeldSale:
    """A parked basket; ``total`` in minor units."""

    sale_id: str
    label: str
    held_at: datetime
    till: int
    cashier: int
    count: int
    total: int


# -- shifts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a shift as the ledger has them (``values`` is what an X shows and a Z must equal)."""

    values: Mapping[str, Any]
    expected_cash: int


@dataclass(frozen=True, slots=True)
class DrawerState:
    """The drawer is ``full``: it holds more than ``limit`` (minor units; 0: nobody says when)."""

    full: bool
    limit: int


@dataclass(frozen=True, slots=True)
class XReport:
    """The shift so far."""

    shift: OpenShift
    figures: Figures
    at: datetime


@dataclass(frozen=True, slots=True)
class ZReport:
    """The closed shift: the Z's document, its figures, counted and over or short (minor units)."""

    shift: OpenShift
    figures: Figures
    z: int
    counted: int
    counts: tuple[tuple[int, int], ...]
    blind: bool
    over_short: int
    document: Document
    at: datetime


@dataclass(frozen=True, slots=True)
class CannotRecord:
    """The till cannot record now; say so before any payment is taken."""

    words: str
    todo: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What start-up found: documents settled by replay, and the basket to go on with, if any."""

    settled: Settled
    draft: Draft | None = None
    to_print: tuple[Document, ...] = field(default=())
