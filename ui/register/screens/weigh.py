"""Weighing an item: what the scale shows, what it comes to, and what to do when it shows no weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.quantity import extend, format_qty
from pos_desktop.domain.weighing import Reading, ScaleState, Verdict, words_of
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label, Tone

BLANK = "–.–––"


@dataclass(frozen=True, slots=True)
class WeighQuestion:
    """What is weighed: the item, its unit and its price each (minor units)."""

    item: str
    unit: str
    price: int
    currency: Currency


class WeighScreen(OverlayScreen):
    """Shows the scale; the weight is taken by itself as soon as it stands, so there is no key for that.

    Signals: ``another()`` the same weight is another item; ``zero()``, ``tare()`` press the scale's keys;
    ``typed_asked()`` the weight is to be typed; ``back()`` leave it out; ``looked_at()`` it is the current
    screen again: what stands on the scale may be taken now.
    """

    another = Signal()
    zero = Signal()
    tare = Signal()
    typed_asked = Signal()
    looked_at = Signal()
    back = Signal()

    name = "scale"
    card_width = 560
    card_padding = 24
    card_spacing = 12

    def __init__(
        self, question: WeighQuestion, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._question = question
        self._reading = Reading(ScaleState.SILENT)
        self._verdict: Verdict = "wait"
        self.body.addWidget(Label(question.item, role="title", max_lines=2))
        price = format_amount(question.price, question.currency)
        self.body.addWidget(Label(f"{price} / {question.unit}", role="body_strong", tone="text2"))
        self._weight = AmountLabel(BLANK, role="due", align="center")
        self._comes_to = Label(" ", role="heading", align="center", max_lines=1)
        self._says = Words("", role="body_strong", align="center", max_lines=3)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        for part in (self._weight, self._comes_to, self._says, self.words):
            self.body.addWidget(part)
        self._keys_row()
        self.show_reading(self._reading, self._verdict)

    def _keys_row(self) -> None:
        self._another = self.action_key(
            Key(t("It is another one"), icon="check", variant="accent", height=60), "same_weight"
        )
        self._zero = self.action_key(Key(t("Zero"), icon="rotate-ccw", variant="soft", height=56), "zero")
        self._tare = self.action_key(Key(t("Tare"), icon="package", variant="soft", height=56), "tare")
        self._type = self.action_key(Key(t("Type the weight"), icon="keyboard", height=60), "type_weight")
        self._back = self.action_key(
            Key(t("Leave it out"), icon="arrow-left", variant="soft", height=60), "back"
        )
        self._another.clicked.connect(self.another)
        self._zero.clicked.connect(self.zero)
        self._tare.clicked.connect(self.tare)
        self._type.clicked.connect(self.typed_asked)
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._another)
        self.row(self._zero, self._tare)
        self.row(self._back, self._type)

    def show_reading(self, reading: Reading, verdict: Verdict) -> None:
        """Show what the scale says now."""
        self._reading, self._verdict = reading, verdict
        stands = reading.state in (ScaleState.STABLE, ScaleState.EMPTY)
        weight = format_qty(reading.qty, "kg")
        weight = t("{weight} net", weight=weight) if reading.net else weight
        self._weight.set_text(weight if stands else f"{BLANK} kg")
        self._weight.set_tone("text" if stands else "text3")
        self._comes_to.set_text(self._sum(reading) if stands and reading.qty else " ")
        self._says.say(words_of(reading, verdict), _tone(reading, verdict))
        self._another.setVisible(verdict == "stuck")
        self._tare.set_label(t("Tare off") if reading.net else t("Tare"))
        for key in (self._zero, self._tare):
            key.setEnabled(not reading.trouble)

    def _sum(self, reading: Reading) -> str:
        question = self._question
        price = format_amount(question.price, question.currency)
        total = format_money(extend(question.price, reading.qty), question.currency)
        return f"{format_qty(reading.qty, 'kg')} × {price} = {total}"

    def shown(self) -> None:
        """The current screen, perhaps again after a lock: look at the scale once all of it shows."""
        super().shown()
        QTimer.singleShot(0, self, self.looked_at.emit)

    def note_ignored(self, words: str) -> None:
        """Scans refused meanwhile."""
        self.words.say(f"{words}.")

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {"back": self._back.click, "type_weight": self._type.click}
        if self._verdict == "stuck":
            doing["same_weight"] = self._another.click
        if not self._reading.trouble:
            doing |= {"zero": self._zero.click, "tare": self._tare.click}
        return doing

    def probe(self) -> dict[str, object]:
        """What is weighed, what the scale shows and says."""
        return {
            "screen": self.name,
            "item": self._question.item,
            "weight": self._weight.text(),
            "comes_to": self._comes_to.text().strip(),
            "message": self._says.text(),
            "scale_state": "stuck" if self._verdict == "stuck" else self._reading.state.value,
        }


def _tone(reading: Reading, verdict: Verdict) -> Tone:
    if verdict == "stuck" or reading.state in (ScaleState.OVERLOAD, ScaleState.UNDER_ZERO) or reading.trouble:
        return "warn"
    return "pay" if verdict == "take" else "text2"
