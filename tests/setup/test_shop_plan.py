"""A shop's file: everything there is to correct is named at once, with its line."""

from __future__ import annotations

from datetime import date

import pytest

from pos_desktop import paths
from pos_desktop.domain.plan_reader import PlanProblemsError
from pos_desktop.domain.plan_rows import PlanProblem
from pos_desktop.domain.shop_plan import ShopPlan, StoreRules, read_plan

EXAMPLE = (paths.resources_dir() / "setup" / "shop.toml").read_text(encoding="utf-8")


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PlanProblemsError) as found:
        read_plan(text)
    return [(one.line, one.key) for one in found.value.problems]


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) == 1
    return EXAMPLE.replace(old, new)


def test_the_example_is_a_plan() -> None:
    plan = read_plan(EXAMPLE)
    assert isinstance(plan, ShopPlan)
    assert plan.tills == ((1, 1),)
    assert [(tax.code, tax.rate, tax.valid_from) for tax in plan.taxes] == [
        ("S", 200_000, None),
        ("Z", 0, None),
    ]
    assert [person.pin for person in plan.staff] == ["", ""]
    assert dict(plan.reasons)["void"][0] == "Customer changed their mind"
    assert [category.min_age for category in plan.categories] == [None, 18]


def test_a_rate_to_come_is_a_table_of_its_own() -> None:
    plan = read_plan(EXAMPLE + '\n[[tax]]\ncode = "S"\nname = "Standard"\nrate = "21"\nfrom = 2027-04-01\n')
    assert [(tax.rate, tax.valid_from) for tax in plan.taxes if tax.code == "S"] == [
        (200_000, None),
        (210_000, date(2027, 4, 1)),
    ]


def test_ways_of_tax_and_cash_rounding() -> None:
    rules = 'tax_method = "by_line"\ncash_step = "0.05"\ncash_from = 2027-01-01\nlegal = '
    plan = read_plan(
        changed("legal = ", rules)
        + '\n[[composite_tax]]\ncode = "SZ"\nname = "Both"\nparts = ["Z", "S on"]\n'
    )
    (store,) = plan.stores
    assert store.rules.tax_method == "by_line"
    assert (store.rules.cash_step, store.rules.cash_method) == (5, "nearest")
    assert store.rules.cash_from == date(2027, 1, 1)
    assert plan.composites[0].parts == (("Z", False), ("S", True))
    for parts in ('["Z", "Z"]', '["Q"]', "[]"):
        wrong = EXAMPLE + f'\n[[composite_tax]]\ncode = "SZ"\nname = "Both"\nparts = {parts}\n'
        assert [key for _, key in problems(wrong)] == ["composite_tax 1, parts"]
    undated = changed("legal = ", 'cash_step = "0.05"\nlegal = ')
    assert [key for _, key in problems(undated)] == ["store 1, cash_from"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('currency = "GBP"', 'currency = "XYZ"', "store 1, currency"),
        ('tax_mode = "included"', "tax_mode = true", "store 1, tax_mode"),
        ("tills = [1] ", "tills = [1, 1] ", "store 1, tills"),
        ('rate = "20"', "rate = 20.0", "tax 1, rate"),
        ('rate = "20"', 'rate = "12.34567"', "tax 1, rate"),
        ("min_age = 18", "min_age = 180", "category 2, min_age"),
        ('tax = "S"', 'tax = "Q"', "category 2, tax"),
        ('login = "mgr_carl"', 'login = "Mgr Carl"', "manager 1, login"),
        ('pay_out = ["Petty cash"]', 'pay_out = "Petty cash"', "reasons, pay_out"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(old: str, new: str, key: str) -> None:
    text = changed(old, new)
    assert problems(text) == [(line_of(text, new[:9]), key)]


def test_everything_is_said_at_once() -> None:
    text = changed('currency = "GBP"', 'currency = "XYZ"').replace('rate = "20"', 'rate = "lots"')
    text = text.replace("[[manager]]", "[[boss]]")
    assert [key for _, key in problems(text)] == ["store 1, currency", "tax 1, rate", "boss"]


def test_a_key_that_is_missing_shows_its_table() -> None:
    text = EXAMPLE.replace('time_zone = "Europe/London"\n', "")
    assert problems(text) == [(line_of(text, "[[store]]"), "store 1, time_zone")]


def test_the_rules_of_a_store_may_be_left_out() -> None:
    assert read_plan(EXAMPLE).stores[0].rules == StoreRules()
    said = EXAMPLE.replace("# offline", "offline").replace("# count_blind", "count_blind")
    assert read_plan(said).stores[0].rules == StoreRules(True, True, 240, 200, 25_000, 500_000)
    assert [key for _, key in problems(said.replace('"250.00"', "250"))] == ["store 1, offline_sale"]
    assert [key for _, key in problems(said.replace("= 240", "= 0"))] == ["store 1, offline_minutes"]


def test_a_store_says_which_ways_of_paying_it_takes() -> None:
    (store,) = read_plan(changed("legal = ", 'tenders = ["cash", "gift_card"]\nlegal = ')).stores
    assert store.rules.tenders == ("cash", "gift_card")
    for wrong in ('["card"]', '["cash", "seashells"]', '"cash"'):
        text = changed("legal = ", f"tenders = {wrong}\nlegal = ")
        assert (line_of(text, "tenders"), "store 1, tenders") in problems(text)


def test_nobody_is_there_twice() -> None:
    text = changed("number = 1005", "number = 1001")
    second = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("[[staff]]")][1]
    assert problems(text) == [(second, "staff 2")]


def test_a_store_nobody_made() -> None:
    text = EXAMPLE.replace("stores = [1]", "stores = [7]")
    assert [key for _, key in problems(text)] == ["staff 1, stores", "staff 2, stores", "manager 1, stores"]


def test_what_is_no_toml_names_the_line() -> None:
    assert problems('[[store]]\nname = "a\n')[0][0] == 2


def test_an_empty_file_wants_the_least() -> None:
    with pytest.raises(PlanProblemsError) as found:
        read_plan("")
    assert [one.wanted for one in found.value.problems] == [
        "at least one [[store]]",
        "at least one [[tax]]",
        "at least one [[category]]",
    ]
    assert isinstance(found.value.problems[0], PlanProblem)
