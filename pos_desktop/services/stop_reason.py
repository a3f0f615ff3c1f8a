"""Why a till stopped for good, in words that are looked up when they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from pos_desktop.words import t


@dataclass(frozen=True, slots=True)
class StopReason:
    """Why a till stopped for good (its chain does not fit the server's): words, and what to do next.

    ``detail`` stands where the words name ``{reason}``.
    """

    said: str
    then: str
    detail: str = ""

    @property
    def words(self) -> str:
        """What happened, in the language in use."""
        return t(self.said, reason=self.detail)

    @property
    def todo(self) -> str:
        """What to do next."""
        return t(self.then)
