"""The customer of a sale and a payment on account, with the longest words they may meet.

The screens with boxes to type in focus a box by themselves; they are driven in test_customers.py.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import currency
from ui.register.screen import Screen
from ui.register.screens.account_payment import AccountPayment
from ui.register.screens.customer_card import CustomerCard, CustomerView

GBP = currency("GBP")
FACTS = (
    ("Number", "10000102"),
    ("Phone ends", "102"),
    ("Group", "Member, Trade, Friends of the shop since the very beginning"),
    ("Points", "1 250 · worth £12.50"),
    ("Owes", "£123.45"),
    ("May still charge", "£76.55 of £200.00"),
    ("Tax number", "GB 000 0000 05"),
    ("Certificate", "EX-0417 until 31 December 2027"),
    ("Offers", "not wanted"),
)
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Wilhelmina Anastasia"


CUSTOMER_SCREENS: dict[str, Callable[[QWidget], Screen]] = {
    "customer_card": lambda host: CustomerCard(CustomerView(LONG, FACTS, account=True), parent=host),
    "account_payment": lambda host: AccountPayment(LONG, 12345, GBP, parent=host),
}
