"""Why something is done: the shop's reasons on keys, before it is done."""

from __future__ import annotations

from collections.abc import Callable

from ui.register.desk import Desk
from ui.register.screens.reasons import WhyScreen
from ui.register.screens.values import Reason


def ask_why(
    desk: Desk, heading: str, note: str, reasons: tuple[str, ...], then: Callable[[str], None]
) -> None:
    """Call ``then`` with the reason chosen; at once, with none, where the shop has no reasons for it."""
    if not reasons:
        then("")
        return
    screen = WhyScreen(heading, note, tuple(Reason(text, text) for text in reasons), keys=desk.keys)

    def chosen(reason: Reason) -> None:
        desk.stage.close_overlay(screen)
        then(reason.code)

    screen.chosen.connect(chosen)
    screen.back.connect(lambda: desk.stage.close_overlay(screen))
    desk.stage.open_overlay(screen)
