"""A real shop and a real till for the tests of the services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_desktop.services.till import TillServices
from tests.services.tills import Shopfront, make_pinned_shop, ready
from tests.shop_database import ShopDatabase


@pytest.fixture
def front(database: ShopDatabase, tmp_path: Path) -> Shopfront:
    """A shop with people who have PINs, and room for its tills."""
    return Shopfront(database, make_pinned_shop(database, stock=5000), tmp_path)


@pytest.fixture
def till(front: Shopfront) -> Iterator[TillServices]:
    """Till 1, signed in, with an open shift."""
    app = front.open()
    try:
        yield ready(app.till)
    finally:
        app.close()
