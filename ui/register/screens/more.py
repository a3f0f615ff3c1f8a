"""What is not needed at every sale, one key each: drawer, void, reports, cash, sheets, theme, lock."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.values import MoreChoice, MoreView
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label

# In the order of their keys.
CHOICES: dict[str, tuple[str, str]] = {
    "no_sale": ("Open the drawer", "inbox"),
    "void_sale": ("Void the sale", "trash-2"),
    "cash": ("Cash in or out", "vault"),
    "refund": ("Refund", "undo-2"),
    "hold_named": ("Hold under a name", "pause"),
    "empties": ("Returned empties", "refresh-cw"),
    "gift_card": ("Gift cards", "gift"),
    "exempt": ("Tax exempt", "id-card"),
    "reprint": ("Receipts", "receipt-text"),
    "x_report": ("X report", "chart-column"),
    "close_shift": ("Close the shift", "clipboard-list"),
    "z_again": ("Print a Z report again", "printer"),
    "training": ("Start training", "graduation-cap"),
    "end_training": ("End training", "graduation-cap"),
    "devices": ("Devices", "settings"),
    "key_sheet": ("Keys of the sale", "keyboard"),
    "theme": ("Dark screen", "moon"),
    "command_sheet": ("Scanner command sheet", "scan-barcode"),
    "about": ("About this till", "info"),
    "sign_out": ("Sign out", "log-out"),
    "lock": ("Lock the till", "lock"),
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
        self.body.addWidget(Label("More", role="title"))
        grid = QGridLayout()
        grid.setSpacing(theme().px(10))
        self._keys = {name: self._key(name) for name in CHOICES if name not in view.closed}
        for index, key in enumerate(self._keys.values()):
            grid.addWidget(key, index // COLUMNS, index % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self._back = self.action_key(
            Key("Back to the sale", icon="arrow-left", variant="soft", height=60), "back"
        )
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def _key(self, name: str) -> Key:
        words, icon = CHOICES[name]
        if name == "theme" and self._view.theme == "dark":
            words, icon = "Light screen", "sun"
        note = "asks a supervisor" if name in self._view.supervised else ""
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
