"""What stands over the sale all day: till and shift, the chips of server and printer, and the one banner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.calendar_words import short_weekday
from pos_desktop.domain.money import format_money
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.services.results import Refused
from pos_desktop.words import t
from ui.register.away import Away
from ui.register.away_words import ALONE, STUCK, banner, cap_rows, chip
from ui.register.desk import Desk
from ui.register.devices import DeviceDesk
from ui.register.printing import PaperDesk
from ui.register.screen import Action
from ui.register.screens.offline import OfflinePanel
from ui.register.screens.typed import short_date
from ui.register.screens.values import OfflineView, Person
from ui.register.topbar import TopBar

Keys = Sequence[tuple[str, Action]]

NO_BANNER = frozenset({"tender"})


class Status(QObject):
    """Signals: ``banner_wanted`` (words, keys, kind); empty words take it away.

    The printer's trouble stands before the server's: paper is in the cashier's own hands.
    """

    banner_wanted = Signal(str, object, str)

    def __init__(
        self,
        desk: Desk,
        topbar: TopBar,
        paper: PaperDesk,
        away: Away,
        devices: DeviceDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._topbar, self._paper, self._away = desk, topbar, paper, away
        self._devices = devices
        self._shown: tuple[str, str] = ("", "")
        self._screen = ""
        self._full: tuple[str, Action] = ("", lambda: None)
        desk.state_changed.connect(self.show)
        away.changed.connect(self.show)
        away.refused.connect(self._refused)
        paper.trouble.connect(lambda _words: self.show())
        devices.changed.connect(self.show)
        topbar.scale_asked.connect(devices.open_panel)

    def show(self) -> None:
        """Show everything as it is now."""
        state = self._desk.state
        day = date.fromisoformat(state.shift.business_date) if state.shift else None
        self._topbar.set_place(state.number, t("Shift {date}", date=short_date(day)) if day else "")
        self._topbar.set_network(*chip(self._away.state, sending=self._away.sending))
        waits = t("Printer waits") if self._paper.words else self._devices.printer_words
        self._topbar.set_printer(waits, fitted=self._devices.printer_fitted)
        self._topbar.set_scale(self._devices.scale_words)
        cashier = self._desk.cashier
        self._topbar.set_person(Person(cashier.number, cashier.name, cashier.role) if cashier else None)
        self._show_banner()

    def on_screen(self, name: str) -> None:
        """Another screen stands under the top bar. The payment says itself what may be taken, and needs
        the height of the banner for its pad."""
        if name != self._screen:
            self._screen = name
            self._show_banner()

    def drawer_full(self, words: str, drop: Action) -> None:
        """The drawer holds too much (``words``; "" when there is room): ``drop`` takes some to the safe."""
        self._full = (words, drop)
        self._show_banner()

    def _show_banner(self) -> None:
        words, kind = banner(self._away.state, sending=self._away.sending, sent=self._away.sent)
        keys: Keys = ((t("How far"), self.open_panel),) if self._away.state.away else ()
        if self._full[0] and not words:
            words, kind, keys = self._full[0], "warn", ((t("To the safe"), self._full[1]),)
        if not words:
            words, kind = self._devices.banner()
        if self._devices.drawer.words:
            words, kind, keys = self._devices.drawer.words, "warn", self._devices.drawer_keys
        if self._paper.words:
            words, kind = self._paper.words, "warn"
            keys = ((t("Print again"), self._paper.print_again), (t("No paper @key"), self._paper.drop))
        if self._screen in NO_BANNER:
            words = ""
        # Said once: a person who put a message away is not told it again.
        if (words, kind) != self._shown:
            self._shown = (words, kind)
            self.banner_wanted.emit(words, keys, kind)

    def _refused(self, refusals: Sequence[Refused]) -> None:
        """The server would not book what was sold alone: goods and money are gone, so it is only said."""
        last = refusals[-1]
        fields = last.document.fields
        number = receipt_number(fields["store"], fields["till"], fields["epoch"], last.document.no)
        if len(refusals) > 1:
            number = t("{number} and {count} more", number=number, count=len(refusals) - 1)
        words = t("{number} was sold alone and not booked: {words}", number=number, words=last.words)
        todo = t("The manager is told; there is nothing to do here.")
        self.banner_wanted.emit(f"{words}\n{todo}", (), "warn")

    # -- how far alone ---------------------------------------------------------------------------

    def open_panel(self) -> None:
        """Show how the server and this till stand."""
        panel = OfflinePanel(self._view(), keys=self._desk.keys)
        panel.back.connect(lambda: self._desk.stage.close_overlay(panel))
        self._desk.stage.open_overlay(panel)

    def _view(self) -> OfflineView:
        state, currency = self._away.state, self._desk.sale.currency
        alone = format_money(state.caps.sale, currency)
        if not state.enabled:
            words = t(STUCK) if state.away else t("All is sent. Without the server this till sells nothing.")
            return OfflineView(_title(away=state.away), words, facts=_mirror(state.mirror_words))
        words = state.words or (
            t(ALONE) if state.away else t("All is sent. Without the server it sells so far:")
        )
        facts = [t("One sale alone goes up to {alone}.", alone=alone)]
        if state.snapshot_valid_until is not None:
            zone = ZoneInfo(self._desk.state.store.time_zone)
            until = state.snapshot_valid_until.astimezone(zone)
            facts.append(
                t(
                    "Prices on this till hold until {weekday} {date} {time}.",
                    weekday=short_weekday(until),
                    date=short_date(until),
                    time=f"{until:%H:%M}",
                )
            )
        if state.pending:
            facts.append(t("Waiting to be sent: {pending}.", pending=state.pending))
        return OfflineView(
            _title(away=state.away), words, cap_rows(state, currency), (*facts, *_mirror(state.mirror_words))
        )

    def probe(self) -> dict[str, object]:
        """Chips and what the till knows of the server."""
        state = self._away.state
        return {
            "network": self._topbar.network.text(),
            "printer": self._topbar.printer.text(),
            "scale": self._devices.scale.shown,
            "away": state.away,
            "queued": state.sales,
            "pending": state.pending,
            "level": state.level,
            "copied": state.snapshot_valid_until is not None,
        }


def _title(*, away: bool) -> str:
    return t("The server is away") if away else t("The server answers")


def _mirror(words: str) -> tuple[str, ...]:
    return (words,) if words else ()
