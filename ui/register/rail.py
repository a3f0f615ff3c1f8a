"""The right of the sale: what is typed, the number pad, exact cash, card and pay, always in one place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos_desktop.domain.money import format_money
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.sale import Sale
from ui.theme import SPACE_2, theme
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label
from ui.widgets.surface import Card


class PadCard(Card):
    """The entry and the number pad. Signals: ``pressed(str)`` with the pad key's name."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=12, spacing=8, parent=parent)
        self.display = EntryDisplay(t("Code, PLU or quantity"))
        self.pad = Keypad("sale")
        self.pad.pressed.connect(self.pressed)
        self.scale = Label("", role="heading", tone="text2", align="end", max_lines=1)
        self.scale.setObjectName("scale_row")
        self.scale.hide()
        self.body.addWidget(self.scale)
        self.body.addWidget(self.display)
        self.body.addWidget(self.pad, 1)
        self.show_entry("", "")

    def show_scale(self, words: str, *, stands: bool) -> None:
        """What lies on the scale; empty words where there is none. A weight that stands is written darker."""
        self.scale.setVisible(bool(words))
        self.scale.set_text(words)
        self.scale.set_tone("text" if stands else "text3")

    def show_entry(self, times: str, text: str) -> None:
        """Show the quantity typed before (``6 ×``) and what is typed now."""
        shown = f"{times} × {text}".rstrip() if times else text
        if (shown or "0") != self.display.value():
            self.display.set_value(shown or "0", quiet=not shown)


class QuickRow(QWidget):
    """Exact cash and card on the sale screen. Signals: ``pressed(str)``."""

    pressed = Signal(str)

    def __init__(self, sale: Sale, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sale = sale
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(SPACE_2))
        self._keys = []
        for label, action, icon in ((t("Exact cash"), "exact_cash", ""), (t("Card"), "card", "credit-card")):
            key = Key(
                label,
                variant="outline-pay",
                icon=icon,
                role="key_big",
                hint=keys.hint("sale", action),
                height=60,
                name=action,
            )
            key.clicked.connect(lambda _checked=False, name=action: self.pressed.emit(name))
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._keys.append(key)
            row.addWidget(key, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sale.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for key in self._keys:
            if key.isEnabled() != self._sale.can_pay:
                key.setEnabled(self._sale.can_pay)


class PayKey(Key):
    """Pay with the sum on it, or why it is dead."""

    def __init__(self, sale: Sale, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(
            t("Pay"),
            variant="train" if sale.training else "pay",
            icon="banknote",
            role="key_pay",
            hint=keys.hint("sale", "pay"),
            height=84,
            name="pay",
            parent=parent,
        )
        self._sale = sale
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sale.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        sale = self._sale
        if sale.unknown is not None:
            label, icon = t("Fix 1 item to pay"), "circle-alert"
        elif sale.training:
            label, icon = t("Practise paying"), "graduation-cap"
        elif sale.basket.empty:
            label, icon = t("Pay"), "banknote"
        elif sale.totals.total < 0:
            label, icon = t("Refund {total}", total=format_money(-sale.totals.total, sale.currency)), "undo-2"
        else:
            label, icon = t("Pay {total}", total=format_money(sale.totals.total, sale.currency)), "banknote"
        if label != self.text():
            if not sale.training:
                self.set_variant("danger" if icon == "undo-2" else "pay")
            self.set_icon(icon)
            self.set_label(label)
        if self.isEnabled() != sale.can_pay:
            self.setEnabled(sale.can_pay)
