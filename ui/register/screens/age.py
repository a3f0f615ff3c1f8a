"""The age check: the cut-off date, three plain answers and none by accident; a date that says too young."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.basket import CheckOutcome
from pos_desktop.domain.restriction import born_on_or_before, old_enough
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import Glyph, OverlayScreen
from ui.register.screens.typed import TypedDate, long_date
from ui.register.screens.values import AgeAnswer, AgeQuestion
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import CENTER, Canvas
from ui.widgets.key import Key, no_focus
from ui.widgets.labels import EntryDisplay, Label, PaintedWidget, state_colours

FOOT = (
    "Scanner is paused. Enter does nothing here on purpose. "
    "The answer covers the rest of this sale and is logged with your name."
)
OLDEST = 120


class CutOff(PaintedWidget):
    """The latest birth date that is old enough, in 44 px, or the words that someone is too young."""

    def __init__(self) -> None:
        super().__init__()
        self._caption, self._date, self._state = "", "", "warn"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_date(self, caption: str, date: str, state: str) -> None:
        """Show a caption over a date."""
        self._caption, self._date, self._state = caption, date, state
        self.announce(f"{caption} {date}")
        self.update()

    def sizeHint(self) -> QSize:
        """106 logical pixels high."""
        return QSize(theme().px(480), theme().px(106))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint band, caption and date."""
        t = theme()
        fill, ink = state_colours(self._state)
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            border = ink if self._state == "danger" else None
            canvas.box(rect, fill, border, radius=t.px(RADIUS_KEY), width=2)
            top = QRectF(t.px(12), t.px(12), rect.width() - t.px(24), t.px(24))
            canvas.text(top, self._caption, t.type("heading"), ink, align=CENTER)
            below = QRectF(t.px(12), t.px(38), rect.width() - t.px(24), t.px(58))
            canvas.text(below, self._date, t.type("total"), t.c.text, align=CENTER)


