"""Finding an item by any part of its name, by keys, touch or our own keyboard."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import Currency
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.model import grouped
from ui.register.screen import Action
from ui.register.searching import SearchScreen
from ui.register.tile_grid import unit_price
from ui.widgets.basket_list import BasketRow
from ui.widgets.key import Key
from ui.widgets.labels import Label


class FindScreen(SearchScreen):
    """Words in any order, results below, the first one chosen.

    Signals: ``search_asked(str)``, ``chosen(Item)``, ``code_typed(str)`` (Enter with digits),
    ``code_scanned(str)``.
    """

    search_asked = Signal(str)
    chosen = Signal(object)
    code_typed = Signal(str)
    code_scanned = Signal(str)

    name = "find"

    def __init__(self, currency: Currency, keys: Keymap, text: str = "", *, instead_of: str = "") -> None:
        super().__init__(_box(text))
        self._currency = currency
        self._items: tuple[Item, ...] = ()
        self._shown_for = ""
        self._enter_waits = False
        self.box.textChanged.connect(self._typed)
        title = t("What is {code}?", code=instead_of) if instead_of else t("Find an item")
        back = Key(t("Back"), icon="arrow-left", hint=keys.hint("find", "back"), name="back", height=52)
        self._take = Key(
            t("Add to the sale"), variant="accent", hint=keys.hint("find", "choose"), name="choose", height=52
        )
        back.clicked.connect(self.back)
        self._take.clicked.connect(self.choose)
        self._lay_out(Label(title, role="title", max_lines=1), back, self._take)
        self._show_note()

    # -- results ---------------------------------------------------------------------------------

    def set_results(self, words: str, items: tuple[Item, ...]) -> None:
        """Show what was found for ``words``; an answer for older words is no longer wanted."""
        if words != self.box.text().strip():
            return
        self._items, self._shown_for = items, words
        waited, self._enter_waits = self._enter_waits, False
        self._show_rows([self._as_row(item) for item in items])
        self._show_note()
        if waited:
            self.choose()

    def _as_row(self, item: Item) -> BasketRow:
        facts = [fact for fact in (item.category, item.plu or grouped(item.code)) if fact]
        return BasketRow(
            quantity="",
            name=item.name,
            unit_price=" · ".join(facts),
            amount=unit_price(item, self._currency),
            flag=f"{item.min_age}+" if item.min_age else "",
            key=item.id,
        )

    def _show_note(self) -> None:
        words = self.box.text().strip()
        if not words:
            note = t("Type any part of the name, such as “milk 2” or “red grape”.")
        elif self._shown_for == words and not self._items:
            note = t("Nothing matches “{words}”. Try fewer letters.", words=words)
        elif self._shown_for == words:
            note = t("{count} found. ↑ and ↓ choose, Enter takes it.", count=len(self._items))
        else:
            note = t("Looking…")
        self._note.set_text(note)
        self._take.setEnabled(bool(self._items))

    def _typed(self, text: str) -> None:
        words = text.strip()
        self._enter_waits = False
        if words:
            self.search_asked.emit(words)
        else:
            self._items = ()
            self._show_rows(())
        self._show_note()

    def say(self, words: str) -> None:
        """Say why there are no results."""
        self._note.set_text(words)

    # -- choosing --------------------------------------------------------------------------------

    def choose(self) -> None:
        """Take the chosen result; Enter typed before the answer came counts when it comes."""
        words = self.box.text().strip()
        self._enter_waits = False
        if self._items and self._shown_for == words:
            self.chosen.emit(self._items[self._row])
        elif words.isdigit():
            self.code_typed.emit(words)
        elif words and self._shown_for != words:
            self._enter_waits = True

    # -- screen ----------------------------------------------------------------------------------

    def shown(self) -> None:
        """Type at once; what was typed already is looked for."""
        super().shown()
        self.box.end(False)
        if self.box.text().strip():
            self._typed(self.box.text())

    def handle_scan(self, code: str) -> bool:
        """A scan ends the search: the item is at hand."""
        self.code_scanned.emit(code)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """Choose, move, back."""
        return {
            "choose": self.choose,
            "up": lambda: self._move_by(-1),
            "down": lambda: self._move_by(1),
            "page_up": lambda: self._move_by(-5),
            "page_down": lambda: self._move_by(5),
            "back": self.back.emit,
        }

    def probe(self) -> dict[str, object]:
        """The words, the names found and which is chosen."""
        names = [item.name for item in self._items]
        return {
            "screen": self.name,
            "entry": self.box.text(),
            "found": names,
            "chosen": names[self._row] if names else "",
            "message": self._note.text(),
        }


def _box(text: str) -> QLineEdit:
    box = QLineEdit(text)
    box.setObjectName("find_box")
    box.setPlaceholderText(t("Part of the name, in any order"))
    box.setAccessibleName(t("Find an item by name"))
    return box
