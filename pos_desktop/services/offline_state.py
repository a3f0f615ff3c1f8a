"""Frozen values of selling while the server is away: how far a till may go, how far it went, what to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pos_desktop.services.results import Settled

Level = Literal["ok", "near", "stop"]

StopCode = Literal[
    "", "off", "time", "count", "sale", "cash", "snapshot", "disk", "shift", "stopped", "unconfirmed"
]
"""Why nothing can be sold now, or (level "near") which cap is close; "" when nothing is in the way."""

NEAR_PERCENT = 80


@dataclass(frozen=True, slots=True)
class OfflineCaps:
    """How far this store lets a till go alone: minutes, sales, one sale's total and cash in minor units."""

    minutes: int = 240
    sales: int = 200
    sale: int = 25_000
    cash: int = 500_000


@dataclass(frozen=True, slots=True)
class OfflineState:
    """Whether the till is alone, and how much of its allowance is used.

    ``away_since`` is None while the server answers. ``pending`` counts documents on this disk the server has
    not answered; ``sales`` and ``cash`` (minor units) are those of them that were sold alone, ``minutes`` the
    time alone so far. ``level`` is near from 80 % of any cap, stop at 100 %; ``reason`` says which cap, and
    ``words`` is one sentence for the cashier ("" when there is nothing to say). ``mirror_words`` is not
    empty while the journal's second copy is not being written.
    """

    enabled: bool
    away_since: datetime | None
    pending: int
    sales: int
    cash: int
    minutes: int
    caps: OfflineCaps
    level: Level = "ok"
    reason: StopCode = ""
    words: str = ""
    snapshot_valid_until: datetime | None = None
    mirror_words: str = ""

    @property
    def away(self) -> bool:
        """The server does not answer, or has not been told everything yet."""
        return self.away_since is not None

    @property
    def selling(self) -> bool:
        """Away, and the till goes on selling by itself."""
        return self.away and self.enabled and self.level != "stop"


@dataclass(frozen=True, slots=True)
class TenderRule:
    """What may be paid with now. ``stop`` is empty, or says in two lines why this total cannot be sold.

    ``offline`` is set while the till sells alone: cash, and a card the terminal approved by itself;
    ``words`` says so in one sentence.
    """

    offline: bool
    kinds: tuple[str, ...] = ("cash", "card")
    words: str = ""
    reason: StopCode = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat came to: ``came_back`` when the server has everything again, ``settled`` what it
    answered meanwhile (also refusals: words for the cashier are in them), ``let_in`` when a till that was
    stopped may go on."""

    state: OfflineState
    settled: Settled
    came_back: bool = False
    went_away: bool = False
    let_in: bool = False
