"""The More panel's keys: what is not needed at every sale, and what each of them does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

from pos_desktop import __version__
from pos_desktop.words import later, t
from ui.label_sheet import save_command_sheet_pdf
from ui.register.approvals import act
from ui.register.model import Strip
from ui.register.screen import Action
from ui.register.screens.more import MorePanel
from ui.register.screens.values import MoreChoice, MoreView
from ui.theme import theme

if TYPE_CHECKING:
    from ui.register.flows import Flows

NEEDS = {
    "void_sale": "void_sale",
    "close_shift": "close_shift",
    "no_sale": "no_sale",
    "x_report": "x_report",
    "z_again": "x_report",
    "training": "training",
    "exempt": "exempt_tax",
}
"""The permission behind a key: who lacks it is told that it asks a supervisor."""


class MoreMenu(QObject):
    """Opens the panel over the sale. ``home`` is where the till keeps its settings."""

    def __init__(self, flows: Flows, home: Path) -> None:
        super().__init__(flows)
        self._flows, self._desk, self._home = flows, flows.desk, home

    def open(self) -> None:
        """Show what is not needed all the time."""
        cashier = self._desk.cashier
        if cashier is None:
            return
        supervised = frozenset(name for name, permission in NEEDS.items() if not cashier.may(permission))
        look: Literal["light", "dark"] = "dark" if theme().dark else "light"
        panel = MorePanel(MoreView(look, cashier.name, supervised, self._closed()), keys=self._desk.keys)

        def chosen(choice: MoreChoice) -> None:
            self._desk.stage.close_overlay(panel)
            self._choices().get(choice.name, lambda: None)()

        panel.chosen.connect(chosen)
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)

    def _closed(self) -> frozenset[str]:
        """What makes no sense now: voiding nothing, and beginning or ending training twice."""
        nothing = {"void_sale", "exempt", "hold_named"} if self._desk.sale.basket.empty else set()
        training = {"training", "z_again"} if self._desk.services.training else {"end_training"}
        cards = set() if self._flows.gift_cards.offered else {"gift_card"}
        empties = set() if self._flows.empties.offered else {"empties"}
        return frozenset(nothing | training | cards | empties)

    def _choices(self) -> Mapping[str, Action]:
        flows = self._flows
        return {
            "no_sale": flows.drawer.no_sale,
            "void_sale": flows.no_money(flows.parking.void),
            "cash": flows.drawer.cash_movement,
            "gift_card": flows.no_money(flows.gift_cards.open),
            "hold_named": flows.no_money(flows.parking.hold_named),
            "refund": flows.no_money(flows.refunds.goods.start),
            "exempt": flows.no_money(flows.exempting.start),
            "empties": flows.empties.open,
            "reprint": flows.reprints.reprint,
            "x_report": flows.closing.x_report,
            "close_shift": flows.closing.close_shift,
            "z_again": flows.closing.reprint_z,
            "training": self._train,
            "end_training": lambda: flows.training_asked.emit(False),
            "devices": flows.devices.open_panel,
            "key_sheet": flows.keys_asked.emit,
            "theme": lambda: theme().set_dark(not theme().dark),
            "command_sheet": self._command_sheet,
            "about": self._about,
            "lock": flows.session.lock,
            "sign_out": flows.session.sign_out,
        }

    def _train(self) -> None:
        """Training begins with nothing in the basket, by somebody who may start it."""
        sale = self._desk.sale
        if not sale.basket.empty or sale.question is not None:
            sale.sound.emit("error")
            sale.say(
                Strip("stop", t("A sale is still open"), t("Finish, hold or void it, then start training"))
            )
            return
        self._flows.approvals.need(
            "training",
            act(later("Start training on this till")),
            lambda _who: self._flows.training_asked.emit(True),
        )

    def _command_sheet(self) -> None:
        """Write the scanner's command sheet where this till keeps its settings, and say where."""
        store = self._desk.state.store
        path = self._home / "command-sheet.pdf"
        try:
            save_command_sheet_pdf(path, bytes.fromhex(store.command_secret), store.name)
        except OSError as problem:
            self._desk.sale.say(Strip("stop", t("The sheet was not written"), str(problem)))
            return
        self._flows.banner_wanted.emit(
            t("The command sheet is ready to print: {path}", path=path), (), "info"
        )

    def _about(self) -> None:
        state = self._desk.state
        facts = t(
            "Store {store}, till {till}, series {epoch}, next number {next} · head {head}",
            store=state.store.number,
            till=state.number,
            epoch=state.epoch,
            next=state.next_no,
            head=state.head[:16],
        )
        self._desk.sale.say(Strip("info", f"pos_desktop {__version__}", facts))
