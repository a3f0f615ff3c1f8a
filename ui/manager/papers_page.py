"""Papers: header, footer, legal line and words of a store's receipts, with the paper as it will come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pos_desktop.domain.paper_texts import GROUPS
from pos_desktop.domain.paper_words import LONGEST, TEXTS, WORDS, PaperRules
from pos_desktop.domain.receipt_layout import layout
from pos_desktop.domain.sample_paper import SAMPLES
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.manager_papers import ManagerPapers, PapersSaved
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.manager.paper_pane import COLUMNS, PaperView
from ui.messages import text_for
from ui.paper import paper_image
from ui.tasks import Command, Lanes, Query
from ui.theme import SPACE_2, SPACE_3, theme
from ui.widgets.key import Key, switch
from ui.widgets.labels import Label
from ui.widgets.surface import Card, MessageBanner

Action = Callable[[], None]
SAVED = later("Saved. Tills print it from their next look at the shop's rules, within half a minute.")
THEIRS = later("Somebody else saved these papers meanwhile; theirs is shown. Yours was not saved.")


class PapersPage(QWidget):
    """Words at the left, the paper at the right; nothing is kept before Save."""

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._papers, self._lanes = ManagerPapers(desk, store), lanes
        self._was: PaperRules | None = None
        self._kind = "receipt"
        self.banner = MessageBanner()
        self.header = self._lines("header", t("Header of the papers, a line each"))
        self.footer = self._lines("footer", t("Footer of the papers, a line each"))
        self.legal = self._line("legal", t("Company and registered office, as the law asks"))
        self.words = {name: self._line(name, t(text)) for name, text in TEXTS.items()}
        self.undo = Key(t("Undo"), icon="undo-2", name="undo_papers", height=44)
        hint = keys.hint("back", "save")
        self.save = Key(t("Save"), icon="check", variant="accent", hint=hint, name="save_papers", height=44)
        self.save.setMinimumWidth(theme().px(132))
        self.kinds = {name: Key(words, height=40, name=f"sample:{name}") for name, words in SAMPLES.items()}
        self.paper = PaperView()
        self._build()
        self._connect()
        self._show_saving()

    # -- building ----------------------------------------------------------------------------------

    def _lines(self, name: str, heard: str) -> QPlainTextEdit:
        box = QPlainTextEdit()
        box.setObjectName(name)
        box.setAccessibleName(heard)
        box.setTabChangesFocus(True)
        box.setFixedHeight(theme().px(112))
        return box

    def _line(self, name: str, hint: str) -> QLineEdit:
        box = QLineEdit()
        box.setObjectName(f"word:{name}")
        box.setPlaceholderText(hint)
        box.setMaxLength(LONGEST)
        return box

    def _build(self) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setSpacing(px(SPACE_2))
        head.addWidget(Label(t("Papers"), role="title"), 1)
        head.addWidget(self.undo)
        head.addWidget(self.save)
        self._form = Card(padding=16, spacing=8)
        self._fill_form()
        form = QScrollArea()
        form.setFrameShape(QFrame.Shape.NoFrame)
        form.setWidgetResizable(True)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        form.setWidget(self._form)
        form.viewport().setAutoFillBackground(False)
        self._form.setAutoFillBackground(False)
        row = QHBoxLayout()
        row.setSpacing(px(SPACE_3))
        row.addWidget(form, 1)
        row.addWidget(self._preview())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(SPACE_3))
        column.addLayout(head)
        column.addWidget(self.banner)
        column.addLayout(row, 1)

    def _fill_form(self) -> None:
        body = self._form.body
        for words, box in (
            (t("Header: the first line is set large"), self.header),
            (t("Footer"), self.footer),
            (t("Legal line, below the footer"), self.legal),
        ):
            body.addWidget(Label(words, role="chip", tone="text2", max_lines=1))
            body.addWidget(box)
        own = t("Words of your own; an empty box prints what stands in it")
        body.addWidget(Label(own, role="heading"))
        for name, word in WORDS.items():
            body.addWidget(Label(t(word.place), role="chip", tone="text2", max_lines=2))
            body.addWidget(self.words[name])
        for group in GROUPS:
            body.addWidget(Label(t(group.title), role="heading"))
            body.addLayout(self._in_columns([self.words[name] for name in group.texts]))
        body.addStretch(1)

    def _in_columns(self, boxes: Sequence[QWidget], columns: int = 2) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme().px(6))
        for place, box in enumerate(boxes):
            grid.addWidget(box, place // columns, place % columns)
            grid.setColumnStretch(place % columns, 1)
        return grid

    def _preview(self) -> QWidget:
        card = self._card = Card(padding=12, spacing=8)
        for name, key in self.kinds.items():
            key.clicked.connect(lambda _checked=False, kind=name: self.show_kind(kind))
        kinds = self._in_columns(list(self.kinds.values()), 3)
        view = QScrollArea()
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setWidgetResizable(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setWidget(self.paper)
        view.viewport().setAutoFillBackground(False)
        self.paper.setAutoFillBackground(False)
        card.body.addLayout(kinds)
        card.body.addWidget(view, 1)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The paper takes half of a narrow window, and no more than it needs of a wide one."""
        self._card.setFixedWidth(min(self.width() // 2, theme().px(560)))
        super().resizeEvent(event)

    def _connect(self) -> None:
        for lines in (self.header, self.footer):
            lines.textChanged.connect(self._changed)
        for line in (self.legal, *self.words.values()):
            line.textEdited.connect(lambda _text: self._changed())
        self.save.clicked.connect(self.ask_save)
        self.undo.clicked.connect(self.ask_undo)

    # -- reading and saving --------------------------------------------------------------------------

    def shown(self) -> None:
        """Read the papers when this page comes to the front, unless something is typed already."""
        if not self.unsaved:
            self._lanes.run(Query(self, self._papers.read, self._show, self._failed, replaces="papers"))

    def left(self) -> None:
        """Another page comes to the front; what is typed stays."""

    @property
    def unsaved(self) -> bool:
        """Something is typed that is not saved."""
        return self._was is not None and self.typed() != self._was

    def typed(self) -> PaperRules:
        """What the boxes say."""
        words = {name: box.text().strip() for name, box in self.words.items()}
        return PaperRules(
            _texts(self.header),
            _texts(self.footer),
            self.legal.text().strip(),
            {name: text for name, text in words.items() if text},
        )

    def ask_undo(self) -> None:
        """Back to what is saved."""
        if self._was is not None:
            self._show(self._was)

    def ask_save(self) -> None:
        """Save what is typed."""
        self.save_then(lambda: None)

    def save_then(self, then: Action) -> None:
        """Save, then go on; stay when it could not be saved."""
        was, now = self._was, self.typed()
        if was is None or now == was:
            then()
            return

        def saved(answer: PapersSaved) -> None:
            self._show(answer.rules)
            if answer.conflict:
                self.banner.show_message(t(THEIRS), "warn")
            else:
                self.banner.show_message(t(SAVED), "info")
                then()

        self.save.setEnabled(False)
        self._lanes.run(Command(self, lambda: self._papers.save(was, now), saved, self._failed))

    def _show(self, rules: PaperRules) -> None:
        self._was = None  # the boxes are filled one after the other
        self.header.setPlainText("\n".join(rules.header))
        self.footer.setPlainText("\n".join(rules.footer))
        self.legal.setText(rules.legal)
        for name, box in self.words.items():
            box.setText(rules.words.get(name, ""))
        self._was = rules
        self.banner.hide()
        self._changed()

    def _failed(self, problem: Exception) -> None:
        self.banner.show_message(text_for(problem), "warn")
        self._show_saving()

    # -- showing -------------------------------------------------------------------------------------

    def show_kind(self, kind: str) -> None:
        """Look at another paper."""
        self._kind = kind
        self._draw()

    def _changed(self) -> None:
        self._show_saving()
        self._draw()

    def _show_saving(self) -> None:
        for key in (self.save, self.undo):
            key.setEnabled(self.unsaved)

    def _draw(self) -> None:
        switch(list(self.kinds.values()), self.kinds[self._kind])
        paper = self._papers.preview(self.typed(), self._kind)
        self.paper.show_image(paper_image(layout(paper, COLUMNS), COLUMNS))

    def key_actions(self) -> Mapping[str, Action]:
        """Ctrl+S saves, Ctrl+Z takes back what is typed."""
        return {"save": self.ask_save, "undo": self.ask_undo}


def _texts(box: QPlainTextEdit) -> tuple[str, ...]:
    return tuple(line.strip() for line in box.toPlainText().splitlines() if line.strip())
