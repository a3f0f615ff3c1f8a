"""Tills for tests: the real services on a real server, in a folder of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_desktop.bootstrap import AppServices, open_till
from pos_desktop.config import Settings, load_settings
from pos_desktop.database import staff as staff_rows
from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.money import currency
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.services.pin import pin_secret, stored_verifier
from pos_desktop.services.results import Completed, Found, Posted, SignedIn
from pos_desktop.services.till import TillServices
from tests.database.shop import CASHIER, MANAGER, PASSWORD, SUPERVISOR, Shop, connect, make_shop
from tests.shop_database import ShopDatabase

PINS = {CASHIER: "4711", SUPERVISOR: "2580", MANAGER: "135790"}
PEPPER = "a shop's pepper"
GBP = currency("GBP")

MILK, WINE, BREAD = "5010012345674", "5000328044842", "4006381333931"


def make_pinned_shop(database: ShopDatabase, **options: Any) -> Shop:
    """A small shop whose people have real PINs."""
    with connect(database.owner_dsn) as owner:
        shop = make_shop(owner, signed_in=False, **options)
        owner.execute("insert into pos.item_code values ('0' || %s, %s, 'gtin')", [MILK, shop.items[1].id])
        for number, pin in PINS.items():
            salt = bytes([number % 256]) * 16
            staff_rows.set_pin(owner, number, salt, stored_verifier(pin_secret(pin, salt, PEPPER.encode())))
    database.logins.extend(shop.logins.values())
    return shop


def settings_in(folder: Path) -> Settings:
    """Settings of a till whose data lie in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    pepper = folder / "pepper"
    if not pepper.exists():
        pepper.touch(mode=0o600)
        pepper.write_text(PEPPER, encoding="utf-8")
    return load_settings(folder, {})


@dataclass
class Shopfront:
    """A shop on a real server, and a folder for each of its tills."""

    database: ShopDatabase
    shop: Shop
    folder: Path

    def open(self, number: int = 1, folder: Path | None = None) -> AppServices:
        """Start the program of a till; close it again."""
        dsn = self.dsn(number)
        return open_till(settings_in(folder or self.folder / f"till {number}"), dsn=dsn)

    def dsn(self, number: int = 1) -> str:
        """How a till reaches the server."""
        return self.database.dsn(self.shop.logins[number], PASSWORD)


def ready(till: TillServices, who: int = CASHIER, float_amount: int = 10000) -> TillServices:
    """Signed in, with an open shift."""
    assert isinstance(till.sign_in(who, PINS[who]), SignedIn)
    if till.state().shift is None:
        assert isinstance(till.open_shift(float_amount), Completed)
    return till


def scanned(till: TillServices, basket: Basket, *codes: str) -> Basket:
    """The basket with these codes scanned into it, kept in the draft as the register does."""
    for code in codes:
        found = till.find(code)
        assert isinstance(found, Found), found
        basket = basket.add(found.item, found.qty, code=found.code)
        till.save_draft(basket)
    return basket


def cash(basket: Basket, given: int | None = None) -> tuple[Tender, ...]:
    """Cash for the whole basket, exact unless told otherwise."""
    tendering = Tendering(totals(basket).total)
    if tendering.complete:
        return tendering.final()
    return tendering.add_cash(tendering.total if given is None else given, GBP).final()


def sell(till: TillServices, *codes: str) -> Posted:
    """Ring up and pay exactly, in cash."""
    basket = scanned(till, till.new_basket(), *codes)
    return till.complete_sale(basket, cash(basket))
