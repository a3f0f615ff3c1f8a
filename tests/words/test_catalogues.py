"""Every text of the program stands in every language, once, with its names; nothing else does."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest

from pos_desktop.words import ENGLISH, LANGUAGES, longer
from tests.words.reading import ROOT, TABLES, Text, messages, name_of, shown, sources

FOLDER = ROOT / "resources" / "translations"
OTHERS = tuple(code for code in LANGUAGES if code != ENGLISH)
NAMES = re.compile(r"\{[^{}]*\}")
COMMAND_LINE = (
    "pos_desktop/cli/",
    "pos_desktop/config_file.py",
    "pos_desktop/database/base_backup.py",
    "pos_desktop/database/binaries.py",
    "pos_desktop/database/embedded.py",
    "pos_desktop/database/enrol.py",
    "pos_desktop/database/migrate.py",
    "pos_desktop/database/old_source.py",
    "pos_desktop/database/recovery.py",
    "pos_desktop/database/restore",
    "pos_desktop/database/server_init.py",
    "pos_desktop/database/wal_archive.py",
    "pos_desktop/services/demo_shop.py",
    "pos_desktop/services/keeper",
    "pos_desktop/services/move_in.py",
    "pos_desktop/services/pin.py",
)
"""Whose messages are read on a command line or in the keeper's mail, which stay English."""


@cache
def wanted() -> dict[str, Text]:
    """Every text that is shown, with a place it is shown at."""
    texts: dict[str, Text] = {}
    for source in sources():
        read_on_screen = not source.path.startswith(COMMAND_LINE)
        for text in (*shown(source), *(messages(source) if read_on_screen else ())):
            texts.setdefault(text.words, text)
    return texts


def has_words(text: str) -> bool:
    """There is something to translate; the order of "{day} {month}" a language may keep or change."""
    return bool(re.search("[A-Za-z]", NAMES.sub("", text)))


@cache
def entries(language: str) -> dict[str, dict[str, str]]:
    """The files of a language: room to its entries."""
    return {
        file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
        for file in sorted((FOLDER / language).glob("*.toml"))
    }


def test_the_texts_are_found() -> None:
    """The reader reads: were it blind, the rest here would be content with nothing."""
    texts = wanted()
    assert len(texts) > 1500
    signed_out = "Nobody is signed in at this till.\nSign in first."
    assert {"Pay", "Printed.", "TOTAL", "{n} items", signed_out} <= set(texts)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_there_in_every_language(language: str) -> None:
    there = {key for room in entries(language).values() for key in room}
    missing = [text for words, text in wanted().items() if has_words(words) and words not in there]
    assert not missing, "\n".join(f"{text.file}:{text.line}: {text.words!r}" for text in missing)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_there_that_nobody_shows(language: str) -> None:
    there = [(room, key) for room, texts in entries(language).items() for key in texts]
    left = [f"{room}: {key!r}" for room, key in there if key not in wanted()]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_stands_in_one_file(language: str) -> None:
    rooms: dict[str, list[str]] = {}
    for room, texts in entries(language).items():
        for key in texts:
            rooms.setdefault(key, []).append(room)
    assert not {key: names for key, names in rooms.items() if len(names) > 1}


@pytest.mark.parametrize("language", OTHERS)
def test_names_and_lines_are_those_of_the_english_text(language: str) -> None:
    for room, texts in entries(language).items():
        for key, words in texts.items():
            assert words.strip(), f"{room}: {key!r} has no words"
            assert sorted(NAMES.findall(words)) == sorted(NAMES.findall(key)), f"{room}: {words!r}"
            assert words.count("\n") == key.count("\n"), f"{room}: {words!r}"
            assert " @" not in words, f"{room}: {words!r} shows what tells two meanings apart"
            assert "!" not in words, f"{room}: {words!r}"


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_are_sorted(language: str) -> None:
    for room, texts in entries(language).items():
        assert list(texts) == sorted(texts), room


def test_the_languages_have_the_same_files() -> None:
    assert {tuple(entries(language)) for language in OTHERS} == {
        ("kit", "manager", "messages", "papers", "register")
    }


def test_no_text_is_looked_up_while_a_module_is_read() -> None:
    """Looked up then, it would stay English for good."""
    early = [
        f"{source.path}:{call.lineno}: {ast.unparse(call)}"
        for source in sources()
        for call in _at_import(source.tree)
        if name_of(call) in ("t", "t_n")
    ]
    assert not early, "later() is for tables:\n" + "\n".join(early)


def _at_import(tree: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            at_once = [*child.decorator_list, *child.args.defaults, *child.args.kw_defaults]
            for node in at_once:
                if node is not None:
                    yield from (each for each in ast.walk(node) if isinstance(each, ast.Call))
            continue
        if isinstance(child, ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _at_import(child)


def test_what_is_looked_up_is_a_text_or_was_marked() -> None:
    """A sentence put together first is no key: the files could not have it."""
    made = [
        f"{source.path}:{node.lineno}: {ast.unparse(node)}"
        for source in sources()
        if source.path != "pos_desktop/words.py"
        for node in source.calls
        if name_of(node) in ("t", "t_n", "later")
        for text in (node.args[1:3] if name_of(node) == "t_n" else node.args[:1])
        if not _may_be_key(text, literal=name_of(node) == "later")
    ]
    assert not made, "\n".join(made)


def _may_be_key(text: ast.expr, *, literal: bool) -> bool:
    """A text, a choice of texts, or a value from a table; ``literal``: nothing but a text."""
    if isinstance(text, ast.Constant):
        return isinstance(text.value, str)
    if literal:
        return False
    if isinstance(text, ast.IfExp):
        return all(_may_be_key(each, literal=False) for each in (text.body, text.orelse))
    if isinstance(text, ast.Call):
        return isinstance(text.func, ast.Attribute) and text.func.attr == "get"
    return isinstance(text, ast.Name | ast.Attribute | ast.Subscript)


def test_a_table_of_words_is_no_reading_in_vain() -> None:
    """``TABLES`` are names of words.py: a table renamed there would be read by nobody here."""
    tree = ast.parse((ROOT / "pos_desktop" / "words.py").read_text(encoding="utf-8"))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert {*TABLES, "t", "t_n", "later"} <= defined


def test_the_long_language_is_forty_percent_longer() -> None:
    assert longer("Open the shift") == "[Öpéñ thé šhîft~~~~]"
    assert longer("{n} items @cells") == "[{n} îtémš]"
