"""A database of its own for one test, cloned from a template that was migrated once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.cli.main import main
from pos_desktop.config import PASSWORD_VARIABLE
from pos_desktop.database.embedded import EmbeddedServer
from tests import card_scan

TEMPLATE = "pos_template"
_numbers = itertools.count(1)


@dataclass
class ShopDatabase:
    """One test's database on the session's server; its logins live as long as the test."""

    server: EmbeddedServer
    name: str
    logins: list[str] = field(default_factory=list)

    @property
    def owner_dsn(self) -> str:
        """The superuser's connection string: for setting a test up and looking at results."""
        return self.server.dsn(self.name)

    @property
    def owner_address(self) -> str:
        """The same without its password: what may stand on a command line."""
        parts = {k: v for k, v in conninfo_to_dict(self.owner_dsn).items() if k != "password"}
        return make_conninfo("", **parts)

    @property
    def owner_password(self) -> str:
        """The superuser's password, for POS_DESKTOP_PASSWORD."""
        return str(conninfo_to_dict(self.owner_dsn)["password"])

    def dsn(self, login: str, password: str) -> str:
        """A connection string for any login."""
        return self.server.dsn(self.name, login, password)

    def as_owner(self, *arguments: str) -> int:
        """Run an owner's command on this database; the password goes by the environment, as it has to."""
        parts = conninfo_to_dict(self.owner_dsn)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(PASSWORD_VARIABLE, str(parts.pop("password")))
            return main([*arguments, "--dsn", make_conninfo("", **parts)])

    def connect(self, login: str | None = None, password: str = "") -> psycopg.Connection[tuple[Any, ...]]:
        """An autocommit connection, the superuser's or that of ``login``; close it, or use it in a with."""
        dsn = self.dsn(login, password) if login else self.owner_dsn
        return psycopg.connect(dsn, autocommit=True)

    def add_login(self, login: str, *groups: str, password: str = "a till's secret") -> str:
        """Make a login in these group roles (such as pos_till, pos_manager) and return its DSN."""
        with self.connect() as owner:
            role = sql.Identifier(login)
            owner.execute(sql.SQL("drop role if exists {}").format(role))
            owner.execute(sql.SQL("create role {} login password {}").format(role, sql.Literal(password)))
            self.logins.append(login)
            for group in groups:
                owner.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), role))
        return self.dsn(login, password)

    def query(self, text: str, *params: object) -> list[tuple[Any, ...]]:
        """Rows of a statement run as the superuser."""
        with self.connect() as owner:
            return owner.execute(text.encode(), params or None).fetchall()


def create_database(server: EmbeddedServer, template: str | None) -> ShopDatabase:
    """A new database, empty or a clone of ``template``."""
    name = f"test_{next(_numbers)}"
    # Its files are copied: by the server's log, which is the rule, costs half as much again.
    statement = sql.SQL("create database {} template {} strategy file_copy")
    _order(server, statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))
    return ShopDatabase(server, name)


def drop_database(database: ShopDatabase) -> None:
    """Delete the database and its logins, whoever is still connected, after a look for card numbers."""
    findings = card_scan.database_findings(database.owner_dsn)
    _order(
        database.server,
        sql.SQL("drop database {} with (force)").format(sql.Identifier(database.name)),
        *(sql.SQL("drop role if exists {}").format(sql.Identifier(login)) for login in database.logins),
    )
    card_scan.refuse(findings)


_desks: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}
"""A connection kept for each server's databases to be made and dropped: to log in costs as much as that."""


def _order(server: EmbeddedServer, *statements: sql.Composed) -> None:
    dsn = server.dsn("postgres")
    desk = _desks.get(dsn)
    if desk is None or not _answers(desk):
        desk = _desks[dsn] = psycopg.connect(dsn, autocommit=True)
    for statement in statements:
        desk.execute(statement)


def _answers(desk: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """False when its server was killed or started again since."""
    try:
        desk.execute("select")
    except psycopg.OperationalError:
        desk.close()
        return False
    return True


def let_go(server: EmbeddedServer) -> None:
    """Close what is open to a server before it stops."""
    desk = _desks.pop(server.dsn("postgres"), None)
    if desk is not None:
        desk.close()
