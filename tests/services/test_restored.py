"""The server comes back from an old backup under its running tills, or a till does: not the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from pos_desktop.config import load_settings
from pos_desktop.database.dump import dump_database, restore_dump
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.results import Completed, Refused, Settled, TillStopped, ZReport
from pos_desktop.services.till import TillServices
from tests.database.invariants import assert_sound
from tests.database.shop import BREAD as BREAD_ITEM
from tests.patience import wait_until
from tests.services.cable import Wired, wired_tills
from tests.services.tills import BREAD, MILK, Shopfront, cash, make_pinned_shop, ready, scanned, sell
from tests.shop_database import ShopDatabase


@pytest.fixture
def wired(database: ShopDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """Three tills that may sell alone."""
    front = Shopfront(database, make_pinned_shop(database, stock=5000, tills=3), tmp_path)
    with wired_tills(front, monkeypatch) as tills:
        tills.allow()
        yield tills


def documents(wired: Wired) -> dict[str, tuple[int, bytes, bool]]:
    """Every document the server has: its number, its hash, whether it had an effect."""
    rows = wired.front.database.query("select id::text, no, hash, outcome <> 'refused' from pos.document")
    return {row[0]: row[1:] for row in rows}


def restore(database: ShopDatabase, dump: Path) -> None:
    """Put the dump in the place of the database, under whoever is connected."""
    name, lost, fresh = (sql.Identifier(database.name + part) for part in ("", "_lost", "_fresh"))
    with psycopg.connect(database.server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(sql.SQL("create database {} template template0").format(fresh))
        restore_dump(database.server.binaries, dump, database.server.dsn(database.name + "_fresh"))
        for _ in range(50):  # a till connects again at once
            owner.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database.name]
            )
            try:
                owner.execute(sql.SQL("alter database {} rename to {}").format(name, lost))
                break
            except psycopg.errors.ObjectInUse:
                continue
        owner.execute(sql.SQL("drop database {} with (force)").format(lost))
        owner.execute(sql.SQL("alter database {} rename to {}").format(fresh, name))


def a_day(till: TillServices, wired: Wired, number: int) -> None:
    """What a till does after the backup: sales, one refused, one alone, one with a new price, a Z."""
    cable, query = wired.cables[number - 1], wired.front.database.query
    assert isinstance(sell(till, MILK, BREAD), Completed)
    with wired.front.database.connect() as owner:  # a refusal; tills that may sell alone are hardly refused
        owner.execute("update pos.store set tax_mode = 'added' where number = 1")
        basket = scanned(till, till.new_basket(), BREAD)
        assert isinstance(till.complete_sale(basket, cash(basket)), Refused)
        owner.execute("update pos.store set tax_mode = 'included' where number = 1")
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    cable.pulled = True
    assert isinstance(sell(till, MILK), Completed)
    cable.pulled = False
    assert till.heartbeat().came_back
    query("insert into pos.price (item_id, amount) values (%s, %s) returning id", BREAD_ITEM, 300 + number)
    assert isinstance(sell(till, BREAD), Completed)
    assert isinstance(till.no_sale("change"), Completed)
    if number == 3:
        assert isinstance(till.close_shift(counted=till.x_report().figures.expected_cash), ZReport)
        assert isinstance(till.open_shift(500), Completed)
        assert isinstance(sell(till, MILK), Completed)


@pytest.mark.expects_log
def test_three_tills_refill_a_server_restored_from_a_dump(wired: Wired, tmp_path: Path) -> None:
    tills = [wired.selling(number) for number in (1, 2, 3)]
    for till in tills:
        assert isinstance(sell(till, MILK), Completed)
    database = wired.front.database
    dump_database(database.server.binaries, database.owner_dsn, tmp_path / "yesterday.dump")
    for number, till in enumerate(tills, 1):
        a_day(till, wired, number)
    wired.cables[1].pulled = True
    alone = sell(tills[1], BREAD)
    assert isinstance(alone, Completed)
    before = {**documents(wired), alone.document.id: (alone.document.no, alone.document.hash, True)}
    grands = [till.state().grand for till in tills]

    restore(database, tmp_path / "yesterday.dump")
    wired.cables[1].pulled = False
    # The first finds out by its next sale, the second because it was alone, the third by its greeting.
    tills[0]._core.deadline = 8.0
    sold = sell(tills[0], MILK)
    assert isinstance(sold, Completed)
    tills[2]._core._greeted_at = -1e9

    def all_are_there() -> bool:
        assert [till.heartbeat().settled.stopped for till in tills] == [None] * 3
        return len(documents(wired)) == len(before) + 1

    wait_until(all_are_there)
    after = documents(wired)
    assert {id_: after.get(id_) for id_ in before} == before
    assert set(after) - set(before) == {sold.document.id}
    assert [till.state().grand for till in tills] == [grands[0] + 165, *grands[1:]]
    told = database.query("select distinct unnest(flags) from pos.document where outcome = 'flagged'")
    assert {row[0] for row in told} >= {"refilled", "offline", "price"}
    with database.connect() as owner:
        assert_sound(owner)
    for till in tills:
        assert isinstance(ready(till), TillServices)
        assert isinstance(sell(till, MILK), Completed)
        assert till.state().stopped is None
    assert isinstance(tills[2].close_shift(counted=tills[2].x_report().figures.expected_cash), ZReport)
    with database.connect() as owner:
        assert_sound(owner)


@pytest.mark.expects_log
@pytest.mark.parametrize("alone", [False, True], ids=["with the server", "alone"])
def test_a_sale_before_the_refill_is_of_the_shift_that_is_open(
    wired: Wired, tmp_path: Path, alone: bool
) -> None:
    """A server put back to before a Z names a shift that has been closed since."""
    till, database = wired.selling(), wired.front.database
    closed = till.state().shift
    assert closed is not None
    assert isinstance(sell(till, MILK), Completed)
    dump_database(database.server.binaries, database.owner_dsn, tmp_path / "yesterday.dump")
    assert isinstance(till.close_shift(counted=till.x_report().figures.expected_cash), ZReport)
    assert isinstance(till.open_shift(500), Completed)
    opened = till.state().shift
    assert opened is not None
    assert isinstance(sell(till, BREAD), Completed)
    restore(database, tmp_path / "yesterday.dump")

    till._core.deadline = 8.0
    hello = till._core.connect()
    assert hello.shift is not None
    assert hello.shift.id == closed.id, "so the server says; the till knows better"
    shown = till.state().shift
    assert shown is not None
    assert shown.id == opened.id
    if alone:
        till._core.alone.went_away()
    sold = sell(till, MILK)
    assert isinstance(sold, Completed)
    assert sold.offline is alone
    assert sold.document.fields["shift"] == opened.id
    assert till.settle().pending == 0
    entry = till._core.journal.by_id(sold.document.id)
    assert entry is not None
    assert entry.outcome in ("booked", "flagged")
    z = till.close_shift(counted=till.x_report().figures.expected_cash)
    assert isinstance(z, ZReport)
    assert z.figures.values["sales"] == 2
    with database.connect() as owner:
        assert_sound(owner)


@pytest.mark.expects_log
def test_the_first_thing_asked_of_a_restored_server_may_be_the_z(
    wired: Wired, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows nothing of the shift: it is greeted and gets it back at once, and the Z is shown."""
    till, database = wired.selling(), wired.front.database
    assert isinstance(till.close_shift(counted=till.x_report().figures.expected_cash), ZReport)
    dump_database(database.server.binaries, database.owner_dsn, tmp_path / "yesterday.dump")
    assert isinstance(till.open_shift(500), Completed)
    for _ in range(2):
        assert isinstance(sell(till, MILK), Completed)
    restore(database, tmp_path / "yesterday.dump")

    till._core.deadline = 8.0
    with monkeypatch.context() as patch:  # the refill gets no further than this
        patch.setattr(till._core, "settle", lambda: Settled((), 1, "The server does not answer."))
        with pytest.raises(EnvironmentProblem, match="sending them"):
            till.close_shift(counted=830)
    z = till.close_shift(counted=830)
    assert isinstance(z, ZReport)
    assert (z.figures.values["sales"], z.over_short) == (2, 0)
    with database.connect() as owner:
        assert_sound(owner)


