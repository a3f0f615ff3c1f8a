"""Roles: a row a permission, changed by keys and sums, kept at once, noted, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from pos_desktop.domain.cash_rules import Limit, parse_percent
from pos_desktop.domain.money import currency
from pos_desktop.domain.permissions import IN_WORDS
from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_roles import ManagerRoles, RoleFilter, RoleRule
from tests.manager.conftest import OpenPage
from tests.manager.hands import PageHands
from tests.shop_database import ShopDatabase
from ui.manager.roles_page import RolesPage, limit_words

GBP = currency("GBP")
AUDIT = (
    "select what, subject, by like 'mgr_%', detail->'was' <> detail->'now'"
    " from pos.audit where what = 'role_changed'"
)


class RoleHands(PageHands[RolesPage]):
    """A manager at the roles."""

    def take(self, permission: str) -> None:
        row = self.page.model.row_of(permission)
        assert row is not None
        self.page.table.take(row)
        self.settle()

    def cells(self, permission: str) -> list[str]:
        row = self.page.model.row_of(permission)
        assert row is not None
        return [str(self.page.model.index(row, n).data()) for n in range(4)]

    def press(self, role: str) -> None:
        self.page.pane.keys[role].click()
        self.settle()

    def type(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.clear()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.settle()


@pytest.fixture
def at_roles(open_page: OpenPage) -> RoleHands:
    found: RoleHands = open_page(RoleHands, RolesPage)
    return found


def test_each_thing_at_a_till_is_a_row_with_who_may_and_how_far(at_roles: RoleHands) -> None:
    assert at_roles.page.model.rowCount() == len(IN_WORDS)
    assert at_roles.cells("discount") == ["Give a discount", "Up to 10%", "Up to 30%", "Any"]
    assert at_roles.cells("training") == ["Start training", "No", "Yes", "Yes"]
    assert at_roles.cells("difference_over")[1:] == ["Own up to £5.00", "Up to £50.00", "Any"]
    at_roles.page.find_words("unicorn")
    at_roles.settle()
    assert at_roles.page.model.rowCount() == 0


def test_a_key_gives_a_permission_and_the_banner_takes_it_back(
    at_roles: RoleHands, database: ShopDatabase
) -> None:
    at_roles.take("training")
    at_roles.press("cashier")
    assert at_roles.cells("training")[1] == "Yes"
    assert "Cashier: Start training — yes. Kept." in at_roles.page.banner.text()
    has = "select count(*) from pos.role_permission where role = 'cashier' and permission = 'training'"
    assert database.query(has) == [(1,)]
    assert database.query(AUDIT) == [("role_changed", "cashier", True, True)]
    (key,) = [
        k
        for k in at_roles.page.banner.findChildren(type(at_roles.page.export_key))
        if k.text() == "Take it back"
    ]
    key.click()
    at_roles.settle()
    assert database.query(has) == [(0,)]
    assert len(database.query(AUDIT)) == 2


def test_a_sum_typed_and_entered_is_how_far_a_role_goes_and_tills_are_told(
    at_roles: RoleHands, database: ShopDatabase
) -> None:
    before = database.query("select last from pos.change_counter")[0][0]
    at_roles.take("pay_out")
    at_roles.type(at_roles.page.pane.amounts["cashier"], "20")
    assert at_roles.cells("pay_out")[1] == "Up to £20.00"
    at_roles.take("discount")
    at_roles.type(at_roles.page.pane.shares["supervisor"], "12.5")
    assert at_roles.cells("discount")[2] == "Up to 12.5%"
    at_roles.type(at_roles.page.pane.shares["supervisor"], "")
    assert at_roles.cells("discount")[2] == "Any"
    limits = (
        "select what, ppm, amount from pos.role_limit"
        " where role = '{}' and what in ('pay_out', 'discount') order by 1"
    )
    assert database.query(limits.format("cashier")) == [("discount", 100_000, None), ("pay_out", None, 2000)]
    assert database.query(limits.format("supervisor")) == [("pay_out", None, 50_000)]
    assert database.query("select bool_and(shop) from pos.change where n > %s", before) == [(True,)]
    at_roles.type(at_roles.page.pane.shares["supervisor"], "200")
    assert "no share up to 100" in at_roles.page.banner.text()
    assert len(database.query(AUDIT)) == 3


def test_a_refused_change_keeps_its_words_and_shows_what_stands(
    at_roles: RoleHands, desk: ManagerDesk
) -> None:
    theirs = ManagerRoles(desk)
    at_roles.take("drop")
    theirs.save(rule(theirs, "training"), "cashier", allowed=True, limit=Limit())
    at_roles.press("cashier")
    assert "Somebody else" in at_roles.page.banner.text()
    assert at_roles.page.pane.keys["cashier"].isChecked()
    assert at_roles.cells("training")[1] == "Yes", "the rows were read anew"
    at_roles.press("cashier")
    assert at_roles.cells("drop")[1] == "No"


def rule(roles: ManagerRoles, name: str) -> RoleRule:
    return next(row for row in roles.page(RoleFilter()).rows if row.id == name)


def test_roles_are_the_whole_shops(one_store: ManagerDesk) -> None:
    roles = ManagerRoles(one_store)
    with pytest.raises(UserError, match="not for every store"):
        roles.save(rule(roles, "drop"), "cashier", allowed=False, limit=Limit())


def test_what_somebody_else_changed_is_not_overwritten(desk: ManagerDesk) -> None:
    mine, theirs = ManagerRoles(desk), ManagerRoles(desk)
    seen = rule(mine, "drop")
    theirs.save(rule(theirs, "training"), "cashier", allowed=True, limit=Limit())
    with pytest.raises(UserError, match="Somebody else"):
        mine.save(seen, "cashier", allowed=False, limit=Limit())
    assert "cashier" in rule(mine, "training").allowed
    assert "cashier" in rule(mine, "drop").allowed
    assert "cashier" not in mine.save(seen, "cashier", allowed=False, limit=Limit()).allowed


def test_limits_in_words_and_as_typed() -> None:
    assert limit_words(Limit(), GBP) == "any"
    assert limit_words(Limit(125_000, 5000), GBP) == "up to 12.5% and £50.00"
    assert [parse_percent(text) for text in ("12.5", "100 %", "0", "100.01", "-1", "ten", "7,25")] == [
        125_000, 1_000_000, 0, None, None, None, 72_500,
    ]  # fmt: skip
