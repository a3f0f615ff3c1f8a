"""The words for a server that is away: the chip, the banner, and how much of each cap is used."""

from __future__ import annotations

from typing import Literal

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.services.offline_state import NEAR_PERCENT, OfflineState
from ui.register.model import plural
from ui.register.screens.values import CapRow
from ui.widgets.labels import State
from ui.widgets.surface import BannerKind

ALONE = "Can't reach the server. Selling goes on: cash, or a card the terminal approves by itself."
STUCK = "Can't reach the server. This till sells again when it answers; the basket is kept."
SENDING = "The server is back. {count} still to send; selling goes on meanwhile."


def chip(state: OfflineState, *, sending: bool) -> tuple[str, State, str]:
    """Words, colour and icon of the network chip: green only when the server has everything."""
    if not state.away:
        if state.pending:
            return f"{state.pending} not confirmed", "warn", "refresh-cw"
        return "Online", "good", "wifi"
    if sending:
        return f"Back online · {state.pending} to send", "warn", "refresh-cw"
    if state.enabled and state.level == "stop":
        return "Offline · selling stopped", "danger", "wifi-off"
    queued = f" · {plural(state.sales, 'sale')} queued" if state.sales else ""
    return f"Offline{queued}", "warn", "triangle-alert" if state.level == "near" else "wifi-off"


def banner(state: OfflineState, *, sending: bool, sent: int = 0) -> tuple[str, BannerKind]:
    """What stands across the screen; empty when there is nothing to say. ``sent`` have arrived just now."""
    if state.away and sending:
        return SENDING.format(count=plural(state.pending, "record")), "info"
    if state.away and not state.enabled:
        return STUCK, "warn"
    if state.away and state.level != "ok":
        return state.words or STUCK, "danger" if state.level == "stop" else "warn"
    if state.away:
        return ALONE, "info"
    if sent:
        return f"The server is back. {plural(sent, 'record')} sent; nothing is waiting.", "good"
    return state.mirror_words, "warn"


def cap_rows(state: OfflineState, currency: Currency) -> tuple[CapRow, ...]:
    """Each cap of selling alone with what is used of it."""
    caps = state.caps
    money = (format_money(state.cash, currency), format_money(caps.cash, currency))
    return (
        _row("Time alone", duration(state.minutes), duration(caps.minutes), state.minutes, caps.minutes),
        _row("Sales", str(state.sales), str(caps.sales), state.sales, caps.sales),
        _row("Cash taken", *money, state.cash, caps.cash),
    )


def _row(name: str, used: str, cap: str, part: int, whole: int) -> CapRow:
    percent = min(100, 100 * part // whole) if whole else 100
    return CapRow(name, f"{used} of {cap}", percent, _tone(percent))


def _tone(percent: int) -> Literal["good", "warn", "danger"]:
    if percent >= 100:
        return "danger"
    return "warn" if percent >= NEAR_PERCENT else "good"


def duration(minutes: int) -> str:
    """``35 min``, ``4 h``, ``1 h 05 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
