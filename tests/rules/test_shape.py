"""How big things may grow, what every module says about itself, and that every message has its words."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import pos_desktop
from pos_desktop import errors

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "pos_desktop").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])
SOURCES = [pytest.param(file, id=str(file.relative_to(ROOT))) for file in FILES]

FILE_LINES = 400
FUNCTION_LINES = 30
PUBLIC_METHODS = 20
CARRIERS = ("UserError", "EnvironmentProblem", "Bug")


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", SOURCES)
def test_a_file_stays_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("file", SOURCES)
def test_a_module_says_what_it_is_for(file: Path) -> None:
    text = ast.get_docstring(tree(file))
    assert text
    assert text.split("\n\n")[0].rstrip()[-1] in ".:)`"


@pytest.mark.parametrize("file", SOURCES)
def test_functions_and_classes_stay_small(file: Path) -> None:
    long = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = body_lines(node)
            if lines > FUNCTION_LINES:
                long.append(f"{node.name} has {lines} lines")
        elif isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
            if len(methods) > PUBLIC_METHODS:
                long.append(f"{node.name} has {len(methods)} public methods")
    assert long == []


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without the docstring: explaining is free."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("file", SOURCES)
def test_nothing_is_left_to_do_and_nothing_is_printed_by_a_library(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
    assert [mark for mark in marks if mark in text] == []
    if "cli" not in file.parts:
        called = [
            n.func.id
            for n in ast.walk(tree(file))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        assert "print" not in called


@pytest.fixture(scope="module", autouse=True)
def _whole_catalogue() -> None:
    """Import every module without Qt, so that each has put its messages into the catalogue."""
    for module in pkgutil.walk_packages(pos_desktop.__path__, "pos_desktop."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def raised(file: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in CARRIERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


@pytest.mark.parametrize("file", SOURCES)
def test_every_message_raised_has_words_and_all_their_parameters(file: Path) -> None:
    for call in raised(file):
        assert isinstance(call.args[0], ast.Constant)
        code = str(call.args[0].value)
        assert code in errors.message_codes(), f"{file.name}:{call.lineno}: no words for {code}"
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:
            assert errors.message_parameters(code) <= given, f"{file.name}:{call.lineno}: {code}"


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
