"""Closing a shift: count the drawer, see over or short, confirm; or read in words what stops it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.shift import over_short
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.model import over_words
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.counting import CountGrid, CountPad, count_row_of
from ui.register.screens.typed import day_and_date
from ui.register.screens.values import ClosingView, ShiftCount
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label
from ui.widgets.surface import MessageBanner, Rule


class ShiftCloseScreen(CardScreen):
    """Count, review, close. What was expected shows after the count, or on F6: then it was not counted blind.

    Signals: ``closed(object)`` carries a ShiftCount; ``x_report_asked()``; ``back()``.
    """

    closed = Signal(object)
    x_report_asked = Signal()
    back = Signal()

    name = "shift_close"
    card_width = 1040
    card_padding = 20
    card_spacing = 10

    def __init__(
        self, view: ClosingView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view, self._hidden, self._recounts = view, True, 0
        self._seen = False
        self.body.addWidget(Label(t("Close the shift"), role="title"))
        day = day_and_date(view.business_date)
        where = t(
            "Till {till} · drawer {drawer} · {day} · Z report {z}",
            till=view.till,
            drawer=view.drawer,
            day=day,
            z=view.z,
        )
        self.body.addWidget(Label(where, role="key", tone="text2", max_lines=2))
        self.banner = MessageBanner()
        self.body.addWidget(self.banner)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._counting_page())
        self._pages.addWidget(self._review_page())
        self.body.addWidget(self._pages, 1)
        self.words = Words("", role="body_strong", max_lines=2)
        self.body.addWidget(self.words)
        self._build_foot()
        if view.blockers:
            self.banner.show_message("\n".join(view.blockers), "warn")
        elif view.note:
            self.banner.show_message(view.note, "info")
        self._show()

    def _counting_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        self.grid = CountGrid(self._view.currency)
        self._pad = CountPad(t("Counted in the drawer"), self._view.currency)
        box.addLayout(count_row_of(self.grid, self._pad), 1)
        self._expected_line = Label("", role="key", tone="text2", max_lines=2)
        box.addWidget(self._expected_line)
        self.grid.changed.connect(lambda _sum: self._show())
        return page

    def _review_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(theme().px(80), 0, theme().px(80), 0)
        box.setSpacing(theme().px(10))
        self._counted, self._expected = AmountLabel("", role="figure"), AmountLabel("", role="figure")
        self._difference = AmountLabel("", role="total")
        self._difference_name = Label("", role="strip_name")
        box.addStretch(1)
        for name, amount in ((t("Counted in the drawer"), self._counted), (t("Expected"), self._expected)):
            box.addLayout(self._figure(Label(name, role="basket_name"), amount))
            box.addWidget(Rule())
        box.addLayout(self._figure(self._difference_name, self._difference))
        self._advice = Label("", role="body", tone="text2", max_lines=3)
        box.addWidget(self._advice)
        box.addStretch(1)
        return page

    def _figure(self, name: Label, amount: AmountLabel) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(name, 1)
        line.addWidget(amount, 1)
        return line

    def _build_foot(self) -> None:
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=72), "back")
        self._x = self.action_key(Key(t("Print X report"), icon="printer", height=72), "x_report")
        self._look = self.action_key(Key("", height=72), "blind")
        self._take = self.action_key(Key("", variant="accent", role="key_big", height=72), "take")
        self._back.clicked.connect(self._step_back)
        self._x.clicked.connect(self._print_x)
        self._look.clicked.connect(self._toggle_hidden)
        self._take.clicked.connect(self._go_on)
        if self._view.blind:
            self._x.set_reason(t("counting blind"))
            self._look.set_reason(t("after the count"))
        line = self.row(self._back, self._x, self._look, self._take, spacing=8)
        line.setStretch(3, 2)

    @property
    def reviewing(self) -> bool:
        """The count is done and the result is on the screen."""
        return self._pages.currentIndex() == 1

    def typed(self, name: str) -> bool:
        """Digits and arrows go to the count; in the review nothing is typed and Enter does nothing."""
        self.words.say("")
        return False if self.reviewing else self.grid.press(name)

    def _toggle_hidden(self) -> None:
        self._hidden = not self._hidden
        self._seen = True
        self._show()

    def _print_x(self) -> None:
        # The X names what is expected, so whoever printed it knows.
        self._seen = True
        self._show()
        self.x_report_asked.emit()

    def _go_on(self) -> None:
        if not self.reviewing:
            self._pages.setCurrentIndex(1)
            self._show()
            return
        counted = ShiftCount(self.grid.total, self.grid.counts, not self._seen, self._recounts)
        self.closed.emit(counted)

    def _step_back(self) -> None:
        if not self.reviewing:
            self.back.emit()
            return
        self._recounts += 1
        self._seen = True
        self._pages.setCurrentIndex(0)
        self.words.say("")
        self._show()

    def _show(self) -> None:
        currency, expected = self._view.currency, self._view.expected
        self._expected_line.set_text(
            self._hidden_words()
            if self._hidden
            else t("Expected in the drawer: {expected}", expected=format_money(expected, currency))
        )
        self._look.set_label(t("Show expected") if self._hidden else t("Hide expected"))
        self._look.setVisible(not self.reviewing)
        self._back.set_label(t("Count again") if self.reviewing else t("Back"))
        self._take.set_variant("pay" if self.reviewing else "accent")
        if self.reviewing:
            self._show_review()
        else:
            self._take.set_label(t("Counted {total}", total=format_money(self.grid.total, currency)))
            self._take.set_reason("")

    def _hidden_words(self) -> str:
        if self._seen:
            return t("Hidden again; what is expected shows after the count.")
        return t("Counted blind: what is expected shows after the count.")

    def _show_review(self) -> None:
        currency, difference = self._view.currency, over_short(self.grid.total, self._view.expected)
        self._counted.set_text(format_money(self.grid.total, currency))
        self._expected.set_text(format_money(self._view.expected, currency))
        self._difference_name.set_text(over_words(difference))
        self._difference.set_text(format_money(difference, currency))
        self._difference.set_tone("pay" if difference == 0 else "warn")
        self._advice.set_text(
            t("The drawer agrees. Closing prints the Z report.")
            if difference == 0
            else t("Count again if you are not sure. The difference is written on the Z report.")
        )
        self._take.set_label(t("Close the shift, print Z {z}", z=self._view.z))
        self._take.set_reason(t("See what stops it above") if self._view.blockers else "")

    def set_busy(self, busy: bool) -> None:
        """The shift is being closed; no second press is taken."""
        self._take.set_reason(t("Closing the shift") if busy else "")
        self._back.setEnabled(not busy)

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.set_busy(False)
        self.words.say(words)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        looks: dict[str, Action] = {"x_report": self._x.click, "blind": self._look.click}
        return {
            **({} if self._view.blind else looks),
            "take": self._take.click,
            "back": self._back.click,
            "up": lambda: self._press("up"),
            "down": lambda: self._press("down"),
        }

    def _press(self, name: str) -> None:
        self.typed(name)

    def probe(self) -> dict[str, object]:
        """The count so far; what is expected only where a person can read it."""
        currency = self._view.currency
        seen = self.reviewing or not self._hidden
        return {
            "screen": self.name,
            "stage": "review" if self.reviewing else "count",
            "counted": format_amount(self.grid.total, currency),
            "expected": format_amount(self._view.expected, currency) if seen else "",
            "message": self.words.text() or self.banner.text(),
        }
