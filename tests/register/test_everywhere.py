"""What holds on every screen: its key sheet names every key painted, and its lock key locks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.register.conftest import Counter, Shop, Till
from tests.register.gallery import STATES, UNKNOWN
from ui.keymap_names import DEPARTMENT_KEYS
from ui.register.window import NOBODY
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget


def one_per_screen(till_states: dict[str, Callable[[Till, Shop], None]]) -> list[str]:
    """The gallery's states, less those that only look different."""
    same = {"long_names", "printer_out", "paid", "keys", "selling", "blocked", "sold_out", "held_by_another"}
    return [name for name in till_states if name not in same]


@pytest.mark.parametrize("state", one_per_screen(STATES))
def test_the_keys_of_every_screen(counter: Counter, shop: Shop, state: str) -> None:
    """Its key sheet and its lock key, from the same state."""
    till = counter.open()
    STATES[state](till, shop)
    its_own_key_opens_the_sheet(till)
    its_lock_key_locks(till)


def its_own_key_opens_the_sheet(till: Till) -> None:
    """Esc closes it, and the screen under it is as it was."""
    before = till.probe()
    screen = str(before["screen"])
    keys = till.window.keymap.keys(screen, "keys")
    hints = hints_of(till)
    assert keys, f"{screen} has no key for its sheet"
    for key in keys:
        till.stroke(key)
        assert till["screen"] == "keys", (screen, key)
        assert hints <= caps_on_sheet(till), (screen, hints - caps_on_sheet(till))
        till.stroke("Esc")
        assert till.probe() == before


def hints_of(till: Till) -> set[str]:
    """The keys painted on what a person can press now."""
    shown = till.window.stage.current if till["screen"] not in ("sale", "unknown") else till.window
    found = {
        part
        for key in shown.findChildren(Key)
        if key.isVisible() and key.isEnabled() and key.hint
        for part in key.hint.split(" or ")
    }
    assert found or till["screen"] in NOBODY
    return found


def caps_on_sheet(till: Till) -> set[str]:
    """The key caps the open sheet names."""
    lines = [w for w in till.window.findChildren(PaintedWidget) if type(w).__name__ == "_KeyLine"]
    assert lines
    caps: set[str] = set()
    for line in lines:
        named = line.accessibleName().split(": ")[0].split(", ")
        caps |= set(named) if "…" not in named else between(named[0], named[-1])
    return caps


def between(first: str, last: str) -> set[str]:
    """The keys of a grouped line: "F5 … F7", or "1 … C" of the departments."""
    row = [f"F{n}" for n in range(1, 13)], list(DEPARTMENT_KEYS), [f"Alt+{n}" for n in range(1, 10)]
    keys = next(keys for keys in row if first in keys)
    return set(keys[keys.index(first) : keys.index(last) + 1])


def its_lock_key_locks(till: Till) -> None:
    """A screen whose key map has Ctrl+L locks by it, and comes back as it was after the PIN."""
    before = till.probe()
    screen = str(before["screen"])
    if screen in NOBODY or "lock" not in till.window.keymap.actions(screen):
        return
    till.stroke("Ctrl+L")
    assert till["screen"] == "lock"
    till.keys("1111\n")
    after = till.probe()
    before["screen"] = "sale" if screen == "more" else screen  # a menu closes once one of it is chosen
    assert {key: after[key] for key in ("screen", "lines", "total", "cashier")} == {
        key: before[key] for key in ("screen", "lines", "total", "cashier")
    }


def test_each_department_by_the_key_painted_on_it(counter: Counter, shop: Shop) -> None:
    """First, last and Esc: what is painted is what the keyboard does."""
    till = counter.open()
    till.scan(UNKNOWN)
    till.stroke("F4")
    names = list(till.probe()["departments"])  # type: ignore[call-overload]
    assert len(names) > 9
    for name in (names[0], names[-1]):
        key = till.window.findChild(Key, f"department:{name}")
        till.stroke(key.hint)
        assert till["screen"] == "entry"
        assert till.window.stage.current.findChildren(Label)
        assert name in {label.text() for label in till.window.stage.current.findChildren(Label)}
        till.stroke("Esc")
        assert till["screen"] == "unknown"
        till.stroke("F4")
    till.stroke("Esc")
    assert till["screen"] == "unknown"
