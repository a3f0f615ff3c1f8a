"""Every key hint shown works: pressing what is painted in a key's corner does what tapping the key does."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.register import gallery
from tests.register.conftest import Counter, Shop, Till, code_of
from tests.register.gallery import UNKNOWN
from ui.keymap import hint_of
from ui.widgets.key import Key


def selling(till: Till, shop: Shop) -> None:
    """Two lines, the second chosen."""
    till.scan(code_of(shop, "Whole milk 2 L"), code_of(shop, "Cheddar mature 400 g"))


def unknown(till: Till, shop: Shop) -> None:
    """A code that is not on file."""
    till.scan(UNKNOWN)


def find(till: Till, shop: Shop) -> None:
    """A result to take."""
    till.stroke("F3")
    till.keys("brownie")


def price_check(till: Till, shop: Shop) -> None:
    """An item to add."""
    till.stroke("F9")
    till.scan(code_of(shop, "Cheddar mature 400 g"))


def tender(till: Till, shop: Shop) -> None:
    """Nothing paid yet."""
    selling(till, shop)
    till.stroke("F12")


def change(till: Till, shop: Shop) -> None:
    """Change to give."""
    tender(till, shop)
    till.keys("10.00\n")


STATES: tuple[Callable[[Till, Shop], None], ...] = (
    selling,
    unknown,
    find,
    price_check,
    tender,
    gallery.age,
    change,
)


def hinted(till: Till) -> dict[str, str]:
    """Object name to hint of every key on the screen that shows one and can be pressed."""
    shown = till.window.stage.current if till["screen"] not in ("sale", "unknown") else till.window
    return {
        key.objectName(): key.hint
        for key in shown.findChildren(Key)
        if key.isVisible() and key.isEnabled() and key.hint
    }


def strokes(till: Till, hint: str) -> list[str]:
    """The strokes a hint stands for, by the key map's own names."""
    parts = hint.split(" or ")
    keymap, here = till.window.keymap, str(till["screen"])
    known = {
        hint_of(key): key
        for screen in (*(name for name in keymap.screens() if name != here), here)
        for action in keymap.actions(screen)
        for key in keymap.keys(screen, action)
    }
    return [known.get(part, part) for part in parts]


def outcome(till: Till) -> dict[str, object]:
    """What stands on the screen, less the numbers of receipts and what the strip says of the last item.

    The strip gives way to a busy word where the server takes its time, which is not the key's doing.
    """
    shown = {key: value for key, value in till.probe().items() if key not in ("price", "detail")}
    return {key: re.sub(r"S1-T1-1-\d+", "S1-T1-1-N", str(value)) for key, value in shown.items()}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_hints_do_what_keys_do(counter: Counter, shop: Shop, state: Callable[[Till, Shop], None]) -> None:
    """Each hint against its key, both from the same state, at a till started anew each time."""
    keys: dict[str, list[str]] = {}

    def look(till: Till) -> None:
        keys.update({name: strokes(till, hint) for name, hint in hinted(till).items()})

    after(counter, shop, state, look)
    assert keys, "no key shows a hint"
    for name, names in keys.items():
        by_tap = after(counter, shop, state, partial(tap, name=name))
        for stroke in names:
            by_key = after(counter, shop, state, partial(press, stroke=stroke))
            assert by_key == by_tap, (name, stroke)


def press(till: Till, stroke: str) -> None:
    """Press one key."""
    till.stroke(stroke)


def tap(till: Till, name: str) -> None:
    """Tap a key by its object name, in its middle."""
    QTest.mouseClick(till.find(name), Qt.MouseButton.LeftButton)
    till.settle()


def after(
    counter: Counter, shop: Shop, state: Callable[[Till, Shop], None], act: Callable[[Till], None]
) -> dict[str, object]:
    """What a till shows after ``act`` in ``state``; the basket is given up afterwards."""
    shop.do("delete from pos.held_sale")
    till = counter.open()
    try:
        state(till, shop)
        act(till)
        return outcome(till)
    finally:
        till.services.till.save_draft(till.services.till.new_basket())
        counter.close(till)
