"""Restrictions on an item: the cut-off date of a minimum age, as a cashier reads it off an ID."""

from __future__ import annotations

from datetime import date

CHALLENGE_AGE = 25
"""Who looks younger than this shows an ID: the trade's "Challenge 25"."""


def born_on_or_before(today: date, min_age: int) -> date:
    """The latest birth date that is old enough today.

    Who is born on 29 February comes of age on 1 March in a year without that day, the stricter of the
    readings in use; so on 28 February the cut-off is 28 February, and on 29 February of a leap year the
    cut-off in a year without that day is 28 February too.
    """
    if min_age < 0:
        raise ValueError("an age is not negative")
    try:
        return today.replace(year=today.year - min_age)
    except ValueError:
        return date(today.year - min_age, 2, 28)


def old_enough(birth: date, today: date, min_age: int) -> bool:
    """Whether someone born on ``birth`` has come of ``min_age`` today; the date itself is never kept."""
    return birth <= born_on_or_before(today, min_age)
