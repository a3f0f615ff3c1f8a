"""How the widgets answer to fingers, keys and screen readers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from tests.ui_kit.gallery import ROWS, sale_page
from tests.ui_kit.gallery_products import Products
from ui.theme import Theme
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.canvas import _direction
from ui.widgets.key import Key, switch
from ui.widgets.keypad import Keypad, OnScreenKeyboard
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay, PageBar
from ui.widgets.surface import MessageBanner, Strip
from ui.widgets.table import DataTable
from ui.widgets.text import record_text
from ui.widgets.tile import Tile

LEFT = Qt.MouseButton.LeftButton


def shown(qtbot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    QApplication.processEvents()
    return widget


def test_enter_never_presses_a_key_and_space_does(qtbot) -> None:
    key, pressed = Key("Remove"), []
    key.clicked.connect(lambda: pressed.append(1))
    shown(qtbot, key)
    key.setFocus(Qt.FocusReason.TabFocusReason)
    for code in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(key, code)
    assert pressed == []
    QTest.keyClick(key, Qt.Key.Key_Space)
    assert pressed == [1]


def test_a_long_press_is_told_apart_from_a_click(qtbot) -> None:
    key, told = Key("20.00"), []
    key.holds = True
    key.clicked.connect(lambda: told.append("click"))
    key.held.connect(lambda: told.append("held"))
    shown(qtbot, key)
    QTest.mouseClick(key, LEFT)
    with qtbot.waitSignal(key.held):
        QTest.mousePress(key, LEFT)
    QTest.mouseRelease(key, LEFT)
    assert told == ["click", "held"]


def test_the_focus_ring_shows_for_the_keyboard_only(qtbot) -> None:
    window = QWidget()
    box = QVBoxLayout(window)
    first, second = Key("One"), Key("Two")
    box.addWidget(first)
    box.addWidget(second)
    shown(qtbot, window)
    first.setFocus(Qt.FocusReason.OtherFocusReason)
    plain = first.grab().toImage()
    second.setFocus(Qt.FocusReason.TabFocusReason)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    assert first.grab().toImage() != plain


def test_a_tap_does_not_take_the_focus_from_a_text_box(qtbot) -> None:
    window = QWidget()
    box = QVBoxLayout(window)
    edit, key = QLineEdit(), Key("Seven")
    box.addWidget(edit)
    box.addWidget(key)
    shown(qtbot, window)
    edit.setFocus()
    QTest.mouseClick(key, LEFT)
    assert edit.hasFocus()


def test_a_disabled_key_says_why_to_eyes_and_ears(qtbot) -> None:
    key = Key("On account", height=72)
    shown(qtbot, key)
    key.set_reason("needs a customer")
    with record_text() as log:
        key.grab()
    assert "needs a customer" in log.texts
    assert "needs a customer" in key.accessibleName()
    assert not key.isEnabled()
    key.set_reason("")
    assert key.isEnabled()


def test_screen_readers_meet_buttons_with_names(qtbot) -> None:
    tile = Tile("Malbec", "9.50", flag="18+")
    shown(qtbot, tile)
    told = QAccessible.queryAccessibleInterface(tile)
    assert told.role() == QAccessible.Role.Button
    assert told.text(QAccessible.Text.Name) == "Malbec, 9.50, 18+"
    assert tile.objectName() == "tile:Malbec"


def test_switch_checks_one(qtbot) -> None:
    keys = [Key("A"), Key("B"), Key("C")]
    for key in keys:
        qtbot.addWidget(key)
    switch(keys, keys[1])
    assert [key.isChecked() for key in keys] == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("sale", {"00", ".", "qty", "enter", "backspace"}),
        ("tender", {"00", ".", "clear", "enter", "backspace"}),
        ("pin", {"enter", "backspace"}),
    ],
)
def test_a_pad_says_the_name_of_each_key(qtbot, kind: str, names: set[str]) -> None:
    pad, said = Keypad(kind), []  # type: ignore[arg-type]
    pad.pressed.connect(said.append)
    shown(qtbot, pad)
    wanted = sorted({*"0123456789", *names})
    for name in wanted:
        QTest.mouseClick(pad.key(name), LEFT)
    assert said == wanted


def test_the_keyboard_types_into_its_target_without_the_focus(qtbot) -> None:
    window = QWidget()
    box = QVBoxLayout(window)
    edit, board = QLineEdit(), OnScreenKeyboard()
    box.addWidget(edit)
    box.addWidget(board)
    shown(qtbot, window)
    edit.setFocus()
    board.set_target(edit)
    for name in (
        "shift",
        "letter_m",
        "letter_i",
        "letter_l",
        "letter_k",
        "space",
        "letter_2",
        "letter_backspace",
    ):
        key = board.findChild(Key, name)
        assert key is not None
        QTest.mouseClick(key, LEFT)
    assert edit.text() == "Milk "
    assert edit.hasFocus()
    with qtbot.waitSignal(board.done):
        QTest.mouseClick(board.findChild(Key, "keyboard_done"), LEFT)


@pytest.fixture
def question(qtbot) -> tuple[QWidget, QLineEdit, Overlay, Key]:
    window = QWidget()
    window.resize(900, 600)
    edit = QLineEdit()
    QVBoxLayout(window).addWidget(edit)
    overlay = Overlay(window, name="age")
    answer = Key("ID checked", height=84)
    overlay.card.body.addWidget(Label("Old enough?"))
    overlay.card.body.addWidget(answer)
    overlay.card.body.addWidget(Key("Refuse", variant="danger"))
    shown(qtbot, window)
    edit.setFocus()
    overlay.open()
    return window, edit, overlay, answer


def test_a_question_has_no_default_and_no_way_out_by_accident(question) -> None:
    window, edit, overlay, answer = question
    pressed: list[int] = []
    answer.clicked.connect(lambda: pressed.append(1))
    for code in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_A):
        QTest.keyClick(QApplication.focusWidget() or window, code)
    QTest.mouseClick(overlay, LEFT, pos=QPoint(3, 3))
    assert pressed == []
    assert overlay.isVisible()
    assert edit.text() == ""


def test_tab_stays_inside_a_question(question) -> None:
    window, edit, overlay, _answer = question
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert overlay.isAncestorOf(focus)
    assert not edit.hasFocus()


def test_closing_a_question_gives_the_focus_back(question, qtbot) -> None:
    _window, edit, overlay, _answer = question
    overlay.closes_on_esc = True
    with qtbot.waitSignal(overlay.closed):
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert edit.hasFocus()
    overlay.close_overlay()


def test_a_question_follows_its_window(question) -> None:
    window, _edit, overlay, _answer = question
    window.resize(700, 480)
    QApplication.processEvents()
    assert overlay.size() == window.size()
    assert overlay.rect().contains(overlay.card.geometry())


@pytest.fixture
def basket(qtbot) -> tuple[BasketList, BasketModel]:
    view = BasketList()
    view.resize(480, 320)
    model = BasketModel(view)
    model.set_rows(ROWS)
    view.setModel(model)
    shown(qtbot, view)
    return view, model


def test_a_row_grows_for_a_long_name(basket) -> None:
    view, model = basket
    heights = [view.sizeHintForIndex(model.index(n)).height() for n in range(len(ROWS))]
    assert heights[0] == 56
    assert heights[4] > 90


def test_a_row_that_gains_a_deal_is_laid_out_again(basket) -> None:
    view, model = basket
    before = view.visualRect(model.index(1)).height()
    rows = list(ROWS)
    rows[1] = BasketRow(
        "0.842 kg", "Bananas, loose", "1.12 / kg", "0.94", promo="A deal " * 9, note="a note " * 9
    )
    model.set_rows(rows)
    QApplication.processEvents()
    assert view.visualRect(model.index(1)).height() > before


def test_only_changed_rows_are_told(basket) -> None:
    _view, model = basket
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    rows = list(ROWS)
    rows[2] = BasketRow("3", "Free range eggs, 12", "3.10 each", "9.30")
    model.set_rows([*rows, ROWS[0]])
    assert changed == [2]
    assert model.rowCount() == len(ROWS) + 1


def test_a_tap_chooses_and_a_drag_does_not(basket) -> None:
    view, model = basket
    chosen: list[int] = []
    view.row_chosen.connect(chosen.append)
    spot = view.visualRect(model.index(1)).center()
    QTest.mouseClick(view.viewport(), LEFT, pos=spot)
    QTest.mousePress(view.viewport(), LEFT, pos=spot)
    QTest.mouseRelease(view.viewport(), LEFT, pos=spot + QPoint(0, 60))
    assert chosen == [1]
    view.step(1)
    view.step(-1)
    view.step(-99)
    assert chosen == [1, 2, 1, 0]
    assert view.selected_row() == 0


def test_following_a_scan_shows_the_whole_row(basket) -> None:
    view, model = basket
    view.follow_row(len(ROWS) - 1)
    QApplication.processEvents()
    assert view.viewport().rect().contains(view.visualRect(model.index(len(ROWS) - 1)))


def test_no_row_is_painted_in_part(basket) -> None:
    """The last 20 pixels belong to a row that does not fit: empty now, painted once there is room."""
    view, model = basket
    below = view.visualRect(model.index(0)).height() + view.visualRect(model.index(1)).height()
    colours = []
    for height in (below + 20, below + 200):
        view.resize(480, height)
        QApplication.processEvents()
        picture = view.viewport().grab().toImage()
        colours.append({picture.pixel(x, y) for x in range(40, 300) for y in range(below + 1, below + 20)})
    assert len(colours[0]) == 1
    assert len(colours[1]) > 1


def test_the_list_tells_a_screen_reader_its_rows(basket) -> None:
    _view, model = basket
    spoken = model.data(model.index(3), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "1 Malbec Reserva 2022 75 cl, 18+, Wine deal −1.00, 8.50"


def test_a_strip_grows_and_speaks(qtbot) -> None:
    strip = Strip()
    strip.resize(470, 76)
    shown(qtbot, strip)
    strip.show_state("added", "Milk", "Added", "1.85")
    low = strip.heightForWidth(470)
    strip.show_state(
        "unknown", "Extra long artisan sourdough with rosemary and olives 800 g", "not added", ""
    )
    assert strip.heightForWidth(470) > low == 76
    assert strip.accessibleName().startswith("Extra long artisan sourdough")


def test_a_banner_shows_answers_and_goes(qtbot) -> None:
    banner, answered = MessageBanner(), []
    qtbot.addWidget(banner)
    assert banner.isHidden()
    banner.show_message("Printer is out of paper.", "warn", [("Print again", lambda: answered.append(1))])
    banner.action_keys()[0].click()
    assert answered == [1]
    with qtbot.waitSignal(banner.closed):
        banner.findChild(Key, "close_message").click()
    assert banner.text() == ""
    assert banner.isHidden()


def test_pages_stop_at_the_ends(qtbot) -> None:
    bar, wanted = PageBar(), []
    bar.page_wanted.connect(wanted.append)
    shown(qtbot, bar)
    bar.set_pages(0, 2)
    QTest.mouseClick(bar.findChild(Key, "page_previous"), LEFT)
    QTest.mouseClick(bar.findChild(Key, "page_next"), LEFT)
    assert wanted == [1]


def test_the_table_sends_typing_to_the_filter_and_ticks_whole_cells(qtbot) -> None:
    table = DataTable()
    table.resize(1000, 300)
    table.setModel(Products(table))
    shown(qtbot, table)
    typed: list[str] = []
    ticked: list[int] = []
    table.filter_typed.connect(typed.append)
    table.check_clicked.connect(lambda index: ticked.append(index.row()))
    QTest.keyClicks(table, "mi")
    table.setCurrentIndex(table.model().index(2, 0))
    QTest.keyClick(table, Qt.Key.Key_Space)
    where = table.visualRect(table.model().index(1, 0)).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=where)
    assert typed == ["m", "i"]
    assert ticked == [2, 1]


def test_the_header_says_its_order(qtbot) -> None:
    table = DataTable()
    table.setModel(Products(table))
    shown(qtbot, table)
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert table.horizontalHeader().toolTip() == "Sorted by Price, largest first"


def test_right_to_left_mirrors_places_but_not_numbers(themed: Theme, qtbot) -> None:
    themed.reduced_motion = True
    app = QApplication.instance()
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        page = sale_page()
        shown(qtbot, page)
        with record_text() as log:
            page.grab()
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert log.clipped == []
    amount = next(entry for entry in log.painted if entry.text == "14 814.72")
    name = next(entry for entry in log.painted if entry.text.startswith("Extra long"))
    assert amount.rect[0] + amount.rect[2] < name.rect[0]


@pytest.mark.parametrize(
    ("text", "ltr", "turned"),
    [
        ("3 for 2 −1.90", False, False),
        ("חלב 2 ליטר", False, True),
        ("1.12 / חלב", True, False),
        ("5 012345", False, False),
    ],
)
def test_a_text_runs_its_own_way(text: str, ltr: bool, turned: bool) -> None:
    assert (_direction(text, ltr=ltr) == Qt.LayoutDirection.RightToLeft) is turned
