"""What the customer is shown: the sale as it grows, what is due, the change, at any size, and no focus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QApplication

from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.basket_parts import Discount
from pos_desktop.domain.money import currency
from pos_desktop.domain.tender import Tendering
from tests.register.screens.stock import basket, item
from ui.app import RegisterOptions, make_app
from ui.customer_display.view import DisplayView, change_view, paying_view, sale_view
from ui.customer_display.window import CustomerDisplay
from ui.theme import theme
from ui.widgets.text import record_text

GBP = currency("GBP")
SIZES = ((800, 480), (1024, 768), (1366, 768), (1920, 1080))


def views() -> dict[str, DisplayView]:
    """Every state, with a long name and a long list."""
    full = basket()
    for number in range(20, 32):
        full = full.add(item(number, f"Something else on the shelf {number}", 99))
    sums = totals(full)
    paying = Tendering(sums.total).add_card(1000, "1")
    sale = sale_view(full, sums, GBP)
    return {
        "idle": DisplayView(),
        "sale": sale,
        "paying": paying_view(sale, paying, GBP),
        "change": change_view(paying.add_cash(10_000, GBP), GBP),
        "thanks": change_view(paying.add_card(paying.remaining), GBP),
        "training": replace(sale, training=True),
    }


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> None:
    make_app(RegisterOptions())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_of_it_shows_at_every_size(dark: bool, qtbot) -> None:
    theme().set_dark(dark)
    window = CustomerDisplay("Corner Grocery of the Old Harbour", "Fresh bread every day from seven.", None)
    qtbot.addWidget(window)
    for size in SIZES:
        window.resize(*size)
        for name, view in views().items():
            window.show_view(view)
            with record_text() as log:
                window.grab()
            assert log.painted, name
            assert [text.text for text in log.clipped] == [], (name, size)
    theme().set_dark(False)


def test_the_running_total_is_large(qtbot) -> None:
    window = CustomerDisplay("Corner Grocery", "Welcome", None)
    qtbot.addWidget(window)
    window.show_view(views()["sale"])
    with record_text() as log:
        window.grab()
    assert max(text.px for text in log.painted) >= 64


def test_training_is_marked_in_every_state_and_only_then(qtbot) -> None:
    window = CustomerDisplay("Corner Grocery", "Welcome", None)
    qtbot.addWidget(window)
    for view in views().values():
        for training in (True, False):
            window.show_view(replace(view, training=training))
            with record_text() as log:
                window.grab()
            assert any("TRAINING" in text.text for text in log.painted) is training, view.kind


def test_the_newest_line_stands_last_and_the_long_list_says_how_many_more(qtbot) -> None:
    sale = views()["sale"]
    assert sale.lines[-1].name == "Something else on the shelf 31"
    window = CustomerDisplay("Corner Grocery", "Welcome", None)
    qtbot.addWidget(window)
    window.show_view(sale)
    with record_text() as log:
        window.grab()
    assert any(text.text.endswith("more above") for text in log.painted)


def test_lines_say_weight_and_pieces_and_the_empty_basket_is_idle() -> None:
    full = basket()
    details = {line.name: line.detail for line in sale_view(full, totals(full), GBP).lines}
    assert details["Bananas, loose"] == "0.842 kg × 1.12 / kg"
    assert details["Free range eggs, 12"] == "2 × 3.10"
    assert details["Whole milk 2 L"] == ""
    empty = Basket("0190", "included")
    assert sale_view(empty, totals(empty), GBP).kind == "idle"


def test_what_is_saved_is_shown_and_no_reason_for_it() -> None:
    """A promotion and a cashier's discount show as money alone."""
    full = basket()
    line = full.lines[0]
    bread = replace(line, discounts=(Discount("line", 50, "staff of the month"),))
    full = replace(full, lines=(bread, *full.lines[1:]))
    view = sale_view(full, totals(full), GBP)
    assert view.savings == "£0.50"
    assert (view.lines[0].detail, view.lines[0].amount) == ("you save 0.50", "1.35")
    assert "staff" not in repr(view)


def test_money_that_goes_back_is_said_so() -> None:
    view = change_view(Tendering(-500), GBP)
    assert (view.kind, view.change, view.back) == ("change", "£5.00", True)


def test_it_takes_no_focus_and_no_keys(qtbot) -> None:
    window = CustomerDisplay("Corner Grocery", "Welcome", None)
    qtbot.addWidget(window)
    assert window.open_on(0)
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert QApplication.activeWindow() is not window


def test_a_screen_that_is_not_there_is_said(qtbot) -> None:
    window = CustomerDisplay("Corner Grocery", "Welcome", None)
    qtbot.addWidget(window)
    assert not window.open_on(len(QGuiApplication.screens()) + 1)
    assert window.open_on(len(QGuiApplication.screens()))
    assert window.isFullScreen()


def test_the_idle_picture_is_shown(qtbot, tmp_path: Path) -> None:
    file = tmp_path / "offer.png"
    picture = QPixmap(64, 64)
    picture.fill(Qt.GlobalColor.red)
    assert picture.save(str(file))
    window = CustomerDisplay("Corner Grocery", "Offers of the week", file)
    qtbot.addWidget(window)
    shown = window.grab().toImage()
    assert shown.pixelColor(shown.width() // 2, shown.height() // 3) == Qt.GlobalColor.red
