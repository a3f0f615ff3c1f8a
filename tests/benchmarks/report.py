"""What a measurement says: rows with figure, aim and cause, as one table or one JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``aim`` None: nothing was promised. ``low`` is good unless ``more_is_better``.

    ``limit`` is what the same run's pgbench reached, ``note`` what is behind the figure.
    """

    name: str
    figure: float
    unit: str
    aim: float | None = None
    more_is_better: bool = False
    exact: bool = False
    limit: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim was met; None where there is none."""
        if self.aim is None:
            return None
        if self.exact:
            return self.figure == self.aim
        return self.figure >= self.aim if self.more_is_better else self.figure <= self.aim

    @property
    def verdict(self) -> str:
        """Met or missed in a word."""
        return {None: "", True: "met", False: "MISSED"}[self.met]


@dataclass(slots=True)
class Report:
    """A whole run: the machine it ran on and its rows, in order."""

    machine: dict[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows up."""
        self.rows.extend(rows)

    @property
    def counts_hold(self) -> bool:
        """Whether every count is what it has to be: counts have no excuse."""
        return all(row.met is not False for row in self.rows if row.exact)

    def as_json(self) -> dict[str, Any]:
        """The run as plain values."""
        return {"machine": self.machine, "rows": [{**asdict(row), "met": row.met} for row in self.rows]}

    def as_text(self) -> str:
        """The run as a table for people."""
        head = ("", "figure", "aim", "", "pgbench, same run")
        cells = [head, *((r.name, _figure(r), _aim(r), r.verdict, r.limit) for r in self.rows)]
        widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
        lines = [machine_line(self.machine), ""]
        lines += ["  ".join(_cell(row, n, widths) for n in range(len(head))).rstrip() for row in cells]
        notes = [f"{row.name}: {row.note}" for row in self.rows if row.note]
        return "\n".join([*lines, "", *notes])


def _cell(row: Sequence[str], n: int, widths: Sequence[int]) -> str:
    return row[n].rjust(widths[n]) if n in (1, 2) else row[n].ljust(widths[n])


def _figure(row: Row) -> str:
    return f"{plain(row.figure)} {row.unit}".strip()


def _aim(row: Row) -> str:
    if row.aim is None:
        return ""
    sign = "=" if row.exact else ">=" if row.more_is_better else "<="
    return f"{sign} {plain(row.aim)}"


def plain(number: float) -> str:
    """A number with as many digits as it deserves."""
    if number == int(number) or abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"


def machine_line(machine: dict[str, Any]) -> str:
    """One line that says where this was measured."""
    return (
        f"{machine['cores']} cores, load {machine['load_before']} before and {machine['load_after']} after; "
        f"{machine['system']}; Python {machine['python']}; PostgreSQL {machine['postgresql']}; "
        f"fdatasync {plain(machine['fdatasync_ms'])} ms; {machine['items']:,} items; durability on"
    )


def percentile(values: Iterable[float], percent: float) -> float:
    """The value below which ``percent`` of the values lie; 0 when there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] if ordered else 0.0


def median(values: Iterable[float]) -> float:
    """The middle value; of two middle ones the upper."""
    return percentile(values, 50)
