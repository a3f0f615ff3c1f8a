"""Reasons on keys: for opening the drawer without a sale, and for voiding a whole sale."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.model import lines_words
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.values import Reason
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label

MOST_REASONS = 8


class ReasonScreen(OverlayScreen):
    """One key a reason; the tap on a reason is the answer. Nothing is bound to Enter.

    Signals: ``chosen(object)`` carries the Reason; ``back()``.
    """

    chosen = Signal(object)
    back = Signal()

    card_width = 640

    def __init__(
        self,
        heading: str,
        note: str,
        reasons: tuple[Reason, ...],
        *,
        danger: bool = False,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._reasons = reasons[:MOST_REASONS]
        self.body.addWidget(Label(heading, role="title", max_lines=2))
        self.body.addWidget(Label(note, role="body_strong", tone="text2", max_lines=3))
        grid = QGridLayout()
        grid.setSpacing(theme().px(10))
        self._keys: list[Key] = []
        for index, reason in enumerate(self._reasons):
            key = Key(reason.words, variant="danger" if danger else "plain", role="heading", height=72)
            self.action_key(key, f"reason_{index + 1}")
            key.clicked.connect(lambda _checked=False, r=reason: self.chosen.emit(r))
            grid.addWidget(key, index // 2, index % 2)
            self._keys.append(key)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=60), "back")
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        reasons: dict[str, Action] = {
            f"reason_{index + 1}": key.click for index, key in enumerate(self._keys)
        }
        return {**reasons, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """The reasons offered."""
        return {"screen": self.name, "reasons": [reason.words for reason in self._reasons]}


class NoSaleScreen(ReasonScreen):
    """Why the drawer opens without a sale; it is recorded before it opens."""

    name = "no_sale"

    def __init__(
        self, reasons: tuple[Reason, ...], *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        note = t("Choose why. It is recorded with your name, then the drawer opens.")
        super().__init__(t("Open the drawer without a sale"), note, reasons, keys=keys, parent=parent)


class VoidScreen(ReasonScreen):
    """Why the whole sale is given up before it is paid."""

    name = "void_sale"

    def __init__(
        self,
        reasons: tuple[Reason, ...],
        lines: int,
        total: int,
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        note = t(
            "{lines}, {total}. Choose why; the sale is recorded as void.",
            lines=lines_words(lines),
            total=format_money(total, currency),
        )
        super().__init__(t("Void the whole sale"), note, reasons, danger=True, keys=keys, parent=parent)


class WhyScreen(ReasonScreen):
    """Why something is done to a line; the answer is recorded with it."""

    name = "why"

    def __init__(
        self,
        heading: str,
        note: str,
        reasons: tuple[Reason, ...],
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading, note, reasons, keys=keys, parent=parent)
