"""A till that is revoked, or replaced by another machine, stops in words and keeps what it had not sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pos_desktop.cli.main import main
from pos_desktop.database import enrol
from pos_desktop.database import till as till_rows
from pos_desktop.domain.claim_code import make_code
from pos_desktop.services.problems import SHUT_OUT
from pos_desktop.services.results import Completed, TillStopped
from tests.database.shop import PASSWORD
from tests.services.tills import MILK, Shopfront, make_pinned_shop, ready, sell
from tests.shop_database import ShopDatabase


@pytest.fixture
def front(database: ShopDatabase, tmp_path: Path) -> Shopfront:
    return Shopfront(database, make_pinned_shop(database), tmp_path)


def documents(front: Shopfront) -> int:
    return int(front.database.query("select count(*) from pos.document where till_id = 1")[0][0])


@pytest.mark.expects_log  # the pool says that it may not come back
def test_a_revoked_till_stops_in_words_and_keeps_what_it_had(
    front: Shopfront, capsys: pytest.CaptureFixture[str]
) -> None:
    app = front.open()
    try:
        till = ready(app.till)
        assert isinstance(sell(till, MILK), Completed)
        booked = documents(front)
        basket = till.new_basket()
        with front.database.connect() as owner:
            assert till_rows.block_till(owner, store=1, number=1)
        posted = till.no_sale("change")
        assert isinstance(posted, TillStopped)
        assert posted.reason == SHUT_OUT
        assert till.state().stopped == SHUT_OUT
        assert till.state().unconfirmed == 1
        assert isinstance(till.no_sale("again"), TillStopped)
        assert till.state().unconfirmed == 1, "nothing new is begun"
        assert till.settle().stopped == SHUT_OUT
        assert not basket.lines
        assert documents(front) == booked
    finally:
        app.close()
    file = front.folder / "pending.jsonl"
    journal = front.folder / "till 1" / "journal" / "journal.db"
    assert main(["export", "journal", "--journal", str(journal), "--output", str(file)]) == 0, (
        capsys.readouterr()
    )
    bodies = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert "no_sale" in json.dumps(bodies), "what was pending can be exported"


@pytest.mark.expects_log
def test_let_in_again_the_same_machine_goes_on_where_it_was(front: Shopfront) -> None:
    app = front.open()
    try:
        ready(app.till)
        with front.database.connect() as owner:
            till_rows.block_till(owner, store=1, number=1)
        assert isinstance(app.till.no_sale("change"), TillStopped)
    finally:
        app.close()
    with front.database.connect() as owner:
        till_rows.enrol_till(owner, store=1, number=1, login=front.shop.logins[1], password=PASSWORD)
    app = front.open()
    try:
        settled = app.till.recover().settled
        assert settled.stopped is None
        assert [type(done) for done in settled.done] == [Completed]
        assert app.till.state().epoch == 1, "its own journal: no new series"
        assert isinstance(sell(ready(app.till), MILK), Completed)
    finally:
        app.close()


@pytest.mark.expects_log
def test_the_old_machine_of_a_replaced_till_is_out_when_it_comes_back(front: Shopfront) -> None:
    app = front.open()
    try:
        assert isinstance(sell(ready(app.till), MILK), Completed)
    finally:
        app.close()
    code = make_code(bytes(range(32)))
    with front.database.connect() as owner:
        login = front.shop.logins[1]
        enrol.give_code(owner, code, store=1, number=1, login=login, replace=True)
    enrol.claim_till(front.database.owner_dsn, login, code, "the new machine's secret")
    old = front.open()
    try:
        assert old.till.recover().settled.stopped == SHUT_OUT
    finally:
        old.close()
