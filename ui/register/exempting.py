"""A customer who shows a tax certificate: its number, who allows it, and back again."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Approval
from pos_desktop.domain.basket_parts import Exempt
from pos_desktop.domain.exemption import certificate_of, exempted
from pos_desktop.domain.permissions import EXEMPT_TAX
from pos_desktop.services.results import Cashier
from pos_desktop.words import later, t
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.screens.code import CodePanel
from ui.register.screens.values import CodeEntered, CodeQuestion


class Exempting(QObject):
    """Puts a certificate on the sale, or takes it off."""

    def __init__(self, desk: Desk, approvals: Approvals, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._approvals = desk, approvals

    def start(self) -> None:
        """The certificate on file for the sale's customer; else its number is asked for."""
        sale, services = self._desk.sale, self._desk.services
        if sale.question is not None or sale.locked:
            return
        if sale.basket.exempt is not None:
            self._off()
            return
        on_file = certificate_of(sale.customer, services.shop_day())
        codes = services.exempt_codes()
        if on_file is not None:
            self._ask(on_file, None)
        elif codes:
            self._ask_number(codes)
        else:
            sale.say(Strip("info", t("Nothing is taxed here"), t("No certificate could free from anything")))

    def _ask_number(self, codes: tuple[str, ...]) -> None:
        question = CodeQuestion(
            "certificate",
            t("Tax exempt"),
            t("Look at the certificate and its last day, then type its number."),
            t("Number of the certificate"),
            self._desk.sale.currency,
            take=t("Sell without tax"),
            asks_server=False,
        )
        panel = CodePanel(question, keys=self._desk.keys)
        panel.entered.connect(lambda entered: self._entered(entered, codes, panel))
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)

    def _entered(self, entered: CodeEntered, codes: tuple[str, ...], panel: CodePanel) -> None:
        panel.set_busy(False)
        self._ask(Exempt(entered.text, codes), panel)

    def _ask(self, exempt: Exempt, panel: CodePanel | None) -> None:
        words = act(later("Sell without tax by certificate {certificate}"), certificate=exempt.certificate)

        def allowed(who: Cashier) -> None:
            if panel is not None:
                self._desk.stage.close_overlay(panel)
            self._take(exempt, who)

        self._approvals.need(EXEMPT_TAX, words, allowed)

    def _take(self, exempt: Exempt, who: Cashier) -> None:
        sale, by = self._desk.sale, self._desk.allowed_by(who)
        approval = None if by is None else Approval(EXEMPT_TAX, by, 0, 0, 0, datetime.now(UTC))
        told = Strip(
            "added",
            t("Tax exempt"),
            t(
                "Certificate {certificate} · {codes}",
                certificate=exempt.certificate,
                codes=", ".join(exempt.codes),
            ),
        )
        sale.sound.emit("added")
        sale.put(exempted(sale.basket, exempt, approval), told, select=sale.selected)

    def _off(self) -> None:
        sale = self._desk.sale
        told = Strip("info", t("Tax is charged again"), t("The certificate is off this sale"))
        sale.put(exempted(sale.basket, None), told, select=sale.selected)