class DigitRow(QWidget):
    """Ten digits in one row, for a date by touch. Signals: ``pressed(str)``."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme().px(5))
        for name in (*"1234567890", "backspace"):
            digit = name.isdigit()
            key = Key(
                name if digit else "",
                icon="" if digit else "delete",
                variant="plain" if digit else "soft",
                role="key_big",
                height=52,
                name=f"key_{name}",
            )
            if not digit:
                key.setAccessibleName("Take back the last digit")
            key.clicked.connect(lambda _checked=False, n=name: self.pressed.emit(n))
            line.addWidget(no_focus(key), 1)


class AgeOverlay(OverlayScreen):
    """No default key: Enter, Space on nothing and Esc do nothing. A typed birth date is judged and forgotten.

    Signals: ``answered(object)`` carries an AgeAnswer.
    """

    answered = Signal(object)

    name = "age"
    card_width = 720
    card_padding = 26
    card_spacing = 12

    def __init__(
        self,
        question: AgeQuestion,
        *,
        month_first: bool = False,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._question = question
        self._date = TypedDate(month_first=month_first)
        self._cut_off = CutOff()
        self._heading = Label("", role="title", max_lines=2)
        self.body.addLayout(self._head())
        self.body.addWidget(self._cut_off)
        self._build_answers()
        self._entry = EntryDisplay("or type the date of birth")
        self._digits = DigitRow()
        self._digits.pressed.connect(self.typed)
        self.body.addWidget(self._entry)
        self.body.addWidget(self._digits)
        self._build_refusal()
        foot = QHBoxLayout()
        foot.setSpacing(theme().px(10))
        foot.addWidget(Glyph("lock", size=18))
        self._foot = Label(FOOT, role="note", tone="text2", max_lines=3)
        foot.addWidget(self._foot, 1)
        self.body.addLayout(foot)
        self._show()

    def _head(self) -> QHBoxLayout:
        question = self._question
        line = QHBoxLayout()
        line.setSpacing(theme().px(16))
        line.addWidget(Glyph("id-card", tone="warn", size=40))
        box = QVBoxLayout()
        box.setSpacing(theme().px(2))
        box.addWidget(self._heading)
        about = [question.item, question.category, f"minimum age {question.min_age}"]
        words = " · ".join(word for word in about if word)
        box.addWidget(Label(words, role="body_strong", tone="text2", max_lines=3))
        line.addLayout(box, 1)
        return line

    def _build_answers(self) -> None:
        age, challenge = self._question.min_age, self._question.challenge
        note = "passport, driving licence or PASS card"
        self._checked = self.action_key(
            Key(f"ID checked, {age} or over", icon="shield-check", note=note, role="heading", height=84),
            "id_checked",
        )
        self._clearly = self.action_key(
            Key(f"Clearly over {challenge}", icon="user", note="no ID needed", role="heading", height=84),
            "over_25",
        )
        self._checked.clicked.connect(lambda: self._answer("id_checked"))
        self._clearly.clicked.connect(lambda: self._answer("clearly_over"))
        self.row(self._checked, self._clearly)

    def _build_refusal(self) -> None:
        self._again = self.action_key(
            Key("Type the date again", icon="eraser", variant="soft", height=64), "date_again"
        )
        self._refuse = self.action_key(
            Key("Refuse, take it out of the sale", icon="x", variant="danger", role="heading", height=64),
            "refuse",
        )
        self._again.clicked.connect(lambda: self.typed("clear"))
        self._refuse.clicked.connect(lambda: self._answer("refused"))
        self.row(self._again, self._refuse).setStretch(1, 2)

    @property
    def too_young(self) -> bool:
        """The date typed says that this person is not old enough."""
        born, question = self._date.date, self._question
        return born is not None and not old_enough(born, question.today, question.min_age)

    @property
    def old(self) -> bool:
        """The date typed says that this person is old enough."""
        born = self._date.date
        return born is not None and self._sensible and not self.too_young

    @property
    def _sensible(self) -> bool:
        born, today = self._date.date, self._question.today
        return born is not None and today.year - born.year <= OLDEST and born <= today

    def note_ignored(self, words: str) -> None:
        """In the place of the words that said the scanner is paused."""
        self._foot.set_text(f"Scanner is paused: {words}.")
        self._foot.set_tone("warn")

    def typed(self, name: str) -> bool:
        """Digits make a date of birth; Enter is swallowed and does nothing."""
        if name.isdigit() or name in ("backspace", "clear"):
            self._date = self._date.press(name)
            self._show()
            return True
        return name == "enter"

    def _show(self) -> None:
        question, young = self._question, self.too_young and self._sensible
        cut_off = long_date(born_on_or_before(question.today, question.min_age))
        if young:
            self._heading.set_text(f"Too young for {question.item}")
            self._cut_off.show_date("Do not sell it. Old enough if born on or before", cut_off, "danger")
        else:
            self._heading.set_text(f"Age check · Challenge {question.challenge}")
            self._cut_off.show_date("Old enough if born on or before", cut_off, "warn")
        for key in (self._checked, self._clearly):
            key.setVisible(not young)
        self._again.setVisible(bool(self._date.digits))
        self._checked.set_variant("outline-pay" if self.old else "plain")
        self._entry.set_caption(self._caption())
        self._entry.set_value(self._date.shown or self._date.pattern, quiet=not self._date.digits)

    def _caption(self) -> str:
        if not self._date.complete:
            return "or type the date of birth"
        if not self._sensible:
            return "There is no such date of birth. Type it again"
        if self.too_young:
            return "Born too late to buy this. If the date is mistyped, type it again"
        return f"Old enough. Press {self.hint('id_checked') or 'ID checked'} if it is their ID"

    def _answer(self, result: CheckOutcome) -> None:
        if result != "refused" and self.too_young and self._sensible:
            return
        by_date = self.old if result == "id_checked" else self.too_young and self._sensible
        self.answered.emit(AgeAnswer(self._question.min_age, result, by_date))

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here; someone too young leaves only refusing, or typing the date again."""
        doing: dict[str, Action] = {"refuse": self._refuse.click}
        if not (self.too_young and self._sensible):
            doing["id_checked"] = self._checked.click
            doing["over_25"] = self._clearly.click
        if self._date.digits:
            doing["date_again"] = self._again.click
        return doing

    def probe(self) -> dict[str, object]:
        """The item, the age, the cut-off date, and how far a date was typed (never the date)."""
        question = self._question
        return {
            "screen": self.name,
            "item": question.item,
            "min_age": question.min_age,
            "cut_off": born_on_or_before(question.today, question.min_age).isoformat(),
            "digits": len(self._date.digits),
            "too_young": self.too_young and self._sensible,
            "message": self._heading.text(),
        }
