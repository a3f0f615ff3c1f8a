"""The schedule is a pure function of the seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.nemesis.faults import FAULTS
from tests.nemesis.plan import Plan, deck


def plan(seed: int) -> Plan:
    return Plan(seed, tills=5, every=10, kinds=deck())


def test_one_seed_is_one_schedule() -> None:
    steps = [(till, n) for till in range(1, 6) for n in range(200)]
    first = [plan(7).step(*place) for place in steps]
    assert first == [plan(7).step(*place) for place in reversed(steps)][::-1]
    assert first != [plan(8).step(*place) for place in steps]


def test_every_block_of_steps_has_one_fault() -> None:
    for till in range(1, 6):
        for block in range(20):
            hit = [n for n in range(block * 10, block * 10 + 10) if plan(3).step(till, n).fault is not None]
            assert len(hit) == 1


def test_one_pass_of_the_deck_deals_every_kind_by_its_weight() -> None:
    cards = len(deck())
    steps = list(plan(11).schedule(10 * -(-cards // 5)))[:cards]
    dealt = Counter(step.fault.kind for step in steps if step.fault is not None)
    assert dealt == {name: kind.weight for name, kind in FAULTS.items()}


def test_left_out_kinds_do_not_come() -> None:
    assert "no_network" not in deck(frozenset({"no_network"}))


def test_the_page_names_every_kind_of_fault() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "nemesis.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {kind.says} |" for name, kind in FAULTS.items()]
    assert [row for row in rows if row not in page] == []
