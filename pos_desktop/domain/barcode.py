"""The one parser for whatever a scanner or a hand enters: product codes, scale labels, PLUs, receipts.

GS1's own rules (check digits, element strings, Digital Link, UPC-E expansion) are biip's; the shop's
own are here: scale label patterns, short codes, receipt numbers, and cards that must not be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import decimal

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementStrings
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from biip.upc import Upc

from pos_desktop.domain.card_number import (
    card_at_start,
    card_on_stripe,
    cards_within,
    is_card_number,
    is_network_card,
    mask,
    mask_within,
)
from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.scale_label import CodePattern, read_label

FNC1 = "\x1d"
MAX_CODE = 512
"""A longer burst is not one label: two scans ran together, or a page of text was pasted."""
MAX_OWN_CODE = 32


class CodeKind(StrEnum):
    """What a scanned or typed text turned out to be."""

    GTIN = "gtin"
    LABEL = "label"
    PLU = "plu"
    OWN = "own"
    RECEIPT = "receipt"
    BAD_CHECK_DIGIT = "bad_check_digit"
    CARD = "card"
    UNREADABLE = "unreadable"


SELLABLE = frozenset({CodeKind.GTIN, CodeKind.LABEL, CodeKind.PLU, CodeKind.OWN})


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """What a text means to the till.

    ``code`` is the canonical stored form: 14 digits for a GTIN, else the PLU, own code or receipt number;
    empty when there is nothing to look up. ``candidates`` are the codes to look up, most likely first
    (``code`` is the first): an eight-digit number can be a UPC-E and an EAN-8 at once. ``price`` is in minor
    units and ``qty`` in thousandths of a kilogram, where the label says so. ``text`` is fit to be shown
    and logged: a card number in it is masked.
    """

    kind: CodeKind
    text: str
    code: str = ""
    candidates: tuple[str, ...] = ()
    price: int | None = None
    qty: int | None = None
    check_digit: int | None = None
    """For ``BAD_CHECK_DIGIT``: the digit that would have been right, where there is just one."""
    may_be_card: bool = False
    """A GTIN of 14 digits that a Diners Club card could have too: a card, unless the shop has the item."""

    @property
    def sellable(self) -> bool:
        """Whether there is something to look up in the catalogue."""
        return self.kind in SELLABLE


def parse_code(text: str, patterns: Iterable[str | CodePattern] = (), minor_digits: int = 2) -> ParsedCode:
    """Read a scanned or typed text; never raises, whatever comes in.

    ``patterns`` are the shop's scale labels, first match wins. ``minor_digits`` are the decimals of the
    shop's currency, for GS1's price element (392n). Order matters: GTINs before GS1 element strings, since an
    EAN-8 reads as one by chance (biip), and both before card numbers.
    """
    if len(text) > MAX_CODE:
        return ParsedCode(CodeKind.UNREADABLE, _shown(text[:MAX_CODE]))
    symbology, body = _split_symbology(text.strip(" \t\r\n"))
    if _is_number(body):
        return _parse_digits(body, symbology, patterns, minor_digits)
    card = None if _is_message(body, symbology) else card_on_stripe(body) or card_within(body)
    if card is not None:
        return ParsedCode(CodeKind.CARD, mask(card))
    if not body or _has_controls(body):
        return ParsedCode(CodeKind.UNREADABLE, _shown(body))
    compact = _compact(body)
    if _is_number(compact):
        return _parse_digits(compact, symbology, patterns, minor_digits)
    return _parse_text(body, minor_digits)


def gtin14(text: str) -> str | None:
    """The 14-digit canonical form of an EAN, UPC or GTIN-14 in digits, or None when it is not a valid one."""
    if not _is_number(text) or not text.strip("0"):
        return None
    try:
        return Gtin.parse(text).as_gtin_14()
    except ParseError:
        return None


def card_within(text: str) -> str | None:
    """The digits of the first card number in a text that people typed, or None; a valid GTIN is none."""
    return next((digits for _, _, digits in cards_within(text, _is_gtin)), None)


def without_cards(text: str) -> str:
    """A text fit to be kept or logged: card numbers in it masked to their last four digits."""
    return mask_within(text, _is_gtin)


def _is_gtin(digits: str) -> bool:
    return len(digits) <= 14 and gtin14(digits) is not None and not is_network_card(digits)


def shown_code(code: str) -> str:
    """A canonical code as it is printed under the bars: leading zeros of a 14-digit GTIN taken off."""
    if len(code) != 14 or not code.isdigit():
        return code
    if code.startswith("000000"):
        return code[6:]
    return code[2:] if code.startswith("00") else code.removeprefix("0")


# --- digits ------------------------------------------------------------------------------------------


def _parse_digits(
    digits: str, symbology: str, patterns: Iterable[str | CodePattern], minor_digits: int
) -> ParsedCode:
    label = _parse_label(digits, patterns)
    if label is not None:
        return label
    codes = _gtin_codes(digits, symbology)
    if codes:
        twin = not symbology and len(digits) == 14 and is_network_card(digits)
        return ParsedCode(CodeKind.GTIN, digits, codes[0], codes, may_be_card=twin)
    message = _parse_message(digits, minor_digits, announced=_is_gs1(symbology))
    if message is not None:
        return message
    if _is_gs1(symbology):
        return ParsedCode(CodeKind.UNREADABLE, _shown(digits))
    magazine = _magazine(digits)
    if magazine is not None:
        return ParsedCode(CodeKind.GTIN, digits, magazine, (magazine,))
    card = digits if is_card_number(digits) else card_at_start(digits)
    if card is not None:
        return ParsedCode(CodeKind.CARD, mask(card))
    if len(digits) in (8, 12, 13, 14):
        return ParsedCode(CodeKind.BAD_CHECK_DIGIT, digits, check_digit=_expected(digits))
    return _short_number(digits)


def _short_number(digits: str) -> ParsedCode:
    """A PLU (IFPS gives them four or five digits, 1 to 5 with a shop's own) or the shop's own number."""
    if len(digits) > MAX_OWN_CODE:
        return ParsedCode(CodeKind.UNREADABLE, _shown(digits))
    kind = CodeKind.PLU if len(digits) in (4, 5) else CodeKind.OWN
    bare = digits.lstrip("0")
    codes = (digits, bare) if bare and bare != digits and len(digits) <= 6 else (digits,)
    return ParsedCode(kind, digits, codes[0], codes)


def _gtin_codes(digits: str, symbology: str) -> tuple[str, ...]:
    """The canonical GTINs the digits may mean, most likely first.

    Eight digits are both UPC-E and EAN-8 by their check digits one time in ten. Without a symbology
    identifier a leading 0 means UPC-E: EAN-8 numbers with it are a retailer's own and hardly used.
    """
    if not digits.strip("0"):
        return ()
    plain = gtin14(digits)
    if len(digits) != 8 or symbology.startswith("]E4"):
        return (plain,) if plain else ()
    expanded = _upc_e(digits)
    order = (expanded, plain) if digits[0] == "0" else (plain, expanded)
    return tuple(code for code in order if code)


def _upc_e(digits: str) -> str | None:
    try:
        return Upc.parse(digits).as_gtin_14()
    except ParseError:
        return None


def _expected(digits: str) -> int | None:
    """The check digit that would be right; eight digits may be either of two codes, so none is named."""
    if len(digits) == 8 and digits[0] in "01":
        return None
    return gs1_standard_check_digit(digits[:-1])


def _magazine(digits: str) -> str | None:
    """The GTIN of a newspaper or book whose two or five digit add-on (the issue) the scanner sent along."""
    if len(digits) in (15, 18) and digits[:3] in ("977", "978", "979"):
        return gtin14(digits[:13])
    return None


def _parse_label(digits: str, patterns: Iterable[str | CodePattern]) -> ParsedCode | None:
    label = read_label(digits, patterns)
    if label is None:
        return None
    if not label.codes:
        return ParsedCode(CodeKind.BAD_CHECK_DIGIT, digits, check_digit=label.check_digit)
    return ParsedCode(CodeKind.LABEL, digits, label.codes[0], label.codes, price=label.price, qty=label.qty)


# --- GS1 element strings and Digital Link ------------------------------------------------------------


def _parse_text(body: str, minor_digits: int) -> ParsedCode:
    if body[:8].lower().startswith(("http://", "https://")):
        return _parse_link(body, minor_digits)
    if body.startswith("(") or FNC1 in body:
        return _parse_message(body, minor_digits, announced=True) or ParsedCode(
            CodeKind.UNREADABLE, _shown(body)
        )
    message = _parse_message(body, minor_digits, announced=False)
    if message is not None:
        return message
    upper = body.upper()
    if _RECEIPT.fullmatch(upper):
        return ParsedCode(CodeKind.RECEIPT, upper, upper, (upper,))
    if _OWN.fullmatch(upper) and len(upper) <= MAX_OWN_CODE and card_within(upper) is None:
        return ParsedCode(CodeKind.OWN, upper, upper, (upper,))
    return ParsedCode(CodeKind.UNREADABLE, _shown(body))


_RECEIPT = re.compile(r"S\d{1,6}-T\d{1,6}-\d{1,6}-\d{1,12}")
_OWN = re.compile(r"[0-9A-Z][0-9A-Z._/+-]*")


def _parse_link(body: str, minor_digits: int) -> ParsedCode:
    try:
        elements = GS1DigitalLinkURI.parse(body).element_strings
    except (ParseError, ValueError):  # urlsplit raises ValueError on a bracket in the host name
        return ParsedCode(CodeKind.UNREADABLE, _shown(body))
    return _from_elements(elements, body, minor_digits) or ParsedCode(CodeKind.UNREADABLE, _shown(body))


def _parse_message(body: str, minor_digits: int, *, announced: bool) -> ParsedCode | None:
    """A GS1 message, or None. ``announced`` by FNC1, brackets or a symbology identifier; else it must begin
    with a GTIN (01), or every long number would read as some element string."""
    plain = body.lstrip(FNC1)
    if not announced and not plain.startswith("01"):
        return None
    try:
        read = GS1Message.parse_hri if plain.startswith("(") else GS1Message.parse
        elements = read(plain).element_strings
    except (ParseError, ValueError):
        return None
    return _from_elements(elements, body, minor_digits)


def _from_elements(elements: GS1ElementStrings, body: str, minor_digits: int) -> ParsedCode | None:
    named = elements.get(ai="01") or elements.get(ai="02")
    if named is None:
        return None
    text = _shown(body.replace(FNC1, " ").strip())
    code = gtin14(named.value)
    if code is None:
        return ParsedCode(CodeKind.BAD_CHECK_DIGIT, text, check_digit=_expected(named.value))
    return ParsedCode(
        CodeKind.GTIN,
        text,
        code,
        (code,),
        price=_element_value(elements, "392", minor_digits, exact=True),
        qty=_element_value(elements, "310", 3, exact=False),
    )


def _element_value(elements: GS1ElementStrings, ai: str, digits: int, *, exact: bool) -> int | None:
    """A measure in units of ``10**-digits``; a price finer than the currency is left out, not rounded."""
    element = elements.get(ai=ai)
    if element is None:
        return None
    raw, surplus = int(element.value), int(element.ai.ai[3]) - digits
    scale: int = 10 ** abs(surplus)
    if surplus <= 0:
        return raw * scale
    if exact and raw % scale:
        return None
    return divide_half_up(raw, scale)


# --- small helpers -----------------------------------------------------------------------------------

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLOGIES = ("]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1")


def _split_symbology(text: str) -> tuple[str, str]:
    return (text[:3], text[3:]) if _SYMBOLOGY.match(text) else ("", text)


def _is_message(body: str, symbology: str) -> bool:
    """Whether the text says that it is GS1 data: a long number in it is a lot or a serial number, no card."""
    return _is_gs1(symbology) or body.startswith("(") or FNC1 in body or body[:4].lower() == "http"


def _is_gs1(symbology: str) -> bool:
    return symbology in _GS1_SYMBOLOGIES


def _compact(body: str) -> str:
    """A number typed in groups, or read off a card, or in another script's digits, as plain digits."""
    squeezed = re.sub(r"[ \u00a0-]", "", body)
    if not squeezed.isdecimal() or (len(squeezed) < 8 and squeezed != body):
        return body
    return "".join(str(decimal(ch)) for ch in squeezed)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _has_controls(body: str) -> bool:
    return any((ord(ch) < 32 and ch != FNC1) or ord(ch) == 127 for ch in body)


def _shown(body: str) -> str:
    """Text for the screen and the log: printable, at most 64 signs, card numbers within it masked."""
    # What unseen characters hide, what comes together when they are gone, and what the cut leaves.
    printable = "".join(ch if ch.isprintable() else " " for ch in without_cards(body))
    return without_cards(without_cards(" ".join(printable.split()))[:64])
