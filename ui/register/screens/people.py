"""Choosing oneself among the staff and typing a PIN: people as cards that page, and the pad beside them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.words import t
from ui.register.screens.base import Words
from ui.register.screens.values import Person, SignIn
from ui.theme import RADIUS_KEY, theme
from ui.widgets.button import PaintedButton
from ui.widgets.canvas import CENTER, Canvas
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import Label, PinDots
from ui.widgets.text import fit

PIN_MIN, PIN_MAX = 4, 8
Clock = Callable[[], float]


class PersonKey(PaintedButton):
    """One person: initials in a circle, name, role and a second fact."""

    def __init__(self, person: Person, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = person
        self.setCheckable(True)
        self.setObjectName(f"person:{person.number}")
        self.setText(person.name)
        self.setAccessibleName(f"{person.name}, {self._second()}")

    def _second(self) -> str:
        return " · ".join(word for word in (self.person.role, self.person.note) if word)

    def sizeHint(self) -> QSize:
        """66 logical pixels high."""
        return QSize(theme().px(320), theme().px(66))

    def minimumSizeHint(self) -> QSize:
        """A thumb's height."""
        return QSize(theme().px(180), theme().px(58))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card, the initials and the two lines."""
        t, chosen = theme(), self.isChecked()
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            fill = t.c.accent_soft if chosen or self.isDown() else t.c.raised
            canvas.box(
                rect,
                fill,
                t.c.accent if chosen else t.c.line,
                radius=t.px(RADIUS_KEY),
                width=2 if chosen else 1,
            )
            side = t.px(42)
            disc = QRectF(t.px(12), (self.height() - side) / 2, side, side)
            canvas.box(disc, t.c.surface if chosen else t.c.accent_soft, radius=side / 2)
            canvas.text(disc, self.person.initials, t.type("key"), t.c.accent, align=CENTER)
            left = disc.right() + t.px(12)
            room = self.width() - left - t.px(10)
            self._paint_words(canvas, left, room)
            self.paint_ring(canvas, rect, t.px(RADIUS_KEY))

    def _paint_words(self, canvas: Canvas, left: float, room: float) -> None:
        t = theme()
        second = self._second()
        name = fit(self.person.name, t.type("heading"), room, t.px(26), 1)
        note = fit(second, t.type("note"), room, t.px(32), 2)
        top = (self.height() - name.height - note.height - t.px(2)) / 2
        canvas.text(QRectF(left, top, room, name.height), self.person.name, name.spec, t.c.text)
        below = QRectF(left, top + name.height + t.px(2), room, note.height)
        canvas.text(below, second, note.spec, t.c.text2, max_lines=2)


class PeopleList(QWidget):
    """The staff as cards, some to a page; exactly one is chosen.

    Signals: ``chosen(object)`` carries the Person.
    """

    chosen = Signal(object)

    def __init__(self, per_page: int = 6, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: tuple[Person, ...] = ()
        self._per_page, self._at = per_page, 0
        self._cards: list[PersonKey] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().px(8))
        self._earlier = Key(t("Earlier"), icon="chevron-up", variant="soft", name="people_earlier")
        self._later = Key(t("More people"), icon="chevron-down", variant="soft", name="people_later")
        self._earlier.clicked.connect(lambda: self.turn(-1))
        self._later.clicked.connect(lambda: self.turn(1))

    @property
    def person(self) -> Person | None:
        """Who is chosen."""
        return self._people[self._at] if self._people else None

    def set_people(self, people: tuple[Person, ...]) -> None:
        """Show these people; who was chosen stays chosen when still there."""
        number = self.person.number if self.person else None
        self._people = people
        self._at = next((i for i, p in enumerate(people) if p.number == number), 0)
        self._fill()

    def choose_number(self, number: int) -> bool:
        """Choose the person with this staff number; False when nobody here has it."""
        for index, person in enumerate(self._people):
            if person.number == number:
                self._choose(index)
                return True
        return False

    def step(self, by: int) -> None:
        """Choose the next or the previous person."""
        if self._people:
            self._choose((self._at + by) % len(self._people))

    def turn(self, by: int) -> None:
        """Go to the next or the previous page of people, if there is one."""
        first = (self._at // self._per_page + by) * self._per_page
        if 0 <= first < len(self._people):
            self._choose(first)

    def _choose(self, index: int) -> None:
        page_before = self._at // self._per_page
        changed, self._at = index != self._at, index
        if page_before != index // self._per_page:
            self._fill()
        for card in self._cards:
            card.setChecked(card.person is self._people[self._at])
        if changed:
            self.chosen.emit(self._people[index])

    def _fill(self) -> None:
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        first = self._at // self._per_page * self._per_page if self._people else 0
        shown = self._people[first : first + self._per_page]
        self._cards = [PersonKey(person, parent=self) for person in shown]
        for offset, card in enumerate(self._cards):
            card.setChecked(first + offset == self._at)
            card.clicked.connect(lambda _checked=False, i=first + offset: self._choose(i))
            self._box.addWidget(card)
        many = len(self._people) > self._per_page
        for key in (self._earlier, self._later):
            key.setVisible(many)
            key.setParent(self)
        if many:
            self._box.addLayout(self._paging(first))
        self._box.addStretch(1)

    def _paging(self, first: int) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(theme().px(8))
        for key in (self._earlier, self._later):
            line.addWidget(key, 1)
            key.show()
        self._earlier.setEnabled(first > 0)
        self._later.setEnabled(first + self._per_page < len(self._people))
        return line


class PinPad(QWidget):
    """Dots, the pad, and the words of a miss with its wait counted down. A PIN is never painted.

    Signals: ``entered(str)`` when the person says OK with enough digits.
    """

    entered = Signal(str)

    def __init__(self, *, clock: Clock = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pin, self._busy, self._until, self._clock = "", False, 0.0, clock
        self.title = Label("", role="heading", tone="text2", align="center", max_lines=2)
        self.dots = PinDots(PIN_MIN)
        self.words = Words("", role="body_strong", align="center", max_lines=2)
        self.words.setFixedHeight(theme().px(42))
        self.pad = Keypad("pin")
        self.pad.key("enter").set_label(t("OK"))
        self.pad.pressed.connect(self.press)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(10))
        for widget in (self.title, self.dots, self.words):
            box.addWidget(widget)
        box.addWidget(self.pad, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self.tick)

    @property
    def waiting(self) -> int:
        """Whole seconds until the next try is taken, 0 when it is."""
        return max(0, math.ceil(self._until - self._clock()))

    @property
    def filled(self) -> int:
        """How many digits are typed."""
        return len(self._pin)

    def press(self, name: str) -> bool:
        """Take one key of the pad or keyboard; False when it means nothing to a PIN."""
        if name not in ("backspace", "enter") and not name.isdigit():
            return False
        if self._busy or self.waiting:
            return True
        if name == "enter":
            self._enter()
        elif name == "backspace":
            self._set(self._pin[:-1])
        elif len(self._pin) < PIN_MAX:
            self.words.say("")
            self._set(self._pin + name)
        return True

    def _enter(self) -> None:
        if len(self._pin) < PIN_MIN:
            self.words.say(t("A PIN has at least {least} digits. Type it, then OK.", least=PIN_MIN))
            return
        pin = self._pin
        self._set("")
        self.entered.emit(pin)

    def _set(self, pin: str) -> None:
        self._pin = pin
        self.dots.set_length(max(PIN_MIN, len(pin)))
        self.dots.set_filled(len(pin))

    def clear(self) -> None:
        """Forget what was typed, as when another person is chosen."""
        self._set("")
        if not self.waiting:
            self.words.say("")

    def set_busy(self, busy: bool) -> None:
        """While the PIN is being checked no key is taken, and the screen says so."""
        self._busy = busy
        self.words.say(t("Checking the PIN") if busy else "")
        self._enable()

    def refuse(self, wait_seconds: int, words: str = "") -> None:
        """Say that the PIN did not match; with a wait, count it down and take no key until it is over."""
        self._busy = False
        self._set("")
        self._until = self._clock() + wait_seconds
        self.words.say(words or t("That PIN does not match. Type it again."), "danger")
        if wait_seconds > 0:
            self._timer.start()
            self.tick()
        self._enable()

    def tick(self) -> None:
        """Show how long is left; the timer calls it, and so may a test with a clock of its own."""
        left = self.waiting
        if left:
            self.words.say(t("That PIN does not match. Next try in {left} s.", left=left), "danger")
            return
        self._timer.stop()
        self.words.say(t("You can type the PIN again now."))
        self._enable()

    def _enable(self) -> None:
        free = not self._busy and not self.waiting
        for name in (*map(str, range(10)), "backspace", "enter"):
            self.pad.key(name).setEnabled(free)


class PeoplePin(QWidget):
    """People at the left, PIN at the right: signing in, unlocking and a supervisor's approval use the same.

    Signals: ``asked(object)`` carries a SignIn.
    """

    asked = Signal(object)

    def __init__(
        self, heading: str, *, per_page: int = 6, clock: Clock = time.monotonic, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.people = PeopleList(per_page)
        self.pin = PinPad(clock=clock)
        self.heading = Label(heading, role="basket_name", max_lines=2)
        self.foot = QHBoxLayout()
        left = QVBoxLayout()
        left.setSpacing(theme().px(12))
        left.addWidget(self.heading)
        left.addWidget(self.people, 1)
        left.addLayout(self.foot)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(32))
        box.addLayout(left, 1)
        box.addWidget(self.pin, 1)
        self.people.chosen.connect(self._chosen)
        self.pin.entered.connect(self._entered)

    def set_people(self, people: tuple[Person, ...]) -> None:
        """Show these people."""
        self.people.set_people(people)
        self._title()

    def _title(self) -> None:
        person = self.people.person
        self.pin.title.set_text(
            t("PIN for {name}", name=person.name.split()[0]) if person else t("Nobody may sign in here yet")
        )

    def _chosen(self, _person: object) -> None:
        self.pin.clear()
        self._title()

    def _entered(self, pin: str) -> None:
        if self.people.person is not None:
            self.asked.emit(SignIn(self.people.person.number, pin))

    def press(self, name: str) -> bool:
        """Take one key: arrows choose a person, digits go to the PIN."""
        if name in ("up", "down"):
            self.people.step(1 if name == "down" else -1)
            return True
        if name in ("page_up", "page_down"):
            self.people.turn(1 if name == "page_down" else -1)
            return True
        return self.pin.press(name)
