"""The server's books: every column of every row, every byte of every document, chains written anew."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pos_desktop.database import verify as books
from pos_desktop.database.compare import ChainSum, chain_sums, differs_from_live, differs_from_server
from pos_desktop.database.verify import verify
from pos_desktop.domain.anchor import Anchor
from pos_desktop.domain.chain import Chain
from pos_desktop.domain.document import canonical, chain_hash
from pos_desktop.journal.check import kept_documents, read_only
from tests.proof.conftest import Days, take_some_back, trade_with_a_customer
from tests.proof.law_day import trade_under_law
from tests.proof.offer_day import trade_with_offers
from tests.services.tills import Shopfront
from tests.shop_database import ShopDatabase

SEED = 20261122
TABLES = (
    "document",
    "sale",
    "sale_line",
    "sale_tax",
    "payment",
    "movement",
    "stock",
    "shift",
    "cash_movement",
)
TABLES += (
    "event",
    "till",
    "account_entry",
    "payment_reference",
    "account_payment",
    "point_entry",
    "customer_purse",
    "returned",
    "paid_back",
    "case_line",
    "deposit_line",
    "coupon_use",
)

# What the documents do not say and nothing else repeats. Each with the reason it may be so.
UNKNOWN_TO_THE_BOOKS = {
    "document.xid": "a watermark for roll-ups",
    "point_entry.id": "the order in which they were written; balances run in it",
    "movement.id": "the order in which they were written; balances run in it",
    "movement.xid": "a watermark for roll-ups",
    "sale_line.category_id": "the item's category of then; items move between categories",
    "sale_line.cost": "the item's cost of then",
    "stock.low": "a setting",
    "till.seen_at": "a sign of life",
}
SET_UP = (
    "name",
    "login",
    "blocked",
    "claimed",
    "claim_hash",
    "fresh",
    "program_version",
    "enrolled_at",
    "drawer_id",
)
WHICH = {"till": "number = 1"}
WHICH |= {table: "document_id is not null" for table in ("movement", "account_entry", "point_entry")}

OTHER = {
    "bigint": "{} + 1", "integer": "{} + 1", "smallint": "{} + 1", "numeric": "{} + 1",
    "text": "coalesce({}, '') || 'x'",
    "uuid": "gen_random_uuid()", "boolean": "not {}", "date": "{} + 1", "bytea": "sha256('x')",
    "timestamp with time zone": "{} + interval '1 second'", "jsonb": "{} || '{{\"more\": 1}}'",
    "ARRAY": "array_append({}, 'x')", "xid8": "'1'",
}  # fmt: skip


@pytest.fixture
def owner(copy: ShopDatabase) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """The superuser, whom no guard holds back."""
    with copy.connect() as connection:
        connection.execute("set session_replication_role = replica")
        yield connection


def columns(owner: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[str, str, str]]:
    """(table, column, type) of the ledger."""
    return owner.execute(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'pos' and table_name = any (%s) and is_generated = 'NEVER'"
        " order by table_name, ordinal_position",
        [list(TABLES)],
    ).fetchall()


def without_checks(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    """A superuser may drop what stands in his way."""
    for table, name in owner.execute(
        "select t.relname, c.conname from pg_constraint c join pg_class t on t.oid = c.conrelid"
        " where c.contype in ('c', 'u', 'f', 'p') and t.relnamespace = 'pos'::regnamespace"
        " and t.relname = any (%s)",
        [list(TABLES)],
    ).fetchall():
        names = (sql.Identifier("pos", table), sql.Identifier(name))
        owner.execute(sql.SQL("alter table {} drop constraint if exists {} cascade").format(*names))
    for table in ("movement", "account_entry", "point_entry"):
        owner.execute(sql.SQL("alter table {} alter id drop identity").format(sql.Identifier("pos", table)))


def test_every_column_of_the_books_is_proven(
    days: Days, copy: ShopDatabase, owner: psycopg.Connection[tuple[Any, ...]], tmp_path: Path
) -> None:
    """One value of one row at a time, by hand; columns that later steps add are in it by themselves."""
    shutil.copytree(days.front.folder / "till 1", tmp_path / "till 1")
    front = Shopfront(copy, days.front.shop, tmp_path)
    trade_with_a_customer(front)
    take_some_back(front)
    trade_under_law(front)
    trade_with_offers(front)
    without_checks(owner)
    rules = books.broken_invariants
    missed = []
    for table, column, kind in columns(owner):
        here = {"t": sql.Identifier("pos", table), "c": sql.Identifier(column)}
        other = sql.SQL(OTHER[kind].replace("{}", "{c}")).format(**here)
        with owner.transaction(force_rollback=True):
            row = owner.execute(
                sql.SQL(
                    "update {t} set {c} = {o} where ctid = (select ctid from {t} where {w}"
                    " order by {c} is null, ctid limit 1) returning true"
                ).format(o=other, w=sql.SQL(WHICH.get(table, "true")), **here)
            ).fetchone()
            assert row is not None, f"{table} is empty: nothing is shown"
            found = list(findings(owner)) or rules(owner)
        if not found:
            missed.append(f"{table}.{column}")
    assert sorted(set(missed) - {f"till.{name}" for name in SET_UP}) == sorted(UNKNOWN_TO_THE_BOOKS)


def findings(owner: psycopg.Connection[tuple[Any, ...]]) -> Iterator[str]:
    """What the documents themselves say is wrong, inside a transaction of the test's."""
    chain: Chain | None = None
    for row in books._documents(owner):
        key = (row["store"], row["till"], row["epoch"])
        if chain is None or (chain.store, chain.till, chain.epoch) != key:
            chain = Chain.begin(*key, before=chain)
        yield from books._document_findings(row, chain)


