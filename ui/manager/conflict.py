"""Somebody else changed a product meanwhile: both versions side by side, and who it was."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from pos_desktop.services.manager import FIELDS, Product, Store
from pos_desktop.words import t
from ui.manager.edits import Clash
from ui.models.columns import Column
from ui.models.products import with_values
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label, Tone
from ui.widgets.overlay import Overlay


def who(product: Product, store: Store) -> str:
    """Who changed a product last, and when on the store's clock."""
    if product.changed_at is None:
        return product.who
    at = product.changed_at.astimezone(ZoneInfo(store.time_zone))
    return t("{name} at {time}", name=product.who, time=f"{at:%H:%M}")


class ConflictView(Overlay):
    """One product in three columns: as it was, theirs, yours.

    Signals: ``theirs_taken(Clash)``, ``mine_kept(Clash)``. Esc decides nothing: yours stays unsaved.
    """

    theirs_taken = Signal(object)
    mine_kept = Signal(object)

    def __init__(
        self, host: QWidget, clash: Clash, columns: tuple[Column, ...], store: Store, left: int
    ) -> None:
        super().__init__(host, width=760, closes_on_esc=True, name="conflict")
        self._clash = clash
        self.lines: list[tuple[str, str, str, str]] = self._differences(columns)
        self.take = Key(t("Take theirs"), height=52, name="take_theirs")
        self.keep = Key(t("Save yours"), variant="accent", height=52, name="save_yours")
        body = self.card.body
        body.setSpacing(theme().px(12))
        body.addWidget(
            Label(t("{product}: two versions", product=clash.theirs.name), role="title", max_lines=3)
        )
        words = t("Changed by {who}, after you began. Yours is not saved.", who=who(clash.theirs, store))
        if left:
            words = f"{words} {t('{n} more after this one.', n=left)}"
        self.words = Label(words, role="body", tone="text2", max_lines=3)
        body.addWidget(self.words)
        body.addLayout(self._grid(clash.theirs.who))
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        later = Key(t("Decide later"), variant="ghost", hint="Esc", height=52, name="later")
        for key in (later, self.take, self.keep):
            row.addWidget(key)
        body.addLayout(row)
        later.clicked.connect(self.close_overlay)
        self.take.clicked.connect(lambda: self._answer(keep=False))
        self.keep.clicked.connect(lambda: self._answer(keep=True))

    def _differences(self, columns: tuple[Column, ...]) -> list[tuple[str, str, str, str]]:
        """Title, before, theirs and yours of each field that anybody changed."""
        wanted, theirs = self._clash.wanted, self._clash.theirs
        mine = with_values(theirs, dict(wanted.values))
        lines = []
        for column in columns:
            editing = column.editing
            if editing is None or editing.field not in FIELDS:
                continue
            texts = [editing.begin(each) or "—" for each in (wanted.begun, theirs, mine)]
            if len(set(texts)) > 1:
                lines.append((column.words, *texts))
        return lines  # type: ignore[return-value]

    def _grid(self, name: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(16))
        grid.setVerticalSpacing(theme().px(8))
        for place, title in enumerate(("", t("When you began"), name, t("Yours"))):
            grid.addWidget(Label(title, role="chip", tone="text2", max_lines=2), 0, place)
            grid.setColumnStretch(place, 2 if place else 1)
        for line, (title, before, theirs, mine) in enumerate(self.lines, 1):
            grid.addWidget(Label(title, role="chip", tone="text2", max_lines=1), line, 0)
            grid.addWidget(Label(before, role="body", tone="text2", max_lines=3), line, 1)
            tone: Tone = "text" if theirs != before else "text2"
            grid.addWidget(Label(theirs, role="body_strong", tone=tone, max_lines=3), line, 2)
            tone = "accent" if mine != theirs else "text2"
            grid.addWidget(Label(mine, role="body_strong", tone=tone, max_lines=3), line, 3)
        return grid

    def _answer(self, *, keep: bool) -> None:
        self.close_overlay()
        (self.mine_kept if keep else self.theirs_taken).emit(self._clash)
