"""What a search of sets works with: pieces, what each may do, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pos_desktop.domain.promotion_sets import State

Move: TypeAlias = tuple[int, int]
"""A plan's place in the search, and the role a piece takes in it."""


@dataclass(frozen=True, slots=True)
class Option:
    """What a piece may do: its gain at once, its hope by the end, the roles it takes (none: it is alone)."""

    gain: int
    hope: int
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece in the search: its line, its options (the first: alone), the parts it could fill."""

    line: int
    options: tuple[Option, ...]
    fills: tuple[tuple[int, State], ...]
    """By plan: 1 for each part it may be in, else 0."""


@dataclass(frozen=True, slots=True)
class Found:
    """What each piece does, and whether no allowed combination takes more off."""

    choices: tuple[Option, ...]
    exact: bool
