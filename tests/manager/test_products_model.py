"""The products model on a real server: pages follow by key, and trouble keeps what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_desktop.domain.money import currency
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.manager import ManagerDesk
from tests.database.shop import WINE
from ui.models.products import COLUMNS, ProductsModel
from ui.tasks import Lanes
from ui.widgets.table import ChipRole


@pytest.fixture
def model(qtbot: QtBot, desk: ManagerDesk) -> Iterator[ProductsModel]:
    lanes = Lanes()
    made = ProductsModel(desk, lanes, desk.stores()[0], currency("GBP"), lanes)
    yield made
    lanes.shutdown()


def names(model: ProductsModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_filter_and_a_sort_are_the_databases(qtbot: QtBot, model: ProductsModel) -> None:
    with qtbot.waitSignal(model.loaded):
        model.show(replace(model.wanted, words="rhone cotes"))
    row = [model.index(0, column).data() for column in range(len(COLUMNS))]
    assert model.product(0).id == WINE
    assert row[2:7] == ["Liquor", "9.50", "0.50", "93.7 %", "100"]
    assert model.index(0, 7).data(ChipRole).text == "In stock"
    with qtbot.waitSignal(model.loaded):
        model.show(replace(model.wanted, words=""))
    with qtbot.waitSignal(model.loaded):
        model.sort(3, Qt.SortOrder.DescendingOrder)
    prices = [model.product(row).price for row in range(model.rowCount())]
    assert prices == sorted(prices, reverse=True)


def test_pages_follow_as_they_are_asked_for(
    qtbot: QtBot, model: ProductsModel, desk: ManagerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, read = [each.name for each in desk.page(model.wanted).products], desk.page
    monkeypatch.setattr(desk, "page", lambda wanted, sort, after: read(wanted, sort, after, limit=3))
    with qtbot.waitSignal(model.loaded):
        model.show(model.wanted)
    assert names(model) == whole[:3]
    while model.canFetchMore():
        with qtbot.waitSignal(model.loaded):
            model.fetchMore()
    assert names(model) == whole


def test_trouble_keeps_the_rows_shown(
    qtbot: QtBot, model: ProductsModel, desk: ManagerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(model.loaded):
        model.show(model.wanted)
    before = names(model)

    def away(*_: object) -> None:
        raise EnvironmentProblem("server.unreachable")

    monkeypatch.setattr(desk, "page", away)
    with qtbot.waitSignal(model.trouble):
        model.show(replace(model.wanted, words="milk"))
    assert names(model) == before != []
    assert not model.canFetchMore()
