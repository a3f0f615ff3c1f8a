"""What a table's column is: its words, its looks, how it sorts, is edited, and goes to a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pos_desktop.domain.money import plain_number
from pos_desktop.services.manager import Value
from pos_desktop.words import t
from ui.theme import Layout
from ui.widgets.table import Pill


class Row(Protocol):
    """A row of a table: known by ``id``, found again in its order by ``key``."""

    @property
    def id(self) -> Any:
        """What the row is known by, whatever the filter and the order."""

    @property
    def key(self) -> tuple[Any, ...]:
        """Its place in the order it was read in."""


@dataclass(frozen=True, slots=True)
class Editing:
    """How a cell is edited.

    ``field`` is the service's name of it. ``read`` makes a value of what was typed, for a row; ValueError
    says in words for people what is wrong with it. ``begin`` is what the editor starts with. ``choices`` are
    the only texts it takes, where they are given.
    """

    field: str
    read: Callable[[str, Any], Value]
    begin: Callable[[Any], str]
    choices: Callable[[], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``text`` is what a person reads, ``plain`` what a spreadsheet gets, if that differs.

    ``title`` is the English one, its ``{sign}`` the money's; ``words`` is what a person reads of it. A file's
    ``heading`` stays English whatever the language, so that a list reads again on any machine.

    ``since`` is the smallest window it is shown in unless the person chose otherwise; None: only when chosen.
    ``width`` in logical pixels, ``roomy`` in a wide window. ``sort`` is the service's name to sort by.
    ``code`` marks digits that are no number.
    """

    key: str
    title: str
    width: int
    text: Callable[[Any], str]
    plain: Callable[[Any], str] | None = None
    number: bool = False
    code: bool = False
    sort: str = ""
    editing: Editing | None = None
    strong: bool = False
    tone: Callable[[Any], str | None] | None = None
    pill: Callable[[Any], Pill] | None = None
    dot: Callable[[Any], str] | None = None
    since: Layout | None = Layout.COMPACT
    roomy: int = 0
    sign: str = ""

    @property
    def words(self) -> str:
        """The title in the language in use."""
        return t(self.title, sign=self.sign) if self.sign else t(self.title)

    @property
    def heading(self) -> str:
        """The title in a file."""
        return self.title.format(sign=self.sign)

    def spreadsheet(self, row: Any) -> str:
        """The cell as a spreadsheet takes it: no grouping, a hyphen for minus, the point as decimal sign."""
        text = (self.plain or self.text)(row)
        return plain_number(text) if self.number else text


_LAYOUTS = tuple(Layout)


def shown_in(column: Column, layout: Layout) -> bool:
    """Whether a column is shown in a window of this layout when nobody chose."""
    return column.since is not None and _LAYOUTS.index(layout) >= _LAYOUTS.index(column.since)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns a person chose, in their order; an empty one leaves it to the window's width."""

    keys: tuple[str, ...] = ()

    def columns(self, every: Sequence[Column], layout: Layout) -> list[Column]:
        """The columns to show. The first one is always there: it carries the row's tick."""
        if not self.keys:
            return [each for each in every if shown_in(each, layout)]
        named = {each.key: each for each in every}
        chosen = [named[key] for key in self.keys if key in named and key != every[0].key]
        return [every[0], *chosen]

    def as_layout(self) -> dict[str, Any]:
        """As it is remembered."""
        return {"columns": list(self.keys)} if self.keys else {}

    @classmethod
    def of_layout(cls, layout: dict[str, Any]) -> Arrangement:
        """What was remembered; anything odd counts as nothing."""
        keys = layout.get("columns", [])
        return cls(tuple(key for key in keys if isinstance(key, str)) if isinstance(keys, list) else ())
