"""Names that are printer commands, on every paper, over a real port to the emulated printer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pos_desktop.domain.receipt_layout import layout
from pos_desktop.hardware.decode import Cut, Kick
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.hardware.escpos import CODE_PAGES, profile, render
from pos_desktop.hardware.printer import Outcome, PrinterLane, PrintJob
from pos_desktop.hardware.transports import transport
from tests.paper.made import SHOP, line, receipt, sale, shift_report

COMMANDS = {
    "drawer, pin 2": "\x1bp\x00\x19\xfa",
    "drawer, pin 5": "\x1bp\x01\x19\xfa",
    "drawer at once": "\x10\x14\x01\x00\x01",
    "cut": "\x1dV\x00",
    "cut and feed": "\x1dVB\x03",
    "old cut": "\x1bi\x1bm",
    "reset": "\x1b@",
    "upside down": "\x1b{\x01",
    "code page": "\x1bt\xff",
    "raster picture": "\x1dv0\x00\xff\xff\xff\xff",
    "two colours, macro": "\x1br\x01\x1d:\x1d^\x01\x00\x00",
    "status, power off": "\x10\x04\x01\x10\x14\x02\x01\x08",
    "form feed, tab, bell": "\x0c\x0b\x07\x08\x18",
    "eight-bit controls": "\x9bp\x00\x19\xfa\x90\x9c",
    "in words": "ESC p 0 25 250",
    "right to left": "\u202e\u2066milk\u2069\u202c\u200f",
    "line breaks": "milk\r\n\r\n\r\n\u2028\u2029\x85end",
}


@pytest.fixture
def printer() -> Iterator[EmulatedPrinter]:
    with EmulatedPrinter() as made:
        yield made


@pytest.mark.parametrize("page", sorted(CODE_PAGES))
def test_a_name_neither_opens_the_drawer_nor_cuts_the_paper(printer: EmulatedPrinter, page: str) -> None:
    """Every text of a receipt and of a Z at once; the printer would refuse any command that is not ours."""
    lane = PrinterLane(transport(printer.address), profile("80mm", page))
    try:
        for name in COMMANDS.values():
            before = len(printer.papers)
            shop = replace(SHOP, header=(name, f"x{name}x"), footer=(name,))
            hostile = replace(
                receipt(sale([line(name, 100), line(f"Milk{name}2 l", 215, code=name, department=name)])),
                cashier=name,
                shop=shop,
                messages=(name,),
            )
            papers = (hostile, replace(shift_report(), shop=shop))
            for paper in papers:
                assert lane.print_now(PrintJob(paper)).outcome is Outcome.PRINTED
            assert printer.wait_for(lambda p, n=before + 2: len(p.papers) == n)  # type: ignore[misc]
            for paper in printer.papers[before:]:
                assert sum(isinstance(item, Cut) for item in paper.items) <= 1
                assert not any(isinstance(item, Kick) for item in paper.items)
            assert any("Milk" in text and "2 l" in text for text in printer.papers[before].lines)
        assert printer.kicks == 0
    finally:
        lane.close()


@pytest.mark.parametrize("name", COMMANDS.values(), ids=COMMANDS)
def test_the_bytes_are_those_of_a_harmless_name_but_for_its_letters(name: str) -> None:
    """The same commands in the same order: only printable bytes and line ends differ."""

    def commands(text: str) -> list[bytes]:
        data = render(layout(receipt(sale([line(f"a{text}", 100)])), 48), profile("80mm"))
        return [bytes((byte,)) for byte in data if byte < 0x20 and byte != 0x0A]

    assert commands(name) == commands("")
