"""The screens of discounts, each in a likely state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import currency
from ui.register.screen import Screen
from ui.register.screens.discount import DiscountQuestion, DiscountScreen

GBP = currency("GBP")
REASONS = ("Damaged", "Last day", "Price match", "Goodwill", "Staff")


def _line(host: QWidget) -> Screen:
    bound = "more than 10% needs a supervisor"
    name = "Malbec Reserva 2022 75 cl, Valle de Uco"
    screen = DiscountScreen(DiscountQuestion(3, name, 1899, GBP, REASONS, bound=bound), parent=host)
    screen.typed("7")
    return screen


def _sale(host: QWidget) -> Screen:
    question = DiscountQuestion(0, "The whole sale", 12_345_678, GBP, REASONS, "now 12.5% off", "")
    return DiscountScreen(question, parent=host)


DEAL_SCREENS: dict[str, Callable[[QWidget], Screen]] = {"discount": _line, "discount_sale": _sale}
