"""A shop moves in from SQLite: every figure on both sides, run twice, killed in between, and never half."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.cli.main import main
from pos_desktop.database import old_sales
from pos_desktop.database.old_sales import broken_series
from pos_desktop.database.shop_setup import owner_connection
from pos_desktop.database.verify import verify
from pos_desktop.domain.shop_plan import read_plan
from pos_desktop.errors import UserError
from pos_desktop.services import move_in as moving
from pos_desktop.services.move_in import Moved, MoveOptions, move_in
from pos_desktop.services.shop_setup import set_up_shop
from tests.moving.made import GOODS, STYLES, TABLES, make_old_shop
from tests.shop_database import ShopDatabase


@pytest.fixture
def shop(database: ShopDatabase) -> ShopDatabase:
    """A shop with its taxes and nothing on its shelves."""
    text = (paths.resources_dir() / "setup" / "shop.toml").read_text(encoding="utf-8")
    plan = replace(read_plan(text), managers=())
    with owner_connection(database.owner_dsn) as owner:
        set_up_shop(owner, plan, b"pepper")
    return database


FINER = [("item 3 Émile's cider, price", "rounded to the currency's own digits")]
"""The one figure that cannot be the same: 3.995 is no price in pounds."""


def quiet(_what: str, _done: int, _of: int) -> None:
    """No progress shown."""


def moved(shop: ShopDatabase, file: Path, **changes: object) -> Moved:
    options = {"store": 1, "name": file.name, "folder": file.parent, **changes}
    return move_in(shop.owner_dsn, file, MoveOptions(**options), quiet)  # type: ignore[arg-type]


def contents(shop: ShopDatabase) -> list[object]:
    tables = (
        "old_source",
        "old_sale",
        "old_line",
        "old_payment",
        "old_item",
        "old_person",
        "item",
        "movement",
    )
    return [shop.query(f"select * from pos.{table} order by 1, 2, 3") for table in tables]


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_found_and_every_figure_is_the_same(
    shop: ShopDatabase, tmp_path: Path, style: str
) -> None:
    file = make_old_shop(tmp_path / f"{style}.db", style)
    before = hashlib.sha256(file.read_bytes()).digest()
    done = moved(shop, file)
    assert done.fit.shape.name.lower().replace("-", "") == style
    assert (done.sales, done.before, done.orphans) == (40, 0, 0)
    assert [(one.what.replace("p00000", ""), one.cause) for one in done.differences] == FINER
    assert hashlib.sha256(file.read_bytes()).digest() == before
    column = {"prisma": "total", "django": "grand_total", "handmade": "total_amount"}[style]
    db = sqlite3.connect(file)
    amounts = [row[0] for row in db.execute(f"select {column} from {TABLES[style][4]}")]
    db.close()
    assert shop.query("select sum(total) from pos.old_sale") == [(sum(round(one * 100) for one in amounts),)]
    assert shop.query("select count(distinct item_id) from pos.old_line") == [(len(GOODS),)]
    assert shop.query("select name, balance from pos.old_person where kind = 'customer'") == [("Bo", 1250)]
    with shop.connect() as owner:
        assert broken_series(owner) == (40, [])


def test_again_changes_nothing(shop: ShopDatabase, tmp_path: Path) -> None:
    file = make_old_shop(tmp_path / "old.db", "handmade")
    moved(shop, file)
    before = contents(shop)
    again = moved(shop, file)
    assert (again.sales, again.before, len(again.differences)) == (0, 40, 1)
    assert contents(shop) == before


def test_killed_at_any_batch_it_goes_on(
    shop: ShopDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every batch is stopped once; the last run finishes, and the books are those of a single one."""
    file = make_old_shop(tmp_path / "old.db", "django")
    monkeypatch.setattr(moving, "BATCH", 7)
    write = old_sales.write_sales
    done: list[int] = []

    def break_once(owner: object, into: old_sales.Series, batch: object, items: object) -> old_sales.Series:
        if into.next_no not in done:
            done.append(into.next_no)
            raise KeyboardInterrupt
        return write(owner, into, batch, items)  # type: ignore[arg-type]

    monkeypatch.setattr(old_sales, "write_sales", break_once)
    for _ in range(6):
        with pytest.raises(KeyboardInterrupt):
            moved(shop, file)
    last = moved(shop, file)
    assert done == [1, 8, 15, 22, 29, 36]
    assert (last.before + last.sales, len(last.differences)) == (40, 1)
    with shop.connect() as owner:
        assert broken_series(owner) == (40, [])


def test_a_changed_file_is_found_out(shop: ShopDatabase, tmp_path: Path) -> None:
    file = make_old_shop(tmp_path / "old.db", "handmade")
    moved(shop, file)
    db = sqlite3.connect(file)
    db.execute("update sales set total_amount = total_amount + 1 where id = 3")
    db.commit()
    db.close()
    with pytest.raises(UserError) as problem:
        moved(shop, file)
    assert problem.value.code == "move.changed"
    assert moved(shop, file, name="the other shop").sales == 40


def test_new_sales_are_added(shop: ShopDatabase, tmp_path: Path) -> None:
    """The old till sold on for a day: the same file, a day later, brings just that day."""
    file = make_old_shop(tmp_path / "old.db", "handmade")
    moved(shop, file)
    db = sqlite3.connect(file)
    db.execute("insert into sales values (41, '2026-04-20 09:00:00', 1.15, 'cash', 1, null, 'paid')")
    db.execute("insert into sale_items values (9999, 41, 1, 1, 1.15)")
    db.commit()
    db.close()
    later = moved(shop, file)
    assert (later.sales, later.before, len(later.differences)) == (1, 40, 1)


