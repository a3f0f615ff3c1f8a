"""Reads the program's sources for the texts people see: what is given to ``t`` and its like."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLES = ("later_all", "WordTable")
"""What takes a table in which every text but a dict's keys is shown."""


@dataclass(frozen=True)
class Text:
    """A text that a file shows, and where."""

    words: str
    file: str
    line: int


@dataclass(frozen=True)
class Source:
    """A parsed file; ``path`` from the checkout's root, with slashes."""

    path: str
    tree: ast.Module

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call in it, at any depth."""
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the program that has words to show."""
    files = sorted(file for room in ("pos_desktop", "ui") for file in (ROOT / room).rglob("*.py"))
    texts = ((file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files)
    return tuple(
        Source(path, ast.parse(text))
        for path, text in texts
        if "pos_desktop.words import" in text or "add_messages" in text
    )


def name_of(call: ast.Call) -> str:
    """The plain name that is called, or ""."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def literals(node: ast.expr) -> Iterator[ast.Constant]:
    """The texts of an argument: itself, or both ends of a choice."""
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node


def _of_table(node: ast.AST) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
        return
    if isinstance(node, ast.JoinedStr):
        raise AssertionError(f"line {node.lineno}: a table of words has no f-strings, they are no keys")
    # A call inside a table (a dataclass of a row) is read by its arguments.
    children = node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node)
    for child in children:
        yield from _of_table(child)


def _of_call(call: ast.Call) -> Iterator[ast.Constant]:
    name = name_of(call)
    if name in ("t", "later") and call.args:
        yield from literals(call.args[0])
    elif name == "t_n":
        for argument in call.args[1:3]:
            yield from literals(argument)
    elif name in TABLES:
        for argument in call.args:
            yield from _of_table(argument)


def shown(source: Source) -> Iterator[Text]:
    """The texts a file gives to ``t``, ``t_n``, ``later``, ``later_all`` and ``WordTable``."""
    for node in source.calls:
        for found in _of_call(node):
            if found.value:
                yield Text(str(found.value), source.path, found.lineno)


def messages(source: Source) -> Iterator[Text]:
    """The templates a file puts into the catalogue of messages."""
    for node in source.calls:
        if name_of(node) == "add_messages":
            for found in _of_table(node.args[0]):
                yield Text(str(found.value), source.path, found.lineno)
