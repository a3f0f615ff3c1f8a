"""The way back: a store as a SQLite file, exact to the cent, and taken in again by another shop."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pos_desktop import paths
from pos_desktop.cli.main import main
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.domain.document import chain_hash
from tests.database.shop import BANANAS, MILK, TillClient, card, line, make_shop
from tests.moving.made import make_old_shop
from tests.moving.test_move_in import moved
from tests.shop_database import ShopDatabase


@pytest.fixture
def sold(database: ShopDatabase, tmp_path: Path) -> ShopDatabase:
    """A shop that moved in with old sales and has sold since."""
    with database.connect() as owner:
        shop = make_shop(owner, tills=1)
        owner.execute("select setval(pg_get_serial_sequence('pos.category', 'id'), 10)")
        database.logins.append(shop.logins[1])
    moved(database, make_old_shop(tmp_path / "old.db", "handmade"), tax="S")
    with database.connect(shop.logins[1], "a till's secret") as connection:
        till = TillClient(shop, connection)
        till.open_shift()
        for pieces in range(1, 6):
            sale = till.sale([line(shop.items[MILK], pieces * 1000), line(shop.items[BANANAS], 842, 2)])
            if pieces == 3:
                sale["tenders"] = card(sale["total"])
            assert till.post(sale).outcome in ("booked", "flagged")
    return database


@pytest.fixture
def exported(sold: ShopDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POS_DESKTOP_DSN", sold.owner_address)
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", sold.owner_password)
    file = tmp_path / "back.db"
    assert main(["export", "sqlite", str(file)]) == 0
    return file


def rows(file: Path, statement: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(file)
    try:
        return db.execute(statement).fetchall()
    finally:
        db.close()


def test_every_sale_and_cent_is_in_it(sold: ShopDatabase, exported: Path) -> None:
    both = "select total from pos.sale union all select total from pos.old_sale"
    ours = sold.query(f"select count(*), sum(total) from ({both}) x")[0]
    theirs = rows(exported, "select count(*), sum(cast(round(total_amount * 100) as integer)) from sales")[0]
    assert theirs == (ours[0], int(ours[1])) == (45, theirs[1])
    paid = rows(exported, "select sum(cast(round(amount * 100) as integer)) from payments")
    assert paid == [(theirs[1],)]
    stock = sold.query(
        "select sum(on_hand) from pos.stock k join pos.store s on s.id = k.store_id where number = 1"
    )
    assert rows(exported, "select round(sum(quantity), 3) from products")[0][0] == float(stock[0][0])


def test_the_chain_can_be_recomputed_from_it(exported: Path) -> None:
    found = rows(exported, "select previous, hash, body from documents order by till, epoch, number")
    assert len(found) == 6
    for previous, digest, body in found:
        assert chain_hash(bytes.fromhex(previous), body.encode()).hex() == digest


def test_another_shop_takes_it_in(exported: Path, empty_of_sales: ShopDatabase) -> None:
    done = moved(empty_of_sales, exported, tax="S")
    assert (done.sales, done.orphans) == (45, 0)
    history = ("day", "tender", "sold", "customer")
    assert [one for one in done.differences if one.what.split()[0] in history] == []


@pytest.fixture
def empty_of_sales(empty_database: ShopDatabase) -> ShopDatabase:
    """A second shop, with its taxes and categories only."""
    migrate(empty_database.owner_dsn, load_plan(paths.migrations_dir()))
    with empty_database.connect() as owner:
        owner.execute(
            "insert into pos.store (number, name, currency, tax_mode, time_zone)"
            " values (1, 'Other shop', 'GBP', 'included', 'Europe/London')"
        )
        owner.execute("insert into pos.tax (code, name) values ('S', 'Standard')")
        owner.execute("insert into pos.tax_rate (tax, valid_from, rate) values ('S', '2000-01-01', 200000)")
    return empty_database


def test_a_store_nobody_has_leaves_no_file(
    sold: ShopDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POS_DESKTOP_DSN", sold.owner_address)
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", sold.owner_password)
    assert main(["export", "sqlite", str(tmp_path / "none.db"), "--store", "9"]) == 1
    assert "There is no store 9" in capsys.readouterr().err
    assert not list(tmp_path.glob("none.db*"))
