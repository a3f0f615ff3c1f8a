"""What a scan may be beside goods: a coupon."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CouponFound:
    """A coupon of a promotion; ``ended`` says in words why it does not count any more, or is empty."""

    code: str
    promotion: int
    name: str
    ended: str = ""
