"""The books know no language: the same day makes the same documents, to the last byte."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop import words
from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.basket_parts import Reduction
from pos_desktop.domain.discounts import reduced
from pos_desktop.domain.document import Document
from pos_desktop.domain.promotion import CASE_PRICE, Pack, offer_words, pack_promotion
from pos_desktop.domain.promotion_rules import PromotionRules
from pos_desktop.domain.sale_document import sale_document
from pos_desktop.domain.shop_rules import ShopRules
from pos_desktop.domain.tender import Tender
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.results import Completed, ZReport
from pos_desktop.services.till import TillServices
from tests.database.shop import CASHIER
from tests.domain.made import approval, item
from tests.domain.test_document import PLACE, STAMP
from tests.services.simulation import SimClock, SimLink, SimServer
from tests.services.test_schedules import ring_up
from tests.words.left_over import LANGUAGES, speaking

BEGAN = datetime(2026, 11, 22, 10, tzinfo=UTC)
CASE = ShopRules(promotions=PromotionRules(1, UTC, (pack_promotion(1, Pack(1, 6, 500)),), ("Damaged",)))


def day(folder: Path) -> list[bytes]:
    """The documents of a short day as the server got them: shift, sales, drawer, Z."""
    folder.mkdir()
    server = SimServer(clock := SimClock())
    link = SimLink(server, random.Random(0), 0.0)
    core = TillCore(link, Journal(folder / "journal.db"), DraftStore(folder / "draft.db"), clock, folder, "1")
    core.report()
    till = TillServices(core, ServerCatalogue(link), b"")
    till.sign_in(CASHIER, "1111")
    assert isinstance(till.open_shift(10_000), Completed)
    for number in range(3):
        basket = Basket(f"sale-{number}").add(item(1 + number, 100 + number), 2000)
        assert isinstance(ring_up(till, basket), Completed)
    assert isinstance(till.no_sale("change"), Completed)
    assert isinstance(till.close_shift(counted=9_900), ZReport)
    till.close()
    return [server.known[id_][0] for id_ in server.order]


def sale() -> Document:
    """A sale with what the program itself names, a case's price, and with a typed price and a discount."""
    basket = Basket(STAMP.id).begun(BEGAN, CASE).add(item(1, 100), 6000).add_typed(item(2, 300), 250)
    basket = reduced(basket, Reduction(2, "Damaged", amount=20), approval())
    return sale_document(STAMP, PLACE, basket, (Tender("cash", totals(basket).total),), "GBP")


def test_a_day_makes_the_same_documents_in_every_language(tmp_path: Path) -> None:
    plain = day(tmp_path / words.ENGLISH)
    assert len(plain) == 6
    for language in LANGUAGES:
        with speaking(language):
            assert day(tmp_path / language) == plain, language


def test_a_sale_with_the_programs_own_names_is_the_same_in_every_language() -> None:
    plain = sale()
    assert [given["name"] for given in plain.fields["lines"][0]["given"]] == [CASE_PRICE]
    for language in LANGUAGES:
        with speaking(language):
            assert sale().body == plain.body, language
            assert offer_words(CASE_PRICE) != CASE_PRICE
