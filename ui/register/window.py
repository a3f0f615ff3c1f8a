"""The register window: one stage, one door for keys and scans, and the flows that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget

from pos_desktop.bootstrap import AppServices
from pos_desktop.config import LOCK_MINUTES
from pos_desktop.services.results import TillState
from pos_desktop.words import later, t
from ui.keymap import Keymap, KeyRouter
from ui.register.commands import CommandSheet
from ui.register.flows import Flows
from ui.register.screen import Action
from ui.register.stage import StageWidget
from ui.register.topbar import TopBar
from ui.scan_input import ScanInput
from ui.sound import Sounds
from ui.tasks import Lanes
from ui.theme import theme
from ui.widgets.labels import Stripe
from ui.widgets.overlay import KeySheet
from ui.widgets.surface import BannerKind

ELSEWHERE = {
    "tender": later("Finish the payment, or go back to add items"),
    "find": later("Find an item by name"),
    "customer": later("Scan the customer's card, or type below"),
    "customer_form": later("Scan the customer's new card, or type below"),
    "change": later("Scan the next customer's first item"),
}

QUESTION = later("Answer first, then go on scanning")
TRAINING_WORDS = later("TRAINING MODE \u2014 nothing is sold, no stock moves, receipts are marked VOID")

NOBODY = frozenset({"sign_in", "lock", "locked_out"})
"""Screens that stand over the till while nobody works at it."""


class _LiveKeymap(Keymap):
    """The key map of one screen, less what does nothing there right now: the key sheet never lies."""

    def __init__(self, keymap: Keymap, screen: str, live: set[str]) -> None:
        super().__init__({screen: {name: keymap.keys(screen, name) for name in keymap.actions(screen)}})
        self._live = live

    def actions(self, screen: str) -> tuple[str, ...]:
        """The actions that do something."""
        return tuple(name for name in super().actions(screen) if name in self._live or name == "keys")


class RegisterWindow(QWidget):
    """The window a cashier sells in. Signals: ``closing`` once, when it is about to go."""

    closing = Signal()

    def __init__(
        self,
        app: QApplication,
        services: AppServices,
        state: TillState,
        lanes: Lanes,
        *,
        sounds: Sounds | None = None,
        keys: Keymap | None = None,
        mirrored: bool = False,
        hint: str = "",
        auto_lock_minutes: int | None = LOCK_MINUTES,
    ) -> None:
        super().__init__()
        self.setObjectName("canvas")
        self.setWindowTitle(t("{name} · Till {number}", name=state.store.name, number=state.number))
        self._mirrored, self._sounds, self._auto_lock = mirrored, sounds, auto_lock_minutes
        self.keymap = keys or Keymap()
        self.topbar = TopBar(state.store.name, self.keymap.hint("sale", "lock"))
        self.flows = Flows(services, state, lanes, self.keymap, self.topbar, hint, self)
        self.stage = StageWidget(self.topbar, self.flows.sale_screen)
        self.flows.desk.stage = self.stage
        self._lanes = lanes
        self._commands = CommandSheet(self.flows)
        self._sheet: KeySheet | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        # The layout follows the width, so the least width of today's layout must not hold the window open.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._refund = Stripe(t("REFUND · goods come back"), kind="refund")
        self._refund.hide()
        if services.till.training:
            column.addWidget(Stripe(t(TRAINING_WORDS)))
        column.addWidget(self._refund)
        column.addWidget(self.stage)
        self.router = KeyRouter(self.keymap, self)
        self.scans = ScanInput(app, router=self._route, parent=self)
        self.lock_after = QTimer(self)
        self.lock_after.setSingleShot(True)
        # Where each sale is locked after, one that was left unfinished waits as long as anywhere else.
        self.lock_after.setInterval((auto_lock_minutes or LOCK_MINUTES) * 60_000)
        app.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        self.scans.scanned.connect(self.scan)
        self.scans.unreadable.connect(self._unreadable)
        self.scans.double_read.connect(self.flows.devices.double_read)
        self.router.action.connect(self.press)
        self.stage.current_changed.connect(self._screen_changed)
        self.flows.desk.sale.asked.connect(self._screen_changed)
        self.flows.desk.sale.sound.connect(self._play)
        self.flows.desk.sale.basket_changed.connect(self._show_refund)
        self.flows.leave_asked.connect(self.close)
        self.flows.keys_asked.connect(self.show_keys)
        self.flows.banner_wanted.connect(self._banner)
        self.lock_after.timeout.connect(self.flows.session.lock)
        if self._auto_lock == 0:
            self.flows.sale_over.connect(self.flows.session.lock)
        theme().changed.connect(self._arrange)

    def start(self) -> None:
        """Settle what was left, then ask who is there."""
        self.flows.devices.attach(self.scans, self._sounds)
        self.flows.devices.show_customer(self.flows.paying)
        self.activateWindow()  # some systems give the keyboard to whatever was shown last
        self.flows.start()

    # -- keys and scans --------------------------------------------------------------------------

    def press(self, action: str) -> None:
        """Do an action of the key map on the current screen, as its key would."""
        if action == "keys":
            self.show_keys()
            return
        act = self.key_actions().get(action)
        if act is not None:
            act()

    def key_actions(self) -> Mapping[str, Action]:
        """What the current screen can do now."""
        if self._sheet_open():
            return {}
        screen = self.stage.current
        everywhere = {} if screen.name in NOBODY else {"lock": self.flows.session.lock}
        return {**everywhere, **screen.key_actions()}

    def scan(self, code: str) -> None:
        """A scanned code, for the current screen; refused audibly and counted while a question is open."""
        screen = self.stage.current
        if not self._sheet_open() and self._commands.take(code, screen):
            return
        if self._sheet_open() or screen.scan_policy == "refuse" or not screen.handle_scan(code):
            self.flows.desk.sale.ignore_scan()

    def show_keys(self) -> None:
        """Show what the keys of this screen do."""
        if self._sheet_open():
            return
        name = self.stage.current.name
        keymap = _LiveKeymap(self.keymap, name, set(self.key_actions()))
        self._sheet = KeySheet(self, keymap, name)
        self._sheet.closed.connect(self._sheet_closed)
        self._sheet.open()

    def _sheet_open(self) -> bool:
        return self._sheet is not None and self._sheet.isVisible()

    def _sheet_closed(self) -> None:
        if self._sheet is not None:
            self._sheet.deleteLater()
            self._sheet = None
        self.stage.current.shown()

    def _route(self, event: QKeyEvent) -> bool:
        if QApplication.activeWindow() not in (None, self) or self._sheet_open():
            return False
        return self.router.handle(event)

    def _banner(self, words: str, keys: Sequence[tuple[str, Action]], kind: BannerKind) -> None:
        if words:
            self.stage.banner.show_message(words, kind, keys)
        else:
            self.stage.banner.clear()

    def _unreadable(self, _text: str) -> None:
        self.flows.unreadable()

    def _play(self, name: str) -> None:
        if self._sounds is not None:
            self._sounds.play(name)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key no widget wanted goes to the current screen."""
        screen = self.stage.current
        if not screen.hasFocus() and not self._sheet_open() and event.text():
            screen.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _show_refund(self) -> None:
        lines = self.flows.desk.sale.basket.lines
        self._refund.setVisible(any(line.back is not None for line in lines))

    # -- what is shown ---------------------------------------------------------------------------

    def _screen_changed(self) -> None:
        screen = self.stage.current
        self.router.set_screen(screen.name)
        self.flows.status.on_screen(self.stage.body.name)
        on_sale = self.stage.body is self.flows.sale_screen
        open_ = on_sale and self.flows.desk.sale.question is None
        words = t(ELSEWHERE.get(self.stage.body.name, QUESTION))
        self.topbar.set_open(open_, words)
        if screen is self.flows.sale_screen:
            screen.shown() if open_ else screen.setFocus()
        self._awake()

    def probe(self) -> dict[str, object]:
        """What a person can read, for tests and the robot cashier."""
        sale = self.flows.sale_screen.probe()
        shown = "keys" if self._sheet_open() else self.stage.current.name
        return {
            **sale,
            "training": self.flows.desk.services.training,
            **self.stage.current.probe(),
            **self.flows.probe(),
            **self.flows.devices.probe(),
            "screen": shown,
            "banner": self.stage.banner.text(),
        }

    def is_idle(self) -> bool:
        """Nothing is under way: no lane works, no scan waits, no key is held back."""
        return self._lanes.idle and not self.scans.pending and self.flows.ringing.waiting == 0

    @property
    def moving(self) -> bool:
        """Something on the screen still changes by itself: a picture taken now would not last."""
        return self.flows.sale_screen.basket.strip.flashing

    # -- window ----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        layout = theme().layout_for(self.width())
        self.flows.sale_screen.arrange(layout, mirrored=self._mirrored)
        self.topbar.set_layout_class(layout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the layout for the new width."""
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or touch keeps the till from locking itself."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._awake()
        return super().eventFilter(watched, event)

    def _awake(self) -> None:
        if self._auto_lock is not None:
            self.lock_after.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell whoever owns the till that the window goes."""
        self.lock_after.stop()
        self.flows.devices.close()
        app = QApplication.instance()
        if app is not None:
            # A window that is gone must not go on reading keys for the next one.
            app.removeEventFilter(self.scans)
            app.removeEventFilter(self)
        self.closing.emit()
        super().closeEvent(event)
