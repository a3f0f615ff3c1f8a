"""The paged model on a real server: a window of rows moves over all of them; trouble keeps what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import ui.models.paged as paged
from pos_desktop.domain.money import currency
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.manager import ManagerDesk, Page, ProductFilter
from tests.database.shop import WINE
from ui.models.paged import PagedModel
from ui.models.products import ProductColumns
from ui.tasks import Lanes
from ui.widgets.table import ChipRole

MakeModel = Callable[[int], PagedModel]


@pytest.fixture
def make(qtbot: QtBot, desk: ManagerDesk) -> Iterator[MakeModel]:
    lanes = Lanes()

    def model(limit: int) -> PagedModel:
        columns = ProductColumns(desk.stores()[0], currency("GBP")).columns()
        read = lambda wanted, sort, key: desk.page(wanted, sort, key, limit)  # noqa: E731
        made = PagedModel(read, lanes, columns, ProductFilter(1), "name", lanes)
        with qtbot.waitSignal(made.loaded):
            made.show(ProductFilter(1))
        return made

    yield model
    lanes.shutdown()


def names(model: PagedModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def section(model: PagedModel, key: str) -> int:
    return next(n for n, column in enumerate(model.columns) if column.key == key)


def test_a_filter_and_a_sort_are_the_databases(qtbot: QtBot, make: MakeModel) -> None:
    model = make(200)
    with qtbot.waitSignal(model.loaded):
        model.show(replace(model.wanted, words="rhone cotes"))
    keys = ("category", "price", "cost", "margin", "on_hand")
    assert model.row(0).id == WINE
    assert [model.index(0, section(model, key)).data() for key in keys] == [
        "Liquor",
        "9.50",
        "0.50",
        "93.7 %",
        "100",
    ]
    assert model.index(0, section(model, "status")).data(ChipRole).text == "In stock"
    with qtbot.waitSignal(model.loaded):
        model.show(replace(model.wanted, words=""), "-price")
    prices = [model.row(row).price for row in range(model.rowCount())]
    assert prices == sorted(prices, reverse=True)


def test_the_window_moves_down_and_up_again_by_key(
    qtbot: QtBot, make: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = names(make(200))
    monkeypatch.setattr(paged, "HELD", 4)
    model = make(2)
    shifts: list[int] = []
    model.shifted.connect(shifts.append)
    assert names(model) == whole[:2]
    seen = [(model.above, names(model))]
    while model.canFetchMore():
        with qtbot.waitSignal(model.loaded):
            model.fetchMore()
        seen.append((model.above, names(model)))
    assert seen[-1] == (len(whole) - 4, whole[-4:])
    assert all(rows == whole[above : above + len(rows)] for above, rows in seen if above is not None)
    while not model.at_start:
        with qtbot.waitSignal(model.loaded):
            model.fetch_before()
    assert (model.above, names(model)) == (0, whole[:4])
    assert sum(shifts) == 0
    assert not model.at_end


def test_the_end_is_read_backwards_and_goes_on_upwards(qtbot: QtBot, make: MakeModel) -> None:
    whole = names(make(200))
    model = make(3)
    with qtbot.waitSignal(model.loaded):
        model.show_end()
    assert (names(model), model.at_end, model.above) == (whole[-3:], True, None)
    while not model.at_start:
        with qtbot.waitSignal(model.loaded):
            model.fetch_before()
    assert (names(model), model.above) == (whole, 0)


def test_trouble_keeps_the_rows_shown(qtbot: QtBot, make: MakeModel) -> None:
    model = make(200)
    before = names(model)

    def away(_wanted: Any, _sort: str, _key: Sequence[Any] | None) -> Page[Any]:
        raise EnvironmentProblem("server.unreachable")

    model._read = away
    with qtbot.waitSignal(model.trouble):
        model.show(replace(model.wanted, words="milk"))
    assert names(model) == before != []
    assert not model.canFetchMore()


def test_typed_texts_wait_until_they_are_saved_or_taken_back(make: MakeModel) -> None:
    model = make(200)
    row = next(n for n in range(model.rowCount()) if model.row(n).id == WINE)
    cell, wine = model.index(row, section(model, "price")), model.row(row)
    assert model.setData(cell, "9,75")
    assert (cell.data(), dict(model.drafts.values(wine)), len(model.drafts)) == ("9,75", {"price": 975}, 1)
    assert model.setData(cell, "cheap")
    assert model.drafts.problems(wine) == ["Type a price such as 1.85."]
    assert dict(model.drafts.values(wine)) == {}
    assert model.setData(cell, "9.50")
    assert (len(model.drafts), model.drafts.rows) == (0, [])
    assert not model.setData(model.index(row, section(model, "status")), "Out")
