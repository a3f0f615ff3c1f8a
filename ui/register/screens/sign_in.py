"""Signing in at the till, and coming back from the lock: who, and their PIN."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.model import lines_words
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Glyph
from ui.register.screens.people import Clock, PeoplePin
from ui.register.screens.values import Person
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import Canvas
from ui.widgets.labels import Chip, Label, PaintedWidget

BADGE_HINT = later("or scan your staff badge, then type the PIN")
NO_BADGE = later("That is not a badge of this shop's staff. Choose your name.")


class ShopSign(PaintedWidget):
    """The program's mark and the shop's name, centred."""

    def __init__(self, shop: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shop = shop
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.announce(shop)

    def sizeHint(self) -> QSize:
        """One row of title height."""
        return QSize(theme().px(400), theme().px(46))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint mark and name."""
        t = theme()
        spec = t.type("title")
        side, gap = t.px(44), t.px(14)
        room = self.width() - side - gap
        wide = min(spec.width(self._shop) + 2, room)
        left = (self.width() - side - gap - wide) / 2
        with Canvas.on(self) as canvas:
            mark = QRectF(left, (self.height() - side) / 2, side, side)
            canvas.box(mark, t.c.accent, radius=t.px(RADIUS_KEY))
            inset = t.px(10)
            canvas.icon(mark.adjusted(inset, inset, -inset, -inset), "shopping-bag", t.c.on_accent)
            name = QRectF(mark.right() + gap, 0, wide, self.height())
            canvas.text(name, self._shop, spec, t.c.text, max_lines=1)


class SignInScreen(CardScreen):
    """Who is on the till, and their PIN. A badge chooses the person; the PIN is typed by hand always.

    Signals: ``sign_in_asked(object)`` carries a SignIn.
    """

    sign_in_asked = Signal(object)

    name = "sign_in"
    scan_policy = "take"
    card_width = 820

    def __init__(
        self,
        shop: str,
        till: int,
        *,
        keys: Keymap | None = None,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._till = till
        self.status = Label("", role="key", tone="text2", align="center", max_lines=2)
        self.panel = PeoplePin(t("Who is on till {till}?", till=till), clock=clock)
        self.panel.asked.connect(self.sign_in_asked)
        self.badge = Label(t(BADGE_HINT), role="note", tone="text2", max_lines=2)
        self.panel.foot.setSpacing(theme().px(8))
        self.panel.foot.addWidget(Glyph("scan-barcode", size=20))
        self.panel.foot.addWidget(self.badge, 1)
        self.demo = Label("", role="note", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self.panel)
        self._footer = QHBoxLayout()
        self._footer.setSpacing(theme().px(8))
        self._build_around(shop)

    def _build_around(self, shop: str) -> None:
        self._outer.insertWidget(1, ShopSign(shop))
        self._outer.insertWidget(2, self.status)
        self._outer.insertWidget(4, self.demo)
        self._outer.addLayout(self._footer)
        self.status.hide()
        self.demo.hide()

    def set_people(self, people: tuple[Person, ...]) -> None:
        """Show these people."""
        self.panel.set_people(people)

    def set_hint(self, text: str) -> None:
        """A line under the card, for the demo shop's PINs; "" takes it away."""
        self.demo.set_text(text)
        self.demo.setVisible(bool(text))

    def set_footer(self, words: tuple[str, ...]) -> None:
        """Quiet facts at the bottom: the network, the date, the program's version."""
        while (item := self._footer.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._footer.addStretch(1)
        for text in words:
            self._footer.addWidget(Chip(text))
        self._footer.addStretch(1)

    def set_busy(self, busy: bool) -> None:
        """The PIN is on its way to be checked."""
        self.panel.pin.set_busy(busy)

    def refuse(self, wait_seconds: int, words: str = "") -> None:
        """The PIN did not match; ``wait_seconds`` pass before the next try (0: at once)."""
        self.panel.pin.refuse(wait_seconds, words)

    def say(self, words: str) -> None:
        """A sentence under the dots."""
        self.panel.pin.words.say(words)

    def typed(self, name: str) -> bool:
        """Arrows choose, digits type, Enter says OK."""
        return self.panel.press(name)

    def key_actions(self) -> Mapping[str, Action]:
        """Enter, the arrows and Esc, by their names in the key map."""
        names = {"take": "enter", "up": "up", "down": "down", "page_up": "page_up", "page_down": "page_down"}
        doing: dict[str, Action] = {
            action: lambda n=pad: self._press(n)  # type: ignore[misc]
            for action, pad in names.items()
        }
        return {**doing, "back": self.panel.pin.clear}

    def _press(self, name: str) -> None:
        self.typed(name)

    def handle_scan(self, code: str) -> bool:
        """A badge carries the staff number: it chooses the person and never types a PIN."""
        digits = "".join(ch for ch in code if ch.isdigit())
        if digits and len(digits) <= 9 and self.panel.people.choose_number(int(digits)):
            self.say("")
            return True
        self.say(t(NO_BADGE))
        return False

    def probe(self) -> dict[str, object]:
        """Who is chosen, how many digits are typed, what is said."""
        person = self.panel.people.person
        return {
            "screen": self.name,
            "person": person.number if person else 0,
            "digits": self.panel.pin.filled,
            "wait": self.panel.pin.waiting,
            "message": self.panel.pin.words.text(),
        }


class LockScreen(SignInScreen):
    """The same over a locked till: the basket is kept, and the screen says so."""

    name = "lock"
    _lines = 0
    _owner = 0

    def set_waiting_sale(self, lines: int, owner_number: int = 0) -> None:
        """Say that a sale of ``lines`` lines is kept (0: none), and choose the person it belongs to.

        The people may be told before or after.
        """
        self._lines, self._owner = lines, owner_number
        kept = t("Locked · a sale with {lines} is safe and waiting", lines=lines_words(lines))
        self.status.set_text(kept if lines else t("Locked · no sale is open"))
        self.status.show()
        self.panel.people.choose_number(owner_number)

    def set_people(self, people: tuple[Person, ...]) -> None:
        """Show these people, the sale's owner marked and chosen."""
        marked = [
            replace(person, note=t("sale waiting: {lines}", lines=lines_words(self._lines)))
            if self._lines and person.number == self._owner and not person.note
            else person
            for person in people
        ]
        super().set_people(tuple(marked))
        self.panel.people.choose_number(self._owner)
