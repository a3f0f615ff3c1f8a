"""What survives: a card being charged, one program a till, a disk that refuses before the tender."""

from __future__ import annotations

import pytest

from pos_desktop.domain.basket import totals
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.journal.problems import CannotWrite, TillInUseError
from pos_desktop.services.results import Completed, Unconfirmed
from pos_desktop.services.till import TillServices
from tests.services.tills import BREAD, GBP, MILK, Shopfront, cash, ready, scanned


def test_a_card_attempt_is_known_after_a_crash(front: Shopfront) -> None:
    app = front.open()
    till = ready(app.till)
    basket = scanned(till, till.new_basket(), MILK, BREAD)
    taken = Tendering(totals(basket).total).add_cash(100, GBP).tenders
    till.save_draft(basket, taken)
    till.card_begun(basket, 314, taken)
    app.close()

    app = front.open()
    try:
        draft = app.till.recover().draft
        assert draft is not None
        assert (draft.basket.lines, draft.tenders) == (basket.lines, (Tender("cash", 100),))
        assert draft.card is not None
        assert (draft.card.amount, draft.card.sale_id) == (314, basket.sale_id)
        app.till.card_ended()
        app.till.card_ended()
        settled = app.till.load_draft()
        assert settled is not None
        assert (settled.card, settled.tenders) == (None, draft.tenders)
    finally:
        app.close()


def test_an_emptied_basket_leaves_no_draft(till: TillServices) -> None:
    basket = scanned(till, till.new_basket(), MILK)
    assert till.load_draft() is not None
    till.save_draft(basket.remove(1))
    assert till.load_draft() is None


def test_a_parked_basket_is_not_also_a_draft(till: TillServices) -> None:
    basket = scanned(till, till.new_basket(), MILK)
    till.hold(basket, "")
    till.save_draft(basket)  # the crash came before the till forgot it
    assert till.load_draft() is None
    assert [held.sale_id for held in till.held()] == [basket.sale_id]


def test_a_till_is_open_once(front: Shopfront) -> None:
    app = front.open()
    with pytest.raises(TillInUseError, match="already open: process"):
        front.open()
    app.close()
    front.open().close()


def test_the_disk_is_tried_before_the_tender(till: TillServices, front: Shopfront) -> None:
    assert till.can_record() is None
    basket = scanned(till, till.new_basket(), MILK)
    till._core.journal._db.execute("PRAGMA query_only = ON")
    problem = till.can_record()
    assert problem is not None
    assert "cannot record a sale" in problem.words
    assert "Take no payment" in problem.todo
    with pytest.raises(CannotWrite, match="read-only"):
        till.complete_sale(basket, cash(basket))
    assert front.database.query("select count(*) from pos.sale") == [(0,)]
    till._core.journal._db.execute("PRAGMA query_only = OFF")
    assert till.can_record() is None
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)


def test_an_answer_the_disk_cannot_keep_is_no_answer(till: TillServices, front: Shopfront) -> None:
    """Booked on the server, but the till's disk filled up meanwhile: nothing is told until it is on disk."""
    till._core.deadline = 0.3
    basket = scanned(till, till.new_basket(), MILK)
    journal = till._core.journal
    real, journal._write = journal._write, _refusing_answers(journal._write)  # type: ignore[method-assign]
    waiting = till.complete_sale(basket, cash(basket))
    assert isinstance(waiting, Unconfirmed)
    assert "disk is full" in waiting.words
    assert front.database.query("select count(*) from pos.sale") == [(1,)]
    journal._write = real  # type: ignore[method-assign]
    (done,) = till.settle().done
    assert isinstance(done, Completed)
    assert done.replayed
    assert front.database.query("select count(*) from pos.sale") == [(1,)]


def _refusing_answers(write):  # type: ignore[no-untyped-def]
    def full(*statements: tuple[str, tuple[object, ...]]) -> None:
        if any("INTO state" in sql for sql, _ in statements):
            raise CannotWrite("journal.disk_full")
        write(*statements)

    return full
