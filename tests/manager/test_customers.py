"""Customers at the desk: found, changed field by field, given groups and an account, taken back, erased."""

from __future__ import annotations

import json

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_desktop.database.customer_setup import (
    open_account,
    write_customer,
    write_customer_groups,
    write_customer_rules,
)
from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_customers import CustomerFilter, ManagerCustomers, typed
from tests.database.shop import PASSWORD, Shop
from tests.manager.conftest import OpenPage
from tests.manager.hands import PageHands
from tests.shop_database import ShopDatabase
from ui.manager.customers_page import CustomersPage
from ui.widgets.key import Key

GRACE, OLIVER, AMELIE = 10000101, 10000102, 10000103


@pytest.fixture(autouse=True)
def people(database: ShopDatabase, shop: Shop) -> None:
    """Three customers, one of whom owes money."""
    with database.connect() as owner:
        write_customer_rules(owner, 1, {"dial": "44"})
        write_customer_groups(owner, [("member", "Member"), ("trade", "Trade")])
        grace = {"number": GRACE, "name": "Grace Wanjiru", "phone": "447700900101", "groups": ["member"]}
        write_customer(owner, {**grace, "card": "2980000000010", "points": 1250, "consent": True})
        write_customer(owner, {"number": OLIVER, "name": "Oliver Brandt", "phone": "447700900102"})
        write_customer(owner, {"number": AMELIE, "name": "Amélie Fournier", "phone": "447700900103"})
        open_account(owner, OLIVER, 20000, 4500)


class CustomerHands(PageHands[CustomersPage]):
    """A manager at the customers."""

    def take(self, number: int) -> None:
        row = self.page.model.row_of(number)
        assert row is not None
        self.page.table.take(row)
        self.settle()

    def type(self, field: str, text: str) -> None:
        line = self.page.pane.fields[field]
        line.setFocus()
        line.clear()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        self.settle()

    def press(self, words: str) -> None:
        (key,) = [each for each in self.page.banner.findChildren(Key) if each.text() == words]
        key.click()
        self.settle()


@pytest.fixture
def at_desk(open_page: OpenPage) -> CustomerHands:
    found: CustomerHands = open_page(CustomerHands, CustomersPage)
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [AMELIE, GRACE, OLIVER]),
        ("amelie", [AMELIE]),
        ("wan gra", [GRACE]),
        ("07700 900102", [OLIVER]),
        ("900103", [AMELIE]),
        ("2980000000010", [GRACE]),
        (str(OLIVER), [OLIVER]),
        ("%", []),
    ],
)
def test_a_manager_finds_customers(desk: ManagerDesk, words: str, found: list[int]) -> None:
    customers = ManagerCustomers(desk, desk.stores()[0])
    assert [row.id for row in customers.page(CustomerFilter(words)).rows] == found
    assert customers.count(CustomerFilter(words)) == (len(found), False)


def test_pages_follow_one_another(desk: ManagerDesk, database: ShopDatabase) -> None:
    with database.connect() as owner:
        for n in range(240):
            write_customer(owner, {"number": 20000000 + n, "name": f"Person {n % 7}"})
    customers = ManagerCustomers(desk, desk.stores()[0])
    seen: list[int] = []
    page = customers.page(CustomerFilter())
    seen += [row.id for row in page.rows]
    while page.more:
        page = customers.page(CustomerFilter(), "", page.rows[-1].key)
        seen += [row.id for row in page.rows]
    assert len(seen) == len(set(seen)) == 243


def test_what_is_typed_is_kept_noted_without_it_and_taken_back(
    at_desk: CustomerHands, database: ShopDatabase
) -> None:
    at_desk.take(AMELIE)
    at_desk.type("phone", "07700 900999")
    phone = f"select phone from pos.customer where number = {AMELIE}"
    assert database.query(phone) == [("447700900999",)]
    at_desk.press("Take it back")
    assert database.query(phone) == [("447700900103",)]
    at_desk.page.pane.groups["trade"].click()
    at_desk.settle()
    at_desk.page.pane.consent.click()
    at_desk.settle()
    assert database.query(f"select grp from pos.customer_in_group where customer = {AMELIE}") == [("trade",)]
    assert database.query(f"select consent from pos.customer where number = {AMELIE}") == [(True,)]
    noted = database.query(
        "select subject, detail from pos.audit where what = 'customer_changed' order by id"
    )
    assert [detail["parts"] for _, detail in noted] == [["phone"], ["phone"], ["groups"], ["consent"]]
    assert "900" not in json.dumps([detail for _, detail in noted])


def test_a_limit_opens_an_account_and_zero_stops_charging(
    at_desk: CustomerHands, database: ShopDatabase
) -> None:
    at_desk.take(AMELIE)
    at_desk.type("limit", "150")
    floor = (
        "select a.kind, a.currency, a.floor, a.balance from pos.account a join pos.customer c"
        f" on c.account = a.id where c.number = {AMELIE}"
    )
    assert database.query(floor) == [("account", "GBP", -15000, 0)]
    at_desk.type("limit", "0")
    assert database.query(floor) == [("account", "GBP", 0, 0)]
    at_desk.type("limit", "much")
    assert "That is no sum." in at_desk.page.banner.text()
    assert database.query(floor) == [("account", "GBP", 0, 0)]


