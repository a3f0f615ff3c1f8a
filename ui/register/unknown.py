"""Selling a code nobody has filed: which department it belongs to; its price is typed next."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from pos_desktop.services.results import Department
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.keymap_names import DEPARTMENT_KEYS
from ui.register.model import grouped
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.theme import SPACE_2, theme
from ui.widgets.key import Key
from ui.widgets.labels import Label


class DepartmentScreen(OverlayScreen):
    """Signals: ``chosen(Department)``, ``back()``."""

    chosen = Signal(object)
    back = Signal()

    name = "departments"
    card_width = 860

    def __init__(self, code: str, departments: tuple[Department, ...], keys: Keymap) -> None:
        super().__init__(keys=keys)
        actions = (f"department_{n}" for n in range(1, len(DEPARTMENT_KEYS) + 1))
        self._departments = dict(zip(actions, departments, strict=False))
        self.body.addWidget(Label(t("Which department?"), role="title", max_lines=1))
        words = t("{code} is sold at a typed price and put on the manager's list.", code=grouped(code))
        self.body.addWidget(Label(words, role="body", tone="text2", max_lines=2))
        grid = QGridLayout()
        grid.setSpacing(theme().px(SPACE_2))
        for n, (action, department) in enumerate(self._departments.items()):
            hint = self.hint(action)
            key = Key(department.name, hint=hint, height=60, name=f"department:{department.name}")
            key.clicked.connect(lambda _checked=False, picked=department: self.chosen.emit(picked))
            grid.addWidget(key, n // 4, n % 4)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        back = Key(t("Back"), icon="arrow-left", hint=self.hint("back"), height=56, name="back")
        back.clicked.connect(self.back)
        self.body.addWidget(back)

    def key_actions(self) -> Mapping[str, Action]:
        """Each department by its number, and back."""
        picks: dict[str, Action] = {
            action: partial(self.chosen.emit, department) for action, department in self._departments.items()
        }
        return {**picks, "back": self.back.emit}

    def probe(self) -> dict[str, object]:
        """The departments offered."""
        return {"screen": self.name, "departments": [d.name for d in self._departments.values()]}
