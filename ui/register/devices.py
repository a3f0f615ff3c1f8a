"""What hangs on the till, at one place: scale, scanner, customer display, drawer, sound, and their page."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from pos_desktop.bootstrap import AppServices
from pos_desktop.config import save_section
from pos_desktop.domain.permissions import MANAGE
from pos_desktop.domain.receipt import ReportPaper, Section
from pos_desktop.words import later, t
from ui.customer_display.window import CustomerDisplay
from ui.port_scanner import PortScanner
from ui.register.approvals import Approvals, act
from ui.register.customer_feed import CustomerFeed
from ui.register.desk import Desk
from ui.register.device_rows import device_rows
from ui.register.drawer_watch import DrawerWatch
from ui.register.edits import LineEdits
from ui.register.paying import Paying
from ui.register.printing import PaperDesk
from ui.register.rail import PadCard
from ui.register.ringing import Ringing
from ui.register.screen import Action
from ui.register.screens.change import ChangeScreen
from ui.register.screens.devices import DeviceRow, DevicesPanel
from ui.register.screens.scanner_setup import ScannerSetup
from ui.register.weighing import ScaleDesk
from ui.scan_input import ScanInput, ScanSettings, scan_settings
from ui.sound import Sounds
from ui.widgets.surface import BannerKind

STATUS_MS = 30_000
"""How often the printer is asked how it is while nothing prints."""
NEXT_AFTER_MS = 20_000
"""The change goes from the screen this long after the drawer was shut (UX 5.4)."""


class DeviceDesk(QObject):
    """Signals: ``changed`` when a chip or the banner has to say something else; ``noted`` (name, detail) for
    what the books should have: the drawer sent its pulse once more."""

    changed = Signal()
    noted = Signal(str, object)

    def __init__(
        self,
        desk: Desk,
        services: AppServices,
        paper: PaperDesk,
        approvals: Approvals,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._services = desk, services
        self._paper, self._approvals = paper, approvals
        self.scale = ScaleDesk(services.scale, self)
        self.drawer = DrawerWatch(paper, services.settings.drawer, self)
        self.feed: CustomerFeed | None = None
        self.port: PortScanner | None = None
        self._scans: ScanInput | None = None
        self._sounds: Sounds | None = None
        self._ringing: Ringing | None = None
        self._pad: PadCard | None = None
        self._panel: DevicesPanel | None = None
        self._missing = ""
        self._status = QTimer(self)
        self._status.setInterval(STATUS_MS)
        self._status.timeout.connect(paper.ask_status)
        self._shut = QTimer(self)
        self._shut.setSingleShot(True)
        self._shut.setInterval(NEXT_AFTER_MS)
        self._shut.timeout.connect(self._next_customer)
        for source in (self.scale.changed, self.drawer.changed, paper.status_changed):
            source.connect(lambda *_: self._tell())
        self.drawer.stood_open.connect(lambda: desk.sale.sound.emit("attention"))
        self.drawer.closed.connect(self._shut.start)

    def attach(self, scans: ScanInput, sounds: Sounds | None) -> None:
        """The window's filter for scans and its tones; devices begin to work here."""
        self._scans, self._sounds = scans, sounds
        scans.settings = scan_settings(self._services.settings.scanner)
        lane = self._services.scanner
        if lane is not None:
            self.port = PortScanner(lane, scans, self)
            self.port.trouble.connect(lambda _words: self._tell())
            self.port.start()
        self.scale.start()
        if self.printer_fitted and self._services.settings.printer.kind != "file":
            self._status.start()
            self._paper.ask_status()

    def serve(self, ringing: Ringing, edits: LineEdits, pad: PadCard) -> None:
        """Who asks the scale for weights, and where what lies on it is shown."""
        ringing.scale = edits.scale = self.scale
        self._ringing, self._pad = ringing, pad
        self.scale.changed.connect(self._show_scale)

    def _show_scale(self) -> None:
        if self._pad is not None:
            self._pad.show_scale(self.scale.row, stands=self.scale.verdict == "take")

    def double_read(self, _code: str) -> None:
        """One pack read twice at once counts once; said beside what was added, once that is there."""
        ringing = self._ringing
        if ringing is not None and ringing.waiting:
            ringing.idle.connect(self._say_twice, Qt.ConnectionType.SingleShotConnection)
        else:
            self._say_twice()

    def _say_twice(self) -> None:
        sale = self._desk.sale
        strip, said = sale.strip, t("read twice, counted once")
        if strip.kind in ("added", "note") and said not in strip.detail:
            sale.say(replace(strip, detail=f"{strip.detail} · {said}"))

    def _next_customer(self) -> None:
        """The change was put away with the drawer: on to the next customer."""
        screen = self._desk.stage.current
        if isinstance(screen, ChangeScreen):
            screen.next_asked.emit()

    def close(self) -> None:
        """Take the customer's window away; the lanes end with the services."""
        if self.feed is not None:
            self.feed.display.close()
            self.feed.display.deleteLater()
            self.feed = None

    def show_customer(self, paying: Paying) -> None:
        """Open the customer's display, if there is one and its screen is there."""
        settings, store = self._services.settings.display, self._desk.state.store
        if settings.kind == "none":
            return
        display = CustomerDisplay(store.name, settings.words, settings.picture)
        self.feed = CustomerFeed(self._desk, paying, display, self)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self.place_display)
            app.screenRemoved.connect(self.place_display)
        self.place_display()

    def place_display(self, *_screen: object) -> None:
        """Onto its screen; away while that is not there, or the system would lay it over the register."""
        settings, display = self._services.settings.display, self.feed.display if self.feed else None
        if display is None:
            return
        there = display.open_on(settings.screen if settings.kind == "screen" else 0)
        display.setVisible(there)
        self._missing = "" if there else t("Screen {screen} is not there.", screen=settings.screen)
        self._tell()

    # -- what the top bar says -------------------------------------------------------------------

    @property
    def printer_fitted(self) -> bool:
        """A printer is set up."""
        return self._services.settings.printer.kind != "none"

    @property
    def printer_words(self) -> str:
        """The chip's words for printer and drawer, empty when both are well."""
        status = self._paper.status
        if self.drawer.words:
            return t("Drawer open") if self.drawer.is_open else t("Drawer stuck")
        if status is None:
            return ""
        return status.chip

    @property
    def scale_words(self) -> str:
        """The chip's words for the scale, empty when it is well."""
        return self.scale.trouble

    def banner(self) -> tuple[str, BannerKind]:
        """What may be said across the screen when nothing else has to be: a roll that ends soon."""
        status = self._paper.status
        low = status is not None and status.well and status.paper_low
        return (status.words, "info") if status is not None and low else ("", "info")

    @property
    def drawer_keys(self) -> tuple[tuple[str, Action], ...]:
        """What can be done about the drawer: a stuck one gets its pulse again, which is written down."""
        return () if self.drawer.is_open else ((t("Open it again"), self._kick_again),)

    def _kick_again(self) -> None:
        self.noted.emit("drawer_kicked_again", {})
        self._paper.kick_drawer()

    def probe(self) -> dict[str, object]:
        """What the customer reads."""
        return self.feed.probe() if self.feed is not None else {"display": ""}

    # -- the page --------------------------------------------------------------------------------

    def open_panel(self) -> None:
        """Every device and how it stands."""
        panel = DevicesPanel(self._rows(), keys=self._desk.keys)
        self._panel = panel
        panel.scanner_asked.connect(self._set_scanner_up)
        panel.refresh_asked.connect(self._paper.ask_status)
        panel.test_page_asked.connect(self._test_page)
        panel.volume_asked.connect(self._set_volume)
        panel.back.connect(self._close_panel)
        self._desk.stage.open_overlay(panel)

    def _close_panel(self) -> None:
        panel, self._panel = self._panel, None
        if panel is not None and isValid(panel):
            self._desk.stage.close_overlay(panel)

    def _tell(self) -> None:
        if self._panel is not None and isValid(self._panel):
            for row in self._rows():
                self._panel.show_row(row)
        self.changed.emit()

    def _rows(self) -> tuple[DeviceRow, ...]:
        volume = self._sounds.volume if self._sounds is not None else 0
        return device_rows(
            self._services.settings,
            printer=self._paper.status,
            drawer=self.drawer,
            scanner=self.port.words if self.port is not None else "",
            scale=self.scale.reading,
            display=self._missing,
            volume=volume,
        )

    # -- what its keys do ------------------------------------------------------------------------

    def _test_page(self) -> None:
        settings = self._services.settings.printer
        shop = self._desk.services.shop_paper()
        facts = (
            (t("Till"), str(self._desk.state.number)),
            (t("Printer"), f"{settings.kind} {settings.address}"),
        )
        signs = Section(t("Signs"), (("£ € $ ä ö ü ß é", "0.00"), ("0123456789", "9 999.99")))
        self._paper.print_paper(ReportPaper(shop=shop, title=t("Test page"), facts=facts, sections=(signs,)))

    def _set_volume(self, by: int) -> None:
        if self._sounds is None:
            return
        self._sounds.set_volume(self._sounds.volume + by)
        self._keep("sound", {"volume": self._sounds.volume})
        self._desk.sale.sound.emit("added")
        self._tell()

    def _keep(self, section: str, values: dict[str, str | int | bool]) -> str:
        """Write settings down; empty, or why that was not possible."""
        try:
            save_section(self._services.settings.file, section, values)
        except OSError as problem:
            file = self._services.settings.file
            words = t("{file} was not written: {why}", file=file, why=problem.strerror)
            if self._panel is not None and isValid(self._panel):
                self._panel.say(words, "warn")
            return words
        return ""

    # -- setting a scanner up --------------------------------------------------------------------

    def _set_scanner_up(self) -> None:
        scans = self._scans
        if scans is None:
            return
        self._close_panel()
        over = self._services.settings.scanner.port
        screen = ScannerSetup(scans.settings, over, keys=self._desk.keys)
        scans.traced.connect(screen.show_trace)
        scans.tracing = True

        def done() -> None:
            scans.tracing = False
            self._desk.stage.show_sale()

        screen.back.connect(done)
        screen.use_asked.connect(lambda: self._approve(screen, scans))
        self._desk.stage.show_body(screen)

    def _approve(self, screen: ScannerSetup, scans: ScanInput) -> None:
        found = screen.found
        if found is not None:
            self._approvals.need(
                MANAGE,
                act(later("Change how the scanner is read")),
                lambda _who: self._use(screen, scans, found),
            )

    def _use(self, screen: ScannerSetup, scans: ScanInput, found: ScanSettings) -> None:
        known = self._services.settings.scanner
        values: dict[str, str | int | bool] = {"gap_ms": found.max_gap_ms, "double_ms": found.double_read_ms}
        values |= {name: text for name, text in (("prefix", found.prefix), ("suffix", found.suffix)) if text}
        if known.kind == "serial":
            values |= {"kind": "serial", "port": known.port, "baud": known.baud, "framing": known.framing}
        trouble = self._keep("scanner", values)
        if trouble:
            screen.say(trouble)
            return
        scans.settings = found
        screen.say(t("Kept. Scan once more to see it work."), good=True)
