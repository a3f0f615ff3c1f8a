"""The journal of a store: every document of every till, found by what is on it, with its paper as printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.database import manager_journal as rows
from pos_desktop.domain.document import SALES, DocumentError, parse_utc, read_document
from pos_desktop.domain.money import Currency, currency, format_money, parse_amount
from pos_desktop.domain.paper_words import PaperRules
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.receipt import (
    OFFLINE,
    Paper,
    ShopPaper,
    local_time,
    parse_receipt_number,
    receipt_number,
    sale_receipt,
    short_date,
)
from pos_desktop.domain.report_paper import ShiftReport, report_of, shift_report_receipt
from pos_desktop.domain.slips import slip
from pos_desktop.services.document_words import ABOUT, DETAILS, KINDS
from pos_desktop.services.law_report import LawReport, manager_law_report
from pos_desktop.services.manager import PAGE_SIZE, ManagerDesk, Page, Store
from pos_desktop.words import t

_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)[./](\d\d?)[./](\d{4})")


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What to show. ``typed`` is what stands in the filter; days are the store's, both included."""

    store: int
    typed: str = ""
    kind: str = ""
    till: int = 0
    outcome: str = ""
    first: date | None = None
    last: date | None = None
    id: str = ""

    def as_query(self, cur: Currency) -> dict[str, Any]:
        """The filter in the words of ``api.m_documents_page``."""
        query: dict[str, Any] = {"store": self.store, **read_typed(self.typed, self.store, cur)}
        for name in ("kind", "till", "outcome", "id"):
            if value := getattr(self, name):
                query[name] = value
        if self.first is not None:
            query["from"] = max(self.first.isoformat(), query.get("from", ""))
        if self.last is not None:
            query["to"] = min(self.last.isoformat(), query.get("to", "9999"))
        return query


def read_typed(text: str, store: int, cur: Currency) -> dict[str, Any]:
    """What a person typed, parted: receipt number, number of six digits at most, amount, day, words.

    A number is ``124`` or ``S1-T2-1-000124``, an amount has the currency's decimals or its sign, a day is
    ``2026-11-22`` or ``22.11.2026``. Of two of a kind the later counts.
    """
    query: dict[str, Any] = {}
    words: list[str] = []
    for part in text.split():
        number, day = parse_receipt_number(part), _day(part)
        bare = part.removeprefix("#")
        if number is not None:
            query |= {"no_till": number[1], "epoch": number[2], "no": number[3]}
            if number[0] != store:
                query["no"] = 0  # another store's: nothing of this one
        elif day is not None:
            query |= {"from": day.isoformat(), "to": day.isoformat()}
        elif bare.isascii() and bare.isdigit() and len(bare) <= 6:
            query["no"] = int(bare)
        elif _is_amount(part, cur):
            query["amount"] = parse_amount(part, cur)
        else:
            words.append(part)
    if words:
        query["words"] = " ".join(words)
    return query


