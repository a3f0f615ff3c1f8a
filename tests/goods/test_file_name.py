"""File names from texts with slashes, devices' names of Windows, control characters, and far too long."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.file_name import MAX_BYTES, file_name, is_file_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S1-T2-1-000124", "S1-T2-1-000124.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("..\\..\\boot.ini", "boot.ini.pdf"),
        ("C:\\Windows", "C-Windows.pdf"),
        ("CON", "_CON.pdf"),
        ("nul.txt", "_nul.txt.pdf"),
        ("com1", "_com1.pdf"),
        ("LPT³", "_LPT³.pdf"),
        ("console", "console.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ("ESC \x1bp\x00 name\x00", "ESC-p-name.pdf"),
        ("Müller & Söhne", "Müller-&-Söhne.pdf"),
        ("label?*", "label.pdf"),
        ("-rf", "rf.pdf"),
        ("...", "unnamed.pdf"),
        ("", "unnamed.pdf"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert file_name(text, ".pdf") == name


@given(st.text(max_size=400) | st.text("é./\\ CONul\x00:", max_size=400))
def test_every_text_gives_one_file_in_the_folder(text: str) -> None:
    name = file_name(text, ".pdf")
    assert is_file_name(name)
    assert len(name.encode()) <= MAX_BYTES + 1
    assert Path("folder", name).parts == ("folder", name)
    assert PureWindowsPath("folder", name).parts == ("folder", name)
    assert not PureWindowsPath(name).is_reserved()
    assert file_name(name.removesuffix(".pdf"), ".pdf") == name


@pytest.mark.parametrize(
    "name", ["", "NUL.pdf", "con", "a/b.pdf", "a:b", "what?.pdf", "x" * 256, "dot.", "a\x00.pdf", "a\u202eb"]
)
def test_what_no_file_may_be_called(name: str) -> None:
    assert not is_file_name(name)


def test_ordinary_names_are_allowed() -> None:
    assert all(map(is_file_name, ["shelf labels.pdf", ".hidden", "Käse.pdf", "x" * 255, "Console.pdf"]))


def test_a_name_is_written_and_found(tmp_path: Path) -> None:
    for text in ("../up", "CON", "x" * 5000, "é" * 5000, "a/b\\c"):
        (tmp_path / file_name(text, ".pdf")).write_text(text)
    assert sorted(len(file.read_text()) for file in tmp_path.iterdir()) == [3, 5, 5, 5000, 5000]
