"""Customers, their groups and a store's rules for them, written by the database's owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pos_desktop.database.till import Connection

_RULES = ("earn", "worth", "least", "cards", "dial", "lookups", "card_lookups")


def write_customer_rules(owner: Connection, store: int, rules: Mapping[str, Any]) -> None:
    """What a store (by number) gives its customers; what ``rules`` does not name stays as it is."""
    owner.execute(
        "insert into pos.customer_rule (store_id) select id from pos.store where number = %s"
        " on conflict do nothing",
        [store],
    )
    for name in _RULES:
        if name in rules:
            owner.execute(
                b"update pos.customer_rule r set " + name.encode() + b" = %s from pos.store s"
                b" where s.id = r.store_id and s.number = %s",
                [rules[name], store],
            )


def write_tender_kinds(owner: Connection, store: int, kinds: Iterable[str]) -> None:
    """Ways of paying that a store takes beside those every store does."""
    for kind in kinds:
        owner.execute(
            "insert into pos.store_tender (store_id, kind, taken) select id, %s, true from pos.store"
            " where number = %s on conflict (store_id, kind) do update set taken = true",
            [kind, store],
        )


def write_customer_groups(owner: Connection, groups: Iterable[tuple[str, str]]) -> None:
    """Groups of customers, by code and name."""
    for code, name in groups:
        owner.execute(
            "insert into pos.customer_group (code, name) values (%s, %s)"
            " on conflict (code) do update set name = excluded.name",
            [code, name],
        )


def write_customer(owner: Connection, customer: Mapping[str, Any]) -> None:
    """A customer by number, as a shop's file has it; one that is there keeps points and account."""
    certificate = customer.get("certificate") or {}
    owner.execute(
        "insert into pos.customer (number, name, phone, card, consent, consent_at, tax_number, certificate,"
        " certificate_codes, certificate_until)"
        " values (%(number)s, %(name)s, %(phone)s, %(card)s, %(consent)s,"
        " case when %(consent)s then now() end, %(tax)s, %(certificate)s, %(codes)s, %(until)s::date)"
        " on conflict (number) do nothing",
        {
            "number": customer["number"],
            "name": customer["name"],
            "phone": customer.get("phone"),
            "card": customer.get("card"),
            "consent": bool(customer.get("consent")),
            "tax": customer.get("tax_number", ""),
            "certificate": certificate.get("number", ""),
            "codes": list(certificate.get("codes", [])),
            "until": certificate.get("until"),
        },
    )
    _write_groups(owner, customer["number"], customer.get("groups", ()))
    if "limit" in customer:
        open_account(owner, customer["number"], customer["limit"], customer.get("owes", 0))
    if "points" in customer:
        _give_points(owner, customer["number"], customer["points"])


def _write_groups(owner: Connection, number: int, groups: Sequence[str]) -> None:
    owner.execute(
        "insert into pos.customer_in_group (customer, grp) select %s, unnest(%s::text[])"
        " on conflict do nothing",
        [number, list(groups)],
    )


def open_account(owner: Connection, number: int, limit: int, owes: int = 0) -> None:
    """Open a customer's house account with its limit, or set the limit anew. Minor units.

    ``owes`` is taken over from before, once. The account is of the first store's currency.
    """
    row = owner.execute("select account from pos.customer where number = %s", [number]).fetchone()
    if row is None:
        raise LookupError(f"customer {number}")
    if row[0] is not None:
        owner.execute("update pos.account set floor = %s where id = %s", [-limit, row[0]])
        return
    made = owner.execute(
        "insert into pos.account (kind, store_id, currency, floor, balance)"
        " select 'account', id, currency, %s, %s from pos.store order by number limit 1 returning id",
        [-limit, -owes],
    ).fetchone()
    assert made is not None, "there is a store"
    owner.execute("update pos.customer set account = %s where number = %s", [made[0], number])
    if owes:
        owner.execute(
            "insert into pos.account_entry (account_id, source, n, amount, balance, at, by, note)"
            " values (%s, 'issue', 0, %s, %s, now(), session_user, 'taken over')",
            [made[0], -owes, -owes],
        )


def _give_points(owner: Connection, number: int, points: int) -> None:
    """Whole points taken over from before, once."""
    owner.execute(
        "with given as (update pos.customer_purse set points = points + %(points)s * 1000000::bigint"
        " where customer = %(number)s"
        " and not exists (select from pos.point_entry e where e.customer = %(number)s) returning points)"
        " insert into pos.point_entry (customer, store_id, at, earned, balance, by, note)"
        " select %(number)s, (select id from pos.store order by number limit 1), now(), points, points,"
        " session_user, 'taken over' from given",
        {"number": number, "points": points},
    )
