"""The inventory window: a manager's sign-in, the rail of pages, and the keys of the page in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.bootstrap import ManagerServices
from pos_desktop.services.manager import Store
from ui.keymap import Keymap, KeyRouter
from ui.manager.products_page import ProductsPage
from ui.manager.sign_in import Credentials, ManagerSignIn
from ui.manager.today import TodayPage
from ui.messages import text_for
from ui.scan_input import ScanInput
from ui.tasks import Command, Lanes
from ui.theme import SPACE_2, SPACE_3, theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key, no_focus, switch
from ui.widgets.labels import Avatar, Label
from ui.widgets.overlay import KeySheet

SCREEN = "back"
Action = Callable[[], None]
OpenDesk = Callable[[str, str], ManagerServices]
Page = TodayPage | ProductsPage


@dataclass(frozen=True, slots=True)
class _Entry:
    """One page of the rail."""

    words: str
    icon: str
    page: Page


class Rail(QWidget):
    """Icon and word for each page, at the left edge. Signals: ``chosen(int)``."""

    chosen = Signal(int)

    def __init__(self, entries: Sequence[_Entry], initials: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(theme().px(88))
        column = QVBoxLayout(self)
        column.setSpacing(theme().px(SPACE_2))
        self._keys: list[Key] = []
        for number, entry in enumerate(entries):
            key = Key(entry.words, icon=entry.icon, form="column", height=64, name=f"page:{entry.words}")
            key.clicked.connect(lambda _checked=False, n=number: self.chosen.emit(n))
            no_focus(key)
            self._keys.append(key)
            column.addWidget(key)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Avatar(initials))
        row.addStretch(1)
        column.addLayout(row)

    def show_page(self, number: int) -> None:
        """Mark the page in front."""
        switch(self._keys, self._keys[number])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A surface with a hairline to the page."""
        with Canvas.on(self) as canvas:
            canvas.fill(self.rect().toRectF(), theme().c.surface)
            canvas.fill(self.rect().toRectF().adjusted(self.width() - 1, 0, 0, 0), theme().c.line)


class Desk(QWidget):
    """Rail and pages of one store."""

    def __init__(
        self, services: ManagerServices, store: Store, login: str, lanes: Lanes, keys: Keymap
    ) -> None:
        super().__init__()
        self.today = TodayPage(services.desk, lanes, store)
        self.products = ProductsPage(services.desk, lanes, store, keys)
        self._entries = (
            _Entry("Today", "layout-dashboard", self.today),
            _Entry("Products", "package", self.products),
        )
        self.rail = Rail(self._entries, login.removeprefix("mgr_")[:2].upper())
        self.rail.chosen.connect(self.open)
        self._stack = QStackedWidget()
        for entry in self._entries:
            self._stack.addWidget(entry.page)
        self.stores = QHBoxLayout()
        right = QVBoxLayout()
        margin = theme().px(SPACE_3)
        right.setContentsMargins(margin, margin, margin, margin)
        right.setSpacing(margin)
        self.stores.setSpacing(theme().px(SPACE_2))
        right.addLayout(self.stores)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)

    @property
    def page(self) -> Page:
        """The page in front."""
        return self._entries[self._stack.currentIndex()].page

    def open(self, number: int) -> None:
        """Bring a page to the front."""
        self.today.left()
        self._stack.setCurrentIndex(number)
        self.rail.show_page(number)
        self.page.shown()

    def key_actions(self) -> Mapping[str, Action]:
        """The page's keys, and the rail's; a page with an open question stays in front."""
        if self.page is self.products and self.products.asking:
            return {}
        pages = {f"section_{n + 1}": (lambda number=n: self.open(number)) for n in range(len(self._entries))}
        return {**pages, **self.page.key_actions()}


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
        self.setWindowTitle("Inventory")
        self._app, self._open_desk, self._lanes = app, open_desk, lanes
        self.keymap = keys or Keymap()
        self.services: ManagerServices | None = None
        self.desk: Desk | None = None
        self._sheet: KeySheet | None = None
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
        if self.desk is not None:
            self.desk.today.left()
            self.desk.hide()
            self.desk.deleteLater()
        self.setWindowTitle(f"{store.name} · Inventory")
        desk = Desk(self.services, store, self._login, self._lanes, self.keymap)
        self._name_stores(desk, store)
        self.desk = desk
        self._column.addWidget(desk)
        desk.open(0)

    def _name_stores(self, desk: Desk, current: Store) -> None:
        """The store's name; with several, a key for each."""
        stores = self.services.stores if self.services else ()
        if len(stores) < 2:
            desk.stores.addWidget(Label(current.name, role="caption", tone="text2"), 1)
            return
        keys = [Key(store.name, height=40, name=f"store:{store.number}") for store in stores]
        for key, store in zip(keys, stores, strict=True):
            key.clicked.connect(lambda _checked=False, chosen=store: self.show_store(chosen))
            no_focus(key)
            desk.stores.addWidget(key)
        desk.stores.addStretch(1)
        switch(keys, keys[stores.index(current)])

    # -- keys ----------------------------------------------------------------------------------------

    def press(self, action: str) -> None:
        """Do an action of the key map on the page in front."""
        if action == "keys":
            self.show_keys()
        elif self.desk is not None and (act := self.desk.key_actions().get(action)) is not None:
            act()

    def show_keys(self) -> None:
        """Show what the keys of this window do."""
        if self._sheet is not None and self._sheet.isVisible():
            return
        self._sheet = KeySheet(self, self.keymap, SCREEN)
        self._sheet.open()

    def _scanned(self, code: str) -> None:
        """A scan on the products page finds its product; elsewhere it means nothing."""
        if self.desk is not None and self.desk.page is self.desk.products:
            self.desk.products.find_code(code)

    def _route(self, event: QKeyEvent) -> bool:
        over = self._sheet is not None and self._sheet.isVisible()
        if over or QApplication.activeWindow() not in (None, self):
            return False
        return self.router.handle(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell whoever owns the connections that the window goes."""
        if self.desk is not None:
            self.desk.today.left()
        self._app.removeEventFilter(self.scans)
        self.closing.emit()
        super().closeEvent(event)
