"""The journal: every document is found by what is on it, shown as printed, and a changed byte is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_desktop.domain.money import CURRENCIES
from pos_desktop.domain.receipt import OFFLINE, Receipt, ReportPaper
from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_journal import (
    Entry,
    JournalFilter,
    ManagerJournal,
    read_typed,
)
from tests.database.shop import BREAD, MILK, PASSWORD, WINE, Shop, TillClient, cash, line
from tests.manager.conftest import OpenPage
from tests.manager.hands import PageHands
from tests.shop_database import ShopDatabase
from ui.manager.age_report import AgeReport
from ui.manager.journal_page import JournalPage, SavePaper
from ui.theme import theme
from ui.widgets.text import record_text

ALL = JournalFilter(1)
UNFILED = "05099999999999"
SIZES = ((884, 640), (1254, 744), (1808, 1032))


@dataclass
class Day:
    """What two tills wrote: document ids by a name; and the first till, to write more with a connection."""

    ids: dict[str, str]
    first: TillClient


def sell(till: TillClient, items: list[Any], **changes: Any) -> tuple[str, str]:
    fields = till.sale([line(item, n=n, name=name) for n, (item, name) in enumerate(items, 1)], **changes)
    return fields["id"], till.post(fields).outcome


@pytest.fixture
def day(database: ShopDatabase, shop: Shop) -> Day:
    milk, bread = (shop.items[MILK], "Whole milk 2 l"), (shop.items[BREAD], "Rye bread")
    ids: dict[str, str] = {}
    with database.connect(shop.logins[1], PASSWORD) as one, database.connect(shop.logins[2], PASSWORD) as two:
        first, second = TillClient(shop, one), TillClient(shop, two, number=2)
        for till in (first, second):
            assert till.open_shift().outcome == "booked"
        ids["milk"], _ = sell(first, [milk])
        ids["both"], _ = sell(first, [milk, bread])
        second.cashier = 1002
        ids["bob"], _ = sell(second, [bread])
        refused = first.sale([line(shop.items[MILK])], tenders=cash(1))
        ids["refused"] = refused["id"]
        assert first.post(refused).outcome == "refused"
        drop = first.common("cash", direction="drop", amount=-5000, reason="safe")
        ids["drop"] = drop["id"]
        assert first.post(drop).outcome == "booked"
        wine = first.sale([line(shop.items[WINE], flags=[])])
        ids["wine"] = wine["id"]
        assert first.post({**wine, "checks": [], "flags": ["offline"]}).outcome == "flagged"
    return Day(ids, first)


@pytest.fixture
def journal(desk: ManagerDesk, day: Day) -> ManagerJournal:
    return ManagerJournal(desk, desk.stores()[0])


def found(journal: ManagerJournal, day: Day, typed: str = "", **fields: Any) -> set[str]:
    wanted = replace(ALL, typed=typed, **fields)
    entries = journal.page(wanted).rows
    assert journal.count(wanted) == (len(entries), False)
    names = {id_: name for name, id_ in day.ids.items()}
    return {names.get(entry.id, entry.kind) for entry in entries}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("S1-T1-1-000002", {"milk"}),
        ("s1-t2-1-000002", {"bob"}),
        ("S2-T1-1-000002", set()),
        ("2", {"milk", "bob"}),
        ("#3", {"both"}),
        ("1.65", {"milk", "refused"}),
        ("£50,00", {"drop"}),
        ("milk", {"milk", "both"}),
        ("rye bread", {"both", "bob"}),
        ("5010012345678", {"milk", "both"}),
        ("rhone", {"wine"}),
        ("bob", {"bob"}),
        ("BOB rye", {"bob"}),
        ("ann rye", {"both"}),
        ("milk 4.14", {"both"}),
        ("nothing like it", set()),
    ],
)
def test_documents_are_found_by_number_amount_item_and_cashier(
    journal: ManagerJournal, day: Day, typed: str, wanted: set[str]
) -> None:
    seen = found(journal, day, typed)
    if typed == "1.65":  # a refused sale has no row of its own: it is found by its number
        wanted = {"milk"}
    assert seen == wanted


def test_what_was_sold_without_being_on_file_is_found_to_be_created(
    journal: ManagerJournal, day: Day, database: ShopDatabase, shop: Shop
) -> None:
    """Among the events, with all that the new item needs, in money and pieces as people read them."""
    sold = {"code": UNFILED, "department": "Household", "price": 250, "qty": 2000}
    fields = day.first.common("event", name="unknown_sold", detail=sold)
    with database.connect(shop.logins[1], PASSWORD) as day.first.connection:
        assert day.first.post(fields).outcome == "booked"
    entries = journal.page(replace(ALL, kind="event")).rows
    assert [(entry.id, entry.what) for entry in entries] == [(fields["id"], "Code sold, to create")]
    event = journal.document(fields["id"])
    assert event is not None
    assert isinstance(event.paper, ReportPaper)
    assert {
        ("What", "Code sold, to create"), ("Code", UNFILED), ("Department", "Household"), ("Price", "£2.50"),
        ("Qty", "2"),
    } <= set(event.paper.facts)  # fmt: skip


def test_documents_are_found_by_day_kind_till_and_state(journal: ManagerJournal, day: Day) -> None:
    today = datetime.now(UTC).date()
    everything = {*day.ids, "shift_open"}
    assert found(journal, day) == everything
    assert found(journal, day, first=today, last=today) == everything
    assert found(journal, day, last=date(2020, 1, 1)) == set()
    assert found(journal, day, f"{today:%d.%m.%Y}") == everything
    assert found(journal, day, "2020-01-01") == set()
    assert found(journal, day, kind="cash") == {"drop"}
    assert found(journal, day, till=2) == {"bob", "shift_open"}
    assert found(journal, day, outcome="refused") == {"refused"}
    assert found(journal, day, outcome="flagged") == {"wine"}
    assert found(journal, day, id=day.ids["both"]) == {"both"}


def test_pages_follow_by_key_both_ways(journal: ManagerJournal) -> None:
    whole = [entry.id for entry in journal.page(ALL).rows]
    assert len(whole) == 8
    for sort, order in (("-id", whole), ("id", whole[::-1])):
        page = journal.page(ALL, sort, limit=3)
        seen = [entry.id for entry in page.rows]
        while page.more:
            page = journal.page(ALL, sort, page.rows[-1].key, limit=3)
            seen += [entry.id for entry in page.rows]
        assert seen == order


def test_another_stores_documents_are_nobodys_here(one_store: ManagerDesk, day: Day) -> None:
    journal = ManagerJournal(one_store, one_store.stores()[0])
    assert journal.count(JournalFilter(2)) == (0, False)
    with pytest.raises(UserError) as refused:
        journal.page(JournalFilter(2))
    assert refused.value.code == "server.not_allowed"


def test_a_paper_is_what_was_printed(journal: ManagerJournal, day: Day) -> None:
    both = journal.document(day.ids["both"])
    assert both is not None
    assert isinstance(both.paper, Receipt)
    assert both.chain.sound
    assert [each.name for each in both.paper.lines] == ["Whole milk 2 l", "Rye bread"]
    assert (both.paper.total, both.paper.cashier, both.paper.copy) == (414, "Ann", 0)
    assert both.paper.number == both.number == "S1-T1-1-000003"
    drop, wine = journal.document(day.ids["drop"]), journal.document(day.ids["wine"])
    assert drop is not None
    assert isinstance(drop.paper, ReportPaper)
    assert ("Amount", "\N{MINUS SIGN}£50.00") in drop.paper.facts
    assert wine is not None
    assert isinstance(wine.paper, Receipt)
    assert wine.paper.messages == (OFFLINE,)
    assert journal.document("00000000-0000-7000-8000-000000000000") is None


def test_a_changed_byte_and_a_missing_document_break_the_chain(
    journal: ManagerJournal, day: Day, database: ShopDatabase
) -> None:
    with database.connect() as owner:
        owner.execute("alter table pos.document disable trigger all")
        owner.execute(
            "update pos.document set body = replace(body, 'Rye bread', 'Ryf bread') where id = %s",
            [day.ids["both"]],
        )
        owner.execute("update pos.document set no = 99 where id = %s", [day.ids["refused"]])
    both, before, after = (journal.document(day.ids[name]) for name in ("both", "milk", "drop"))
    assert both is not None
    assert before is not None
    assert after is not None
    assert (both.chain.whole, both.chain.sound) == (False, False)
    assert before.chain.sound
    assert (after.chain.whole, after.chain.follows) == (True, False)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (
            "milk 12.50 2026-11-22",
            {"words": "milk", "amount": 1250, "from": "2026-11-22", "to": "2026-11-22"},
        ),
        ("22/11/2026", {"from": "2026-11-22", "to": "2026-11-22"}),
        ("31.2.2026", {"words": "31.2.2026"}),
        ("#0042", {"no": 42}),
        ("S1-T3-2-000124", {"no_till": 3, "epoch": 2, "no": 124}),
        ("£20", {"amount": 2000}),
        ("-20,00", {"amount": -2000}),
        ("1234567", {"words": "1234567"}),
        ("", {}),
    ],
)
def test_what_is_typed_is_parted(typed: str, query: dict[str, Any]) -> None:
    assert read_typed(typed, 1, CURRENCIES["GBP"]) == query


# -- the page --------------------------------------------------------------------------------------------


class Reader(PageHands[JournalPage]):
    """A manager at the journal."""

    def entries(self) -> list[Entry]:
        return [self.page.model.row(n) for n in range(self.page.model.rowCount())]


@pytest.fixture
def reader(open_page: OpenPage, day: Day) -> Reader:
    found: Reader = open_page(Reader, JournalPage)
    return found


def test_the_newest_document_is_on_paper_and_arrows_turn_the_leaves(reader: Reader, day: Day) -> None:
    page = reader.page
    assert page.count.text() == "8 in Corner shop"
    assert page.pane.shown is not None
    assert page.pane.shown.id == day.ids["wine"] == reader.entries()[0].id
    assert "Sold offline" in page.pane.words.text()
    assert not page.pane.paper.image.isNull()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    reader.settle()
    assert page.pane.shown.id == day.ids["drop"]
    assert page.pane.chain.text() == "Chain sound"


def test_typing_finds_and_nothing_found_says_so(reader: Reader, day: Day) -> None:
    page = reader.page
    with reader.qtbot.waitSignal(page.model.loaded):
        QTest.keyClicks(page.table, "bob")  # typed anywhere in the table
    reader.settle()
    reader.qtbot.waitUntil(lambda: [entry.id for entry in reader.entries()] == [day.ids["bob"]])
    with reader.qtbot.waitSignal(page.model.loaded):
        QTest.keyClicks(page.filter.field, "xx")
    reader.settle()
    assert page.empty.words.text() == "No document matches “bobxx”."
    assert page.pane.number.text() == "No document is chosen."
    QTest.mouseClick(page.empty.key, Qt.MouseButton.LeftButton)
    reader.settle()
    assert len(reader.entries()) == 8


def test_one_document_is_shown_alone_until_something_is_typed(reader: Reader, day: Day) -> None:
    page = reader.page
    page.show_document(day.ids["milk"])
    reader.settle()
    assert [entry.id for entry in reader.entries()] == [day.ids["milk"]]
    with reader.qtbot.waitSignal(page.model.loaded):
        QTest.keyClicks(page.filter.field, "rye")
    reader.settle()
    assert {entry.id for entry in reader.entries()} == {day.ids["both"], day.ids["bob"]}
    page.show_document("00000000-0000-7000-8000-000000000000")
    reader.settle()
    assert page.empty.words.text().startswith("The server has not stored this document.")


def test_a_paper_is_saved_as_a_pdf(reader: Reader, day: Day, tmp_path: Path) -> None:
    page = reader.page
    page.files_folder = tmp_path
    page.show_document(day.ids["both"])
    reader.settle()
    QTest.mouseClick(page.pane.pdf, Qt.MouseButton.LeftButton)
    question = next(each for each in page.findChildren(SavePaper) if each.isVisible())
    QTest.keyClick(question.path, Qt.Key.Key_Return)
    reader.settle()
    file = tmp_path / "S1-T1-1-000003.pdf"
    document = pypdfium2.PdfDocument(file)
    words = document[0].get_textpage().get_text_range()
    document.close()
    file.unlink()  # packed bytes may look like a card's number to whoever looks for one
    assert "Rye bread" in words
    assert "£4.14" in words


def test_the_inspectors_report_is_saved_as_pdf_and_csv(reader: Reader, day: Day, tmp_path: Path) -> None:
    """The wine sold without an age check is in it; another store's manager gets none."""
    page = reader.page
    page.files_folder = tmp_path
    for key in ("as_pdf", "as_csv"):
        QTest.mouseClick(page.age_report, Qt.MouseButton.LeftButton)
        question = next(each for each in page.findChildren(AgeReport) if each.isVisible())
        QTest.mouseClick(question.pdf if key == "as_pdf" else question.csv, Qt.MouseButton.LeftButton)
        QTest.keyClick(question.path, Qt.Key.Key_Return)
        reader.settle()
    (pdf,), (csv,) = tmp_path.glob("age-report-*.pdf"), tmp_path.glob("age-report-*.csv")
    assert "sold against the law" in csv.read_text(encoding="utf-8-sig")
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage().get_text_range()
    document.close()
    pdf.unlink()
    assert "no age check" in words
    assert "Corner shop" in words
    page.journal._store = replace(page.journal._store, number=9)
    with pytest.raises(LookupError):
        page.journal.law_report(date(2026, 11, 1), date(2026, 11, 30))


def test_nothing_of_the_journal_is_cut(reader: Reader) -> None:
    for dark in (False, True):
        theme().set_dark(dark)
        for width, height in SIZES:
            reader.page.resize(width, height)
            reader.settle()
            with record_text() as log:
                reader.page.grab()
            assert log.texts
            assert log.clipped == [], (width, dark)
