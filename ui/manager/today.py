"""Today: a store's sales so far by the hour, beside the same weekday a week ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.domain.calendar_words import month, weekday
from pos_desktop.domain.money import MINUS, currency, format_money
from pos_desktop.services.manager import DaySales, ManagerDesk, Store
from pos_desktop.words import t
from ui.messages import text_for
from ui.tasks import Lanes, Query
from ui.theme import SPACE_3, theme
from ui.widgets.bar_chart import BarChart
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label, Tone
from ui.widgets.surface import Card, MessageBanner

REFRESH_MS = 60_000
OPENING_HOURS = (8, 20)
"""The chart shows these hours at least, so that it looks the same all day."""
NO_TREND_PER_MILLE = 10
"""Within one per cent of last week there is no trend to speak of."""

Action = Callable[[], None]


def trend(now: int, before: int) -> tuple[str, Tone]:
    """How ``now`` stands to the same weekday last week, in words, and the tone they are shown in."""
    if before <= 0:
        return t("nothing to compare with"), "text3"
    change = (now - before) * 1000 // before
    if abs(change) <= NO_TREND_PER_MILLE:
        return t("as last week"), "text2"
    sign = "+" if change > 0 else MINUS
    percent = f"{sign}{abs(change) // 10}"
    return t("{percent} % on last week", percent=percent), "pay" if change > 0 else "danger"


class Figure(Card):
    """One number of the day with its words and its trend."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, spacing=4, parent=parent)
        self._value = AmountLabel("", role="figure", align="start")
        self._trend = Label("", role="note", tone="text3")
        self.body.addWidget(Label(title, role="caption", tone="text2"))
        self.body.addWidget(self._value)
        self.body.addWidget(self._trend)

    def set(self, value: str, words: str, tone: Tone) -> None:
        """Show the figure."""
        self._value.set_text(value)
        self._trend.set_text(words)
        self._trend.set_tone(tone)

    def text(self) -> str:
        """What a person reads."""
        return f"{self._value.text()} {self._trend.text()}"


class TodayPage(QWidget):
    """Figures and a chart, read again every minute. Signals: ``loaded``."""

    loaded = Signal()

    def __init__(self, desk: ManagerDesk, lanes: Lanes, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._store = desk, lanes, store
        self._money = currency(store.currency)
        self.title = Label(t("Today"), role="title")
        self.when = Label("", role="note", tone="text2", align="end")
        self.banner = MessageBanner()
        self.total, self.sales = Figure(t("Sales @sum of money")), Figure(t("Customers"))
        self.average = Figure(t("Average basket"))
        self.chart = BarChart(height=320)
        self.nothing = Label(t("Nothing sold yet today."), role="body", tone="text2", align="center")
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.when, 1)
        again = Key(t("Refresh"), icon="refresh-cw", height=44, name="refresh")
        again.clicked.connect(self.refresh)
        head.addWidget(again)
        figures = QHBoxLayout()
        figures.setSpacing(theme().px(SPACE_3))
        for figure in (self.total, self.sales, self.average):
            figures.addWidget(figure, 1)
        chart = Card(padding=16, spacing=8)
        words = t("Sales by hour · pale bars are the same weekday last week")
        chart.body.addWidget(Label(words, role="body_strong"))
        chart.body.addWidget(self.chart, 1)
        chart.body.addWidget(self.nothing)
        self.nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(SPACE_3))
        column.addLayout(head)
        column.addWidget(self.banner)
        column.addLayout(figures)
        column.addWidget(chart, 1)

    def shown(self) -> None:
        """Read now, and from now on every minute."""
        self.refresh()
        self._timer.start()

    def left(self) -> None:
        """Another page is in front: stop reading."""
        self._timer.stop()

    def key_actions(self) -> Mapping[str, Action]:
        """No keys of its own beside the rail's."""
        return {}

    def refresh(self) -> None:
        """Ask the server; what is shown stays until the answer is there."""
        today = datetime.now(ZoneInfo(self._store.time_zone)).date()
        desk, number = self._desk, self._store.number
        self._lanes.run(Query(self, lambda: desk.day(number, today), self._show, self._failed))

    def _failed(self, problem: Exception) -> None:
        self.banner.show_message(text_for(problem), "warn", [(t("Try again"), self.refresh)])

    def _show(self, day: DaySales) -> None:
        self.banner.clear()
        money = self._money
        before = day.total_before // day.sales_before if day.sales_before else 0
        self.total.set(format_money(day.total, money), *trend(day.total, day.total_before))
        self.sales.set(str(day.sales), *trend(day.sales, day.sales_before))
        self.average.set(format_money(day.average, money), *trend(day.average, before))
        hours = {hour.hour: hour for hour in day.hours}
        shown = range(min((OPENING_HOURS[0], *hours)), max((OPENING_HOURS[1], *hours)) + 1)
        self.chart.set_data(
            [f"{hour:02}" for hour in shown],
            [hours[hour].total if hour in hours else 0 for hour in shown],
            [hours[hour].total_before if hour in hours else 0 for hour in shown],
            value_text=lambda value: format_money(value, money),
        )
        self.nothing.setVisible(not day.sales)
        now = datetime.now(UTC).astimezone(ZoneInfo(self._store.time_zone))
        words = t(
            "{weekday} {day} {month} · as of {time}",
            weekday=weekday(day.day),
            day=day.day.day,
            month=month(day.day),
            time=f"{now:%H:%M}",
        )
        self.when.set_text(words)
        self.loaded.emit()
