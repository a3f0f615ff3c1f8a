"""Asks what becomes of edits that are not saved, before the page that has them goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay


class AskUnsaved(Overlay):
    """Signals: ``save_asked``, ``thrown_away``; Esc stays where one is."""

    save_asked = Signal()
    thrown_away = Signal()

    def __init__(self, host: QWidget, what: str, where: str) -> None:
        super().__init__(host, width=620, closes_on_esc=True, name="unsaved")
        body = self.card.body
        body.setSpacing(theme().px(12))
        self.words = Label(what, role="title", max_lines=2)
        body.addWidget(self.words)
        words = t("They belong to {where}. Save them before you go?", where=where)
        body.addWidget(Label(words, role="body", max_lines=2))
        self.stay = Key(t("Stay here"), variant="ghost", hint="Esc", height=52, name="stay")
        self.discard = Key(t("Throw away"), variant="danger", height=52, name="throw_away")
        self.save = Key(t("Save and go"), variant="accent", height=52, name="save_and_go")
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        for key in (self.stay, self.discard, self.save):
            row.addWidget(key)
        body.addLayout(row)
        self.stay.clicked.connect(self.close_overlay)
        self.discard.clicked.connect(lambda: self._answer(save=False))
        self.save.clicked.connect(lambda: self._answer(save=True))

    def _answer(self, *, save: bool) -> None:
        self.close_overlay()
        (self.save_asked if save else self.thrown_away).emit()
