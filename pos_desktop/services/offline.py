"""How far a till may go while the server is away: since when, what is used of its caps, what it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pos_desktop.domain.document import SALES, Document
from pos_desktop.domain.money import Currency, currency, format_money
from pos_desktop.errors import UserError, add_messages
from pos_desktop.journal.journal import Open, Taken
from pos_desktop.journal.notes import Notes
from pos_desktop.services.link import Clock
from pos_desktop.services.offline_state import (
    NEAR_PERCENT,
    OfflineCaps,
    OfflineState,
    StopCode,
    TenderRule,
)
from pos_desktop.words import WordTable, later, t

ALONE_KINDS = ("sale", "void", "event", "no_sale")
"""What a till may record by itself; cash movements, shifts and the Z wait for the server."""

ACCEPTED_KINDS = (*ALONE_KINDS, "cash")
"""What it may take for done when it was sent and no answer came: the cash has moved already."""

add_messages(
    {
        "offline.stopped": "{words}\n{todo}",
        "offline.not_now": (
            "The server is away, and this needs it.\n"
            "Go on selling for cash or card; do this when the server is back."
        ),
        "offline.sign_in": (
            "The server is away, and {name} has not signed in at this till lately.\n"
            "Somebody who has can sign in."
        ),
    }
)

_WORDS: Mapping[StopCode, str] = WordTable(
    {
        "time": "This till has sold alone for {minutes} minutes, as long as it may.",
        "count": "This till has made {sales} sales alone, as many as it may.",
        "sale": "Without the server a sale may be {sale} at most, and this one is more.",
        "cash": "This till has taken {used} in cash alone and may take {cash} at most.",
        "snapshot": "This till's own copy of the prices is missing or too old to sell from.",
        "shift": "The server is away, and no shift is open on this drawer.",
    }
)
_FEWER = later("Take items out, or wait until the server answers.")
_CARD = later("Take a card, or wait until the server answers.")
_WAIT = later("Wait until the server answers, or sell at another till.")
_NEAR: Mapping[StopCode, str] = WordTable(
    {
        "time": "{used_minutes} of {minutes} minutes without the server are over.",
        "count": "{used_sales} of {sales} sales without the server are made.",
        "cash": "{used} of {cash} cash without the server is taken.",
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the store allows its tills: nothing, unless its setting says otherwise."""

    enabled: bool
    caps: OfflineCaps
    currency: Currency


NEVER = Policy(False, OfflineCaps(), currency("GBP"))
"""Until the server has said otherwise."""


