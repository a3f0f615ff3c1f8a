"""The end of a run: the model beside the ledger and the tills' journals, then every invariant and verify."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from pos_desktop.database.verify import verify
from tests.nemesis.model import TRADE, Model
from tests.nemesis.shop import GIFT_VALUE, SCARCE, STOCK, STORES, store_of

Connection = psycopg.Connection[tuple[Any, ...]]

_LEDGER = """
select d.id::text, t.number, d.no, d.epoch, d.kind, d.outcome, encode(d.hash, 'hex') as hash,
       d.sale_id::text as sale, 'already_sold' = any (d.flags) as again,
       coalesce((d.body::jsonb->>'total')::bigint, 0) as total, d.body
  from pos.document d join pos.till t on t.id = d.till_id order by t.number, d.epoch, d.no
"""

Row = dict[str, Any]

_MAY_REFUSE = frozenset(
    (
        "price",
        "already_sold",
        "already_refunded",
        "refund_amount",
        "refund_held",
        "account_short",
        "out_of_stock",
    )
)
"""What somebody else did meanwhile, a restore above all; a sum that is wrong would be the till's own."""

_COMPARED = ("number", "no", "epoch", "kind", "outcome", "hash", "sale", "total")


def judge(model: Model, owner: Connection, journals: dict[int, Path], adjusted: list[Row]) -> int:
    """Add every violation to the model; returns how many documents the ledger has."""
    with psycopg.ClientCursor(owner) as cursor:
        cursor.execute(_LEDGER)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    ledger = {row["id"]: row for row in rows}
    _nothing_lost(model, ledger)
    _numbers(model, rows)
    _days(model, owner)
    if model.complete:  # a run that was broken off has tills in the middle of something
        _nothing_made_up(model, ledger)
        for till, path in journals.items():
            _journal(model, till, path, rows)
        _stock(model, owner, adjusted)
        _cash(model, owner)
        _back(model)
        _parked(model, owner, journals)
        _gift_cards(model, owner, ledger)
        _rolls(model, ledger)
    for reason in set(model.returned) - _MAY_REFUSE:
        model.wrong("refused_without_cause", f"{reason}, {model.returned[reason]} times")
    for finding in verify(owner).findings:
        model.wrong(finding.place, finding.what)
    return len(rows)


def _nothing_lost(model: Model, ledger: dict[str, Row]) -> None:
    """All that was shown or printed is in the ledger, as it was shown."""
    for id_, told in model.told.items():
        row = ledger.get(id_)
        if row is None:
            model.wrong("shown_but_lost", f"till {told.till} no. {told.no} ({told.kind} {told.total}) {id_}")
            continue
        again = told.outcome == "offline" or model.posted_anew(told.till, told.epoch, told.no, id_)
        if again and row["outcome"] in ("booked", "flagged"):
            # Killed before it was told, or booked anew; what had an effect keeps it.
            told = replace(told, outcome=row["outcome"]) if told.effective else told
        kept = tuple(row[name] for name in _COMPARED)
        shown = (told.till, told.no, told.epoch, told.kind, told.outcome, told.hash, told.sale, told.total)
        if kept != shown:
            model.wrong("shown_otherwise", f"shown {shown}, kept {kept}")
    for id_ in model.papers:
        row = ledger.get(id_)
        if row is None or row["kind"] not in TRADE or row["outcome"] == "refused":
            model.wrong("printed_but_not_booked", f"document {id_}: {row and row['outcome']}")


def _nothing_made_up(model: Model, ledger: dict[str, Row]) -> None:
    """All that is in the ledger was paid as it stands there, once, and people were told."""
    booked: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    for id_, row in ledger.items():
        told = model.told.get(id_)
        if told is None:
            model.wrong("booked_but_never_shown", f"till {row['number']} no. {row['no']} {row['kind']} {id_}")
        if row["kind"] not in TRADE or row["outcome"] == "refused":
            continue
        booked[row["sale"]] += 1
        flagged[row["sale"]] += row["again"]
        if not model.papers[id_]:
            model.wrong("booked_but_no_paper", f"till {row['number']} no. {row['no']}")
        paid = model.paid.get(row["sale"], [])
        if told and not any((total, _tuples(lines)) == (told.total, told.lines) for total, lines in paid):
            model.wrong("booked_but_not_paid", f"sale {row['sale']} {row['total']}: the customer paid {paid}")
    for sale, times in booked.items():
        if times > 1 and not (sale in model.sold_again and flagged[sale] == times - 1):
            model.wrong("booked_twice", f"sale {sale} {times} times")


