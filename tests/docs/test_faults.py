"""The page of faults is whole: each of seventy has its row, with a test that exists or why there is none."""

from __future__ import annotations

import re

from tests.docs.test_docs import ROOT, TEST_PATH, missing_tests, text

PAGE = text("docs/faults.md")
FAULTS, _, REVIEWER = PAGE.partition("## Fifteen tests")
ROW = re.compile(r"^\| (\d+) \| (.*) \|$", re.MULTILINE)


def rows(words: str) -> dict[int, list[str]]:
    """The cells of a table's rows by their number."""
    return {int(number): cells.split(" | ") for number, cells in ROW.findall(words)}


def test_every_fault_and_every_test_of_the_reviewer_has_one_row() -> None:
    assert sorted(rows(FAULTS)) == list(range(1, 71))
    assert len(ROW.findall(FAULTS)) == 70
    assert sorted(rows(REVIEWER)) == list(range(1, 16))


def test_every_row_names_a_test_or_says_why_not() -> None:
    for number, cells in {**rows(FAULTS), **{100 + n: c for n, c in rows(REVIEWER).items()}}.items():
        shown = cells[-1]
        assert TEST_PATH.search(shown) or "nemesis `" in shown or len(shown.split()) >= 5, number


def test_every_test_named_exists() -> None:
    assert len(TEST_PATH.findall(PAGE)) > 100
    assert missing_tests(PAGE) == []


def test_every_kind_of_fault_named_is_one_of_the_attack() -> None:
    deck = (ROOT / "tests" / "nemesis" / "faults.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'^    "(\w+)": Kind', deck, re.MULTILINE))
    listed = [re.findall(r"`(\w+)`", row) for row in re.findall(r"nemesis ((?:`\w+`(?:, )?)+)", PAGE)]
    named = {name for row in listed for name in row}
    assert len(named) > 15
    assert named <= kinds
