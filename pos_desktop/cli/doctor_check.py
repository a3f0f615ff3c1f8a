"""One line of the doctor: a light, what it is about, what was found, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

GREEN, AMBER, RED = "green", "amber", "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: how it stands, what it is about, what was found and what to do next."""

    light: str
    subject: str
    found: str
    next: str = ""

    @property
    def line(self) -> str:
        """The line as printed."""
        return f"{self.light:<6} {self.subject:<9} {self.found}{'  -> ' + self.next if self.next else ''}"
