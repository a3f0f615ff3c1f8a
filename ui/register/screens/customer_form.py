"""The short form that puts a customer on file: name, phone number or card, and whether offers may be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action, Screen
from ui.theme import SPACE_2, SPACE_3, theme
from ui.widgets.key import Key, switch
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import Label
from ui.widgets.surface import Card

_BOXES = (
    ("name", later("Name"), later("First and last name")),
    ("phone", later("Phone number"), later("With its area code")),
    ("card", later("Customer card"), later("Scan it, or leave it empty")),
)


@dataclass(frozen=True, slots=True)
class CustomerTyped:
    """The form as it was filled in; not looked at yet."""

    name: str
    phone: str
    card: str
    consent: bool


class CustomerForm(Screen):
    """Three boxes and one question, which is never answered beforehand. Signals: ``saved(object)``
    CustomerTyped; ``back()``."""

    saved = Signal(object)
    back = Signal()

    name = "customer_form"
    scan_policy = "take"

    def __init__(
        self,
        *,
        name: str = "",
        phone: str = "",
        card: str = "",
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        keys = keys or Keymap()
        self._consent: bool | None = None
        self._busy = False
        given = {"name": name, "phone": phone, "card": card}
        self._boxes = {box: self._make_box(box, t(words), t(hint), given[box]) for box, words, hint in _BOXES}
        self._yes = self._key(t("Yes, offers may be sent"), "consent_yes", keys)
        self._no = self._key(t("No offers"), "consent_no", keys)
        self._yes.clicked.connect(lambda: self._answer(True))
        self._no.clicked.connect(lambda: self._answer(False))
        for key in (self._yes, self._no):
            key.setCheckable(True)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._note = Label("", role="body_strong", tone="warn", max_lines=2)
        self._keyboard = OnScreenKeyboard()
        self._keyboard.done.connect(self._next_box)
        self._back = self._key(t("Back"), "back", keys)
        self._back.set_icon("arrow-left")
        self._save = self._key(t("Add the customer"), "save", keys)
        self._save.set_icon("check")
        self._save.set_variant("accent")
        self._back.clicked.connect(self.back)
        self._save.clicked.connect(self.save)
        self._build()

    def _key(self, words: str, name: str, keys: Keymap) -> Key:
        return Key(words, name=name, hint=keys.hint(self.name, name), height=52)

    def _make_box(self, name: str, words: str, hint: str, text: str) -> QLineEdit:
        box = QLineEdit(text)
        box.setObjectName(f"customer_{name}")
        box.setPlaceholderText(hint)
        box.setAccessibleName(words)
        box.setMaxLength(100)
        box.returnPressed.connect(self._next_box)
        box.textChanged.connect(lambda _text: self._note.set_text(""))
        box.installEventFilter(self)
        return box

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        margin = theme().px(SPACE_3)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(theme().px(SPACE_2))
        card = Card(padding=12, spacing=8)
        row = QHBoxLayout()
        row.addWidget(Label(t("A new customer"), role="title", max_lines=1), 1)
        row.addWidget(self._back)
        row.addWidget(self._save)
        card.body.addLayout(row)
        grid = QGridLayout()
        grid.setSpacing(theme().px(SPACE_2))
        for line, (name, words, _hint) in enumerate(_BOXES):
            grid.addWidget(Label(t(words), role="heading", tone="text2", max_lines=1), line, 0)
            grid.addWidget(self._boxes[name], line, 1)
        asked = QHBoxLayout()
        asked.setSpacing(theme().px(SPACE_2))
        asked.addWidget(self._yes, 1)
        asked.addWidget(self._no, 1)
        grid.addWidget(
            Label(t("Ask: may we send offers?"), role="heading", tone="text2", max_lines=1), len(_BOXES), 0
        )
        grid.addLayout(asked, len(_BOXES), 1)
        grid.setColumnStretch(1, 1)
        card.body.addLayout(grid)
        card.body.addWidget(self._note)
        outer.addWidget(card)
        outer.addStretch(1)
        outer.addWidget(self._keyboard)

    # -- filling in ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Our own keyboard types into the box that was touched last."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            self._keyboard.set_target(watched)
        return False

    def _next_box(self) -> None:
        """Enter goes to the next empty box; it never saves by itself."""
        for box in self._boxes.values():
            if not box.text().strip() and not box.hasFocus():
                box.setFocus()
                return

    def _answer(self, consent: bool) -> None:
        self._consent = consent
        switch([self._yes, self._no], self._yes if consent else self._no)
        self._note.set_text("")

    def save(self) -> None:
        """Answer with the form, once the question was put."""
        if self._busy:
            return
        if self._consent is None:
            self.say(t("Ask whether offers may be sent, then add the customer."))
            return
        texts = {name: box.text().strip() for name, box in self._boxes.items()}
        self.saved.emit(CustomerTyped(texts["name"], texts["phone"], texts["card"], self._consent))

    def say(self, words: str) -> None:
        """What is missing, or who has that number already."""
        self._busy = False
        self._note.set_text(words)

    def set_busy(self) -> None:
        """The server is being asked."""
        self._busy = True

    # -- screen ----------------------------------------------------------------------------------

    def shown(self) -> None:
        """Type at once, in the first empty box."""
        box = next((box for box in self._boxes.values() if not box.text()), self._boxes["name"])
        box.setFocus()
        self._keyboard.set_target(box)

    def handle_scan(self, code: str) -> bool:
        """A card."""
        self._boxes["card"].setText(code)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {
            "save": self.save,
            "consent_yes": self._yes.click,
            "consent_no": self._no.click,
            "back": self.back.emit,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nothing but the boxes takes keys here."""
        event.ignore()

    def probe(self) -> dict[str, object]:
        """The boxes, the answer, and what is said."""
        texts: dict[str, object] = {name: box.text() for name, box in self._boxes.items()}
        return {
            "screen": self.name,
            **{f"customer_{name}": text for name, text in texts.items()},
            "consent": "" if self._consent is None else "yes" if self._consent else "no",
            "message": self._note.text(),
        }

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()
