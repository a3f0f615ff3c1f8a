"""A key that filters by one of several names, chosen from a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ui.widgets.key import Key


class ChoiceKey(Key):
    """``value`` is the name chosen, empty for all. Signals: ``chosen(str)``."""

    chosen = Signal(str)

    def __init__(self, title: str, every: str, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(title, icon="chevron-down", name=name, height=44, parent=parent)
        self._title, self._every = title, every
        self._offered: Sequence[tuple[str, str]] = ()
        self.value = ""
        self.clicked.connect(self.open_menu)

    def offer(self, names: Sequence[str] | Sequence[tuple[str, str]]) -> None:
        """What can be chosen: names, or pairs of value and words."""
        self._offered = [(each, each) if isinstance(each, str) else each for each in names]

    def menu(self) -> QMenu:
        """The menu as it would open now."""
        menu = QMenu(self)
        for value, words in (("", self._every), *self._offered):
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value == self.value)
            action.triggered.connect(lambda _=False, chosen=value: self.choose(chosen))
        return menu

    def open_menu(self) -> None:
        """Show what can be chosen, below the key."""
        menu = self.menu()
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))
        menu.aboutToHide.connect(menu.deleteLater)

    def choose(self, value: str) -> None:
        """Take one."""
        self._take(value)
        self.chosen.emit(value)

    def reset(self) -> None:
        """Take all again, without saying so."""
        self._take("")

    def _take(self, value: str) -> None:
        self.value = value
        self.set_label(dict(self._offered).get(value, self._title) if value else self._title)
        self.set_variant("outline-accent" if value else "plain")
