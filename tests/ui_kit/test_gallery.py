"""Every widget and state is drawn in both themes, at four sizes of type, and none of its text is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui_kit.gallery import PAGES
from ui.theme import Theme
from ui.widgets.text import TextLog, record_text


def draw(widget: QWidget, target: Path) -> TextLog:
    widget.show()
    QApplication.processEvents()
    with record_text() as log:
        picture = widget.grab()
    assert picture.save(str(target))
    return log


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_nothing_is_clipped(themed: Theme, qtbot, tmp_path: Path, name: str, dark: bool) -> None:
    themed.set_dark(dark)
    themed.reduced_motion = True
    widget = PAGES[name]()
    qtbot.addWidget(widget)
    log = draw(widget, tmp_path / f"{name}-{'dark' if dark else 'light'}.png")
    assert len(log.painted) > 20
    assert log.clipped == []


@pytest.mark.parametrize("scale", [90, 125, 175])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_nothing_is_clipped_at_other_sizes(
    themed: Theme, qtbot, tmp_path: Path, name: str, scale: int
) -> None:
    themed.set_scale(scale)
    widget = PAGES[name]()
    widget.resize(widget.width() * scale // 100, widget.height() * scale // 100)
    qtbot.addWidget(widget)
    log = draw(widget, tmp_path / f"{name}-{scale}.png")
    assert log.clipped == []
