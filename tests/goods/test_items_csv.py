"""Item lists as spreadsheets and people write them, good and bad."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pos_desktop.domain.items_csv import (
    MAX_LINE,
    ItemReader,
    Mapped,
    RejectWriter,
    bounded_lines,
    encoding_of,
    mapping_of,
    read_heading,
    split_line,
)
from pos_desktop.domain.items_fields import RefusedError, read_stock, read_strength, read_volume
from pos_desktop.domain.items_row import COLUMNS, ItemRow, ListProblemError, RowReject, TaxCode
from pos_desktop.domain.money import currency, format_amount
from pos_desktop.domain.scale_label import with_check_digit

GBP = currency("GBP")
TAXES = (TaxCode("S", 200_000), TaxCode("R", 50_000), TaxCode("Z", 0), TaxCode("E", 0))


def read(text: str, mapped: Mapped | None = None) -> list[ItemRow | RowReject]:
    lines = io.StringIO(text).readlines()
    heading = read_heading(lines[0], mapped)
    return list(ItemReader(heading, TAXES, GBP, mapped).rows(lines[1:]))


def one(heading: str, row: str) -> ItemRow | RowReject:
    (result,) = read(f"{heading}\n{row}\n")
    return result


def row_of(heading: str, row: str) -> ItemRow:
    result = one(heading, row)
    assert isinstance(result, ItemRow), result
    return result


def test_three_columns_are_enough() -> None:
    assert row_of("codes,name,price", "5010012345674,Whole milk 2 L,1.85") == ItemRow(
        2, ("05010012345674",), "Whole milk 2 L", 185
    )


def test_every_column_in_another_order() -> None:
    heading = ";".join(reversed(COLUMNS))
    row = "Vinarte;75 cl;13,5 %;18;24;20%;4,125;;each;Wine;9,50;Malbec Reserva;9521234567899 m12"
    assert row_of(heading, row) == ItemRow(
        2, ("09521234567899", "M12"), "Malbec Reserva", 950, "Wine", "each", None, Decimal("4.125"), "S",
        24_000, 18, 1350, 750, "Vinarte",
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found_from_the_heading(delimiter: str) -> None:
    text = (
        delimiter.join(("Price", " NAME ", "codes", "shelf")) + "\n" + delimiter.join(("2", "Tea", "T1", "4"))
    )
    assert read(text)[0] == ItemRow(2, ("T1",), "Tea", 200)
    assert read_heading(text.splitlines()[0]).ignored == ("shelf",)


@pytest.mark.parametrize(
    ("price", "minor"),
    [("1.85", 185), ("1,85", 185), ("£1.85", 185), ("1.234,50", 123450), ("1,234.50", 123450), ("0", 0),
     (".5", 50), ("GBP 3", 300), ("1 234,5", 123450), ("12,345,678.9", 1234567890 // 10 * 10)],
)  # fmt: skip
def test_prices_with_point_or_comma(price: str, minor: int) -> None:
    result = one("codes;name;price", f"A1;Tea;{price}")
    if minor > 10**9:
        assert isinstance(result, RowReject)
    else:
        assert isinstance(result, ItemRow)
        assert result.price == minor


@pytest.mark.parametrize(
    ("heading", "row", "field", "says"),
    [
        ("codes;name;price", ";Tea;1", "codes", "missing"),
        (
            "codes;name;price",
            "5010012345678;Tea;1",
            "codes",
            "check digit of 5010012345678 is wrong; it would end in 4",
        ),
        ("codes;name;price", "5,01001E+12;Tea;1", "codes", "shortened by a spreadsheet"),
        ("codes;name;price", "4111111111111111;Tea;1", "codes", "card number"),
        ("codes;name;price", "S1-T1-1-000001;Tea;1", "codes", "receipt number"),
        ("codes;name;price", '"=""5010012345674""";Tea;1', "codes", "is not a code"),
        ("codes;name;price", "A1;;1", "name", "missing"),
        ("codes;name;price", f"A1;{'x' * 200};1", "name", "200 characters"),
        ("codes;name;price", "A1;Tea\x07;1", "name", "cannot be printed"),
        ("codes;name;price", "A1;Tea;", "price", "missing"),
        ("codes;name;price", "A1;Tea;-1.00", "price", "below zero"),
        ("codes;name;price", "A1;Tea;1.855", "price", "write it like 1.85"),
        ("codes;name;price", "A1;Tea;=1+1", "price", "not a price"),
        ("codes;name;price", "A1;Tea;99999999999", "price", "too much"),
        ("codes;name;price", "A1;Tea\0;1", "row", "zero bytes"),
        ("codes;name;price", "A1;Caf\ufffd;1", "row", "lost on the way"),
        ("codes;name;price", 'A1;"Tea;1', "row", "not closed"),
        ("codes;name;price", 'A1;"Tea"x;1', "row", "not closed"),
        ("codes;name;price", f"A1;{'x' * 5000};1", "name", "5000 characters"),
        ("codes,name,price", "A1,Tea,1,85", "row", "4 cells"),
        ("codes;name;price;tax", "A1;Tea;1;17,5%", "tax", "there are S, R, Z, E"),
        ("codes;name;price;unit", "A1;Tea;1;box", "unit", "each, kg or l"),
        ("codes;name;price;unit;stock", "A1;Tea;1;each;2.5", "stock", "whole pieces"),
        ("codes;name;price;stock", "A1;Tea;1;-2", "stock", "below zero"),
        ("codes;name;price;cost", "A1;Tea;1;abc", "cost", "not a cost"),
        ("codes;name;price;plu", "A1;Tea;1;B7", "plu", "PLU"),
        ("codes;name;price;min_age", "A1;Tea;1;180", "min_age", "age"),
        ("codes;name;price;strength", "A1;Tea;1;strong", "strength", "per cent"),
        ("codes;name;price;volume", "A1;Tea;1;a pint", "volume", "75 cl"),
    ],
)
def test_the_malformed_zoo_is_refused_with_a_reason(heading: str, row: str, field: str, says: str) -> None:
    result = one(heading, row)
    assert isinstance(result, RowReject)
    assert (result.line, result.field) == (2, field)
    assert says in result.reason
    assert result.reason.isprintable()


