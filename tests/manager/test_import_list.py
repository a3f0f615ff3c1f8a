"""Lists from a spreadsheet: an export that was changed goes in again, and nothing goes in unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk, ProductFilter
from pos_desktop.services.manager_files import Kind, export_table, read_table
from pos_desktop.services.manager_import import import_list
from tests.database.shop import BREAD, WINE
from tests.manager.hands import read
from ui.keymap import Keymap
from ui.manager.import_list import ImportList
from ui.manager.products_page import ProductsPage
from ui.tasks import Lanes
from ui.theme import theme

TITLES = ["Product", "Code", "Category", "Price", "Cost", "Margin", "On hand", "Status"]
KINDS = [Kind.TEXT, Kind.CODE, Kind.TEXT, *[Kind.NUMBER] * 4, Kind.TEXT]


def exported(path: Path, *more: list[str]) -> Path:
    """An export with the bread's price changed."""
    rows = [
        ["Rye bread", "4006381333931", "Grocery", "2.60", "0.50", "78.9", "100", "In stock"],
        ["Côtes du Rhône 75 cl", "5000328044842", "Liquor", "9.50", "0.50", "93.7", "100", "In stock"],
        *more,
    ]
    export_table(path, TITLES, KINDS, rows)
    return path


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_changed_export_goes_in_again(desk: ManagerDesk, tmp_path: Path, suffix: str) -> None:
    oat = ["Oat drink 1 l", "0012345678905", "Grocery", "1.40", "", "", "", ""]
    file = exported(tmp_path / f"list.{suffix}", oat, ["Nameless", "123", "Grocery", "free", "", "", "", ""])
    looked = import_list(desk, file, 1, dry_run=True).looked
    assert (looked.rows, looked.new, looked.changed, looked.same, looked.rejected) == (4, 1, 1, 1, 1)
    assert read(desk, BREAD).price == 249
    assert {path.name for path in tmp_path.iterdir()} == {file.name}
    done = import_list(desk, file, 1, dry_run=False)
    assert (done.written.new, done.written.prices) == (1, 2)
    assert (read(desk, BREAD).price, read(desk, WINE).price) == (260, 950)
    (made,) = desk.page(ProductFilter(1, "oat drink")).rows
    assert (made.code, made.price) == ("00012345678905", 140)
    assert done.reject_file == tmp_path / "list.rejected.csv"
    again = import_list(desk, file, 1, dry_run=True).looked
    assert (again.new, again.changed, again.same) == (0, 0, 3)


def test_what_is_no_list_is_said(desk: ManagerDesk, one_store: ManagerDesk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK no book at all")
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    for file, code in (
        (tmp_path / "none.csv", "import.no_file"),
        (tmp_path / "list.pdf", "file.kind"),
        (broken, "file.unreadable"),
        (empty, "import.no_rows"),
    ):
        with pytest.raises(UserError) as refused:
            import_list(desk, file, 1, dry_run=True)
        assert refused.value.code == code
    with pytest.raises(UserError) as refused:  # one store's manager changes no shop-wide list
        import_list(one_store, exported(tmp_path / "list.csv"), 1, dry_run=False)
    assert refused.value.code == "server.not_allowed"
    assert read(desk, BREAD).price == 249


def test_cells_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [["=1+1", "00501", "-2.50"], ['a;b,"c"', "", ""], ["Rosé", "9" * 13, "100000"]]
    for suffix in ("csv", "xlsx"):
        path = tmp_path / f"t.{suffix}"
        count = export_table(
            path, ["Text", "Code", "No"], [Kind.TEXT, Kind.CODE, Kind.NUMBER], rows, decimal="."
        )
        with read_table(path) as cells:
            found = list(cells)
        assert (count, found[0]) == (3, ["Text", "Code", "No"])
        assert [
            [*row[:2], row[2].replace("-2.5", "-2.50") if suffix == "xlsx" else row[2]] for row in found[1:]
        ] == rows
    comma = tmp_path / "comma.csv"
    export_table(comma, ["A", "B"], [Kind.TEXT, Kind.NUMBER], [["x", "1.50"]], decimal=",")
    assert comma.read_text("utf-8-sig") == 'A;B\nx;"1,50"\n'


def test_figures_of_a_sheet_are_read_without_an_exponent(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([5010012345678, 1.1, True, None, 12345678901234567])
    book.save(tmp_path / "book.xlsx")
    with read_table(tmp_path / "book.xlsx") as cells:
        assert next(cells)[:4] == ["5010012345678", "1.1", "1", ""]
    assert load_workbook(tmp_path / "book.xlsx").sheetnames


def test_a_list_is_looked_at_before_it_goes_in(
    qtbot: QtBot, qapp: QApplication, desk: ManagerDesk, tmp_path: Path
) -> None:
    theme().apply(qapp)
    lanes = Lanes()
    page = ProductsPage(desk, lanes, desk.stores()[0], Keymap())
    page.resize(1254, 744)
    page.show()
    page.shown()
    assert lanes.wait_idle()
    page.key_actions()["import"]()
    question = next(each for each in page.findChildren(ImportList) if each.isVisible())
    file = exported(tmp_path / "list.csv", ["No price", "77", "Grocery", "free", "", "", "", ""])
    question.path.setText(str(file))
    QTest.keyClick(question.path, Qt.Key.Key_Return)
    assert lanes.wait_idle(20_000)
    assert question.note.text() == "3 rows: 0 new, 1 changed, 1 as they are, 1 cannot go in."
    assert question.rejects.text().startswith("Line 4, price: ")
    assert question.go.text() == "Import"
    assert read(desk, BREAD).price == 249
    QTest.mouseClick(question.go, Qt.MouseButton.LeftButton)
    assert lanes.wait_idle(20_000)
    qtbot.waitUntil(lambda: page.banner.text().startswith("0 new products, 1 changed."))
    assert read(desk, BREAD).price == 260
    assert lanes.wait_idle()
    lanes.shutdown()
    page.close()
    page.deleteLater()