def test_a_till_put_back_from_an_old_image_is_locked_also_when_it_sold_alone(
    wired: Wired, tmp_path: Path
) -> None:
    till = wired.selling()
    assert isinstance(sell(till, MILK), Completed)
    wired.close(till)
    folder = wired.front.folder / "till 1"
    shutil.copytree(folder, tmp_path / "image")
    till = ready(wired.open())
    for _ in range(3):
        assert isinstance(sell(till, MILK), Completed)
    wired.close(till)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "image", folder)

    before = documents(wired)
    old = wired.open(pulled=True)
    assert old.recover().settled.pending == 0
    old.sign_in(1001, "4711")
    for _ in range(5):
        assert isinstance(sell(old, BREAD), Completed)
    wired.cable.pulled = False
    stopped = old.heartbeat().settled.stopped
    assert stopped is not None
    assert "do not fit together" in stopped.words
    assert isinstance(sell(old, MILK), TillStopped)
    assert documents(wired) == before
    assert len(old._core.journal.pending(1)) == 5, "what it sold stays on its disk"


def test_a_second_disk_says_so_before_anything_is_sold(front: Shopfront, tmp_path: Path) -> None:
    home, second = front.folder / "till 1", tmp_path / "usb"
    second.mkdir()
    home.mkdir()
    (home / "till.toml").write_text(
        f"[journal]\nmirror_directory = '{second.as_posix()}'\n", encoding="utf-8"
    )
    assert load_settings(home, {}).journal_mirror_dir == second
    app = front.open()
    assert isinstance(sell(ready(app.till), MILK), Completed)
    app.close()
    shutil.copytree(home / "journal", tmp_path / "image")
    app = front.open()
    sold = sell(ready(app.till), BREAD)
    assert isinstance(sold, Completed)
    app.close()
    shutil.rmtree(home / "journal")
    shutil.copytree(tmp_path / "image", home / "journal")
    with pytest.raises(UserError, match="put back from an older copy"):
        front.open()
    shutil.rmtree(home / "journal")
    app = front.open()
    try:
        assert app.till.recover().settled.stopped is None
        assert app.till.state().head == sold.head
        assert isinstance(sell(ready(app.till), MILK), Completed)
        assert app.till.offline_state().mirror_words == ""
    finally:
        app.close()
