"""The link's calls for what a counter does beside selling: goods that come back, and customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_desktop.database import customers, refunds
from pos_desktop.database.pool import Database
from pos_desktop.services.link import Json


class CounterLink:
    """The part of :class:`~pos_desktop.services.server_link.ServerLink` that sells nothing."""

    _database: Database

    def sale_to_refund(self, receipt: Mapping[str, Any]) -> Json | None:
        """``api.sale_to_refund``."""
        with self._database.lookups.connection() as connection:
            return refunds.sale_to_refund(connection, receipt)

    def refund_price(self, item: int) -> Json | None:
        """``api.refund_price``."""
        with self._database.lookups.connection() as connection:
            return refunds.refund_price(connection, item)

    def seek_customer(self, how: str, what: str, cashier: int) -> Json:
        """``api.customer_try`` and ``api.customer_found``."""
        with self._database.lookups.connection() as connection:
            return customers.seek_customer(connection, how, what, cashier)

    def account_statement(self, look: str, limit: int) -> Json | None:
        """``api.account_statement``."""
        with self._database.lookups.connection() as connection:
            return customers.account_statement(connection, look, limit)
