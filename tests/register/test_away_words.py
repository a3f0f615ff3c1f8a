"""What a till says of a server that is away: chip, banner and caps, for each way the two can stand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos_desktop.domain.money import currency
from pos_desktop.services.offline_state import Level, OfflineCaps, OfflineState
from ui.register.away_words import ALONE, STUCK, banner, cap_rows, chip, duration

GBP = currency("GBP")
SINCE = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def stands(
    *, away: bool = True, enabled: bool = True, sales: int = 0, level: Level = "ok", words: str = ""
) -> OfflineState:
    """A state with so many sales made alone, and one record more that is no sale."""
    pending = sales + 1 if sales else 0
    since = SINCE if away else None
    return OfflineState(enabled, since, pending, sales, 4120, 65, OfflineCaps(), level, "", words)


@pytest.mark.parametrize(
    ("state", "sending", "words", "colour"),
    [
        (stands(away=False), False, "Online", "good"),
        (stands(away=False, sales=1), False, "2 not confirmed", "warn"),
        (stands(), False, "Offline", "warn"),
        (stands(enabled=False), False, "Offline", "warn"),
        (stands(sales=1), False, "Offline · 1 sale queued", "warn"),
        (stands(sales=168, level="near"), False, "Offline · 168 sales queued", "warn"),
        (stands(sales=200, level="stop"), False, "Offline · selling stopped", "danger"),
        (stands(sales=11), True, "Back online · 12 to send", "warn"),
    ],
)
def test_the_chip(state: OfflineState, sending: bool, words: str, colour: str) -> None:
    """Green for nothing but a server that has everything; red for nothing but a till that must stop."""
    assert chip(state, sending=sending)[:2] == (words, colour)


def test_the_banner_says_what_the_cashier_may_do() -> None:
    """From the first minute alone to the last record sent."""
    assert banner(stands(away=False), sending=False) == ("", "warn")
    assert banner(stands(enabled=False), sending=False) == (STUCK, "warn")
    assert banner(stands(sales=3), sending=False) == (ALONE, "info")
    near = stands(sales=168, level="near", words="168 of 200 sales without the server are used.")
    assert banner(near, sending=False) == (near.words, "warn")
    full = stands(sales=200, level="stop", words="200 of 200 sales without the server are used.")
    assert banner(full, sending=False) == (full.words, "danger")
    assert banner(full, sending=True)[0].startswith("The server is back. 201 records still to send")
    assert banner(stands(away=False), sending=False, sent=1) == (
        "The server is back. 1 record sent; nothing is waiting.",
        "good",
    )


def test_the_caps_in_words_and_per_cent() -> None:
    """Warned about from four fifths on, stopped at the whole."""
    rows = cap_rows(stands(sales=160), GBP)
    assert [(row.name, row.words, row.percent, row.state) for row in rows] == [
        ("Time alone", "1 h 05 min of 4 h", 27, "good"),
        ("Sales", "160 of 200", 80, "warn"),
        ("Cash taken", "£41.20 of £5\u202f000.00", 0, "good"),
    ]
    assert cap_rows(stands(sales=230), GBP)[1].state == "danger"
    assert [duration(minutes) for minutes in (0, 59, 60, 61, 240)] == [
        "0 min",
        "59 min",
        "1 h",
        "1 h 01 min",
        "4 h",
    ]
