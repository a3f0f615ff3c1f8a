"""ESC/POS bytes: what comes out of the printer is the layout's text, and no text can give it orders."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.receipt_layout import BarcodeRow, TextRow, layout, rows_as_text
from pos_desktop.hardware.decode import (
    Barcode,
    Cut,
    Decoder,
    Feed,
    Item,
    Kick,
    Line,
    UnknownCommandError,
    decode,
    printed_rows,
)
from pos_desktop.hardware.escpos import (
    CODE_PAGES,
    drawer_kick,
    encode_text,
    live_drawer_kick,
    profile,
    render,
)
from tests.paper.made import SHOP, line, receipt, sale, shift_report

PAPERS = ("58mm", "80mm", "80mm-42")
PAGES = ("CP858", "WPC1252")


def printed_lines(items: list[Item]) -> list[str]:
    return [item.text.rstrip() for item in items if isinstance(item, Line)]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("page", PAGES)
def test_bytes_read_back_as_the_layout_s_text(paper: str, page: str) -> None:
    to = profile(paper, page)
    rows = layout(receipt(), to.columns)
    items = decode(render(rows, to))
    expected = [row.text.rstrip() for row in rows if not isinstance(row, BarcodeRow) and hasattr(row, "text")]
    assert printed_lines(items) == expected
    together = "\n".join(expected)
    assert "£5 or €6" in together
    assert "Crème brûlée" in together
    assert [item.data for item in items if isinstance(item, Barcode)] == ["S1-T2-1-000124"]
    assert isinstance(items[-1], Cut)


@pytest.mark.parametrize("paper", [receipt(), shift_report()])
def test_printed_rows_make_the_same_plain_text_again(paper: object) -> None:
    to = profile("80mm")
    rows = layout(paper, 48)  # type: ignore[arg-type]
    again = rows_as_text(printed_rows(decode(render(rows, to)), 48)).splitlines()
    assert [" ".join(row.split()) for row in again] == [
        " ".join(r.split()) for r in rows_as_text(rows).splitlines()
    ]


def test_the_code_page_is_chosen_once_and_never_changed() -> None:
    for page in PAGES:
        data = render(layout(receipt(), 48), profile("80mm", page))
        assert re.findall(rb"\x1bt(.)", data, re.DOTALL) == [bytes((CODE_PAGES[page][1],))]


@settings(deadline=None)  # a busy machine is no reason to fail
@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(PAGES), st.sampled_from(PAPERS))
def test_no_text_reaches_the_printer_as_a_command(name: str, person: str, page: str, paper: str) -> None:
    to = profile(paper, page)
    harmless = receipt(sale([line("x", 100)]))
    hostile = replace(
        receipt(sale([line(name, 100)])),
        cashier=person,
        shop=replace(SHOP, header=(name, person), footer=(name,)),
        messages=(person,),
    )
    commands = {type(i) for i in decode(render(layout(harmless, to.columns), to))}
    items = decode(render(layout(hostile, to.columns), to))
    assert {type(i) for i in items} == commands
    assert sum(isinstance(i, Cut) for i in items) == 1
    assert not any(isinstance(i, Kick) for i in items)


CONTROLS = [chr(n) for n in (*range(0x20), 0x7F, *range(0x80, 0xA0))]


@pytest.mark.parametrize("codec", [codec for codec, _ in CODE_PAGES.values()])
def test_even_unclean_text_is_encoded_without_control_bytes(codec: str) -> None:
    encoded = encode_text("".join(CONTROLS), codec)
    assert encoded == b"?" * len(CONTROLS)


@given(st.text(max_size=60), st.sampled_from([codec for codec, _ in CODE_PAGES.values()]))
def test_every_character_is_one_printable_byte(text: str, codec: str) -> None:
    encoded = encode_text(text, codec)
    assert len(encoded) == len(text)
    assert all(byte >= 0x20 and byte != 0x7F for byte in encoded)


def test_a_kick_hidden_in_a_name_is_seen_by_the_decoder() -> None:
    """The decoder can fail: a renderer that let bytes through would be caught."""
    assert Kick(2) in decode(b"milk\x1bp\x00\x32\x32\n")
    for smuggled in (b"milk\x07\n", b"\x1bB\x02\x02", b"\x1dv0\x00", b"half a line"):
        with pytest.raises(UnknownCommandError):
            decode(smuggled)


@pytest.mark.parametrize(
    ("text", "codec", "shown"),
    [
        ("Łódź žluťoučký", "cp858", "Lódz zlutoucký"),
        ("’quoted’ – “so” …", "cp858", "'quoted' - \"so\" ."),
        ("€", "cp437", "E"),
        ("€ £ é", "cp1252", "€ £ é"),
        ("牛乳", "cp858", "??"),
    ],
)
def test_what_the_page_lacks_gets_a_readable_stand_in(text: str, codec: str, shown: str) -> None:
    assert encode_text(text, codec).decode(codec) == shown


def test_the_drawer_pulse_goes_to_the_pin_it_is_wired_to() -> None:
    for pin in (2, 5):
        to = profile("80mm", drawer_pin=pin)
        assert decode(drawer_kick(to)) == [Kick(pin)]
        assert decode(live_drawer_kick(to)) == [Kick(pin)]


def test_a_printer_without_knife_feeds_instead() -> None:
    items = decode(render(layout(receipt(), 32), profile("58mm", knife=False)))
    assert items[-1] == Feed(5)


def test_a_number_too_long_for_narrow_paper_is_printed_in_digits() -> None:
    document = sale(store=120, till=104, epoch=12, no=1234567)
    narrow = decode(render(layout(receipt(document), 32), profile("58mm")))
    assert not any(isinstance(i, Barcode) for i in narrow)
    assert printed_lines(narrow).count("S120-T104-12-1234567") == 1
    assert any(text.strip() == "S120-T104-12-1234567" and text[0] == " " for text in printed_lines(narrow))
    wide = decode(render(layout(receipt(document), 48), profile("80mm")))
    assert [i.data for i in wide if isinstance(i, Barcode)] == ["S120-T104-12-1234567"]


def test_bytes_may_come_one_at_a_time() -> None:
    data = render(layout(receipt(), 48), profile("80mm"))
    decoder = Decoder()
    items = [item for n in range(len(data)) for item in decoder.feed(data[n : n + 1])]
    assert items == decode(data)
    assert not decoder.pending


def test_an_unknown_paper_or_page_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="58mm, 80mm"):
        profile("72mm")
    with pytest.raises(ValueError, match="CP858, WPC1252"):
        profile("80mm", "KOI8")


def test_every_row_of_text_fits_the_paper() -> None:
    for paper in PAPERS:
        to = profile(paper)
        for row in layout(shift_report(), to.columns):
            if isinstance(row, TextRow):
                assert len(encode_text(row.text, to.codec)) * row.size.across <= to.columns