def test_a_formula_in_a_name_is_only_text() -> None:
    assert row_of("codes,name,price", 'A1,"=HYPERLINK(""x"")",1').name == '=HYPERLINK("x")'


def test_an_open_quotation_mark_costs_one_line_only() -> None:
    results = read('codes,name,price\nA1,"Tea,1\nA2,"Cof""fee, ground",2\nA3,Milk,3\n')
    assert [type(result) for result in results] == [RowReject, ItemRow, ItemRow]
    assert isinstance(results[1], ItemRow)
    assert results[1].name == 'Cof"fee, ground'
    assert [result.line for result in results] == [2, 3, 4]


def test_blank_lines_keep_the_numbering() -> None:
    assert [r.line for r in read("codes,name,price\n\n,,\nA1,Tea,1\n")] == [4]


def test_a_upc_whose_zero_a_spreadsheet_ate_is_found_both_ways() -> None:
    row = row_of("codes,name,price", "36000291452,Tissues,1")
    assert row.codes == ("36000291452", "00036000291452")


@pytest.mark.parametrize("tax", ["S", "s", "20%", "20 %", "20,0%", "20"])
def test_tax_by_code_or_percentage(tax: str) -> None:
    assert row_of("codes;name;price;tax", f"A1;Tea;1;{tax}").tax == "S"
    assert row_of("codes;name;price;tax", "A1;Tea;1;0%").tax == "Z"


@pytest.mark.parametrize(
    "heading", ["name,price", "ean,name,price", "", "codes,codes,name,price", "codes name price"]
)
def test_a_list_without_the_needed_columns_is_refused_whole(heading: str) -> None:
    with pytest.raises(ListProblemError):
        read_heading(heading + "\n")


def test_other_headings_by_mapping() -> None:
    mapped = mapping_of(
        {
            "columns": {"codes": "EAN", "name": "Bezeichnung", "price": "VK Preis"},
            "defaults": {"tax": "R", "unit": "kg"},
        }
    )
    (row,) = read("VK Preis;EAN;Bezeichnung\n2,49;A7;Käse\n", mapped)
    assert row == ItemRow(2, ("A7",), "Käse", 249, unit="kg", tax="R")


