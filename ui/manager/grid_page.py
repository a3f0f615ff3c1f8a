"""What every page with a grid does: filter, sort, states, chosen rows, columns, and files out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.manager import ManagerDesk, Page, Store
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.manager.bars import BulkBar, FilterBar, RowsCard, number
from ui.manager.columns_panel import ColumnsPanel
from ui.manager.export import Export, FileQuestion, documents_folder
from ui.manager.grid import GridView
from ui.messages import text_for
from ui.models.columns import Arrangement, Column
from ui.models.paged import PagedModel, Read
from ui.tasks import Command, Lanes, Query
from ui.theme import Layout, theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay
from ui.widgets.surface import Action, BannerKind, MessageBanner

FILTER_PAUSE_MS = 20
"""Between a key of the filter and its question: a newer key makes an older question unwanted."""
COUNT_PAUSE_MS = 200
"""How long a person stops before the rows of a filter are counted: the rows themselves come first."""
GOOD_NEWS_MS = 10_000
MOST_CHOSEN = 20_000
"""Rows that can be chosen at once: Ctrl+A in a longer list asks for a filter first."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """What is different from page to page: names, the first order, the words of the filter."""

    name: str
    title: str
    filter_words: str
    sort: str
    columns: tuple[Column, ...]
    read: Read
    count: Callable[[Any], tuple[int, bool]]


class GridPage(QWidget):
    """A title, a filter, a grid and a pane. Signals: ``trouble(Exception)`` that nobody can put right."""

    trouble = Signal(object)
    WIDTHS: ClassVar[tuple[int, int, int]]
    """How wide the pane is in a compact, a normal and a wide window, in logical pixels."""

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap, spec: PageSpec, wanted: Any
    ) -> None:
        super().__init__()
        self._desk, self._lanes, self._store, self._keys, self.spec = desk, lanes, store, keys, spec
        self._found: tuple[int, bool] | None = None
        self._away = self._arranged = False
        self._overlay: Overlay | None = None
        self.files_folder = documents_folder()
        self.model = PagedModel(spec.read, lanes, spec.columns, wanted, spec.sort, self)
        self._prepare()
        self._make_widgets()
        self._build()
        self._connect()

    # -- what a page adds ------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Make the page's own widgets, before the bars that show them."""

    @abstractmethod
    def _wanted(self) -> Any:
        """What is to be shown, as the filter stands."""

    @abstractmethod
    def _none_words(self, wanted: Any) -> tuple[str, bool]:
        """What to say when there are no rows, and whether a filter is why."""

    @abstractmethod
    def _pane(self) -> QWidget:
        """What stands beside the table."""

    @abstractmethod
    def _in_hand(self, row: Any) -> None:
        """Another row, or None, is in hand."""

    def _filter_keys(self) -> Sequence[Key]:
        """Keys beside the filter."""
        return ()

    def _title_keys(self) -> Sequence[Key]:
        """Keys beside the title, before Export."""
        return ()

    def _bulk_keys(self) -> Sequence[Key]:
        """What can be done with chosen rows, beside copying."""
        return ()

    def _plain_filter(self) -> None:
        """Take back everything that hides rows, but for the words."""

    # -- building --------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        spec, hint = self.spec, self._keys.hint
        self.count = Label("", role="body", tone="text2", max_lines=1)
        self.export_key = Key(
            t("Export"), icon="download", name="export", hint=hint("back", "export"), height=44
        )
        self.columns_key = Key(t("Columns"), icon="columns-3", name="columns", height=44)
        keys, heard = (*self._filter_keys(), self.columns_key), t("Filter {page}", page=spec.title)
        self.filter = FilterBar(spec.filter_words, hint("back", "filter"), heard, keys)
        self.bulk = BulkBar(self._bulk_keys())
        self.banner = MessageBanner()
        self.table = GridView(self.model, spec.name, spec.title)
        self._rows = RowsCard(self.table)
        self.empty, self.foot, self.foot_row = self._rows.empty, self._rows.foot, self._rows.foot_row
        self._pause = _timer(self, FILTER_PAUSE_MS, self._ask)
        self._count_pause = _timer(self, COUNT_PAUSE_MS, self._count)
        self._good_news = _timer(self, GOOD_NEWS_MS, self.banner.clear)

    def _build(self) -> None:
        px = theme().px
        title = QHBoxLayout()
        title.setSpacing(px(8))
        title.addWidget(Label(self.spec.title, role="title", max_lines=1))
        title.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        title.addStretch(1)
        for key in (*self._title_keys(), self.export_key):
            title.addWidget(key)
        left = QVBoxLayout()
        left.setSpacing(px(10))
        left.addLayout(title)
        for widget in (self.filter, self.bulk, self.banner):
            left.addWidget(widget)
        left.addWidget(self._rows, 1)
        page = QHBoxLayout(self)
        page.setContentsMargins(px(4), 0, 0, 0)
        page.setSpacing(px(12))
        page.addLayout(left, 1)
        page.addWidget(self._pane())

    def _connect(self) -> None:
        self.filter.field.textChanged.connect(lambda _: self._pause.start())
        self.filter.field.down.connect(self._to_rows)
        self.columns_key.clicked.connect(self.choose_columns)
        self.export_key.clicked.connect(self.export)
        self.bulk.copy.clicked.connect(self.table.copy)
        self.bulk.clear.clicked.connect(lambda: self.model.tick_only(()))
        self.empty.key.clicked.connect(self.clear_filter)
        self.model.loaded.connect(self._loaded)
        self.model.trouble.connect(self._failed)
        self.model.ticks_changed.connect(lambda: self.bulk.set_count(len(self.model.ticked)))
        self.trouble.connect(self._lanes.failed)
        self.table.in_hand.connect(self._in_hand)
        self.table.scrolled.connect(self._say_place)
        self.table.filter_typed.connect(self._type_filter)
        self.table.everything_asked.connect(self._choose_everything)
        self.table.arranged.connect(lambda: self._arrange(self.table.arrangement))
        self.table.head.sort_asked.connect(self._sort)

    # -- for the window --------------------------------------------------------------------------------

    def key_actions(self) -> Mapping[str, Callable[[], None]]:
        """What the keys of the back office do here; nothing while a question is open."""
        return {} if self.asking else {"filter": self._to_filter, "export": self.export}

    @property
    def asking(self) -> bool:
        """A question is open over the page."""
        return self._overlay is not None and not self._overlay.isHidden()

    def shown(self) -> None:
        """Type to filter at once; the rows are read again, since the shop went on meanwhile."""
        self._to_filter()
        if not self._arranged:
            self._read_layout()
        self._ask()

    def left(self) -> None:
        """Another page is in front: what is being typed into a cell is kept as typed."""
        self.table.commit()

    # -- filtering and sorting -------------------------------------------------------------------------

    def _ask(self) -> None:
        self._pause.stop()
        wanted = self._wanted()
        if wanted != self.model.wanted:
            self._found = None
        if not self.model.rowCount() and not self._away:
            self._rows.say(t("Loading…"), loading=True)
        self.model.show(wanted)
        self._count_pause.start()

    @property
    def counting(self) -> bool:
        """The rows of the filter are about to be counted."""
        return self._count_pause.isActive() or self._pause.isActive()

    def _count(self) -> None:
        count, wanted = self.spec.count, self.model.wanted
        self._lanes.run(Query(self, lambda: count(wanted), self._counted, self._failed, replaces="found"))

    def _counted(self, found: tuple[int, bool]) -> None:
        self._found = found
        self._say_place()

    def _sort(self, terms: list[str]) -> None:
        self.table.commit()
        self.table.head.show_sort(terms)
        self.model.show(self._wanted(), ",".join(terms) or self.spec.sort)

    def _type_filter(self, text: str) -> None:
        self._to_filter()
        self.filter.field.setText(self.filter.field.text() + text)

    def _to_filter(self) -> None:
        self.filter.field.setFocus()
        self.filter.field.end(False)

    def _to_rows(self) -> None:
        if self.model.rowCount():
            self.table.setFocus()

    def find_words(self, words: str) -> None:
        """Show what these words find, nothing else hiding it."""
        self.table.commit()
        self._plain_filter()
        self.filter.field.setText(words)
        self._ask()

    def clear_filter(self) -> None:
        """Show every row again."""
        self.find_words("")
        self._to_filter()

    # -- what came -------------------------------------------------------------------------------------

    def _loaded(self) -> None:
        if self._away:
            self._away = False
            self.banner.clear()
        if self.model.rowCount():
            self._rows.show_rows()
            self._keep_in_hand()
        else:
            self._in_hand(None)
            words, filtered = self._none_words(self.model.wanted)
            self._rows.say(words, filtered=filtered)
        self._say_place()

    def _keep_in_hand(self) -> None:
        if not self.table.currentIndex().isValid():
            self.table.take(self._row_to_take() or 0)

    def _row_to_take(self) -> int | None:
        """The held row that was in hand before the rows were read again."""
        return None

    def _say_place(self) -> None:
        first, last = self.table.rows_in_sight()
        if first < 0 or self._found is None:
            return
        count, capped = self._found
        of = f"{number(count)}{'+' if capped else ''}"
        above = self.model.above
        if above is None and self.model.at_end and not capped:
            above = count - self.model.rowCount()
        if above is None:
            self.foot.set_text(t("The last rows") if self.model.at_end else t("Rows of {count}", count=of))
        else:
            rows = f"{number(above + first + 1)}–{number(above + last + 1)}"
            self.foot.set_text(t("Row {rows} of {count}", rows=rows, count=of))

    def _failed(self, problem: Exception) -> None:
        if not isinstance(problem, (UserError, EnvironmentProblem)):
            self.trouble.emit(problem)
            return
        self._away = True
        if not self.model.rowCount():
            self._rows.say(t("{page} could not be read yet.", page=self.spec.title))
        self.say(text_for(problem), "warn", [(t("Retry"), self.retry)])

    def retry(self) -> None:
        """Ask the server again."""
        self._ask()

    def say(self, words: str, kind: BannerKind, actions: Sequence[Action] = ()) -> None:
        """Tell the person; good news goes away by itself."""
        self._good_news.stop()
        self.banner.show_message(words, kind, actions)
        if kind in ("good", "info") and words:
            self._good_news.start()

    # -- several rows ----------------------------------------------------------------------------------

    def _choose_everything(self) -> None:
        if self._found is not None and (self._found[1] or self._found[0] > MOST_CHOSEN):
            found = number(self._found[0])
            self.say(t("More than {n} rows.\nFilter first, then choose all.", n=found), "info")
            return
        read, wanted, sort = self.spec.read, self.model.wanted, self.model.sort_by

        def work() -> list[Any]:
            found: list[Any] = []
            page: Page[Any] = read(wanted, sort, None)
            found += page.rows
            while page.more and len(found) < MOST_CHOSEN:
                page = read(wanted, sort, page.rows[-1].key)
                found += page.rows
            return found

        self._lanes.run(Query(self, work, self.model.tick_only, self._failed, replaces="everything"))

    def export(self) -> None:
        """The chosen rows, or all of the filter, as a file for a spreadsheet."""
        self.table.commit()
        columns, folder = self.table.shown_columns(), self.files_folder
        self.ask_file(Export(self.window(), self._lanes, self.spec, self.model, columns, folder))

    def ask_file(self, question: FileQuestion) -> None:
        """Ask where a file goes, and say what came of it."""
        question.saved.connect(lambda words, keys: self.say(words, "good", keys))
        question.trouble.connect(self._failed)
        self.open_question(question)

    # -- columns ---------------------------------------------------------------------------------------

    def _read_layout(self) -> None:
        self._arranged = True
        name = self.spec.name
        came = lambda layout: self.table.arrange(Arrangement.of_layout(layout))  # noqa: E731
        self._lanes.run(Query(self, lambda: self._desk.layout(name), came, self._failed, replaces="layout"))

    def _arrange(self, arrangement: Arrangement) -> None:
        self.table.arrange(arrangement)
        name, layout = self.spec.name, arrangement.as_layout()
        self._lanes.run(Command(self, lambda: self._desk.save_layout(name, layout), None, self._failed))

    def choose_columns(self) -> None:
        """Which columns, and in which order."""
        panel = ColumnsPanel(self.window(), self.spec.columns, self.table.shown_columns())
        panel.chosen.connect(self._arrange)
        self.open_question(panel)

    # -- questions and looks ---------------------------------------------------------------------------

    def open_question(self, question: Overlay) -> None:
        """Put a question over the window; the page's keys rest meanwhile."""
        self._overlay = question
        question.closed.connect(lambda: self._closed(question))
        question.open()

    def _closed(self, question: Overlay) -> None:
        if self._overlay is question:
            self._overlay = None
        question.deleteLater()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer columns in a small window."""
        super().resizeEvent(event)
        self._fit(theme().layout_for(self.window().width()))
        self.filter.settle()
        QTimer.singleShot(0, self, self._say_place)

    def _fit(self, layout: Layout) -> None:
        """Less in a small window."""
        self.table.fit(layout)
        self._pane().setFixedWidth(theme().px(dict(zip(Layout, self.WIDTHS, strict=True))[layout]))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()


def _timer(parent: QWidget, milliseconds: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer
