"""A robot cashier's script is read whole before anything is done, and a wrong line is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.robot.script import ScriptError, parse_script, read_script


def test_each_line_is_one_action_and_comments_are_for_people() -> None:
    steps = parse_script(
        ["# morning", "", '{"scan": "4011"}', "// later", '{"tender": "cash", "amount": "20.00"}']
    )
    assert [(step.line, step.verb, step.value, dict(step.more)) for step in steps] == [
        (3, "scan", "4011", {}),
        (5, "tender", "cash", {"amount": "20.00"}),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("scan 4011", "line 1 is not JSON"),
        ("[1]", "line 1 is not an object"),
        ("{}", "line 1 needs exactly one of"),
        ('{"scan": "1", "keys": "2"}', "line 1 needs exactly one of"),
        ('{"scan": "1", "amount": "2"}', "line 1: scan takes no amount"),
        ('{"scan": 4011}', "line 1: scan takes text"),
        ('{"expect": "sale"}', "line 1: expect takes an object"),
        ('{"wait": "forever"}', "line 1: wait for one of idle, copied, offline, online"),
        ('{"server": "gone"}', "line 1: server is one of away, silent, back"),
        ('{"tender": "shells"}', "line 1: tender one of cash, card"),
        ('{"sign_in": "1001"}', 'line 1: sign_in needs "pin"'),
    ],
)
def test_a_wrong_line_is_named_with_what_to_write(line: str, says: str) -> None:
    with pytest.raises(ScriptError) as problem:
        parse_script([line])
    assert says in str(problem.value)


def test_a_script_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "script.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScriptError, match="cannot be read"):
        read_script(file)
    with pytest.raises(ScriptError, match="cannot be read"):
        read_script(tmp_path / "none.jsonl")
