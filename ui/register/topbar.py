"""The bar on top of the register: shop, scan box, chips that speak up on trouble, person, lock."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.words import later, t
from ui.register.screens.values import Person
from ui.theme import SPACE_2, SPACE_3, Layout, theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Avatar, Chip, Label, PaintedWidget, State

CLOCK_WIDTH = 1200
"""A narrower bar (logical pixels) needs the room for the scan box."""

PLACEHOLDER = later("Scan, or type a code, PLU or name")


class _Logo(PaintedWidget):
    """The shop's mark."""

    def sizeHint(self) -> QSize:
        side = theme().px(34)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme()
        rect = QRectF(self.rect())
        with Canvas.on(self) as canvas:
            canvas.box(rect, t.c.accent, radius=t.px(8))
            inset = t.px(8)
            canvas.icon(rect.adjusted(inset, inset, -inset, -inset), "shopping-bag", t.c.on_accent)


class ScanBox(QLineEdit):
    """The one text box of the sale: shows what is typed; the scanner never types into it.

    Signals: ``submitted(str)`` on Enter with something in it.
    """

    submitted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scan_box")
        self.setProperty("entry", True)
        self.setProperty("quiet", True)
        self.setAccessibleName(t(PLACEHOLDER))
        self.setPlaceholderText(t(PLACEHOLDER))
        self.setMaxLength(120)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextMargins(theme().px(30), 0, 0, 0)
        self.returnPressed.connect(self._submit)
        theme().changed.connect(self.update)

    def _submit(self) -> None:
        text = self.text().strip()
        if text:
            self.submitted.emit(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text box, and what it is for as an icon before the text."""
        super().paintEvent(event)
        t = theme()
        side = t.px(20)
        with Canvas.on(self) as canvas:
            canvas.icon(QRectF(t.px(14), (self.height() - side) / 2, side, side), "scan-barcode", t.c.text3)


class TopBar(PaintedWidget):
    """Signals: ``lock_asked``; for a tap on a chip ``printer_asked``, ``network_asked``, ``scale_asked``."""

    lock_asked = Signal()
    network_asked = Signal()
    printer_asked = Signal()
    scale_asked = Signal()

    def __init__(self, shop: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = ScanBox()
        self._shop = Label(shop, role="body_strong", max_lines=1)
        self._where = Label("", role="caption", tone="text2", max_lines=1)
        self.network = Chip(t("Online"), state="good", icon="wifi", name="chip_network")
        self.printer = Chip(t("Printer"), icon="printer", name="chip_printer")
        self.scale = Chip("", icon="scale", name="chip_scale")
        self.law = Chip("", state="warn", icon="clock", name="chip_law")
        self.clock = Label("", role="body_strong", tone="text2", max_lines=1)
        self.clock.setObjectName("clock")
        self._avatar = Avatar()
        self._name = Label("", role="body_strong", max_lines=1)
        self.lock = Key(t("Lock"), icon="lock", name="lock", height=44)
        self.lock.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.lock.setAccessibleDescription(hint)
        self.lock.clicked.connect(self.lock_asked)
        self.printer.clicked.connect(self.printer_asked)
        self.network.clicked.connect(self.network_asked)
        self.scale.clicked.connect(self.scale_asked)
        for chip in (self.network, self.printer, self.scale, self.law):
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._compact = False
        self._build()

    def _build(self) -> None:
        t = theme()
        row = QHBoxLayout(self)
        row.setContentsMargins(t.px(SPACE_3), 0, t.px(SPACE_3), 1)
        row.setSpacing(t.px(SPACE_3))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._shop)
        words.addWidget(self._where)
        words.addStretch(1)
        logo = _Logo()
        logo.setFixedSize(t.px(34), t.px(34))
        row.addWidget(logo)
        row.addLayout(words)
        row.addWidget(self.box, 1)
        row.addSpacing(t.px(SPACE_2) - t.px(SPACE_3) // 2)
        for widget in (
            self.network,
            self.printer,
            self.scale,
            self.law,
            self.clock,
            self._avatar,
            self._name,
            self.lock,
        ):
            row.addWidget(widget)
        self.setFixedHeight(t.px(60))

    # -- what is shown ---------------------------------------------------------------------------

    def set_place(self, till: int, shift: str) -> None:
        """The till's number and its shift in words."""
        self._where.set_text(
            t("Till {till} · {shift}", till=till, shift=shift) if shift else t("Till {till}", till=till)
        )

    def set_time(self, time: str) -> None:
        """The shop's time, HH:MM."""
        self.clock.set_text(time)

    def set_person(self, person: Person | None) -> None:
        """Who is signed in."""
        self._name.set_text(_short(person.name) if person else "")
        self._avatar.set_initials(person.initials if person else "")
        self._fit()

    def set_network(self, words: str, state: State, icon: str) -> None:
        """How the server and this till stand: green when all is well, amber or red in words when not."""
        self.network.set(words, state, icon)
        self._fit()

    def set_printer(self, words: str, *, fitted: bool) -> None:
        """Quiet when all is well; amber words on trouble; ``fitted`` False when there is no printer."""
        state: State = "warn" if words else "neutral"
        self.printer.set(words or (t("Printer") if fitted else t("No printer")), state, "printer")
        self._fit()

    def set_scale(self, words: str) -> None:
        """Shown on trouble alone: how it stands otherwise, the rail says."""
        self.scale.set(words, "warn", "scale")
        self._fit()

    def set_law(self, words: str) -> None:
        """A countdown to the hour from which goods may not be sold; empty: none is near."""
        self.law.set(words, "warn", "clock")
        self._fit()

    def set_open(self, open_: bool, words: str = "") -> None:
        """The scan box takes typing only on the sale; elsewhere it says why not."""
        self.box.setEnabled(open_)
        self.box.setPlaceholderText(t(PLACEHOLDER) if open_ else words)

    def set_layout_class(self, layout: Layout) -> None:
        """Compact windows keep the network chip and drop what says nothing new."""
        self._compact = layout is Layout.COMPACT
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The clock shows where there is room for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        quiet = self.printer.state == "neutral"
        self.printer.setVisible(not (self._compact and quiet))
        self.scale.setVisible(bool(self.scale.text()))
        self.law.setVisible(bool(self.law.text()))
        self._name.setVisible(bool(self._name.text()) and not self._compact)
        self._avatar.setVisible(bool(self._name.text()))
        self.clock.setVisible(self.width() >= theme().px(CLOCK_WIDTH))
        self.lock.setVisible(bool(self._name.text()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar and its lower hairline."""
        t = theme()
        with Canvas.on(self) as canvas:
            canvas.fill(QRectF(self.rect()), t.c.surface)
            canvas.fill(QRectF(0, self.height() - 1, self.width(), 1), t.c.line)


def _short(name: str) -> str:
    """``Amina Mohamed`` as ``Amina M.``: enough to know who sells."""
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else first
