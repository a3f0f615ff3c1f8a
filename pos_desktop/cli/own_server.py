"""The server that this machine runs for its own shop: started for a block, watched, kept and backed up."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator

from pos_desktop import paths
from pos_desktop.cli.keeper import post_of
from pos_desktop.config import Settings, login_password
from pos_desktop.database.access import embedded_server
from pos_desktop.database.binaries import Say
from pos_desktop.database.embedded import DATABASE, EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.errors import PosError, UserError, add_messages
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.keeper import Keeper

WATCH_SECONDS = 1.0
JOIN_SECONDS = 5.0
AGAIN_SECONDS = 60.0

log = logging.getLogger(__name__)

add_messages(
    {
        "own.no_login": (
            "This till has no login at its server yet.\n"
            "Run pos-desktop till enroll --here --store NUMBER --till NUMBER; it completes {file}."
        ),
    }
)


@contextlib.contextmanager
def own_server(settings: Settings, say: Say = lambda _: None) -> Iterator[EmbeddedServer]:
    """Start or join this machine's server with the schema of this program; it is left at the end.

    In a shop with one till nobody else would start it again when it dies, so it is watched for as long; and
    nobody else runs the keeper, so it works in here.
    """
    with embedded_server(settings, say) as server:
        migrate(server.dsn(), load_plan(paths.migrations_dir()))
        with _watched(server), _kept(settings, server):
            yield server


@contextlib.contextmanager
def _watched(server: EmbeddedServer) -> Iterator[None]:
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(server, over), name="own-server", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(server: EmbeddedServer, over: threading.Event) -> None:
    while not over.wait(WATCH_SECONDS):
        try:
            if server.revive():
                log.warning("the shop's server had died and was started again")
        except (PosError, OSError) as trouble:
            log.error("the shop's server died and did not start again: %s", trouble)


@contextlib.contextmanager
def _kept(settings: Settings, server: EmbeddedServer) -> Iterator[None]:
    over = threading.Event()
    keeper = Keeper(post_of(settings, server.dsn()))
    thread = threading.Thread(target=_keep, args=(keeper, over), name="keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(JOIN_SECONDS)  # a mail server that does not answer keeps nobody from going home


def _keep(keeper: Keeper, over: threading.Event) -> None:
    while not over.is_set():
        try:
            keeper.run(over)
        except PosError as trouble:
            log.error("the keeper stopped: %s", trouble)
            over.wait(AGAIN_SECONDS)


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
