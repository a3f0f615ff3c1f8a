"""The words for a server that is away: the chip, the banner, and how much of each cap is used."""

from __future__ import annotations

from typing import Literal

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.services.offline_state import NEAR_PERCENT, OfflineState
from pos_desktop.words import later, t
from ui.register.model import records_words, sales_words
from ui.register.screens.values import CapRow
from ui.widgets.labels import State
from ui.widgets.surface import BannerKind

ALONE = later("Can't reach the server. Selling goes on: cash, or a card the terminal approves by itself.")
STUCK = later("Can't reach the server. This till sells again when it answers; the basket is kept.")
SENDING = later("The server is back. {count} still to send; selling goes on meanwhile.")


def chip(state: OfflineState, *, sending: bool) -> tuple[str, State, str]:
    """Words, colour and icon of the network chip: green only when the server has everything."""
    if not state.away:
        if state.pending:
            return t("{pending} not confirmed", pending=state.pending), "warn", "refresh-cw"
        return t("Online"), "good", "wifi"
    if sending:
        return t("Back online · {pending} to send", pending=state.pending), "warn", "refresh-cw"
    if state.enabled and state.level == "stop":
        return t("Offline · selling stopped"), "danger", "wifi-off"
    words = t("Offline · {sales} queued", sales=sales_words(state.sales)) if state.sales else t("Offline")
    return words, "warn", "triangle-alert" if state.level == "near" else "wifi-off"


def banner(state: OfflineState, *, sending: bool, sent: int = 0) -> tuple[str, BannerKind]:
    """What stands across the screen; empty when there is nothing to say. ``sent`` have arrived just now."""
    if state.away and sending:
        return t(SENDING, count=records_words(state.pending)), "info"
    if state.away and not state.enabled:
        return t(STUCK), "warn"
    if state.away and state.level != "ok":
        return state.words or t(STUCK), "danger" if state.level == "stop" else "warn"
    if state.away:
        return t(ALONE), "info"
    if sent:
        words = t("The server is back. {records} sent; nothing is waiting.", records=records_words(sent))
        return words, "good"
    return state.mirror_words, "warn"


def cap_rows(state: OfflineState, currency: Currency) -> tuple[CapRow, ...]:
    """Each cap of selling alone with what is used of it."""
    caps = state.caps
    money = (format_money(state.cash, currency), format_money(caps.cash, currency))
    return (
        _row(
            later("Time alone"), duration(state.minutes), duration(caps.minutes), state.minutes, caps.minutes
        ),
        _row(later("Sales"), str(state.sales), str(caps.sales), state.sales, caps.sales),
        _row(later("Cash taken"), *money, state.cash, caps.cash),
    )


def _row(name: str, used: str, cap: str, part: int, whole: int) -> CapRow:
    percent = min(100, 100 * part // whole) if whole else 100
    return CapRow(name, t("{used} of {cap}", used=used, cap=cap), percent, _tone(percent))


def _tone(percent: int) -> Literal["good", "warn", "danger"]:
    if percent >= 100:
        return "danger"
    return "warn" if percent >= NEAR_PERCENT else "good"


def duration(minutes: int) -> str:
    """``35 min``, ``4 h``, ``1 h 05 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return t("{rest} min", rest=rest)
    return t("{hours} h {rest} min", hours=hours, rest=f"{rest:02d}") if rest else t("{hours} h", hours=hours)
