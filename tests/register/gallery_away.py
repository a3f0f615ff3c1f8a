"""A till without its server, state after state, each following from the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pos_desktop.services.problems import SHUT_OUT
from tests.register.conftest import AMINAS_PIN, Shop, Till
from tests.register.gallery import fill


def away_stuck(till: Till, shop: Shop) -> None:
    """The server went in the middle of a sale, and this shop sells nothing without it."""
    fill(till, shop)
    pull(till, shop)


def away_selling(till: Till, shop: Shop) -> None:
    """The shop lets its tills sell alone: one sale is queued, the next is on the screen."""
    assert shop.cable is not None
    shop.cable.mend()
    till.wait(lambda shown: shown["away"] is False, 30_000)
    shop.do("update pos.store set offline = true, offline_sale = 3000 where number = 1")
    till.services.till.settle()
    till.wait(lambda shown: shown["copied"] is True, 30_000)
    till.stroke("Ctrl+L")
    till.keys(f"{AMINAS_PIN}\n")
    pull(till, shop)
    till.stroke("F11")
    fill(till, shop)


def away_panel(till: Till, shop: Shop) -> None:
    """How far the till may go."""
    till.stroke("Ctrl+S")


def away_paying(till: Till, shop: Shop) -> None:
    """What may be taken without the server."""
    till.stroke("Esc", "F12")


def away_change(till: Till, shop: Shop) -> None:
    """Sold alone, with change."""
    till.keys("50.00\n")


def away_close(till: Till, shop: Shop) -> None:
    """The shift waits for what is not sent."""
    till.stroke("Return", "Ctrl+W")


def away_sign_in(till: Till, shop: Shop) -> None:
    """Locked while the server is away: who was here lately can sign in."""
    till.stroke("Esc", "Ctrl+L")


def away_too_much(till: Till, shop: Shop) -> None:
    """This sale is more than one sale may be without the server."""
    till.keys(f"{AMINAS_PIN}\n")
    fill(till, shop)
    fill(till, shop)
    till.stroke("F12")


def away_near(till: Till, shop: Shop) -> None:
    """Most of the sales it may make are made."""
    till.stroke("Esc")
    stand(till, sales=168, pending=170, level="near", words="168 of 200 sales without the server are made.")


def away_stopped(till: Till, shop: Shop) -> None:
    """As much cash as it may take: nothing more until the server answers."""
    words = "This till has taken £5\u202f000.00 in cash alone and may take £5\u202f000.00 at most."
    stand(till, sales=200, pending=214, level="stop", words=words)


def away_sending(till: Till, shop: Shop) -> None:
    """The server is back, and what was sold alone is on its way."""
    till.window.flows.away.sending = True
    stand(till, sales=11, pending=12, level="ok", words="")


def shut_out(till: Till, shop: Shop) -> None:
    """The till was revoked in the middle of a sale."""
    till.window.flows.posting.stop(SHUT_OUT)


def confirming(till: Till, shop: Shop) -> None:
    """The network swallows the answer of the first sale: did it go through?"""
    fill(till, shop)
    till.stroke("F12")
    assert shop.cable is not None
    shop.cable.swallow()
    till.window.press("exact")
    till.wait(lambda shown: shown["screen"] == "confirming", 20_000)


def pull(till: Till, shop: Shop) -> None:
    """Pull the cable and wait until the till knows."""
    assert shop.cable is not None
    shop.cable.pull()
    till.wait(lambda shown: shown["away"] is True, 30_000)
    till.settle()


def stand(till: Till, **values: Any) -> None:
    """Put the till where it would come to after hours: its own account of being alone, changed in part."""
    away = till.window.flows.away
    away.freeze(replace(away.state, **values))
    till.settle()


AWAY: tuple[Callable[[Till, Shop], None], ...] = (
    away_stuck,
    away_selling,
    away_panel,
    away_paying,
    away_change,
    away_close,
    away_sign_in,
    away_too_much,
    away_near,
    away_stopped,
    away_sending,
    shut_out,
)
"""What a till without its server goes through, each state following from the one before."""
