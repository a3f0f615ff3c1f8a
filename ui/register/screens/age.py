"""The age check: the cut-off date, three plain answers and none by accident; a typed date or a scanned ID."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.basket_parts import CheckMethod, CheckOutcome
from pos_desktop.domain.id_dates import IdDates, id_dates, piece_of_id
from pos_desktop.domain.restriction import born_on_or_before, old_enough
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import Glyph, OverlayScreen
from ui.register.screens.typed import TypedDate, long_date
from ui.register.screens.values import AgeAnswer, AgeQuestion
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import CENTER, Canvas
from ui.widgets.key import Key, no_focus
from ui.widgets.labels import EntryDisplay, Label, PaintedWidget, state_colours

FOOT = later(
    "The scanner reads IDs only, and keeps nothing of them. Enter does nothing here on purpose. "
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
                key.setAccessibleName(t("Take back the last digit"))
            key.clicked.connect(lambda _checked=False, n=name: self.pressed.emit(n))
            line.addWidget(no_focus(key), 1)


class AgeOverlay(OverlayScreen):
    """No default key: Enter, Space on nothing and Esc do nothing. A birth date, typed or of a scanned ID,
    is judged and forgotten; the person at the till still answers, face and ID in hand.

    Signals: ``answered(object)`` carries an AgeAnswer.
    """

    answered = Signal(object)

    name = "age"
    scan_policy = "take"
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
        self._id: IdDates | None = None
        self._reading = False
        self._cut_off = CutOff()
        self._heading = Label("", role="title", max_lines=2)
        self.body.addLayout(self._head())
        self.body.addWidget(self._cut_off)
        self._build_answers()
        self._entry = EntryDisplay(t("Scan the ID, or type the date of birth"))
        self._digits = DigitRow()
        self._digits.pressed.connect(self.typed)
        self.body.addWidget(self._entry)
        self.body.addWidget(self._digits)
        self._build_refusal()
        foot = QHBoxLayout()
        foot.setSpacing(theme().px(10))
        foot.addWidget(Glyph("lock", size=18))
        self._foot = Label(t(FOOT), role="note", tone="text2", max_lines=3)
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
        about = [question.item, question.category, t("minimum age {min_age}", min_age=question.min_age)]
        words = " · ".join(word for word in about if word)
        box.addWidget(Label(words, role="body_strong", tone="text2", max_lines=3))
        line.addLayout(box, 1)
        return line

    def _build_answers(self) -> None:
        age, challenge = self._question.min_age, self._question.challenge
        note = t("passport, driving licence or PASS card")
        self._checked = self.action_key(
            Key(
                t("ID checked, {age} or over", age=age),
                icon="shield-check",
                note=note,
                role="heading",
                height=84,
            ),
            "id_checked",
        )
        self._clearly = self.action_key(
            Key(
                t("Clearly over {challenge}", challenge=challenge),
                icon="user",
                note=t("no ID needed"),
                role="heading",
                height=84,
            ),
            "over_25",
        )
        self._checked.clicked.connect(lambda: self._answer("id_checked"))
        self._clearly.clicked.connect(lambda: self._answer("clearly_over"))
        self.row(self._checked, self._clearly)

    def _build_refusal(self) -> None:
        self._again = self.action_key(
            Key(t("Type the date again"), icon="eraser", variant="soft", height=64), "date_again"
        )
        self._refuse = self.action_key(
            Key(t("Refuse, take it out of the sale"), icon="x", variant="danger", role="heading", height=64),
            "refuse",
        )
        self._again.clicked.connect(lambda: self.typed("clear"))
        self._refuse.clicked.connect(lambda: self._answer("refused"))
        self.row(self._again, self._refuse).setStretch(1, 2)

    @property
    def _born(self) -> date | None:
        return self._id.born if self._id is not None else self._date.date

    @property
    def too_young(self) -> bool:
        """The date says that this person is not old enough."""
        born, question = self._born, self._question
        return born is not None and self._sensible and not old_enough(born, question.today, question.min_age)

    @property
    def expired(self) -> bool:
        """The ID that was scanned is no good any more: it proves nothing."""
        expires = self._id.expires if self._id is not None else None
        return expires is not None and expires < self._question.today

    @property
    def old(self) -> bool:
        """The date says that this person is old enough."""
        return self._born is not None and self._sensible and not self.too_young and not self.expired

    @property
    def _stopped(self) -> bool:
        return self.too_young or self.expired

    @property
    def _sensible(self) -> bool:
        born, today = self._born, self._question.today
        return born is not None and today.year - born.year <= OLDEST and born <= today

    @property
    def _method(self) -> CheckMethod:
        return "scanned" if self._id is not None else "typed" if self.old or self.too_young else "seen"

    def note_ignored(self, words: str) -> None:
        """In the place of the words that said what the scanner is for here."""
        self._foot.set_text(t("The scanner reads IDs only: {words}.", words=words))
        self._foot.set_tone("warn")

    def handle_scan(self, code: str) -> bool:
        """An ID is judged by its dates and forgotten; any other code is refused."""
        found = id_dates(code, self._question.today)
        if found is None:
            piece = piece_of_id(code, begun=self._reading)
            self._reading = self._reading or piece
            return piece
        self._reading = True
        self._id, self._date = found, self._date.press("clear")
        self._show()
        return True

    def typed(self, name: str) -> bool:
        """Digits make a date of birth; Enter is swallowed and does nothing."""
        if name.isdigit() or name in ("backspace", "clear"):
            self._id, self._date = None, self._date.press(name)
            self._show()
            return True
        return name == "enter"

    def _show(self) -> None:
        given = bool(self._date.digits) or self._id is not None
        self._show_cut_off()
        for key in (self._checked, self._clearly):
            key.setVisible(not self._stopped)
        self._again.setVisible(given)
        self._again.set_label(t("Scan another ID") if self._id is not None else t("Type the date again"))
        self._checked.set_variant("outline-pay" if self.old else "plain")
        self._entry.set_caption(self._caption())
        shown = t("ID scanned") if self._id is not None else self._date.shown or self._date.pattern
        self._entry.set_value(shown, quiet=not given)

    def _show_cut_off(self) -> None:
        question = self._question
        cut_off = long_date(born_on_or_before(question.today, question.min_age))
        if self.too_young:
            self._heading.set_text(t("Too young for {item}", item=question.item))
            self._cut_off.show_date(t("Do not sell it. Old enough if born on or before"), cut_off, "danger")
        elif self.expired:
            self._heading.set_text(t("This ID has expired"))
            self._cut_off.show_date(t("Ask for another. Old enough if born on or before"), cut_off, "danger")
        else:
            self._heading.set_text(t("Age check · Challenge {challenge}", challenge=question.challenge))
            self._cut_off.show_date(t("Old enough if born on or before"), cut_off, "warn")

    def _checked_key(self) -> str:
        return self.hint("id_checked") or t("ID checked")

    def _caption(self) -> str:
        if self._id is not None:
            if self._stopped:
                return t("By the ID that was scanned. Nothing of it is kept")
            return t(
                "Old enough by this ID. Press {key} if it is theirs",
                key=self._checked_key(),
            )
        if not self._date.complete:
            return t("Scan the ID, or type the date of birth")
        if not self._sensible:
            return t("There is no such date of birth. Type it again")
        if self.too_young:
            return t("Born too late to buy this. If the date is mistyped, type it again")
        return t("Old enough. Press {key} if it is their ID", key=self._checked_key())

    def _answer(self, result: CheckOutcome) -> None:
        if result != "refused" and self._stopped:
            return
        method = "seen" if result == "clearly_over" else self._method
        self.answered.emit(AgeAnswer(self._question.min_age, result, method))

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here; too young, or an ID no good, leaves only refusing, or another date."""
        doing: dict[str, Action] = {"refuse": self._refuse.click}
        if not self._stopped:
            doing["id_checked"] = self._checked.click
            doing["over_25"] = self._clearly.click
        if self._date.digits or self._id is not None:
            doing["date_again"] = self._again.click
        return doing

    def probe(self) -> dict[str, object]:
        """The item, the age, the cut-off date, how far a date was typed or an ID read (never the date)."""
        question = self._question
        return {
            "screen": self.name,
            "item": question.item,
            "min_age": question.min_age,
            "cut_off": born_on_or_before(question.today, question.min_age).isoformat(),
            "digits": len(self._date.digits),
            "scanned": self._id is not None,
            "too_young": self.too_young,
            "expired": self.expired,
            "message": self._heading.text(),
        }
