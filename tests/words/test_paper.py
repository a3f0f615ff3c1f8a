"""Papers in every language: no row wider than the paper, the shop's own words first, none left in English."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from pos_desktop.domain.account_paper import account_payment_slip
from pos_desktop.domain.paper_words import WORDS
from pos_desktop.domain.receipt import OFFLINE, Paper, gift_receipt, sale_receipt, tax_invoice
from pos_desktop.domain.receipt_layout import as_text
from pos_desktop.domain.sample_paper import SAMPLES, sample_paper
from pos_desktop.domain.slips import cash_slip, no_sale_slip
from pos_desktop.words import LANGUAGES, LONG, t
from tests.paper.made import HEAD, SHOP, line, receipt, sale, shift_report
from tests.words.left_over import left_over, speaking
from tests.words.reading import ROOT, shown, sources

DATA = (
    *(word for text in (*SHOP.header, *SHOP.footer) for word in text.split()),
    *("Semi-skimmed milk", "Red apples, loose", "Château Beauséjour Côtes de Bordeaux", "Supérieur"),
    *("Crème brûlée", "Aoife Byrne", "Amina M.", "Cleo", "Ann", "GMT", "Two for less", "Damaged", "Change"),
    *("Harbour Café Ltd", "Quay Street", "Nov", "Tomás Ruiz", "Cash (90)", "Card (55)"),
)


@cache
def data() -> frozenset[str]:
    """What the shop and the sample papers name: names of people and goods that no language changes."""
    found = set(DATA)
    own = {text.words for source in sources() for text in shown(source)}
    for file in (ROOT / "pos_desktop" / "domain").glob("sample_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found |= {text for text in texts if isinstance(text, str) and text and text not in own}
    return frozenset(found)


def _movement(**more: Any) -> dict[str, Any]:
    facts = {key: value for key, value in sale().items() if key not in ("lines", "tenders", "taxes", "total")}
    return facts | more


PAPERS: dict[str, Callable[[], Paper]] = {
    "receipt": receipt,
    "offline copy": lambda: replace(receipt(), messages=(OFFLINE,), copy=2, training=True),
    "gift": lambda: gift_receipt(receipt()),
    "invoice": lambda: tax_invoice(receipt(), ("Harbour Café Ltd",), "IE 1234567X"),
    "refund": lambda: sale_receipt(
        sale([line("Red apples, loose", 210, qty=-1000, amount=-210, back={"receipt": "S1-T2-1-000100"})])
        | {"kind": "refund"},
        SHOP,
        head=HEAD,
        cashier="Cleo",
    ),
    "notes": lambda: receipt(
        sale(
            [
                line("Red apples, loose", 210, flags=["typed_price"]),
                line(
                    "Semi-skimmed milk", 200, discounts=[{"kind": "line", "amount": 20, "reason": "Damaged"}]
                ),
                line("Semi-skimmed milk", 200, given=[{"name": "Two for less", "amount": 100}]),
            ]
        )
    ),
    "X": lambda: shift_report(z=None),
    "Z": shift_report,
    "no sale": lambda: no_sale_slip(_movement(reason="Change"), SHOP, head=HEAD, cashier="Cleo"),
    "drop": lambda: cash_slip(
        _movement(reason="Change", direction="drop", amount=-500),
        SHOP,
        head=HEAD,
        cashier="Cleo",
        allowed_by="Ann",
    ),
    "payment": lambda: account_payment_slip(
        _movement(amount=500, tender={"kind": "card"}), SHOP, head=HEAD, cashier="Cleo", customer="Ann"
    ),
    **{f"sample {kind}": lambda kind=kind: sample_paper(SHOP, kind, "added") for kind in SAMPLES},  # type: ignore[misc]
}


@pytest.mark.parametrize("language", [LONG, *LANGUAGES])
def test_no_row_of_a_paper_is_wider_than_the_paper(language: str) -> None:
    with speaking(language):
        for name, made in PAPERS.items():
            for columns in (32, 48):
                text = as_text(made(), columns)
                assert max(map(len, text.splitlines())) <= columns, (name, columns)


@pytest.mark.parametrize("name", PAPERS)
def test_no_word_of_a_paper_is_left_in_english(name: str) -> None:
    with speaking(LONG):
        text = as_text(PAPERS[name](), 48)
    assert "[" in text
    assert left_over(text, data()) == "", text


def test_a_receipt_in_german_and_swahili() -> None:
    with speaking("de"):
        german = as_text(receipt(), 48)
    with speaking("sw"):
        swahili = as_text(receipt(), 48)
    assert "SUMME" in german
    assert "Rückgeld" in german
    assert "JUMLA" in swahili
    assert "Chenji" in swahili


def test_the_shops_own_words_win_over_a_language() -> None:
    own = replace(SHOP, words={"total": "ZU ZAHLEN", "change": "Wechselgeld"})
    with speaking("de"):
        text = as_text(sale_receipt(sale(), own, head=HEAD, cashier="Cleo"), 48)
        assert t(WORDS["total"].text) not in text
    assert "ZU ZAHLEN" in text
    assert "Wechselgeld" in text
