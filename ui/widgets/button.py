"""What every painted key shares: theme updates, a focus ring for keyboard use only, and no click on Enter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.canvas import Canvas

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_HOLD_MS = 600


class PaintedButton(QAbstractButton):
    """A button that paints itself from tokens.

    Enter never presses it (a scanner ends its code with Enter) unless ``accepts_enter`` is set; Space does.
    A click does not take the focus away from a text box.
    Signals: ``held`` instead of ``clicked`` after a long press, on a key whose ``holds`` is set.
    """

    held = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.accepts_enter = False
        self.holds = False
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(_HOLD_MS)
        self._hold.timeout.connect(self._held_down)
        self.pressed.connect(self._pressed_down)
        self.released.connect(self._hold.stop)
        self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme().changed.connect(self._theme_changed)

    def _theme_changed(self) -> None:
        self.updateGeometry()
        self.update()

    def _pressed_down(self) -> None:
        if self.holds:
            self._hold.start()

    def _held_down(self) -> None:
        if self.isDown():
            # Up before the finger is: Qt then takes the release for no click.
            self.setDown(False)
            self.held.emit()

    def paint_ring(self, canvas: Canvas, rect: QRectF, radius: float) -> None:
        """The focus ring, if the focus came by keyboard."""
        if self._ring and self.hasFocus():
            canvas.box(rect, None, theme().c.accent, radius=radius, width=2.5)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring only when the focus came by keyboard."""
        self._ring = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter to the window; everything else as usual."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.accepts_enter and not event.isAutoRepeat():
                self.animateClick()
            else:
                event.ignore()
            return
        self._ring = True
        super().keyPressEvent(event)