def test_every_byte_of_every_document_is_proven(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    """One bit of each byte as the server would hand it out; what is no UTF-8 it does not take at all."""
    with owner.transaction():
        rows = list(books._documents(owner))
    dice = random.Random(SEED)
    flips = 0
    for n, row in enumerate(rows):
        body = row["body"].encode()
        for place in range(0, len(body), 1 if n in (1, 4) else 9):
            spoiled = bytearray(body)
            spoiled[place] ^= 1 << dice.randrange(7)
            chain = Chain.begin(1, 1, 1)
            found: list[str] = []
            for other in rows[: n + 1]:
                changed = other is row
                read = {**other, "body": spoiled.decode("ascii", "replace")} if changed else other
                found += books._document_findings(read, chain) if changed or other is rows[n - 1] else []
                chain.no, chain.head = other["no"], bytes(other["hash"])
            assert "its bytes do not have its hash" in " ".join(found), (n, place)
            flips += 1
    assert flips > 1500
    with pytest.raises(psycopg.errors.CharacterNotInRepertoire):
        owner.execute("update pos.document set body = convert_from('\\xc328', 'UTF8') where no = 1")


def test_a_byte_that_went_bad_on_the_disk_is_found(
    copy: ShopDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under the server's feet, in the file: its page checksums say so, and verify passes it on in words."""
    dice = random.Random(SEED)
    with copy.connect() as owner:
        owner.execute("create extension pg_buffercache")
        place, folder, size = owner.execute(
            "select pg_relation_filepath('pos.document'), current_setting('data_directory'),"
            " pg_relation_size('pos.document')"
        ).fetchall()[0]
        file = Path(folder) / place
        for _ in range(6):
            owner.execute("checkpoint")
            owner.execute("select pg_buffercache_evict_relation('pos.document')")
            right = file.read_bytes()
            assert len(right) == size > 8192
            byte = dice.choice([n for n in range(size) if right[n]])
            file.write_bytes(right[:byte] + bytes([right[byte] ^ 1 << dice.randrange(8)]) + right[byte + 1 :])
            try:
                assert copy.as_owner("verify") == 3
                assert "the server's disk: invalid page" in capsys.readouterr().out
            finally:
                file.write_bytes(right)
                owner.execute("select pg_buffercache_evict_relation('pos.document')")
    assert copy.as_owner("verify") == 0


def rewritten(owner: psycopg.Connection[tuple[Any, ...]], first: int) -> None:
    """The chain from a no-sale on, written anew by somebody who knows the form, rows and till included."""
    rows = owner.execute("select no, body from pos.document where no >= %s order by no", [first]).fetchall()
    head = owner.execute("select prev from pos.document where no = %s", [first]).fetchall()[0][0]
    owner.execute("update pos.event set reason = 'other' where name = 'no_sale'")
    for no, text in rows:
        changed = {"reason": "other"} if no == first else {}
        body = canonical({**json.loads(text), "prev": bytes(head).hex(), **changed})
        values = {"no": no, "prev": head, "body": body.decode(), "hash": chain_hash(bytes(head), body)}
        owner.execute(
            "update pos.document set prev = %(prev)s, body = %(body)s, hash = %(hash)s where no = %(no)s",
            values,
        )
        head = values["hash"]
    owner.execute("update pos.till set head = %s where number = 1", [head])


def noted(owner: psycopg.Connection[tuple[Any, ...]], no: int) -> Anchor:
    """What a keeper wrote down a minute ago."""
    head = owner.execute("select encode(hash, 'hex') from pos.document where no = %s", [no]).fetchall()[0][0]
    return Anchor(datetime.now(UTC) - timedelta(minutes=1), 1, 1, 1, no, head)


def test_a_chain_written_anew_needs_a_head_noted_elsewhere(
    owner: psycopg.Connection[tuple[Any, ...]],
) -> None:
    anchors = [noted(owner, 3), noted(owner, 9)]
    assert verify(owner, anchors=anchors).findings == ()
    rewritten(owner, 5)
    assert verify(owner).findings == ()
    (found,) = verify(owner, anchors=anchors).findings
    assert (found.place, "written anew" in found.what) == ("store 1 till 1 epoch 1 no 9", True)


def cut(owner: psycopg.Connection[tuple[Any, ...]], sales: int) -> None:
    """Take the last sales away, with all that hangs on them, and set till and stock back."""
    for _ in range(sales):
        (no, id_) = owner.execute("select no, id from pos.document order by no desc limit 1").fetchall()[0]
        owner.execute(
            "update pos.stock k set on_hand = k.on_hand - m.delta from pos.movement m"
            " where (m.store_id, m.item_id) = (k.store_id, k.item_id) and m.document_id = %s",
            [id_],
        )
        owner.execute(
            "update pos.till set grand = grand - (select coalesce(sum(total), 0) from pos.sale"
            " where document_id = %s), next_no = %s, head = (select prev from pos.document where id = %s)"
            " where number = 1",
            [id_, no, id_],
        )
        for table in ("payment", "sale_tax", "sale_line", "movement", "sale"):
            owner.execute(
                sql.SQL("delete from pos.{} where document_id = %s").format(sql.Identifier(table)), [id_]
            )
        owner.execute("delete from pos.document where id = %s", [id_])


def test_a_flipped_byte_and_the_last_three_documents(
    days: Days, owner: psycopg.Connection[tuple[Any, ...]], copy: ShopDatabase, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The reviewer's test 8: both are found, the second by a head written down elsewhere."""
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(noted(owner, 11).line() + "\n", encoding="utf-8")
    assert copy.as_owner("verify", "--anchors", str(anchors)) == 0
    assert "and so are 1 heads noted elsewhere" in capsys.readouterr().out
    body = owner.execute("select body from pos.document where no = 2").fetchall()[0][0]
    owner.execute("update pos.document set body = replace(body, 'slip 7', 'slip 6') where no = 2")
    assert copy.as_owner("verify") == 3
    assert "First wrong: store 1 till 1 epoch 1 no 2." in capsys.readouterr().out
    owner.execute("update pos.document set body = %s where no = 2", [body])
    cut(owner, 2)
    owner.execute("delete from pos.shift where z is null")
    cut(owner, 1)
    assert verify(owner).findings == ()
    assert copy.as_owner("verify", "--anchors", str(anchors)) == 3
    assert "no 11: was there at" in capsys.readouterr().out
    with read_only(days.journal) as db:
        lost = [
            found.place[-2:] for found in differs_from_server(kept_documents(db, None, None, None), owner)
        ]
    assert lost == [" 9", "10", "11"]


def test_an_unreadable_anchor_is_no_proof(
    days: Days, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchors = tmp_path / "anchors.jsonl"
    for text, why in (("{}", "no anchor"), ('{"at":"x"}', "no anchor"), ("\xff", "line 1")):
        anchors.write_text(text, encoding="utf-8")
        assert days.database.as_owner("verify", "--anchors", str(anchors)) == 1
        assert why in capsys.readouterr().err
    row = {"at": "2026-11-22T10:00:00.000Z", "store": 1, "till": 1, "epoch": 1, "no": 1, "head": "0"}
    for changes, why in (
        ({}, "64 hex digits"),
        ({"no": "1"}, "whole numbers"),
        ({"no": True}, "whole numbers"),
    ):
        anchors.write_text("\n" + json.dumps({**row, **changes}), encoding="utf-8")
        assert days.database.as_owner("verify", "--anchors", str(anchors)) == 1
        said = capsys.readouterr().err
        assert "line 2" in said
        assert why in said


def test_a_moved_and_an_inserted_document_are_found(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    without_checks(owner)
    with owner.transaction(force_rollback=True):
        owner.execute("update pos.document set no = case no when 4 then 5 else 4 end where no in (4, 5)")
        assert next(findings(owner)) == "does not follow the hash of the document before it"
    with owner.transaction(force_rollback=True):
        owner.execute("update pos.document set no = no + 1 where no > 5")
        owner.execute(
            "insert into pos.document select (jsonb_populate_record(d, jsonb_build_object("
            "'id', gen_random_uuid(), 'no', 6))).* from pos.document d where no = 5"
        )
        assert next(findings(owner)) == "does not follow the hash of the document before it"


def test_a_backup_is_compared_with_what_it_came_from(
    days: Days, owner: psycopg.Connection[tuple[Any, ...]]
) -> None:
    with days.database.connect() as live:
        assert list(differs_from_live(chain_sums(owner), live)) == []
        whole = chain_sums(live)
        assert [(c.no, c.documents, c.sales, c.total) for c in whole] == [(11, 11, 3, 1158)]
        owner.execute("update pos.sale set total = total + 1, net = net + 1 where total = 249")
        (found,) = differs_from_live(chain_sums(owner), live)
        assert "sales of 1159 in the backup" in found.what
    owner.execute("update pos.sale set total = total - 1, net = net - 1 where total = 250")
    cut(owner, 1)
    (found,) = differs_from_live(whole, owner)
    assert found.what == "has no 11 in the backup, 10 at the server"
    rewritten(owner, 5)
    (found,) = differs_from_live([ChainSum(1, 1, 1, 10, 10, 2, 828, "00")], owner)
    assert "another hash at no 10" in found.what
