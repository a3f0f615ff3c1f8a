"""``pos-desktop law`` and ``pos-desktop report age`` on a real shop: rules from a file, CSV and PDF."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.domain.law_plan import read_law
from pos_desktop.domain.plan_reader import PlanProblemsError
from tests.database.conftest import World
from tests.database.shop import CASHIER, RECALLED, SUPERVISOR, WINE, line

RULES = """
[[restriction]]
name = "Alcohol"
categories = ["Liquor"]
strength = "0.5"
most = "12"

[[hours]]
restriction = "Alcohol"
days = ["mon", "sun"]
from = "22:00"
to = "08:00"

[[hours]]
restriction = "Alcohol"
store = 1
dates = [2026-12-25]

[[lowest_price]]
from = 2024-09-30
litre = "65.00"

[[deposit]]
code = "PRINT-1"
goods = ["4006381333931"]
count = 2

[[case]]
code = "05010009999999"
single = "05010012345678"
count = 6

[[staff]]
number = 1001
serves_from = 2099-01-01
"""


def test_the_example_and_every_rule_are_read() -> None:
    example = read_law((paths.resources_dir() / "setup" / "law.toml").read_text(encoding="utf-8"))
    assert [rule.name for rule in example.restrictions] == ["Alcohol"]
    plan = read_law(RULES)
    assert plan.codes == ("PRINT-1", "04006381333931", "05010009999999", "05010012345678")
    assert plan.restrictions[0].most == 12_000


@pytest.mark.parametrize(
    ("wrong", "line", "key"),
    [
        ('[[restriction]]\nname = "X"', 1, "restriction 1, codes"),
        (RULES.replace('to = "08:00"', ""), 8, "hours 1, to"),
        (RULES.replace('to = "08:00"', 'to = "8"'), 12, "hours 1, to"),
        (RULES.replace('"sun"]', '"sunday"]'), 10, "hours 1, days"),
        (RULES.replace('litre = "65.00"', 'litre = "-1"'), 21, "lowest_price 1, litre"),
        ("[[law]]\nname = 1", 1, "law"),
        ("x = ", 1, ""),
    ],
)
def test_what_is_wrong_is_named_by_its_line(wrong: str, line: int, key: str) -> None:
    with pytest.raises(PlanProblemsError) as found:
        read_law(wrong)
    assert (found.value.problems[0].line, found.value.problems[0].key) == (line, key)


def test_a_file_sets_the_law_and_an_inspector_reads_what_came_of_it(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rules in, sales and refusals made, and the report of the day as CSV and as PDF."""
    file = tmp_path / "law.toml"
    file.write_text(RULES.replace("5010009999999", "5010009999998"), encoding="utf-8")
    assert world.database.as_owner("law", str(file)) == 1
    assert "code 05010009999998" in capsys.readouterr().err
    file.write_text(RULES, encoding="utf-8")
    assert world.database.as_owner("law", str(file)) == 0
    assert "1 restrictions, 2 hours, 1 lowest prices, 1 deposits, 1 cases" in capsys.readouterr().out
    told = world.query("select single_id, pack_count, blocked from pos.item where id = %s", RECALLED)
    assert told == [(1, 6, True)]
    world.owner.execute("delete from pos.restriction_hours")

    till = world.till()
    wine = world.shop.items[WINE]
    seen = {
        "kind": "age",
        "min_age": 18,
        "result": "id_checked",
        "method": "scanned",
        "at": till.common("x")["at"],
    }
    assert till.post(till.sale([line(wine)], checks=[seen])).reason == "under_age"
    allowed = [{"what": "serve_under_age", "by": SUPERVISOR, "at": seen["at"], "was": 0, "now": 0}]
    assert till.post(till.sale([line(wine)], checks=[seen], approvals=allowed)).outcome == "booked"
    till.post(
        till.common("event", name="age_refused", detail={"item": WINE, "min_age": 18, "method": "typed"})
    )
    days = world.one("select (now() at time zone 'Europe/London')::date::text")
    for name in ("report.csv", "report.pdf"):
        output = tmp_path / name
        assert world.database.as_owner("report", "age", "--from", days, "--to", days, "-o", str(output)) == 0
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["What"], row["Result"], row["Method"], row["Allowed by"]) for row in rows] == [
        ("stopped by the server", "staff under age, nobody allowed it", "", ""),
        ("allowed by another", "sale by staff under age", "", f"{SUPERVISOR} Bob"),
        ("age check", "ID checked, old enough", "ID scanned", ""),
        ("refused", "not sold", "date typed", ""),
    ]
    assert {(row["Staff"], row["Name"], row["Goods"]) for row in rows[1:]} >= {
        (str(CASHIER), "Ann", "item 2")
    }
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for words in ("Corner shop: age checks", "allowed by another", "date typed", "S1-T1-1-000003"):
        assert words in text
    assert world.database.as_owner("report", "age", "--from", days, "--to", days, "-o", "x.doc") == 1
