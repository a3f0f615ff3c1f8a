"""Finding the customer who is buying: by phone, by card, or by three letters of the name; one at a time."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_desktop.domain.customer import Candidate
from ui.keymap import Keymap
from ui.register.screen import Action, Screen
from ui.theme import SPACE_2, SPACE_3, Layout, theme
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.key import Key
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import Label
from ui.widgets.surface import Card

HELP = "Scan the customer's card, or type the phone number or three letters of the name."


class CustomerScreen(Screen):
    """Enter looks; nothing is looked up while a person types, for each look-up is counted and noted.

    Signals: ``sought(str)``, ``scanned(str)``, ``chosen(int)`` one of the few names, ``add_asked(str)`` with
    what was typed, ``back()``.
    """

    sought = Signal(str)
    scanned = Signal(str)
    chosen = Signal(int)
    add_asked = Signal(str)
    back = Signal()

    name = "customer"
    scan_policy = "take"

    def __init__(self, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keys = keys or Keymap()
        self._names: tuple[Candidate, ...] = ()
        self._row = 0
        self._busy = False
        self.box = QLineEdit()
        self.box.setObjectName("customer_box")
        self.box.setPlaceholderText("Phone number, or three letters of the name")
        self.box.setAccessibleName("Find a customer")
        self.box.textChanged.connect(lambda _text: self._forget())
        self.box.returnPressed.connect(self.take)
        self._note = Label(HELP, role="basket_note", tone="text2", max_lines=2)
        self._model = BasketModel(self)
        self._list = BasketList()
        self._list.setModel(self._model)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.row_chosen.connect(self._tapped)
        self._keyboard = OnScreenKeyboard()
        self._keyboard.set_target(self.box)
        self._keyboard.done.connect(self.take)
        self._back = self._key("Back", "back", keys, icon="arrow-left")
        self._add = self._key("Add a customer", "add", keys, icon="plus")
        self._take = self._key("Find", "choose", keys, icon="search", variant="accent")
        self._back.clicked.connect(self.back)
        self._add.clicked.connect(lambda: self.add_asked.emit(self.box.text().strip()))
        self._take.clicked.connect(self.take)
        self._build()

    def _key(self, label: str, action: str, keys: Keymap, **look: object) -> Key:
        return Key(label, hint=keys.hint(self.name, action), name=action, height=52, **look)  # type: ignore[arg-type]

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        margin = theme().px(SPACE_3)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(theme().px(SPACE_2))
        top = Card(padding=12, spacing=8)
        row = QHBoxLayout()
        row.addWidget(Label("Who is buying?", role="title", max_lines=1), 1)
        for key in (self._back, self._add, self._take):
            row.addWidget(key)
        top.body.addLayout(row)
        top.body.addWidget(self.box)
        top.body.addWidget(self._note)
        results = Card(padding=0)
        results.body.addWidget(self._list)
        outer.addWidget(top)
        outer.addWidget(results, 1)
        outer.addWidget(self._keyboard)

    # -- answers ---------------------------------------------------------------------------------

    def set_names(self, names: tuple[Candidate, ...]) -> None:
        """Show a few customers to ask about: never more than an initial and the end of a number."""
        self._names, self._row, self._busy = names, 0, False
        self._model.set_rows([_row(each) for each in names])
        if names:
            self._list.follow_row(0)
        self._take.set_label("This one" if names else "Find")
        self._note.set_text("Ask which one it is. ↑ and ↓ choose, Enter takes it." if names else HELP)

    def say(self, words: str) -> None:
        """Say why nobody was found."""
        self._forget()
        self._note.set_text(words)

    def set_busy(self) -> None:
        """A look-up is under way."""
        self._busy = True
        self._note.set_text("Looking…")

    def _forget(self) -> None:
        self._busy = False
        if self._names:
            self.set_names(())

    # -- choosing --------------------------------------------------------------------------------

    def take(self) -> None:
        """Take the chosen name, or look for what is typed."""
        text = self.box.text().strip()
        if self._busy:
            return
        if self._names:
            self.chosen.emit(self._names[self._row].number)
        elif text:
            self.sought.emit(text)

    def _tapped(self, row: int) -> None:
        if row == self._row:
            self.take()
        else:
            self._move_to(row)

    def _move_to(self, row: int) -> None:
        if self._names:
            self._row = max(0, min(len(self._names) - 1, row))
            self._list.follow_row(self._row)

    # -- screen ----------------------------------------------------------------------------------

    def shown(self) -> None:
        """Type at once."""
        compact = theme().layout_for(self.width()) is Layout.COMPACT
        self._list.setMinimumHeight(theme().px(120 if compact else 180))
        self.box.setFocus()

    def handle_scan(self, code: str) -> bool:
        """A card."""
        self.scanned.emit(code)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """Take, move, add, back."""
        return {
            "choose": self.take,
            "add": self._add.click,
            "up": lambda: self._move_to(self._row - 1),
            "down": lambda: self._move_to(self._row + 1),
            "back": self.back.emit,
        }

    def probe(self) -> dict[str, object]:
        """What is typed, the names to ask about, and what is said."""
        return {
            "screen": self.name,
            "entry": self.box.text(),
            "found": [each.name for each in self._names],
            "message": self._note.text(),
        }

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()


def _row(candidate: Candidate) -> BasketRow:
    end = f"phone ends {candidate.phone_end}" if candidate.phone_end else "no phone number"
    return BasketRow(quantity="", name=candidate.name, unit_price=end, amount="", key=candidate.number)
