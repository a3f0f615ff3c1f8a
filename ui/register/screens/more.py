"""What is not needed at every sale, one key each: drawer, void, reports, cash, sheets, theme, lock."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.values import MoreChoice, MoreView
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label

# In the order of their keys.
CHOICES: dict[str, tuple[str, str]] = {
    "no_sale": (later("Open the drawer"), "inbox"),
    "void_sale": (later("Void the sale"), "trash-2"),
    "cash": (later("Cash in or out"), "vault"),
    "refund": (later("Refund"), "undo-2"),
    "hold_named": (later("Hold under a name"), "pause"),
    "empties": (later("Returned empties"), "refresh-cw"),
    "gift_card": (later("Gift cards"), "gift"),
    "exempt": (later("Tax exempt"), "id-card"),
    "reprint": (later("Receipts"), "receipt-text"),
    "x_report": (later("X report"), "chart-column"),
    "close_shift": (later("Close the shift"), "clipboard-list"),
    "z_again": (later("Print a Z report again"), "printer"),
    "training": (later("Start training"), "graduation-cap"),
    "end_training": (later("End training"), "graduation-cap"),
    "devices": (later("Devices"), "settings"),
    "key_sheet": (later("Keys of the sale"), "keyboard"),
    "theme": (later("Dark screen"), "moon"),
    "command_sheet": (later("Scanner command sheet"), "scan-barcode"),
    "about": (later("About this till"), "info"),
    "sign_out": (later("Sign out"), "log-out"),
    "lock": (later("Lock the till"), "lock"),
}
COLUMNS = 4


class MorePanel(OverlayScreen):
    """Every key says what it does; what needs a supervisor says so and stays in view.

    Signals: ``chosen(object)`` carries a MoreChoice; ``back()``.
    """

    chosen = Signal(object)
    back = Signal()

    name = "more"
    card_width = 980
    card_padding = 22
    card_spacing = 12

    def __init__(self, view: MoreView, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self.body.addWidget(Label(t("More"), role="title"))
        grid = QGridLayout()
        grid.setSpacing(theme().px(10))
        self._keys = {name: self._key(name) for name in CHOICES if name not in view.closed}
        for index, key in enumerate(self._keys.values()):
            grid.addWidget(key, index // COLUMNS, index % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self._back = self.action_key(
            Key(t("Back to the sale"), icon="arrow-left", variant="soft", height=60), "back"
        )
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def _key(self, name: str) -> Key:
        text, icon = CHOICES[name]
        words = t(text)
        if name == "theme" and self._view.theme == "dark":
            words, icon = t("Light screen"), "sun"
        note = t("asks a supervisor") if name in self._view.supervised else ""
        if name == "sign_out":
            note = self._view.person
        key = Key(words, icon=icon, note=note, role="heading", form="left", height=72)
        self.action_key(key, name)
        key.clicked.connect(lambda _checked=False, n=name: self.chosen.emit(MoreChoice(n)))
        return key

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {name: key.click for name, key in self._keys.items()}
        return {**doing, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """The choices offered."""
        return {"screen": self.name, "choices": list(self._keys)}
