"""Where a foreign shop's database keeps what: tables and columns by their usual names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Sequence[str]]
"""A database's tables with their columns, as it spells them."""

KINDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "items": (
        ("id", "name", "price"),
        ("code", "plu", "cost", "stock", "category", "supplier", "tax", "unit", "min_age"),
    ),
    "sales": (("id", "sold_at", "total"), ("tax", "discount", "cashier", "customer", "method", "state")),
    "lines": (("sale", "qty"), ("id", "item", "name", "price", "amount")),
    "payments": (("sale", "kind", "amount"), ("id",)),
    "customers": (("id", "name"), ("phone", "email", "balance", "points")),
    "staff": (("id", "name"), ("role",)),
}
"""What can be taken over: for each, the fields that have to be found and those that may be."""

MONEY: Final = ("units", "minor")
TIMES: Final = ("text", "s", "ms")
ZONES: Final = ("UTC", "store")


class ShapeError(ValueError):
    """A shape that can't be used, or a database it does not fit; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The usual names of one style of shop database.

    ``money`` "units" (19.99) or "minor" (1999); ``time`` text, or seconds or milliseconds since 1970;
    ``zone`` of a text without one. ``kinds``: for each kind of row, candidate tables and columns by field.
    """

    name: str
    money: str
    time: str
    zone: str
    kinds: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A table of the database at hand: field to its SQL expression, and the joins these need."""

    kind: str
    table: str
    columns: Mapping[str, str]
    joins: tuple[str, ...]
    shown: Mapping[str, str]

    def selection(self) -> str:
        """Every field as a select list, in the order of :meth:`fields`; one that was not found is null."""
        return ", ".join(f"{self.columns.get(field, 'null')} as {quoted(field)}" for field in self.fields())

    def fields(self) -> tuple[str, ...]:
        """Every field this kind of row can have, found or not."""
        return (*KINDS[self.kind][0], *KINDS[self.kind][1])

    @property
    def order(self) -> str:
        """What keeps its rows in the order they were written."""
        return self.columns.get("id", f"{self.kind}.rowid")

    @property
    def source(self) -> str:
        """The from clause."""
        return " ".join([f"{quoted(self.table)} as {self.kind}", *self.joins])


@dataclass(frozen=True, slots=True)
class Fit:
    """A shape found in a database: what is where, and which usual tables were not there."""

    shape: Shape
    found: Mapping[str, Found]

    @property
    def score(self) -> int:
        """How much of the database the shape explains: more fields found, better fit."""
        return sum(len(found.columns) for found in self.found.values())


def quoted(name: str) -> str:
    """A name as SQL wants it in quotes."""
    return '"' + name.replace('"', '""') + '"'


def read_shape(values: Mapping[str, Any]) -> Shape:
    """A shape from its TOML values; ShapeError names what is not as it has to be."""
    unknown = set(values) - {"name", "money", "time", "zone", *KINDS}
    if unknown:
        raise ShapeError(
            f"“{min(unknown)}” is not known. There are name, money, time, zone, {', '.join(KINDS)}."
        )
    kinds = {kind: _candidates(kind, values[kind]) for kind in KINDS if kind in values}
    if "items" not in kinds and "sales" not in kinds:
        raise ShapeError("It has neither [items] nor [sales]; name the tables that hold them.")
    return Shape(
        str(values.get("name", "own")),
        _choice(values, "money", MONEY),
        _choice(values, "time", TIMES),
        _choice(values, "zone", ZONES),
        kinds,
    )


def _choice(values: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = values.get(key, allowed[0])
    if value not in allowed:
        raise ShapeError(f"{key} has to be one of {', '.join(allowed)}.")
    return str(value)


def _candidates(kind: str, table: Any) -> Mapping[str, tuple[str, ...]]:
    needed, also = KINDS[kind]
    if not isinstance(table, Mapping) or "table" not in table:
        raise ShapeError(f"[{kind}] needs table = the table's name.")
    read = {}
    for field, names in table.items():
        if field not in ("table", *needed, *also):
            raise ShapeError(f"[{kind}] has no {field}. There are table, {', '.join((*needed, *also))}.")
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ShapeError(f"[{kind}] {field} has to be a name in quotes, or a list of names.")
        read[field] = tuple(names)
    return read


def fit(shape: Shape, schema: Schema) -> Fit:
    """Find the shape's tables and columns in ``schema``. ShapeError when the needed ones are not there."""
    found = {}
    for kind, candidates in shape.kinds.items():
        table = _table(candidates["table"], schema)
        if table is not None:
            found[kind] = _columns(kind, table, candidates, schema)
    missing = [kind for kind, one in found.items() if _missing(one)]
    for kind in missing:
        if kind in ("payments", "customers", "staff"):
            del found[kind]
    lacking = [
        f"{found[kind].table} has no {' and no '.join(_missing(found[kind]))}"
        for kind in missing
        if kind in found
    ]
    if lacking:
        raise ShapeError(f"{shape.name}: {'; '.join(lacking)}.")
    if not {"items", "sales"} & set(found):
        raise ShapeError(f"{shape.name}: no table of items or sales.")
    if "sales" in found and "lines" not in found:
        raise ShapeError(f"{shape.name}: {found['sales'].table} is there, but no table of its lines.")
    return Fit(shape, found)


def _missing(found: Found) -> list[str]:
    lacking = [field for field in KINDS[found.kind][0] if field not in found.columns]
    if found.kind == "lines" and not {"item", "name"} & set(found.columns):
        lacking.append("item")
    if found.kind == "lines" and not {"price", "amount"} & set(found.columns):
        lacking.append("price")
    return lacking


def _table(candidates: Sequence[str], schema: Schema) -> str | None:
    """The first candidate that is there; ``*_product`` stands for any beginning, as Django makes them."""
    for candidate in candidates:
        pattern = re.escape(candidate).replace(r"\*", ".*")
        for table in schema:
            if re.fullmatch(pattern, table, re.IGNORECASE):
                return table
    return None


def _columns(kind: str, table: str, candidates: Mapping[str, tuple[str, ...]], schema: Schema) -> Found:
    columns: dict[str, str] = {}
    shown: dict[str, str] = {}
    joins: list[str] = []
    for field, names in candidates.items():
        for name in names if field != "table" else ():
            own, _, elsewhere = (part.strip() for part in name.partition("->"))
            column = _column(own, schema[table])
            if column is None:
                continue
            if not elsewhere:
                columns[field], shown[field] = f"{kind}.{quoted(column)}", f"{table}.{column}"
                break
            far = _far(elsewhere, schema)
            if far is not None:
                alias = f"{kind}_{field}"
                key = f"{alias}.{quoted(far[1])}"
                joins.append(f"left join {quoted(far[0])} as {alias} on {key} = {kind}.{quoted(column)}")
                columns[field], shown[field] = f"{alias}.{quoted(far[2])}", f"{far[0]}.{far[2]}"
                break
    return Found(kind, table, columns, tuple(joins), shown)


def _column(name: str, columns: Sequence[str]) -> str | None:
    return next((column for column in columns if column.lower() == name.lower()), None)


def _far(name: str, schema: Schema) -> tuple[str, str, str] | None:
    """``Category.name`` as (table, its key, column): the key is the column called id."""
    table_name, _, column_name = name.partition(".")
    table = _table([table_name], schema)
    if table is None:
        return None
    key, column = _column("id", schema[table]), _column(column_name, schema[table])
    return (table, key, column) if key and column else None
