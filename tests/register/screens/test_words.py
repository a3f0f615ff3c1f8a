"""Small words of the register."""

from __future__ import annotations

import pytest

from pos_desktop.domain.basket import Totals
from ui.register.model import pieces_words


@pytest.mark.parametrize(
    ("count", "back", "words"),
    [
        (0, 0, "0 items"),
        (1, 0, "1 item"),
        (-1, 1, "1 item back"),
        (-2, 2, "2 items back"),
        (1, 2, "3 items, 2 back"),
        (-1, 2, "1 item, 2 back"),
    ],
)
def test_what_comes_back_is_counted_by_itself(count: int, back: int, words: str) -> None:
    totals = Totals(subtotal=0, taxes=(), tax=0, total=0, count=count, back=back)
    assert pieces_words(totals) == words
