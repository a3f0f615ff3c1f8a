"""A card on the terminal beside the till: follow the terminal, note the slip, say paid or not paid."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.barcode import gtin14
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.register.screens.code_line import CodeLine
from ui.register.screens.values import CardAnswer
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label

MAX_REF = 24
FOLLOW = later("Put this amount on the terminal, and follow the terminal.")
UNKNOWN = later("We don't know if the card was charged. Check the terminal slip.")
UNKNOWN_NOTE = later("Whatever you answer here needs a supervisor's PIN.")


class CardPanel(OverlayScreen):
    """Nothing is guessed: a person reads the slip and says what it says. No answer is bound to Enter.

    Signals: ``answered(object)`` carries a CardAnswer.
    """

    answered = Signal(object)

    name = "card"
    scan_policy = "take"
    card_width = 680
    card_padding = 22
    card_spacing = 10

    def __init__(
        self,
        amount: int,
        currency: Currency,
        unknown: bool = False,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._amount, self._currency, self._unknown = amount, currency, unknown
        self._heading = Label("", role="title", align="center", max_lines=2)
        self._do = Label("", role="body_strong", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self._heading)
        self.body.addWidget(AmountLabel(format_money(amount, currency), role="due", align="center"))
        self.body.addWidget(self._do)
        self._line = CodeLine(
            t("Slip reference: type it, or scan the slip"),
            t("Take back the last character of the reference"),
            signs="-/.#",
            most=MAX_REF,
            parent=self,
        )
        self._line.typed.connect(self.type_reference)
        self._line.rubbed.connect(lambda: self.typed("backspace"))
        self._line.done.connect(lambda: self._show_keyboard(False))
        self._line.opened.connect(self._show_keyboard)
        self.body.addLayout(self._line.row())
        self.body.addWidget(self._line.keyboard)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        self.body.addWidget(self.words)
        self._build_answers()
        self._show()

    def _show_keyboard(self, shown: bool) -> None:
        self._line.keyboard.setVisible(shown)
        # On the smallest screen the letters need the height of the words, which were read by then.
        self._do.setVisible(not shown)
        self.words.setVisible(not shown)

    def _build_answers(self) -> None:
        self._paid = self.action_key(
            Key(
                t("Paid"),
                variant="outline-pay",
                icon="check",
                note=t("the slip says approved"),
                role="strip_name",
                height=84,
            ),
            "paid",
        )
        self._not_paid = self.action_key(
            Key(t("Not paid"), icon="x", note=t("declined, or given up"), role="strip_name", height=84),
            "not_paid",
        )
        self._unsure = self.action_key(
            Key(t("The slip does not say"), variant="warn", icon="circle-help", height=56), "unsure"
        )
        self._paid.clicked.connect(lambda: self._answer(paid=True))
        self._not_paid.clicked.connect(lambda: self._answer(paid=False))
        self._unsure.clicked.connect(self.set_unknown)
        self.row(self._paid, self._not_paid)
        self.body.addWidget(self._unsure)

    def _show(self) -> None:
        self._heading.set_text(
            t("Was the card charged?") if self._unknown else t("Card: follow the terminal")
        )
        self._heading.set_tone("warn" if self._unknown else "text")
        self._do.set_text(f"{t(UNKNOWN)} {t(UNKNOWN_NOTE)}" if self._unknown else t(FOLLOW))
        self._unsure.setVisible(not self._unknown)
        self._line.show(t("none yet"))

    def set_unknown(self) -> None:
        """The outcome is not known: from here every answer needs an approval."""
        self._unknown = True
        self._show()

    def say(self, words: str) -> None:
        """Show a sentence above the answers."""
        self.words.say(words)

    def _answer(self, *, paid: bool) -> None:
        self.answered.emit(CardAnswer(self._amount, paid, self._line.text if paid else "", self._unknown))

    def type_reference(self, text: str) -> None:
        """Add characters of the slip's reference: letters, digits, dash, slash."""
        self._line.add(text)
        self._show()

    def typed(self, name: str) -> bool:
        """Backspace and digits; Enter does nothing here."""
        if name == "backspace":
            self._line.rub_out()
            self._show()
            return True
        if name.isdigit() or name in ("-", "."):
            self.type_reference(name)
            return True
        return name == "enter"

    def type_letter(self, letter: str) -> bool:
        """Letters belong to the reference too."""
        if letter == " ":
            return False
        self.type_reference(letter)
        return True

    def handle_scan(self, code: str) -> bool:
        """A slip's barcode is its reference; an item's barcode is not, and is refused audibly."""
        if gtin14(code) is not None:
            self.say(t("That is an item's barcode. Scan or type the slip's reference."))
            return False
        if len(code) > MAX_REF or not code.isascii() or not code.isprintable():
            self.say(t("That is not a slip reference. Type it from the slip."))
            return False
        self._line.text = ""
        self.type_reference(code)
        self.say("")
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {"paid": self._paid.click, "not_paid": self._not_paid.click}
        if not self._unknown:
            doing["unsure"] = self._unsure.click
        return doing

    def probe(self) -> dict[str, object]:
        """The amount, the reference so far, whether the outcome is unknown."""
        return {
            "screen": self.name,
            "amount": format_amount(self._amount, self._currency),
            "reference": self._line.text,
            "unknown": self._unknown,
            "message": self.words.text() or self._do.text(),
        }
