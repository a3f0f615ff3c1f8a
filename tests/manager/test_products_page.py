"""The products page on a real server: finding, choosing, labels, and what it says when there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.manager import ManagerDesk
from tests.database.shop import BREAD, MILK, WINE
from tests.manager.hands import CTRL, LEFT, PLAIN, SHIFT, Hands, open_adjust
from tests.shop_database import ShopDatabase
from ui.manager.labels import PrintLabels
from ui.models.products import shown_code
from ui.theme import theme
from ui.widgets.text import record_text


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


def test_a_scanned_code_finds_its_product(hands: Hands) -> None:
    hands.page.find_words("5010012345678")
    hands.settle()
    assert hands.names() == ["Whole milk 2 l"]
    assert hands.page.detail.facts["code"].text() == "5010012345678"


def test_low_stock_shows_only_what_is_low(hands: Hands, database: ShopDatabase) -> None:
    with database.connect() as owner:
        owner.execute("update pos.stock set low = 150 where item_id = %s", [MILK])
    hands.page.shown()
    hands.settle()
    assert hands.page.low.text() == "Low stock · 1"
    hands.press(hands.page.low)
    assert hands.names() == ["Whole milk 2 l"]
    assert hands.cell(MILK, "status") == "Low"
    assert hands.page.detail.chip.text() == "Low · 100 left"


def click_head(hands: Hands, key: str, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    head = hands.page.table.head
    place = QPoint(head.sectionViewportPosition(hands.section(key)) + 20, head.height() // 2)
    QTest.mouseClick(head.viewport(), LEFT, modifier, place)
    hands.settle()


def test_a_head_sorts_up_then_down_then_not_and_shift_adds(hands: Hands) -> None:
    model, head = hands.page.model, hands.page.table.head
    by_name = hands.names()

    def values(*fields: str) -> list[tuple[object, ...]]:
        return [tuple(getattr(model.row(n), field) for field in fields) for n in range(model.rowCount())]

    click_head(hands, "price")
    up = values("price")
    assert up == sorted(up)
    click_head(hands, "margin")  # the database cannot sort by it
    assert (head.terms, values("price")) == (["price"], up)
    click_head(hands, "price")
    assert values("price") == up[::-1]
    click_head(hands, "price")  # the third click sorts by nothing asked for: by name
    assert (head.terms, hands.names()) == ([], by_name)
    click_head(hands, "category")
    click_head(hands, "price", SHIFT)
    click_head(hands, "price", SHIFT)
    assert head.terms == ["category", "-price"]
    assert head.toolTip() == "Sorted by Category, smallest first, then Price, largest first"
    both = values("category", "price")
    assert both == sorted(both, key=lambda pair: (str(pair[0]), -int(str(pair[1]))))


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
    QTest.keyClick(page.table, Qt.Key.Key_Space)  # the row in hand
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert QApplication.clipboard().text() == "\t".join(
        ("Whole milk 2 l", "5010012345678", "Grocery", "1.65", "69.7", "100", "In stock")
    )
    hands.press(page.bulk.clear)
    page.clear_filter()
    hands.settle()
    QTest.keyClick(page.table, Qt.Key.Key_A, CTRL)
    hands.settle()
    assert page.bulk.words.text() == "7 selected"
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert len(QApplication.clipboard().text().split("\n")) == 7


def test_labels_of_the_chosen_ones_read_again(hands: Hands, tmp_path: Path) -> None:
    page = hands.page
    page.files_folder = tmp_path / "Papers of José"
    wanted = {MILK: "5010012345678", WINE: "5000328044842", BREAD: "4006381333931"}
    page.model.tick([row for item in wanted if (row := page.model.row_of(item)) is not None])
    hands.press(page.labels)
    question = hands.question(PrintLabels)
    assert isinstance(question, PrintLabels)
    question.first.clear()
    QTest.keyClicks(question.first, "22")
    assert "labels 1 to 21" in question.note.text()
    question.first.clear()
    QTest.keyClicks(question.first, "20")
    assert question.note.text().startswith("3 labels on 2 sheets")
    hands.press(question.save)
    files = list(page.files_folder.iterdir())
    assert len(files) == 1
    assert page.banner.text().startswith("3 labels on 2 sheets: ")
    document = pypdfium2.PdfDocument(files[0])
    codes = [
        found.text for sheet in document for found in zxingcpp.read_barcodes(sheet.render(scale=4.0).to_pil())
    ]
    words = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    files[0].unlink()  # packed bytes may look like a card's number to whoever looks for one
    assert {code.zfill(14) for code in codes} == {code.zfill(14) for code in wanted.values()}
    assert "£9.50" in words


def test_a_file_nobody_can_write_leaves_the_question_open(hands: Hands, tmp_path: Path) -> None:
    hands.take(MILK)
    hands.page.key_actions()["print_labels"]()
    question = hands.question(PrintLabels)
    assert isinstance(question, PrintLabels)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    for path in ("labels.pdf", str(tmp_path / "labels.txt")):
        question.path.setText(path)
        hands.press(question.save)
        assert question.isVisible()
        assert "ends in .pdf" in question.note.text()
    taken = tmp_path / "taken.pdf"
    taken.write_text("somebody's")
    question.path.setText(str(taken))
    hands.press(question.save)
    assert question.note.text().startswith("taken.pdf is there already.")
    assert taken.read_text() == "somebody's"
    for place in (in_the_way, tmp_path / "a\0b"):
        question.path.setText(str(place / "labels.pdf"))
        hands.press(question.save)
        assert question.isVisible()
        assert question.note.text().startswith("Nothing can be written to")
    for name in ("CON.pdf", "nul.pdf", "what?.pdf", "x" * 300 + ".pdf", "labels\u202efdp.pdf"):
        question.path.setText(str(tmp_path / name))
        hands.press(question.save)
        assert question.isVisible()
        assert question.note.text().startswith("No file can be called that.")


def test_without_the_server_the_rows_stay_and_retry_asks_again(
    hands: Hands, desk: ManagerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise EnvironmentProblem("server.unreachable")

    before = hands.names()
    with monkeypatch.context() as patched:
        for call in ("page", "count", "edit"):
            patched.setattr(desk, call, away)
        hands.page.filter.field.setText("milk")
        hands.qtbot.waitUntil(lambda: bool(hands.page.banner.text()))
        hands.settle()
        assert hands.names() == before
        hands.type_price(BREAD, "2.60")
        hands.page.key_actions()["save"]()
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
    assert hands.page.empty.words.text() == "No products yet. Import a list."
    assert not hands.page.empty.key.isVisible()
    assert not hands.page.detail.save.isVisible()


def long_names(database: ShopDatabase) -> None:
    """Names as long as those of a real shop's goods."""
    names = {
        MILK: "Bramley's milk chocolate digestives 200 g",
        WINE: "Alpenstern assorted chocolates box 120 g",
        BREAD: "Stoneground wholemeal farmhouse loaf 800 g",
    }
    with database.connect() as owner:
        for item, name in names.items():
            owner.execute("update pos.item set name = %s where id = %s", [name, item])


def conflict(hands: Hands) -> None:
    hands.page.model.tick(range(3))
    hands.page.say(
        "Whole milk 2 l: changed since by Cleo. And 12 others.\n3 products undone.",
        "warn",
        [("Undo", print), ("Retry", print)],
    )


def nothing_found(hands: Hands) -> None:
    hands.filter("mlik")


def adjusting(hands: Hands) -> None:
    QTest.keyClicks(open_adjust(hands, WINE).amount, "-3")


def labelling(hands: Hands) -> None:
    hands.page.print_labels()


@pytest.mark.parametrize("state", [conflict, nothing_found, adjusting, labelling])
def test_nothing_is_cut(hands: Hands, database: ShopDatabase, state: Callable[[Hands], None]) -> None:
    long_names(database)
    hands.page.retry()
    hands.settle()
    state(hands)
    for dark in (False, True):
        theme().set_dark(dark)
        for width, height in ((884, 640), (1254, 744), (1808, 1032)):
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
