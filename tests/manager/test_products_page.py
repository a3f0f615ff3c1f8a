"""The products page on a real server, worked as a manager would; what it saves is what a till reads next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_desktop.database import catalogue
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.manager import ManagerDesk, PriceSaved, Product, ProductFilter
from tests.database.shop import BANANAS, BREAD, MILK, PASSWORD, WINE, Shop
from tests.manager.conftest import desk_of
from tests.shop_database import ShopDatabase
from ui.keymap import Keymap
from ui.manager.adjust import AdjustStock, read_difference
from ui.manager.labels import PrintLabels
from ui.manager.products_page import ProductsPage
from ui.models.products import CODE, MARGIN, NAME, ON_HAND, PRICE, STATUS, shown_code
from ui.tasks import Lanes
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.text import record_text

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@dataclass
class Hands:
    """A manager at the page."""

    page: ProductsPage
    lanes: Lanes
    qtbot: QtBot

    def settle(self) -> None:
        assert self.lanes.wait_idle()
        QApplication.processEvents()

    def names(self) -> list[str]:
        model = self.page.model
        return [model.product(row).name for row in range(model.rowCount())]

    def cell(self, item: int, column: int) -> str:
        row = self.page.model.row_of(item)
        assert row is not None
        return str(self.page.model.index(row, column).data())

    def take(self, item: int) -> None:
        row = self.page.model.row_of(item)
        assert row is not None
        self.click(row, 120)

    def click(self, row: int, x: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        table = self.page.table
        place = table.visualRect(self.page.model.index(row, NAME))
        point = QPoint(place.left() + x, place.center().y())
        QTest.mouseClick(table.viewport(), LEFT, modifier, point)

    def filter(self, words: str) -> None:
        """Type a filter and wait for the answer the pause asks for."""
        self.page.filter.field.clear()
        with self.qtbot.waitSignal(self.page.model.loaded):
            QTest.keyClicks(self.page.filter.field, words)
        self.settle()

    def type_price(self, item: int, price: str) -> None:
        self.take(item)
        self.page.actions()["edit"]()
        QTest.keyClicks(self.page.detail.price, price)

    def banner_key(self, words: str) -> Key:
        return next(key for key in self.page.banner.action_keys() if key.text() == words)

    def question(self, kind: type[QWidget]) -> QWidget:
        return next(each for each in self.page.findChildren(kind) if each.isVisible())

    def press(self, key: QWidget) -> None:
        QTest.mouseClick(key, LEFT)
        self.settle()


@pytest.fixture
def hands(qtbot: QtBot, qapp: QApplication, desk: ManagerDesk) -> Iterator[Hands]:
    if not qapp.property("themed"):
        theme().apply(qapp)
        qapp.setProperty("themed", True)
    lanes = Lanes()
    page = ProductsPage(desk, lanes, desk.stores()[0], Keymap())
    page.resize(1254, 744)
    page.show()
    page.activateWindow()
    page.shown()
    made = Hands(page, lanes, qtbot)
    made.settle()
    yield made
    made.settle()
    lanes.shutdown()
    page.close()
    page.deleteLater()
    theme().set_dark(False)


@pytest.fixture
def colleague(database: ShopDatabase, shop: Shop) -> Iterator[ManagerDesk]:
    lanes, made = desk_of(database, [1])
    yield made
    lanes.close()


def read(desk: ManagerDesk, item: int) -> Product:
    return next(each for each in desk.page(ProductFilter(1)).products if each.id == item)


def test_typing_filters_and_nothing_found_says_so(hands: Hands) -> None:
    page, everything = hands.page, hands.names()
    assert len(everything) == 7
    assert page.count.text() == "7 in Corner shop"
    assert page.foot.text() == "Row 1–7 of 7"
    QTest.keyClicks(page.table, "rhone")  # typed anywhere in the table
    hands.settle()
    hands.qtbot.waitUntil(lambda: hands.names() == ["Côtes du Rhône 75 cl"])
    hands.settle()
    assert page.filter.field.text() == "rhone"
    assert page.foot.text() == "Row 1–1 of 1"
    assert page.detail.name.text() == "Côtes du Rhône 75 cl"
    hands.filter("mlik")
    assert page.empty.isVisible()
    assert page.empty.words.text() == "Nothing matches “mlik”."
    hands.press(page.empty.key)
    assert hands.names() == everything
    assert page.table.isVisible()


def test_low_stock_shows_only_what_is_low(hands: Hands, database: ShopDatabase) -> None:
    with database.connect() as owner:
        owner.execute("update pos.stock set low = 150 where item_id = %s", [MILK])
    hands.page.shown()
    hands.settle()
    assert hands.page.filter.low.text() == "Low stock · 1"
    hands.press(hands.page.filter.low)
    assert hands.names() == ["Whole milk 2 l"]
    assert hands.cell(MILK, STATUS) == "Low"
    assert hands.page.detail.chip.text() == "Low · 100 left"


def test_a_click_on_the_head_sorts_where_the_database_can(hands: Hands) -> None:
    head, model = hands.page.table.horizontalHeader(), hands.page.model
    by_name = hands.names()

    def click(column: int) -> None:
        place = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
        QTest.mouseClick(head.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
        hands.settle()

    click(PRICE)
    prices = [model.product(row).price for row in range(model.rowCount())]
    assert prices == sorted(prices)
    click(CODE)
    click(MARGIN)
    assert (head.sortIndicatorSection(), [model.product(row).price for row in range(7)]) == (PRICE, prices)
    click(PRICE)
    assert [model.product(row).price for row in range(7)] == prices[::-1]
    click(PRICE)  # the third click sorts by nothing asked for: by name
    assert hands.names() == by_name


def test_ticks_are_kept_through_a_filter_and_copied_plain(hands: Hands) -> None:
    page = hands.page
    assert not page.bulk.isVisible()
    hands.click(0, 20)
    hands.click(2, 120, SHIFT)
    assert page.bulk.words.text() == "3 selected"
    hands.click(1, 120, CTRL)
    assert page.bulk.words.text() == "2 selected"
    hands.click(4, 120)  # beside the box: takes the row in hand, ticks nothing
    assert len(page.model.ticked) == 2
    hands.filter("milk")
    assert len(page.model.ticked) == 2
    hands.press(page.bulk.clear)
    assert not page.bulk.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)  # the row in hand
    assert QApplication.clipboard().text() == "\t".join(
        ("Whole milk 2 l", "5010012345678", "Grocery", "1.65", "0.50", "69.7", "100", "In stock")
    )
    page.clear_filter()
    hands.settle()
    QTest.keyClick(page.table, Qt.Key.Key_A, CTRL)
    hands.settle()
    assert page.bulk.words.text() == "7 selected"
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert len(QApplication.clipboard().text().split("\n")) == 7


def test_labels_of_the_chosen_ones_read_again(hands: Hands, tmp_path: Path) -> None:
    page = hands.page
    page.labels_folder = tmp_path / "Papers of José"
    wanted = {MILK: "5010012345678", WINE: "5000328044842", BREAD: "4006381333931"}
    page.model.tick([row for item in wanted if (row := page.model.row_of(item)) is not None])
    hands.press(page.bulk.labels)
    question = hands.question(PrintLabels)
    assert isinstance(question, PrintLabels)
    question.first.clear()
    QTest.keyClicks(question.first, "22")
    assert "labels 1 to 21" in question.note.text()
    question.first.clear()
    QTest.keyClicks(question.first, "20")
    assert question.note.text().startswith("3 labels on 2 sheets")
    hands.press(question.save)
    files = list(page.labels_folder.iterdir())
    assert len(files) == 1
    assert page.banner.text().startswith("3 labels on 2 sheets: ")
    document = pypdfium2.PdfDocument(files[0])
    codes = [
        found.text for sheet in document for found in zxingcpp.read_barcodes(sheet.render(scale=4.0).to_pil())
    ]
    words = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    assert {code.zfill(14) for code in codes} == {code.zfill(14) for code in wanted.values()}
    assert "£9.50" in words


def test_a_file_nobody_can_write_leaves_the_question_open(hands: Hands, tmp_path: Path) -> None:
    hands.take(MILK)
    hands.page.actions()["print_labels"]()
    question = hands.question(PrintLabels)
    assert isinstance(question, PrintLabels)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    for path in ("labels.pdf", str(tmp_path / "labels.txt")):
        question.path.setText(path)
        hands.press(question.save)
        assert question.isVisible()
        assert "ends in .pdf" in question.note.text()
    question.path.setText(str(in_the_way / "labels.pdf"))
    hands.press(question.save)
    assert question.isVisible()
    assert question.note.text().startswith("Nothing can be written to")


def test_a_saved_price_is_the_tills_and_can_be_undone(
    hands: Hands, database: ShopDatabase, shop: Shop
) -> None:
    page = hands.page

    def till_price() -> int:
        with database.connect(shop.logins[1], PASSWORD) as till:
            return int(catalogue.find_item(till, "05010012345678")["price"])

    hands.type_price(MILK, "1.89")
    assert page.detail.note.text() == "Price changed, not saved"
    assert page.detail.facts["Margin"].text() == "73.5 %"
    assert hands.cell(MILK, PRICE) == "1.89"
    assert till_price() == 165
    page.actions()["save"]()
    hands.settle()
    assert page.banner.text() == "Whole milk 2 l is £1.89 now."
    assert (till_price(), page.detail.note.text(), page.model.drafts) == (189, "", {})
    hands.type_price(MILK, "2.05")
    QTest.keyClick(page.detail.price, Qt.Key.Key_Return)
    hands.settle()
    assert till_price() == 205
    for then in (189, 165):
        page.actions()["undo"]()
        hands.settle()
        assert till_price() == then
        assert page.banner.text() == f"Whole milk 2 l is £{then / 100:.2f} again."
        assert hands.cell(MILK, PRICE) == f"{then / 100:.2f}"
    page.actions()["undo"]()
    assert "nothing to undo" in page.banner.text()


def test_a_price_typed_and_not_saved_waits_for_its_product(hands: Hands) -> None:
    detail = hands.page.detail
    hands.type_price(MILK, "1.70")
    hands.take(BREAD)
    assert (detail.price.text(), detail.changed) == ("2.49", False)
    assert hands.page.unsaved.text() == "1 price not saved"
    hands.filter("milk")
    assert (detail.price.text(), detail.changed) == ("1.70", True)
    hands.page.actions()["undo"]()
    assert (detail.price.text(), detail.changed) == ("1.65", False)
    assert hands.page.unsaved.text() == ""
    hands.type_price(MILK, "1.7x")
    assert detail.note.text() == "Type a price such as 1.85."
    assert not detail.save.isEnabled()
    QTest.keyClick(detail.price, Qt.Key.Key_Escape)
    assert detail.price.text() == "1.65"


@pytest.mark.parametrize(("answer", "price"), [("Take theirs", 210), ("Keep mine", 195)])
def test_somebody_elses_price_is_asked_about(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk, answer: str, price: int
) -> None:
    page = hands.page
    hands.type_price(MILK, "1.95")
    assert isinstance(colleague.set_price(1, read(colleague, MILK), 210), PriceSaved)
    page.retry()  # reading again while typing must not hide the change
    hands.settle()
    page.actions()["save"]()
    hands.settle()
    assert "to £2.10.\nYours is £1.95, not saved." in page.banner.text()
    assert read(desk, MILK).price == 210
    assert page.detail.changed
    hands.press(hands.banner_key(answer))
    assert read(desk, MILK).price == price
    assert page.detail.price.text() == f"{price / 100:.2f}"
    assert not page.detail.changed


def test_an_undo_never_takes_back_somebody_elses_price(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk
) -> None:
    hands.type_price(BREAD, "2.59")
    hands.page.actions()["save"]()
    hands.settle()
    colleague.set_price(1, read(colleague, BREAD), 299)
    hands.page.actions()["undo"]()
    hands.settle()
    assert "Nothing was undone." in hands.page.banner.text()
    assert read(desk, BREAD).price == 299
    assert hands.cell(BREAD, PRICE) == "2.99"


def test_a_double_click_on_a_price_edits_it(hands: Hands) -> None:
    table, model = hands.page.table, hands.page.model
    row = model.row_of(WINE)
    assert row is not None
    place = table.visualRect(model.index(row, PRICE)).center()
    QTest.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert hands.page.detail.price.hasFocus()
    assert hands.page.detail.price.selectedText() == "9.50"


def open_adjust(hands: Hands, item: int) -> AdjustStock:
    hands.take(item)
    hands.press(hands.page.detail.adjust)
    question = hands.question(AdjustStock)
    assert isinstance(question, AdjustStock)
    return question


def test_stock_is_corrected_by_difference_with_reason_and_note(hands: Hands, database: ShopDatabase) -> None:
    question = open_adjust(hands, MILK)
    QTest.keyClicks(question.amount, "-3")
    assert question.outcome.text() == "On hand 100 → 97 (−3). Choose why."
    assert not question.save.isEnabled()
    hands.press(question.reasons["damaged"])
    QTest.keyClicks(question.note, "dropped crate")
    hands.press(question.save)
    moved = database.query(
        "select delta, balance, reason, note from pos.movement where item_id = %s order by id desc limit 1",
        MILK,
    )
    assert [tuple(map(str, moved[0]))] == [("-3.000", "97.000", "damaged", "dropped crate")]
    assert hands.page.banner.text() == "Whole milk 2 l: −3, 97 on hand now."
    assert hands.cell(MILK, ON_HAND) == hands.page.detail.facts["On hand"].text() == "97"


def test_a_count_is_set_against_what_is_on_hand_by_now(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk
) -> None:
    colleague.adjust_stock(1, BANANAS, -20_000, "waste")  # after this page was read
    question = open_adjust(hands, BANANAS)
    hands.press(question.counted)
    QTest.keyClicks(question.amount, "78.5")
    assert question.outcome.text().startswith("On hand 80.000 kg → 78.500 kg")
    hands.press(question.reasons["stocktake"])
    QTest.keyClick(question.note, Qt.Key.Key_Return)
    hands.settle()
    assert read(desk, BANANAS).on_hand == 78_500


@pytest.mark.parametrize(
    ("text", "counted", "delta"),
    [
        ("-3", False, -3000),
        ("+12", False, 12_000),
        ("12", False, 12_000),
        ("0", False, None),
        ("2.5", False, None),
        ("", False, None),
        ("-", False, None),
        ("0", True, -100_000),
        ("100", True, None),
        ("-4", True, None),
        ("103", True, 3000),
    ],
)
def test_what_a_typed_difference_means(
    desk: ManagerDesk, text: str, counted: bool, delta: int | None
) -> None:
    assert read_difference(text, read(desk, MILK), counted=counted) == delta


def test_a_weight_may_be_broken(desk: ManagerDesk) -> None:
    assert read_difference("−2.5", read(desk, BANANAS), counted=False) == -2500


def test_no_key_of_the_page_works_behind_a_question(hands: Hands, desk: ManagerDesk) -> None:
    hands.type_price(MILK, "1.95")
    question = open_adjust(hands, MILK)
    hands.page.actions()["save"]()
    hands.settle()
    assert read(desk, MILK).price == 165
    QTest.keyClick(question.amount, Qt.Key.Key_Escape)
    assert not question.isVisible()
    hands.page.actions()["save"]()
    hands.settle()
    assert read(desk, MILK).price == 195


def test_without_the_server_the_rows_stay_and_retry_asks_again(
    hands: Hands, desk: ManagerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise EnvironmentProblem("server.unreachable")

    before = hands.names()
    with monkeypatch.context() as patched:
        for call in ("page", "count", "set_price"):
            patched.setattr(desk, call, away)
        hands.page.filter.field.setText("milk")
        hands.qtbot.waitUntil(lambda: bool(hands.page.banner.text()))
        hands.settle()
        assert hands.names() == before
        hands.type_price(BREAD, "2.60")
        hands.page.actions()["save"]()
        hands.settle()
        assert hands.page.detail.changed
        assert hands.page.detail.save.isEnabled()
    hands.press(hands.banner_key("Retry"))
    assert hands.names() == ["Whole milk 2 l"]
    assert hands.page.banner.text() == ""


def test_an_empty_shop_says_what_to_do(
    hands: Hands, desk: ManagerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = desk.page
    monkeypatch.setattr(
        desk, "page", lambda wanted, *rest: whole(replace(wanted, words="nothing at all"), *rest)
    )
    hands.page.retry()
    hands.settle()
    assert hands.page.empty.words.text() == "No products yet. Import a list or add one."
    assert not hands.page.empty.key.isVisible()
    assert not hands.page.detail.save.isVisible()


def conflict(hands: Hands) -> None:
    hands.page.model.tick(range(3))
    hands.page.prices._say(
        "Whole milk 2 l: changed by mgr_0123abcd at 10:02 to £2.10.\nYours is £1.95, not saved.",
        "warn",
        [("Take theirs", print), ("Keep mine", print)],
    )


def nothing_found(hands: Hands) -> None:
    hands.filter("mlik")


def adjusting(hands: Hands) -> None:
    QTest.keyClicks(open_adjust(hands, WINE).amount, "-3")


def labelling(hands: Hands) -> None:
    hands.page.print_labels()


@pytest.mark.parametrize("state", [conflict, nothing_found, adjusting, labelling])
def test_nothing_is_cut(hands: Hands, state: Callable[[Hands], None]) -> None:
    state(hands)
    for dark in (False, True):
        theme().set_dark(dark)
        for width, height in ((912, 640), (1254, 744), (1808, 1032)):
            hands.page.resize(width, height)
            hands.settle()
            with record_text() as log:
                hands.page.grab()
            assert log.texts
            assert log.clipped == [], (width, dark)


def test_a_code_is_shown_as_on_the_goods() -> None:
    shown = ["05010012345678", "00000095297712", "15010012345675", "4011", "PRINT-1", ""]
    assert [shown_code(code) for code in shown] == [
        "5010012345678",
        "95297712",
        "15010012345675",
        "4011",
        "PRINT-1",
        "",
    ]
