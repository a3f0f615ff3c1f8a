"""Each alert about the shop is raised by the real thing, and cleared when that is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql

from pos_desktop.bootstrap import AppServices
from pos_desktop.database import keeper_alerts, keeper_beat
from pos_desktop.database import manager as manager_rows
from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.services.results import Completed, Unconfirmed
from tests.database.conftest import World
from tests.database.shop import CASHIER, MILK, line, secret_of
from tests.keeper.watching import Kept
from tests.services.tills import MILK as MILK_CODE
from tests.services.tills import Shopfront, cash, make_pinned_shop, ready, scanned
from tests.shop_database import ShopDatabase


@pytest.fixture
def front(database: ShopDatabase, tmp_path: Path) -> Shopfront:
    return Shopfront(database, make_pinned_shop(database), tmp_path)


@pytest.fixture
def app(front: Shopfront) -> Iterator[AppServices]:
    opened = front.open()
    yield opened
    opened.close()


@pytest.mark.expects_log
def test_a_document_that_waits_on_a_tills_disk(front: Shopfront, app: AppServices, tmp_path: Path) -> None:
    kept = Kept.of(front.database, tmp_path)
    kept.limit("till_unposted", 0.2)
    till = ready(app.till)
    basket = scanned(till, till.new_basket(), MILK_CODE)
    till._core.deadline = 0.3
    with front.database.connect() as holder, holder.transaction():
        holder.execute("select from pos.till where login = %s for update", [front.shop.logins[1]])
        assert isinstance(till.complete_sale(basket, cash(basket)), Unconfirmed)
        till.poll_changes()
    while not kept.alerts("till_unposted"):
        kept.round()
    (subject, number, detail), *others = kept.alerts("till_unposted")
    assert (subject, number, detail["pending"], others) == ("", 1, 1, [])
    till._core.deadline = 8
    assert isinstance(till.settle().done[0], Completed)
    till._core.report()
    kept.clears("till_unposted")


def test_a_till_with_an_open_shift_that_went_silent(world: World, kept: Kept) -> None:
    till = world.till(1)
    kept.limit("till_not_seen", 0)
    subject, number, detail = kept.raised("till_not_seen")
    assert (subject, number) == ("", 1)
    assert detail["seconds"] >= 0
    kept.limit("till_not_seen", 300)
    keeper_beat.seen(till.connection, 0, 0, 0, "1.0")
    kept.clears("till_not_seen")


def test_a_closed_till_is_not_missed(world: World, kept: Kept) -> None:
    world.till(1, opened=False)
    kept.limit("till_not_seen", 0)
    kept.round()
    assert kept.alerts("till_not_seen") == []


def test_a_clock_that_is_off(front: Shopfront, app: AppServices, tmp_path: Path) -> None:
    kept = Kept.of(front.database, tmp_path)
    till = app.till
    right, clock = till._core.clock.now, till._core.clock
    till.state()
    wrong = (right() - right()).resolution * 3_000_000  # 3 s
    clock.now = lambda: right() - wrong  # type: ignore[method-assign]
    till._core.report()  # learns of it
    till._core.report()  # and says so
    _, number, detail = kept.raised("till_clock")
    assert number == 1
    assert 2900 < detail["offset_ms"] < 3100
    clock.now = right  # type: ignore[method-assign]
    till._core.report()
    till._core.report()
    kept.clears("till_clock")


def test_wrong_pins_in_a_row(world: World, kept: Kept) -> None:
    till = world.till(1)
    for _ in range(5):
        world.owner.execute("update pos.sign_in_count set wait_until = 'epoch'")
        assert not staff_rows.sign_in(till.connection, CASHIER, b"x" * 32).ok
    kept.round()
    found = {(subject, number): detail["misses"] for subject, number, detail in kept.alerts("pin_misses")}
    assert found[("", 1)] == 5
    assert found[(f"staff {CASHIER}", None)] == 5
    world.owner.execute("update pos.sign_in_count set wait_until = 'epoch'")
    assert staff_rows.sign_in(till.connection, CASHIER, secret_of(CASHIER)).ok
    kept.clears("pin_misses")


def see_flags(world: World) -> None:
    world.owner.execute("update pos.flag set seen_at = now(), seen_by = 'ann' where seen_at is null")


def test_a_known_id_with_another_body(world: World, kept: Kept) -> None:
    till = world.till(1)
    fields = till.sale([line(world.shop.items[MILK])])
    assert till.post(fields).outcome == "booked"
    assert till.post({**fields, **till.common("event", id=fields["id"])}).reason == "id_reused"
    assert kept.raised("id_reused")[1] == 1
    see_flags(world)
    kept.clears("id_reused")


def test_a_document_that_was_not_stored(world: World, kept: Kept) -> None:
    till = world.till(1)
    assert till.post_bytes(b"no document at all", b"x" * 32).reason == "malformed"
    _, number, detail = kept.raised("document_rejected")
    assert (number, detail["why"]) == (1, "malformed")
    see_flags(world)
    kept.clears("document_rejected")


def test_a_guard_of_the_books_that_is_off(world: World, kept: Kept) -> None:
    world.till(1)
    world.owner.execute("alter table pos.sale disable trigger only_grows")
    with world.connect(2) as other:
        other.execute("select api.start_check()")
    kept.round()
    assert len(kept.alerts("guard_off")) == 2, "each store's managers are told"
    world.owner.execute("alter table pos.sale enable trigger only_grows")
    see_flags(world)
    kept.clears("guard_off")


def test_rights_somebody_gave(world: World, kept: Kept) -> None:
    """A database cloned for a test lacks some rights on itself; one more shows all the same."""
    kept.round()
    before = {detail["lines"] for _, _, detail in kept.alerts("rights_drifted")} or {0}
    world.owner.execute("grant select on pos.alert to pos_manager")
    kept.round()
    assert {detail["lines"] for _, _, detail in kept.alerts("rights_drifted")} == {max(before) + 1}
    world.owner.execute("revoke select on pos.alert from pos_manager")
    kept.round()
    assert ({detail["lines"] for _, _, detail in kept.alerts("rights_drifted")} or {0}) == before


def test_an_alarm_of_another_kind_is_an_alert_too(world: World, kept: Kept) -> None:
    till = world.till(1)
    till_rows.hello(till.connection, "1.0", 0)  # its journal is gone, and nobody allowed a new series
    subject, number, _ = kept.raised("chain_broken")
    assert (subject, number) == ("epoch_not_allowed", 1)
    world.owner.execute(
        "insert into pos.flag (store_id, kind, alarm)"
        " select id, 'meteor', true from pos.store where number = 1"
    )
    assert kept.raised("flag_alarm")[0] == "meteor"
    see_flags(world)
    kept.clears("flag_alarm")
    assert kept.alerts("chain_broken") == []


def test_a_till_whose_chain_forked(world: World, kept: Kept) -> None:
    till = world.till(1)
    till.head = b"\1" * 32
    assert till.post(till.sale([line(world.shop.items[MILK])])).reason == "chain"
    subject, number, _ = kept.raised("chain_broken")
    assert (subject, number) == ("rejected_chain", 1)
    see_flags(world)
    kept.clears("chain_broken")


def test_a_till_row_that_was_turned_back(world: World, kept: Kept) -> None:
    till = world.till(1)
    till.post(till.sale([line(world.shop.items[MILK])]))
    world.owner.execute("update pos.till set head = sha256('x') where number = 1 and store_id = 1")
    subject, number, detail = kept.raised("chain_broken")
    assert (subject, number, detail["no"]) == ("head", 1, 2)
    world.owner.execute(
        "update pos.till t set head = d.hash from pos.document d"
        " where d.till_id = t.id and d.no = t.next_no - 1"
    )
    kept.clears("chain_broken")


# -- the manager's list ----------------------------------------------------------------------------


def test_a_manager_sees_his_stores_and_the_server_and_marks_what_he_saw(world: World, kept: Kept) -> None:
    till = world.till(1)
    till.post_bytes(b"no document at all", b"x" * 32)
    logins = [f"mgr_{world.database.name}_{store}" for store in (1, 2)]
    for number, login in enumerate(logins, 1):
        manager_rows.add_manager(world.owner, login, "Mo", "a manager's secret", [number])
    world.database.logins.extend(logins)
    with (
        world.database.connect(logins[0], "a manager's secret") as first,
        world.database.connect(logins[1], "a manager's secret") as second,
    ):
        (away,) = keeper_alerts.alerts(first, 1)
        assert (away.kind, away.id, away.severity, away.open) == ("keeper_away", 0, "alarm", True)
        kept.round()
        rows = {alert.kind: alert for alert in keeper_alerts.alerts(first, 1)}
        assert "keeper_away" not in rows
        assert (rows["document_rejected"].store, rows["document_rejected"].till) == (1, 1)
        assert rows["setting_unsafe"].store is None
        theirs = {alert.kind for alert in keeper_alerts.alerts(second, 2)}
        assert "setting_unsafe" in theirs
        assert "document_rejected" not in theirs
        assert keeper_alerts.alerts(second, 1) == ()
        mine = rows["document_rejected"].id
        assert not keeper_alerts.alert_seen(second, mine)
        assert keeper_alerts.alert_seen(first, mine)
        assert not keeper_alerts.alert_seen(first, mine)
        (seen,) = [alert for alert in keeper_alerts.alerts(first, 1) if alert.id == mine]
        assert (seen.seen_by, seen.open) == (logins[0], True)
        see_flags(world)
        kept.round()
        assert mine not in [alert.id for alert in keeper_alerts.alerts(first, 1)]


def test_an_alert_is_one_while_it_lasts_and_a_new_one_when_it_comes_back(world: World, kept: Kept) -> None:
    world.till(1)
    kept.limit("till_not_seen", 0)
    for _ in range(3):
        kept.round()
    kept.limit("till_not_seen", 300)
    kept.round()
    kept.limit("till_not_seen", 0)
    kept.round()
    assert len(kept.alerts("till_not_seen", cleared=True)) == 1
    assert len(kept.alerts("till_not_seen")) == 1


def test_the_keepers_login_reaches_no_table_and_no_other_function(world: World, kept: Kept) -> None:
    with world.database.connect(f"keeper_{world.database.name}", "the keeper's secret") as keeper:
        for statement in (
            "select * from pos.sale",
            "select * from pos.alert",
            "insert into pos.alert (kind, severity) values ('disk_full', 'alarm')",
            "select api.m_alerts(1, 10)",
            "select api.seen(0, 0, 0, '')",
            "select api.hello('', 1)",
            "set role pos_owner",
            "select pg_read_file('/etc/passwd')",
        ):
            with pytest.raises(Exception, match=r"permission denied|is no till|is no manager"):
                keeper.execute(sql.SQL(statement))  # type: ignore[arg-type]
