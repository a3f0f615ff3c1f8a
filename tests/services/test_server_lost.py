"""The server dies, freezes or comes back old: no sale is lost, none is booked twice, and the words say so."""

from __future__ import annotations

import os
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.errors import UserError
from pos_desktop.services.results import Completed, TillStopped, Unconfirmed, ZReport
from pos_desktop.services.till import TillServices
from tests.patience import PATIENCE, wait_until
from tests.services.tills import BREAD, MILK, Shopfront, cash, ready, scanned, sell


def kill_server(server: EmbeddedServer) -> None:
    """kill -9 of the whole server, as a power cut would."""
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    server.stop()  # only lets go of it: nothing is left to stop


def sales(front: Shopfront) -> int:
    """Booked sales."""
    return int(front.database.query("select count(*) from pos.sale")[0][0])


def shorten(till: TillServices, seconds: float = 0.5) -> None:
    """Do not wait the full eight seconds."""
    till._core.deadline = seconds


def test_the_first_sale_after_a_restart_goes_through(shaky: Shopfront, mortal: EmbeddedServer) -> None:
    app = shaky.open()
    try:
        till = ready(app.till)
        for _ in range(3):
            basket = scanned(till, till.new_basket(), MILK)
            kill_server(mortal)
            mortal.start()
            assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
        assert sales(shaky) == 3
        assert till.state().online
    finally:
        app.close()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_no_answer_locks_the_till_until_it_has_one(shaky: Shopfront, mortal: EmbeddedServer) -> None:
    app = shaky.open()
    try:
        till = ready(app.till)
        shorten(till)
        basket = scanned(till, till.new_basket(), MILK, BREAD)
        kill_server(mortal)
        waiting = till.complete_sale(basket, cash(basket))
        assert isinstance(waiting, Unconfirmed)
        assert "does not answer" in waiting.words or "no answer" in waiting.words
        state = till.state()
        assert (state.unconfirmed, state.online) == (1, False)
        with pytest.raises(UserError, match="not confirmed yet"):
            till.no_sale("change")
        with pytest.raises(UserError, match="1 records of this till"):
            till.close_shift({})
        assert till.load_draft() is None
        assert till.settle().pending == 1

        mortal.start()
        settled = till.settle()
        assert (settled.pending, len(settled.done)) == (0, 1)
        (done,) = settled.done
        assert isinstance(done, Completed)
        assert done.document == waiting.document
        assert till.state().unprinted == (done.document.no,)
        assert sales(shaky) == 1
        assert isinstance(till.no_sale("change"), Completed)
    finally:
        if not mortal.running():
            mortal.start()
        app.close()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_a_dead_server_is_noticed_once_and_found_again_by_itself(
    shaky: Shopfront, mortal: EmbeddedServer
) -> None:
    shaky.database.query("update pos.store set offline = true where number = 1 returning id")
    app = shaky.open()
    try:
        till = ready(app.till)
        shorten(till)
        assert till._copy is not None
        till._copy.run_to_end()
        basket = scanned(till, till.new_basket(), MILK)
        kill_server(mortal)
        first = till.complete_sale(basket, cash(basket))
        assert isinstance(first, Completed)
        assert first.offline
        shorten(till, PATIENCE)
        started = time.monotonic()
        for _ in range(5):
            assert isinstance(sell(till, MILK, BREAD), Completed)
        assert time.monotonic() - started < PATIENCE, "no sale waits for a server that is known to be away"
        shorten(till, 8)
        assert not till.heartbeat().came_back
        mortal.start()
        wait_until(lambda: till.heartbeat().came_back)
        assert sales(shaky) == 6
        assert not till.offline_state().away
        assert sell(till, MILK).outcome == "booked"  # type: ignore[union-attr]
    finally:
        if not mortal.running():
            mortal.start()
        app.close()


def test_a_database_newer_than_the_program_is_refused_before_a_basket(front: Shopfront) -> None:
    front.database.query(
        "update pos_meta.schema_migration set number = 9999 where number = 1 returning number"
    )
    app = front.open()
    try:
        with pytest.raises(UserError, match=r"version 9999.*does not fit this program"):
            app.till.state()
        with pytest.raises(UserError, match="does not fit"):
            app.till.new_basket()
        assert "does not fit" in app.till.settle().words
    finally:
        app.close()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_a_busy_server_is_asked_again_with_the_same_id(till: TillServices, front: Shopfront) -> None:
    shorten(till, 0.3)
    basket = scanned(till, till.new_basket(), MILK)
    with front.database.connect() as holder, holder.transaction():
        holder.execute("select from pos.till where login = %s for update", [front.shop.logins[1]])
        waiting = till.complete_sale(basket, cash(basket))
        assert isinstance(waiting, Unconfirmed)
        assert sales(front) == 0
    shorten(till, 8)
    (done,) = till.settle().done
    assert isinstance(done, Completed)
    assert done.document.id == waiting.document.id
    assert sales(front) == 1
    assert till.settle().done == ()


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_a_frozen_server_is_given_up_in_time_and_may_still_have_booked_it(
    till: TillServices, front: Shopfront
) -> None:
    basket = scanned(till, till.new_basket(), MILK)
    shorten(till, 1)
    backends = [
        row[0]
        for row in front.database.query(
            "select pid from pg_stat_activity where usename = %s", front.shop.logins[1]
        )
    ]
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        waiting = till.complete_sale(basket, cash(basket))
        assert isinstance(waiting, Unconfirmed)
        assert "gave no answer" in waiting.words
        assert time.monotonic() - started < PATIENCE / 2
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
    shorten(till, 8)
    (done,) = till.settle().done
    assert isinstance(done, Completed)
    assert done.document == waiting.document
    assert sales(front) == 1


