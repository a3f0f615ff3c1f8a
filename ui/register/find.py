"""Finding an item by any part of its name, by keys, touch or our own keyboard."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import Currency
from ui.keymap import Keymap
from ui.register.model import grouped
from ui.register.screen import Action, Screen
from ui.register.tile_grid import unit_price
from ui.theme import SPACE_2, SPACE_3, Layout, theme
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.key import Key
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import Label
from ui.widgets.surface import Card


class FindScreen(Screen):
    """Words in any order, results below, the first one chosen.

    Signals: ``search_asked(str)``, ``chosen(Item)``, ``code_typed(str)`` (Enter with digits),
    ``code_scanned(str)``, ``back()``.
    """

    search_asked = Signal(str)
    chosen = Signal(object)
    code_typed = Signal(str)
    code_scanned = Signal(str)
    back = Signal()

    name = "find"

    def __init__(self, currency: Currency, keys: Keymap, text: str = "", *, instead_of: str = "") -> None:
        super().__init__()
        self._currency = currency
        self._items: tuple[Item, ...] = ()
        self._shown_for = ""
        self._row = 0
        self._enter_waits = False
        self.box = self._make_box(text)
        self._title = Label(
            f"What is {instead_of}?" if instead_of else "Find an item", role="title", max_lines=1
        )
        self._note = Label("", role="basket_note", tone="text2", max_lines=2)
        self._model = BasketModel(self)
        self._list = BasketList()
        self._list.setModel(self._model)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.row_chosen.connect(self._tapped)
        self._keyboard = OnScreenKeyboard()
        self._keyboard.set_target(self.box)
        self._keyboard.done.connect(self.choose)
        self._back = Key("Back", icon="arrow-left", hint=keys.hint("find", "back"), name="back", height=52)
        self._take = Key(
            "Add to the sale", variant="accent", hint=keys.hint("find", "choose"), name="choose", height=52
        )
        self._back.clicked.connect(self.back)
        self._take.clicked.connect(self.choose)
        self._build()
        self._show_note()

    def _make_box(self, text: str) -> QLineEdit:
        box = QLineEdit(text)
        box.setObjectName("find_box")
        box.setPlaceholderText("Part of the name, in any order")
        box.setAccessibleName("Find an item by name")
        box.textChanged.connect(self._typed)
        box.returnPressed.connect(self.choose)
        return box

    def _build(self) -> None:
        t = theme()
        outer = QVBoxLayout(self)
        margin = t.px(SPACE_3)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(t.px(SPACE_2))
        top = Card(padding=12, spacing=8)
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self._back)
        row.addWidget(self._take)
        top.body.addLayout(row)
        top.body.addWidget(self.box)
        top.body.addWidget(self._note)
        results = Card(padding=0)
        results.body.addWidget(self._list)
        outer.addWidget(top)
        outer.addWidget(results, 1)
        outer.addWidget(self._keyboard)

    # -- results ---------------------------------------------------------------------------------

    def set_results(self, words: str, items: tuple[Item, ...]) -> None:
        """Show what was found for ``words``; an answer for older words is no longer wanted."""
        if words != self.box.text().strip():
            return
        self._items, self._shown_for, self._row = items, words, 0
        waited, self._enter_waits = self._enter_waits, False
        self._model.set_rows([self._as_row(item) for item in items])
        if items:
            self._list.follow_row(0)
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
            note = "Type any part of the name, such as “milk 2” or “red grape”."
        elif self._shown_for == words and not self._items:
            note = f"Nothing matches “{words}”. Try fewer letters."
        elif self._shown_for == words:
            note = f"{len(self._items)} found. ↑ and ↓ choose, Enter takes it."
        else:
            note = "Looking…"
        self._note.set_text(note)
        self._take.setEnabled(bool(self._items))

    def _typed(self, text: str) -> None:
        words = text.strip()
        self._enter_waits = False
        if words:
            self.search_asked.emit(words)
        else:
            self._items = ()
            self._model.set_rows([])
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

    def _tapped(self, row: int) -> None:
        if row == self._row:
            self.choose()
        else:
            self._move_to(row)

    def _move_to(self, row: int) -> None:
        if self._items:
            self._row = max(0, min(len(self._items) - 1, row))
            self._list.follow_row(self._row)

    # -- screen ----------------------------------------------------------------------------------

    def shown(self) -> None:
        """Type at once; what was typed already is looked for."""
        compact = theme().layout_for(self.width()) is Layout.COMPACT
        self._list.setMinimumHeight(theme().px(120 if compact else 180))
        self.box.setFocus()
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
            "up": lambda: self._move_to(self._row - 1),
            "down": lambda: self._move_to(self._row + 1),
            "page_up": lambda: self._move_to(self._row - 5),
            "page_down": lambda: self._move_to(self._row + 5),
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

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()
