"""The robot cashier's script: JSON lines, one action a line, read into frozen values.

Blank lines and lines that start with ``#`` or ``//`` are for people. Everything else is one JSON object with
exactly one action key (``scan``, ``keys``, ``press``, ``tap``, ``tender``, ``sign_in``, ``expect``,
``screenshot``, ``wait``, ``server``, ``scale``) and that action's own parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

VERBS: Mapping[str, frozenset[str]] = {
    "scan": frozenset(),
    "keys": frozenset(),
    "press": frozenset(),
    "tap": frozenset(),
    "tender": frozenset({"amount", "ref"}),
    "sign_in": frozenset({"pin"}),
    "expect": frozenset(),
    "screenshot": frozenset(),
    "wait": frozenset(),
    "server": frozenset(),
    "scale": frozenset(),
}
"""Each action's name and the further keys it takes."""

WAITS = ("idle", "copied", "offline", "online")
SERVER = ("away", "silent", "back")
SCALE = re.compile(r"-?\d{1,2}\.\d{3}( unstable)?|mute|foreign|back")
TENDERS = ("cash", "card")


class ScriptError(Exception):
    """A line of the script is not an action; the text says which line, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """One action: its line in the file (from 1), its verb, the verb's value, its further parameters."""

    line: int
    verb: str
    value: object
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value of a verb that takes text."""
        return str(self.value)

    def __str__(self) -> str:
        return f"line {self.line}: {self.verb} {json.dumps(self.value, ensure_ascii=False)}"


def read_script(path: Path) -> tuple[Step, ...]:
    """The steps of a script file. ScriptError names the first line that is no action."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ScriptError(f"{path} cannot be read as UTF-8 text: {problem}") from problem
    return parse_script(lines)


def parse_script(lines: Iterable[str]) -> tuple[Step, ...]:
    """The steps of a script given as lines of text."""
    steps = []
    for number, raw in enumerate(lines, 1):
        text = raw.strip()
        if text and not text.startswith(("#", "//")):
            steps.append(_step(number, text))
    return tuple(steps)


def _step(number: int, text: str) -> Step:
    try:
        fields = json.loads(text)
    except ValueError as problem:
        raise ScriptError(f"line {number} is not JSON ({problem}). Write one object a line.") from problem
    if not isinstance(fields, dict):
        raise ScriptError(f'line {number} is not an object. Write, say, {{"scan": "5010012345678"}}.')
    verbs = [key for key in fields if key in VERBS]
    if len(verbs) != 1:
        raise ScriptError(f"line {number} needs exactly one of {', '.join(VERBS)}.")
    verb = verbs[0]
    extra = set(fields) - {verb} - VERBS[verb]
    if extra:
        raise ScriptError(f"line {number}: {verb} takes no {', '.join(sorted(extra))}.")
    step = Step(number, verb, fields[verb], {k: str(v) for k, v in fields.items() if k != verb})
    _check(step)
    return step


def _check(step: Step) -> None:
    wanted = dict if step.verb == "expect" else str
    if not isinstance(step.value, wanted):
        kind = "an object" if wanted is dict else "text"
        raise ScriptError(f"line {step.line}: {step.verb} takes {kind}.")
    if step.verb == "wait" and step.value not in WAITS:
        raise ScriptError(f"line {step.line}: wait for one of {', '.join(WAITS)}.")
    if step.verb == "server" and step.value not in SERVER:
        raise ScriptError(f"line {step.line}: server is one of {', '.join(SERVER)}.")
    if step.verb == "scale" and not SCALE.fullmatch(step.text):
        raise ScriptError(
            f"line {step.line}: scale takes kilograms such as 0.842, 0.842 unstable, mute, foreign or back."
        )
    if step.verb == "tender" and step.value not in TENDERS:
        raise ScriptError(f"line {step.line}: tender one of {', '.join(TENDERS)}.")
    if step.verb == "sign_in" and not step.more.get("pin", "").isdigit():
        raise ScriptError(f'line {step.line}: sign_in needs "pin": digits.')
