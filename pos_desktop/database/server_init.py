"""Prepares a PostgreSQL server of its own for the shop: what is missing, and doing it."""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from pos_desktop.database.probe import settings_of
from pos_desktop.database.server_settings import Lacking, lacking
from pos_desktop.database.till import Connection
from pos_desktop.database.wal_archive import LIBRARY, WAL, archive_settings
from pos_desktop.errors import UserError, add_messages

OLDEST, NEWEST = 15, 18
CONNECTIONS = 200
"""Forty tills with four connections each, managers, the keeper, and ten to spare."""

_BEGIN, _END = "# pos_desktop begins", "# pos_desktop ends"
_BY_HAND = ("fsync", "full_page_writes")
"""What somebody must have switched off on purpose: that somebody has to hear of it."""

add_messages(
    {
        "server.version": (
            "The server is PostgreSQL {found}; the program needs {oldest} to {newest}.\nInstall one of these."
        ),
        "server.rights": (
            "{login} is no superuser of this server, and preparing it needs one.\n"
            "Connect as postgres, or let the one who looks after the server run this."
        ),
        "server.network": "{network} is no network.\nWrite it like 192.168.1.0/24.",
        "server.no_module": (
            "The server lacks its module {name}, which archives the log.\n"
            "Install PostgreSQL's contrib package on it, or give --archive-command."
        ),
        "server.extensions": (
            "The server lacks the extensions {names}.\nInstall PostgreSQL's contrib package on it."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. ``statement`` is what does it; "" is for hands: ``what`` says it all."""

    what: str
    statement: str = ""
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What the server is prepared for: the database's name, the tills' network, the certificate's files.

    ``archive`` is the folder below which base backups and the archived log lie, as the server's machine names
    it; ``archive_command`` archives the log by any command instead.
    """

    database: str
    network: str
    certificate: str = ""
    key: str = ""
    archive: str = ""
    archive_command: str = ""


def refuse_unfit(owner: Connection) -> None:
    """UserError when this server or login cannot be prepared at all."""
    major = owner.info.server_version // 10000
    if not OLDEST <= major <= NEWEST:
        raise UserError("server.version", found=major, oldest=OLDEST, newest=NEWEST)
    row = owner.execute("select current_setting('is_superuser'), session_user").fetchone()
    assert row is not None
    if row[0] != "on":
        raise UserError("server.rights", login=row[1])
    known = {name for (name,) in owner.execute("select name from pg_available_extensions")}
    missing = {"pg_trgm", "unaccent"} - known
    if missing:
        raise UserError("server.extensions", names=", ".join(sorted(missing)))


def actions(owner: Connection, wish: Wish) -> list[Action]:
    """Everything that is to be done, in order; empty when the server is ready. Changes nothing."""
    found = [*_settings(owner, wish), *_archive(owner, wish)]
    if not owner.execute("select 1 from pg_database where datname = %s", [wish.database]).fetchone():
        statement = sql.SQL("create database {} encoding 'UTF8' template template0")
        found.append(
            Action(
                f"make the database {wish.database}",
                statement.format(sql.Identifier(wish.database)).as_string(),
            )
        )
    return found + list(_doors(owner, wish))


def _settings(owner: Connection, wish: Wish) -> Iterator[Action]:
    for lack in lacking(settings_of(owner)):
        yield _setting(lack)
    rows = owner.execute("select name, setting from pg_settings where name = any(%s)", [[*_OURS]])
    now = {str(name): str(setting) for name, setting in rows}
    if int(now["max_connections"]) < CONNECTIONS:
        yield _set("max_connections", str(CONNECTIONS), now["max_connections"], restart=True)
    if now["listen_addresses"] in ("localhost", ""):
        yield _set("listen_addresses", "*", now["listen_addresses"], restart=True)
    if wish.certificate and now["ssl_cert_file"] != wish.certificate:
        yield _set("ssl_cert_file", wish.certificate, now["ssl_cert_file"])
        yield _set("ssl_key_file", wish.key, now["ssl_key_file"])
    if now["ssl"] != "on":
        if wish.certificate:
            yield _set("ssl", "on", "off")
        else:
            yield Action(
                "give the server a certificate: --certificate FILE --key FILE, as the server sees them"
            )


def _archive(owner: Connection, wish: Wish) -> Iterator[Action]:
    """The log kept outside the server, so that nothing since the last backup is lost with its disk."""
    rows = owner.execute("select name, setting from pg_settings where name = any(%s)", [[*_ARCHIVE]])
    now = {str(name): str(setting) for name, setting in rows}
    if now["wal_level"] == "minimal":
        yield _set("wal_level", "replica", "minimal", restart=True)
    wanted = _wanted_archive(wish)
    if not wanted and (
        now["archive_mode"] == "off" or not (now["archive_command"] or now["archive_library"])
    ):
        yield Action(
            "say where the log is archived, or what was sold since the last backup dies with this disk: "
            "--archive DIR, another disk than the server's"
        )
        return
    if wanted.get("archive_library"):
        yield from _archive_folder(owner, wish.archive)
    rows = owner.execute("select name, setting from pg_settings where name like 'basic_archive.%'")
    now |= {str(name): str(setting) for name, setting in rows}
    for name, value in wanted.items():
        if name == "archive_timeout" and now[name] != "0":
            continue  # somebody chose another time
        if now.get(name, "") != value:
            yield _set(name, value, now.get(name, ""), restart=name == "archive_mode")


_ARCHIVE = ("wal_level", "archive_mode", "archive_command", "archive_library", "archive_timeout")


def _wanted_archive(wish: Wish) -> dict[str, str]:
    if wish.archive_command:
        own = archive_settings("")
        return {
            "archive_mode": own["archive_mode"],
            "archive_library": "",
            "archive_command": wish.archive_command,
            "archive_timeout": own["archive_timeout"],
        }
    return archive_settings(f"{wish.archive}/{WAL}") if wish.archive else {}


def _archive_folder(owner: Connection, folder: str) -> Iterator[Action]:
    """LOAD makes the module's settings known to this session, and shows that the server has it."""
    try:
        owner.execute(f"load '{LIBRARY}'".encode())
    except psycopg.errors.UndefinedFile as error:
        raise UserError("server.no_module", name=LIBRARY) from error
    row = owner.execute("select isdir from pg_stat_file(%s, true)", [f"{folder}/{WAL}"]).fetchone()
    if row is None or not row[0]:
        yield Action(f"make the folder {folder}/{WAL} on the server's machine, for the server's user alone")


_OURS = ("max_connections", "listen_addresses", "ssl", "ssl_cert_file", "ssl_key_file")


def _setting(lack: Lacking) -> Action:
    name, value = lack.wanted.name, lack.wanted.advice
    if name == "data_checksums":
        return Action(f"{name} is {lack.value}: stop the server and run pg_checksums --enable")
    if name in _BY_HAND:
        return Action(f"{name} is {lack.value}: set it to {value}; somebody switched it off")
    return _set(name, value, lack.value)


def _set(name: str, value: str, before: str, *, restart: bool = False) -> Action:
    statement = (
        sql.SQL("alter system set {} = {}").format(sql.Identifier(name), sql.Literal(value)).as_string()
    )
    return Action(f"set {name} = {value} (it is {before or 'empty'})", statement, restart)


def _doors(owner: Connection, wish: Wish) -> Iterator[Action]:
    """Who may come in: over TLS with a password, from the tills' network and from here; nobody else."""
    wanted = str(ipaddress.ip_network(wish.network).network_address)
    found = owner.execute(
        "select 1 from pg_hba_file_rules where type = 'hostssl' and auth_method = 'scram-sha-256'"
        " and %s = any(database) and address = %s and error is null",
        [wish.database, wanted],
    ).fetchone()
    if found is None:
        yield Action(f"let {wish.network} into {wish.database} over TLS with a password (pg_hba.conf)", "hba")


def perform(owner: Connection, todo: list[Action], wish: Wish) -> list[str]:
    """Do what can be done from here; what is left for hands, in words."""
    left = []
    for action in todo:
        if action.statement == "hba":
            left += _open_door(owner, wish)
        elif action.statement:
            owner.execute(action.statement.encode())
        else:
            left.append(action.what)
    owner.execute("select pg_reload_conf()")
    if any(action.restart for action in todo):
        left.append("restart the server: some settings take effect only then")
    return left


def door_lines(wish: Wish) -> list[str]:
    """What pg_hba.conf needs, in its order: the first line that fits decides."""
    name = wish.database
    return [
        _BEGIN,
        f"hostssl  {name}  all  {wish.network}  scram-sha-256",
        f"hostssl  {name}  all  127.0.0.1/32  scram-sha-256",
        f"hostssl  {name}  all  ::1/128  scram-sha-256",
        f"host     {name}  all  all  reject",
        _END,
    ]


def _open_door(owner: Connection, wish: Wish) -> list[str]:
    """Into the file where it is on this machine and ours to write; else the lines for somebody's hand."""
    row = owner.execute("select current_setting('hba_file'), inet_server_addr()").fetchone()
    assert row is not None
    file = Path(row[0])
    here = row[1] is None or ipaddress.ip_address(str(row[1]).split("/")[0]).is_loopback
    lines = "\n".join(door_lines(wish))
    if not (here and file.is_file() and os.access(file, os.W_OK)):
        return [f"write these lines at the top of {file}, and reload the server:\n{lines}"]
    before = file.read_text(encoding="utf-8")
    kept = file.with_name(f"{file.name}.before-pos_desktop")
    if not kept.exists():
        _copy_with_owner(file, kept)
    if _BEGIN in before:
        head, _, rest = before.partition(_BEGIN)
        before = head + rest.partition(_END)[2].lstrip("\n")
    with file.open("w", encoding="utf-8") as written:
        written.write(f"{lines}\n{before}")
    return []


def _copy_with_owner(file: Path, kept: Path) -> None:
    """The server reads every file in its folder for a base backup: this one has to be its own too."""
    shutil.copy2(file, kept)
    if sys.platform != "win32":
        owner = file.stat()
        os.chown(kept, owner.st_uid, owner.st_gid)


def network_of(text: str) -> str:
    """A network as PostgreSQL writes it; UserError "server.network" for anything else."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise UserError("server.network", network=text) from error
