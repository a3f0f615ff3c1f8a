"""One catalogue interface and two behind it: the server's and the till's own copy, with the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pos_desktop.domain.catalogue import Catalogue, fold
from pos_desktop.domain.tax import Tax
from pos_desktop.errors import UserError
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.offline_catalogue import CopyKeeper, OwnCatalogue
from pos_desktop.services.results import Found, NotOnFile
from pos_desktop.services.till import TillServices
from tests.database.shop import BANANAS, BREAD, MILK, RECALLED, WINE
from tests.services.cable import Wired, wired_tills
from tests.services.tills import BREAD as BREAD_CODE
from tests.services.tills import MILK as MILK_CODE
from tests.services.tills import Shopfront, ready, scanned

NAMES = (
    "Crème fraîche, Bjørn's",
    "Weißbier naturtrüb",
    "Żywiec ŁÓDŹ",
    "Tea 250 g",
    "Green tea",
    "Œufs x6",
    "100% juice_a",
)
QUERIES = (
    "creme", "FRAICHE CREME", "bjorn", "weissbier", "truB weiß", "zywiec lodz", "tea", "tea green", "te",
    "g 250 tea", "oeufs", "100%", "juice_", "%", "_", "zzz", "  tea   250 ", "4011", "milk", "e", "å",
    "bread whole", "x6 oeuf",
)  # fmt: skip


@pytest.fixture
def till(front: Shopfront) -> Iterator[TillServices]:
    """Till 1 of a shop with names from many languages."""
    with front.database.connect() as owner:
        for name in NAMES:
            owner.execute("insert into pos.item (name, category_id, tax) values (%s, 1, 'Z')", [name])
        owner.execute("insert into pos.price (item_id, amount) select id, id from pos.item where id > 100")
        owner.execute("insert into pos.tax values ('RS', 'Reduced, and standard on it')")
        owner.execute("insert into pos.tax_part values ('RS', 1, 'R', false), ('RS', 2, 'S', true)")
        owner.execute("update pos.item set tax = 'RS' where id = %s", [BREAD])
        owner.execute("update pos.store set offline = true where number = 1")
    app = front.open()
    yield ready(app.till)
    app.close()


@pytest.fixture(params=["server", "own copy"])
def catalogue(till: TillServices, request: pytest.FixtureRequest) -> Catalogue:
    """Either of the two."""
    return own(till) if request.param == "own copy" else ServerCatalogue(till._core.link)


def own(till: TillServices) -> OwnCatalogue:
    """The till's own, up to date."""
    keeper(till).run_to_end()
    assert till._snapshot is not None
    core = till._core
    return OwnCatalogue(till._snapshot, lambda: core.hello, core.server_now, lambda: core.rules.tax)


def keeper(till: TillServices) -> CopyKeeper:
    """What keeps the copy."""
    assert till._copy is not None
    return till._copy


def test_an_item_under_several_taxes_has_each_at_its_rate(catalogue: Catalogue) -> None:
    bread, milk = catalogue.items([BREAD, MILK])
    assert bread.tax_set == (Tax("R", 50_000), Tax("S", 200_000, compound=True))
    assert milk.tax_set == (Tax("Z", 0),)


def test_finds_by_every_kind_of_code(catalogue: Catalogue, front: Shopfront) -> None:
    milk = catalogue.find("05010012345674")
    assert milk is not None
    assert (milk.id, milk.price, milk.rate, milk.min_age, milk.blocked) == (MILK, 165, 0, None, False)
    by_plu = catalogue.find("4011")
    assert by_plu is not None
    assert (by_plu.id, by_plu.plu, by_plu.weighed) == (BANANAS, "4011", True)
    assert catalogue.find("00000000000000") is None
    wine = catalogue.find(code_of(front, WINE))
    assert wine is not None
    assert wine.min_age == 18
    recalled = catalogue.find(code_of(front, RECALLED))
    assert recalled is None or recalled.blocked


def code_of(front: Shopfront, item: int) -> str:
    """Any code of an item."""
    rows = front.database.query("select code from pos.item_code where item_id = %s", item)
    return str(rows[0][0]) if rows else "none"


def test_searches_words_in_any_order_accents_ignored(catalogue: Catalogue) -> None:
    assert [item.name for item in catalogue.search("fraiche CREME")] == [NAMES[0]]
    assert [item.name for item in catalogue.search("weissbier")] == [NAMES[1]]
    assert [item.name for item in catalogue.search("lódz zywiec")] == [NAMES[2]]
    assert [item.name for item in catalogue.search("tea")] == [NAMES[3], NAMES[4]]
    assert [item.name for item in catalogue.search("tea green")] == [NAMES[4]]
    assert catalogue.search("   ") == ()
    assert len(catalogue.search("e", 2)) <= 2


