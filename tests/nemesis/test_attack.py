"""Two attacks at each test run, by fixed seeds; ./run nemesis takes a new one each time, and prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.nemesis.attack import Options, Summary, attack
from tests.nemesis.plan import deck

SEEDS = (20261122, 207039145)
SALES, TILLS = 600, 5

struck: Counter[str] = Counter()
not_run: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def _every_kind_struck() -> Iterator[None]:
    """After both attacks every kind of fault that this machine can do has really happened."""
    yield
    assert set(deck()) - set(struck) - not_run == set()


def attacked(seed: int) -> Summary:
    """An attack with every kind of fault of the deck; its summary is printed when the test does not pass."""
    print(f"./run nemesis --seed {seed} --sales {SALES} --tills {TILLS} --faults {len(deck())}")  # noqa: T201
    summary = attack(Options(seed, SALES, len(deck()), TILLS, cards=True))
    print(summary.as_text())  # noqa: T201
    struck.update(summary.faults)
    not_run.update(summary.not_run)
    return summary


@pytest.mark.parametrize("seed", SEEDS)
def test_an_attack_by_a_known_seed_breaks_nothing(seed: int) -> None:
    summary = attacked(seed)
    assert summary.violations == ()
    assert summary.sales >= SALES
    assert sum(summary.faults.values()) >= len(deck()) - len(summary.not_run)
