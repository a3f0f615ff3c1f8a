"""A document beside the table: its paper as printed, what the server made of it, and its chain."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from pos_desktop.domain.receipt_layout import layout
from pos_desktop.services.manager_journal import Chain, Shown
from pos_desktop.services.manager_words import flag_words
from pos_desktop.words import t
from ui.models.journal import CHIPS, outcome
from ui.paper import paper_image
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Chip, Label, PaintedWidget
from ui.widgets.surface import Card

COLUMNS = 48


def chain_words(chain: Chain) -> str:
    """The state of a document's chain, in words."""
    if not chain.whole:
        return t("Its content is not what was written down: the hash does not fit.")
    if not chain.follows:
        return t("It does not follow the document before it.")
    if chain.followed is False:
        return t("The document after it does not follow.")
    if chain.followed:
        return t("Unchanged; it follows the one before and the next one follows.")
    return t("Unchanged; it follows the one before and is the till's last.")


class PaperView(PaintedWidget):
    """A paper, as wide as the pane and as long as it needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_image(self, image: QImage) -> None:
        """Show this paper."""
        self.image = image
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.update()

    def heightForWidth(self, width: int) -> int:
        """As high as the paper is at this width."""
        return 0 if self.image.isNull() else self.image.height() * width // self.image.width()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(theme().px(240), self.heightForWidth(theme().px(240)))

    def resizeEvent(self, event: object) -> None:
        """The paper keeps its shape."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.setFixedHeight(self.heightForWidth(self.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the paper."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self.image)
        painter.end()


class PaperPane(Card):
    """One document. Signals: ``pdf_asked(Shown)``."""

    pdf_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, spacing=10, parent=parent)
        self.setObjectName("paper")
        self.shown: Shown | None = None
        self.number = Label("", role="heading", max_lines=2)
        self.outcome, self.chain = Chip("", name="outcome"), Chip("", name="chain")
        self.words = Label("", role="note", tone="text2", max_lines=12)
        self.paper = PaperView()
        self.view = QScrollArea()
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setWidgetResizable(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setWidget(self.paper)
        self.view.viewport().setAutoFillBackground(False)
        self.paper.setAutoFillBackground(False)
        self.pdf = Key(t("Save PDF"), icon="download", name="paper_pdf", height=44)
        self.pdf.clicked.connect(lambda: self.pdf_asked.emit(self.shown))
        chips = QHBoxLayout()
        chips.setSpacing(theme().px(8))
        chips.addWidget(self.outcome)
        chips.addWidget(self.chain)
        chips.addStretch(1)
        self.body.addWidget(self.number)
        self.body.addLayout(chips)
        self.body.addWidget(self.words)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.pdf)
        self.show_none(t("No document is chosen."))

    def show_none(self, words: str) -> None:
        """There is nothing to show, and why."""
        self.shown = None
        self.number.set_text(words)
        self._reveal(False, False)

    def show_document(self, found: Shown) -> None:
        """Show a document."""
        self.shown = found
        self.number.set_text(found.number)
        pill = outcome(found.outcome)
        self.outcome.set(pill.text, CHIPS[pill.state], pill.icon)
        sound = found.chain.sound
        self.chain.set(
            t("Chain sound") if sound else t("Chain broken"),
            "good" if sound else "danger",
            "shield-check",
        )
        self.words.set_text("\n".join(self._lines(found)))
        if found.paper is not None:
            self.paper.show_image(paper_image(layout(found.paper, COLUMNS), COLUMNS))
            self.view.verticalScrollBar().setValue(0)
        self._reveal(True, found.paper is not None)

    def _reveal(self, document: bool, paper: bool) -> None:
        for widget in (self.outcome, self.chain, self.words):
            widget.setVisible(document)
        self.view.setVisible(paper)
        self.pdf.setVisible(paper)

    @staticmethod
    def _lines(found: Shown) -> list[str]:
        lines = [chain_words(found.chain)]
        kinds = [f"refused_{found.reason}"] if found.reason else list(found.flags)
        for kind in kinds:
            words = flag_words(kind)
            lines.append(f"{words.title}: {words.happened} {words.todo}")
        if found.paper is None:
            lines.append(t("Its bytes are no document any more."))
        return lines
