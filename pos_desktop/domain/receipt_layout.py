"""Lays receipts and reports out into rows of a fixed number of columns (:mod:`paper_rows`)."""

from __future__ import annotations

from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.paper_rows import (
    Align,
    BarcodeRow,
    Cell,
    CutRow,
    Row,
    RuleRow,
    Sheet,
    Size,
    TextRow,
    clean,
    plain_money,
    rows_as_text,
)
from pos_desktop.domain.quantity import ONE, format_qty
from pos_desktop.domain.receipt import (
    OFFLINE,
    TRAINING,
    Paper,
    Receipt,
    ReceiptLine,
    ReportPaper,
    Section,
    TaxRow,
)
from pos_desktop.words import t, t_n

__all__ = [
    "COLUMNS_58MM",
    "COLUMNS_80MM",
    "COLUMNS_80MM_WIDE_FONT",
    "Align",
    "BarcodeRow",
    "Cell",
    "CutRow",
    "Row",
    "RuleRow",
    "Size",
    "TextRow",
    "as_text",
    "clean",
    "layout",
    "rows_as_text",
]

COLUMNS_58MM = 32
COLUMNS_80MM = 48
COLUMNS_80MM_WIDE_FONT = 42


def layout(paper: Paper, columns: int) -> list[Row]:
    """The rows of a paper ``columns`` wide (32 on 58 mm; 42 or 48 on 80 mm), ending with the cut."""
    sheet = Sheet(columns)
    with paper.shop.worded():
        _head(sheet, paper)
        if isinstance(paper, Receipt):
            _receipt(sheet, paper)
        else:
            _report(sheet, paper)
    sheet.rows.append(CutRow())
    return sheet.rows


def as_text(paper: Paper, columns: int) -> str:
    """The paper as plain text, one line a row, no trailing spaces; the barcode stands as ``[data]``."""
    return rows_as_text(layout(paper, columns))


def _head(sheet: Sheet, paper: Paper) -> None:
    for n, line in enumerate(paper.shop.header):
        if n == 0:
            sheet.centred(line, Size.BIG, bold=True)
        else:
            sheet.centred(line)
    sheet.blank()
    if paper.copy:
        sheet.centred(f"{paper.shop.word('copy')} {paper.copy}", Size.BIG, bold=True)
    if paper.training:
        sheet.centred(t("VOID"), Size.BIG, bold=True)
        sheet.centred(t(TRAINING), Size.TALL, bold=True)
    for message in paper.messages:
        if message == OFFLINE:
            sheet.centred(t("OFFLINE"), Size.BIG, bold=True)
        sheet.centred(t(message), bold=True)
    if paper.copy or paper.training or paper.messages:
        sheet.blank()


def _receipt(sheet: Sheet, receipt: Receipt) -> None:
    title = receipt.form if receipt.form != "receipt" else "refund" if receipt.refund else ""
    if title:
        sheet.centred(receipt.shop.word(title), Size.BIG, bold=True)
        sheet.blank()
    sheet.pair(receipt.number, receipt.at)
    sheet.pair(t("Till {till}", till=receipt.till), clean(receipt.cashier))
    for what, value in receipt.buyer if receipt.form != "gift" else ():
        sheet.pair(what, clean(value))
    for n, words in enumerate(receipt.made_for):
        sheet.left(words, bold=n == 0)
    sheet.rule()
    if receipt.form == "gift":
        _gift(sheet, receipt)
    else:
        _goods_and_money(sheet, receipt)
    sheet.rule()
    if receipt.refund:
        sheet.blank()
        _to_sign(sheet, t("Customer"))
        sheet.blank()
    for footer in receipt.shop.footer:
        sheet.centred(footer)
    if receipt.shop.legal:
        sheet.centred(receipt.shop.legal)
    sheet.blank()
    sheet.rows.append(BarcodeRow(receipt.number, sheet.columns))
    _chain_head(sheet, receipt.head[:16])


def _gift(sheet: Sheet, receipt: Receipt) -> None:
    """Goods and how many of them: nothing on it says what they cost."""
    for line in receipt.lines:
        sheet.pair(line.name, plain_money(format_qty(line.qty, line.unit)))
    sheet.blank()
    sheet.centred(receipt.shop.word("gift_note"))


def _goods_and_money(sheet: Sheet, receipt: Receipt) -> None:
    marks = max((len(ln.mark) for ln in receipt.lines), default=0)
    for line in receipt.lines:
        _line(sheet, line, receipt, marks)
    sheet.rule()
    _totals(sheet, receipt)
    _tenders(sheet, receipt)
    if receipt.taxes:
        sheet.rule()
        _tax_table(sheet, receipt)


