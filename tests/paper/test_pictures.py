"""Pictures and PDF: every barcode reads again, every word is there, nothing is cut."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication

from pos_desktop.domain.command_sheet import COMMANDS, parse_command
from pos_desktop.domain.money import currency
from pos_desktop.domain.receipt import Paper
from pos_desktop.domain.receipt_layout import TextRow, clean, layout
from pos_desktop.hardware.emulated import EmulatedPrinter, paper_rows
from pos_desktop.hardware.escpos import profile
from pos_desktop.hardware.printer import PrinterLane, PrintJob
from pos_desktop.hardware.transports import transport
from tests.paper.made import receipt, sale, shift_report
from ui.barcode_paint import item_symbol
from ui.label_sheet import LabelSheet, ShelfLabel, _Face, save_command_sheet_pdf, save_labels_pdf, wrap_words
from ui.paper import open_pdf, paper_image, save_paper_png, save_receipt_pdf, save_receipt_png
from ui.paper_font import PaperFont

GBP = currency("GBP")
SECRET = bytes(range(32))

pytestmark = pytest.mark.usefixtures("qapp")


def codes_in(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def page(path: Path, number: int = 0, scale: float = 4.0) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    picture: Image.Image = document[number].render(scale=scale).to_pil()
    document.close()
    return picture


def words_in(path: Path, number: int = 0) -> str:
    document = pypdfium2.PdfDocument(path)
    text: str = document[number].get_textpage().get_text_range()
    document.close()
    return "".join(text.split()).replace("\u00ad", "").replace("\ufffe", "-")


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_receipt_s_barcode_reads_from_pdf_and_png(tmp_path: Path, columns: int) -> None:
    save_receipt_pdf(tmp_path / "r.pdf", receipt(), columns)
    save_receipt_png(tmp_path / "r.png", receipt(), columns)
    assert codes_in(page(tmp_path / "r.pdf")) == ["S1-T2-1-000124"]
    with Image.open(tmp_path / "r.png") as picture:
        assert codes_in(picture) == ["S1-T2-1-000124"]


@pytest.mark.parametrize("paper", [receipt(), shift_report(), receipt(sale(store=120, till=104, epoch=12))])
@pytest.mark.parametrize("columns", [32, 48])
def test_every_word_of_the_paper_is_in_the_pdf(tmp_path: Path, paper: Paper, columns: int) -> None:
    save_receipt_pdf(tmp_path / "r.pdf", paper, columns)
    printed = words_in(tmp_path / "r.pdf")
    for row in layout(paper, columns):
        if isinstance(row, TextRow):
            for cell in row.cells:
                assert "".join(cell.text.split()) in printed


def test_the_page_is_as_wide_as_the_roll(tmp_path: Path) -> None:
    for columns, millimetres in ((32, 58), (48, 80)):
        save_receipt_pdf(tmp_path / "r.pdf", receipt(), columns)
        document = pypdfium2.PdfDocument(tmp_path / "r.pdf")
        assert document[0].get_width() == pytest.approx(millimetres / 25.4 * 72, abs=0.6)
        assert len(document) == 1
        document.close()


def test_nothing_is_painted_over_the_edge() -> None:
    """Wide letters in every cell are narrowed into their room: the margins stay white."""
    wide = receipt(sale(), messages=("W" * 200,))
    for columns in (32, 48):
        picture = paper_image(layout(wide, columns), columns)
        margin = 2 * 12
        for x in (*range(margin), *range(picture.width() - margin, picture.width())):
            column = {picture.pixel(x, y) & 0xFFFFFF for y in range(picture.height())}
            assert column == {0xFFFFFF}, f"ink at {x}"


def test_what_a_printer_printed_can_be_drawn(tmp_path: Path) -> None:
    with EmulatedPrinter() as printer:
        lane = PrinterLane(transport(printer.address), profile("80mm"))
        assert lane.print_now(PrintJob(receipt())).confirmed
        lane.close()
        save_paper_png(tmp_path / "p.png", paper_rows(printer.papers[0], 48), 48)
    with Image.open(tmp_path / "p.png") as picture:
        assert codes_in(picture) == ["S1-T2-1-000124"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "r"
    for save in (save_receipt_png, save_receipt_pdf):
        with pytest.raises(OSError, match="cannot be written"):
            save(missing, receipt())
    with pytest.raises(OSError, match="cannot be written"):
        save_labels_pdf(missing, [])


LABELS = {
    "05010012345671": "05010012345671",
    "9521234567899": "9521234567899",
    "09521234567899": "9521234567899",
    "00036000291452": "0036000291452",
    "00000096385074": "96385074",
    "96385074": "96385074",
    "15010012345671": "15010012345671",
    "4011": "4011",
    "OWN-000123": "OWN-000123",
}
"""A code of the catalogue: what a scanner reads from its label (UPC-A reads as EAN-13 with a zero before)."""


def test_every_label_reads_back(tmp_path: Path) -> None:
    labels = [ShelfLabel(f"Item {code}", 215, GBP, code, unit_price="1.08 / l") for code in LABELS]
    assert save_labels_pdf(tmp_path / "l.pdf", labels) == 1
    assert sorted(codes_in(page(tmp_path / "l.pdf"))) == sorted(LABELS.values())
    printed = words_in(tmp_path / "l.pdf")
    assert printed.count("£2.15") == len(LABELS)
    assert printed.count("1.08/l") == len(LABELS)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("09521234567899", "ean13"),
        ("00036000291452", "upca"),
        ("00000096385074", "ean8"),
        ("15010012345671", "code128"),
        ("09521234567890", "code128"),
        ("4011", "code128"),
    ],
)
def test_the_kind_of_symbol(code: str, kind: str) -> None:
    symbol = item_symbol(code)
    assert symbol is not None
    assert symbol.kind == kind


@pytest.mark.parametrize("code", ["", "  ", "pæ", "a\nb"])
def test_no_symbol_for_what_cannot_be_drawn(code: str) -> None:
    assert item_symbol(code) is None


def test_sheets_go_on_over_pages_and_may_begin_in_the_middle(tmp_path: Path) -> None:
    labels = [ShelfLabel(f"Item {n}", n, GBP, f"OWN-{n:03d}") for n in range(30)]
    assert save_labels_pdf(tmp_path / "l.pdf", labels, first=15) == 3
    found = [codes_in(page(tmp_path / "l.pdf", n)) for n in range(3)]
    assert [len(codes) for codes in found] == [6, 21, 3]
    assert sorted(code for codes in found for code in codes) == [f"OWN-{n:03d}" for n in range(30)]


def test_a_grid_larger_than_a4_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit on an A4 sheet"):
        LabelSheet(columns=4)
    assert LabelSheet(columns=2, rows=4, width=99.1, height=67.7, left=5.0, top=13.0).per_page == 8


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_a_label_s_name_is_made_smaller_never_cut(qapp: QGuiApplication, name: str) -> None:
    del qapp
    area = QRectF(0, 0, 58.5, 16.5)
    text = clean(name)
    spec, lines = _Face._set_smaller(text, area, 4.4, 600)
    dots = 1200 / 25.4
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(spec.width(one) <= area.width() * dots for one in lines)
    assert len(lines) * spec.px * 1.2 <= area.height() * dots


def test_a_long_word_is_broken_only_when_it_must_be(qapp: QGuiApplication) -> None:
    del qapp
    spec = PaperFont(40, 400)
    assert wrap_words("one two", spec, 1000.0) == ["one two"]
    assert len(wrap_words("W" * 100, spec, 400.0)) == 1
    broken = wrap_words("W" * 100, spec, 400.0, break_words=True)
    assert len(broken) > 5
    assert "".join(broken) == "W" * 100


def test_a_very_long_name_is_whole_on_the_label(tmp_path: Path) -> None:
    name = "Château Beauséjour Côtes de Bordeaux Supérieur 2021 twelve months in oak 750 ml with glasses"
    save_labels_pdf(tmp_path / "l.pdf", [ShelfLabel(name, 124999, GBP, "09521234567899")])
    assert "".join(name.split()) in words_in(tmp_path / "l.pdf")


def test_the_command_sheet_gives_every_command_of_this_shop_only(tmp_path: Path) -> None:
    save_command_sheet_pdf(tmp_path / "c.pdf", SECRET, "Kerrigan's")
    codes = codes_in(page(tmp_path / "c.pdf"))
    assert sorted(filter(None, (parse_command(SECRET, code) for code in codes))) == sorted(
        command.name for command in COMMANDS
    )
    assert not any(parse_command(b"another shop's secret, 32 bytes..", code) for code in codes)
    printed = words_in(tmp_path / "c.pdf")
    for command in COMMANDS:
        assert "".join(command.label.split()) in printed


def test_the_pdf_writer_has_no_margins(tmp_path: Path, qapp: QGuiApplication) -> None:
    del qapp
    from PySide6.QtGui import QPageSize

    writer = open_pdf(tmp_path / "x.pdf", QPageSize(QPageSize.PageSizeId.A4), "x")
    assert writer.pageLayout().margins().isNull()
