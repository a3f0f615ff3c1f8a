"""What the screens of a refund are given and what they answer: frozen values, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

from pos_desktop.domain.basket_parts import BackTo
from pos_desktop.domain.money import Currency
from pos_desktop.domain.refund import GiveBack, SoldLine
from ui.register.screens.values import Reason


@dataclass(frozen=True, slots=True)
class RefundView:
    """A receipt's lines to choose from, what of them is chosen already (line, thousandths), and the reasons.

    ``scanning``: there is no receipt, what comes back is scanned.
    """

    title: str
    note: str
    lines: tuple[SoldLine, ...]
    reasons: tuple[Reason, ...]
    currency: Currency
    chosen: tuple[tuple[int, int], ...] = ()
    scanning: bool = False


@dataclass(frozen=True, slots=True)
class RefundChosen:
    """What comes back: lines with how much of each (thousandths), where to, and why."""

    lines: tuple[tuple[SoldLine, int], ...]
    to: BackTo
    reason: str


@dataclass(frozen=True, slots=True)
class GiveBackView:
    """How the money of a refund goes back; ``note`` says what to do, ``credit``: a credit may be given."""

    ways: tuple[GiveBack, ...]
    currency: Currency
    note: str = ""
    credit: bool = False