def test_one_value_that_cannot_be_read_stops_before_the_first_sale(
    shop: ShopDatabase, tmp_path: Path
) -> None:
    file = make_old_shop(tmp_path / "old.db", "handmade")
    db = sqlite3.connect(file)
    db.execute("update sales set sale_date = 'yesterday' where id = 30")
    db.execute("update sales set total_amount = 'much' where id = 31")
    db.commit()
    db.close()
    with pytest.raises(UserError) as problem:
        moved(shop, file)
    assert "sales 30: 'yesterday' is no time\nsales 31: 'much' is no number" in problem.value.text()
    assert shop.query("select count(*) from pos.old_sale") == [(0,)]


def test_what_differs_has_its_cause(shop: ShopDatabase, tmp_path: Path) -> None:
    file = make_old_shop(tmp_path / "old.db", "handmade")
    db = sqlite3.connect(file)
    db.execute("update products set quantity = -3 where product_id = 1")
    db.execute("update products set selling_price = -1 where product_id = 2")
    db.execute("insert into sale_items values (9999, 777, 1, 1, 1.15)")
    db.commit()
    db.close()
    done = moved(shop, file)
    assert done.orphans == 1
    causes = {one.what: one.cause for one in done.differences}
    assert set(causes) == {"item 1 Whole milk 1 l", "item 2 Rye bread", FINER[0][0]}
    assert sum("refused" in cause for cause in causes.values()) == 2


BEHIND_IT = {
    "its bytes": "update pos.old_sale set body = replace(body, '\"no\":5', '\"no\":6') where no = 5",
    "its total": "update pos.old_sale set total = total + 1 where no = 5",
    "a line": "update pos.old_line set amount = amount + 1 where no = 5 and n = 1",
    "a payment": "delete from pos.old_payment where no = 5",
}


@pytest.mark.parametrize("change", BEHIND_IT.values(), ids=BEHIND_IT)
def test_what_was_changed_behind_it_is_found(shop: ShopDatabase, tmp_path: Path, change: str) -> None:
    moved(shop, make_old_shop(tmp_path / "old.db", "prisma", sales=8))
    with shop.connect() as owner:
        assert verify(owner).findings == ()
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner.execute(change.encode())
        behind_it(owner, change)
        (finding,) = verify(owner).findings
    assert finding.place == "old sales of old.db no 5"


def behind_it(owner: psycopg.Connection[tuple[Any, ...]], change: str) -> None:
    """As somebody with every right would, leaving the guards as they were."""
    tables = ("old_sale", "old_line", "old_payment")
    for table in tables:
        owner.execute(f"alter table pos.{table} disable trigger user".encode())
    owner.execute(change.encode())
    for table in tables:
        owner.execute(f"alter table pos.{table} enable trigger user".encode())


def test_a_tail_cut_off_is_missed(shop: ShopDatabase, tmp_path: Path) -> None:
    moved(shop, make_old_shop(tmp_path / "old.db", "prisma", sales=8))
    with shop.connect() as owner:
        for table in ("old_line", "old_payment", "old_sale"):
            behind_it(owner, f"delete from pos.{table} where no = 8")
        assert [one.what for one in verify(owner).findings] == ["8 were taken over, 7 are there"]


def test_a_shape_of_ones_own(shop: ShopDatabase, tmp_path: Path) -> None:
    file = tmp_path / "kasse.db"
    db = sqlite3.connect(file)
    db.executescript(
        "create table artikel (nr integer primary key, bezeichnung text, vk integer);"
        "insert into artikel values (1, 'Milch', 115);"
        "create table bon (nr integer primary key, zeit integer, summe integer);"
        "insert into bon values (1, 1774000000, 230);"
        "create table pos (bon integer, artikel integer, menge real, betrag integer);"
        "insert into pos values (1, 1, 2, 230);"
    )
    db.close()
    with pytest.raises(UserError) as problem:
        moved(shop, file)
    assert problem.value.code == "move.no_shape"
    shape = tmp_path / "kasse.toml"
    shape.write_text(
        'money = "minor"\ntime = "s"\n'
        '[items]\ntable = "artikel"\nid = "nr"\nname = "bezeichnung"\nprice = "vk"\n'
        '[sales]\ntable = "bon"\nid = "nr"\nsold_at = "zeit"\ntotal = "summe"\n'
        '[lines]\ntable = "pos"\nsale = "bon"\nitem = "artikel"\nqty = "menge"\namount = "betrag"\n',
        encoding="utf-8",
    )
    done = moved(shop, file, shape=shape)
    assert (done.sales, done.differences) == (1, ())
    assert shop.query("select total from pos.old_sale") == [(230,)]
    assert shop.query(
        "select amount from pos.price p join pos.item i on i.id = p.item_id where i.name = 'Milch'"
    ) == [(115,)]


def test_the_command_says_what_is_where(
    shop: ShopDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = make_old_shop(tmp_path / "old.db", "handmade")
    monkeypatch.setenv("POS_DESKTOP_DSN", shop.owner_address)
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", shop.owner_password)
    assert main(["import", "sqlite", str(file), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "items: products, 4 rows" in said
    assert "category = categories.name" in said
    assert shop.query("select count(*) from pos.old_source") == [(0,)]
    assert main(["import", "sqlite", str(file)]) == 1
    assert (
        "Proof: 1 figures differ.\n  item 3 Émile's cider, price: 3.995 there, 400 here"
        in capsys.readouterr().out
    )
    no_database = tmp_path / "list.csv"
    no_database.write_text("codes,name\n", encoding="utf-8")
    assert main(["import", "sqlite", str(no_database)]) == 1
    assert "is no SQLite database" in capsys.readouterr().err
