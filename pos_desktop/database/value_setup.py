"""Which ways of paying a store takes, the item gift cards are sold as, and vouchers issued by the office."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pos_desktop.database.till import Connection

GIFT_TAX = "GC"
"""A gift card is no sale of goods yet: it is taxed by what it is spent on, so its line has a tax of 0 %."""


def take_tenders(owner: Connection, store: int, kinds: Collection[str]) -> None:
    """Take these ways of paying in a store, and no others; gift cards get the item they are sold as."""
    owner.execute(
        "insert into pos.store_tender (store_id, kind, taken)"
        " select s.id, k.kind, k.kind = any (%s) from pos.store s, pos.tender_kind k where s.number = %s"
        " on conflict (store_id, kind) do update set taken = excluded.taken",
        [list(kinds), store],
    )
    if "gift_card" in kinds:
        _write_gift_item(owner)


def _write_gift_item(owner: Connection) -> None:
    """The one item whose lines load gift cards; a name somebody gave it stays."""
    if owner.execute("select from pos.item where holds = 'gift_card'").fetchone() is not None:
        return
    owner.execute(
        "insert into pos.tax (code, name) values (%s, 'Gift cards, not taxed') on conflict do nothing",
        [GIFT_TAX],
    )
    owner.execute(
        "insert into pos.tax_rate (tax, valid_from, rate) values (%s, '2000-01-01', 0)"
        " on conflict do nothing",
        [GIFT_TAX],
    )
    owner.execute(
        "insert into pos.category (name, position, icon, colour)"
        " select 'Gift cards', coalesce(max(position), 0) + 1, 'gift', 'other' from pos.category"
        " on conflict (name) do nothing"
    )
    owner.execute(
        "insert into pos.item (name, category_id, tax, open_price, holds, icon)"
        " select 'Gift card', id, %s, true, 'gift_card', 'gift' from pos.category where name = 'Gift cards'",
        [GIFT_TAX],
    )


def issue(
    owner: Connection, store: int, kind: str, value: int, *, until: date | None = None, code: str = ""
) -> str:
    """A voucher, gift card or credit worth ``value`` minor units, given out by the office; its code.

    Without a code it is given one that nobody guesses. LookupError for a store that does not exist.
    """
    with owner.transaction():
        row = owner.execute(
            "insert into pos.account (kind, code, store_id, currency, balance, until)"
            " select %(kind)s, coalesce(nullif(%(code)s, ''), pos.account_code(%(kind)s)), id, currency,"
            " %(value)s, %(until)s from pos.store where number = %(store)s returning id, code",
            {"kind": kind, "code": code, "value": value, "until": until, "store": store},
        ).fetchone()
        if row is None:
            raise LookupError(f"no store {store}")
        owner.execute(
            "insert into pos.account_entry (account_id, source, n, amount, balance, at, by)"
            " values (%s, 'issue', 0, %s, %s, clock_timestamp(), session_user)",
            [row[0], value, value],
        )
    return str(row[1])


def block(owner: Connection, code: str) -> bool:
    """Nothing is spent from this gift card, credit or voucher any more; False when there is none."""
    row = owner.execute(
        "with done as (update pos.account set blocked = true where code = %s returning store_id, kind)"
        " insert into pos.audit (store_id, what, subject) select store_id, 'account_blocked',"
        " kind || ' ending ' || right(%s, 4) from done returning id",
        [code, code],
    ).fetchone()
    return row is not None
