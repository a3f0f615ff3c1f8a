"""Reads a file of the shop table by table, and finds everything there is to correct at once."""

from __future__ import annotations

import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from pos_desktop.domain.plan_rows import Path, PlanProblem, Row, plan_problem

Plan = TypeVar("Plan")
_NONE = (0, "", ("", None))
"""Keys that are missing, and reported as such already."""


class PlanProblemsError(ValueError):
    """The file will not do as it is; ``problems`` in the order of its lines."""

    def __init__(self, problems: Iterable[PlanProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: one.line))
        super().__init__(f"{len(self.problems)} to correct")


class PlanReader(ABC, Generic[Plan]):
    """Collects problems instead of stopping at the first: nobody corrects forty tills one by one.

    ``TABLES``: the keys each table of the file may have; ``SECTIONS``: what it may have beside them.
    """

    TABLES: ClassVar[Mapping[str, tuple[str, ...]]]
    SECTIONS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, text: str) -> None:
        self._text = text
        try:
            self._values: Mapping[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else 1
            raise PlanProblemsError([PlanProblem(line, "", f"TOML: {error}")]) from error
        self.problems: list[PlanProblem] = []

    def read(self) -> Plan:
        """What the file says. PlanProblemsError with everything there is to correct."""
        known = (*self.TABLES, *self.SECTIONS)
        for name in self._values:
            if name not in known:
                self.report((name,), f"one of {', '.join(known)}")
        plan = self.plan()
        if self.problems:
            raise PlanProblemsError(self.problems)
        return plan

    @abstractmethod
    def plan(self) -> Plan:
        """What the file says, with a harmless value in the place of each that was reported."""

    def rows(self, table: str, *, needed: bool = False) -> Iterator[Row]:
        """The tables of a name."""
        rows = self._values.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.report((table,), f"tables: [[{table}]]")
            return
        if needed and not rows:
            self.report((), f"at least one [[{table}]]")
        for place, row in enumerate(rows):
            yield Row(self.report, (table, place), row, self.TABLES[table])

    def refuse_twins(self, table: str, keys: Iterable[object]) -> None:
        """Report each table whose key, in the order of the tables, is that of one before it."""
        seen: list[object] = []
        for place, key in enumerate(keys):
            if key in seen and key not in _NONE:
                self.report((table, place), f"only once: {key} is there twice")
            seen.append(key)

    def report(self, path: Path, wanted: str) -> None:
        """Remember a problem at ``path``: a table, its place from 0, a key."""
        self.problems.append(plan_problem(self._text, path, wanted))
