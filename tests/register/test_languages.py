"""A short day at the till in a language that is 40 % longer: every text shows whole, none is in English."""

from __future__ import annotations

from pathlib import Path

from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.words import LONG
from tests.register.conftest import Counter, Shop
from tests.words.left_over import left_over, speaking
from ui.robot.player import Robot
from ui.robot.script import parse_script
from ui.widgets.text import record_text

DAY = r"""
{"scan": "9520100000010"}
{"scan": "9520162094347"}
{"scan": "9520100000010"}
{"expect": {"screen": "sale", "lines": 2}}
{"press": "keys"}
{"press": "back"}
{"press": "qty"}
{"press": "back"}
{"press": "find"}
{"press": "back"}
{"press": "pay"}
{"expect": {"screen": "tender"}}
{"press": "back"}
{"tender": "card", "ref": "A1729"}
{"scan": "9520100000010"}
{"tender": "cash", "amount": "20"}
{"press": "next"}
{"scan": "5901234123457"}
{"press": "leave_out"}
{"scan": "9520100000010"}
{"press": "price"}
{"press": "back"}
{"press": "discount"}
{"press": "back"}
{"press": "remove"}
{"press": "no_sale"}
{"press": "reason_1"}
{"press": "more"}
{"press": "back"}
{"press": "more"}
{"press": "x_report"}
{"press": "close_shift"}
{"expect": {"screen": "shift_close", "stage": "count"}}
{"keys": "1\n"}
{"press": "take"}
{"expect": {"screen": "shift_close", "stage": "review"}}
{"press": "take"}
{"expect": {"screen": "approval"}}
{"keys": "6666\n"}
{"expect": {"screen": "z_done"}}
{"press": "next"}
{"expect": {"screen": "sign_in"}}
"""
NO_WORDS = ("GMT", "BST", "Esc")


def data_of(shop: Shop) -> tuple[str, ...]:
    """What the shop itself named."""
    tables = ("category", "item", "staff", "store", "promotion", "till", "tax")
    names = [str(name) for table in tables for (name,) in shop.ask(f"select name from pos.{table}")]
    reasons = [str(text) for (text,) in shop.ask("select text from pos.reason")]
    return (*names, *reasons, *NO_WORDS)


def test_a_short_day_in_the_long_language(
    shop: Shop, counter: Counter, printer: EmulatedPrinter, tmp_path: Path
) -> None:
    """Sell, pay by card and cash, X, count, Z; what was painted on the way, and what was printed."""
    with speaking(LONG):
        till = counter.open(size=(1024, 768))
        with record_text() as log:
            report = Robot(till.window, tmp_path).play(parse_script(DAY.splitlines()))
        assert report.failure == "", f"{report.failure}: {till.probe()}"
        till.settle()
    data = data_of(shop)
    assert len(log.texts) > 200
    assert [(entry.text, entry.rect) for entry in log.clipped] == []
    assert {text: left for text in log.texts if (left := left_over(text, data))} == {}
    printed = ["\n".join(paper.lines) for paper in printer.papers]
    assert len(printed) == 5
    assert {text: left for text in printed if (left := left_over(text, data))} == {}
    bodies = [str(body) for (body,) in shop.ask("select body from pos.document")]
    assert len(bodies) >= 6
    assert [body for body in bodies if "~" in body or "é" in body] == []
