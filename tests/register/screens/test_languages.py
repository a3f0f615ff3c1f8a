"""Every screen in every language, and in one that is 40 % longer: nothing clipped, none left in English."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from pos_desktop.words import LONG
from tests.register.screens.conftest import Show
from tests.register.screens.gallery import SCREENS
from tests.register.screens.test_look import check_keys
from tests.words.left_over import LANGUAGES, left_over, speaking
from ui.widgets.text import record_text

SMALLEST = (1024, 768)


@cache
def data() -> frozenset[str]:
    """What the gallery gives its screens to show, and the names of a key, a zone and a column."""
    found = {"Esc", "GMT", "Qty"}
    for file in Path(__file__).parent.glob("[!t]*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.strip()) > 1:
                found.add(node.value.strip())
    return frozenset(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_every_screen_shows_in_the_language(language: str, show: Show) -> None:
    """At the smallest size, where words have the least room; no key squeezed or over another."""
    lost: list[str] = []
    english: list[str] = []
    with speaking(language):
        for name in SCREENS:
            screen = show(name, SMALLEST)
            with record_text() as log:
                screen.grab()
            lost += [f"{name}: {entry.text!r} in {entry.rect}" for entry in log.clipped]
            check_keys(screen)
            if language == LONG:
                english += [f"{name}: {text!r}" for text in log.texts if left_over(text, data())]
            screen.parentWidget().hide()
    assert not lost, "\n".join(lost)
    assert not english, "\n".join(english)
