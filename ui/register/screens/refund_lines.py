"""What comes back of a receipt: lines to tick, how many of each, why, and whether to stock or to waste."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import format_money
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.domain.refund import SoldLine
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.refund_values import RefundChosen, RefundView
from ui.register.screens.rows import RowList, RowText
from ui.widgets.key import Key, switch
from ui.widgets.labels import Label

MOST_REASONS = 4
ASK_LINE = later("Tick what comes back.")
ASK_REASON = later("Choose why it comes back.")
SCAN_FIRST = later("Scan what comes back. It gives back its lowest price of late.")


class RefundLinesScreen(CardScreen):
    """Nothing is bound to Enter but the tick.

    Signals: ``taken(object)`` RefundChosen; ``scanned(str)`` a code, without a receipt;
    ``quantity_asked(object)`` a SoldLine of which an amount is to be typed; ``back()``.
    """

    taken = Signal(object)
    scanned = Signal(str)
    quantity_asked = Signal(object)
    back = Signal()

    name = "refund_lines"
    card_width = 900
    card_padding = 20
    card_spacing = 8

    def __init__(
        self, view: RefundView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view, self._lines = view, view.lines
        self.scan_policy = "take" if view.scanning else "refuse"
        self._chosen: dict[int, int] = dict(view.chosen)
        self._reason, self._waste = -1, False
        self.body.addWidget(Label(view.title, role="title", max_lines=2))
        self.words = Words(view.note, role="body_strong", tone="text2", max_lines=2)
        self.body.addWidget(self.words)
        self.list = RowList(4)
        self.list.taken.connect(self._toggle)
        self.body.addWidget(self.list)
        self._build_line_keys()
        self._build_reasons()
        self._build_foot()
        self._show()

    # -- building ------------------------------------------------------------------------------------

    def _build_line_keys(self) -> None:
        self._less = self._key(t("One less"), "minus", "less_of_line")
        self._more = self._key(t("One more"), "plus", "more_of_line")
        self._qty = self._key(t("How many"), "pencil", "qty")
        self._all = self._key(t("Everything"), "check", "all")
        self._less.clicked.connect(lambda: self._step(-1))
        self._more.clicked.connect(lambda: self._step(1))
        self._qty.clicked.connect(self._ask_quantity)
        self._all.clicked.connect(self._everything)
        self.row(self._less, self._more, self._qty, self._all, spacing=8)

    def _build_reasons(self) -> None:
        self._reasons = [
            self._key(reason.words, "", f"reason_{n}")
            for n, reason in enumerate(self._view.reasons[:MOST_REASONS], 1)
        ]
        for n, key in enumerate(self._reasons):
            key.clicked.connect(lambda _checked=False, number=n: self._choose_reason(number))
        if self._reasons:
            self.row(*self._reasons, spacing=8)

    def _build_foot(self) -> None:
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=64), "back")
        self._shelf = self.action_key(Key(t("Back to stock"), icon="package", height=64), "stock")
        self._bin = self.action_key(Key(t("To waste"), icon="trash-2", height=64), "waste")
        self._take = self.action_key(
            Key(t("Take it back"), icon="undo-2", variant="danger", role="heading", height=64), "take"
        )
        self._back.clicked.connect(self.back)
        self._shelf.clicked.connect(lambda: self._to_waste(False))
        self._bin.clicked.connect(lambda: self._to_waste(True))
        self._take.clicked.connect(self._finish)
        self.row(self._back, self._shelf, self._bin, self._take, spacing=8).setStretch(3, 2)

    def _key(self, label: str, icon: str, action: str) -> Key:
        return self.action_key(Key(label, icon=icon, variant="soft", height=52), action)

    # -- showing -------------------------------------------------------------------------------------

    def add_line(self, line: SoldLine) -> None:
        """One more piece of what came back without a receipt; its row when it is the first."""
        at = next((n for n, each in enumerate(self._lines) if each.item.id == line.item.id), -1)
        if at < 0:
            self._lines = (*self._lines, line)
            at = len(self._lines) - 1
        known = self._lines[at]
        if known.item.weighed:
            self.quantity_asked.emit(known)
        else:
            self._chosen[known.n] = min(self._chosen.get(known.n, 0) + ONE, known.left)
        self._show(at)

    def set_quantity(self, n: int, qty: int) -> None:
        """How much of line ``n`` comes back (thousandths), never more than may."""
        line = next(line for line in self._lines if line.n == n)
        if qty > line.left:
            self.say(t("No more than {left} can come back.", left=format_qty(line.left, line.item.unit)))
        self._chosen[n] = min(qty, line.left)
        self._show(self.list.at)

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.words.say(words or self._view.note, "warn" if words else "text2")

    def _show(self, at: int = 0) -> None:
        self.list.set_rows(tuple(self._text(line) for line in self._lines), at)
        line = self._line
        for key in (self._less, self._more, self._qty):
            key.setEnabled(line is not None and line.left > 0)
        total = sum(line.gives(qty) for line, qty in self._picked())
        amount = format_money(total, self._view.currency)
        self._take.set_label(t("Take back {amount}", amount=amount) if self._picked() else t("Take it back"))
        self._all.setVisible(not self._view.scanning)
        switch([self._shelf, self._bin], self._bin if self._waste else self._shelf)
        if self._reason >= 0:
            switch(self._reasons, self._reasons[self._reason])

    def _text(self, line: SoldLine) -> RowText:
        qty, unit = self._chosen.get(line.n, 0), line.item.unit
        sold = format_qty(line.qty, unit)
        if not line.left:
            return RowText(
                line.item.name, t("{sold} sold, came back already", sold=sold), "", tick=False, quiet=True
            )
        gives = format_money(line.gives(qty or line.left), self._view.currency)
        if self._view.scanning:
            price = format_money(line.item.price, self._view.currency)
            return RowText(
                line.item.name,
                t("{qty} at {price}", qty=format_qty(qty, unit), price=price),
                gives,
                tick=qty > 0,
            )
        note = (
            t("{qty} of {sold} comes back", qty=format_qty(qty, unit), sold=sold)
            if qty
            else t("{sold} sold", sold=sold)
        )
        if line.back_qty:
            note = t(
                "{note} · {back_qty} came back before", note=note, back_qty=format_qty(line.back_qty, unit)
            )
        return RowText(line.item.name, note, gives, tick=qty > 0)

    def _picked(self) -> list[tuple[SoldLine, int]]:
        return [(line, self._chosen[line.n]) for line in self._lines if self._chosen.get(line.n, 0) > 0]

    @property
    def _line(self) -> SoldLine | None:
        at = self.list.at
        return self._lines[at] if 0 <= at < len(self._lines) else None

    # -- answering -----------------------------------------------------------------------------------

    def _toggle(self, at: int) -> None:
        line = self._lines[at]
        if not line.left:
            self.say(t("{name} came back already.", name=line.item.name))
            return
        self.say("")
        self._chosen[line.n] = 0 if self._chosen.get(line.n) else line.left
        self._show(at)

    def _step(self, by: int) -> None:
        line = self._line
        if line is None or not line.left:
            return
        self.say("")
        step = line.left if line.item.weighed else ONE
        qty = self._chosen.get(line.n, 0) + by * step
        self._chosen[line.n] = max(0, min(qty, line.left))
        self._show(self.list.at)

    def _ask_quantity(self) -> None:
        line = self._line
        if line is not None and line.left:
            self.quantity_asked.emit(line)

    def _everything(self) -> None:
        self.say("")
        self._chosen = {line.n: line.left for line in self._lines if line.left and not line.deposit_for}
        self._show(self.list.at)

    def _choose_reason(self, number: int) -> None:
        self._reason = number
        self.say("")
        self._show(self.list.at)

    def _to_waste(self, waste: bool) -> None:
        self._waste = waste
        self._show(self.list.at)

    def _finish(self) -> None:
        if not self._picked():
            self.say(t(SCAN_FIRST) if self._view.scanning else t(ASK_LINE))
        elif self._reason < 0:
            self.say(t(ASK_REASON))
        else:
            reason = self._view.reasons[self._reason].code
            lines = tuple((line, qty) for line, qty in self._picked())
            self.taken.emit(RefundChosen(lines, "waste" if self._waste else "stock", reason))

    def handle_scan(self, code: str) -> bool:
        """Without a receipt what comes back is scanned."""
        self.scanned.emit(code)
        return True

    def typed(self, name: str) -> bool:
        """Arrows choose a line, Enter ticks it, plus and minus change how many."""
        if name in ("up", "down"):
            self.list.step(1 if name == "down" else -1)
        elif name in ("page_up", "page_down"):
            self.list.page(1 if name == "page_down" else -1)
        elif name in ("+", "-"):
            self._step(1 if name == "+" else -1)
        elif name == "enter":
            self._tick()
        else:
            return False
        return True

    def _tick(self) -> None:
        if self.list.at >= 0:
            self._toggle(self.list.at)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {
            "choose": self._tick,
            "up": lambda: self.list.step(-1),
            "down": lambda: self.list.step(1),
            "page_up": lambda: self.list.page(-1),
            "page_down": lambda: self.list.page(1),
            "stock": self._shelf.click,
            "waste": self._bin.click,
            "take": self._take.click,
            "back": self._back.click,
        }
        if self._line is not None and self._line.left:
            doing |= {
                "less_of_line": self._less.click,
                "more_of_line": self._more.click,
                "qty": self._qty.click,
            }
        if not self._view.scanning:
            doing["all"] = self._all.click
        return doing | {f"reason_{n}": key.click for n, key in enumerate(self._reasons, 1)}

    def probe(self) -> dict[str, object]:
        """The lines, what of them is ticked, why and where to."""
        picked = self._picked()
        reasons = self._view.reasons
        return {
            "screen": self.name,
            "lines": len(self._lines),
            "chosen": [f"{line.item.name} {format_qty(qty, line.item.unit)}" for line, qty in picked],
            "reason": reasons[self._reason].words if self._reason >= 0 else "",
            "waste": self._waste,
            "gives": format_money(sum(line.gives(qty) for line, qty in picked), self._view.currency),
            "message": self.words.text(),
        }
