"""What a printer printed is kept as text and picture, and two days never mix in one folder."""

from __future__ import annotations

from pathlib import Path

from pos_desktop.cli.demo_machine import save_papers
from pos_desktop.hardware.decode import Line
from pos_desktop.hardware.emulated import PrintedPaper


def paper(words: str) -> PrintedPaper:
    return PrintedPaper((Line(words),), cut=True)


def draw(path: Path, printed: PrintedPaper) -> None:
    path.write_bytes(printed.lines[0].encode())


def test_the_papers_of_a_day_replace_those_of_the_day_before(tmp_path: Path) -> None:
    assert save_papers([paper("one"), paper("two")], tmp_path, draw) == 2
    assert save_papers([paper("three")], tmp_path, draw) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["receipt-001.png", "receipt-001.txt"]
    assert (tmp_path / "receipt-001.txt").read_text(encoding="utf-8") == "three\n"
