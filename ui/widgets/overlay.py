"""In-window questions: a scrim and a card that trap the focus, the key sheet, and paging keys."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from pos_desktop.words import t
from ui.fonts import FontSpec
from ui.keymap import Keymap
from ui.theme import theme
from ui.widgets.canvas import CENTER, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget
from ui.widgets.surface import Card


class Overlay(QWidget):
    """A modal question inside the window: everything behind is dimmed, unreachable, and stays visible.

    It has no default key; Enter does nothing; Esc closes only when ``closes_on_esc``. Being no window of its
    own it cannot lose the keyboard to a window manager. Put children into ``card.body``.
    Signals: ``opened``, ``closed``.
    """

    opened = Signal()
    closed = Signal()

    def __init__(
        self, host: QWidget, *, width: int = 720, closes_on_esc: bool = False, name: str = ""
    ) -> None:
        super().__init__(host)
        self.setObjectName(name)
        self.closes_on_esc = closes_on_esc
        self._width = width
        self._before: QWidget | None = None
        self.card = Card(padding=28, spacing=16, parent=self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()
        host.installEventFilter(self)

    def open(self) -> None:
        """Show the question over its host and take the keyboard."""
        self._before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.opened.emit()

    def close_overlay(self) -> None:
        """Take the question away and give the keyboard back to whatever had it."""
        if self.isHidden():
            return
        self.hide()
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None:
            return
        self.setGeometry(host.rect())
        width = min(theme().px(self._width), host.width() - theme().px(32))
        self.card.body.activate()
        hint = self.card.sizeHint().height()
        if self.card.body.hasHeightForWidth():
            hint = self.card.body.totalHeightForWidth(width)
        height = min(hint, host.height() - theme().px(24))
        self.card.setGeometry((host.width() - width) // 2, (host.height() - height) // 2, width, height)

    def relayout(self) -> None:
        """Fit the card again after its content changed."""
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the host's size."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab inside the question."""
        stops = [
            child
            for child in self.findChildren(QWidget)
            if child.isVisibleTo(self)
            and child.isEnabled()
            and child.focusPolicy() & Qt.FocusPolicy.TabFocus.value
        ]
        if not stops:
            return True
        current = QApplication.focusWidget()
        step = 1 if forward else -1
        index = (stops.index(current) + step) % len(stops) if current in stops else (0 if forward else -1)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[index].setFocus(reason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nothing leaves the question: Esc closes it if that is allowed, every other key ends here."""
        if event.key() == Qt.Key.Key_Escape and self.closes_on_esc:
            self.close_overlay()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap beside the card does nothing."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what is behind."""
        with Canvas.on(self) as canvas:
            canvas.fill(QRectF(self.rect()), theme().c.scrim)


class _KeyLine(PaintedWidget):
    """One line of the key sheet: the key caps and what they do."""

    def __init__(self, caps: list[str], words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caps, self._words = caps, words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{', '.join(caps)}: {words}")

    def sizeHint(self) -> QSize:
        return QSize(theme().px(280), theme().px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme()
        spec = t.type("chip")
        left = float(t.px(2))
        with Canvas.on(self) as canvas:
            for cap in self._caps:
                left = self._paint_cap(canvas, left, cap, spec)
            start = max(left + t.px(4), t.px(110))
            room = QRectF(start, 0, self.width() - start, self.height())
            canvas.text(room, self._words, t.type("body"), t.c.text, max_lines=2)

    def _paint_cap(self, canvas: Canvas, left: float, cap: str, spec: FontSpec) -> float:
        t = theme()
        width = max(spec.width(cap) + t.px(14), t.px(26))
        box = QRectF(left, (self.height() - t.px(25)) / 2, width, t.px(25))
        canvas.box(box, t.c.sunken, t.c.line_strong, radius=t.px(6))
        canvas.text(box, cap, spec, t.c.text, align=CENTER, ltr=True)
        return left + width + t.px(6)


class KeySheet(Overlay):
    """F1: every key of the current screen, out of the keymap, or of the actions in ``only``."""

    def __init__(
        self, host: QWidget, keymap: Keymap, screen: str, only: Container[str] | None = None
    ) -> None:
        lines = [_KeyLine(caps, words) for caps, words in keymap.sheet(screen, {}, only)]
        room = max(6, (host.height() - theme().px(240)) // theme().px(36))
        count = max(2 if len(lines) > 6 else 1, -(-len(lines) // room))
        super().__init__(host, width=380 * count, closes_on_esc=True, name="keys")
        self.card.body.addWidget(Label(t("Keys of this screen"), role="title"))
        columns = QHBoxLayout()
        columns.setSpacing(theme().px(24))
        each = -(-len(lines) // count)
        for start in range(0, len(lines), each):
            column = QVBoxLayout()
            column.setSpacing(theme().px(4))
            for line in lines[start : start + each]:
                column.addWidget(line)
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.card.body.addLayout(columns)
        close = Key(t("Close"), hint="Esc", height=52, name="close_keys")
        close.clicked.connect(self.close_overlay)
        self.card.body.addWidget(close)


class PageBar(PaintedWidget):
    """Previous and next page with "2 of 5" between; keys of 56 px instead of flicking through a list.

    Signals: ``page_wanted(int)`` with the page, counted from 0.
    """

    page_wanted = Signal(int)

    def __init__(self, *, direction: str = "column", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = direction == "column"
        self._current, self._total = 0, 1
        self._previous = Key(
            "", icon="chevron-up" if column else "chevron-left", height=56, name="page_previous"
        )
        self._next = Key("", icon="chevron-down" if column else "chevron-right", height=56, name="page_next")
        self._label = Label("", role="chip", tone="text2", align="center", max_lines=1)
        self._previous.clicked.connect(lambda: self.page_wanted.emit(self._current - 1))
        self._next.clicked.connect(lambda: self.page_wanted.emit(self._current + 1))
        box = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if column else QBoxLayout.Direction.LeftToRight, self
        )
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(6))
        for widget in (self._previous, self._label, self._next):
            box.addWidget(widget)
        self.set_pages(0, 1)

    @property
    def current(self) -> int:
        """The page shown, from 0."""
        return self._current

    def set_pages(self, current: int, total: int) -> None:
        """Show page ``current`` (from 0) of ``total``; keys that lead nowhere are disabled."""
        self._current, self._total = current, max(1, total)
        self._label.set_text(t("{n} of {total}", n=current + 1, total=self._total))
        self._previous.setEnabled(current > 0)
        self._next.setEnabled(current + 1 < self._total)
        self._previous.setAccessibleName(
            t("Previous page, now {n} of {total}", n=current + 1, total=self._total)
        )
        self._next.setAccessibleName(t("Next page, now {n} of {total}", n=current + 1, total=self._total))