def _line(sheet: Sheet, line: ReceiptLine, receipt: Receipt, marks: int) -> None:
    cur = receipt.shop.currency
    amount = format_amount(line.amount, cur)
    tail = f"{line.mark:<{marks}}"
    if line.deposit:
        count = plain_money(format_qty(line.qty, line.unit))
        price = plain_money(format_amount(line.price, cur))
        name = line.name if line.qty == ONE else f"{line.name} {count} x {price}"
        sheet.pair(name, amount, tail=tail, indent=2)
        return
    if line.qty == ONE and line.unit == "each" and line.price == line.amount:
        sheet.pair(line.name, amount, tail=tail)
    else:
        for part in sheet.wrap(line.name, sheet.columns):
            sheet.text(Cell(part, 0, sheet.columns))
        per = "" if line.unit == "each" else f" /{line.unit}"
        price = plain_money(format_amount(line.price, cur))
        count = f"{plain_money(format_qty(line.qty, line.unit))} x {price}{per}"
        sheet.pair(count, amount, tail=tail, indent=2)
    for name, off in line.offs:
        sheet.pair(name, format_amount(-off, cur), tail=" " * marks, indent=2)
    for note in line.notes:
        for part in sheet.wrap(note, sheet.columns - 2):
            sheet.text(Cell(part, 2, sheet.columns - 2))


def _totals(sheet: Sheet, receipt: Receipt) -> None:
    cur, word = receipt.shop.currency, receipt.shop.word
    if receipt.tax_added:
        sheet.pair(word("subtotal"), format_amount(receipt.total - sum(t.tax for t in receipt.taxes), cur))
        for tax in receipt.taxes:
            sheet.pair(f"{word('tax')} {tax.name}", format_amount(tax.tax, cur))
    if receipt.relief:
        sheet.pair(word("exempt"), format_amount(-receipt.relief, cur))
    sheet.pair(word("total"), format_money(receipt.total, cur), Size.BIG, bold=True)
    if receipt.refund:
        items = t_n(receipt.count, "1 item back", "{n} items back")
    else:
        items = t_n(receipt.count, "1 item", "{n} items")
    saved = f"{word('saved')} {plain_money(format_amount(receipt.saved, cur))}" if receipt.saved else ""
    sheet.pair(items, saved)


def _tenders(sheet: Sheet, receipt: Receipt) -> None:
    cur = receipt.shop.currency
    sheet.blank()
    if receipt.rounding:
        sheet.pair(receipt.shop.word("rounding"), format_amount(receipt.rounding, cur))
    for tender in receipt.tenders:
        name = t("Given back: {name}", name=tender.name) if tender.amount < 0 else tender.name
        sheet.pair(name, format_amount(abs(tender.amount), cur))
        if tender.note:
            for part in sheet.wrap(tender.note, sheet.columns - 2):
                sheet.text(Cell(part, 2, sheet.columns - 2))
    if receipt.change:
        sheet.pair(receipt.shop.word("change"), format_money(receipt.change, cur), Size.TALL, bold=True)
    for what, points in receipt.points:
        sheet.pair(what, points)


def _tax_table(sheet: Sheet, receipt: Receipt) -> None:
    cur = receipt.shop.currency
    table = [(receipt.shop.word("tax"), t("Net"), t("Tax"), t("Gross"))]
    table += [_tax_texts(t, receipt) for t in receipt.taxes]
    width = (sheet.columns - max(len(row[0]) for row in table)) // 3
    if all(len(text) < width for row in table for text in row[1:]):
        for label, *amounts in table:
            first = sheet.columns - 3 * width
            cells = [Cell(label, 0, first)]
            cells += [Cell(a, first + n * width, width, Align.RIGHT) for n, a in enumerate(amounts)]
            sheet.text(*cells)
        return
    for tax in receipt.taxes:
        taxed = f"{receipt.shop.word('tax')} {tax.name}"
        label = t("{tax} on {net}", tax=taxed, net=format_amount(tax.net, cur))
        sheet.pair(label, format_amount(tax.tax, cur))


def _tax_texts(tax: TaxRow, receipt: Receipt) -> tuple[str, str, str, str]:
    cur = receipt.shop.currency
    net, amount, gross = (plain_money(format_amount(m, cur)) for m in (tax.net, tax.tax, tax.gross))
    return tax.name, net, amount, gross


def _chain_head(sheet: Sheet, head: str) -> None:
    if head:
        for row in range(0, len(head), 16):
            groups = " ".join(head[n : n + 4] for n in range(row, min(row + 16, len(head)), 4))
            sheet.centred(t("Head {groups}", groups=groups) if row == 0 else groups)


def _report(sheet: Sheet, paper: ReportPaper) -> None:
    sheet.centred(paper.title, Size.BIG, bold=True)
    sheet.blank()
    if paper.number:
        sheet.pair(t("Number"), paper.number)
    for label, value in paper.facts:
        sheet.pair(label, clean(value))
    for section in paper.sections:
        _section(sheet, section)
    if paper.sign:
        for who in paper.sign:
            sheet.blank()
            sheet.blank()
            _to_sign(sheet, who)
    sheet.rule()
    _chain_head(sheet, paper.head)
    if paper.number:
        sheet.rows.append(BarcodeRow(paper.number, sheet.columns))


def _to_sign(sheet: Sheet, who: str) -> None:
    """A line to sign on, as long as the words leave it."""
    sheet.pair(who, "_" * max(8, sheet.columns - len(who) - 1))


def _section(sheet: Sheet, section: Section) -> None:
    sheet.rule()
    if section.title:
        sheet.text(Cell(section.title, 0, sheet.columns), bold=True)
    for n, (label, value) in enumerate(section.rows):
        last = n == len(section.rows) - 1
        sheet.pair(label, value, bold=section.strong and last)
