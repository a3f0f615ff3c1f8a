"""Decides how this machine reaches its server, and refuses a network connection nobody checks."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.config import DatabaseSettings
from pos_desktop.errors import UserError, add_messages

# A machine that vanished is noticed within seconds, whatever the operating system's own patience is.
_PATIENCE: dict[str, str | int] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


READER = "pos_backup"
_LOGIN = ("user", "password", "passfile")

add_messages(
    {
        "config.password_in_dsn": (
            "A connection string is no place for a password: others can read it there.\n"
            "Take it out; use pos-desktop till claim, a password file, or POS_DESKTOP_PASSWORD."
        ),
    }
)


def server_dsn(settings: DatabaseSettings, password: str | None, file: str) -> str:
    """The connection string of the shop's own server with this machine's login; refused when unsafe."""
    try:
        found = {key: str(value) for key, value in conninfo_to_dict(settings.dsn or "").items()}
    except ProgrammingError as error:
        raise UserError("config.dsn", file=file) from error
    if "password" in found:
        raise UserError("config.password_in_dsn")
    host = remote_host(found)
    if host and found.get("sslmode") != "verify-full" and not settings.insecure:
        raise UserError("config.no_tls", host=host, file=file)
    if host:  # a server that is not ours might ask for the password itself
        found.setdefault("require_auth", "scram-sha-256")
    if settings.login:
        found["user"] = settings.login
    if password is not None:
        found["password"] = password
    return make_conninfo("", **found)


def with_login(dsn: str, login: str, password: str) -> str:
    """The same database under another login."""
    return make_conninfo(dsn, user=login, password=password)


def with_database(dsn: str, name: str) -> str:
    """The same server and login, another database."""
    return make_conninfo(dsn, dbname=name)


def database_of(dsn: str) -> str:
    """The name of the database a connection string leads to."""
    return str(conninfo_to_dict(dsn)["dbname"])


def as_reader(dsn: str) -> str:
    """``dsn`` with the rights of who reads everything and changes nothing, however long it takes."""
    options = str(conninfo_to_dict(dsn).get("options") or "")
    return make_conninfo(dsn, options=f"{options} -c role={READER} -c statement_timeout=0".strip())


def with_password(dsn: str, password: str) -> str:
    """The same login with its password."""
    return make_conninfo(dsn, password=password)


def without_login(dsn: str) -> str:
    """The same address without user and password: what may stand in a file others read."""
    found = conninfo_to_dict(dsn)
    return make_conninfo("", **{key: value for key, value in found.items() if key not in _LOGIN})


def network_dsn(host: str, port: int, database: str, ca: str | None) -> str:
    """A server on the network, its certificate checked against ``ca``, or against those the system trusts."""
    return make_conninfo(
        "", host=host, port=port, dbname=database, sslmode="verify-full", sslrootcert=ca or "system"
    )


def remote_host(parameters: Mapping[str, str]) -> str | None:
    """The first host outside this machine, or None; a service file could name any, so it counts as one."""
    hosts = parameters.get("host") or os.environ.get("PGHOST", "")
    addresses = parameters.get("hostaddr") or os.environ.get("PGHOSTADDR", "")
    for host in [*hosts.split(","), *addresses.split(",")]:
        if host and not _is_local(host):
            return host
    service = parameters.get("service") or os.environ.get("PGSERVICE")
    return f"of service {service}" if service and not hosts else None


def _is_local(host: str) -> bool:
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def patient(dsn: str, application: str) -> str:
    """``dsn`` with the time-outs of a till, unless it sets its own, and the name the server's lists show."""
    given = conninfo_to_dict(dsn)
    return make_conninfo(
        dsn, application_name=application, **{k: v for k, v in _PATIENCE.items() if k not in given}
    )
