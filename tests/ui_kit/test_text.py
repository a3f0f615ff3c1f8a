"""Text wraps, then shrinks, and says so when a part of it does not show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from ui.fonts import FontSpec
from ui.palette import LIGHT
from ui.widgets.text import fit, fit_text, height_for, record_text

SPEC = FontSpec(15, 600)
words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=14)


@given(
    text=st.lists(words, min_size=1, max_size=8).map(" ".join),
    width=st.integers(40, 400),
    lines=st.integers(1, 4),
)
@settings(max_examples=200, deadline=None)
def test_text_that_counts_as_fitting_is_whole_and_inside(text: str, width: int, lines: int) -> None:
    fitted = fit(text, SPEC, width, 80, lines)
    assert len(fitted.lines) <= lines
    if not fitted.clipped:
        assert "".join(fitted.lines).replace(" ", "") == text.replace(" ", "")
        assert fitted.width <= width + 0.5
        assert fitted.height <= 80.5
        assert fitted.spec.px >= round(SPEC.px * 0.7)


@given(text=st.lists(words, min_size=1, max_size=8).map(" ".join), width=st.integers(60, 400))
@settings(max_examples=100, deadline=None)
def test_the_height_asked_for_is_enough(text: str, width: int) -> None:
    height = height_for(text, SPEC, width, max_lines=60)
    fitted = fit(text, SPEC, width, height, 60)
    assert not fitted.clipped


def test_it_wraps_before_it_shrinks() -> None:
    wide = SPEC.width("Zwischensumme") + 1
    fitted = fit("Zwischensumme Altersprüfung", SPEC, wide, 60, 2)
    assert fitted.lines == ("Zwischensumme", "Altersprüfung")
    assert fit("Zwischensummen", SPEC, SPEC.width("Zwischensummen") * 0.9, 60, 2).spec.px < SPEC.px


def draw(text: str, rect: QRectF) -> None:
    image = QImage(200, 60, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    fit_text(painter, rect, text, SPEC, LIGHT.text, max_lines=1)
    painter.end()


def test_the_recorder_names_what_was_cut_and_only_while_it_listens() -> None:
    with record_text() as log:
        draw("Milk", QRectF(0, 0, 100, 30))
        draw("A name much too long for this", QRectF(0, 0, 60, 30))
    draw("unheard", QRectF(0, 0, 100, 30))
    assert [entry.text for entry in log.clipped] == ["A name much too long for this"]
    assert log.texts == {"Milk", "A name much too long for this"}


@pytest.mark.parametrize("rect", [QRectF(180, 0, 100, 30), QRectF(-20, 0, 100, 30), QRectF(0, 50, 100, 30)])
def test_text_that_leaves_its_widget_is_cut_too(rect: QRectF) -> None:
    with record_text() as log:
        draw("Milk and honey", rect)
    assert len(log.clipped) == 1
