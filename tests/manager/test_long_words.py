"""Words 40 % longer than English: nothing of the inventory window is clipped, and no text is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_desktop.services.manager import ManagerDesk
from pos_desktop.words import ENGLISH, LONG, use
from tests.manager.conftest import OpenPage
from tests.manager.hands import Hands, PageHands
from tests.manager.test_journal import Day, day  # noqa: F401 - the fixture
from ui.keymap import Keymap
from ui.manager.alerts_page import AlertsPage
from ui.manager.customers_page import CustomersPage
from ui.manager.grid_page import GridPage
from ui.manager.journal_page import JournalPage
from ui.manager.papers_page import PapersPage
from ui.manager.products_page import ProductsPage
from ui.manager.roles_page import RolesPage
from ui.manager.today import TodayPage
from ui.tasks import Lanes
from ui.theme import theme
from ui.widgets.text import record_text

SIZES = ((912, 704), (1254, 704))
"""A page in windows of 1024 and of 1366."""
DATA = re.compile(
    r"S1-T\d-1-\d+|Corner shop|1 High Street|Thank you|Whole milk 2 l|Rye bread|Bananas|Grocery|Liquor|Côtes"
    r" du Rhône 75 cl|Recalled soup|Numbered print|PRINT-1|Ann|Bob|safe|item \d|test|kg|GMT|Z 0 %|CSV|XLSX"
    r"|PDF|Excel, LibreOffice|Esc|F1|Ctrl\+.",
    re.IGNORECASE,
)
"""What the shop named, and names that are the same everywhere."""


@pytest.fixture(autouse=True)
def long_words() -> Iterator[None]:
    use(LONG)
    yield
    use(ENGLISH)


def outside(text: str) -> str:
    """What of a text no brackets hold: it was not looked up."""
    depth, found = 0, ""
    for letter in text:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        found += letter if depth == 0 and letter != "]" else ""
    return found


def look(page: QWidget, settle: Callable[[], None]) -> None:
    """Paint it in both sizes and judge the words."""
    for width, height in SIZES:
        page.window().resize(width, height)
        settle()
        with record_text() as log:
            page.window().grab()
        assert log.clipped == []
        left = [text for text in log.texts if re.search("[A-Za-z]{2}", DATA.sub("", outside(text)))]
        assert left == []


def test_every_page_holds_long_words(open_page: OpenPage, day: Day) -> None:  # noqa: F811
    for kind in (JournalPage, AlertsPage, CustomersPage, RolesPage):
        hands: PageHands[GridPage] = open_page(PageHands, kind)
        look(hands.page, hands.settle)
        hands.page.hide()


def test_a_page_without_a_table_holds_them_too(qtbot: QtBot, desk: ManagerDesk) -> None:
    theme().apply(QApplication.instance())
    lanes, store = Lanes(), desk.stores()[0]

    def settle() -> None:
        assert lanes.wait_idle()
        QApplication.processEvents()

    for page in (TodayPage(desk, lanes, store), PapersPage(desk, lanes, store, Keymap())):
        qtbot.addWidget(page)
        page.show()
        page.shown()
        settle()
        look(page, settle)
        page.left()
    lanes.shutdown()


def test_the_questions_of_the_products_hold_them(open_page: OpenPage) -> None:
    hands: Hands = open_page(Hands, ProductsPage)
    page = hands.page
    look(page, hands.settle)
    hands.take(page.model.row(0).id)
    product = page.detail.product
    assert product is not None
    page.model.tick([0, 1])
    for ask in (
        page.export,
        page.choose_columns,
        page.import_list,
        page.print_labels,
        lambda: page.edit_many("category"),
        lambda: page._adjust(product),
        lambda: page._history(product),
    ):
        ask()
        hands.settle()
        look(page, hands.settle)
        assert page._overlay is not None
        page._overlay.close_overlay()
