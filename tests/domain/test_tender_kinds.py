"""The codes of gift cards, M-Pesa messages and cheques: read as people type them, never a payment card's."""

from __future__ import annotations

import pytest

from pos_desktop.domain.tender_kinds import (
    KINDS,
    NAMES,
    CodeError,
    TenderRules,
    account_code,
    cheque_number,
    mobile_code,
)

CARD = "4111 1111 1111 1111"


def rule(read: object, text: str) -> str:
    with pytest.raises(CodeError) as caught:
        read(text)  # type: ignore[operator]
    return caught.value.code


def test_codes_are_read_as_people_type_them() -> None:
    assert mobile_code(" qgh7 x5k2-pl ") == "QGH7X5K2PL"
    assert account_code("gc7q-2mkp 01xw 8r") == "GC7Q2MKP01XW8R"
    assert (cheque_number(" 000123 "), cheque_number("")) == ("000123", "")


def test_codes_of_another_form_are_refused() -> None:
    for text in ("", "QGH7X5K2P", "1GH7X5K2PL", "QGH7X5K2PLX", "QGH7X5K2P€"):
        assert rule(mobile_code, text) == "form"
    for text in ("", "AB12C", "A" * 33, "GC7Q+2MKP"):
        assert rule(account_code, text) == "form"
    assert rule(cheque_number, "0001; drop") == "form"


def test_a_payment_cards_number_is_no_code() -> None:
    assert rule(account_code, CARD) == "card_number"
    assert rule(account_code, CARD.replace(" ", "")) == "card_number"
    assert rule(cheque_number, CARD) == "card_number"
    assert rule(mobile_code, CARD) == "form"


def test_a_store_says_what_it_takes() -> None:
    rules = TenderRules.from_fields({"kinds": ["cash", "gift_card", "seashells"], "holds": {"gift_card": 7}})
    assert rules.kinds == ("cash", "gift_card")
    assert rules.others == ("gift_card",)
    assert rules.takes("gift_card")
    assert not rules.takes("card")
    assert rules.holds == {"gift_card": 7}
    assert TenderRules.from_fields(None).kinds == ("cash", "card")
    assert set(NAMES) == set(KINDS)
