"""The wording of a store's papers: typed, looked at, saved, read by tills, and never over somebody else's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_desktop.domain.paper_words import WORDS, PaperRules
from pos_desktop.domain.receipt_layout import as_text
from pos_desktop.domain.sample_paper import SAMPLES
from pos_desktop.domain.sample_slips import SLIPS
from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_papers import ManagerPapers
from tests.database.shop import PASSWORD, Shop
from tests.shop_database import ShopDatabase
from ui.keymap import Keymap
from ui.manager.papers_page import SAVED, THEIRS, PapersPage
from ui.tasks import Lanes
from ui.theme import theme


@pytest.fixture
def papers(desk: ManagerDesk) -> ManagerPapers:
    return ManagerPapers(desk, desk.stores()[0])


def test_a_paper_carries_the_shop_s_words_in_their_places(papers: ManagerPapers) -> None:
    words = {name: f"<{name}>" for name in WORDS}
    rules = PaperRules(("Corner", "High Street"), ("Bye",), "Corner Ltd", words)
    texts = {kind: as_text(papers.preview(rules, kind), 48) for kind in SAMPLES if kind not in SLIPS}
    shown = "\n".join(texts.values())
    assert [name for name in words if f"<{name}>" not in shown] == ["subtotal", "exempt"]
    assert all("Corner Ltd" in text and "Bye" in text and "High Street" in text for text in texts.values())
    assert "<gift>" in texts["gift"]
    assert "9.50" not in texts["gift"]
    assert "19.60" not in texts["gift"]
    assert "Harbour Café Ltd" in texts["invoice"]
    assert "<tax_number> IE 1234567X" in texts["invoice"]
    assert "<copy> 1" in texts["copy"]
    assert "TOTAL" in as_text(papers.preview(PaperRules(), "receipt"), 48)


def test_tills_read_what_was_saved(papers: ManagerPapers, database: ShopDatabase, shop: Shop) -> None:
    was = papers.read()
    own = {"total": "To pay", "items": "{n} pieces", "z_report": "Day's end {z}"}
    now = PaperRules(("Corner", "2 Low Street"), (), "Corner Ltd", own)
    saved = papers.save(was, now)
    assert (saved.rules, saved.conflict) == (now, False)
    with database.connect(shop.logins[1], PASSWORD) as till:
        told = till.execute("select api.shop_rules()->'papers', api.changes_since(0)->'last'").fetchone()
    assert told is not None
    assert PaperRules.from_fields(told[0]) == now
    assert told[1] > 0
    again = papers.save(was, PaperRules(("Mine",)))
    assert (again.rules, again.conflict) == (now, True)
    for wrong in (
        PaperRules(("x" * 201,)),
        PaperRules(tuple("abcdefghijklm")),
        PaperRules(("a\tb",)),
        PaperRules(words={"total": "4111 1111 1111 1111"}),
        PaperRules(words={"items": "{n} of {what}"}),
    ):
        with pytest.raises(UserError):
            papers.save(now, wrong)
    assert papers.read() == now


def test_the_page_shows_the_paper_while_it_is_worded(
    qtbot: QtBot, qapp: QApplication, desk: ManagerDesk, papers: ManagerPapers
) -> None:
    theme().apply(qapp)
    lanes = Lanes()
    page = PapersPage(desk, lanes, desk.stores()[0], Keymap())
    qtbot.addWidget(page)
    page.resize(1254, 744)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: page.header.toPlainText() == "Corner shop\n1 High Street")
    assert not page.unsaved
    before = page.paper.image.copy()
    QTest.keyClicks(page.words["total"], "To pay")
    assert page.unsaved
    assert page.paper.image != before
    page.ask_undo()
    assert (page.words["total"].text(), page.unsaved) == ("", False)
    page.footer.setPlainText("See you soon")
    QTest.mouseClick(page.kinds["z"], Qt.MouseButton.LeftButton)
    before = page.paper.image.copy()
    page.words["z_report"].setFocus()
    QTest.keyClicks(page.words["z_report"], "Day's end {z}")
    assert page.paper.image != before
    QTest.mouseClick(page.kinds["gift"], Qt.MouseButton.LeftButton)
    page.ask_save()
    qtbot.waitUntil(lambda: page.banner.text() == SAVED)
    assert papers.read().footer == ("See you soon",)
    papers.save(papers.read(), PaperRules(("Somebody else's",)))
    QTest.keyClicks(page.legal, "Mine")
    page.ask_save()
    qtbot.waitUntil(lambda: page.banner.text() == THEIRS)
    assert page.header.toPlainText() == "Somebody else's"
    lanes.shutdown()