def _tuples(lines: list[Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(line) for line in lines)


def _numbers(model: Model, rows: list[Row]) -> None:
    """Each till's numbers run 1, 2, 3 in the ledger; the model has no other rows than these."""
    expected: Counter[tuple[int, int]] = Counter()
    for row in rows:
        key = row["number"], row["epoch"]
        expected[key] += 1
        if row["no"] != expected[key]:
            model.wrong("number_missing", f"till {key[0]} epoch {key[1]}: {expected[key]}, found {row['no']}")
            expected[key] = row["no"]


def _journal(model: Model, till: int, path: Path, rows: list[Row]) -> None:
    """The till's own record and the ledger hold the same bytes, each answered as the server has it."""
    with sqlite3.connect(path) as journal:
        kept = {
            (epoch, no): (id_, bytes(body).decode(), outcome)
            for epoch, no, id_, body, outcome in journal.execute(
                "SELECT i.epoch, i.no, i.id, i.body, s.outcome FROM intent i"
                " LEFT JOIN state s ON s.id = i.id AND s.state = 'acknowledged'"
            )
        }
    journal.close()
    there = {(r["epoch"], r["no"]): (r["id"], r["body"], r["outcome"]) for r in rows if r["number"] == till}
    for key in sorted(kept.keys() | there.keys()):
        here, server = kept.get(key), there.get(key)
        if here is not None and server is not None and model.posted_anew(till, *key, here[0]):
            here, server = here[:2], server[:2]
        if here != server:
            model.wrong("journal_differs", f"till {till} no. {key[1]}: {here} / {server}")


def _stock(model: Model, owner: Connection, adjusted: list[Row]) -> None:
    """What is on hand is what there was, less what customers took, plus what managers brought."""
    found = dict(
        owner.execute(
            "select note, (delta * 1000)::bigint from pos.movement where note is not null"
        ).fetchall()
    )
    expected: dict[tuple[int, int], int] = defaultdict(lambda: STOCK * 1000)
    expected.update({(store, 4): SCARCE * 1000 for store in STORES})
    for row in adjusted:
        if row["known"] and row["note"] not in found:
            model.wrong("adjustment_lost", str(row))
        expected[row["store"], row["item"]] += found.get(row["note"], 0)
    for told in model.told.values():
        if told.trade and told.effective:
            for item, qty, *rest in told.lines:
                if "waste" not in rest:
                    expected[store_of(told.till), item] -= qty
    hand = owner.execute(
        "select s.number, item_id, (on_hand * 1000)::bigint from pos.stock k"
        " join pos.store s on s.id = k.store_id join pos.item i on i.id = item_id"
        " where item_id <> 6 and i.holds is null"
    ).fetchall()
    for store, item, on_hand in hand:
        if on_hand != expected[store, item]:
            by_model = expected[store, item]
            model.wrong("stock_differs", f"store {store} item {item}: {on_hand}, by the model {by_model}")


def _cash(model: Model, owner: Connection) -> None:
    """Each closed shift's Z says what the model counts; so do the grand totals."""
    drawers: dict[str, int] = defaultdict(int)
    sold: dict[tuple[str, str], list[int]] = defaultdict(list)
    grand: dict[int, int] = defaultdict(int)
    for told in model.told.values():
        if told.effective:
            drawers[told.shift] += told.cash
            if told.trade:
                sold[told.shift, told.kind].append(told.total)
                grand[told.till] += told.total
    for z in model.zs:
        sales, backs = (sold[z["shift"], kind] for kind in TRADE)
        counted = drawers[z["shift"]], len(sales), sum(sales), len(backs), -sum(backs)
        if counted != tuple(z[name] for name in ("expected", "sales", "total", "refunds", "refunded")):
            model.wrong("z_differs", f"till {z['till']} Z {z['z']}: {z}, by the model {counted}")
    for till, total in owner.execute("select number, grand from pos.till").fetchall():
        if total != grand[till]:
            model.wrong("grand_total_differs", f"till {till}: {total}, by the model {grand[till]}")
    for shift, expected, number in owner.execute(
        "select h.id::text, h.expected, t.number from pos.shift h join pos.till t on t.id = h.till_id"
        " where h.closed_at is not null"
    ).fetchall():
        if drawers[shift] != expected:
            model.wrong("cash_differs", f"till {number}: {expected}, by the model {drawers[shift]}")


def _back(model: Model) -> None:
    """No more of a line came back than was sold; more may only where a restore hid what came back before."""
    came: dict[tuple[str, int], int] = defaultdict(int)
    flagged = set()
    for told in model.told.values():
        if told.effective:
            for document, line, qty in told.back:
                came[document, line] += qty
                flagged |= {(document, line)} if told.outcome == "flagged" else set()
    for (document, n), qty in came.items():
        sale = model.told.get(document)
        sold = sale.lines[n - 1][1] if sale is not None and sale.effective else 0
        if qty > sold and (document, n) not in flagged:
            model.wrong("more_back_than_sold", f"line {n} of {document}: {qty} of {sold}")


def _gift_cards(model: Model, owner: Connection, ledger: dict[str, Row]) -> None:
    """On each gift card is what was put there, less what was spent; below nothing only by leave of a flag.

    A restore takes back what was spent since its backup: spent once more before the first till sent it again.
    """
    value: dict[int, int] = defaultdict(int)
    flagged = set()
    for id_, told in model.told.items():
        if told.effective:
            for account, amount in told.value:
                value[account] += amount
                flagged |= {account} if ledger.get(id_, {}).get("outcome") == "flagged" else set()
    for account, balance in owner.execute("select id, balance from pos.account").fetchall():
        expected = GIFT_VALUE + value[account]
        if balance != expected:
            model.wrong("gift_card_differs", f"{account}: {balance}, by the model {expected}")
        if expected < 0 and account not in flagged:
            model.wrong("gift_card_overspent", f"{account}: {expected}")


def _rolls(model: Model, ledger: dict[str, Row]) -> None:
    """Every receipt on a roll is of a booked sale; what was printed came out, and once as the original.

    A till killed between the paper and its note prints the original once more in its next life.
    """
    booked = {number for id_, (number, _) in model.printing.items() if id_ in ledger}
    for number in set(model.rolls) - booked:
        model.wrong("printed_but_not_booked", f"receipt {number} is on a roll")
    for id_, (number, lives) in model.printing.items():
        papers = model.rolls.get(number, [])
        if not papers:
            model.wrong("paper_never_came", f"receipt {number} of {id_}")
        if papers.count(False) > len(lives):
            model.wrong("two_originals", f"receipt {number}: {len(papers)} papers in {len(lives)} lives")
        if (row := ledger.get(id_)) is not None and row["outcome"] == "refused":
            model.wrong("printed_but_not_booked", f"receipt {number} of {id_} was refused")


def _days(model: Model, owner: Connection) -> None:
    """However wrong a till's clock was, its shifts belong to the shop's day."""
    for number, day, opened in owner.execute(
        "select t.number, h.business_date, h.opened_at from pos.shift h join pos.till t on t.id = h.till_id"
        " join pos.store s on s.id = h.store_id"
        " where h.business_date <> (h.opened_at at time zone s.time_zone)::date"
    ).fetchall():
        model.wrong("wrong_day", f"till {number}: a shift of {day} opened {opened}")


def _parked(model: Model, owner: Connection, journals: dict[int, Path]) -> None:
    """Every basket ever parked is still parked, or was taken up and paid or given up: none just went away.

    What was parked between a backup and the restore to it is gone with it: a basket is no document.
    """
    there = {row[0] for row in owner.execute("select sale_id::text from pos.held_sale").fetchall()}
    for path in journals.values():
        there |= _parked_here(path.with_name("alone.db"))
    given_up = {t.sale for t in model.told.values() if t.kind == "void"}
    for sale, state in model.parked.items():
        ended = sale in model.sold or sale in given_up or state == "taken up"
        undone = any(restore.undid_basket(sale) for restore in model.restores)
        if not (ended or undone or sale in there):
            model.wrong("parked_basket_lost", f"sale {sale} ({state})")


def _parked_here(notes: Path) -> set[str]:
    """Baskets parked while the server was away wait in the till's own notes."""
    with sqlite3.connect(notes) as db:
        names = [row[0] for row in db.execute("SELECT name FROM note WHERE name LIKE 'held:%'")]
    db.close()
    return {name.removeprefix("held:") for name in names}