@pytest.mark.parametrize(
    "document", [{"colums": {}}, {"columns": {"colour": "x"}}, {"defaults": {"tax": 20}}, {"columns": 3}]
)
def test_a_wrong_mapping_is_explained(document: dict[str, object]) -> None:
    with pytest.raises(ListProblemError):
        mapping_of(document)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a", "utf-8-sig"),
        ("é€".encode(), "utf-8-sig"),
        ("\ufeffé".encode(), "utf-8-sig"),
        ("é€".encode("cp1252"), "cp1252"),
        ("é".encode()[:1], "cp1252"),
        (b"", "utf-8-sig"),
    ],
)
def test_encoding(data: bytes, encoding: str) -> None:
    assert encoding_of([data[:1], data[1:]]) == encoding
    assert encoding_of([data]) == encoding


def test_unicode_text_is_explained() -> None:
    with pytest.raises(ListProblemError, match="CSV UTF-8"):
        encoding_of(["x".encode("utf-16")])


def test_a_file_without_line_ends_stays_small() -> None:
    stream = io.StringIO("codes,name,price\n" + "x" * (3 * MAX_LINE) + "\nA1,Tea,1\n")
    lines = list(bounded_lines(stream.readline))
    assert max(map(len, lines)) <= MAX_LINE
    results = list(ItemReader(read_heading(lines[0]), TAXES, GBP).rows(lines[1:]))
    assert isinstance(results[0], RowReject)
    assert results[1] == ItemRow(3, ("A1",), "Tea", 100)


def rejects_of(text: str) -> str:
    lines = text.splitlines(keepends=True)
    heading = read_heading(lines[0])
    out = io.StringIO(newline="")
    writer = RejectWriter(heading, out.write)
    for result in ItemReader(heading, TAXES, GBP).rows(lines[1:]):
        if isinstance(result, RowReject):
            writer.add(result, lines[result.line - 1])
    return out.getvalue()


def test_rejects_are_corrected_and_imported_again() -> None:
    first = rejects_of('price;shelf;name;codes\n-1;4;"Tea; green";A1\n1;5;Milk;A2\n2;6;"Open;A3\n')
    assert first.splitlines()[0] == "price;shelf;name;codes;reason"
    assert "line 2, price: “-1” is below zero" in first
    corrected = first.replace("-1;4", "1;4").replace("2;6;Open;A3", "2;6;Open;A3")
    rows = read(corrected.replace("\r\n", "\n"))
    assert [row.name for row in rows if isinstance(row, ItemRow)] == ["Tea; green", "Open"]
    again = rejects_of(first.replace("\r\n", "\n"))
    assert again.splitlines()[0] == "price;shelf;name;codes;reason"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)


@given(
    name=NAMES,
    minor=st.integers(0, 10**9),
    body=st.integers(0, 10**9 - 1),
    delimiter=st.sampled_from([",", ";", "\t"]),
    comma=st.booleans(),
)
def test_what_a_spreadsheet_writes_is_read_back(
    name: str, minor: int, body: int, delimiter: str, comma: bool
) -> None:
    code = with_check_digit(f"952{body:09d}")
    price = f"{minor // 100}.{minor % 100:02d}"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["codes", "name", "price"])
    writer.writerow([code, name, price.replace(".", ",") if comma else price])
    assert read(out.getvalue().replace("\r\n", "\n")) == [ItemRow(2, ("0" + code,), name, minor)]
    assert format_amount(minor, GBP).endswith(price[-3:])


@given(st.text(st.characters(exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=200))
@example('"')
@example('";"')
@example("\0")
def test_no_line_makes_the_reader_fail(line: str) -> None:
    heading = read_heading(";".join(COLUMNS))
    result = ItemReader(heading, TAXES, GBP).row(2, line)
    out: list[str] = []
    writer = RejectWriter(heading, out.append)
    if isinstance(result, RowReject):
        writer.add(result, line)
        assert split_line(out[1], ";")[-1].startswith("line 2, ")
        assert len(split_line(out[1], ";")) >= len(COLUMNS) + 1


@given(st.text("0123456789.,% lmclvoabd-", max_size=9))
def test_measures_are_read_or_refused(text: str) -> None:
    for reader in (read_stock, read_strength, read_volume):
        try:
            value = reader(text)
        except RefusedError:
            continue
        assert value is None or value >= 0
