"""One shop's two days, made once by the real till: in the server, in the till's journal, in an export."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from psycopg import sql

from pos_desktop.cli.main import main
from pos_desktop.cli.verify import _verifier
from pos_desktop.database import customer_setup
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.domain.basket import totals
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.refund import take_back
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.services.customers import CustomerSeen, named
from pos_desktop.services.results import Completed, Refused, ZReport
from tests.database.shop import SUPERVISOR
from tests.register.conftest import app
from tests.services.tills import (
    BREAD,
    GBP,
    MILK,
    Shopfront,
    cash,
    make_pinned_shop,
    ready,
    scanned,
    sell,
)
from tests.shop_database import ShopDatabase, create_database, drop_database

__all__ = ["app"]

_copies = itertools.count(1)


@dataclass(frozen=True)
class Days:
    """What two days left behind; nobody changes it, everybody takes copies."""

    front: Shopfront
    journal: Path
    export: Path
    till_export: Path

    @property
    def database(self) -> ShopDatabase:
        """The server's books."""
        return self.front.database


def trade(front: Shopfront) -> None:
    """A day with everything in it, its Z, and the morning after; then the program is closed."""
    app = front.open()
    till = ready(app.till)
    basket = scanned(till, till.new_basket(), MILK, BREAD, MILK)
    tenders = Tendering(totals(basket).total).add_card(200, "slip 7").add_cash(1000, GBP).final()
    assert isinstance(till.complete_sale(basket, tenders), Completed)
    recalled = scanned(till, till.new_basket(), BREAD)
    with front.database.connect() as owner:
        owner.execute("update pos.item set blocked = true where id = 5")
        assert isinstance(till.complete_sale(recalled, cash(recalled)), Refused)
        owner.execute("update pos.item set blocked = false where id = 5")
    assert isinstance(till.cash_movement("drop", 300, "safe"), Completed)
    assert isinstance(till.no_sale("change"), Completed)
    assert isinstance(till.post_event("age_refused", {"min_age": 18}), Completed)
    left = scanned(till, till.new_basket(), BREAD)
    assert isinstance(till.void_sale(left, "left", approved_by=SUPERVISOR), Completed)
    assert isinstance(till.close_shift({1000: 10, 100: 2}), ZReport)
    ready(till)
    for codes in ((BREAD,), (MILK, MILK)):
        done = sell(till, *codes)
        assert isinstance(done, Completed)
        till.printed(done.document.id)
    app.close()


def trade_with_a_customer(front: Shopfront) -> None:
    """Points earned, some of them spent, the rest on the house account, and a part of that paid."""
    app = front.open()
    till = ready(app.till)
    with front.database.connect() as owner:
        customer_setup.write_customer_rules(owner, 1, {"earn": 10_000, "worth": 1})
        customer_setup.write_tender_kinds(owner, 1, ("points", "account", "mobile"))
        member = {"number": 10000017, "name": "Amina Otieno", "card": "VIP1", "limit": 5000, "points": 20}
        customer_setup.write_customer(owner, member)
    till.poll_changes()
    seen = till.find_customer("VIP1", scanned=True)
    assert isinstance(seen, CustomerSeen)
    account = seen.customer.account
    assert account is not None
    basket = named(scanned(till, till.begun(till.new_basket()), MILK), seen.customer)
    tendering = (
        Tendering(totals(basket).total).add(Tender("points", 5)).add(Tender("mobile", 10, "QGH7X5K2PL"))
    )
    tendering = tendering.add(Tender("account", tendering.remaining, account=account.id))
    assert isinstance(till.complete_sale(basket, tendering.final()), Completed)
    assert isinstance(till.receive_payment(seen.customer, Tender("cash", 100)), Completed)
    app.close()


def take_some_back(front: Shopfront) -> None:
    """Two milks paid by card, one of them back to the card, thrown away."""
    app = front.open()
    till = ready(app.till, SUPERVISOR)
    basket = scanned(till, till.new_basket(), MILK, MILK)
    sold = till.complete_sale(basket, (Tender("card", totals(basket).total, "A1"),))
    assert isinstance(sold, Completed)
    fields = sold.document.fields
    sale = till.receipt_to_refund(receipt_number(1, fields["till"], fields["epoch"], fields["no"]))
    back = take_back(till.new_basket(), sale, 1, 1000, "waste", "Faulty")
    ways = tuple(replace(way, slip="A2").tender for way in till.ways_back(back))
    assert isinstance(till.complete_sale(back, ways), Completed)
    app.close()


@pytest.fixture(scope="session")
def days(server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """The two days."""
    folder = tmp_path_factory.mktemp("days")
    database = create_database(server, template)
    front = Shopfront(database, make_pinned_shop(database), folder)
    trade(front)
    journal = folder / "till 1" / "journal" / "journal.db"
    export, till_export = folder / "server.jsonl", folder / "till.jsonl"
    assert database.as_owner("export", "journal", "-o", str(export)) == 0
    assert main(["export", "journal", "--journal", str(journal), "-o", str(till_export)]) == 0
    yield Days(front, journal, export, till_export)
    drop_database(database)


@pytest.fixture
def copy(days: Days, server: EmbeddedServer) -> Iterator[ShopDatabase]:
    """The server's database once more, to be spoiled."""
    name = f"spoiled_{next(_copies)}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        names = (sql.Identifier(name), sql.Identifier(days.front.database.name))
        owner.execute(sql.SQL("create database {} template {}").format(*names))
    spoiled = ShopDatabase(server, name)
    yield spoiled
    drop_database(spoiled)


@pytest.fixture
def journal(days: Days, tmp_path: Path) -> Path:
    """The till's journal once more, to be spoiled."""
    return Path(shutil.copy(days.journal, tmp_path / "journal.db"))


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    """The verifier that ships."""
    return _verifier()  # type: ignore[no-any-return]


Wrong = Callable[[bytes], "str | None"]


@pytest.fixture
def wrong(verifier: ModuleType, tmp_path: Path) -> Wrong:
    """What the verifier says is wrong first with an export of these bytes."""
    path = tmp_path / "spoiled.jsonl"

    def ask(lines: bytes) -> str | None:
        path.write_bytes(lines)
        return verifier.check(str(path))[1]  # type: ignore[no-any-return]

    return ask
