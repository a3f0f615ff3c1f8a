"""A shop made once and copied with its database: making it anew would be most of what a small test costs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from pos_desktop.database.embedded import EmbeddedServer
from tests.database.shop import Connection, Shop, make_shop
from tests.shop_database import ShopDatabase, create_database

_LOGINS = """
select r.rolname, a.rolpassword, r.rolconnlimit, coalesce(r.rolconfig, '{}'),
       array(select g.roleid::regrole::text from pg_auth_members g where g.member = r.oid)
from pg_roles r join pg_authid a on a.oid = r.oid where r.rolname = any(%s)
"""


@dataclass(frozen=True)
class Login:
    """What the server knows of a till's login; a role belongs to the whole server, so no copy brings it."""

    name: str
    verifier: str
    limit: int
    settings: list[str]
    groups: list[str]

    def made(self, name: str) -> sql.Composed:
        """Make a role like it, and let the till's row and the seal name that one."""
        new = sql.Identifier(name)
        parts = [
            sql.SQL("create role {} login connection limit {} password {} in role {}").format(
                new,
                sql.Literal(self.limit),
                sql.Literal(self.verifier),
                sql.SQL(", ").join(map(sql.Identifier, self.groups)),
            )
        ]
        for setting in self.settings:
            key, _, value = setting.partition("=")
            parts.append(
                sql.SQL("alter role {} set {} = {}").format(new, sql.Identifier(key), sql.Literal(value))
            )
        for table in ("till", "login_seal"):
            parts.append(
                sql.SQL("update {} set login = {} where login = {}").format(
                    sql.Identifier("pos", table), sql.Literal(name), sql.Literal(self.name)
                )
            )
        return sql.SQL("; ").join(parts)


@dataclass(frozen=True)
class Mould:
    """A database to be copied, and the shop in it, if there is one."""

    name: str
    shop: Shop | None = None
    logins: tuple[Login, ...] = ()


def furnish(server: EmbeddedServer, template: str, make: Callable[[ShopDatabase], Shop]) -> Mould:
    """A copy of ``template`` with a shop in it. Its logins are gone again: each copy gets its own."""
    database = create_database(server, template)
    shop = make(database)
    names = list(shop.logins.values())
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        logins = tuple(Login(*row) for row in owner.execute(_LOGINS, [names]).fetchall())
        for login in logins:
            owner.execute(sql.SQL("drop role {}").format(sql.Identifier(login.name)))
    return Mould(database.name, shop, logins)


def usual_shop(database: ShopDatabase) -> Shop:
    """The small shop as :func:`make_shop` makes it."""
    with database.connect() as owner:
        return make_shop(owner)


def move_in(database: ShopDatabase, owner: Connection, mould: Mould) -> Shop:
    """The shop of a fresh copy, its tills with logins of this copy's own."""
    assert mould.shop is not None
    stem = f"till_{secrets.token_hex(4)}"
    number_of = {login: number for number, login in mould.shop.logins.items()}
    logins = {number_of[login.name]: f"{stem}_{number_of[login.name]}" for login in mould.logins}
    with owner.transaction():
        # The till's row was never another's: nothing of this is a change that a till has to hear of.
        owner.execute("set local session_replication_role = replica")
        for login in mould.logins:
            owner.execute(login.made(logins[number_of[login.name]]))
    database.logins.extend(logins.values())
    return replace(mould.shop, logins=dict(sorted(logins.items())))
