"""The products page: find them, choose some, change a price, correct stock, print shelf labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.domain.money import currency
from pos_desktop.domain.quantity import format_qty
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.manager import ManagerDesk, Product, ProductFilter, Store
from ui.keymap import Keymap
from ui.manager.adjust import AdjustStock
from ui.manager.detail import ProductDetail
from ui.manager.labels import PrintLabels, documents_folder
from ui.manager.prices import Prices
from ui.manager.products_bars import BulkBar, EmptyPanel, FilterBar, number
from ui.manager.products_table import ProductsTable
from ui.messages import text_for
from ui.models.products import ProductsModel
from ui.tasks import Lanes, Query
from ui.theme import Layout, theme
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay
from ui.widgets.surface import Action, BannerKind, Card, MessageBanner, Rule

FILTER_PAUSE_MS = 120
"""How long a person stops typing before the filter is asked for."""
GOOD_NEWS_MS = 10_000
_EVERYTHING = 500
Counts = tuple[int, int]


class ProductsPage(QWidget):
    """A store's products. Signals: ``trouble(Exception)`` for what no person can put right."""

    trouble = Signal(object)

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._store = desk, lanes, store
        self._money = currency(store.currency)
        self.labels_folder = documents_folder()
        self._found: tuple[int, bool] | None = None
        self._away = False
        self._overlay: Overlay | None = None
        self.model = ProductsModel(desk, lanes, store, self._money, self)
        self.prices = Prices(desk, lanes, store, self._money, self._say, self)
        self._make_widgets(keys)
        self._build()
        self._connect()

    def _make_widgets(self, keys: Keymap) -> None:
        self.count = Label("", role="body", tone="text2", max_lines=1)
        self.filter = FilterBar(keys)
        self.bulk = BulkBar(keys)
        self.banner = MessageBanner()
        self.table = ProductsTable(self.model)
        self.empty = EmptyPanel()
        self.foot = Label("", role="caption", tone="text2", max_lines=1)
        self.unsaved = Label("", role="chip", tone="warn", align="end", max_lines=1)
        self.detail = ProductDetail(self._store, self._money, keys)
        self._rows = QStackedWidget()
        self._rows.addWidget(self.empty)
        self._rows.addWidget(self.table)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(FILTER_PAUSE_MS)
        self._good_news = QTimer(self)
        self._good_news.setSingleShot(True)
        self._good_news.setInterval(GOOD_NEWS_MS)

    def _build(self) -> None:
        t = theme()
        title = QHBoxLayout()
        title.setSpacing(t.px(12))
        title.addWidget(Label("Products", role="title", max_lines=1))
        title.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        title.addStretch(1)
        card = Card(padding=2, spacing=0)
        card.body.addWidget(self._rows, 1)
        card.body.addWidget(Rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(t.px(14), t.px(8), t.px(14), t.px(8))
        foot.addWidget(self.foot)
        foot.addWidget(self.unsaved, 1)
        card.body.addLayout(foot)
        left = QVBoxLayout()
        left.setSpacing(t.px(10))
        left.addLayout(title)
        for widget in (self.filter, self.bulk, self.banner):
            left.addWidget(widget)
        left.addWidget(card, 1)
        page = QHBoxLayout(self)
        page.setContentsMargins(t.px(4), 0, 0, 0)
        page.setSpacing(t.px(12))
        page.addLayout(left, 1)
        page.addWidget(self.detail)

    def _connect(self) -> None:
        self.filter.field.textChanged.connect(lambda _: self._pause.start())
        self.filter.field.down.connect(self._to_rows)
        self.filter.low.toggled.connect(lambda _: self._ask())
        self._pause.timeout.connect(self._ask)
        self._good_news.timeout.connect(self.banner.clear)
        self.bulk.labels.clicked.connect(self.print_labels)
        self.bulk.copy.clicked.connect(self.table.copy)
        self.bulk.clear.clicked.connect(lambda: self.model.tick_only(()))
        self.empty.key.clicked.connect(self.clear_filter)
        self.model.loaded.connect(self._loaded)
        self.model.trouble.connect(self._failed)
        self.model.ticks_changed.connect(lambda: self.bulk.set_count(len(self.model.ticked)))
        self.trouble.connect(self._lanes.failed)
        self._connect_table()
        self._connect_detail()

    def _connect_table(self) -> None:
        table = self.table
        table.in_hand.connect(self._in_hand)
        table.edit_asked.connect(self.detail.edit)
        table.scrolled.connect(self._say_place)
        table.filter_typed.connect(self._type_filter)
        table.everything_asked.connect(self._choose_everything)

    def _connect_detail(self) -> None:
        detail, prices = self.detail, self.prices
        detail.save_asked.connect(prices.save)
        detail.drafted.connect(self._drafted)
        detail.left.connect(self.table.setFocus)
        detail.adjust_asked.connect(self._adjust)
        detail.label_asked.connect(lambda: self._labels_of([detail.product]))
        prices.busy.connect(detail.set_busy)
        prices.changed.connect(self._price_changed)
        prices.trouble.connect(self._failed)

    # -- for the window --------------------------------------------------------------------------------

    def key_actions(self) -> Mapping[str, Callable[[], None]]:
        """What the keys of the back office do here; nothing while a question is open."""
        if self.asking:
            return {}
        return {
            "filter": self._to_filter,
            "save": self.detail.ask_save,
            "edit": self.detail.edit,
            "undo": self.undo,
            "print_labels": self.print_labels,
        }

    @property
    def asking(self) -> bool:
        """A question is open over the page."""
        return self._overlay is not None and not self._overlay.isHidden()

    def shown(self) -> None:
        """Type to filter at once; the rows are read again, since sales went on meanwhile."""
        self._to_filter()
        self._ask()
        self._ask_counts()

    # -- filtering -------------------------------------------------------------------------------------

    def _wanted(self) -> ProductFilter:
        words = self.filter.field.text().strip()
        return ProductFilter(self._store.number, words, low=self.filter.low.isChecked())

    def _ask(self) -> None:
        self._pause.stop()
        wanted = self._wanted()
        if wanted != self.model.wanted:
            self._found = None
        if not self.model.rowCount() and not self._away:
            self._show_state("Loading…")
        self.model.show(wanted)
        work = lambda: self._desk.count(wanted)  # noqa: E731 - the lane's work
        self._lanes.run(Query(self, work, self._counted, self._failed, replaces="found"))

    def _counted(self, found: tuple[int, bool]) -> None:
        self._found = found
        self._say_place()

    def _ask_counts(self) -> None:
        whole = ProductFilter(self._store.number)

        def work() -> tuple[tuple[int, bool], tuple[int, bool]]:
            return self._desk.count(whole), self._desk.count(replace(whole, low=True))

        def done(counts: tuple[tuple[int, bool], tuple[int, bool]]) -> None:
            (every, more), (low, _) = counts
            self.count.set_text(f"{number(every)}{'+' if more else ''} in {self._store.name}")
            self.filter.set_low(low)

        self._lanes.run(Query(self, work, done, self._failed, replaces="counts"))

    def _type_filter(self, text: str) -> None:
        self._to_filter()
        self.filter.field.setText(self.filter.field.text() + text)

    def _to_filter(self) -> None:
        self.filter.field.setFocus()
        self.filter.field.end(False)

    def _to_rows(self) -> None:
        if self.model.rowCount():
            self.table.setFocus()

    def find_code(self, code: str) -> None:
        """Show what a scanned code belongs to."""
        self.filter.low.setChecked(False)
        self.filter.field.setText(code)
        self._ask()

    def clear_filter(self) -> None:
        """Show every product again."""
        self.filter.field.clear()
        self.filter.low.setChecked(False)
        self._ask()
        self._to_filter()

    # -- what came -------------------------------------------------------------------------------------

    def _loaded(self) -> None:
        if self._away:
            self._away = False
            self.banner.clear()
        if self.model.rowCount():
            self._rows.setCurrentWidget(self.table)
            self._keep_in_hand()
        else:
            self._show_none()
        self._say_place()

    def _keep_in_hand(self) -> None:
        if self.table.currentIndex().isValid():
            return
        product = self.detail.product
        row = self.model.row_of(product.id) if product else None
        self.table.take(row or 0)

    def _show_none(self) -> None:
        wanted = self.model.wanted
        self.detail.show_product(None)
        if wanted.words:
            low = " among what is low" if wanted.low else ""
            self._show_state(f"Nothing matches “{wanted.words}”{low}.", filtered=True)
        elif wanted.low:
            self._show_state("Nothing is low.", filtered=True)
        else:
            self._show_state("No products yet. Import a list or add one.")

    def _show_state(self, words: str, *, filtered: bool = False) -> None:
        self.empty.say(words, filtered=filtered)
        self._rows.setCurrentWidget(self.empty)
        self.foot.set_text("")

    def _say_place(self) -> None:
        first, last = self.table.rows_in_sight()
        if not last or self._found is None:
            return
        count, more = self._found
        self.foot.set_text(f"Row {number(first)}–{number(last)} of {number(count)}{'+' if more else ''}")

    def _failed(self, problem: Exception) -> None:
        if not isinstance(problem, (UserError, EnvironmentProblem)):
            self.trouble.emit(problem)
            return
        self._away = True
        if not self.model.rowCount():
            self._show_state("The products could not be read yet.")
        self._say(text_for(problem), "warn", [("Retry", self.retry)])

    def retry(self) -> None:
        """Ask the server again."""
        self._ask()
        self._ask_counts()

    def _say(self, words: str, kind: BannerKind, actions: Sequence[Action] = ()) -> None:
        self._good_news.stop()
        self.banner.show_message(words, kind, actions)
        if kind in ("good", "info") and words:
            self._good_news.start()

    # -- one product -----------------------------------------------------------------------------------

    def _in_hand(self, product: Product | None) -> None:
        if product is not None:
            self.detail.show_product(product, self.model.drafts.get(product.id))

    def _drafted(self, item: int, text: str | None) -> None:
        self.model.set_draft(item, text)
        count = len(self.model.drafts)
        words = "1 price not saved" if count == 1 else f"{number(count)} prices not saved"
        self.unsaved.set_text(words if count else "")

    def _price_changed(self, product: Product) -> None:
        self._drafted(product.id, None)
        self._put(product)

    def _put(self, product: Product) -> None:
        self.model.put(product)
        if self.detail.product is not None and self.detail.product.id == product.id:
            self.detail.show_product(product, self.model.drafts.get(product.id))

    def undo(self) -> None:
        """Take back what was typed, or else the last price saved."""
        if self.detail.changed:
            self.detail.restore()
        else:
            self.prices.undo()

    def _adjust(self, product: Product) -> None:
        question = AdjustStock(self.window(), self._desk, self._lanes, self._store, product)
        question.adjusted.connect(self._adjusted)
        question.trouble.connect(self.trouble)
        self._open(question)

    def _adjusted(self, product: Product, delta: int) -> None:
        shown = self.detail.product
        if shown is not None and shown.id == product.id:
            # Only the stock is news: a price being typed keeps the version it was begun on.
            product = replace(product, price=shown.price, row_version=shown.row_version)
        self._put(product)
        self._ask_counts()
        hand = format_qty(product.on_hand, product.unit)
        sign = "+" if delta > 0 else ""
        self._say(f"{product.name}: {sign}{format_qty(delta, product.unit)}, {hand} on hand now.", "good")

    # -- several products ------------------------------------------------------------------------------

    def _choose_everything(self) -> None:
        wanted, desk = self.model.wanted, self._desk

        def work() -> list[Product]:
            found: list[Product] = []
            after: dict[str, Any] | None = None
            while True:
                page = desk.page(wanted, "name", after, _EVERYTHING)
                found += page.products
                after = page.next
                if after is None:
                    return found

        self._lanes.run(Query(self, work, self.model.tick_only, self._failed, replaces="everything"))

    def print_labels(self) -> None:
        """Shelf labels of the chosen products, or of the one in hand."""
        self._labels_of(list(self.model.ticked.values()) or [self.detail.product])

    def _labels_of(self, products: Sequence[Product | None]) -> None:
        chosen = [product for product in products if product is not None]
        if not chosen:
            self._say("Choose the products to print labels for first.", "info")
            return
        today = datetime.now(ZoneInfo(self._store.time_zone)).date()
        question = PrintLabels(self.window(), chosen, self._money, self.labels_folder, today)
        question.saved.connect(lambda path, sheets: self._labels_saved(path, len(chosen), sheets))
        self._open(question)

    def _labels_saved(self, path: Path, count: int, sheets: int) -> None:
        labels = "1 label" if count == 1 else f"{number(count)} labels"
        on = "1 sheet" if sheets == 1 else f"{number(sheets)} sheets"
        show = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))  # noqa: E731
        self._say(f"{labels} on {on}: {path}", "good", [("Open", show)])

    def _open(self, question: Overlay) -> None:
        self._overlay = question
        question.closed.connect(lambda: self._closed(question))
        question.open()

    def _closed(self, question: Overlay) -> None:
        if self._overlay is question:
            self._overlay = None
        question.deleteLater()

    # -- looks -----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer columns and a narrower detail in a small window."""
        super().resizeEvent(event)
        layout = theme().layout_for(self.window().width())
        self.table.fit_columns(layout)
        self.detail.fit(compact=layout is Layout.COMPACT)
        QTimer.singleShot(0, self, self._say_place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()
