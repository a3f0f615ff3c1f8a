"""The link to a real server: each of the till's calls on one of the program's two lanes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pos_desktop.database import catalogue, keeper_beat, shifts, till
from pos_desktop.database import staff as people
from pos_desktop.database.pool import Database
from pos_desktop.services.counter_link import CounterLink
from pos_desktop.services.link import Json
from pos_desktop.services.value_link import ServerValue

HELLO_SECONDS = 4.0
"""A greeting changes nothing, so it gives up sooner than a sale and says that the server is away."""


class ServerLink(ServerValue, CounterLink):
    """What :class:`~pos_desktop.services.link.Link` asks for, from PostgreSQL.

    What a sale waits for goes by the sale lane, all else by the look-up lane, so that a slow search never
    stands in a sale's way.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def hello(self, version: str, epoch: int) -> Json:
        """``api.hello``."""
        with self._database.sale.connection(HELLO_SECONDS) as connection:
            return till.hello(connection, version, epoch)

    def post_document(self, body: bytes, digest: bytes, timeout: float, stands: str = "") -> till.Answer:
        """``api.post_document``: exactly one round trip."""
        with self._database.sale.connection(max(timeout, 0.05)) as connection:
            return till.post_document(connection, body, digest, stands)

    def check_basket(self, body: Mapping[str, Any]) -> Json:
        """``api.check_basket``."""
        with self._database.sale.connection() as connection:
            return till.check_basket(connection, body)

    def shift_report(self, shift: str) -> Json | None:
        """``api.shift_report``."""
        with self._database.sale.connection() as connection:
            return shifts.shift_report(connection, shift)

    def hold_sale(self, sale: str, body: Mapping[str, Any], label: str) -> None:
        """``api.hold_sale``."""
        with self._database.sale.connection() as connection:
            till.hold_sale(connection, sale, body, label)

    def held_sales(self) -> Sequence[Json]:
        """``api.held_sales``."""
        with self._database.lookups.connection() as connection:
            return till.held_sales(connection)

    def recall_sale(self, sale: str) -> Json | None:
        """``api.recall_sale``."""
        with self._database.sale.connection() as connection:
            return till.recall_sale(connection, sale)

    def document(self, no: int) -> till.Stored | None:
        """``api.document``."""
        with self._database.lookups.connection() as connection:
            return till.document(connection, no)

    def z_reports(self, limit: int) -> Sequence[Json]:
        """``api.z_reports``."""
        with self._database.lookups.connection() as connection:
            return shifts.z_reports(connection, limit)

    def staff(self) -> Sequence[people.StaffRow]:
        """The view ``api.staff``."""
        with self._database.lookups.connection() as connection:
            return people.staff(connection)

    def sign_in(self, number: int, secret: bytes, what: str = "", about: str = "") -> people.SignIn:
        """``api.sign_in``."""
        with self._database.lookups.connection() as connection:
            return people.sign_in(connection, number, secret, what, about)

    def pepper_check(self) -> str:
        """``api.start_check``."""
        with self._database.lookups.connection() as connection:
            return people.start_check(connection)

    def find_item(self, code: str) -> Json | None:
        """``api.find_item``."""
        with self._database.lookups.connection() as connection:
            return catalogue.find_item(connection, code)

    def search_items(self, words: str, limit: int) -> Sequence[Json]:
        """``api.search_items``."""
        with self._database.lookups.connection() as connection:
            return catalogue.search_items(connection, words, limit)

    def items_by_id(self, ids: Sequence[int]) -> Sequence[Json]:
        """``api.items_by_id``."""
        with self._database.lookups.connection() as connection:
            return catalogue.items_by_id(connection, ids)

    def seen(self, pending: int, oldest_seconds: int, offset_ms: int, version: str) -> datetime:
        """``api.seen``."""
        with self._database.lookups.connection() as connection:
            return keeper_beat.seen(connection, pending, oldest_seconds, offset_ms, version)

    def catalogue_page(self, after: int, limit: int, ids: Sequence[int] | None) -> Sequence[Sequence[Any]]:
        """``api.catalogue_page``."""
        with self._database.lookups.connection() as connection:
            return catalogue.catalogue_page(connection, after, limit, ids)

    def find_coupon(self, code: str) -> Json | None:
        """``api.find_coupon``."""
        with self._database.lookups.connection() as connection:
            return catalogue.find_coupon(connection, code)

    def shop_rules(self) -> Json:
        """``api.shop_rules``."""
        with self._database.lookups.connection() as connection:
            return catalogue.shop_rules(connection)

    def changes_since(self, number: int) -> till.Changes:
        """``api.changes_since``."""
        with self._database.lookups.connection() as connection:
            return till.changes_since(connection, number)
