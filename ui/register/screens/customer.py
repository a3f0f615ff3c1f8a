"""Finding the customer who is buying: by phone, by card, or by three letters of the name; one at a time."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from pos_desktop.domain.customer import Candidate
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.searching import SearchScreen
from ui.widgets.basket_list import BasketRow
from ui.widgets.key import Key
from ui.widgets.labels import Label

HELP = later("Scan the customer's card, or type the phone number or three letters of the name.")


class CustomerScreen(SearchScreen):
    """Enter looks; nothing is looked up while a person types, for each look-up is counted and noted.

    Signals: ``sought(str)``, ``scanned(str)``, ``chosen(int)`` one of the few names, ``add_asked(str)`` with
    what was typed.
    """

    sought = Signal(str)
    scanned = Signal(str)
    chosen = Signal(int)
    add_asked = Signal(str)

    name = "customer"
    scan_policy = "take"

    def __init__(self, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(_box(), parent=parent)
        keys = keys or Keymap()
        self._names: tuple[Candidate, ...] = ()
        self._busy = False
        self.box.textChanged.connect(lambda _text: self._forget())
        self._note.set_text(t(HELP))
        back = self._key(t("Back"), "back", keys, icon="arrow-left")
        self._add = self._key(t("Add a customer"), "add", keys, icon="plus")
        self._take = self._key(t("Find"), "choose", keys, icon="search", variant="accent")
        back.clicked.connect(self.back)
        self._add.clicked.connect(lambda: self.add_asked.emit(self.box.text().strip()))
        self._take.clicked.connect(self.choose)
        self._lay_out(Label(t("Who is buying?"), role="title", max_lines=1), back, self._add, self._take)

    def _key(self, label: str, action: str, keys: Keymap, **look: object) -> Key:
        return Key(label, hint=keys.hint(self.name, action), name=action, height=52, **look)  # type: ignore[arg-type]

    # -- answers ---------------------------------------------------------------------------------

    def set_names(self, names: tuple[Candidate, ...]) -> None:
        """Show a few customers to ask about: never more than an initial and the end of a number."""
        self._names, self._busy = names, False
        self._show_rows([_row(each) for each in names])
        self._take.set_label(t("This one") if names else t("Find"))
        self._note.set_text(t("Ask which one it is. ↑ and ↓ choose, Enter takes it.") if names else t(HELP))

    def say(self, words: str) -> None:
        """Say why nobody was found."""
        self._forget()
        self._note.set_text(words)

    def set_busy(self) -> None:
        """A look-up is under way."""
        self._busy = True
        self._note.set_text(t("Looking…"))

    def _forget(self) -> None:
        self._busy = False
        if self._names:
            self.set_names(())

    # -- choosing --------------------------------------------------------------------------------

    def choose(self) -> None:
        """Take the chosen name, or look for what is typed."""
        text = self.box.text().strip()
        if self._busy:
            return
        if self._names:
            self.chosen.emit(self._names[self._row].number)
        elif text:
            self.sought.emit(text)

    # -- screen ----------------------------------------------------------------------------------

    def handle_scan(self, code: str) -> bool:
        """A card."""
        self.scanned.emit(code)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """Take, move, add, back."""
        return {
            "choose": self.choose,
            "add": self._add.click,
            "up": lambda: self._move_by(-1),
            "down": lambda: self._move_by(1),
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


def _box() -> QLineEdit:
    box = QLineEdit()
    box.setObjectName("customer_box")
    box.setPlaceholderText(t("Phone number, or three letters of the name"))
    box.setAccessibleName(t("Find a customer"))
    return box


def _row(candidate: Candidate) -> BasketRow:
    end = (
        t("phone ends {phone_end}", phone_end=candidate.phone_end)
        if candidate.phone_end
        else t("no phone number")
    )
    return BasketRow(quantity="", name=candidate.name, unit_price=end, amount="", key=candidate.number)
