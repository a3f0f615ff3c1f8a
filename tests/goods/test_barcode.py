"""The code parser against real public numbers, GS1's forms, shop labels, and anything at all."""

from __future__ import annotations

import string

import pytest
from biip.checksums import gs1_price_weight_check_digit
from hypothesis import example, given
from hypothesis import strategies as st

from pos_desktop.domain.barcode import CodeKind, gtin14, parse_code, shown_code
from pos_desktop.domain.card_number import is_card_number, luhn_valid
from pos_desktop.domain.scale_label import compile_pattern, with_check_digit

PATTERNS = ("02IIIIICPPPPC", "20IIIIIPPPPPC", "21IIIIIWWWWWC", "28IIIICWWWWWC")

# Public numbers of real goods, publications and GS1's own examples: numbers only, nothing about the goods.
REAL = (  # noqa: SIM905
    "7032069804988 5901234123457 4006381333931 4012345678901 9780201379624 9780306406157 9783161484100 "
    "9771234567898 5000112637922 5449000000996 5449000131805 4902430735063 8710398503107 3017620422003 "
    "7622210449283 5410188031072 8000500310427 3045140105502 7613034626844 4008400401621 4000539150869 "
    "8076809513753 80177609 96385074 40170725 50184453 73513537 036000291452 "
    "042100005264 012345678905 614141000036 885909950805 00012345678905 10614141000415 "
).split()


@pytest.mark.parametrize("number", REAL)
def test_public_numbers_are_gtins_and_one_changed_digit_is_not(number: str) -> None:
    parsed = parse_code(number)
    assert parsed.kind is CodeKind.GTIN
    assert parsed.code == number.zfill(14)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    again = parse_code(wrong)
    assert again.kind in (CodeKind.BAD_CHECK_DIGIT, CodeKind.CARD)
    if len(number) != 8 and again.kind is CodeKind.BAD_CHECK_DIGIT:
        assert again.check_digit == int(number[-1])


@pytest.mark.parametrize("number", [n for n in REAL if len(n) == 13 and n[0] != "4"])
def test_a_misread_ean_is_never_called_a_card(number: str) -> None:
    for digit in set(string.digits) - {number[-1]}:
        assert parse_code(number[:-1] + digit).kind is CodeKind.BAD_CHECK_DIGIT


def test_upc_e_opens_to_its_upc_a() -> None:
    assert parse_code("04252614").code == "00042100005264"
    assert parse_code("01234565").candidates[0] == gtin14("012345000065")


def test_eight_digits_that_fit_both_rules_give_both_readings() -> None:
    both = [
        f"{payload:07d}{digit}"
        for payload in range(100_000, 102_000)
        for digit in range(10)
        if len(parse_code(f"{payload:07d}{digit}").candidates) == 2
    ]
    assert both
    for digits in both:
        parsed = parse_code(digits)
        assert parsed.candidates[1] == digits.zfill(14)
        assert parsed.candidates[0] != parsed.candidates[1]
        assert parse_code("]E4" + digits).candidates == (digits.zfill(14),)


@pytest.mark.parametrize(
    ("text", "qty", "price"),
    [
        ("]C10105010012345674310300084210ABC\x1d3922129", 842, 129),
        ("]d2010501001234567431030008423922001299", 842, 1299),
        ("]e001050100123456743105000842", 8, None),
        ("0105010012345674", None, None),
        ("\x1d0105010012345674\x1d3102000084", 840, None),
        ("(01)05010012345674(3103)000842(3922)1299", 842, 1299),
        ("https://id.gs1.org/01/05010012345674?3103=000195", 195, None),
        ("HTTPS://shop.example/p/01/5010012345674/10/LOT7?3922=349", None, 349),
        ("]Q1https://example.org/01/05010012345674", None, None),
        ("(01)05010012345674(3923)12999", None, None),
    ],
)
def test_gs1_messages_and_links_give_gtin_and_measure(text: str, qty: int | None, price: int | None) -> None:
    parsed = parse_code(text)
    assert (parsed.kind, parsed.code) == (CodeKind.GTIN, "05010012345674")
    assert (parsed.qty, parsed.price) == (qty, price)


@pytest.mark.parametrize(
    "text",
    ["(01)05010012345678", "]C10105010012345678", "https://id.gs1.org/01/05010012345678", "0105010012345678"],
)
def test_a_wrong_check_digit_inside_gs1_data_is_named(text: str) -> None:
    assert parse_code(text).kind is CodeKind.BAD_CHECK_DIGIT


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n",
        "\x00abc",
        "a\x1bb",
        "https://example.com/offer",
        "https://[x",
        "(01)",
        "😀",
        "a b",
        "9" * 600,
        "=cmd|' /C calc'!A0",
        "(99)abc",
        "]C1123",
    ],
)
def test_what_names_no_item_is_unreadable(text: str) -> None:
    parsed = parse_code(text)
    assert parsed.kind is CodeKind.UNREADABLE
    assert not parsed.sellable
    assert parsed.text.isprintable()


