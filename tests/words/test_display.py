"""The customer's display in every language: all of it shows, and none of it is in English."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from pos_desktop.words import LONG
from tests.devices.test_customer_display import views
from tests.words.left_over import LANGUAGES, left_over, speaking
from ui.app import RegisterOptions, make_app
from ui.customer_display.window import CustomerDisplay
from ui.widgets.text import record_text

SHOP, IDLE = "Corner Grocery", "Fresh bread every day"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_the_display_shows_in_the_language(language: str, qtbot: QtBot) -> None:
    make_app(RegisterOptions())
    with speaking(language):
        window = CustomerDisplay(SHOP, IDLE, None)
        qtbot.addWidget(window)
        window.resize(800, 480)
        for name, view in views().items():
            window.show_view(view)
            with record_text() as log:
                window.grab()
            assert [text.text for text in log.clipped] == [], name
            data = (SHOP, IDLE, *(line.name for line in view.lines))
            english = [text for text in log.texts if left_over(text, data)]
            assert language != LONG or english == [], name
