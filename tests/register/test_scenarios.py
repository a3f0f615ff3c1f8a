"""Robot cashiers play what happens in a week, each on a shop of its own; every paper is as expected.

``tests/scenarios/NAME.jsonl`` is the script, ``NAME.sql`` what the owner does to the demo shop before, and
``NAME.txt`` the papers that come out, times and heads masked. ``POS_WRITE_SCENARIOS=1`` writes them anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from pos_desktop.device_settings import DisplaySettings, ScaleSettings
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.hardware.emulated_scale import EmulatedScale
from tests.database.invariants import assert_sound
from tests.register.conftest import Counter, Shop
from ui.robot.player import Robot
from ui.robot.script import read_script

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
SCRIPTS = sorted(SCENARIOS.glob("*.jsonl"))
MASKS = (
    (re.compile(r"\d{1,2} [A-Z][a-z]{2} 20\d\d( \d\d:\d\d [A-Z]{2,5})?"), "<when>"),
    (re.compile(r"Head(?: [0-9a-f]{4}){4}|^ *[0-9a-f]{4}(?: [0-9a-f]{4}){3}$"), "<head>"),
)


def masked(line: str) -> str:
    """A printed line without what differs from day to day; its words keep their order, not their columns."""
    for pattern, word in MASKS:
        if pattern.search(line):
            line = " ".join(pattern.sub(word, line).split())
    return line


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_scenario_goes_as_written(
    script: Path, shop: Shop, counter: Counter, printer: EmulatedPrinter, tmp_path: Path
) -> None:
    setup = script.with_suffix(".sql")
    if setup.exists():
        shop.do(setup.read_text(encoding="utf-8"))
    steps = read_script(script)
    with EmulatedScale() as scale:
        if any(step.verb == "scale" for step in steps):
            display = DisplaySettings("window", words="Welcome")
            counter.settings = replace(counter.settings, scale=ScaleSettings(scale.address), display=display)
        till = counter.open()
        report = Robot(till.window, tmp_path, scale=scale.order).play(steps)
        assert report.failure == "", f"{report.failure}: {till.probe()}"
    till.settle()
    printed = "\n\n".join("\n".join(map(masked, paper.lines)) for paper in printer.papers) + "\n"
    expected = script.with_suffix(".txt")
    if os.environ.get("POS_WRITE_SCENARIOS"):
        expected.write_text(printed, encoding="utf-8")
    assert printed == expected.read_text(encoding="utf-8")
    with psycopg.connect(shop.owner_dsn, autocommit=True) as owner:
        assert_sound(owner)