def _is_amount(text: str, cur: Currency) -> bool:
    signed = text.startswith(cur.symbol) or text.endswith(cur.symbol) or bool(re.search(r"[.,]\d", text))
    return signed and parse_amount(text, cur) is not None


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day, day2, month2, year2 = found.groups()
    try:
        return date(int(year or year2), int(month or month2), int(day or day2))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the list. ``total`` in minor units, None without an amount; ``at`` the till's clock."""

    id: str
    number: str
    till: int
    no: int
    kind: str
    outcome: str
    reason: str
    flags: tuple[str, ...]
    at: datetime
    cashier: str
    total: int | None
    what: str

    @property
    def key(self) -> tuple[str]:
        """Its place in the order: ids begin with the time."""
        return (self.id,)

    @property
    def title(self) -> str:
        """The kind in words."""
        return KINDS.get(self.kind, self.kind.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether a document's bytes give its hash, whether it follows the one before it, and is followed.

    ``followed`` is None for a till's last document.
    """

    whole: bool
    follows: bool
    followed: bool | None

    @property
    def sound(self) -> bool:
        """Nothing was changed here."""
        return self.whole and self.follows and self.followed is not False


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as its paper, with its chain. ``paper`` None when its bytes are no document any more."""

    id: str
    number: str
    kind: str
    outcome: str
    reason: str
    flags: tuple[str, ...]
    server_at: datetime
    head: str
    chain: Chain
    paper: Paper | None


class ManagerJournal:
    """What a manager reads of the tills' documents; every method blocks, so it is called in a lane."""

    def __init__(self, desk: ManagerDesk, store: Store) -> None:
        self._database, self._store = desk.database, store
        self._money = currency(store.currency)

    def page(
        self,
        wanted: JournalFilter,
        sort: str = "-id",
        after: Sequence[Any] | None = None,
        limit: int = PAGE_SIZE,
    ) -> Page[Entry]:
        """One page of documents by key: "-id" newest first, "id" oldest first."""
        key = after[0] if after else None
        query = wanted.as_query(self._money)
        with self._database.lookups.connection() as connection:
            found = rows.documents_page(connection, query, sort, key, limit)
        return Page(tuple(self._entry(row) for row in found), len(found) == limit)

    def count(self, wanted: JournalFilter) -> tuple[int, bool]:
        """How many documents a filter finds, and whether counting stopped at ten thousand."""
        with self._database.lookups.connection() as connection:
            return rows.documents_count(connection, wanted.as_query(self._money))

    def document(self, id_: str) -> Shown | None:
        """One document with its paper; None when there is none of this id in a granted store."""
        with self._database.lookups.connection() as connection:
            row = rows.document(connection, id_)
        return None if row is None else shown(row)

    def law_report(self, since: date, until: date) -> LawReport:
        """What an inspector asks about the days between, both included."""
        with self._database.lookups.connection() as connection:
            return manager_law_report(connection, self._store.number, since, until)

    def _entry(self, row: Mapping[str, Any]) -> Entry:
        return Entry(
            row["id"],
            receipt_number(self._store.number, row["till"], row["epoch"], row["no"]),
            row["till"],
            row["no"],
            row["kind"],
            row["outcome"],
            row["reason"] or "",
            tuple(row["flags"]),
            parse_utc(row["at"]),
            row["cashier_name"] or str(row["cashier"]),
            row["total"],
            _what(row),
        )


def _what(row: Mapping[str, Any]) -> str:
    about = ABOUT.get(row["about"], row["about"].replace("_", " ").capitalize())
    note = row["note"].replace("_", " ")
    if row["lines"]:
        if row["lines"] == 1:
            return str(row["first_line"])
        return t("{item} and {n} more", item=row["first_line"], n=row["lines"] - 1)
    title = "" if about else KINDS.get(row["kind"], "")
    return ": ".join(part for part in (title, about, note) if part)


def shown(row: Mapping[str, Any]) -> Shown:
    """A document's paper and chain from ``api.m_document``."""
    try:
        fields: Mapping[str, Any] | None = read_document(row["body"].encode()).fields
    except DocumentError:
        fields = None
    followed = row["followed"]
    return Shown(
        row["id"],
        receipt_number(row["store"], row["till"], row["epoch"], row["no"]),
        row["kind"],
        row["outcome"],
        row["reason"] or "",
        tuple(row["flags"]),
        parse_utc(row["server_at"]),
        row["head"],
        Chain(bool(row["whole"]), bool(row["follows"]), None if followed is None else bool(followed)),
        None if fields is None else _paper(row, fields),
    )


def shop_paper(facts: Mapping[str, Any]) -> ShopPaper:
    """What every paper of a store carries, from its name, currency, time zone and paper rules."""
    rules = PaperRules.from_fields(facts)
    header, money = rules.header or (facts["name"],), currency(facts["currency"])
    return ShopPaper(header, rules.footer, money, ZoneInfo(facts["time_zone"]), rules.legal, rules.words)


def _paper(row: Mapping[str, Any], fields: Mapping[str, Any]) -> Paper:
    facts = row["shop"]
    shop = shop_paper(facts)
    cashier = _name(row, fields["cashier"])
    with shop.worded():
        if row["kind"] in SALES:
            alone = (OFFLINE,) if "offline" in fields["flags"] else ()
            return sale_receipt(fields, shop, head=row["head"], cashier=cashier, messages=alone)
        if row["kind"] == "shift_close" and row["shift"]:
            return shift_report_receipt(_report(row, fields, shop), shop)
        return _slip(row, fields, shop, cashier)


def _name(row: Mapping[str, Any], number: int) -> str:
    return str(row["names"].get(str(number), number))


def _slip(row: Mapping[str, Any], fields: Mapping[str, Any], shop: ShopPaper, cashier: str) -> Paper:
    """A document that had no paper of its own, or a small one: its facts."""
    money = shop.currency
    facts = [
        (t("Till"), str(row["till"])),
        (t("Cashier"), cashier),
        (t("Time"), local_time(fields["at"], shop.zone, fields.get("offset_ms", 0))),
    ]
    about = fields.get("name") or fields.get("direction")
    if about:
        facts.append((t("What"), ABOUT.get(about, str(about).replace("_", " ").capitalize())))
    if fields.get("reason"):
        reason = row["reasons"].get(
            f"{row['kind']} {fields['reason']}", str(fields["reason"]).replace("_", " ")
        )
        facts.append((t("Reason"), reason))
    if fields.get("business_date"):
        facts.append((t("Business date"), short_date(date.fromisoformat(fields["business_date"]))))
    for name, title in (("amount", t("Amount")), ("float", t("Float")), ("total", t("Total"))):
        if isinstance(fields.get(name), int):
            facts.append((title, format_money(fields[name], money)))
    facts += [(line["name"], format_money(line["amount"], money)) for line in fields.get("lines", ())]
    detail = fields.get("detail", {})
    for key in detail:
        title = DETAILS.get(key) or str(key).replace("_", " ").capitalize()
        facts.append((title, _plain(key, detail[key], money)))
    number = receipt_number(row["store"], row["till"], row["epoch"], row["no"])
    return slip(shop, KINDS.get(row["kind"], row["kind"]), facts, number=number, head=row["head"])


def _plain(key: str, value: Any, money: Currency) -> str:
    """A value of an event as people read it: sums of money and quantities by their names."""
    if isinstance(value, int) and key in ("price", "amount"):
        return format_money(value, money)
    return format_qty(value) if isinstance(value, int) and key in ("qty", "on_hand") else str(value)


def _report(row: Mapping[str, Any], fields: Mapping[str, Any], shop: ShopPaper) -> ShiftReport:
    shift = row["shift"]
    report = report_of(
        fields["figures"],
        (row["store"], row["till"], row["epoch"]),
        drawer=shift["drawer"],
        opened_by=_name(row, shift["opened_by"]),
        business_date=shift["business_date"],
        opened_at=local_time(shift["opened_at"], shop.zone),
        at=local_time(fields["at"], shop.zone, fields["offset_ms"]),
        head=row["head"],
    )
    return replace(
        report,
        z=fields["z"],
        expected=fields["expected"],
        counted=fields["counted"],
        counts=tuple((c[0], c[1]) for c in fields["counts"]),
        closed_by=_name(row, fields["cashier"]),
    )


def days_back(today: date, days: int) -> tuple[date, date]:
    """The last ``days`` days, today included."""
    return today - timedelta(days=days - 1), today
