"""Every kind of code a scanner sends, at the real window, finds the same item of the demo shop."""

from __future__ import annotations

import pytest
from biip.checksums import gs1_price_weight_check_digit

from pos_desktop.domain.scale_label import with_check_digit
from tests.register.conftest import Shop, Till, code_of

SEPARATOR = "\x1d"


@pytest.fixture
def cheddar(shop: Shop) -> str:
    """The GTIN of the mature cheddar, 14 digits as stored."""
    return code_of(shop, "Cheddar mature 400 g")


def shapes(gtin: str) -> dict[str, str]:
    """One GTIN as scanners and labels write it."""
    return {
        "EAN-13": gtin[1:],
        "with its symbology": f"]E0{gtin[1:]}",
        "GTIN-14": gtin,
        "GS1 element string": f"]C101{gtin}10LOT7",
        "with a separator": f"]d201{gtin}10LOT7{SEPARATOR}17281231",
        "plain element string": f"01{gtin}17281231",
        "Digital Link": f"https://id.gs1.org/01/{gtin}/10/LOT7",
        "shop's own link": f"]Q1https://example.org/some/path/01/{gtin}?17=281231",
    }


def test_one_item_by_every_shape_of_its_code(till: Till, cheddar: str) -> None:
    """Scanned one after the other they are one line, and no check digit is taken on trust."""
    for count, (shape, code) in enumerate(shapes(cheddar).items(), 1):
        till.scan(code)
        assert till["screen"] == "sale", shape
        assert till["items"] == count, shape
    assert till["names"] == ["Cheddar mature 400 g"]
    wrong = cheddar[:-1] + str((int(cheddar[-1]) + 1) % 10)
    for shape, code in shapes(wrong).items():
        till.scan(code)
        assert till["items"] == len(shapes(cheddar)), shape
        assert "check digit" in f"{till['message']} {till['detail']}", shape


def test_labels_of_the_scale_carry_price_or_weight(till: Till, shop: Shop) -> None:
    """21 carries the weight, 02 the price; the sale is booked as the labels say."""
    till.scan(with_check_digit("210401100842"))
    assert (till["names"], till["quantities"]) == (["Bananas, loose"], ["0.842 kg"])
    priced = with_check_digit(f"0260101{gs1_price_weight_check_digit('0329')}0329")
    till.scan(priced)
    assert till["names"] == ["Bananas, loose", "Counter Cheddar"]
    assert till["amounts"] == ["0.94", "3.29"]
    till.scan(priced[:-1] + str((int(priced[-1]) + 1) % 10))
    assert till["lines"] == 2
    till.stroke("F11")
    assert shop.ask("select total, outcome from pos.sale s join pos.document d on d.id = s.document_id") == [
        (423, "booked")
    ]
