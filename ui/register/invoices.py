"""A tax invoice for a sale: whom it is for comes from the customer's card, or their tax number is typed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_desktop.domain.document import Document
from pos_desktop.services.customers import CustomerAnswer, CustomerSeen
from pos_desktop.words import t
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.printing import PaperDesk
from ui.register.screens.code import CodePanel
from ui.register.screens.values import CodeEntered, CodeQuestion

BY_HAND = ("", "")
"""Name and address are written on the paper, when nobody is on file."""


class Invoices(QObject):
    """Prints a sale as a tax invoice."""

    def __init__(self, desk: Desk, paper: PaperDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._paper = desk, paper

    def start(self, document: Document) -> None:
        """Print it for the sale's customer; ask for the tax number of somebody who is not on file."""
        number = int(document.fields.get("customer", 0))
        if not number:
            self._ask(document, BY_HAND)
            return

        def answered(answer: CustomerAnswer) -> None:
            if isinstance(answer, CustomerSeen) and answer.customer.tax_number:
                customer = answer.customer
                self._print(document, (customer.name,), customer.tax_number)
            else:
                self._ask(document, (answer.customer.name if isinstance(answer, CustomerSeen) else "", ""))

        services = self._desk.services
        self._desk.query(
            lambda: services.choose_customer(number), answered, lambda _away: self._ask(document, BY_HAND)
        )

    def _ask(self, document: Document, made_for: tuple[str, ...]) -> None:
        question = CodeQuestion(
            "tax_number",
            t("Tax invoice"),
            t("Type the customer's tax number. Without one, name and address are written by hand."),
            t("Tax number"),
            self._desk.sale.currency,
            take=t("Print the invoice"),
            may_be_empty=True,
            asks_server=False,
        )
        panel = CodePanel(question, keys=self._desk.keys)

        def entered(answer: CodeEntered) -> None:
            self._desk.stage.close_overlay(panel)
            self._print(document, made_for, answer.text)

        panel.entered.connect(entered)
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)

    def _print(self, document: Document, made_for: tuple[str, ...], tax_number: str) -> None:
        self._desk.stage.show_sale()
        self._paper.print_invoice(document, made_for, tax_number)
        what = (
            t("For {name}", name=made_for[0])
            if made_for[0]
            else t("Write the customer's name and address on it")
        )
        self._desk.sale.say(Strip("info", t("Printing a tax invoice"), what))