def test_what_does_not_fit_is_said_and_nothing_changes(
    at_desk: CustomerHands, database: ShopDatabase
) -> None:
    before = database.query("select * from pos.customer order by number")
    at_desk.take(GRACE)
    for field, text, words in (
        ("name", "  ", "A customer has a name"),
        ("phone", "12", "That is no phone number"),
        ("phone", "07700 900102", "Another customer has this phone number"),
        ("certificate_until", "2027-13-40", "does not fit"),
        ("certificate_until", "soon", "That is no day"),
        ("tax_number", "4111 1111 1111 1111", "payment card"),
    ):
        at_desk.type(field, text)
        assert words in at_desk.page.banner.text()
    assert database.query("select * from pos.customer order by number") == before


def test_a_person_is_erased_once_the_account_is_settled(
    at_desk: CustomerHands, database: ShopDatabase
) -> None:
    at_desk.take(OLIVER)
    at_desk.page.pane.erase.click()
    at_desk.press("Erase for good")
    assert "not at zero" in at_desk.page.banner.text()
    at_desk.take(GRACE)
    at_desk.page.pane.erase.click()
    assert database.query("select count(*) from pos.customer where erased_at is not null") == [(0,)]
    at_desk.press("Erase for good")
    assert f"Customer {GRACE} is erased." in at_desk.page.banner.text()
    assert at_desk.page.model.row_of(GRACE) is None
    gone = f"select name, phone, card from pos.customer where number = {GRACE}"
    assert database.query(gone) == [("", None, None)]
    assert database.query("select subject from pos.audit where what = 'customer_erased'") == [(str(GRACE),)]


def test_another_manager_is_not_overwritten(desk: ManagerDesk, colleague: ManagerDesk) -> None:
    mine, theirs = (ManagerCustomers(each, each.stores()[0]) for each in (desk, colleague))
    (row,) = mine.page(CustomerFilter("grace")).rows
    changed = theirs.save(row, {"name": "Grace W."})
    with pytest.raises(UserError) as told:
        mine.save(row, {"name": "Gracie"})
    assert told.value.code == "customers.conflict"
    with pytest.raises(UserError):
        mine.erase(row)
    # Two changes of one's own in a row, the second typed before the first was answered.
    theirs.save(changed, {"consent": 0})
    assert theirs.save(changed, {"tax_number": "GB 1"}).consent is False


def test_money_promised_and_erasing_take_a_manager_of_every_store(one_store: ManagerDesk) -> None:
    customers = ManagerCustomers(one_store, one_store.stores()[0])
    (row,) = customers.page(CustomerFilter("grace")).rows
    for work in (lambda: customers.save(row, {"limit": 100}), lambda: customers.erase(row)):
        with pytest.raises(UserError) as told:
            work()
        assert told.value.code == "customers.every_store"
    assert customers.save(row, {"name": "Grace W."}).name == "Grace W."


@pytest.mark.parametrize(
    "changes",
    [
        "[]",
        '{"points": 5}',
        '{"number": 5}',
        '{"name": " "}',
        '{"name": 5}',
        '{"phone": "abcdefg"}',
        '{"consent": 2}',
        '{"limit": -1}',
        '{"limit": 0.5}',
        '{"groups": "member"}',
        '{"groups": ["nobody"]}',
        '{"groups": [null]}',
        '{"groups": 3}',
        '{"certificate_codes": [null]}',
        '{"tax_number": null}',
        '{"certificate_until": "2027-02-30"}',
    ],
)
def test_a_hostile_manager_writes_nothing_odd(
    desk: ManagerDesk, database: ShopDatabase, changes: str
) -> None:
    (row,) = ManagerCustomers(desk, desk.stores()[0]).page(CustomerFilter("grace")).rows
    with desk.database.sale.connection() as connection:
        answer = connection.execute(
            "select api.m_save_customer(%s, %s, %s::jsonb)", [GRACE, row.row_version, changes]
        ).fetchone()
    assert answer is not None
    assert answer[0]["outcome"] == "refused"
    assert database.query(f"select row_version from pos.customer where number = {GRACE}") == [
        (row.row_version,)
    ]


def test_a_till_and_a_manager_that_left_read_no_list(
    desk: ManagerDesk, database: ShopDatabase, shop: Shop
) -> None:
    calls = (
        "select api.m_customers('', null, 10)",
        "select api.m_customers_count('')",
        "select api.m_customer_choices(1)",
        "select api.m_save_customer(10000101, 1, '{}')",
        "select api.m_erase_customer(10000101, 1)",
        "select name from pos.customer",
        "select pos.customer_state(10000101)",
    )
    with psycopg.connect(database.dsn(shop.logins[1], PASSWORD), autocommit=True) as till:
        for call in calls:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                till.execute(call)
    with desk.database.sale.connection() as connection:
        for call in calls[-2:]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(call)
    with database.connect() as owner:
        owner.execute("update pos.manager set ended_at = now()")
    with desk.database.sale.connection() as connection:
        for call in calls[:-2]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(call)


def test_fields_are_made_what_the_server_keeps() -> None:
    assert typed("phone", "07700 900 123", "44") == "447700900123"
    assert typed("phone", " ", "44") == ""
    assert typed("certificate_codes", "S, R;Z", "44") == ["S", "R", "Z"]
    assert typed("name", "  Ada   King ", "44") == "Ada King"