@pytest.mark.parametrize(
    ("text", "kind", "candidates"),
    [
        ("4011", CodeKind.PLU, ("4011",)),
        ("94011", CodeKind.PLU, ("94011",)),
        ("04011", CodeKind.PLU, ("04011", "4011")),
        ("٤٠١١", CodeKind.PLU, ("4011",)),
        ("b12", CodeKind.OWN, ("B12",)),
        ("12", CodeKind.OWN, ("12",)),
        ("12-34", CodeKind.OWN, ("12-34",)),
        ("5 010012 345674", CodeKind.GTIN, ("05010012345674",)),
        ("s1-t2-1-000124", CodeKind.RECEIPT, ("S1-T2-1-000124",)),
        ("977123456789812", CodeKind.GTIN, ("09771234567898",)),
    ],
)
def test_short_codes_and_receipts(text: str, kind: CodeKind, candidates: tuple[str, ...]) -> None:
    parsed = parse_code(text)
    assert (parsed.kind, parsed.candidates) == (kind, candidates)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "30569309025904",
        "4222222222222",
        "%B4111111111111111^DOE/JANE^29125020000000",
        ";4111111111111111=29125020000000?",
        "B4111111111111111^DOE",
        "pay 4111111111111111",
    ],
)
def test_a_card_is_refused_and_leaves_only_four_digits(text: str) -> None:
    parsed = parse_code(text)
    assert not parsed.sellable
    assert parsed.kind in (CodeKind.CARD, CodeKind.UNREADABLE)
    assert sum(ch.isdigit() for ch in f"{parsed!r}".split("kind=")[1].split("check_digit")[0]) <= 4
    assert not parsed.candidates


def _price_label(item: int, price: int) -> str:
    value = f"{price:04d}"
    return with_check_digit(f"02{item:05d}{gs1_price_weight_check_digit(value)}{value}")


@given(item=st.integers(1, 99999), price=st.integers(0, 9999))
def test_price_labels_read_back(item: int, price: int) -> None:
    label = _price_label(item, price)
    for text in (label, label[1:]):  # scanners send UPC-A with or without its zero
        parsed = parse_code(text, PATTERNS)
        assert (parsed.kind, parsed.code, parsed.price) == (CodeKind.LABEL, str(item), price)
        assert parsed.qty is None
        assert gtin14(parsed.candidates[-1]) == parsed.candidates[-1]


@given(item=st.integers(1, 99999), grams=st.integers(0, 99999))
def test_weight_labels_read_back(item: int, grams: int) -> None:
    parsed = parse_code(with_check_digit(f"21{item:05d}{grams:05d}"), PATTERNS)
    assert (parsed.code, parsed.qty, parsed.price) == (str(item), grams, None)


@given(
    item=st.integers(1, 99999), price=st.integers(0, 9999), place=st.integers(0, 12), add=st.integers(1, 9)
)
def test_one_misread_digit_never_changes_a_label(item: int, price: int, place: int, add: int) -> None:
    label = _price_label(item, price)
    wrong = f"{label[:place]}{(int(label[place]) + add) % 10}{label[place + 1 :]}"
    parsed = parse_code(wrong, PATTERNS)
    assert parsed.kind in (CodeKind.BAD_CHECK_DIGIT, CodeKind.CARD)


@pytest.mark.parametrize("text", ["", "02", "02IIIIIPPPPP", "IIIIICPPPPC", "02PPPPPIIIIIC", "02IIIICPPPPPPC"])
def test_a_pattern_that_cannot_work_is_explained(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        compile_pattern(text)


@given(st.text(max_size=80))
@example("]")
@example("]C1")
@example("(01)")
@example("01" + "0" * 14)
@example("https://x/01/")
@example("https://x/8006/1?01=1")
def test_nothing_makes_the_parser_fail(text: str) -> None:
    parsed = parse_code(text, PATTERNS)
    assert parsed.text.isprintable()
    assert parsed.sellable == bool(parsed.candidates and parsed.kind is not CodeKind.RECEIPT)
    if parsed.candidates:
        assert parsed.code == parsed.candidates[0]


@given(st.text(alphabet=string.digits + "\x1d()]CdeQ", max_size=60))
def test_digits_and_gs1_marks_in_any_order_are_safe(text: str) -> None:
    parsed = parse_code(text, PATTERNS)
    if parsed.kind is CodeKind.GTIN:
        assert all(gtin14(code) == code for code in parsed.candidates)


@given(st.integers(1, 10**13 - 1).map(lambda n: with_check_digit(f"{n:013d}")))
def test_every_gtin_is_stable_under_its_own_canonical_and_printed_form(gtin: str) -> None:
    assert parse_code(gtin).code == gtin
    printed = parse_code(shown_code(gtin))
    assert gtin in printed.candidates


@given(st.from_regex(r"[1-9][0-9]{14,17}", fullmatch=True))
def test_any_long_luhn_number_is_kept_out(payload: str) -> None:
    number = next(payload + d for d in string.digits if luhn_valid(payload + d))
    assert is_card_number(number)
    parsed = parse_code(number)
    assert parsed.kind is CodeKind.CARD or parsed.code == gtin14(number[:13])
    assert number not in repr(parsed) or parsed.kind is CodeKind.GTIN
