"""Kill the till at every step of a sale it makes alone: then the sale is there once, or the basket is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pos_desktop.services.fault import EXIT_CODE
from pos_desktop.services.results import Completed
from tests.services.cable import wired_tills
from tests.services.test_kill import Worker, check_documents
from tests.services.tills import BREAD, MILK, Shopfront, ready, sell

BACK, AWAY = True, False
LIVES = [
    ("sudden", "S1", AWAY),
    ("sudden", "S3", BACK),
    ("sudden", "S3", AWAY),
    ("sudden", "A1", BACK),
    ("sudden", "A1", AWAY),
    ("sudden", "A2", BACK),
    ("sudden", "A2", AWAY),
    ("sudden", "S9", AWAY),
    ("known", "A3", BACK),
    ("known", "A3", AWAY),
    ("known", "S11", AWAY),
]
"""How the server went, where the till died, and whether the server is back when the till starts again."""


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One forking process for the module."""
    made = Worker()
    yield made
    made.stop()


@pytest.mark.parametrize(("away", "step", "back"), LIVES)
def test_killed_while_selling_alone_it_is_one_sale_or_the_basket(
    worker: Worker, front: Shopfront, monkeypatch: pytest.MonkeyPatch, away: str, step: str, back: bool
) -> None:
    with wired_tills(front, monkeypatch) as wired:
        wired.allow()
        order = {"folder": str(front.folder / "till 1"), "dsn": front.dsn(), "codes": [MILK, BREAD]}
        worker.begin(**order, fault=step, away=away)
        assert worker.end() == EXIT_CODE
        till = wired.open(pulled=not back)
        recovered = till.recover()
        assert (recovered.settled.pending, recovered.settled.stopped) == (0, None)
        assert (recovered.draft is not None) == (step == "S1")
        offered = [document.kind for document in recovered.to_print]
        assert offered == ([] if step in ("S1", "S10") else ["sale"])
        assert till.offline_state().sales == (0 if back or step == "S1" else 1)
        if not back:
            assert isinstance(sell(ready(till), MILK), Completed)
            wired.cable.pulled = False
            assert till.heartbeat().came_back
        assert check_documents(front, till) == (step != "S1") + (not back)
