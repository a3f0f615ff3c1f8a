"""The questions over the products in a language 40 % longer: nothing is clipped, nothing left in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pos_desktop.words import LONG
from tests.manager.conftest import OpenPage
from tests.manager.hands import Hands
from tests.words.left_over import left_over, speaking
from ui.manager.products_page import ProductsPage
from ui.widgets.text import record_text

SIZES = ((912, 704), (1254, 704))
"""A page in windows of 1024 and of 1366."""
NO_WORDS = ("Excel", "LibreOffice", "CSV", "XLSX", "Esc", "Ctrl", "test")


@pytest.fixture
def hands_in_long_words(open_page: OpenPage) -> Iterator[Hands]:
    with speaking(LONG):
        yield open_page(Hands, ProductsPage)


def test_the_questions_over_the_products_hold_long_words(hands_in_long_words: Hands) -> None:
    hands = hands_in_long_words
    page = hands.page
    rows = [page.model.row(number) for number in range(page.model.rowCount())]
    data = {each for row in rows for each in (row.name, row.category, row.code) if each} | {*NO_WORDS}
    hands.take(rows[0].id)
    page.model.tick([0, 1])
    for ask in (
        lambda: None,
        page.export,
        page.choose_columns,
        page.import_list,
        page.print_labels,
        lambda: page.edit_many("category"),
        page.detail.ask_adjust,
        lambda: page.detail.history_asked.emit(rows[0]),
    ):
        ask()
        for width, height in SIZES:
            page.resize(width, height)
            hands.settle()
            with record_text() as log:
                page.grab()
            assert log.clipped == []
            assert not [text for text in log.texts if left_over(text, (*data, "Corner shop"))]
        if page._overlay is not None:
            page._overlay.close_overlay()
