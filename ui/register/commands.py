"""Orders from the shop's printed command sheet: a signed code stands for a key of the current screen."""

from __future__ import annotations

from collections.abc import Mapping

from pos_desktop.domain.command_sheet import looks_like_command, parse_command
from pos_desktop.domain.quantity import ONE
from ui.register.flows import Flows
from ui.register.screen import Screen
from ui.register.screens.base import PageScreen

# What a person means by the sheet's word, in the order in which the screens know it.
_MEANINGS: Mapping[str, tuple[str, ...]] = {
    "hold": ("hold",),
    "exact_cash": ("exact_cash", "exact"),
    "card": ("card",),
    "next": ("next",),
    "reprint": ("reprint", "print"),
    "lock": ("lock",),
    "yes": ("id_checked", "take", "paid", "choose", "next", "enter"),
    "no": ("refuse", "leave_out", "not_paid", "back"),
    "void_last": ("void_last",),
    "enter": ("enter", "take", "choose"),
}
# A PIN is typed by hand: a sheet on the counter must never hold one.
_SECRET = frozenset({"sign_in", "lock", "approval"})


class CommandSheet:
    """Reads command codes of this shop and does what they say on the current screen."""

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def take(self, code: str, screen: Screen) -> bool:
        """Do the command of ``code``; False when it is no command at all. A foreign one is refused."""
        if not looks_like_command(code):
            return False
        secret = bytes.fromhex(self._flows.desk.state.store.command_secret)
        name = parse_command(secret, code) if secret else None
        if name is None or not self._do(name, screen):
            self._flows.desk.sale.sound.emit("error")
        return True

    def _do(self, name: str, screen: Screen) -> bool:
        kind, _, value = name.rpartition("_")
        if kind == "digit":
            return self._digit(value, screen)
        if kind == "quantity":
            return self._quantity(int(value), screen)
        if name == "clear":
            return self._clear(screen)
        if name == "next" and screen is self._flows.sale_screen:
            # Exact cash has gone on to the next customer by itself.
            return self._flows.desk.sale.basket.empty
        actions = screen.key_actions()
        for meaning in _MEANINGS.get(name, ()):
            if meaning in actions:
                actions[meaning]()
                return True
        return False

    def _digit(self, digit: str, screen: Screen) -> bool:
        if screen is self._flows.sale_screen and self._flows.desk.sale.question is None:
            self._flows.sale_screen.entry.type(digit)
            return True
        return screen.name not in _SECRET and isinstance(screen, PageScreen) and screen.typed(digit)

    def _quantity(self, count: int, screen: Screen) -> bool:
        if screen is not self._flows.sale_screen or self._flows.desk.sale.question is not None:
            return False
        self._flows.ringing.set_multiplier(count * ONE)
        return True

    def _clear(self, screen: Screen) -> bool:
        if screen is self._flows.sale_screen:
            return self._flows.sale_screen.entry.clear()
        if isinstance(screen, PageScreen) and screen.typed("clear"):
            return True
        return isinstance(screen, PageScreen) and screen.typed("backspace")
