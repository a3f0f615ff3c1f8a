"""The server that this machine runs for its own shop: started for the length of a block, and backed up."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pos_desktop import paths
from pos_desktop.config import Settings, login_password
from pos_desktop.database.binaries import Say
from pos_desktop.database.embedded import DATABASE, EmbeddedServer, place_for
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.backup import ShopBackup

add_messages(
    {
        "own.no_login": (
            "This till has no login at its server yet.\n"
            "Run pos-desktop till add, then write login and password_file under [database] in {file}."
        ),
    }
)


@contextlib.contextmanager
def own_server(settings: Settings, say: Say = lambda _: None) -> Iterator[EmbeddedServer]:
    """Start or join this machine's server with the schema of this program; it is left at the end."""
    with EmbeddedServer(place_for(settings.home, say), say=say) as server:
        migrate(server.dsn(), load_plan(paths.migrations_dir()))
        yield server


def shop_backup(settings: Settings, server: EmbeddedServer) -> ShopBackup:
    """What makes the dump at each Z; its folders are those of the settings."""
    folder = settings.backup_dir or settings.home / "backups"
    return ShopBackup(server.binaries, server.dsn(), folder, settings.second_backup_dir)


def own_till_dsn(settings: Settings, server: EmbeddedServer) -> str:
    """How the till of the settings logs in at this machine's own server; UserError when it has no login."""
    password = login_password(settings)
    if not settings.database.login or password is None:
        raise UserError("own.no_login", file=str(settings.file))
    return server.dsn(DATABASE, settings.database.login, password)
