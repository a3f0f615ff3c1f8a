"""Training beside a real till: a whole day is practised, and neither server nor journal changes by a byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_desktop.bootstrap import open_training
from pos_desktop.domain.receipt_layout import as_text
from pos_desktop.errors import UserError
from pos_desktop.journal.journal import Journal
from pos_desktop.services.link import Link
from pos_desktop.services.results import Cashier, Completed, ZReport
from pos_desktop.services.training import EPOCH, READS, TrainingLink
from tests.database.shop import SUPERVISOR, connect
from tests.services.tills import BREAD, MILK, PINS, Shopfront, cash, ready, scanned, sell

SIGNS_OF_LIFE = ("session", "sign_in_count", "sign_in_here", "sign_in_try")
"""A PIN is a PIN in training too: who signs in is noted, what he does is not."""


def books(front: Shopfront, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of every table of the server, row by row."""
    digest = "select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) from pos."
    with connect(front.database.owner_dsn) as owner:
        names = owner.execute(
            "select relname from pg_class where relnamespace = 'pos'::regnamespace and relkind = 'r'"
        ).fetchall()
        return {
            name: str(owner.execute((digest + name + " t").encode()).fetchone())
            for (name,) in names
            if name not in but
        }


def disk(folder: Path) -> dict[str, bytes]:
    """Every byte of the real till's files; training's own lie in a folder beside them."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_a_day_of_training_changes_nothing_on_the_server_and_nothing_in_the_journal(front: Shopfront) -> None:
    app = front.open()
    try:
        real = ready(app.till)
        assert isinstance(sell(real, MILK), Completed)
        figures = real.x_report().figures.values
        before, files = books(front), disk(app.settings.journal_dir)
        practice = open_training(app)
        till = practice.till
        assert till.training
        assert till.state().cashier == real.state().cashier
        assert isinstance(till.open_shift(5000), Completed)
        assert isinstance(sell(till, MILK, BREAD), Completed)
        first = till.last_document()
        assert first is not None
        assert (first.document.epoch, first.document.no, first.document.fields["training"]) == (EPOCH, 2, 1)
        assert isinstance(till.no_sale("change"), Completed)
        assert isinstance(till.cash_movement("pay_out", 2000, "window cleaner"), Completed)
        with pytest.raises(UserError, match="not practised"):
            till.new_account("gift_card")
        with pytest.raises(UserError, match="not practised"):
            till.hold_tender(till.new_basket().sale_id, "mobile", "QGH7X5K2PL", 165)
        basket = scanned(till, till.new_basket(), MILK)
        till.hold(basket, "blue coat")
        assert [held.label for held in till.held()] == ["blue coat"]
        assert real.held() == ()
        taken = till.recall(basket.sale_id)
        assert taken is not None
        assert isinstance(till.void_sale(taken, "left", approved_by=SUPERVISOR), Completed)
        x = till.x_report()
        assert (x.figures.values["sales"], x.figures.expected_cash) == (1, 5000 + 414 - 2000)
        assert "TRAINING" in as_text(till.x_paper(x), 48)
        z = till.close_shift(counted=3414)
        assert isinstance(z, ZReport)
        assert (z.z, z.over_short) == (1, 0)
        assert "TRAINING" in as_text(till.receipt_of(2), 48)
        till.close()
        assert books(front) == before
        assert disk(app.settings.journal_dir) == files
        assert real.x_report().figures.values == figures
        assert isinstance(sell(real, MILK), Completed), "the real till goes on where it was"
    finally:
        app.close()


def test_training_goes_on_in_its_own_series_and_asks_real_pins(front: Shopfront) -> None:
    app = front.open()
    try:
        ready(app.till)
        before = books(front, but=SIGNS_OF_LIFE)
        for z in (1, 2):
            till = open_training(app).till
            assert isinstance(till.open_shift(0), Completed)
            assert isinstance(sell(till, BREAD), Completed)
            assert isinstance(till.approve(SUPERVISOR, PINS[SUPERVISOR], "void_sale"), Cashier)
            closed = till.close_shift(counted=249)
            assert isinstance(closed, ZReport)
            assert closed.z == z
            till.close()
        assert books(front, but=SIGNS_OF_LIFE) == before
        kept = Journal(app.settings.journal_dir / "training" / "journal.db")
        numbers = [entry.document.no for entry in kept.since(EPOCH, 1)]
        kept.close()
        assert numbers == list(range(1, 7))
    finally:
        app.close()


def test_a_practised_document_is_refused_by_the_server(front: Shopfront) -> None:
    app = front.open()
    try:
        real = ready(app.till)
        practice = open_training(app).till
        practice.open_shift(0)
        sold = sell(practice, MILK)
        assert isinstance(sold, Completed)
        answer = real._core.link.post_document(sold.document.body, sold.document.hash, 5.0)
        assert (answer.outcome, answer.reason) == ("rejected", "epoch")
        practice.close()
    finally:
        app.close()


def test_what_is_neither_practised_nor_only_reads_is_refused(front: Shopfront) -> None:
    """Every call a till can make of its server is one of these: a later one cannot slip through by itself."""
    app = front.open()
    try:
        ready(app.till)
        link = open_training(app).till._core.link
        calls = {name for name in vars(Link) if not name.startswith("_")}
        own = {name for name in vars(TrainingLink) if not name.startswith("_")}
        assert own <= calls
        assert calls >= READS
        for name in calls - own - READS:
            with pytest.raises(UserError, match="not practised"):
                getattr(link, name)()
    finally:
        app.close()


def test_a_paid_basket_in_training_leaves_the_real_draft_alone(front: Shopfront) -> None:
    app = front.open()
    try:
        real = ready(app.till)
        kept = scanned(real, real.new_basket(), MILK)
        till = open_training(app).till
        till.open_shift(0)
        basket = scanned(till, till.new_basket(), BREAD)
        assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
        draft = real.load_draft()
        assert draft is not None
        assert draft.basket.sale_id == kept.sale_id
        till.close()
    finally:
        app.close()
