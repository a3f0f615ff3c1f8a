"""Which PINs are too easy to guess to be set."""

from __future__ import annotations

import itertools

LEAST_DIGITS = 4
LEAST_DIGITS_OF_RIGHTS = 6
MOST_DIGITS = 8
FIRST_YEAR, LAST_YEAR = 1900, 2099

# Straight columns of a keypad, and what people choose when asked for six digits.
_FAVOURITES = frozenset({"2580", "0852", "147258", "258369", "121314", "112358", "159753", "159357"})


def pin_problem(pin: str, *, approves: bool) -> str:
    """What is wrong with a new PIN, as the end of a sentence ("It ..."), or "" when it will do.

    ``approves`` is true for people who may do more than a cashier: their PINs have six digits or more.
    """
    if not (pin.isascii() and pin.isdigit()):
        return "has to be digits only"
    least = LEAST_DIGITS_OF_RIGHTS if approves else LEAST_DIGITS
    if not least <= len(pin) <= MOST_DIGITS:
        return f"has to have {least} to {MOST_DIGITS} digits"
    if _is_easy(pin):
        return "is among the first that anybody would try"
    return ""


def _is_easy(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    half, odd = divmod(len(pin), 2)
    return (
        len(steps) == 1  # 0000, 1234, 8642, 7890
        or len(set(pin)) < 3  # 1211, 559955
        or (not odd and pin[:half] == pin[half:])  # 1212, 123123
        or (not odd and all(a == b for a, b in zip(pin[::2], pin[1::2], strict=True)))  # 1122, 112233
        or pin == pin[::-1]  # 1221
        or pin in _FAVOURITES
        or _has_year(pin)
    )


def _has_year(pin: str) -> bool:
    """A year, or a date with one: 1984, 240384 is not caught, 24031984 is."""
    years = {pin} if len(pin) == 4 else {pin[:4], pin[-4:]} if len(pin) in (6, 8) else set()
    return any(FIRST_YEAR <= int(year) <= LAST_YEAR for year in years)
