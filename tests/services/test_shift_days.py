"""The day a shift belongs to by clocks that are moved: midnight, both changes, a till's wrong one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pos_desktop.domain.cash_rules import CashRules
from pos_desktop.domain.shop_rules import ShopRules
from pos_desktop.errors import UserError
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.results import Completed, SignedIn, ZReport
from pos_desktop.services.till import TillServices
from tests.database.shop import CASHIER, SUPERVISOR, connect
from tests.services.simulation import SimClock, SimLink, SimServer
from tests.services.tills import MILK, PINS, Shopfront, ready, sell
from ui.register.session import clock_words

HOUR = 3600.0


class NightClock(SimClock):
    """The server's clock starts when a test says so."""

    def __init__(self, start: str, wrong_by: timedelta) -> None:
        super().__init__(wrong_by)
        self.start = datetime.fromisoformat(start)

    def server_now(self) -> datetime:
        """The right time."""
        return self.start + timedelta(seconds=self.seconds)


def till_at(folder: Path, clock: NightClock, day_starts: int = 0) -> Iterator[tuple[TillServices, SimServer]]:
    server = SimServer(clock)
    link = SimLink(server, random.Random(0), 0.0)
    core = TillCore(link, Journal(folder / "journal.db"), DraftStore(folder / "draft.db"), clock, folder, "1")
    core.report()
    core._rules = ShopRules(cash=CashRules(day_starts=day_starts))
    till = TillServices(core, ServerCatalogue(link), b"")
    assert isinstance(till.sign_in(CASHIER, "1111"), SignedIn)
    yield till, server
    till.close()


@pytest.mark.parametrize(
    ("start", "wrong_by", "day_starts", "day", "next_day"),
    [
        ("2026-11-22T23:30:00+00:00", timedelta(0), 0, "2026-11-22", "2026-11-23"),
        ("2026-11-22T23:30:00+00:00", timedelta(hours=3), 0, "2026-11-22", "2026-11-23"),
        ("2026-11-22T23:30:00+00:00", timedelta(days=-20_000), 0, "2026-11-22", "2026-11-23"),
        ("2026-12-31T23:59:00+00:00", timedelta(minutes=-5), 0, "2026-12-31", "2027-01-01"),
        # London goes back at 01:00 UTC, forward likewise: the night has seven hours, or five.
        ("2026-10-24T22:30:00+00:00", timedelta(0), 0, "2026-10-24", "2026-10-25"),
        ("2026-10-24T23:30:00+00:00", timedelta(0), 240, "2026-10-24", "2026-10-25"),
        ("2026-03-28T23:30:00+00:00", timedelta(0), 0, "2026-03-28", "2026-03-29"),
        ("2026-03-29T02:30:00+00:00", timedelta(0), 240, "2026-03-28", "2026-03-29"),
    ],
)
def test_a_shift_keeps_its_day_through_the_night(
    tmp_path: Path, start: str, wrong_by: timedelta, day_starts: int, day: str, next_day: str
) -> None:
    clock = NightClock(start, wrong_by)
    for till, server in till_at(tmp_path, clock, day_starts):
        assert isinstance(till.open_shift(10_000), Completed)
        assert server.shift is not None
        assert server.shift["business_date"] == day
        clock.pause(6 * HOUR)
        late = till.no_sale("change")
        assert isinstance(late, Completed)
        assert late.document.fields["shift"] == server.shift["id"]
        shift = till.state().shift
        assert shift is not None
        assert shift.business_date == day
        assert till.business_date().isoformat() == next_day
        assert isinstance(till.close_shift(counted=0), ZReport)
        assert isinstance(till.open_shift(0), Completed)
        assert server.shift["business_date"] == next_day


def test_a_clock_that_is_far_off_is_said_where_a_shift_opens() -> None:
    assert clock_words(9 * 60_000) == clock_words(-9 * 60_000) == ""
    assert clock_words(-185 * 60_000).startswith("This till's clock is 3 h 5 min ahead.")
    assert clock_words(11 * 60_000).startswith("This till's clock is 11 min behind.")


def test_in_a_shift_of_one_cashier_alone_nobody_else_signs_in_to_sell(front: Shopfront) -> None:
    """A supervisor may, to close it; the Z names who answers for what is short."""
    with connect(front.database.owner_dsn) as owner:
        owner.execute("insert into pos.setting (name, value) values ('single_cashier.1', 'on')")
        owner.execute("insert into pos.staff (number, name, role) values (1010, 'Eve', 'cashier')")
        owner.execute("insert into pos.staff_store select 1010, id from pos.store where number = 1")
        owner.execute(
            "insert into pos.staff_secret (staff, salt, secret)"
            " select 1010, salt, secret from pos.staff_secret where staff = %s",
            [CASHIER],
        )
    app = front.open()
    try:
        till = ready(app.till)
        assert isinstance(sell(till, MILK), Completed)
        with pytest.raises(UserError, match="This shift is Ann's alone"):
            till.sign_in(1010, PINS[CASHIER])
        assert till.state().cashier is not None
        assert till.state().cashier.number == CASHIER  # type: ignore[union-attr]
        assert isinstance(till.sign_in(SUPERVISOR, PINS[SUPERVISOR]), SignedIn)
        z = till.close_shift(counted=10_000)
        assert isinstance(z, ZReport)
        assert z.shift.single
        rows = {name: value for section in till.z_paper(z).sections for name, value in section.rows}
        assert rows["Answers for it"] == "Ann"
        (again,) = till.z_reports()
        assert (again.document, again.shift.single, again.over_short) == (z.document, True, -165)
        assert till.z_paper(again, copy=1).copy == 1
    finally:
        app.close()


def test_a_drawer_says_when_it_is_too_full(front: Shopfront) -> None:
    """Counted from the till's own journal, also after a restart; a drop makes room."""
    with connect(front.database.owner_dsn) as owner:
        owner.execute("insert into pos.setting (name, value) values ('drawer_full', '10300')")
    app = front.open()
    till = ready(app.till)
    assert not till.drawer_state().full
    assert isinstance(sell(till, MILK), Completed)
    assert not till.drawer_state().full
    assert isinstance(sell(till, MILK), Completed)
    assert till.drawer_state().full
    app.close()
    app = front.open()
    try:
        till = ready(app.till)
        assert till.drawer_state().full
        assert till.drawer_state().limit == 10_300
        assert isinstance(till.cash_movement("drop", 5000, "to the safe"), Completed)
        assert not till.drawer_state().full
        assert till._drawer_cash.now() == till.x_report().figures.expected_cash
        with pytest.raises(UserError, match="card"):
            till.cash_movement("pay_in", 100, "4111 1111 1111 1111")
    finally:
        app.close()