@pytest.mark.expects_log
@pytest.mark.usefixtures("pool_warnings")
def test_an_unconfirmed_z_is_a_z_once_it_is_settled(till: TillServices, front: Shopfront) -> None:
    assert isinstance(sell(till, MILK), Completed)
    shorten(till, 0.3)
    with front.database.connect() as holder, holder.transaction():
        holder.execute("select from pos.till where login = %s for update", [front.shop.logins[1]])
        waiting = till.close_shift({1000: 10})
        assert isinstance(waiting, Unconfirmed)
    shorten(till, 8)
    till.settle()
    z = till.z_report(waiting.document.no)
    assert isinstance(z, ZReport)
    assert (z.z, z.over_short) == (1, -165)
    assert till.state().shift is None
    assert till.state().z_next == 2


def test_a_server_restored_from_a_backup_gets_its_sales_back(shaky: Shopfront) -> None:
    app = shaky.open()
    till = ready(app.till)
    assert isinstance(sell(till, MILK), Completed)
    app.close()
    with psycopg.connect(shaky.database.server.dsn("postgres"), autocommit=True) as owner:
        names = (sql.Identifier("backup"), sql.Identifier(shaky.database.name))
        owner.execute(sql.SQL("create database {} template {}").format(*names))
    app = shaky.open()
    till = ready(app.till)
    lost = [sell(till, BREAD), till.no_sale("change"), sell(till, MILK)]
    head = till.state().head
    app.close()

    restored = replace(shaky, database=replace(shaky.database, name="backup"))
    assert sales(restored) == 1
    app = restored.open()
    try:
        recovered = app.till.recover()
        assert [done.document for done in recovered.settled.done] == [d.document for d in lost]  # type: ignore[union-attr]
        assert sales(restored) == 3
        assert app.till.state().head == head
        assert isinstance(sell(ready(app.till), MILK), Completed)
    finally:
        app.close()


def test_a_copied_folder_is_found_out(front: Shopfront, tmp_path: Path) -> None:
    app = front.open()
    till = ready(app.till)
    assert isinstance(sell(till, MILK), Completed)
    app.close()
    shutil.copytree(front.folder / "till 1", tmp_path / "image")
    app = front.open()
    assert isinstance(sell(ready(app.till), MILK), Completed)
    app.close()
    old = front.open(folder=tmp_path / "image")
    try:
        recovered = old.till.recover()
        assert recovered.settled.stopped is not None
        assert "never made" in recovered.settled.stopped.words
        old.till.sign_in(1001, "4711")
        posted = sell(old.till, MILK)
        assert isinstance(posted, TillStopped)
        assert sales(front) == 2
    finally:
        old.close()


def test_a_new_journal_begins_a_new_epoch(front: Shopfront, tmp_path: Path) -> None:
    app = front.open()
    assert isinstance(sell(ready(app.till), MILK), Completed)
    app.close()
    stranger = front.open(folder=tmp_path / "unasked")
    try:
        stopped = stranger.till.recover().settled.stopped
        assert stopped is not None
        assert "pos-desktop till replace" in stopped.todo
    finally:
        stranger.close()
    with front.database.connect() as owner:
        owner.execute("update pos.till set fresh = true")
    fresh = front.open(folder=tmp_path / "reinstalled")
    try:
        till = ready(fresh.till)
        assert (till.state().epoch, till.state().next_no, till.state().grand) == (2, 1, 0)
        assert isinstance(sell(till, MILK), Completed)
        assert till.state().grand == 165
    finally:
        fresh.close()
    old = front.open()
    try:
        stopped = old.till.recover().settled.stopped
        assert stopped is not None
        assert "another epoch" in stopped.words
    finally:
        old.close()


def test_a_changed_document_is_an_alarm_and_stops_the_till(till: TillServices, front: Shopfront) -> None:
    assert isinstance(sell(till, MILK), Completed)
    with front.database.connect() as owner:
        owner.execute("update pos.till set head = sha256('x') where login = %s", [front.shop.logins[1]])
    posted = sell(till, MILK)
    assert isinstance(posted, TillStopped)
    assert "chain" in posted.reason.words
    assert "Sell at another till" in posted.reason.todo
    assert till.state().unconfirmed == 1
    assert till.settle().stopped is not None
    assert sales(front) == 1
