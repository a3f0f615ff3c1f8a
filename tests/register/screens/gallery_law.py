"""The law's screens in their states: an ID that was scanned, one that expired, empties coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import currency
from ui.register.screen import Screen
from ui.register.screens.age import AgeOverlay
from ui.register.screens.empties import EmptiesPanel
from ui.register.screens.values import AgeQuestion

QUESTION = AgeQuestion("Malbec Reserva 2022 75 cl", 18, date(2026, 11, 22), "alcohol")
DEPOSITS = tuple(
    Item(n, name, "each", price, n, "Z", 0, returnable=True)
    for n, (name, price) in enumerate(
        (
            ("Deposit, can", 25),
            ("Deposit, beer bottle 0.5 l", 8),
            ("Deposit, crate of 20 with its bottles", 310),
        ),
        1,
    )
)


def scanned(text: str) -> Callable[[QWidget], Screen]:
    """The age check after an ID was scanned."""

    def make(host: QWidget) -> Screen:
        screen = AgeOverlay(QUESTION, parent=host)
        assert screen.handle_scan(text)
        return screen

    return make


def empties(host: QWidget) -> Screen:
    """Twelve bottles are back."""
    screen = EmptiesPanel(DEPOSITS, currency("GBP"), parent=host)
    screen.counted(DEPOSITS[1], 12, "0.96")
    return screen


LAW_SCREENS: dict[str, Callable[[QWidget], Screen]] = {
    "age_scanned": scanned("ANSI 636026080102DLDAQT64235789DCSSAMPLEDBB01311990DBA01312035"),
    "age_expired": scanned("ANSI 636026080102DLDAQT64235789DCSSAMPLEDBB01311990DBA01312020"),
    "empties": empties,
}
