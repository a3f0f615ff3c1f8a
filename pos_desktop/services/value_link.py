"""What a till asks its server about gift cards, credit, vouchers, accounts and codes of mobile payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pos_desktop.database import tenders
from pos_desktop.database.pool import Database

Json = dict[str, Any]


class ValueLink(Protocol):
    """The part of :class:`~pos_desktop.services.link.Link` about value that only the server knows."""

    def account_find(self, code: str) -> Json | None:
        """What has this code, or None."""

    def account_new(self, kind: str, code: str) -> Json:
        """A gift card or store credit to be filled: the one with this code, or a new one."""

    def hold_tender(self, sale_id: str, body: Mapping[str, Any]) -> Json:
        """Keep for this basket what it is going to be paid with."""

    def release_tender(self, sale_id: str, account: int, ref: str) -> None:
        """Free it again; 0 and "" free all this basket holds."""


class ServerValue:
    """The same from PostgreSQL, on the lane a sale waits for."""

    _database: Database

    def account_find(self, code: str) -> Json | None:
        """``api.account_find``."""
        with self._database.lookups.connection() as connection:
            return tenders.account_find(connection, code)

    def account_new(self, kind: str, code: str) -> Json:
        """``api.account_new``."""
        with self._database.sale.connection() as connection:
            return tenders.account_new(connection, kind, code)

    def hold_tender(self, sale_id: str, body: Mapping[str, Any]) -> Json:
        """``api.hold_tender``."""
        with self._database.sale.connection() as connection:
            return tenders.hold_tender(connection, sale_id, body)

    def release_tender(self, sale_id: str, account: int, ref: str) -> None:
        """``api.release_tender``."""
        with self._database.sale.connection() as connection:
            tenders.release_tender(connection, sale_id, account, ref)
