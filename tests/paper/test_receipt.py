"""Receipts and reports as text: what stands where, that nothing is cut, that each row has its exact width."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.receipt import (
    OFFLINE,
    gift_receipt,
    parse_receipt_number,
    rate_text,
    receipt_number,
    sale_receipt,
    tax_invoice,
)
from pos_desktop.domain.receipt_layout import (
    BarcodeRow,
    CutRow,
    RuleRow,
    Size,
    TextRow,
    as_text,
    clean,
    layout,
)
from pos_desktop.domain.slips import no_sale_slip
from tests.paper.made import HEAD, SHOP, line, receipt, sale, shift_report

WIDTHS = (32, 42, 48)

NARROW = """\
           Kerrigan's
         Corner Grocery
    14 Harbour Street, Bray
        VAT IE 9999999T

S1-T2-1-000124
           22 Nov 2026 14:03 GMT
Till 2               Aoife Byrne
--------------------------------
Semi-skimmed milk 2 l     2.15 C
Red apples, loose
  0.842 kg x 2.10 /kg     1.77 C
Château Beauséjour Côtes de
Bordeaux Supérieur 2021 750 ml
  2 x 12.49              24.98 A
  price typed
Crème brûlée £5 or €6     3.50 B
--------------------------------
TOTAL                     €32.40
5 items

Card 004512                20.00
Cash                       20.00
Change                     €7.60
--------------------------------
VAT          Net     Tax   Gross
A 23%      20.31    4.67   24.98
B 13.5%     3.08    0.42    3.50
C 0%        3.92    0.00    3.92
--------------------------------
    Thank you. Open 7 to 23.

        [S1-T2-1-000124]
    Head 3f2a 9c41 77de 01bb
