"""What a till needs from its server and from time, as protocols: the real thing or a simulation."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from pos_desktop.database.staff import SignIn, StaffRow
from pos_desktop.database.till import Answer, Changes, Stored
from pos_desktop.domain.ids import uuid7
from pos_desktop.services.value_link import ValueLink

Json = dict[str, Any]

POST_DEADLINE = 8.0
"""Seconds from the completed tender until the screen says "Confirming..."."""


class CounterCalls(Protocol):
    """What a counter asks beside selling: of customers, and of goods that come back."""

    def seek_customer(self, how: str, what: str, cashier: int) -> Json:
        """Look a customer up, or add one; counted before it is answered."""

    def account_statement(self, look: str, limit: int) -> Json | None:
        """The newest lines of the house account of the customer just looked up."""

    def sale_to_refund(self, receipt: Mapping[str, Any]) -> Json | None:
        """A sale by its receipt's number or its document, as goods may come back of it; None without one."""

    def refund_price(self, item: int) -> Json | None:
        """The lowest recent price of an item: what it gives back at most without a receipt."""


class Link(CounterCalls, ValueLink, Protocol):
    """The server's functions for one till. Each call is one round trip and raises a ``PosError`` on trouble.

    ``timeout`` is seconds of wall clock: without an answer by then the call raises EnvironmentProblem, and
    what the server did is not known.
    """

    def hello(self, version: str, epoch: int) -> Json:
        """The store, the till and its chain, the open shift, reasons, tiles and categories."""

    def post_document(self, body: bytes, digest: bytes, timeout: float, stands: str = "") -> Answer:
        """Post one document; the same id again returns the first answer.

        ``stands``: "offline", "refilled" or "refused" when that is a fact at the till already.
        """

    def staff(self) -> Sequence[StaffRow]:
        """The people of this till's store."""

    def sign_in(self, number: int, secret: bytes, what: str = "", about: str = "") -> SignIn:
        """Compare a PIN's secret; wrong tries are counted on the server.

        ``what`` is the permission it approves something of, ``about`` that thing in words; "" to sign in.
        """

    def pepper_check(self) -> str:
        """The check value of the shop's pepper, "" when there is none yet."""

    def find_item(self, code: str) -> Json | None:
        """The item with this canonical code."""

    def search_items(self, words: str, limit: int) -> Sequence[Json]:
        """Items whose name holds every word."""

    def items_by_id(self, ids: Sequence[int]) -> Sequence[Json]:
        """Items by their ids, in no order."""

    def catalogue_page(self, after: int, limit: int, ids: Sequence[int] | None) -> Sequence[Sequence[Any]]:
        """Items after an id, or those named, for the till's own copy of the catalogue."""

    def changes_since(self, number: int) -> Changes:
        """What changed in the catalogue after change ``number``."""

    def seen(self, pending: int, oldest_seconds: int, offset_ms: int, version: str) -> datetime:
        """Report what waits on this till's disk, for the keeper; the server's time."""

    def find_coupon(self, code: str) -> Json | None:
        """The coupon of this code: its promotion, and whether it is used up."""

    def shop_rules(self) -> Json:
        """The shop's rules for this till's store, one key for each part."""

    def check_basket(self, body: Mapping[str, Any]) -> Json:
        """What would be in the way of this basket, before money changes hands."""

    def shift_report(self, shift: str) -> Json | None:
        """A shift's figures from the ledger."""

    def hold_sale(self, sale: str, body: Mapping[str, Any], label: str) -> None:
        """Park a basket for any till of the store."""

    def held_sales(self) -> Sequence[Json]:
        """The parked baskets."""

    def recall_sale(self, sale: str) -> Json | None:
        """Take a parked basket up; None when another till was first."""

    def document(self, no: int) -> Stored | None:
        """A document of this till's epoch."""

    def z_reports(self, limit: int) -> Sequence[Json]:
        """The last Z reports of this till, newest first."""


class Clock(Protocol):
    """Time, as the services see it."""

    def now(self) -> datetime:
        """The till's own clock, aware UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def pause(self, seconds: float) -> None:
        """Wait."""

    def new_id(self) -> str:
        """A UUID version 7 for a document or a sale."""


class SystemClock:
    """The machine's clock; ids stay in order even when it is set back."""

    def __init__(self) -> None:
        self._last_ms = 0

    def now(self) -> datetime:
        """The machine's time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic clock."""
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)

    def new_id(self) -> str:
        """A UUID version 7 from this clock and the system's randomness."""
        self._last_ms = max(self._last_ms, time.time_ns() // 1_000_000)
        return uuid7(self._last_ms, os.urandom(10))
