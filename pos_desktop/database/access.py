"""Opens the shop's server as its owner: for migrating, importing, checking; tills have their own way in."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from pos_desktop import config
from pos_desktop.database.binaries import Say
from pos_desktop.database.dsn import server_dsn
from pos_desktop.database.embedded import EmbeddedServer, place_for
from pos_desktop.database.server_settings import choose_archive
from pos_desktop.errors import EnvironmentProblem

log = logging.getLogger(__name__)


def embedded_server(settings: config.Settings, say: Say = lambda _: None) -> EmbeddedServer:
    """This machine's own server, not started yet, told where its log is archived by the settings.

    An archive's disk that is away keeps nobody from selling: the server keeps its log, the keeper tells.
    """
    place = place_for(settings.home, say)
    try:
        choose_archive(place, settings.bases.place)
    except EnvironmentProblem as trouble:
        log.warning("%s", trouble.text())
    return EmbeddedServer(place, say=say)


@contextlib.contextmanager
def shop_server(settings: config.Settings, say: Say = lambda _: None) -> Iterator[str]:
    """The connection string of the shop's database for the length of the block.

    An embedded server is started (or joined) and left again; for a server on the network it is
    the login of the settings, whose connection must be checked (``config.no_tls``).
    """
    if not settings.database.embedded:
        yield server_dsn(settings.database, config.login_password(settings), str(settings.file))
        return
    with embedded_server(settings, say) as server:
        yield server.dsn()