def test_items_by_id_come_in_the_order_asked(catalogue: Catalogue) -> None:
    assert [item.id for item in catalogue.items([BREAD, 999_999, MILK])] == [BREAD, MILK]
    assert catalogue.items([]) == ()


def test_both_say_the_same_of_every_item_and_search(till: TillServices, front: Shopfront) -> None:
    server, copy = ServerCatalogue(till._core.link), own(till)
    ids = [row[0] for row in front.database.query("select id from pos.item order by id")]
    assert copy.items(ids) == server.items(ids)
    for (code,) in front.database.query("select code from pos.item_code"):
        assert copy.find(code) == server.find(code)
    for words in QUERIES:
        assert copy.search(words) == server.search(words), words
    rows = front.database.query("select name, search from pos.item")
    assert [(name, fold(name)) for name, _ in rows] == rows


CHANGES = (
    "insert into pos.price (item_id, amount) values (1, 777) returning id",
    "update pos.item set name = 'Oat drink' where id = 1 returning id",
    "insert into pos.item (name, category_id, tax) values ('New soup', 1, 'Z') returning id",
    "update pos.category set name = name || '!' returning id",
    "insert into pos.tax_rate select code, current_date, 70000 from pos.tax where code <> 'RS' returning tax",
    "insert into pos.item (name, category_id, tax)"
    " select 'x' || i, 1, 'Z' from generate_series(1, 600) i returning id",
    "update pos.item set colour = 'red' where id < 50 returning id",
    "delete from pos.item_code where item_id = 1 returning code",
)


def test_every_change_reaches_the_copy(till: TillServices, front: Shopfront) -> None:
    server, copy = ServerCatalogue(till._core.link), own(till)
    for change in CHANGES:
        front.database.query(change)
        keeper(till).run_to_end()
        till._core.connect()
        ids = [row[0] for row in front.database.query("select id from pos.item order by id")]
        assert copy.items(ids) == server.items(ids), change
        for words in ("oat", "soup", "milk", "x59"):
            assert copy.search(words) == server.search(words), change
        assert copy.find("05010012345674") == server.find("05010012345674"), change


def test_a_price_that_begins_while_the_till_is_alone_counts_from_then(
    till: TillServices, front: Shopfront
) -> None:
    front.database.query(
        "insert into pos.price (item_id, amount, valid_from) values (1, 1, now() + interval '1 hour'),"
        " (1, 2, now() + interval '3 hours') returning id"
    )
    keeper(till).run_to_end()
    assert till._snapshot is not None
    start, prices = till._core.server_now(), []
    for hours in (0, 2, 4):
        at = start + timedelta(hours=hours)
        copy = OwnCatalogue(till._snapshot, lambda: till._core.hello, lambda at=at: at)  # type: ignore[misc]
        prices += [item.price for item in copy.items([1])]
    assert prices == [165, 1, 2]


def test_a_damaged_copy_is_loaded_again(front: Shopfront) -> None:
    front.database.query("update pos.store set offline = true where number = 1 returning id")
    folder = front.folder / "till 1" / "journal"
    folder.mkdir(parents=True)
    (folder / "catalogue.db").write_bytes(b"not a database" * 500)
    app = front.open()
    try:
        ready(app.till)
        assert len(own(app.till).items([MILK, BREAD])) == 2
    finally:
        app.close()


def test_without_a_whole_copy_nobody_is_told_that_an_item_is_not_on_file(
    front: Shopfront, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wired_tills(front, monkeypatch) as wired:
        wired.allow()
        alone_without_a_copy(wired)


def alone_without_a_copy(wired: Wired) -> None:
    """The cable is pulled before the copy is whole, and again afterwards."""
    till = ready(wired.open())
    basket = scanned(till, till.new_basket(), MILK_CODE)
    wired.cable.pulled = True
    with pytest.raises(UserError, match="not complete yet") as unknown:
        till.find(BREAD_CODE)
    assert unknown.value.code == "offline.no_copy"
    for ask in (
        lambda: till.find(BREAD_CODE),
        lambda: till.search("bread"),
        lambda: till.check_basket(basket),
    ):
        with pytest.raises(UserError, match="Scan it again when the server is back"):
            ask()
    wired.cable.pulled = False
    assert till.heartbeat().came_back
    assert till._copy is not None
    till._copy.run_to_end()
    wired.cable.pulled = True
    assert isinstance(till.find(BREAD_CODE), Found)
    assert till.check_basket(basket).ok
    assert isinstance(till.find("5901234123457"), NotOnFile), "a whole copy does know"
