"""Importing lists into a real database: what goes in, what does not, and what a second time changes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pos_desktop.cli import import_items as command
from pos_desktop.cli.progress import ProgressBar
from pos_desktop.database.import_items import ImportRun, import_run
from pos_desktop.database.manager import add_manager
from pos_desktop.domain.scale_label import with_check_digit
from pos_desktop.errors import UserError
from pos_desktop.services.demo_shop import load_demo_shop
from pos_desktop.services.import_items import ImportOptions, ImportResult, import_items
from tests.shop_database import ShopDatabase

HEADING = "codes;name;price;category;unit;plu;cost;tax;stock;min_age;strength;volume;supplier"
ROWS = (
    "9520000000004;Green tea 40 bags;2,10;Tea;each;;1.05;0%;24;;;;Leaf & Co",
    "9520000000011 W1;Rioja 75 cl;8,50;Wine;each;;4,7;20%;12;18;13,5;75 cl;Cellar",
    ";Bananas;1,12;Fruit;kg;4011;0,64;Z;86,5;;;;",
)
Load = Callable[..., ImportResult]


@pytest.fixture
def shop(database: ShopDatabase) -> ShopDatabase:
    """Two stores, taxes and people, but no items."""
    load_demo_shop(database.owner_dsn, b"pepper", with_items=False)
    return database


@pytest.fixture
def load(shop: ShopDatabase, tmp_path: Path) -> Load:
    """Import a list given as lines."""

    def run(*lines: str, encoding: str = "utf-8", **options: Any) -> ImportResult:
        file = tmp_path / "list.csv"
        file.write_bytes("\n".join(lines).encode(encoding))
        return import_items(shop.owner_dsn, file, ImportOptions(**options))

    return run


def item(shop: ShopDatabase, code: str) -> tuple[Any, ...]:
    (row,) = shop.query(
        "select i.name, i.unit, c.name, i.tax, i.cost, i.min_age, i.strength, i.volume, p.name,"
        " pos.import_price(i.id), (select on_hand from pos.stock k join pos.store s on s.id = k.store_id"
        " where k.item_id = i.id and s.number = 1) from pos.item_code x join pos.item i on i.id = x.item_id"
        " join pos.category c on c.id = i.category_id left join pos.supplier p on p.id = i.supplier_id"
        " where x.code = %s",
        code,
    )
    return tuple(str(value) if value is not None else None for value in row)


def books(shop: ShopDatabase) -> list[tuple[Any, ...]]:
    """Everything an import could change, to be compared before and after."""
    return [
        shop.query(f"select * from pos.{table} order by 1, 2")
        for table in (
            "item",
            "item_code",
            "price",
            "stock",
            "movement",
            "category",
            "supplier",
            "change",
            "audit",
        )
    ]


def test_a_list_goes_in(shop: ShopDatabase, load: Load) -> None:
    result = load(HEADING, *ROWS)
    assert (result.written.new, result.looked.rejected, result.written.stocked) == (3, 0, 3)
    assert item(shop, "09520000000011") == (
        "Rioja 75 cl", "each", "Wine", "S", "4.700000", "18", "13.50", "0.750", "Cellar", "850", "12.000",
    )  # fmt: skip
    assert item(shop, "W1") == item(shop, "09520000000011")
    assert item(shop, "4011")[:4] == ("Bananas", "kg", "Fruit", "Z")
    assert item(shop, "4011")[-1] == "86.500"


def test_importing_twice_changes_nothing(shop: ShopDatabase, load: Load) -> None:
    load(HEADING, *ROWS)
    before = books(shop)
    again = load(HEADING, *ROWS)
    assert (again.looked.same, again.written.new, again.written.changed, again.written.prices) == (3, 0, 0, 0)
    assert books(shop) == before


def test_what_a_list_does_not_say_stays(shop: ShopDatabase, load: Load) -> None:
    load(HEADING, *ROWS)
    result = load("price,name,codes", "8.95,Rioja Crianza 75 cl,W1 9520000000028")
    assert (result.written.changed, result.written.prices) == (1, 1)
    assert item(shop, "09520000000028") == (
        "Rioja Crianza 75 cl", "each", "Wine", "S", "4.700000", "18", "13.50", "0.750", "Cellar",
        "895", "12.000",
    )  # fmt: skip
    assert shop.query(
        "select count(*) from pos.price where item_id = (select item_id from pos.item_code where code = 'W1')"
    ) == [(2,)]


def test_opening_stock_is_only_for_what_never_moved(shop: ShopDatabase, load: Load) -> None:
    load(HEADING, *ROWS)
    load("codes;name;price;stock", "W1;Rioja 75 cl;8.50;99")
    assert item(shop, "W1")[-1] == "12.000"
    load("codes;name;price;stock", "W1;Rioja 75 cl;8.50;30", store=2)
    assert shop.query(
        "select s.number, k.on_hand::text from pos.stock k join pos.store s on s.id = k.store_id"
        " join pos.item_code x on x.item_id = k.item_id where x.code = 'W1' order by 1"
    ) == [(1, "12.000"), (2, "30.000")]


def test_a_list_in_the_old_encoding(shop: ShopDatabase, load: Load) -> None:
    load("codes;name;price", "K1;Käse Gruyère 5€;3,20", encoding="cp1252")
    assert item(shop, "K1")[0] == "Käse Gruyère 5€"


def test_a_byte_that_is_no_letter_costs_its_row(shop: ShopDatabase, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"codes;name;price\nA1;Caf\xe9;1\nA2;T\x81a;2\n")
    result = import_items(shop.owner_dsn, file)
    assert [(one.line, one.field) for one in result.rejects] == [(3, "row")]
    assert item(shop, "A1")[0] == "Café"


@pytest.mark.parametrize(
    ("rows", "line", "field", "says"),
    [
        (("A1;One;1", "A1;Two;2"), 3, "codes", "A1 is already on line 2"),
        (
            ("A1;One;1", "9520000000004 A2;Two;2", "9520000000004;Three;2"),
            4,
            "codes",
            "9520000000004 is already on line 3",
        ),
        (("W1 9520000000004;Mix;2",), 2, "codes", "is a code of “"),
        (("W1;Rioja;8", "9520000000011;Rioja;8"), 3, "codes", "is the same item as line 2"),
        (("A1;One;-1",), 2, "price", "below zero"),
        (("9520000000005;One;1",), 2, "codes", "check digit"),
        (("A1;One;1", 'A2;"Two;1'), 3, "row", "not closed"),
    ],
)
def test_bad_rows_are_rejected_and_good_ones_go_in(
    load: Load, rows: tuple[str, ...], line: int, field: str, says: str
) -> None:
    load(HEADING, *ROWS)
    result = load("codes;name;price", *rows)
    (reject,) = result.rejects
    assert (reject.line, reject.field) == (line, field)
    assert says in reject.reason
    assert result.looked.rejected == 1
    assert result.looked.rows == len(rows)
    assert result.reject_file is not None
    assert f"line {line}, {field}: " in result.reject_file.read_text(encoding="utf-8-sig")


def test_a_unit_with_stock_behind_it_stays(load: Load) -> None:
    load(HEADING, *ROWS)
    (reject,) = load("codes;name;price;unit;plu", ";Bananas;1,12;each;4011").rejects
    assert (reject.field, "sold by kg" in reject.reason) == ("unit", True)


def test_rejects_are_corrected_and_imported(shop: ShopDatabase, load: Load, tmp_path: Path) -> None:
    result = load("shelf;codes;name;price", "1;A1;One;1", "2;A1;Two;2", "3;;Three;3", '4;A4;"Four;4')
    assert (result.written.new, result.looked.rejected) == (1, 3)
    assert result.reject_file is not None
    text = result.reject_file.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "shelf;codes;name;price;reason"
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(text.replace("2;A1", "2;A2").replace("3;;", "3;A3;"), encoding="utf-8-sig")
    again = import_items(shop.owner_dsn, corrected)
    assert (again.written.new, again.looked.rejected) == (3, 0)
    assert item(shop, "A4")[0] == "Four"


def test_all_or_nothing_and_dry_run_write_nothing(shop: ShopDatabase, load: Load) -> None:
    before = books(shop)
    nothing = load("codes;name;price", "A1;One;1", "A2;Two;-2", all_or_nothing=True)
    assert (nothing.applied, nothing.looked.new, nothing.looked.rejected) == (False, 1, 1)
    dry = load("codes;name;price", "A1;One;1", dry_run=True)
    assert (dry.applied, dry.looked.new) == (False, 1)
    assert books(shop) == before
    assert load("codes;name;price", "A1;One;1", "A2;Two;2", all_or_nothing=True).written.new == 2


def test_many_chunks_are_one_list(shop: ShopDatabase, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_desktop.services.import_items.CHUNK", 7)
    rows = [f"{with_check_digit(f'952{n:09d}')};Thing {n};{n}.05;Cat {n % 3}" for n in range(1, 51)]
    rows.append(rows[0].replace("Thing", "Other"))
    result = load("codes;name;price;category", *rows)
    assert (result.written.new, result.looked.rejected) == (50, 1)
    assert shop.query("select count(*) from pos.category where name like 'Cat _'") == [(3,)]
    assert load("codes;name;price;category", *rows).written.new == 0


def test_somebody_else_takes_a_code_meanwhile(shop: ShopDatabase) -> None:
    """Between looking and writing the catalogue may move: the rows are matched again under the lock."""
    from pos_desktop.domain.items_row import ItemRow

    with import_run(shop.owner_dsn, 0) as run, import_run(shop.owner_dsn, 0) as other:
        run.copy([ItemRow(2, ("A1",), "Mine", 100), ItemRow(3, ("A2",), "Mine too", 200)])
        assert run.look().new == 2
        other.copy([ItemRow(2, ("A1",), "Theirs", 150)])
        other.look()
        assert other.apply("S", 0, 9).new == 1
        written = run.apply("S", 0, 9)
    assert (written.new, written.changed) == (1, 1)
    assert item(shop, "A1")[0] == "Mine"
    assert shop.query("select count(*) from pos.item where name = 'Theirs'") == [(0,)]


@pytest.mark.parametrize(
    ("lines", "options", "code"),
    [
        (("name;price", "Tea;1"), {}, "import.list"),
        (("codes;name;price", "A;Tea;1"), {"store": 9}, "import.no_store"),
        (("codes;name;price", "A;Tea;1"), {"tax": "X"}, "import.no_tax"),
        (("codes;name;price", "A;Tea;1"), {"mapping": Path("nowhere.toml")}, "import.no_file"),
        (("codes;name;price", "A;Tea;-1"), {"rejects": "the list"}, "import.same_file"),
    ],
)
def test_a_list_that_cannot_be_read_at_all(
    load: Load, tmp_path: Path, lines: tuple[str, ...], options: dict[str, Any], code: str
) -> None:
    if "rejects" in options:
        options = {"rejects": tmp_path / "list.csv"}
    with pytest.raises(UserError) as refused:
        load(*lines, **options)
    assert refused.value.code == code
    assert len(refused.value.text().splitlines()) <= 2


def test_only_a_manager_of_every_store_may_import(shop: ShopDatabase) -> None:
    with shop.connect() as owner:
        add_manager(owner, login="mgr_all", name="All", password="a manager's secret", store_numbers=(1, 2))
        add_manager(owner, login="mgr_one", name="One", password="a manager's secret", store_numbers=(1,))
    shop.logins += ["mgr_all", "mgr_one"]
    with import_run(shop.dsn("mgr_all", "a manager's secret"), 0) as run:
        assert run.shop.store == 1
    with pytest.raises(UserError) as refused, import_run(shop.dsn("mgr_one", "a manager's secret"), 0):
        pass
    assert refused.value.code == "server.not_allowed"


def test_a_manager_can_put_rows_in_and_nothing_else(shop: ShopDatabase) -> None:
    with shop.connect() as owner:
        add_manager(owner, login="mgr_all", name="All", password="a manager's secret", store_numbers=(1, 2))
    shop.logins.append("mgr_all")
    with shop.connect("mgr_all", "a manager's secret") as connection:
        ImportRun(connection, 0)
        for statement in (
            "update pg_temp.import_row set name = ''",
            "create trigger t before insert on pg_temp.import_row"
            " execute function pg_catalog.tsvector_update_trigger()",
            "select * from pg_temp.import_code",
            "insert into pos.item (name) values ('x')",
        ):
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                connection.execute(statement.encode())


def test_tables_somebody_else_made_are_not_touched(shop: ShopDatabase) -> None:
    """A restored database may let anybody make temporary tables; their triggers must not run as owner."""
    with shop.connect() as owner:
        add_manager(owner, login="mgr_all", name="All", password="a manager's secret", store_numbers=(1, 2))
        owner.execute(f"grant temporary on database {shop.name} to mgr_all".encode())
    shop.logins.append("mgr_all")
    with shop.connect("mgr_all", "a manager's secret") as connection:
        for table in ("import_row", "import_code"):
            connection.execute(f"create temp table {table} (line int, field text, state text)".encode())
            connection.execute(f"grant all on pg_temp.{table} to public".encode())
        for statement in ("select api.import_check(0)", "select api.import_apply(0, 'S', 0, 9)"):
            with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
                connection.execute(statement.encode())


def test_the_command_says_what_it_did(
    shop: ShopDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("codes,name,price,shelf\nA1,One,1,x\nA2,Two,-1,y\n", encoding="utf-8")
    arguments = ["--home", str(tmp_path / "home"), "import", "items", str(file)]
    assert shop.as_owner(*arguments, "--dry-run") == command.EXIT_REJECTS
    assert "Would add 1 item " in capsys.readouterr().out
    assert shop.as_owner(*arguments) == command.EXIT_REJECTS
    out = capsys.readouterr().out
    assert "Columns not used: shelf" in out
    assert "Added 1 item," in out
    assert "line 3, price: “-1” is below zero" in out
    assert (tmp_path / "list.rejected.csv").is_file()


def test_the_progress_bar_draws_on_a_terminal_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        bar = ProgressBar(stream)
        bar.show("Reading", 1, 2)
        bar.show("Reading", 1, 2)
        bar.clear()
    assert terminal.getvalue().count("50%") == 1
    assert terminal.getvalue().endswith("\r")
    assert pipe.getvalue() == ""
