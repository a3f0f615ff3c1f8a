"""Where screens stand: a body under the top bar, a full layer over everything, and overlays on top."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.register.sale_screen import SaleScreen
from ui.register.screen import Screen
from ui.register.topbar import TopBar
from ui.theme import SPACE_3, theme
from ui.widgets.surface import MessageBanner


class StageWidget(QWidget):
    """Shows screens and knows the current one. Signals: ``current_changed``."""

    current_changed = Signal()

    def __init__(self, topbar: TopBar, sale: SaleScreen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._topbar, self._sale = topbar, sale
        self._selling = QWidget()
        self._body = QStackedWidget()
        self._body.addWidget(sale)
        column = QVBoxLayout(self._selling)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(topbar)
        self.banner = MessageBanner()
        held = QVBoxLayout()
        margin = theme().px(SPACE_3)
        held.setContentsMargins(margin, 0, margin, 0)
        held.addWidget(self.banner)
        column.addLayout(held)
        column.addWidget(self._body, 1)
        self._layers = QStackedWidget()
        self._layers.addWidget(self._selling)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._layers)
        self._overlays: list[Screen] = []

    # -- which screen ----------------------------------------------------------------------------

    @property
    def current(self) -> Screen:
        """The screen that keys and scans are for."""
        if self._overlays and self._layers.currentIndex() == 0:
            return self._overlays[-1]
        full = self._layers.currentWidget()
        shown = self._body.currentWidget() if full is self._selling else full
        assert isinstance(shown, Screen)
        return shown

    @property
    def body(self) -> Screen:
        """The screen under the top bar, whatever lies over it."""
        shown = self._body.currentWidget()
        assert isinstance(shown, Screen)
        return shown

    # -- showing ---------------------------------------------------------------------------------

    def show_body(self, screen: Screen) -> None:
        """Show ``screen`` under the top bar; questions over the old one are gone. A lock over it stays."""
        self._drop_overlays()
        old = self.body
        if screen is not old:
            if self._body.indexOf(screen) < 0:
                self._body.addWidget(screen)
            self._body.setCurrentWidget(screen)
            if old is not self._sale:
                self._body.removeWidget(old)
                old.deleteLater()
        self._tell()

    def show_full(self, screen: Screen) -> None:
        """Show ``screen`` over the whole window; what is under it stays as it is."""
        self._drop_full()
        self._layers.addWidget(screen)
        self._layers.setCurrentWidget(screen)
        for overlay in self._overlays:
            overlay.hide()
        self._tell()

    def show_sale(self) -> None:
        """Back to the sale."""
        self.show_body(self._sale)

    def end_full(self, screen: Screen | None) -> None:
        """Take the full screen away, if it is this one: back to what was under it, questions included."""
        if screen is None or screen is not self._layers.currentWidget():
            return
        self._drop_full()
        for overlay in self._overlays:
            overlay.show()
            overlay.raise_()
        self._tell()

    def open_overlay(self, screen: Screen) -> None:
        """Show a question over what is there."""
        screen.setParent(self._selling)
        screen.setGeometry(self._selling.rect())
        self._overlays.append(screen)
        if self._layers.currentIndex() == 0:
            screen.show()
            screen.raise_()
        self._tell()

    def close_overlay(self, screen: Screen) -> None:
        """Take a question away again."""
        if screen in self._overlays:
            self._overlays.remove(screen)
            screen.hide()
            screen.deleteLater()
            self._tell()

    # -- inside ----------------------------------------------------------------------------------

    def _drop_overlays(self) -> None:
        for overlay in self._overlays:
            overlay.hide()
            overlay.deleteLater()
        self._overlays = []

    def _drop_full(self) -> None:
        full = self._layers.currentWidget()
        if full is not self._selling and full is not None:
            self._layers.setCurrentWidget(self._selling)
            self._layers.removeWidget(full)
            full.deleteLater()

    def _tell(self) -> None:
        self.current_changed.emit()
        self.current.shown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overlays cover the whole."""
        super().resizeEvent(event)
        for overlay in self._overlays:
            overlay.setGeometry(self._selling.rect())