"""


def test_a_receipt_on_58_mm() -> None:
    assert as_text(receipt(), 32) == NARROW


def test_a_receipt_on_80_mm_keeps_number_and_time_on_one_row() -> None:
    rows = as_text(receipt(), 48).splitlines()
    assert "S1-T2-1-000124             22 Nov 2026 14:03 GMT" in rows
    assert "Crème brûlée £5 or €6                     3.50 B" in rows
    assert "TOTAL                                     €32.40" in rows


def test_tax_on_top_shows_subtotal_and_each_tax_before_the_total() -> None:
    document = sale(
        [line("Notebook", 1000, tax="S")],
        tax_mode="added",
        taxes=[{"code": "S", "rate": 88750, "net": 1000, "tax": 89, "gross": 1089}],
        tenders=[{"n": 1, "kind": "cash", "amount": 1089}],
        total=1089,
    )
    rows = as_text(receipt(document), 48).splitlines()
    start = rows.index("Subtotal                                   10.00")
    assert rows[start + 1] == "VAT S 8.875%                                0.89"
    assert rows[start + 2] == "TOTAL                                     €10.89"
    assert not any(row.startswith("Change") for row in rows)


def test_a_copy_training_and_messages_stand_on_top() -> None:
    paper = receipt(sale(training=1), copy=2, messages=(OFFLINE,))
    rows = [row.strip() for row in as_text(paper, 48).splitlines()]
    number = next(n for n, row in enumerate(rows) if row.startswith("S1-T2"))
    assert rows.index("VOID") == rows.index("TRAINING - NOT A SALE") - 1
    assert rows.index("COPY 2") < rows.index("TRAINING - NOT A SALE") < rows.index(OFFLINE) < number
    assert rows[rows.index(OFFLINE) - 1] == "OFFLINE"
    assert "COPY" not in as_text(receipt(), 48)
    assert "OFFLINE" not in as_text(receipt(), 48)


def test_offline_stands_large_on_narrow_paper_too() -> None:
    """The mark is a row of its own in double size; the words under it wrap."""
    rows = [row for row in layout(receipt(messages=(OFFLINE,)), 32) if isinstance(row, TextRow)]
    (mark,) = [row for row in rows if row.plain.strip() == "OFFLINE"]
    assert (mark.size, mark.bold) == (Size.BIG, True)
    assert OFFLINE in " ".join(row.plain.strip() for row in rows)


def test_the_printed_time_is_the_server_s_in_the_shop_s_zone() -> None:
    document = sale(at="2026-07-01T12:59:59.500Z", offset_ms=61_000)
    assert receipt(document).at == "1 Jul 2026 14:01 IST"


@pytest.mark.parametrize(
    ("rate", "text"), [(0, "0%"), (200000, "20%"), (135000, "13.5%"), (88750, "8.875%"), (5, "0.0005%")]
)
def test_a_rate_in_words(rate: int, text: str) -> None:
    assert rate_text(rate) == text


@given(*[st.integers(0, 999_999)] * 4)
def test_a_receipt_number_reads_back(store: int, till: int, epoch: int, number: int) -> None:
    assert parse_receipt_number(receipt_number(store, till, epoch, number)) == (store, till, epoch, number)


@pytest.mark.parametrize(
    "text", ["", "5010012345678", "S1-T2-1", "S-T2-1-1", "S1-T2-1-x", "S1-T2-1-²", "T1-S2-1-1"]
)
def test_other_codes_are_no_receipt_number(text: str) -> None:
    assert parse_receipt_number(text) is None


def test_rounding_of_cash_stands_beside_what_was_paid_and_leaves_the_total() -> None:
    document = sale(
        rounding=-2,
        tenders=[{"n": 1, "kind": "cash", "amount": 4000}, {"n": 2, "kind": "cash", "amount": -762}],
    )
    rows = as_text(receipt(document), 48).splitlines()
    total = rows.index("TOTAL                                     €32.40")
    assert rows[total + 3 : total + 5] == [
        "Rounding                                   -0.02",
        "Cash                                       40.00",
    ]


def test_what_a_certificate_frees_from_is_named_and_taken_off() -> None:
    goods = [line("Wine", 1249, tax="standard"), line("Crisps", 350, tax="both", taxes=[{"code": "reduced"}])]
    taxes = [
        {"code": "reduced", "rate": 135000, "net": 308, "tax": 42, "gross": 350},
        {"code": "standard", "rate": 0, "net": 1015, "tax": 0, "gross": 1015},
    ]
    free = {"certificate": "TE-4711", "codes": ["standard"]}
    tenders = [{"n": 1, "kind": "card", "amount": 1365}]
    document = sale(goods, taxes=taxes, exempt=free, total=1365, tenders=tenders)
    rows = as_text(receipt(document), 48).splitlines()
    assert "Tax exempt                               TE-4711" in rows
    total = rows.index("TOTAL                                     €13.65")
    assert rows[total - 1] == "Tax exempt                                 -2.34"
    assert "Crisps                                    3.50 A" in rows
    assert any(row.startswith("B exempt") and row.endswith("10.15") for row in rows)


def test_a_gift_receipt_tells_nobody_what_anything_cost() -> None:
    back = line("Brought back", 500, qty=-1000, amount=-500)
    printed = as_text(gift_receipt(receipt(sale([*sale()["lines"], back]), copy=1)), 48)
    rows = [row.strip() for row in printed.splitlines()]
    assert "GIFT RECEIPT" in rows
    assert "Semi-skimmed milk 2 l                          1" in rows
    assert "[S1-T2-1-000124]" in rows
    assert not any(
        word in printed for word in ("32.40", "2.15", "24.98", "VAT A", "TOTAL", "COPY", "Card", "back")
    )


def test_a_tax_invoice_names_whom_it_is_for() -> None:
    printed = tax_invoice(receipt(), ("Harbour Café Ltd", "4 Quay Street"), "IE 1234567X")
    rows = [row.strip() for row in as_text(printed, 32).splitlines()]
    assert rows.index("TAX INVOICE") < rows.index("Harbour Café Ltd") < rows.index("VAT number IE 1234567X")
    assert "TOTAL                     €32.40" in rows
    assert "VAT number" not in as_text(tax_invoice(receipt(), ("Ann",), ""), 32)


def test_a_shop_chooses_its_words() -> None:
    own = replace(SHOP, legal="Kerrigan Ltd, Bray", words={"tax": "MwSt", "total": "SUMME", "change": "Rück"})
    printed = as_text(sale_receipt(sale(), own, head=HEAD, cashier="Aoife"), 48)
    assert "SUMME" in printed
    assert "MwSt" in printed
    assert "Rück" in printed
    assert printed.index("Open 7 to 23") < printed.index("Kerrigan Ltd, Bray") < printed.index("[S1-T2")
    assert "VAT  " not in printed


def test_a_z_report_counts_the_drawer_and_signs() -> None:
    rows = as_text(shift_report(), 48).splitlines()
    assert "Z report 17" in [row.strip() for row in rows]
    for expected in (
        "Sales (142)                             2 145.77",
        "Drops to safe                            -500.00",
        "Expected in drawer                        645.77",
        "10 x €50.00                               500.00",
        "Counted                                  €644.77",
        "Short                                     -€1.00",
        "Grand total                          €987 654.32",
        "Last number                       S1-T2-1-000160",
        "Opened by                            Aoife Byrne",
        "Closed by                             Tomás Ruiz",
    ):
        assert expected in rows
    assert not any("Lines voided" in row for row in rows), "nothing counts them"
    assert not any("€5.00" in row for row in rows), "an empty denomination is not printed"
    assert "".join(HEAD) in as_text(shift_report(), 48).replace(" ", "").replace("\n", "")
    assert any(row.startswith("Counted by ____") for row in rows)


def test_a_blind_x_report_does_not_show_what_is_expected() -> None:
    text = as_text(shift_report(z=None, expected=None, counted=None, counts=(), closed_by=""), 32)
    assert "X report" in text
    assert "Expected" not in text
    assert "Opened by" in text
    assert "Closed by" not in text
    assert "Short" not in text


def test_a_no_sale_slip_says_who_and_why() -> None:
    document = {**sale(), "kind": "no_sale", "reason": "Change for a customer"}
    text = as_text(no_sale_slip(document, SHOP, head=HEAD, cashier="Aoife Byrne"), 32)
    for words in ("No sale", "Aoife Byrne", "Change for a customer", "[S1-T2-1-000124]"):
        assert words in text


NAMES = st.text(min_size=1, max_size=120)


@settings(deadline=None)  # a busy machine is no reason to fail
@given(
    st.lists(st.tuples(NAMES, st.integers(0, 99_999_999), st.integers(1, 9_999_999)), min_size=1, max_size=4),
    st.sampled_from(WIDTHS),
)
def test_no_name_is_ever_cut_and_every_row_is_exactly_wide(
    goods: list[tuple[str, int, int]], columns: int
) -> None:
    lines = [line(name, price, qty=qty, amount=price * qty // 1000) for name, price, qty in goods]
    rows = layout(receipt(sale(lines)), columns)
    for row in rows:
        if isinstance(row, TextRow):
            assert len(row.text) == columns // row.size.across
            assert len(row.plain) == columns
        elif isinstance(row, RuleRow):
            assert len(row.text) == columns
    printed = "".join(row.plain for row in rows if isinstance(row, TextRow)).replace(" ", "")
    for name, _, _ in goods:
        assert clean(name).replace(" ", "") in printed
    assert isinstance(rows[-1], CutRow)
    assert sum(isinstance(row, BarcodeRow) for row in rows) == 1


@given(st.text(max_size=60))
def test_cleaned_text_has_no_character_that_is_not_one_visible_column(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == clean(cleaned)
    for ch in cleaned:
        assert ch == " " or unicodedata.category(ch)[0] not in "CZM"


def test_the_total_is_double_size_and_amounts_end_in_one_column() -> None:
    rows = [row for row in layout(receipt(), 48) if isinstance(row, TextRow)]
    total = next(row for row in rows if row.plain.startswith("TOTAL"))
    assert total.size is Size.BIG
    assert total.bold
    amounts = {
        row.plain.index(a) + len(a) for row in rows for a in ("2.15", "1.77", "24.98 A") if a in row.plain
    }
    assert amounts == {46, 48}
