"""A themed application and fresh tokens for every test of the kit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme import Theme, theme


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> Iterator[Theme]:
    """The light theme at 100 %, with the bundled fonts; put back afterwards."""
    current = theme()
    if not qapp.property("themed"):
        current.apply(qapp)
        qapp.setProperty("themed", True)
    current.set_dark(False)
    current.set_scale(100)
    current.reduced_motion = False
    yield current
    current.set_dark(False)
    current.set_scale(100)
