"""Card numbers: found however they are written, refused where people type, masked where text is kept."""

from __future__ import annotations

import logging
import uuid
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.cli.main import start_log
from pos_desktop.domain.barcode import CodeKind, card_within, gtin14, parse_code, without_cards
from pos_desktop.domain.basket import Basket, Item
from pos_desktop.domain.card_number import is_card_number, is_network_card, luhn_valid
from pos_desktop.domain.cash_documents import cash_document, no_sale_document
from pos_desktop.domain.document import Position, Stamp, event_document, genesis
from pos_desktop.domain.money import currency
from pos_desktop.domain.sale_document import sale_document, void_document
from pos_desktop.domain.scale_label import with_check_digit
from pos_desktop.domain.tender import Tender, TenderError, Tendering
from pos_desktop.errors import UserError
from pos_desktop.services.lookups import Lookups
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.parking import Parking
from pos_desktop.services.results import BadCode, Found
from tests.domain.made import AT, item

VISA = "4111111111111111"
AMEX = "378282246310005"
DINERS = "30569309025904"
STAMP = Stamp(1, 1, "0192a1b2-0000-7000-8000-000000000001", AT, 0, "shift", 1001)
PLACE = Position(1, 1, genesis(1, 1, 1), 0)


def luhn(payload: str) -> str:
    """A number that begins with these digits and passes Luhn."""
    return next(payload + digit for digit in "0123456789" if luhn_valid(payload + digit))


def grouped(number: str, sizes: tuple[int, ...], between: str) -> str:
    """A number in groups; what the sizes leave over is a last group."""
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return between.join(part for part in (*parts, number[at:]) if part)


@pytest.mark.parametrize(
    "between", ["", " ", "-", ".", "/", " - "[:2], "\u00a0", "\u2009", "\u200b", "\u200b\u200b \u202e", "·"]
)
@pytest.mark.parametrize(
    ("number", "sizes"), [(VISA, (4, 4, 4, 4)), (AMEX, (4, 6, 5)), (DINERS, (4, 6, 4)), (VISA, (1,) * 16)]
)
@pytest.mark.parametrize("around", ["{}", "slip {} ok", "A{}", "(2 x {})", "12 {}", "{}\u200e"])
def test_a_number_is_found_however_it_is_written(
    number: str, sizes: tuple[int, ...], between: str, around: str
) -> None:
    text = around.format(grouped(number, sizes, between))
    assert card_within(text) == number
    assert number[-4:] in without_cards(text)
    assert sum(ch.isdigit() for ch in without_cards(text)) <= 4 + 2
    assert not parse_code(text).candidates


@pytest.mark.parametrize("zero", ["0", "٠", "०", "０", "𝟎"])
def test_digits_of_any_script_count(zero: str) -> None:
    text = "".join(chr(ord(zero) + int(digit)) for digit in VISA)
    assert card_within(f"ref {text}") == VISA
    assert parse_code(text).kind is CodeKind.CARD


@given(st.from_regex(r"\A[1-9][0-9]{14,17}\Z"))
def test_every_long_luhn_number_is_found_and_masked(payload: str) -> None:
    number = luhn(payload)
    assert card_within(f"x {number} y") == number
    assert number not in without_cards(f"x {number} y")


def test_a_number_that_begins_with_the_end_of_another_is_masked_too() -> None:
    """Groups before a card that pass Luhn by chance with its first four digits: those four were left."""
    number = grouped(VISA, (4, 4, 4, 4), " ")
    assert card_within(f"1004 2000 4000 {number}") == "1004200040004111"
    assert without_cards(f"x 1004 2000 4000 {number} y") == "x •••• •••• 1111 y"
    for _ in range(20):
        number = f"1004 2000 4000 {number}"
        assert card_within(without_cards(number)) is None


@given(st.uuids(), st.binary(min_size=1, max_size=8))
def test_ids_and_hashes_are_left_alone(one: uuid.UUID, seed: bytes) -> None:
    digest = sha256(seed).hexdigest()
    text = f"document {one} {digest} {digest[:40]} {one.hex}"
    assert without_cards(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 06:37:45,123 4711 INFO",
        "S1-T2-1-000124",
        "10 20 30 40 50 60 70 80",
        "5010012345674 4006381333931",
        "1763793465123 1763793465123",
        "+49 30 1234567",
        "GB29 NWBK 6016 1331",
    ],
)
def test_what_is_no_card_stays(text: str) -> None:
    assert without_cards(text) == text


# --- a GTIN that happens to pass Luhn --------------------------------------------------------------------


@given(st.integers(10**11, 10**12 - 1))
def test_an_ean_that_passes_luhn_is_an_item(payload: int) -> None:
    number = with_check_digit(str(payload))
    assert parse_code(number).candidates == ("0" + number,)
    assert not parse_code(number).may_be_card
    assert without_cards(number) == number


