"""The documents of a drawer's day: its shift opened and closed, cash in and out, opened without a sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pos_desktop.domain.barcode import without_cards
from pos_desktop.domain.document import (
    Document,
    DocumentError,
    Fields,
    Position,
    Stamp,
    allowed,
    build,
)

Counts: TypeAlias = Sequence[tuple[int, int]]
"""(denomination in minor units, pieces) of what was counted."""


def cash_document(
    stamp: Stamp,
    position: Position,
    direction: str,
    amount: int,
    reason: str,
    approved_by: int | None = None,
) -> Document:
    """Cash into (+) or out of (-) the drawer, minor units; direction float, drop, pay_in or pay_out.

    ``approved_by`` as in :func:`allowed`.
    """
    inward = direction in ("float", "pay_in")
    if direction not in ("float", "pay_in", "drop", "pay_out") or amount == 0 or (amount > 0) != inward:
        raise DocumentError(f"{direction} of {amount} is no cash movement")
    payload: Fields = {
        "direction": direction,
        "amount": amount,
        "reason": without_cards(reason),
        **allowed(direction, approved_by, stamp, abs(amount)),
    }
    return build("cash", stamp, position, payload)


def no_sale_document(
    stamp: Stamp, position: Position, reason: str, approved_by: int | None = None
) -> Document:
    """The drawer opened without a sale, and why; ``approved_by`` as in :func:`allowed`."""
    payload = {"reason": without_cards(reason), **allowed("no_sale", approved_by, stamp)}
    return build("no_sale", stamp, position, payload)


def shift_open_document(
    stamp: Stamp,
    position: Position,
    *,
    drawer: int,
    business_date: str,
    float_amount: int,
    counts: Counts,
    single: bool = False,
) -> Document:
    """A shift opened on a drawer with its float (minor units); the shift's id is the document's own.

    ``single``: only who opens it sells in it, and answers alone for what is over or short.
    """
    if stamp.shift != stamp.id:
        raise DocumentError("a shift carries the id of the document that opened it")
    payload: Fields = {"drawer": drawer, "business_date": business_date, "float": float_amount}
    if counts:
        payload["counted"] = [list(pair) for pair in counts]
    if single:
        payload["single"] = 1
    return build("shift_open", stamp, position, payload)


def shift_close_document(
    stamp: Stamp,
    position: Position,
    *,
    z: int,
    counted: int,
    counts: Counts,
    blind: bool,
    expected: int,
    figures: Mapping[str, Any],
    approved_by: int | None = None,
    difference_by: int | None = None,
) -> Document:
    """The Z: what was counted (minor units), what was expected, and the figures exactly as printed.

    ``approved_by`` as in :func:`allowed`; ``difference_by`` likewise, for what is over or short.
    """
    payload: Fields = {
        "z": z,
        "counted": counted,
        "counts": [list(pair) for pair in counts],
        "blind": int(blind),
        "expected": expected,
        "over_short": counted - expected,
        "figures": dict(figures),
    }
    closing = allowed("close_shift", approved_by, stamp).get("approvals", [])
    difference = allowed("difference_over", difference_by, stamp, abs(counted - expected))
    if approvals := [*closing, *difference.get("approvals", [])]:
        payload["approvals"] = approvals
    return build("shift_close", stamp, position, payload)
