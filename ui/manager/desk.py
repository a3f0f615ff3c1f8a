"""One store's desk: the rail and its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.bootstrap import ManagerServices
from pos_desktop.services.manager import Store
from pos_desktop.words import later, t, t_n
from ui.keymap import Keymap
from ui.manager.alerts_page import AlertsPage
from ui.manager.bars import number
from ui.manager.customers_page import CustomersPage
from ui.manager.grid_page import GridPage
from ui.manager.journal_page import JournalPage
from ui.manager.papers_page import PapersPage
from ui.manager.products_page import ProductsPage
from ui.manager.roles_page import RolesPage
from ui.manager.today import TodayPage
from ui.tasks import Lanes
from ui.theme import SPACE_2, SPACE_3, theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key, no_focus, switch
from ui.widgets.labels import Avatar

Action = Callable[[], None]
Page = TodayPage | GridPage | PapersPage


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the rail."""

    name: str
    words: str
    icon: str
    page: Page


def rail_width(texts: Sequence[str]) -> int:
    """88 logical pixels, or what the longest word needs when it is set a little smaller."""
    chip, px = theme().type("chip"), theme().px
    longest = max(chip.width(word) for text in texts for word in text.split())
    return max(px(88), round(longest * 0.85) + px(29))


class Rail(QWidget):
    """Icon and word for each page, at the left edge. Signals: ``chosen(int)``, ``sign_out_asked``."""

    chosen = Signal(int)
    sign_out_asked = Signal()

    def __init__(self, entries: Sequence[Entry], initials: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(rail_width([*(entry.words for entry in entries), t("Sign out")]))
        column = QVBoxLayout(self)
        column.setSpacing(theme().px(SPACE_2))
        self.keys: list[Key] = []
        for place, entry in enumerate(entries):
            key = Key(entry.words, icon=entry.icon, form="column", height=64, name=f"page:{entry.name}")
            key.clicked.connect(lambda _checked=False, n=place: self.chosen.emit(n))
            no_focus(key)
            self.keys.append(key)
            column.addWidget(key)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Avatar(initials))
        row.addStretch(1)
        column.addLayout(row)
        self.sign_out = Key(
            t("Sign out"), icon="log-out", variant="ghost", form="column", height=60, name="sign_out"
        )
        self.sign_out.clicked.connect(lambda _checked=False: self.sign_out_asked.emit())
        no_focus(self.sign_out)
        column.addWidget(self.sign_out)

    def show_page(self, number: int) -> None:
        """Mark the page in front."""
        switch(self.keys, self.keys[number])

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
        self.store = store
        self.today = TodayPage(services.desk, lanes, store)
        self.products = ProductsPage(services.desk, lanes, store, keys)
        self.journal = JournalPage(services.desk, lanes, store, keys)
        self.alerts = AlertsPage(services.desk, lanes, store, keys)
        self.papers = PapersPage(services.desk, lanes, store, keys)
        self.roles = RolesPage(services.desk, lanes, store, keys)
        self.customers = CustomersPage(services.desk, lanes, store, keys)
        self._entries = (
            Entry("Today", t("Today"), "layout-dashboard", self.today),
            Entry("Products", t("Products"), "package", self.products),
            Entry("Journal", t("Journal"), "receipt-text", self.journal),
            Entry("Alerts", t("Alerts"), "inbox", self.alerts),
            Entry("Papers", t("Papers"), "printer", self.papers),
            Entry("Roles", t("Roles"), "users", self.roles),
            Entry("Customers", t("Customers"), "id-card", self.customers),
        )
        self.alerts.document_asked.connect(self._show_document)
        self.rail = Rail(self._entries, login.removeprefix("mgr_")[:2].upper())
        self.rail.chosen.connect(self.open)
        self._stack = QStackedWidget()
        for entry in self._entries:
            self._stack.addWidget(entry.page)
        self.stores = QHBoxLayout()
        self._build()

    def _build(self) -> None:
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
        self.page.left()
        self._stack.setCurrentIndex(number)
        self.rail.show_page(number)
        self.page.shown()

    def open_page(self, page: Page) -> None:
        """Bring this page to the front, if it is not there."""
        if self.page is not page:
            self.open(next(n for n, entry in enumerate(self._entries) if entry.page is page))

    def _show_document(self, id_: str) -> None:
        self.open_page(self.journal)
        self.journal.show_document(id_)

    @property
    def unsaved(self) -> str:
        """What is typed here and not saved, in words; empty when there is nothing."""
        products = self.products.unsaved
        if not products:
            return t("The wording of papers is changed and not saved.") if self.papers.unsaved else ""
        one, many = (
            later("{n} product is changed and not saved."),
            later("{n} products are changed and not saved."),
        )
        if self.papers.unsaved:
            one = later("{n} product and the wording of papers are changed and not saved.")
            many = later("{n} products and the wording of papers are changed and not saved.")
        return t_n(products, one, many, n=number(products))

    def discard(self) -> None:
        """Throw away all that is typed and not saved."""
        self.products.discard()
        self.papers.ask_undo()

    def save_then(self, then: Action) -> None:
        """Save all; go on only when nothing is left, otherwise show what is."""

        def go_on() -> None:
            if self.products.unsaved:
                return
            if not self.papers.unsaved:
                then()
                return
            self.open_page(self.papers)
            self.papers.save_then(then)

        if self.products.unsaved:
            self.open_page(self.products)
            self.products.save_then(go_on)
        else:
            go_on()

    @property
    def asking(self) -> bool:
        """The page in front has an open question, and stays in front."""
        return isinstance(self.page, GridPage) and self.page.asking

    def scanned(self, code: str) -> None:
        """A scan finds what it belongs to on the page in front, where a page has something to find."""
        if isinstance(self.page, GridPage) and not self.page.asking:
            self.page.find_words(code)

    def key_actions(self) -> Mapping[str, Action]:
        """The page's keys, and the rail's."""
        if self.asking:
            return {}
        pages = {f"section_{n + 1}": (lambda number=n: self.open(number)) for n in range(len(self._entries))}
        return {**pages, **self.page.key_actions()}
