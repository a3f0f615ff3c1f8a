"""A supervisor's PIN over the screen it is for: the action is named, and the cashier stays signed in."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.people import Clock, PeoplePin
from ui.register.screens.values import ApprovalRequest
from ui.widgets.key import Key
from ui.widgets.labels import Label


class ApprovalOverlay(OverlayScreen):
    """Who approves, and their PIN. Signals: ``approval_asked(object)`` carries a SignIn; ``back()``."""

    approval_asked = Signal(object)
    back = Signal()

    name = "approval"
    scan_policy = "take"
    card_width = 800
    card_padding = 24
    card_spacing = 12

    def __init__(
        self,
        request: ApprovalRequest,
        *,
        keys: Keymap | None = None,
        clock: Clock = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._request = request
        self.body.addWidget(Label(t("A supervisor is needed"), role="heading", tone="warn"))
        self.body.addWidget(Label(request.words, role="strip_name", max_lines=3))
        self.panel = PeoplePin(t("Who approves?"), per_page=4, clock=clock)
        self.panel.pin.pad.key("enter").set_label(t("Approve"))
        self.panel.set_people(request.people)
        self.panel.asked.connect(self.approval_asked)
        self.body.addWidget(self.panel)
        self._back = self.action_key(
            Key(t("Go back without it"), icon="arrow-left", variant="soft", height=60), "back"
        )
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def refuse(self, wait_seconds: int, words: str = "") -> None:
        """The PIN did not match, or this person may not approve it (``words``)."""
        self.panel.pin.refuse(wait_seconds, words)

    def set_busy(self, busy: bool) -> None:
        """The PIN is on its way to be checked."""
        self.panel.pin.set_busy(busy)

    def typed(self, name: str) -> bool:
        """Arrows choose, digits type, Enter approves."""
        return self.panel.press(name)

    def handle_scan(self, code: str) -> bool:
        """A badge chooses the supervisor; the PIN is typed by hand always."""
        digits = "".join(ch for ch in code if ch.isdigit())
        if digits and len(digits) <= 9 and self.panel.people.choose_number(int(digits)):
            return True
        self.panel.pin.words.say(t("That badge may not approve this. Choose a name."))
        return False

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {
            "take": lambda: self._press("enter"),
            "up": lambda: self._press("up"),
            "down": lambda: self._press("down"),
            "page_up": lambda: self._press("page_up"),
            "page_down": lambda: self._press("page_down"),
            "back": self._back.click,
        }

    def _press(self, name: str) -> None:
        self.typed(name)

    def probe(self) -> dict[str, object]:
        """What is to be approved, by whom, and what is said."""
        person = self.panel.people.person
        return {
            "screen": self.name,
            "approve": self._request.words,
            "person": person.number if person else 0,
            "digits": self.panel.pin.filled,
            "message": self.panel.pin.words.text(),
        }
