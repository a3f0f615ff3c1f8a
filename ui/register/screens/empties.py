"""Returned empties: one key for each deposit, a tap for each bottle or crate, or the bottles scanned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.keymap_names import DEPARTMENT_KEYS
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.theme import SPACE_2, theme
from ui.widgets.key import Key
from ui.widgets.labels import Label

COLUMNS = 3
WORDS = later("Tap once for each, or scan the bottles. Money back is on the sale as a line of its own.")


class EmptiesPanel(OverlayScreen):
    """Signals: ``chosen(Item)`` a deposit to give back once more, ``code_scanned(str)``, ``back()``."""

    chosen = Signal(object)
    code_scanned = Signal(str)
    back = Signal()

    name = "empties"
    scan_policy = "take"
    card_width = 860

    def __init__(
        self,
        deposits: tuple[Item, ...],
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        actions = (f"deposit_{n}" for n in range(1, len(DEPARTMENT_KEYS) + 1))
        self._deposits = dict(zip(actions, deposits, strict=False))
        self._counts = {item.id: 0 for item in deposits}
        self.body.addWidget(Label(t("Returned empties"), role="title", max_lines=1))
        self.body.addWidget(Label(t(WORDS), role="body", tone="text2", max_lines=2))
        grid = QGridLayout()
        grid.setSpacing(theme().px(SPACE_2))
        self._keys: dict[int, Key] = {}
        for n, (action, item) in enumerate(self._deposits.items()):
            price = format_amount(item.price, currency)
            key = Key(
                item.name,
                note=t("{price} back", price=price),
                hint=self.hint(action),
                height=84,
                name=action,
            )
            key.clicked.connect(lambda _checked=False, picked=item: self.chosen.emit(picked))
            self._keys[item.id] = key
            grid.addWidget(key, n // COLUMNS, n % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self._words = Words("", role="body_strong", max_lines=2)
        self.body.addWidget(self._words)
        done = Key(t("Back to the sale"), icon="arrow-left", hint=self.hint("back"), height=60, name="back")
        done.clicked.connect(self.back)
        self.body.addWidget(done)

    def counted(self, item: Item, count: int, back: str) -> None:
        """So many of a deposit are on the sale now; ``back`` is what all of them come to, in words."""
        self._counts[item.id] = count
        if item.id in self._keys:
            self._keys[item.id].set_badge(str(count) if count else "")
        self._words.say(t("{name}: {count}, {back} back", name=item.name, count=count, back=back), "pay")

    def say(self, words: str) -> None:
        """What was scanned has no deposit, or is not on file."""
        self._words.say(words)

    def handle_scan(self, code: str) -> bool:
        """A bottle, or a deposit's own code."""
        self.code_scanned.emit(code)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """Each deposit by its number, and back."""
        picks: dict[str, Action] = {
            action: partial(self.chosen.emit, item) for action, item in self._deposits.items()
        }
        return {**picks, "back": self.back.emit}

    def probe(self) -> dict[str, object]:
        """The deposits offered, and how many of each are on the sale."""
        counts = {item.name: self._counts[item.id] for item in self._deposits.values()}
        return {"screen": self.name, "counts": counts, "message": self._words.text()}
