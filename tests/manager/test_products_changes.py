"""What a manager changes on the products page is what a till reads next; nobody is overwritten unasked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from pos_desktop.database import catalogue
from pos_desktop.services.manager import Edit, Edited, ManagerDesk, Product, Value
from tests.database.shop import BANANAS, BREAD, MILK, PASSWORD, WINE, Shop
from tests.manager.hands import LEFT, Hands, open_adjust, read
from tests.shop_database import ShopDatabase
from ui.key_events import send_key, send_keys, send_stroke
from ui.keymap import Keymap, KeyRouter
from ui.manager.adjust import read_difference
from ui.manager.conflict import ConflictView
from ui.manager.labels import PrintLabels
from ui.scan_input import ScanInput


def till_price(database: ShopDatabase, shop: Shop) -> int:
    """What a till asks for milk now, in minor units."""
    with database.connect(shop.logins[1], PASSWORD) as till:
        found = catalogue.find_item(till, "05010012345678")
    assert found is not None
    return int(found["price"])


def edit(desk: ManagerDesk, seen: Product, **values: Value) -> object:
    return desk.edit(1, [Edit(seen.id, seen.row_version, values)])[0]


def save_price(hands: Hands, item: int, price: str) -> None:
    hands.type_price(item, price)
    hands.page.key_actions()["save"]()
    hands.settle()


def test_a_saved_price_is_what_the_till_asks_next(hands: Hands, database: ShopDatabase, shop: Shop) -> None:
    page = hands.page
    hands.type_price(MILK, "1.89")
    assert page.detail.note.text() == "Changed, not saved"
    assert page.detail.facts["margin"].text() == "73.5 %"
    assert hands.cell(MILK, "price") == "1.89"
    assert till_price(database, shop) == 165
    page.key_actions()["save"]()
    hands.settle()
    assert page.banner.text() == "Whole milk 2 l is £1.89 now."
    assert till_price(database, shop) == 189
    assert (page.detail.note.text(), len(page.model.drafts)) == ("", 0)
    hands.type_price(MILK, "2.05")
    QTest.keyClick(page.detail.price, Qt.Key.Key_Return)
    hands.settle()
    assert till_price(database, shop) == 205


def test_saved_prices_are_undone_one_after_the_other(
    hands: Hands, database: ShopDatabase, shop: Shop
) -> None:
    page = hands.page
    save_price(hands, MILK, "1.89")
    save_price(hands, MILK, "2.05")
    for then in (189, 165):
        page.key_actions()["undo"]()
        hands.settle()
        assert till_price(database, shop) == then
        assert page.banner.text() == f"Whole milk 2 l is £{then // 100}.{then % 100} again."
        assert hands.cell(MILK, "price") == page.detail.price.text() == f"{then // 100}.{then % 100}"
    page.key_actions()["undo"]()
    assert "nothing to undo" in page.banner.text()


@pytest.fixture
def settle(hands: Hands, qapp: QApplication) -> Callable[[], None]:
    """The keys of the back office at work in the page's window; call it to let typed keys arrive."""
    page, router = hands.page, KeyRouter(Keymap(), hands.page)
    router.set_screen("back")
    router.action.connect(lambda action: page.key_actions()[action]())
    scans = ScanInput(qapp, router=router.handle, parent=page)

    def wait() -> None:
        hands.qtbot.waitUntil(lambda: not scans.pending)
        hands.settle()

    return wait


def test_a_price_is_found_saved_and_undone_by_keys_alone(
    hands: Hands, settle: Callable[[], None], desk: ManagerDesk
) -> None:
    page = hands.page
    page.table.setFocus()
    send_stroke(page, "Ctrl+F")
    with hands.qtbot.waitSignal(page.model.loaded):
        send_keys(page, "milk")
    settle()
    send_key(page, Qt.Key.Key_Down)
    settle()
    assert page.table.hasFocus()
    send_stroke(page, "F2")
    send_keys(page, "1.89")
    send_stroke(page, "Ctrl+S")
    settle()
    assert read(desk, MILK).price == 189
    send_key(page, Qt.Key.Key_Escape)
    settle()
    assert page.table.hasFocus()
    send_stroke(page, "Ctrl+Z")
    settle()
    assert read(desk, MILK).price == 165


