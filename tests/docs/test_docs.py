"""The written word stays true: links resolve, named tests, commands and settings exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from pos_desktop import config
from pos_desktop.cli.main import COMMANDS
from tests.docs import key_table
from ui.keymap_names import SCREENS

ROOT = Path(__file__).resolve().parents[2]
IGNORED = {".venv", "build", "dist", "demo-output", "node_modules"}
PROMISES = ("README.md", "docs/guarantees.md")

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TEST_PATH = re.compile(r"tests/[\w/]+\.py(?:::\w+)?")
COMMAND = re.compile(r"pos-desktop ((?!--)[a-z][a-z-]*)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every page people read: README files anywhere, and the folder docs/."""
    found = [
        page
        for page in ROOT.rglob("*.md")
        if not IGNORED & set(page.relative_to(ROOT).parts) and not page.name.startswith("schema")
    ]
    return sorted(found)


def text(page: str) -> str:
    """A page of the checkout."""
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The names other pages can point to: headings as GitHub writes them."""
    plain = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    """The relative links of a page that lead nowhere."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            yield target


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


def test_a_link_to_nowhere_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](page.md#one) [b](none.md) [c](#two) [d](https://example.org/x)\n", "utf-8")
    assert list(broken_links(page)) == ["none.md", "#two"]


def functions_of(file: Path) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def missing_tests(words: str) -> list[str]:
    """The tests named in a text that do not exist."""
    missing = []
    for name in TEST_PATH.findall(words):
        file, _, function = name.partition("::")
        if not (ROOT / file).is_file() or (function and function not in functions_of(ROOT / file)):
            missing.append(name)
    return missing


@pytest.mark.parametrize("page", PROMISES)
def test_every_test_named_exists(page: str) -> None:
    assert len(TEST_PATH.findall(text(page))) > 20
    assert missing_tests(text(page)) == []


def test_a_test_nobody_wrote_would_be_found() -> None:
    words = "`tests/docs/test_docs.py::test_nobody_wrote` `tests/no_such.py`"
    assert missing_tests(words) == ["tests/docs/test_docs.py::test_nobody_wrote", "tests/no_such.py"]


def test_every_setting_is_in_the_it_guide() -> None:
    guide = text("docs/it-guide.md")
    named = [f"`{section}.{key}`" for section, keys in config.KEYS.items() for key in keys]
    assert [name for name in named if name not in guide] == []


def test_the_example_settings_are_settings(tmp_path: Path) -> None:
    for number, example in enumerate(
        re.findall(r"^```toml\n(.*?)^```", text("docs/it-guide.md"), re.M | re.S)
    ):
        home = tmp_path / str(number)
        home.mkdir()
        (home / config.FILE_NAME).write_text(example, encoding="utf-8")
        assert config.load_settings(home, {}).home == home


def test_every_command_named_exists() -> None:
    known = {command.name for command in COMMANDS}
    for page in pages():
        named = set(COMMAND.findall(page.read_text(encoding="utf-8")))
        assert named <= known, page


def test_every_command_is_explained() -> None:
    assert {command.name for command in COMMANDS} - set(COMMAND.findall(text("README.md"))) == set()


def test_the_key_table_is_the_key_map() -> None:
    again = "Write docs/manual/keys.md again: python -m tests.docs.key_table"
    assert set(key_table.TITLES) == set(SCREENS), f"Give each screen a title in key_table.py. {again}"
    assert key_table.PAGE.read_text(encoding="utf-8") == key_table.key_page(), again


def test_every_package_names_its_modules() -> None:
    for folder in ("pos_desktop", "ui"):
        for package in [ROOT / folder, *sorted((ROOT / folder).rglob("*/"))]:
            modules = [file.name for file in package.glob("*.py") if not file.name.startswith("__")]
            if modules:
                page = package / "README.md"
                assert page.is_file(), f"{page.relative_to(ROOT)} is missing"
                words = page.read_text(encoding="utf-8")
                missing = [name for name in modules if f"`{name}`" not in words]
                assert missing == [], f"{page.relative_to(ROOT)} does not say what they are for"


def messages_quoted() -> list[str]:
    """What the tables of troubles say the screen says, in pieces between their ellipses."""
    guide = text("docs/it-guide.md")
    tables = [guide[guide.index("## Troubles") :], text("docs/manual/printing-trouble.md")]
    cells = [cell for table in tables for cell in re.findall(r"^\| ([A-Z…][^|]*) \|", table, re.MULTILINE)]
    pieces = [piece.strip(" ()") for cell in cells for piece in cell.split("…")]
    return [piece for piece in pieces if piece and piece not in ("The till says", "Message")]


def test_every_message_quoted_is_one_of_the_program() -> None:
    files = [file for folder in ("pos_desktop", "ui") for file in (ROOT / folder).rglob("*.py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    joined = re.sub(r'"\s*\n\s*f?"', "", source)
    assert len(messages_quoted()) > 12
    assert [piece for piece in messages_quoted() if piece not in joined] == []
