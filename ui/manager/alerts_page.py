"""Alerts: one inbox of what needs the manager, with what happened, what to do, and the document behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.manager_alerts import Alert, AlertFilter, ManagerAlerts
from pos_desktop.words import later, t, t_n
from ui.keymap import Keymap
from ui.manager.bars import number
from ui.manager.grid_page import GridPage, PageSpec
from ui.models.journal import CHIPS, alert_columns, level, moment
from ui.tasks import Command, Lanes
from ui.widgets.key import Key
from ui.widgets.labels import Chip, Label
from ui.widgets.surface import Card


def put_away_words(kept: int, others: int) -> str:
    """How many were put away now, and how many had been before."""
    words = t_n(kept, "{n} alert put away.", "{n} alerts put away.", n=number(kept))
    if not others:
        return words
    more = t_n(others, "{n} other had been already.", "{n} others had been already.", n=number(others))
    return f"{words} {more}"


class AlertPane(Card):
    """One alert in full. Signals: ``document_asked(str)``, ``seen_asked(Alert)``."""

    document_asked = Signal(str)
    seen_asked = Signal(object)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, spacing=12, parent=parent)
        self._zone = zone
        self.alert: Alert | None = None
        self.title = Label("", role="heading", max_lines=3)
        self.chip = Chip("", name="level")
        self.when = Label("", role="note", tone="text2", max_lines=2)
        self.happened = Label("", role="body", max_lines=12)
        self.about = Label("", role="note", tone="text2", max_lines=3)
        self.todo_head = Label(t("What to do"), role="chip", tone="text2", max_lines=1)
        self.todo = Label("", role="body_strong", max_lines=8)
        self.document = Key(t("Open the document"), icon="receipt-text", name="open_document", height=48)
        self.seen = Key(t("Put away"), icon="check", variant="accent", name="put_away", height=48)
        for widget in (
            self.title,
            self.chip,
            self.when,
            self.happened,
            self.about,
            self.todo_head,
            self.todo,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.body.addWidget(self.document)
        self.body.addWidget(self.seen)
        self.document.clicked.connect(self._open)
        self.seen.clicked.connect(lambda: self.seen_asked.emit(self.alert))
        self.show_alert(None)

    def show_alert(self, alert: Alert | None) -> None:
        """Show an alert, or that there is none."""
        self.alert = alert
        parts = (self.chip, self.when, self.happened, self.todo_head, self.todo, self.seen)
        for widget in parts:
            widget.setVisible(alert is not None)
        self.about.setVisible(alert is not None and bool(alert.about))
        self.document.setVisible(alert is not None and bool(alert.document))
        if alert is None:
            self.title.set_text(t("Nothing is chosen."))
            return
        pill = level(alert)
        self.title.set_text(alert.words.title)
        self.chip.set(pill.text, CHIPS[pill.state], pill.icon)
        place = t("Till {till}.", till=alert.till) if alert.till else t("The server.")
        self.when.set_text(f"{place} {self._since(alert)}")
        self.happened.set_text(alert.words.happened)
        self.todo.set_text(alert.words.todo)
        self.about.set_text(alert.about)
        words = t("You have seen it already.")
        if alert.id == "alert:0":
            words = t("It stays here until the keeper is back.")
        self.seen.set_reason(words if alert.seen or alert.id == "alert:0" else "")

    def _since(self, alert: Alert) -> str:
        if alert.over:
            return t("It is over.")
        at = moment(alert.at, self._zone)
        if alert.times > 1:
            return t("Since {moment}, {n} times.", moment=at, n=alert.times)
        return t("Since {moment}.", moment=at)

    def _open(self) -> None:
        if self.alert is not None and self.alert.document:
            self.document_asked.emit(self.alert.document)


class AlertsPage(GridPage):
    """What needs the manager, worst first. Signals: ``document_asked(str)``."""

    WIDTHS = (300, 340, 420)
    document_asked = Signal(str)

    def __init__(self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap) -> None:
        self.alerts = ManagerAlerts(desk, store)
        zone = ZoneInfo(store.time_zone)
        spec = PageSpec(
            "alerts",
            t("Alerts"),
            t("Filter by what happened, till…"),
            "",
            alert_columns(zone),
            lambda wanted, sort, after: self.alerts.page(wanted, sort, after),
            self.alerts.count,
        )
        self._zone = zone
        super().__init__(desk, lanes, store, keys, spec, AlertFilter(store.number))

    def _prepare(self) -> None:
        self.pane = AlertPane(self._zone)
        self.urgent = Key(t("Alarms only"), icon="circle-alert", name="urgent", height=44, checkable=True)
        self.away = Key(t("Put away"), icon="check", name="bulk_away", height=40)

    def _filter_keys(self) -> Sequence[Key]:
        return (self.urgent,)

    def _bulk_keys(self) -> Sequence[Key]:
        return (self.away,)

    def _pane(self) -> QWidget:
        return self.pane

    def _connect(self) -> None:
        super()._connect()
        self.urgent.toggled.connect(lambda _: self._ask())
        self.away.clicked.connect(lambda: self.put_away(list(self.model.ticked.values())))
        self.pane.seen_asked.connect(lambda alert: self.put_away([alert]))
        self.pane.document_asked.connect(self.document_asked)
        self.table.opened.connect(self._opened)

    def key_actions(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+S puts the alert in hand, or the chosen ones, away."""
        actions = dict(super().key_actions())
        if actions:
            actions["save"] = self._away_in_hand
        return actions

    def _away_in_hand(self) -> None:
        chosen = list(self.model.ticked.values()) or [self.pane.alert]
        self.put_away([each for each in chosen if each is not None])

    # -- filtering -------------------------------------------------------------------------------------

    def _wanted(self) -> AlertFilter:
        words = self.filter.field.text().strip()
        return AlertFilter(self._store.number, words, self.urgent.isChecked())

    def _plain_filter(self) -> None:
        self.urgent.blockSignals(True)
        self.urgent.setChecked(False)
        self.urgent.blockSignals(False)

    def _none_words(self, wanted: AlertFilter) -> tuple[str, bool]:
        if wanted.words or wanted.urgent:
            found = t("No alert matches “{words}”.", words=wanted.words)
            return found if wanted.words else t("There is no alarm."), True
        return t("Nothing needs you now."), False

    def _counted(self, found: tuple[int, bool]) -> None:
        super()._counted(found)
        one, many = later("{n} thing in {store}"), later("{n} things in {store}")
        words = t_n(found[0], one, many, n=number(found[0]), store=self._store.name)
        self.count.set_text(words if found[0] else "")

    # -- one alert -------------------------------------------------------------------------------------

    def _in_hand(self, row: Any) -> None:
        self.pane.show_alert(row)

    def _row_to_take(self) -> int | None:
        return self.model.row_of(self.pane.alert.id) if self.pane.alert else None

    def _opened(self, alert: Alert) -> None:
        if alert.document:
            self.document_asked.emit(alert.document)

    def put_away(self, alerts: Sequence[Alert]) -> None:
        """The manager has looked at these: they leave the inbox unless they are still so."""
        wanted = [each for each in alerts if each.id != "alert:0" and not each.seen]
        if not wanted:
            self.say(t("These stay until they are no longer so."), "info")
            return

        def done(kept: int) -> None:
            self.model.tick_only(())
            self.say(put_away_words(kept, len(wanted) - kept), "good")
            self._ask()

        work = lambda: sum(self.alerts.put_away(each) for each in wanted)  # noqa: E731 - the lane's work
        self._lanes.run(Command(self, work, done, self._failed))
