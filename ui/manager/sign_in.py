"""The manager's own login: name and password, and in words why the server will not have them."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.surface import Card


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login of the database and its password."""

    login: str
    password: str = field(repr=False)


class ManagerSignIn(QWidget):
    """Two fields and a key. Signals: ``asked(Credentials)``."""

    asked = Signal(object)

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.login = QLineEdit()
        self.login.setAccessibleName(t("Login"))
        self.login.setPlaceholderText(t("such as mgr_ann"))
        self.password = QLineEdit()
        self.password.setAccessibleName(t("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.words = Label("", role="body_strong", tone="danger", max_lines=4)
        self.words.hide()
        self.key = Key(
            t("Sign in"), icon="check", variant="accent", role="key_big", height=60, name="sign_in"
        )
        self.key.accepts_enter = True
        self.key.clicked.connect(self._ask)
        self._lay_out(hint)

    def _lay_out(self, hint: str) -> None:
        card = Card(padding=28, spacing=10)
        card.setFixedWidth(theme().px(460))
        card.body.addWidget(Label(t("Inventory"), role="title"))
        words = t("Sign in with your own login, not a till's.")
        card.body.addWidget(Label(words, role="note", tone="text2"))
        for words, box in ((t("Login"), self.login), (t("Password"), self.password)):
            card.body.addWidget(Label(words, role="caption", tone="text2"))
            card.body.addWidget(box)
        card.body.addWidget(self.words)
        card.body.addSpacing(theme().px(8))
        card.body.addWidget(self.key)
        if hint:
            card.body.addWidget(Label(hint, role="note", tone="text2", align="center", max_lines=3))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)

    def shown(self) -> None:
        """Put the caret where something is missing."""
        (self.password if self.login.text() else self.login).setFocus()

    def refuse(self, words: str) -> None:
        """Say why not, keep the login, and ask for the password again."""
        self.set_busy(False)
        self.words.set_text(words)
        self.words.show()
        self.password.clear()
        self.password.setFocus()

    def set_busy(self, busy: bool) -> None:
        """While the server is asked nothing can be asked again."""
        self.key.set_label(t("Signing in…") if busy else t("Sign in"))
        for widget in (self.key, self.login, self.password):
            widget.setEnabled(not busy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the password, then signs in."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif self.login.hasFocus() and not self.password.text():
            self.password.setFocus()
        else:
            self._ask()

    def _ask(self) -> None:
        login, password = self.login.text().strip(), self.password.text()
        if not login or not password:
            self.refuse(t("Type your login and your password."))
            self.shown()
            return
        self.words.hide()
        self.set_busy(True)
        self.asked.emit(Credentials(login, password))
