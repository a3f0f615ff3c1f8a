"""How big things may grow, what every module says about itself, and that every message has its words."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import pos_desktop
from pos_desktop import errors

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "pos_desktop").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])
"""One test goes through them all: a test for each file cost more than what it looked at."""

FILE_LINES = 400
FUNCTION_LINES = 30
PUBLIC_METHODS = 20
CARRIERS = ("UserError", "EnvironmentProblem", "Bug")


@dataclass(frozen=True)
class Source:
    """A file, read once."""

    name: str
    text: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]


@functools.cache
def sources() -> tuple[Source, ...]:
    assert len(FILES) > 100
    return tuple(map(read, FILES))


def read(file: Path) -> Source:
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    return Source(file.relative_to(ROOT).as_posix(), text, tree, tuple(ast.walk(tree)))


def test_a_file_stays_short() -> None:
    """The tests' own files too."""
    files = [*FILES, *(ROOT / "tests").rglob("*.py")]
    lines = {file.relative_to(ROOT).as_posix(): len(file.read_bytes().splitlines()) for file in files}
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}


def test_a_module_says_what_it_is_for() -> None:
    texts = {source.name: ast.get_docstring(source.tree) or "" for source in sources()}
    assert [name for name, text in texts.items() if not text] == []
    assert [name for name, text in texts.items() if text.split("\n\n")[0].rstrip()[-1] not in ".:)`"] == []


def test_functions_and_classes_stay_small() -> None:
    long = []
    for source in sources():
        for node in source.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = body_lines(node)
                if lines > FUNCTION_LINES:
                    long.append(f"{source.name}: {node.name} has {lines} lines")
            elif isinstance(node, ast.ClassDef):
                methods = [
                    n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")
                ]
                if len(methods) > PUBLIC_METHODS:
                    long.append(f"{source.name}: {node.name} has {len(methods)} public methods")
    assert not long, "\n".join(long)


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without the docstring: explaining is free."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_nothing_is_left_to_do_and_nothing_is_printed_by_a_library() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
    assert [(s.name, mark) for s in sources() for mark in marks if mark in s.text] == []
    printing = [
        source.name
        for source in sources()
        if "cli" not in source.name.split("/")
        and any(
            isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"
            for n in source.nodes
        )
    ]
    assert printing == []


@pytest.fixture(scope="module", autouse=True)
def _whole_catalogue() -> None:
    """Import every module without Qt, so that each has put its messages into the catalogue."""
    for module in pkgutil.walk_packages(pos_desktop.__path__, "pos_desktop."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def raised(source: Source) -> list[ast.Call]:
    return [
        node
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in CARRIERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


def test_every_message_raised_has_words_and_all_their_parameters() -> None:
    for source in sources():
        for call in raised(source):
            place = f"{source.name}:{call.lineno}"
            assert isinstance(call.args[0], ast.Constant)
            code = str(call.args[0].value)
            assert code in errors.message_codes(), f"{place}: no words for {code}"
            given = {keyword.arg for keyword in call.keywords}
            if None not in given:
                assert errors.message_parameters(code) <= given, f"{place}: {code}"


def test_messages_are_short_and_blame_nobody() -> None:
    odd = []
    for code in errors.message_codes():
        text = errors.message_template(code)
        forbidden = [
            word for word in ("error", "invalid", "failed", "!", "please wait") if word in text.lower()
        ]
        if forbidden or len(text.splitlines()) > 2 or not text.rstrip().endswith((".", "}", "?")):
            odd.append(f"{code}: {text!r} {forbidden}")
    assert odd == []
