"""The inbox: flags, alarms and the keeper's alerts in one list, each with words, a document, a way out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_alerts import AlertFilter, ManagerAlerts
from pos_desktop.services.manager_words import alert_words, duration, flag_words
from tests.database.shop import MILK, PASSWORD, Shop, TillClient, line
from tests.manager.conftest import OpenPage
from tests.manager.hands import PageHands
from tests.shop_database import ShopDatabase
from ui.manager.alerts_page import AlertsPage
from ui.theme import theme
from ui.widgets.text import record_text

ALL = AlertFilter(1)


@pytest.fixture
def oversold(database: ShopDatabase, shop: Shop) -> str:
    """The id of a sale that took more milk than there was."""
    with database.connect() as owner:  # the keeper is at work, so that nothing is said of it
        owner.execute("insert into pos.keeper_beat (seen_at, host, version) values (now(), 'here', '1')")
    with database.connect(shop.logins[1], PASSWORD) as connection:
        till = TillClient(shop, connection)
        till.open_shift()
        fields = till.sale([line(shop.items[MILK], qty=103_000)])
        assert till.post(fields).flags == ("oversell",)
    return str(fields["id"])


@pytest.fixture
def alerts(desk: ManagerDesk, oversold: str) -> ManagerAlerts:
    return ManagerAlerts(desk, desk.stores()[0])


def raise_alert(database: ShopDatabase, kind: str, subject: str = "", detail: str = "{}") -> None:
    with database.connect() as owner:
        owner.execute(
            "insert into pos.alert (kind, severity, subject, detail)"
            " select kind, severity, %s, %s::jsonb from pos.alert_rule where kind = %s",
            [subject, detail, kind],
        )


def test_a_flag_says_which_goods_and_which_document(alerts: ManagerAlerts, oversold: str) -> None:
    (alert,) = alerts.page(ALL).rows
    assert (alert.level, alert.till, alert.document) == ("warning", 1, oversold)
    assert (
        alert.words.happened == "More was sold than the books had on hand: Whole milk 2 l (\N{MINUS SIGN}3)."
    )
    assert alert.about == "S1-T1-1-000002, Ann, £169.95"
    assert alert.words.todo


def test_alarms_come_first_and_put_away_leaves(alerts: ManagerAlerts, database: ShopDatabase) -> None:
    raise_alert(database, "backup_old", detail='{"seconds": 108000}')
    first, second = alerts.page(ALL).rows
    assert (first.level, first.till, first.words.happened) == ("alarm", 0, "The newest backup is 30 h old.")
    assert alerts.page(AlertFilter(1, urgent=True)).rows == (first,)
    assert alerts.page(AlertFilter(1, "milk")).rows == (second,)
    assert alerts.put_away(second)
    assert not alerts.put_away(second)
    assert alerts.put_away(first)
    (left,) = alerts.page(ALL).rows  # it is still so: seen, and there
    assert (left.id, left.seen) == (first.id, True)


def test_when_the_keeper_is_away_the_inbox_says_so(alerts: ManagerAlerts, database: ShopDatabase) -> None:
    with database.connect() as owner:
        owner.execute("update pos.keeper_beat set seen_at = now() - interval '20 minutes'")
    first = alerts.page(ALL).rows[0]
    assert (first.id, first.words.title) == ("alert:0", "Nobody keeps watch")
    assert "20 min" in first.words.happened


def test_every_kind_of_alert_has_words(database: ShopDatabase) -> None:
    detail = {"seconds": 90, "offset_ms": -5000}
    for (kind,) in database.query("select kind from pos.alert_rule"):
        words = alert_words(kind, "disk /", detail)
        assert words.todo != "See docs/alerts.md.", kind
        assert words.todo[-1] in ".?"
        assert "{" not in words.happened
    assert flag_words("refused_price").title == "Refused"
    assert flag_words("rejected_chain").title == "Not stored"
    assert flag_words("something_new").title == "Something new"


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (600, "10 min"), (7200, "2 h"), (300_000, "3 days")]
)
def test_a_time_is_said_in_its_unit(seconds: int, words: str) -> None:
    assert duration(seconds) == words


class Reader(PageHands[AlertsPage]):
    """A manager at the inbox."""


@pytest.fixture
def reader(open_page: OpenPage, oversold: str) -> Reader:
    found: Reader = open_page(Reader, AlertsPage)
    return found


def test_the_document_behind_an_alert_is_one_key_away(reader: Reader, oversold: str, qtbot: QtBot) -> None:
    page = reader.page
    assert page.pane.title.text() == "Sold below zero"
    assert page.count.text() == "1 thing in Corner shop"
    page.table.setFocus()
    with qtbot.waitSignal(page.document_asked) as asked:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert asked.args == [oversold]


def test_put_away_by_its_key_empties_the_inbox(reader: Reader) -> None:
    page = reader.page
    page.key_actions()["save"]()
    reader.settle()
    assert page.banner.text() == "1 alert put away."
    assert page.empty.words.text() == "Nothing needs you now."
    assert page.pane.title.text() == "Nothing is chosen."


def test_nothing_of_the_inbox_is_cut(reader: Reader, database: ShopDatabase) -> None:
    raise_alert(database, "chain_broken")
    raise_alert(database, "old_transaction", "pg_dump of mgr_nightly_backup", '{"seconds": 5000}')
    reader.page.retry()
    reader.settle()
    for dark in (False, True):
        theme().set_dark(dark)
        for width, height in ((884, 640), (1254, 744), (1808, 1032)):
            reader.page.resize(width, height)
            reader.settle()
            with record_text() as log:
                reader.page.grab()
            assert log.texts
            assert log.clipped == [], (width, dark)
