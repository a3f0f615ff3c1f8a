"""The table worked like a spreadsheet: cells typed into, blocks pasted, many edited, columns chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos_desktop.domain.money import CURRENCIES
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_files import read_table
from tests.database.shop import BANANAS, BREAD, MILK, WINE, Shop
from tests.manager.hands import LEFT, Hands, read
from tests.manager.test_products_changes import edit
from tests.shop_database import ShopDatabase
from ui.manager.bulk import BulkEdit, ChangeQuestion, PastePreview, price_text
from ui.manager.clip import block_text, read_block
from ui.manager.columns_panel import ColumnsPanel
from ui.manager.conflict import ConflictView
from ui.manager.export import Export
from ui.models.columns import Arrangement

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def point_as_decimal_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.manager.grid.decimal_sign", lambda: ".")
    monkeypatch.setattr("ui.manager.export.decimal_sign", lambda: ".")


def question(hands: Hands, kind: type[QWidget]) -> QWidget:
    hands.settle()
    return hands.question(kind)


# -- cells -----------------------------------------------------------------------------------------------


def test_enter_goes_on_below_and_all_is_saved_at_once(hands: Hands, desk: ManagerDesk) -> None:
    page, table = hands.page, hands.page.table
    rows = [page.model.row(n).id for n in range(3)]
    hands.to_cell(rows[0], "price")
    for price in ("1.11", "2.22", "3.33"):
        QTest.keyClick(table, Qt.Key.Key_Return)
        editor = table.editor
        assert editor is not None
        QTest.keyClicks(editor, price)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert table.editor is None
    assert page.unsaved_words.text() == "3 products not saved"
    assert read(desk, rows[0]).price != 111
    hands.press(page.save_all)
    assert [read(desk, item).price for item in rows] == [111, 222, 333]
    assert page.banner.text() == "3 products saved."
    assert (page.unsaved_words.text(), page.save_all.isVisible()) == ("", False)
    page.key_actions()["undo"]()
    hands.settle()
    assert page.banner.text() == "3 products are as they were."
    assert read(desk, rows[1]).price not in (111, 222, 333)


def test_tab_goes_along_the_row_and_esc_leaves_the_cell(hands: Hands, desk: ManagerDesk) -> None:
    table = hands.page.table
    table.arrange(Arrangement(("name", "category", "price", "low")))
    hands.type_cell(BREAD, "category", "liquor", Qt.Key.Key_Tab)
    for text in ("2.99", "12"):
        editor = table.editor
        assert editor is not None
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Tab)
    editor = table.editor  # the next row's name
    assert editor is not None
    QTest.keyClicks(editor, "never")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    hands.page.key_actions()["save"]()
    hands.settle()
    bread = read(desk, BREAD)
    assert (bread.category, bread.price, bread.low) == ("Liquor", 299, 12_000)
    assert hands.page.banner.text() == "Rye bread is saved."
    hands.page.key_actions()["undo"]()
    hands.settle()
    assert (read(desk, BREAD).category, read(desk, BREAD).low) == ("Grocery", None)


def test_ctrl_s_takes_what_is_still_being_typed(hands: Hands, desk: ManagerDesk) -> None:
    hands.to_cell(MILK, "price")
    hands.page.key_actions()["edit"]()
    editor = hands.page.table.editor
    assert editor is not None
    QTest.keyClicks(editor, "1.80")
    hands.page.key_actions()["save"]()
    hands.settle()
    assert read(desk, MILK).price == 180


def test_a_text_that_is_no_value_stays_with_its_reason(hands: Hands, desk: ManagerDesk) -> None:
    page = hands.page
    hands.type_cell(MILK, "price", "cheap")
    hands.type_cell(BREAD, "price", "2.60")
    index = hands.index(MILK, "price")
    assert index.data() == "cheap"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Type a price such as 1.85."
    page.key_actions()["save"]()
    hands.settle()
    assert read(desk, BREAD).price == 260  # what is right is saved
    assert page.unsaved == 1
    assert hands.cell(MILK, "price") == "cheap"


def test_drafts_live_through_filters_and_sorting(hands: Hands, desk: ManagerDesk) -> None:
    hands.type_cell(WINE, "price", "9.99")
    hands.filter("milk")
    hands.filter("")
    assert hands.cell(WINE, "price") == "9.99"
    hands.page.key_actions()["save"]()
    hands.settle()
    assert read(desk, WINE).price == 999


def test_two_versions_come_one_after_the_other(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk
) -> None:
    hands.type_cell(MILK, "price", "1.99")
    hands.type_cell(BREAD, "name", "Dark rye")
    edit(colleague, read(colleague, MILK), price=200)
    edit(colleague, read(colleague, BREAD), name="Rye loaf", price=255)
    hands.page.key_actions()["save"]()
    first = question(hands, ConflictView)
    assert isinstance(first, ConflictView)
    assert "1 more" in first.words.text()
    hands.press(first.keep if first.lines[0][0] == "Price" else first.take)
    second = question(hands, ConflictView)
    assert isinstance(second, ConflictView)
    assert ("Product", "Rye bread", "Rye loaf", "Dark rye") in second.lines
    QTest.keyClick(second, Qt.Key.Key_Escape)  # decide later: nothing is lost
    hands.settle()
    assert read(desk, MILK).price == 199
    assert read(desk, BREAD).name == "Rye loaf"
    assert hands.page.unsaved == 1


# -- blocks ----------------------------------------------------------------------------------------------


def test_a_block_is_copied_and_pasted_with_a_preview(hands: Hands, desk: ManagerDesk) -> None:
    page, table = hands.page, hands.page.table
    table.arrange(Arrangement(("name", "price", "low")))
    rows = [page.model.row(n) for n in range(3)]
    hands.to_cell(rows[0].id, "price")
    QTest.keyClick(table, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(table, Qt.Key.Key_Down, SHIFT)
    assert (table.block().width(), table.block().height()) == (2, 2)
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    assert QApplication.clipboard().text().count("\t") == 2
    QApplication.clipboard().setText("1.10\t5\r\n1.20\tmany\r\n1.30\t\r\n")
    hands.to_cell(rows[0].id, "price")
    QTest.keyClick(table, Qt.Key.Key_V, CTRL)
    preview = question(hands, PastePreview)
    assert isinstance(preview, PastePreview)
    assert preview.words.text() == "4 cells will change, 1 stays as it is, 1 cannot."
    assert (preview.list.changes[0].after, preview.list.changes[0].problem) == (
        "many",
        "Type an amount such as 12, or nothing.",
    )
    assert read(desk, rows[0].id).price == rows[0].price  # nothing yet
    hands.press(preview.save)
    now = [read(desk, row.id) for row in rows]
    assert [(each.price, each.low) for each in now] == [(110, 5000), (120, None), (130, None)]
    page.key_actions()["undo"]()
    hands.settle()
    assert [read(desk, row.id).price for row in rows] == [row.price for row in rows]


def test_what_lies_outside_the_table_is_said(hands: Hands) -> None:
    last = hands.page.model.row(hands.page.model.rowCount() - 1)
    hands.to_cell(last.id, "price")
    hands.page.paste("1\n2\n3")
    preview = question(hands, PastePreview)
    assert isinstance(preview, PastePreview)
    labels = [each.text() for each in preview.findChildren(QWidget) if hasattr(each, "set_text")]
    assert any("2 cells of the block lie outside" in words for words in labels)
    QTest.keyClick(preview, Qt.Key.Key_Escape)


def test_dragging_takes_a_block_and_ticks_nothing(hands: Hands) -> None:
    page, table = hands.page, hands.page.table
    view = table.viewport()
    start = table.visualRect(page.model.index(0, hands.section("price"))).center()
    end = table.visualRect(page.model.index(2, hands.section("on_hand"))).center()
    QTest.mousePress(view, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(view, QPoint((start.x() + end.x()) // 2, (start.y() + end.y()) // 2))
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.NoModifier, end)
    assert table.block().height() == 3
    assert page.model.ticked == {}


def test_text_from_and_to_a_spreadsheet(hands: Hands) -> None:
    assert read_block('a\t"b\tc"\n\'=1+1\t2') == [["a", "b\tc"], ["=1+1", "2"]]
    assert read_block("") == []
    columns = [hands.page.model.columns[hands.section(key)] for key in ("name", "price")]
    milk = hands.page.model.row(hands.page.model.row_of(MILK) or 0)
    assert block_text([milk], columns, ",") == "Whole milk 2 l\t1,65"


# -- many ------------------------------------------------------------------------------------------------


def test_many_prices_change_by_per_cent_after_a_look(hands: Hands, desk: ManagerDesk) -> None:
    page = hands.page
    page.model.tick([row for item in (MILK, WINE) if (row := page.model.row_of(item)) is not None])
    hands.press(page.change_price)
    bulk = question(hands, BulkEdit)
    assert isinstance(bulk, BulkEdit)
    assert not bulk.save.isEnabled()
    QTest.keyClicks(bulk.text, "+10%")
    assert {(change.before, change.after) for change in bulk.list.changes} == {
        ("1.65", "1.82"),
        ("9.50", "10.45"),
    }
    assert bulk.words.text() == "2 cells will change."
    QTest.keyClick(bulk.text, Qt.Key.Key_Return)
    hands.settle()
    assert [read(desk, item).price for item in (MILK, WINE)] == [182, 1045]
    hands.press(hands.banner_key("Undo"))
    assert [read(desk, item).price for item in (MILK, WINE)] == [165, 950]


def test_many_are_given_a_category_or_cleared(hands: Hands, desk: ManagerDesk) -> None:
    page = hands.page
    page.edit_many("category")
    assert page.banner.text().startswith("Choose products first")
    page.model.tick(range(page.model.rowCount()))
    hands.press(page.edit_field)
    bulk = question(hands, BulkEdit)
    assert isinstance(bulk, BulkEdit)
    QTest.keyClicks(bulk.text, "nowhere")
    assert not bulk.save.isEnabled()
    assert bulk.list.changes[0].problem.startswith("There is no category “nowhere”.")
    bulk.text.clear()
    QTest.keyClicks(bulk.text, "LIQUOR")
    assert bulk.words.text() == "6 cells will change, 1 stays as it is."
    hands.press(bulk.fields["min_age"])
    QTest.keyClicks(bulk.text, "-")
    assert bulk.words.text() == "1 cell will change, 6 stay as they are."
    hands.press(bulk.save)
    assert read(desk, WINE).min_age is None


@pytest.mark.parametrize(
    ("typed", "price"),
    [("2", "2"), ("+10%", "1.82"), ("-2.5 %", "1.61"), ("+0,20", "1.85"), ("−0.15", "1.50"), ("+x", "+x")],
)
def test_a_price_for_many_is_worked_out_for_each(desk: ManagerDesk, typed: str, price: str) -> None:
    assert price_text(typed, read(desk, MILK), CURRENCIES["GBP"]) == price


# -- columns and files -----------------------------------------------------------------------------------


def test_columns_are_chosen_by_keys_and_remembered(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk
) -> None:
    page = hands.page
    hands.press(page.columns_key)
    panel = question(hands, ColumnsPanel)
    assert isinstance(panel, ColumnsPanel)
    titles = [panel.list.item(row).text() for row in range(panel.list.count())]
    panel.list.setCurrentRow(titles.index("Supplier"))
    QTest.keyClick(panel.list, Qt.Key.Key_Space)
    for _ in range(titles.index("Supplier")):
        QTest.keyClick(panel.list, Qt.Key.Key_Up, CTRL)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    hands.settle()
    shown = [column.key for column in page.table.shown_columns()]
    assert shown[:2] == ["name", "supplier"]
    assert desk.layout("products") == {"columns": shown}
    assert colleague.layout("products") == {}
    head = page.table.head
    place = QPoint(head.sectionViewportPosition(hands.section("supplier")) + 30, 10)
    QTest.mousePress(head.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    for step in (20, 60, 160, 260):
        QTest.mouseMove(head.viewport(), QPoint(place.x() + step, 10))
    QTest.mouseRelease(head.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(place.x() + 260, 10))
    hands.settle()
    dragged = [column.key for column in page.table.shown_columns()]
    assert dragged.index("supplier") > 1
    assert desk.layout("products") == {"columns": dragged}


def test_what_is_exported_reads_again_and_runs_nowhere(
    hands: Hands, database: ShopDatabase, tmp_path: Path
) -> None:
    with database.connect() as owner:
        owner.execute("update pos.item set name = '=HYPERLINK(1)' where id = %s", [BANANAS])
        owner.execute(
            "insert into pos.item_code (code, item_id, kind) values ('00012345', %s, 'own')", [LASTS]
        )
    page = hands.page
    page.files_folder = tmp_path
    page.retry()
    hands.settle()
    for suffix in ("csv", "xlsx"):
        page.key_actions()["export"]()
        export = question(hands, Export)
        assert isinstance(export, Export)
        hands.press(export.csv if suffix == "csv" else export.xlsx)
        hands.press(export.save)
        assert page.banner.text().startswith("7 rows: ")
    files = {path.suffix: path for path in tmp_path.iterdir()}
    whole = {}
    for suffix, path in files.items():
        with read_table(path) as cells:
            whole[suffix] = list(cells)
    assert whole[".csv"][0][:3] == ["Product", "Code", "Category"]
    milk = [next(row for row in rows if row[0] == "Whole milk 2 l") for rows in whole.values()]
    assert milk[0][1] == milk[1][1] == "5010012345678"
    assert {row[3] for row in milk} == {"1.65"}
    assert "'=HYPERLINK(1)" in files[".csv"].read_text("utf-8-sig")
    sheet = load_workbook(files[".xlsx"]).worksheets[0]
    cells_of = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells_of["=HYPERLINK(1)"] == "s"
    assert cells_of["5010012345678"] == "s"
    assert cells_of[1.65] == "n"
    for path in files.values():
        path.unlink()


LASTS = 4


def test_an_export_can_be_stopped_and_leaves_nothing(hands: Hands, tmp_path: Path) -> None:
    hands.page.files_folder = tmp_path
    hands.page.key_actions()["export"]()
    export = question(hands, Export)
    assert isinstance(export, Export)
    export._stop.set()
    export._begin = lambda _of: None  # type: ignore[method-assign]  # stopped before it began
    hands.press(export.save)
    assert export.note.text().startswith("Stopped.")
    assert list(tmp_path.iterdir()) == []
    assert isinstance(export, Export)
    assert not isinstance(export, ChangeQuestion)
    QTest.keyClick(export.path, Qt.Key.Key_Escape)


def test_the_end_of_the_table_is_one_stroke_away(hands: Hands, shop: Shop) -> None:
    table = hands.page.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_End, CTRL)
    hands.settle()
    assert table.currentIndex().row() == hands.page.model.rowCount() - 1
    QTest.keyClick(table, Qt.Key.Key_Home, CTRL)
    hands.settle()
    assert table.currentIndex().row() == 0
