"""Customers as a till reaches them: a look-up is counted before it is answered; a house account's lines."""

from __future__ import annotations

from typing import Any

from pos_desktop.database.till import Connection, call


def seek_customer(connection: Connection, how: str, what: str, cashier: int) -> dict[str, Any]:
    """Look a customer up, or add one (``how`` "new"): ``outcome`` and what goes with it.

    one (``customer``), names (``names``), none, more, taken, wait (``seconds``), nobody; ``look`` names the
    look-up for ten minutes. Two calls, each its own transaction: it is counted before it is answered, and
    nothing undoes that. Keys of a customer: migrations/functions/README.md.
    """
    tried: dict[str, Any] = call(connection, "select api.customer_try(%s, %s, %s)", how, what, cashier)
    if tried["outcome"] != "ok":
        return tried
    answer: dict[str, Any] = call(connection, "select api.customer_found(%s)", tried["try"])
    return {**answer, "look": tried["try"]}


def account_statement(connection: Connection, look: str, limit: int) -> dict[str, Any] | None:
    """The customer of a look-up with the newest lines of the house account; None: too long ago."""
    answer: dict[str, Any] | None = call(connection, "select api.account_statement(%s, %s)", look, limit)
    return answer
