"""The Toledo 8217 protocol: one letter to the scale, a weight or a status byte back."""

from __future__ import annotations

import re
from typing import Final

from pos_desktop.domain.weighing import Reading, ScaleState

WEIGH: Final = b"W"
ZERO: Final = b"Z"
TARE: Final = b"T"
CLEAR_TARE: Final = b"C"
STX: Final = b"\x02"
END: Final = b"\r"

BAUD: Final = 9600
FRAMING: Final = "7E1"

MOTION, OVER, UNDER, AT_ZERO, NET, BAD = 0x01, 0x02, 0x04, 0x10, 0x20, 0x40
"""Bits of the status byte."""

# A decimal point has to be there: without one, grams could pass for kilograms.
_WEIGHT = re.compile(rb"\x02 *(\d{1,3})\.(\d{2,3})(N?)\r\Z")
_STATUS = re.compile(rb"\x02\?(.)\r?\Z", re.DOTALL)


def read_answer(frame: bytes) -> Reading | None:
    """What the scale said, or None when the bytes are no answer of this protocol.

    The eighth bit is the parity's where a converter does not take it off.
    """
    plain = bytes(byte & 0x7F for byte in frame)
    weight = _WEIGHT.search(plain)
    if weight is not None:
        qty = int(weight[1]) * 1000 + int(weight[2].ljust(3, b"0"))
        return Reading(ScaleState.STABLE if qty else ScaleState.EMPTY, qty, net=bool(weight[3]))
    status = _STATUS.search(plain)
    return _standing(status[1][0]) if status is not None else None


def _standing(status: int) -> Reading:
    net = bool(status & NET)
    if status & BAD:
        return Reading(ScaleState.FOREIGN, net=net)
    if status & OVER:
        return Reading(ScaleState.OVERLOAD, net=net)
    if status & UNDER and not status & MOTION:
        return Reading(ScaleState.UNDER_ZERO, net=net)
    return Reading(ScaleState.UNSTABLE, net=net)
