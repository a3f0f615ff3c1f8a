"""What a scale says, in words, and when its weight may be taken: stable, above zero, not the last one's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from pos_desktop.words import WordTable, later, t

SAME: Final = 10
"""Two weights this close (thousandths of a kilogram) are the same goods: two steps of a shop's scale."""

Verdict = Literal["take", "stuck", "wait"]


class ScaleState(Enum):
    """How a scale stands."""

    STABLE = "stable"
    EMPTY = "empty"
    UNSTABLE = "unstable"
    UNDER_ZERO = "under_zero"
    OVERLOAD = "overload"
    SILENT = "silent"
    FOREIGN = "foreign"


WORDS: Final = WordTable(
    {
        ScaleState.STABLE: "The weight stands.",
        ScaleState.EMPTY: "Put it on the scale.",
        ScaleState.UNSTABLE: "Weighing. Keep your hands off the scale.",
        ScaleState.UNDER_ZERO: "The scale shows less than nothing. Take everything off and press Zero.",
        ScaleState.OVERLOAD: "That is more than the scale can weigh. Weigh it in parts.",
        ScaleState.SILENT: "The scale does not answer. Check its power and cable, or type the weight.",
        ScaleState.FOREIGN: "The scale answers in another language. Have it set to the 8217 protocol.",
    }
)
STUCK: Final = later("The same weight as the item before. Take that off, or say that this is another one.")


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of a scale: ``qty`` in thousandths of a kilogram, counted only when it is stable.

    ``net``: a tare is taken off. ``asked`` numbers the question it answers, so that an older answer never
    stands for a newer weight.
    """

    state: ScaleState
    qty: int = 0
    net: bool = False
    asked: int = 0

    @property
    def trouble(self) -> bool:
        """The scale itself needs somebody."""
        return self.state in (ScaleState.SILENT, ScaleState.FOREIGN)


NO_ANSWER: Final = Reading(ScaleState.SILENT)


@dataclass(frozen=True, slots=True)
class WeighGuard:
    """The weight taken last, until the scale was seen without it: the goods before must not pay twice."""

    taken: int | None = None

    def took(self, qty: int) -> WeighGuard:
        """``qty`` (thousandths) went onto a line."""
        return WeighGuard(qty)

    def seen(self, reading: Reading) -> WeighGuard:
        """What the scale says now: emptied, or loaded with something else, it is free again.

        Trembling alone frees nothing: a hand on the same bananas does that too.
        """
        if self.taken is None:
            return self
        lifted = reading.state in (ScaleState.EMPTY, ScaleState.UNDER_ZERO)
        return WeighGuard() if lifted or self._other(reading) else self

    def verdict(self, reading: Reading) -> Verdict:
        """Whether the weight may go onto a line: "stuck" is the one of the item before."""
        if reading.state is not ScaleState.STABLE or reading.qty <= 0:
            return "wait"
        return "take" if self.taken is None or self._other(reading) else "stuck"

    def _other(self, reading: Reading) -> bool:
        stable = reading.state is ScaleState.STABLE and self.taken is not None
        return stable and abs(reading.qty - (self.taken or 0)) > SAME


def words_of(reading: Reading, verdict: Verdict) -> str:
    """What the cashier is told: what is, and what to do next."""
    return t(STUCK) if verdict == "stuck" else WORDS[reading.state]
