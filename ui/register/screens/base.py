"""What the screens here share: typing without a text box, the calm page, and the card over a scrim."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.keymap import Keymap
from ui.register.screen import Screen
from ui.register.screens.typed import TypedNumber
from ui.theme import SPACE_3, theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget, Tone, tone_colour
from ui.widgets.surface import Card

_TYPING = {
    int(Qt.Key.Key_Backspace): "backspace",
    int(Qt.Key.Key_Return): "enter",
    int(Qt.Key.Key_Enter): "enter",
    int(Qt.Key.Key_Up): "up",
    int(Qt.Key.Key_Down): "down",
    int(Qt.Key.Key_PageUp): "page_up",
    int(Qt.Key.Key_PageDown): "page_down",
    int(Qt.Key.Key_Plus): "+",
    int(Qt.Key.Key_Minus): "-",
    int(Qt.Key.Key_Comma): ".",
    int(Qt.Key.Key_Period): ".",
}


def typed_name(event: QKeyEvent) -> str:
    """A key stroke by the name a number pad gives it ("7", ".", "backspace", "enter"); "" for others."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return ""
    name = _TYPING.get(int(event.key()))
    if name is not None:
        return name
    text = event.text()
    return text if text.isascii() and text.isdigit() else ""


def typed_letter(event: QKeyEvent) -> str:
    """The letter or space of a key stroke; "" for other keys and for short cuts."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return ""
    text = event.text()
    return text if text.isalpha() or text == " " else ""


class PageScreen(Screen):
    """A screen that fills its place with the canvas colour and takes typing by itself, whatever has focus.

    The pads and the keyboard both end in :meth:`typed`, so touch and keys cannot come to differ.
    """

    def __init__(self, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keys or Keymap()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self.update)

    def hint(self, action: str) -> str:
        """The key that presses ``action`` on this screen, as painted on its key."""
        return self._keymap.hint(self.name, action)

    def action_key(self, key: Key, action: str) -> Key:
        """Name ``key`` after its action and paint the action's key on it."""
        key.setObjectName(action)
        key.set_hint(self.hint(action))
        return key

    def typed(self, name: str) -> bool:
        """Take one key by its pad name; False when it means nothing here."""
        del name
        return False

    def type_letter(self, letter: str) -> bool:
        """Take one letter, or a space; False when it means nothing here."""
        del letter
        return False

    def shown(self) -> None:
        """Take the focus itself, so that no key of the screen is one Enter or Space away."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand digits, letters and editing keys to the screen's typing; the rest goes on to the window."""
        name, letter = typed_name(event), typed_letter(event)
        if not ((name and self.typed(name)) or (letter and self.type_letter(letter))):
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()


class CardScreen(PageScreen):
    """A page with one card in its middle; children go into ``body``. ``card_width`` is at 100 %."""

    card_width = 720
    card_padding = 28
    card_spacing = 16

    def __init__(self, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(keys=keys, parent=parent)
        self.card = Card(padding=self.card_padding, spacing=self.card_spacing)
        self.body: QBoxLayout = self.card.body
        self._outer = QVBoxLayout(self)
        margin = theme().px(SPACE_3)
        self._outer.setContentsMargins(margin, margin, margin, margin)
        self._outer.setSpacing(theme().px(SPACE_3))
        self._outer.addStretch(1)
        self._outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        self._outer.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card at its width, or as wide as there is room."""
        self._fit_card()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Fit the card again whenever something in it changed its size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit_card()
        return super().event(event)

    def _fit_card(self) -> None:
        # A box layout gives an aligned widget its size hint, which knows nothing of wrapped lines.
        margin = theme().px(SPACE_3)
        width = max(200, min(theme().px(self.card_width), self.width() - 2 * margin))
        wanted = self.body.totalSizeHint().height()
        if self.body.hasHeightForWidth():
            wanted = self.body.totalHeightForWidth(width)
        room = self.height() - 2 * margin - self._around()
        size = QSize(width, max(1, min(wanted, room)))
        if self.card.minimumSize() != size or self.card.maximumSize() != size:
            self.card.setFixedSize(size)

    def _around(self) -> int:
        """The height of everything on the page but the card, gaps included."""
        total = 0
        for index in range(self._outer.count()):
            item = self._outer.itemAt(index)
            if item is None or item.widget() is self.card or item.isEmpty():
                continue
            total += item.sizeHint().height() + self._outer.spacing()
        return total

    def row(self, *widgets: QWidget, spacing: int = 12) -> QHBoxLayout:
        """A row of equally wide widgets added to the card."""
        line = QHBoxLayout()
        line.setSpacing(theme().px(spacing))
        for widget in widgets:
            line.addWidget(widget, 1)
        self.body.addLayout(line)
        return line


class OverlayScreen(CardScreen):
    """A question in a card over a scrim. It covers its parent and keeps the tab order inside itself.

    Nothing is focused but the overlay itself: no answer is one Enter or Space away.
    """

    def note_ignored(self, words: str) -> None:
        """Say how many scans were refused meanwhile, on screens that stop a sale in the middle."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the parent."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget) and watched is self.parent():
            self.setGeometry(watched.rect())
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Cover the parent and come to the front; a caller may have given the parent after construction."""
        parent = self.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)
            self.setGeometry(parent.rect())
        self.raise_()
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round among the keys of this card and never to the screen underneath."""
        stops = [
            w
            for w in self.card.findChildren(QWidget)
            if w.isVisibleTo(self) and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if not stops:
            return True
        focus = self.focusWidget()
        at = stops.index(focus) if focus in stops else (-1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the scrim; the card paints itself."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.scrim)
        painter.end()


class NumberScreen(OverlayScreen):
    """A question whose answer is one number typed on keys or on the pad."""

    _number: TypedNumber
    words: Words

    def _press(self, name: str) -> bool:
        """Take a key of the number, and with it what was said of the last; False for any other key."""
        if name not in (".", "00", "backspace", "clear") and not name.isdigit():
            return False
        self.words.say("")
        self._number = self._number.press(name)
        self._show()
        return True

    def _show(self) -> None:
        """Show the number as it stands."""
        raise NotImplementedError


class Glyph(PaintedWidget):
    """One icon in a tone, beside words that say the same."""

    def __init__(self, icon: str, *, tone: str = "text2", size: int = 20) -> None:
        super().__init__()
        self._icon, self._tone, self._size = icon, tone, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The icon's square."""
        return QSize(theme().px(self._size), theme().px(self._size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        with Canvas.on(self) as canvas:
            canvas.icon(QRectF(self.rect()), self._icon, tone_colour(self._tone))


class Words(Label):
    """A line that answers what a person did: empty until there is something to say, never a window."""

    def say(self, words: str, tone: Tone = "warn") -> None:
        """Show ``words`` ("" takes them away)."""
        self.set_text(words)
        self.set_tone(tone)
