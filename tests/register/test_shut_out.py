"""A register whose login the server takes no more says so, and goes on by itself when it is let in again."""

from __future__ import annotations

import pytest

from pos_desktop.services import returning
from tests.register.conftest import AMINA, AMINAS_PIN, Counter, DemoTemplate, Shop, Till, code_of, sign_in

pytestmark = pytest.mark.expects_log


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits half a minute here."""
    monkeypatch.setattr(returning, "KNOCK_EVERY", 0.5)


def shut_out(shop: Shop, login: str) -> None:
    """The login may not connect any more, and what it has open ends."""
    shop.do(f"alter role {login} nologin")
    shop.do(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{login}'")


def let_in(till: Till, shop: Shop, login: str) -> None:
    """The login counts again; nobody touches the till."""
    shop.do(f"alter role {login} login")
    till.wait(lambda shown: shown["screen"] != "locked_out", 40_000)
    till.settle()


def test_it_goes_on_with_the_basket_it_had(till: Till, shop: Shop, demo_template: DemoTemplate) -> None:
    till.scan(code_of(shop, "Whole milk 2 L"))
    try:
        shut_out(shop, demo_template.login)
        till.window.press("exact_cash")
        till.wait(lambda shown: shown["screen"] == "locked_out", 30_000)
        assert "no longer lets this till in" in str(till["message"])
        assert "asks again by itself" in str(till["todo"])
    finally:
        let_in(till, shop, demo_template.login)
    assert till["screen"] == "sale"
    assert till["lines"] == 1
    assert shop.ask("select count(*) from pos.sale") == [(0,)], "nothing was paid"
    till.window.press("exact_cash")
    till.wait(lambda shown: shown["screen"] == "sale" and shown["lines"] == 0, 30_000)
    assert shop.ask("select total from pos.sale") == [(185,)]


@pytest.mark.parametrize("locked", [False, True], ids=["nobody signed in", "locked"])
def test_who_is_there_is_asked_again(
    counter: Counter, shop: Shop, demo_template: DemoTemplate, locked: bool
) -> None:
    till = counter.open(ready=locked)
    if locked:
        till.stroke("Ctrl+L")
    before = till["screen"]
    try:
        shut_out(shop, demo_template.login)
        till.services.till.settle()
        till.wait(lambda shown: shown["screen"] == "locked_out", 30_000)
    finally:
        let_in(till, shop, demo_template.login)
    assert till["screen"] == before
    sign_in(till, AMINA, AMINAS_PIN)
    till.wait(lambda shown: shown["screen"] == "sale")