def test_a_case_code_that_a_card_could_have_is_an_item_only_where_the_shop_has_it() -> None:
    """Fourteen digits that pass both checks: a Diners Club card, or a case. Only the catalogue can tell."""
    twins = (with_check_digit(f"36070500{n:05d}") for n in range(10_000))
    twin = next(number for number in twins if luhn_valid(number))
    assert gtin14(twin) == twin
    assert is_network_card(twin)
    parsed = parse_code(twin)
    assert (parsed.kind, parsed.code, parsed.may_be_card) == (CodeKind.GTIN, twin, True)
    assert not parse_code("]I1" + twin).may_be_card  # the scanner says that it is a barcode
    assert twin not in without_cards(f"shown {twin}")


def test_a_number_with_expiry_and_code_behind_is_still_a_card() -> None:
    for tail in ("2912", "2912101", "0"):
        parsed = parse_code(VISA + tail)
        assert (parsed.kind, parsed.text) == (CodeKind.CARD, "•••• 1111")


@given(st.from_regex(r"\A[1-9][0-9]{12,18}\Z"))
def test_network_cards_are_cards(number: str) -> None:
    assert not is_network_card(number) or is_card_number(number) or len(number) == 13


# --- where people type ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ref", [VISA, "4111 1111 1111 1111", f"slip {AMEX}", f";{VISA}=2912101?"])
def test_a_slip_reference_that_is_a_card_number_is_refused(ref: str) -> None:
    with pytest.raises(TenderError, match="never kept") as refused:
        Tendering(500).add_card(500, ref)
    assert refused.value.code == "card_number"
    assert Tendering(500).add_card(500, "A1729").tenders[0].ref == "A1729"


def test_no_document_carries_a_card_number() -> None:
    """The last line of defence: what a screen let through is masked before it is frozen."""
    basket = Basket("0192a1b2-0000-7000-8000-000000000002").add(item())
    made = [
        void_document(STAMP, PLACE, basket, f"paid with {VISA}"),
        no_sale_document(STAMP, PLACE, VISA),
        cash_document(STAMP, PLACE, "pay_in", 100, f"{AMEX} came back"),
        event_document(STAMP, PLACE, "unknown_left_out", {"code": VISA, "times": 2}),
        sale_document(STAMP, PLACE, basket, [Tender("card", 100, VISA)], "GBP"),
    ]
    for document in made:
        body = document.body.decode()
        assert card_within(body) is None
        assert "•••• " in body
    assert made[3].fields["detail"] == {"code": "•••• 1111", "times": 2}


@pytest.mark.expects_log
def test_no_log_carries_a_card_number(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    try:
        start_log(tmp_path)
        log = logging.getLogger("pos_desktop.test")
        log.warning("looked up %s and %r", "4111 1111 1111 1111", {"code": AMEX})
        try:
            raise ValueError(f"no item {DINERS}")
        except ValueError:
            log.exception("while reading\n%s", VISA)
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
    text = (tmp_path / "logs" / "pos-desktop.log").read_text(encoding="utf-8")
    assert text.count("•••• ") == 4
    assert "ValueError: no item •••• 5904" in text
    assert card_within(text) is None


class _Catalogue:
    """A catalogue that has one case, and remembers what it was asked."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes
        self.asked: list[str] = []

    def find(self, code: str) -> Item | None:
        self.asked.append(code)
        return item(code=code) if code in self.codes else None

    def search(self, words: str, _limit: int) -> tuple[Item, ...]:
        self.asked.append(words)
        return ()


def desk(catalogue: _Catalogue) -> Lookups:
    """The look-ups of a till with this catalogue and no labels of its own."""
    store = SimpleNamespace(code_patterns=(), currency=currency("GBP"))
    made = Lookups()
    made._core = SimpleNamespace(hello=SimpleNamespace(store=store))  # type: ignore[assignment]
    made.catalogue = catalogue  # type: ignore[assignment]
    return made


def twin() -> str:
    """Fourteen digits that are a valid GTIN and a valid Diners Club number."""
    numbers = (with_check_digit(f"36070500{n:05d}") for n in range(10_000))
    return next(number for number in numbers if luhn_valid(number))


def test_a_number_that_is_both_is_an_item_when_the_shop_has_it_and_else_a_card() -> None:
    both = twin()
    assert isinstance(desk(_Catalogue(both)).find(both), Found)
    answer = desk(_Catalogue()).find(both)
    assert isinstance(answer, BadCode)
    assert both not in repr(answer)
    assert "payment card" in answer.words


@pytest.mark.parametrize("text", [VISA, "4111 1111 1111 1111", f"wine {AMEX}", f";{VISA}=29121010000?"])
def test_a_card_number_is_never_looked_for(text: str) -> None:
    catalogue = _Catalogue()
    till = desk(catalogue)
    assert till.search(text) == ()
    answer = till.find(text)
    assert isinstance(answer, BadCode)
    assert card_within(repr(answer)) is None
    assert catalogue.asked == []


def test_a_stock_correction_carries_no_card_number() -> None:
    desk_ = ManagerDesk.__new__(ManagerDesk)  # refused before there is any need of a database
    with pytest.raises(UserError, match="never kept"):
        desk_.adjust_stock(1, 1, 1000, "count", f"found {AMEX}")


def test_a_sale_is_not_held_under_a_card_number() -> None:
    with pytest.raises(UserError, match="never kept"):
        Parking().hold(Basket("0192a1b2-0000-7000-8000-000000000003").add(item()), f"Jo {VISA}")