class Alone:
    """The till's own account of being alone. Reading it never blocks: every part is replaced whole.

    ``every`` is how often, in seconds, a till asks the server what is new while all is well.
    """

    def __init__(self, clock: Clock, notes: Notes | None = None) -> None:
        self._clock = clock
        self._notes = notes
        self.policy = NEVER
        self.open = Open(0, 0, 0, 0, 0)
        self.away_since: datetime | None = None
        self.snapshot_until: datetime | None = None
        self.offset_ms = 0
        self.has_shift = False
        self.every = 20.0

    @property
    def selling(self) -> bool:
        """The server is known to be away, and the till goes on by itself."""
        return self.away_since is not None and self.policy.enabled

    def went_away(self) -> bool:
        """No answer came; whether that is news. The moment survives a restart."""
        if self.away_since is not None:
            return False
        kept = self._notes.get("away_ms") if self._notes else None
        self.away_since = datetime.fromtimestamp(int(kept) / 1000, UTC) if kept else self._clock.now()
        if self._notes:
            self._notes.put("away_ms", str(int(self.away_since.timestamp() * 1000)))
        return True

    def came_back(self) -> bool:
        """The server has everything; whether that is news."""
        news, self.away_since = self.away_since is not None, None
        if self._notes:
            self._notes.drop("away_ms")
        return news

    # -- may it go on --------------------------------------------------------------------------------

    def minutes(self) -> int:
        """Minutes alone so far. A clock put back does not give any back."""
        if self.away_since is None:
            return 0
        last = datetime.fromtimestamp(self.open.last_ms / 1000, UTC)
        return max(0, int((max(self._clock.now(), last) - self.away_since).total_seconds() // 60))

    def obstacle(self, total: int = 0, cash: int = 0, *, one_more: bool = True) -> StopCode:
        """What is in the way of one more document of this total and cash (minor units); "" when nothing is.

        ``one_more``: it is a sale; what is none needs a shift and nothing else.
        """
        caps = self.policy.caps
        now = self._clock.now() + timedelta(milliseconds=self.offset_ms)
        if not self.has_shift:
            return "shift"
        if not one_more:
            return ""
        if self.snapshot_until is None or now >= self.snapshot_until:
            return "snapshot"
        if self.minutes() >= caps.minutes:
            return "time"
        if self.open.sales >= caps.sales:
            return "count"
        if total > caps.sale:
            return "sale"
        if cash > 0 and self.open.cash + cash > caps.cash:
            return "cash"
        return ""

    def check(self, document: Document) -> Taken:
        """What the till takes upon itself with a document; UserError when it may not."""
        if document.kind not in ALONE_KINDS or not _may_stand(document):
            raise UserError("offline.not_now")
        taken = taken_of(document, self._clock.now())
        if reason := self._obstacle_to(document, taken):
            words, todo = self.words(reason)
            raise UserError("offline.stopped", words=words, todo=todo)
        return taken

    def would_accept(self, document: Document) -> Taken | None:
        """What the till takes upon itself with a document sent and not answered; None: it may not."""
        if not self.policy.enabled or document.kind not in ACCEPTED_KINDS or not _may_stand(document):
            return None
        taken = taken_of(document, self._clock.now())
        return None if self._obstacle_to(document, taken) else taken

    def _obstacle_to(self, document: Document, taken: Taken) -> StopCode:
        total = document.fields["total"] if taken.sale else 0
        return self.obstacle(total, taken.cash, one_more=taken.sale)

    # -- what the screens are told -------------------------------------------------------------------

    def words(self, reason: StopCode) -> tuple[str, str]:
        """What happened and what to do next, for a reason not to sell."""
        todo = {"sale": _FEWER, "cash": _CARD}.get(reason, _WAIT)
        return _WORDS[reason].format(**self._figures()), t(todo)

    def state(self, mirror_words: str) -> OfflineState:
        """All of it at this moment; see :class:`OfflineState`."""
        near = self._near()
        reason: StopCode = "" if self.away_since is None else "off"
        level, words = "ok", ""
        if self.selling and (stop := self.obstacle()):
            level, reason, words = "stop", stop, self.words(stop)[0]
        elif self.selling:
            level, reason = ("near" if near else "ok"), near
            words = _NEAR[near].format(**self._figures()) if near else ""
        return OfflineState(
            enabled=self.policy.enabled,
            away_since=self.away_since,
            pending=self.open.all,
            sales=self.open.sales,
            cash=self.open.cash,
            minutes=self.minutes(),
            caps=self.policy.caps,
            level=level,  # type: ignore[arg-type]
            reason=reason,
            words=words,
            snapshot_valid_until=self.snapshot_until,
            mirror_words=mirror_words,
        )

    def tender_rule(self, total: int) -> TenderRule:
        """What a sale of this total (minor units) may be paid with now."""
        if not self.selling:
            return TenderRule(offline=False)
        words = t("The server is away. Take cash, or a card the terminal approves by itself.")
        if reason := self.obstacle(total):
            return TenderRule(True, (), words, reason, "\n".join(self.words(reason)))
        if self.obstacle(total, total) == "cash":
            return TenderRule(True, ("card",), "\n".join(self.words("cash")), "cash")
        return TenderRule(offline=True, words=words)

    def _near(self) -> StopCode:
        caps, used = self.policy.caps, self.open
        parts: tuple[tuple[StopCode, int, int], ...] = (
            ("time", self.minutes(), caps.minutes),
            ("count", used.sales, caps.sales),
            ("cash", used.cash, caps.cash),
        )
        return next((name for name, part, cap in parts if part * 100 >= cap * NEAR_PERCENT), "")

    def _figures(self) -> dict[str, object]:
        caps, money = self.policy.caps, self.policy.currency
        return {
            "minutes": caps.minutes,
            "sales": caps.sales,
            "sale": format_money(caps.sale, money),
            "cash": format_money(caps.cash, money),
            "used": format_money(self.open.cash, money),
            "used_minutes": self.minutes(),
            "used_sales": self.open.sales,
        }


def _may_stand(document: Document) -> bool:
    """Whether the document itself leaves it to the till: what only the server can judge carries no mark."""
    return bool({"stands", "offline"} & set(document.fields["flags"]))


def taken_of(document: Document, now: datetime) -> Taken:
    """What a till takes upon itself: a sale counts, and its cash after change (minor units)."""
    fields, sale = document.fields, document.kind in SALES
    paid = fields["tenders"] if sale else ()
    cash = sum(tender["amount"] for tender in paid if tender["kind"] == "cash")
    return Taken(sale, cash, int(now.timestamp() * 1000))
