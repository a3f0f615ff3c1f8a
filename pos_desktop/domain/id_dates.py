"""What a scanned identity card says of its holder's age: two dates, read in memory and never kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

OLDEST = 120
"""Nobody who buys is older, years: a date before that was read wrongly."""

_CENTURY = 100
_ROW = re.compile(r"[A-Z0-9<]{30}|[A-Z0-9<]{36}|[A-Z0-9<]{44}")
_ROWS_IN_ONE = {72: 36, 88: 44, 90: 30}
"""Scanners that drop line ends send the rows of a zone as one."""
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class IdDates:
    """The holder's date of birth, and the last day the card is good for (None: it does not say)."""

    born: date
    expires: date | None = None

    def __repr__(self) -> str:
        """Says nothing of the person: a trace or a log must not keep what the program does not."""
        return "IdDates(…)"


def id_dates(text: str, today: date) -> IdDates | None:
    """The dates in a scanned ID, or None when ``text`` is none.

    Reads the PDF417 of North American licences (AAMVA DL/ID Card Design Standard: elements DBB and DBA) and
    the machine readable zone of passports and cards (ICAO Doc 9303: TD1, TD2, TD3), whole or the one line
    that holds the dates: scanners send them one by one. ``today`` decides the century of two digits.
    """
    return _licence(text, today) or _zone(text, today)


def piece_of_id(text: str, *, begun: bool = False) -> bool:
    """Whether ``text`` is a row of an ID that says nothing of the age: it is dropped without a word.

    ``begun``: rows of an ID came before. An element of a licence alone could be a shop's own code.
    """
    rows = [row.strip() for row in re.split(r"[\r\n]+", text) if row.strip()]
    return bool(rows) and all(_piece(row, begun) for row in rows)


def _piece(row: str, begun: bool) -> bool:
    if row.startswith(("@", "ANSI ", "AAMVA")):
        return True
    if begun and re.match(r"(D[A-D]|Z[A-Z])[A-Z0-9]\S", row):
        return True
    return "<" in row and all(_ROW.fullmatch(part) for part in _split(row))


# -- PDF417 of licences ---------------------------------------------------------------------------------


def _licence(text: str, today: date) -> IdDates | None:
    born = _element("DBB", text)
    if born is None or not _sensible(born, today):
        return None
    return IdDates(born, _element("DBA", text))


def _element(name: str, text: str) -> date | None:
    """Month, day, year as in the United States, or year, month, day as in Canada: only one is a date."""
    found = re.search(rf"{name}(\d{{8}})(?!\d)", text)
    if found is None:
        return None
    digits = found[1]
    american = _date(digits[4:], digits[:2], digits[2:4])
    return american or _date(digits[:4], digits[4:6], digits[6:])


def _date(year: str, month: str, day: str) -> date | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made if 1880 <= made.year <= 2199 else None


# -- machine readable zone ------------------------------------------------------------------------------


def _zone(text: str, today: date) -> IdDates | None:
    for chunk in text.upper().split():
        for row in _split(chunk):
            # A card of three rows has the dates at the start of its second; the others within their second.
            at = 0 if len(row) == 30 else 13
            found = _ROW.fullmatch(row) and _zone_row(row[at : at + 7], row[at + 8 : at + 15], today)
            if found:
                return found
    return None


def _split(text: str) -> list[str]:
    size = _ROWS_IN_ONE.get(len(text), len(text) or 1)
    return [text[at : at + size] for at in range(0, len(text), size)]


def _zone_row(born: str, expires: str, today: date) -> IdDates | None:
    if not (_checked(born) and _checked(expires)):
        return None
    birth = _two_digits(born, today, future=False)
    if birth is None or not _sensible(birth, today):
        return None
    return IdDates(birth, _two_digits(expires, today, future=True))


def _checked(field: str) -> bool:
    """Six digits and the check digit of ICAO Doc 9303 part 3: weights 7, 3, 1."""
    if not (len(field) == 7 and field.isascii() and field.isdigit()):
        return False
    return sum(int(digit) * _WEIGHTS[n % 3] for n, digit in enumerate(field[:6])) % 10 == int(field[6])


def _two_digits(field: str, today: date, *, future: bool) -> date | None:
    """A birth is not after today; a card is good for fifty years at most."""
    year = today.year // _CENTURY * _CENTURY + int(field[:2])
    made = _date(str(year), field[2:4], field[4:6])
    beyond = year > today.year + 50 if future else made is None or made > today
    return _date(str(year - _CENTURY), field[2:4], field[4:6]) if beyond else made


def _sensible(born: date, today: date) -> bool:
    return born <= today and today.year - born.year <= OLDEST
