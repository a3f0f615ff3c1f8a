"""Every widget of the kit in every state, arranged as pages to look at and to check."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from tests.ui_kit.gallery_products import Products
from ui.keymap import Keymap
from ui.messages import CrashReport, CrashView
from ui.theme import theme
from ui.widgets.bar_chart import BarChart
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad, OnScreenKeyboard
from ui.widgets.labels import AmountLabel, Avatar, Chip, EntryDisplay, Label, PinDots, Stripe
from ui.widgets.overlay import KeySheet, Overlay, PageBar
from ui.widgets.surface import Card, MessageBanner, Rule, Strip
from ui.widgets.table import DataTable
from ui.widgets.tile import Tile

VARIANTS = (
    "plain",
    "soft",
    "ghost",
    "accent",
    "pay",
    "outline-pay",
    "outline-accent",
    "danger",
    "warn",
    "train",
)
ROWS = [
    BasketRow("1", "Whole milk 2 L", "1.85 each", "1.85"),
    BasketRow("0.842 kg", "Bananas, loose", "1.12 / kg", "0.94"),
    BasketRow("2", "Free range eggs, 12", "3.10 each", "6.20"),
    BasketRow("1", "Malbec Reserva 2022 75 cl", "9.50 each", "8.50", flag="18+", promo="Wine deal −1.00"),
    BasketRow(
        "12",
        "Extra long artisan sourdough with rosemary, olives and sea salt 800 g",
        "1 234.56 each",
        "14 814.72",
        promo="3 for 2 on everything from the bakery −1 234.56",
        note="price typed by Priya R.",
    ),
    BasketRow("1", "Cheddar mature 400 g", "4.35 each", "4.35", state="removed", note="removed"),
    BasketRow("3", "Crisps ready salted 6-pack", "1.90 each", "3.80", promo="3 for 2 −1.90"),
]
TILES: list[tuple[str, str, dict[str, Any]]] = [
    ("Bananas", "1.12/kg", {"code": "4011", "category": "fruit", "icon": "banana"}),
    ("Carrots", "0.85/kg", {"code": "4562", "category": "veg", "icon": "carrot"}),
    ("Sandwich, today", "3.50", {"code": "B40", "category": "bakery", "icon": "sandwich"}),
    ("Whole milk 2 L", "1.85", {"code": "M2", "category": "dairy"}),
    ("Filter coffee", "2.10", {"code": "H1", "category": "drinks", "icon": "coffee"}),
    ("Draught cider 500 ml", "3.90", {"category": "alcohol", "icon": "beer", "flag": "18+"}),
    ("House red glass", "4.50", {"code": "C7", "category": "alcohol", "icon": "wine", "flag": "18+"}),
    ("Ice cream tub, salted caramel & pecan", "2.75", {"code": "I4", "category": "snacks"}),
    ("Zwischensummenbeutel", "10 234.50", {"code": "123456", "category": "other", "sold_out": True}),
]


def page(width: int, height: int) -> tuple[QWidget, QVBoxLayout]:
    """An empty page of the gallery."""
    widget = QWidget()
    widget.setObjectName("canvas")
    widget.resize(width, height)
    box = QVBoxLayout(widget)
    box.setContentsMargins(12, 12, 12, 12)
    box.setSpacing(10)
    return widget, box


def keys_page() -> QWidget:
    """Keys: every variant, state and form."""
    widget, box = page(1100, 720)
    grid = QGridLayout()
    grid.setSpacing(8)
    box.addLayout(grid)
    for column, variant in enumerate(VARIANTS):
        down = Key("Pressed", variant=variant)
        down.setDown(True)
        off = Key("Card", variant=variant, icon="credit-card", height=72)
        off.set_reason("needs a customer")
        keys = [
            Key(variant.capitalize(), variant=variant, hint="F2"),
            Key("Exact cash", variant=variant, icon="banknote", hint="F11", height=60),
            Key("Hold", variant=variant, icon="pause", hint="F8", badge="2", form="column", height=60),
            down,
            off,
            Key("Zwischensumme Altersprüfung", variant=variant, hint="F6", height=60),
        ]
        for row, key in enumerate(keys):
            grid.addWidget(key, row, column)
    line = QHBoxLayout()
    line.addWidget(
        Key("Pay £28.84", variant="pay", icon="banknote", role="key_pay", hint="F12 or +", height=84)
    )
    line.addWidget(
        Key(
            "Next customer",
            variant="pay",
            icon="check",
            role="key_pay",
            hint="Enter",
            height=84,
            note="or just scan the next item",
        )
    )
    line.addWidget(
        Key(
            "ID checked, 18 or over",
            icon="shield-check",
            role="key_big",
            hint="F1",
            height=84,
            note="passport, driving licence or PASS card",
        )
    )
    box.addLayout(line)
    line = QHBoxLayout()
    for text, icon, hint in (
        ("Discount", "percent", "F6"),
        ("Hold", "pause", "F8"),
        ("Recall", "inbox", ""),
        ("More", "ellipsis", "F10"),
        ("Beleg erneut drucken", "printer", "Ctrl+P"),
    ):
        small = Key(text, icon=icon, hint=hint, form="column", height=56, badge="2" if not hint else "")
        small.setFixedSize(theme().px(69), theme().px(56))
        line.addWidget(small)
    line.addStretch(1)
    box.addLayout(line)
    line = QHBoxLayout()
    for text, checked in (("Top", True), ("Fruit & veg", False), ("Bakery", False)):
        key = Key(text, checkable=True)
        key.setChecked(checked)
        line.addWidget(key)
    line.addWidget(
        Key("Cash", icon="banknote", form="left", note="drawer opens", hint="F1", role="key_big", height=72)
    )
    line.addWidget(Key("20.00", role="key_big", note="change 1.16", hint="F5", height=72))
    box.addLayout(line)
    return widget


def sale_page() -> QWidget:
    """Strips, basket, tiles, chips and totals."""
    widget, box = page(1180, 900)
    top = QHBoxLayout()
    for text, state, icon in (
        ("Online", "good", "wifi"),
        ("Offline · 3 sales queued", "warn", "wifi-off"),
        ("Printer", "neutral", "printer"),
        ("Drawer stuck", "danger", "circle-alert"),
        ("Training", "train", "info"),
    ):
        top.addWidget(Chip(text, state=state, icon=icon))
    top.addStretch(1)
    top.addWidget(Avatar("AM"))
    top.addWidget(Label("Amina M.", role="body_strong"))
    box.addLayout(top)
    box.addWidget(Stripe("Training: nothing is booked, no stock moves"))
    columns = QHBoxLayout()
    box.addLayout(columns, 1)
    card = Card(padding=12)
    columns.addWidget(card, 5)
    strips = [
        ("neutral", "Ready to scan", "First item starts the sale", ""),
        ("added", "Crisps ready salted 6-pack", "Added · 3 in basket · 3 for 2 applied", "1.90"),
        ("warn", "Butter unsalted 250 g", "Added · stock says 0", "2.30"),
        ("unknown", "Not on file", "5 012345 678900 · not added to the sale", ""),
    ]
    for state, title, detail, price in strips:
        strip = Strip()
        strip.show_state(state, title, detail, price)
        card.body.addWidget(strip)
    basket = BasketList()
    model = BasketModel(basket)
    model.set_rows(ROWS)
    basket.setModel(model)
    basket.follow_row(6)
    basket.setMinimumHeight(440)
    card.body.addWidget(basket, 1)
    card.body.addWidget(Rule())
    card.body.addWidget(AmountLabel("£28.84", role="total"))
    grid = QGridLayout()
    grid.setSpacing(8)
    columns.addLayout(grid, 5)
    for number, (label, price, options) in enumerate(TILES):
        grid.addWidget(Tile(label, price, **options), number // 3, number % 3)
    return widget


def pads_page() -> QWidget:
    """Keypads, entry, PIN dots, on-screen keyboard, paging."""
    widget, box = page(1180, 820)
    line = QHBoxLayout()
    box.addLayout(line, 3)
    for kind in ("sale", "tender", "pin"):
        card = Card(padding=14)
        if kind == "pin":
            dots = PinDots(4)
            dots.set_filled(2)
            card.body.addWidget(Label("PIN for Amina", role="heading", tone="text2", align="center"))
            card.body.addWidget(dots)
        else:
            entry = EntryDisplay("Code, PLU or quantity" if kind == "sale" else "Cash given")
            entry.set_value("3 ×" if kind == "sale" else "0.00", quiet=kind == "tender")
            card.body.addWidget(entry)
        card.body.addWidget(Keypad(kind), 1)
        line.addWidget(card, 1)
    bar = PageBar()
    bar.set_pages(1, 5)
    line.addWidget(bar)
    edit = QLineEdit()
    edit.setPlaceholderText("Scan, or type a code, PLU or name")
    box.addWidget(edit)
    keyboard = OnScreenKeyboard()
    keyboard.set_target(edit)
    box.addWidget(keyboard, 2)
    return widget


def office_page() -> QWidget:
    """Table, chart, figures and messages."""
    widget, box = page(1100, 800)
    for kind, text in (
        ("info", "Discount over 10 % needs a supervisor."),
        ("warn", "Printer is out of paper. The sale is saved. Load paper, then Print again."),
        ("danger", "We don't know if the card was charged. Check the terminal slip."),
        ("good", "36 products imported."),
    ):
        banner = MessageBanner()
        banner.show_message(
            text,
            kind,
            [("Print again", lambda: None)] if kind == "warn" else [],
            "7F3A" if kind == "danger" else "",
        )
        box.addWidget(banner)
    card = Card(padding=1)
    table = DataTable()
    table.setModel(Products(table))
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    for column, width in enumerate((52, 300, 150, 150, 90, 110)):
        table.setColumnWidth(column, width)
    table.selectRow(1)
    table.setMinimumHeight(206)
    card.body.addWidget(table)
    box.addWidget(card)
    line = QHBoxLayout()
    box.addLayout(line, 1)
    figures = Card()
    figures.body.addWidget(Label("Sales", role="chip", tone="text2"))
    figures.body.addWidget(AmountLabel("£3 418.20", role="figure", align="start"))
    figures.body.addWidget(Label("▲ 8.4 % vs last Sunday", role="chip", tone="pay"))
    line.addWidget(figures)
    chart_card = Card()
    chart_card.body.addWidget(Label("Sales by hour (£)", role="heading"))
    chart = BarChart(height=200)
    chart.set_data(
        [str(h) for h in range(7, 21)],
        [95, 190, 300, 340, 415, 520, 610, 515],
        [90, 170, 270, 350, 400, 470, 540, 560, 520, 610, 590, 430, 280, 120],
    )
    chart_card.body.addWidget(chart, 1)
    line.addWidget(chart_card, 3)
    weeks = BarChart(height=90, axis=False)
    weeks.set_data([f"w{n}" for n in range(39, 47)], [19, 23, 17, 25, 29, 22, 27, 9], marked=[7])
    week_card = Card()
    week_card.body.addWidget(weeks)
    line.addWidget(week_card, 2)
    return widget


def age_page() -> QWidget:
    """An overlay with its scrim: the age check."""
    widget = sale_page()
    overlay = Overlay(widget, width=720, name="age")
    body = overlay.card.body
    body.addWidget(Label("Age check — Challenge 25", role="title"))
    body.addWidget(Label("Malbec Reserva 2022 75 cl · alcohol · minimum age 18", role="body", tone="text2"))
    body.addWidget(Label("22 November 2008", role="total", align="center"))
    line = QHBoxLayout()
    line.addWidget(
        Key(
            "ID checked, 18 or over",
            icon="shield-check",
            role="key_big",
            hint="F1",
            height=84,
            note="passport, driving licence or PASS card",
        )
    )
    line.addWidget(
        Key("Clearly over 25", icon="user", role="key_big", hint="F2", height=84, note="no ID needed")
    )
    body.addLayout(line)
    body.addWidget(
        Key(
            "Refuse — take it out of the sale",
            icon="x",
            variant="danger",
            role="key_big",
            hint="F4",
            height=64,
        )
    )
    overlay.open()
    return widget


def sheet_page() -> QWidget:
    """The key sheet over the sale."""
    widget = sale_page()
    KeySheet(widget, Keymap(), "sale").open()
    return widget


def crash_page() -> QWidget:
    """What people see after a bug."""
    widget = sale_page()
    CrashView(widget, CrashReport("7F3A", "ValueError", "trace")).open()
    return widget


PAGES = {
    "keys": keys_page,
    "sale": sale_page,
    "pads": pads_page,
    "office": office_page,
    "age": age_page,
    "sheet": sheet_page,
    "crash": crash_page,
}