def test_labels_are_asked_for_by_keys_alone(hands: Hands, settle: Callable[[], None]) -> None:
    page = hands.page
    page.table.setFocus()
    send_key(page, Qt.Key.Key_Space, text=" ")
    send_stroke(page, "Ctrl+P")
    settle()
    assert page.bulk.words.text() == "1 selected"
    question = hands.question(PrintLabels)
    assert isinstance(question, PrintLabels)
    assert question.path.hasFocus()
    send_key(page, Qt.Key.Key_Escape)
    settle()
    assert page.table.hasFocus()


def test_a_price_typed_and_not_saved_waits_for_its_product(hands: Hands) -> None:
    detail = hands.page.detail
    hands.type_price(MILK, "1.70")
    hands.take(BREAD)
    assert (detail.price.text(), detail.changed) == ("2.49", False)
    assert hands.page.unsaved_words.text() == "1 product not saved"
    hands.filter("milk")
    assert (detail.price.text(), detail.changed) == ("1.70", True)
    hands.page.key_actions()["undo"]()
    assert (detail.price.text(), detail.changed) == ("1.65", False)
    assert hands.page.unsaved_words.text() == ""
    hands.type_price(MILK, "1.7x")
    assert detail.note.text() == "Type a price such as 1.85."
    assert not detail.save.isEnabled()
    QTest.keyClick(detail.price, Qt.Key.Key_Escape)
    assert detail.price.text() == "1.65"


@pytest.mark.parametrize(("answer", "price"), [("Take theirs", 210), ("Save yours", 195)])
def test_somebody_elses_price_is_asked_about(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk, answer: str, price: int
) -> None:
    page = hands.page
    hands.type_price(MILK, "1.95")
    assert isinstance(edit(colleague, read(colleague, MILK), price=210), Edited)
    page.retry()  # reading again while typing must not hide the change
    hands.settle()
    page.key_actions()["save"]()
    hands.settle()
    question = hands.question(ConflictView)
    assert isinstance(question, ConflictView)
    assert question.lines == [("Price", "1.65", "2.10", "1.95")]
    assert question.words.text().startswith("Changed by Cleo at ")
    assert read(desk, MILK).price == 210
    assert page.detail.changed
    hands.press(question.take if answer == "Take theirs" else question.keep)
    assert read(desk, MILK).price == price
    assert page.detail.price.text() == f"{price / 100:.2f}"
    assert not page.detail.changed


def test_an_undo_never_takes_back_somebody_elses_price(
    hands: Hands, desk: ManagerDesk, colleague: ManagerDesk
) -> None:
    hands.type_price(BREAD, "2.59")
    hands.page.key_actions()["save"]()
    hands.settle()
    edit(colleague, read(colleague, BREAD), price=299)
    hands.page.key_actions()["undo"]()
    hands.settle()
    assert "Nothing was undone." in hands.page.banner.text()
    assert read(desk, BREAD).price == 299
    assert hands.cell(BREAD, "price") == "2.99"


def test_a_double_click_on_a_price_edits_it_in_place(hands: Hands) -> None:
    table = hands.page.table
    place = table.visualRect(hands.index(WINE, "price")).center()
    QTest.mouseClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    editor = table.editor
    assert isinstance(editor, QLineEdit)
    assert editor.selectedText() == "9.50"
    assert editor.hasFocus()


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
    assert hands.cell(MILK, "on_hand") == hands.page.detail.facts["on_hand"].text() == "97"


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
    assert hands.page.asking
    assert hands.page.key_actions() == {}
    hands.settle()
    assert read(desk, MILK).price == 165
    QTest.keyClick(question.amount, Qt.Key.Key_Escape)
    assert not question.isVisible()
    hands.page.key_actions()["save"]()
    hands.settle()
    assert read(desk, MILK).price == 195
