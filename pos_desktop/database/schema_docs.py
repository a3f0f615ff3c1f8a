"""Writes the page about the tables from a live database: columns, types, comments, constraints."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from pos_desktop.database.till import Connection

SCHEMA = "pos"


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the catalogue describes it."""

    name: str
    type: str
    required: bool
    default: str
    key: str
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its comment, columns, constraints that are no keys of one column, indexes and guards."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    rules: tuple[str, ...]
    indexes: tuple[str, ...]
    guards: tuple[str, ...]
    references: tuple[tuple[str, str], ...]


def schema_page(connection: Connection) -> str:
    """The whole page as Markdown, the same for the same schema on PostgreSQL 15 to 18."""
    connection.execute("set search_path = pg_catalog")
    tables = _tables(connection)
    parts = [
        "# The tables",
        "",
        "Written by `pos-desktop schema-docs` from a live database; a test compares it. Not edited by hand.",
        "",
        f"{len(tables)} tables in schema `{SCHEMA}`. Tills reach none: they call the functions of `api`",
        "(`migrations/functions/README.md`). Money is bigint minor units, rates are parts per million.",
        "",
        *_picture(tables),
        *(line for table in tables for line in _table(table)),
        *_functions(connection),
    ]
    connection.execute("reset search_path")
    return "\n".join(parts) + "\n"


def _tables(connection: Connection) -> list[Table]:
    rows = connection.execute(
        "select c.oid, c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relkind = 'r' order by 2",
        [SCHEMA],
    ).fetchall()
    return [
        Table(
            name=name,
            comment=comment,
            columns=_columns(connection, oid),
            rules=_texts(connection, _RULES, oid),
            indexes=_texts(connection, _INDEXES, oid),
            guards=_texts(connection, _GUARDS, oid),
            references=_references(connection, oid),
        )
        for oid, name, comment in rows
    ]


_COLUMNS = b"""
select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       case when a.attidentity <> '' then 'numbered' when a.attgenerated <> '' then 'generated: '
            else '' end || coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
       coalesce((select string_agg(k, ', ' order by k) from (
         select case c.contype when 'p' then 'key' when 'u' then 'unique'
                     else 'of ' || (select relname from pg_class where oid = c.confrelid) end as k
           from pg_constraint c
          where c.conrelid = a.attrelid and c.contype in ('p', 'u', 'f') and a.attnum = any (c.conkey)
            and (cardinality(c.conkey) = 1 or c.contype = 'p')) x), ''),
       coalesce(col_description(a.attrelid, a.attnum), '')
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attrelid = %s and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_RULES = b"""
select pg_get_constraintdef(c.oid)
  from pg_constraint c
 where c.conrelid = %s and (c.contype = 'c' or (c.contype in ('u', 'f') and cardinality(c.conkey) > 1))
 order by c.contype, c.conname
"""
_INDEXES = b"""
select regexp_replace(pg_get_indexdef(i.indexrelid),
                      '^CREATE (UNIQUE )?INDEX (\\S+) ON \\S+ USING ', '\\1\\2: ')
  from pg_index i join pg_class c on c.oid = i.indexrelid
 where i.indrelid = %s and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
 order by c.relname
"""
_GUARDS = b"""
select t.tgname || ': ' || coalesce(obj_description(t.tgfoid, 'pg_proc'), 'see migrations')
  from pg_trigger t where t.tgrelid = %s and not t.tgisinternal order by t.tgname
"""


def _columns(connection: Connection, oid: int) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in connection.execute(_COLUMNS, [oid]).fetchall())


def _texts(connection: Connection, query: bytes, oid: int) -> tuple[str, ...]:
    return tuple(text for (text,) in connection.execute(query, [oid]).fetchall())


def _references(connection: Connection, oid: int) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(
        "select t.relname, (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a"
        " where a.attrelid = c.conrelid and a.attnum = any (c.conkey))"
        " from pg_constraint c join pg_class t on t.oid = c.confrelid"
        " where c.conrelid = %s and c.contype = 'f' order by c.conname",
        [oid],
    ).fetchall()
    return tuple((target, columns) for target, columns in rows)


_GROUPS = {
    "Books": (
        "document",
        "sale",
        "sale_line",
        "sale_tax",
        "payment",
        "shift",
        "cash_movement",
        "event",
        "movement",
        "flag",
    ),
    "Shop": ("store", "till", "drawer", "held_sale", "stock_hold", "stock"),
    "Items": (
        "item",
        "item_code",
        "price",
        "category",
        "supplier",
        "tax",
        "tax_rate",
        "tile",
        "code_pattern",
    ),
    "People": (
        "staff",
        "staff_secret",
        "staff_store",
        "session",
        "role",
        "role_permission",
        "manager",
        "manager_store",
    ),
}


def _picture(tables: list[Table]) -> list[str]:
    """One ER picture a group: all in one would be unreadable. References out of the group are shown too."""
    lines = []
    for group, names in _GROUPS.items():
        lines += [f"## {group} in a picture", "", "```mermaid", "erDiagram"]
        for table in tables:
            if table.name in names:
                lines += [
                    f'    {target} ||--o{{ {table.name} : "{columns}"' for target, columns in table.references
                ]
        lines += ["```", ""]
    return lines


def _table(table: Table) -> list[str]:
    lines = [f"## {table.name}", "", table.comment, ""]
    lines += ["| Column | Type | Needed | Default | Key | |", "|---|---|---|---|---|---|"]
    for column in table.columns:
        needed = "yes" if column.required else ""
        default = f"`{column.default}`" if column.default else ""
        cells = (column.name, column.type, needed, default, column.key, column.comment)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for title, texts in (("Rules", table.rules), ("Indexes", table.indexes), ("Guards", table.guards)):
        if texts:
            lines += ["", f"{title}:", ""]
            lines += [f"- {text}" if title == "Guards" else f"- `{text}`" for text in texts]
    return [*lines, ""]


def _functions(connection: Connection) -> list[str]:
    rows = connection.execute(
        "select case when has_function_privilege('pos_till', p.oid, 'execute') then 'Tills'"
        " else 'Managers' end,"
        " 'api.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')',"
        " pg_get_function_result(p.oid), coalesce(obj_description(p.oid, 'pg_proc'), '')"
        " from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'api'"
        " order by 1 desc, 2"
    ).fetchall()
    lines = ["## Functions of api", ""]
    for who, group in groupby(rows, key=lambda row: str(row[0])):
        lines += [f"{who}:", ""]
        lines += [f"- `{call}` returns {result}. {comment}".rstrip() for _, call, result, comment in group]
        lines.append("")
    return lines[:-1]
