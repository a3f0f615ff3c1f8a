"""The inventory window: a manager's sign-in and the desk of a store; nothing typed is lost on the way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from pos_desktop.bootstrap import ManagerServices
from pos_desktop.services.manager import Store
from pos_desktop.words import t
from ui.keymap import Keymap, KeyRouter
from ui.manager.desk import Desk
from ui.manager.sign_in import Credentials, ManagerSignIn
from ui.manager.unsaved import AskUnsaved
from ui.messages import text_for
from ui.scan_input import ScanInput
from ui.tasks import Command, Lanes
from ui.widgets.key import Key, no_focus, switch
from ui.widgets.labels import Label
from ui.widgets.overlay import KeySheet

SCREEN = "back"
OpenDesk = Callable[[str, str], ManagerServices]


class InventoryWindow(QWidget):
    """Signs a manager in and shows the desk. Signals: ``closing`` once, ``signed_in``."""

    closing = Signal()
    signed_in = Signal()

    def __init__(
        self,
        app: QApplication,
        open_desk: OpenDesk,
        lanes: Lanes,
        *,
        keys: Keymap | None = None,
        hint: str = "",
    ) -> None:
        super().__init__()
        self.setObjectName("canvas")
        self.setWindowTitle(t("Inventory"))
        self._app, self._open_desk, self._lanes = app, open_desk, lanes
        self.keymap = keys or Keymap()
        self.services: ManagerServices | None = None
        self.desk: Desk | None = None
        self._sheet: KeySheet | None = None
        self._question: AskUnsaved | None = None
        self._going = False
        self.sign_in = ManagerSignIn(hint)
        self.sign_in.asked.connect(self._sign_in)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.sign_in)
        self.router = KeyRouter(self.keymap, self)
        self.router.set_screen(SCREEN)
        self.router.action.connect(self.press)
        self.scans = ScanInput(app, router=self._route, parent=self)
        self.scans.scanned.connect(self._scanned)
        self.sign_in.shown()

    def is_idle(self) -> bool:
        """Nothing is asked of the server."""
        return self._lanes.idle

    # -- signing in --------------------------------------------------------------------------------

    def _sign_in(self, asked: Credentials) -> None:
        opened = lambda services: self._opened(services, asked.login)  # noqa: E731 - keeps the login
        work = lambda: self._open_desk(asked.login, asked.password)  # noqa: E731 - the lane's work
        self._lanes.run(Command(self, work, opened, lambda p: self.sign_in.refuse(text_for(p))))

    def _opened(self, services: ManagerServices, login: str) -> None:
        self.services = services
        self._login = login
        self.sign_in.hide()
        self.show_store(services.stores[0])
        self.signed_in.emit()

    def show_store(self, store: Store) -> None:
        """Show the desk of one of the manager's stores."""
        if self.services is None:
            return
        self._take_desk_away()
        self.setWindowTitle(t("{store} · Inventory", store=store.name))
        desk = Desk(self.services, store, self._login, self._lanes, self.keymap)
        self._name_stores(desk, store)
        self.desk = desk
        desk.rail.sign_out_asked.connect(lambda: self.leave(self.sign_out))
        self._column.addWidget(desk)
        desk.open(0)

    def _take_desk_away(self) -> None:
        desk, self.desk = self.desk, None
        if desk is not None:
            desk.page.left()
            desk.hide()
            desk.deleteLater()

    def sign_out(self) -> None:
        """Back to the sign-in; the connections of this login are closed."""
        self._take_desk_away()
        services, self.services = self.services, None
        if services is not None:
            self._lanes.run(Command(self, services.close))
        self.setWindowTitle(t("Inventory"))
        self.sign_in.set_busy(False)
        self.sign_in.password.clear()
        self.sign_in.show()
        self.sign_in.shown()

    # -- leaving what is not saved -----------------------------------------------------------------

    def leave(self, then: Callable[[], None]) -> None:
        """Do ``then`` at once, or after what is not saved was saved or thrown away; never over it."""
        desk = self.desk
        if desk is None or not desk.unsaved:
            then()
            return
        if self._question is not None and self._question.isVisible():
            return
        question = AskUnsaved(self, desk.unsaved, desk.store.name)
        question.thrown_away.connect(desk.discard)
        question.thrown_away.connect(then)
        question.save_asked.connect(lambda: desk.save_then(then))
        self._question = question
        question.open()

    def _name_stores(self, desk: Desk, current: Store) -> None:
        """The store's name; with several, a key for each."""
        stores = self.services.stores if self.services else ()
        if len(stores) < 2:
            desk.stores.addWidget(Label(current.name, role="caption", tone="text2"), 1)
            return
        keys = [Key(store.name, height=40, name=f"store:{store.number}") for store in stores]
        for key, store in zip(keys, stores, strict=True):
            key.clicked.connect(lambda _checked=False, chosen=store: self._switch(chosen))
            no_focus(key)
            desk.stores.addWidget(key)
        desk.stores.addStretch(1)
        switch(keys, keys[stores.index(current)])

    def _switch(self, store: Store) -> None:
        if self.desk is not None and store != self.desk.store:
            self.leave(lambda: self.show_store(store))

    # -- keys ----------------------------------------------------------------------------------------

    def press(self, action: str) -> None:
        """Do an action of the key map on the page in front."""
        if action == "keys":
            self.show_keys()
        elif self.desk is not None and (act := self.desk.key_actions().get(action)) is not None:
            act()

    def show_keys(self) -> None:
        """Show what the keys do on the page in front."""
        if self._sheet is not None and self._sheet.isVisible():
            return
        doing = self.desk.key_actions() if self.desk is not None else {}
        self._sheet = KeySheet(self, self.keymap, SCREEN, {*doing, "keys"})
        self._sheet.open()

    def _scanned(self, code: str) -> None:
        """A scan finds what it belongs to on the page in front."""
        if self.desk is not None and not self._covered:
            self.desk.scanned(code)

    @property
    def _covered(self) -> bool:
        over = (self._sheet, self._question)
        return any(each is not None and each.isVisible() for each in over)

    def _route(self, event: QKeyEvent) -> bool:
        if self._covered or QApplication.activeWindow() not in (None, self):
            return False
        return self.router.handle(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what is not saved; then tell whoever owns the connections that the window goes."""
        if not self._going and self.desk is not None and self.desk.unsaved:
            event.ignore()
            self.leave(self._go)
            return
        if self.desk is not None:
            self.desk.page.left()
        self._app.removeEventFilter(self.scans)
        self.closing.emit()
        super().closeEvent(event)

    def _go(self) -> None:
        self._going = True
        self.close()
