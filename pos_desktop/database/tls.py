"""Says why a secure link to the server cannot be, where libpq only says that there is none."""

from __future__ import annotations

import socket
import ssl
import struct
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from pos_desktop.errors import EnvironmentProblem, PosError, add_messages

SECONDS = 3.0
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
CHECKED = ("verify-full", "verify-ca")

add_messages(
    {
        "tls.expired": (
            "The secure link to {host} is refused: its certificate is out of date, or this clock is wrong.\n"
            "Renew the certificate on the server; check the clocks of both."
        ),
        "tls.other_ca": (
            "The secure link to {host} is refused: its certificate is not signed by the one in {file}.\n"
            "Another machine may be posing as the server. Ask who looks after it before going on."
        ),
        "tls.other_name": (
            "The secure link is refused: the certificate shown is not made out to {host}.\n"
            "Use the name in the certificate, or ask whether another machine is posing as the server."
        ),
        "tls.none": (
            "The secure link to {host} is refused: it answers without encryption.\n"
            "Switch ssl on at the server, or ask whether another machine is posing as it."
        ),
        "tls.no_ca": (
            "The secure link to {host} cannot be checked: there is no usable certificate in {file}.\n"
            "Copy the certificate the server's own is signed with to that file."
        ),
        "tls.broken": (
            "The secure link to {host} could not be agreed on ({reason}).\n"
            "The server has to speak TLS 1.2 or newer."
        ),
    }
)

# What OpenSSL calls them (X509_V_ERR_...): all else is a chain that ends at nobody we know.
_EXPIRED = (9, 10, 13, 14)
_OTHER_NAME = (62, 63, 64)


def tls_trouble(dsn: str) -> PosError | None:
    """Ask for the server's certificate and check it as libpq does; None when that is not what is wrong.

    An EnvironmentProblem: the same call works once the server shows the right certificate, so a till
    goes on as when its server is away. There is no way round it and none to an open link.
    """
    try:
        found = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    except ProgrammingError:
        return None
    host = found.get("host", "").split(",")[0]
    if found.get("sslmode") not in CHECKED or not host or host.startswith(("/", "@")):
        return None
    file = found.get("sslrootcert") or str(Path("~/.postgresql/root.crt").expanduser())
    try:
        context = checking_context(file, names=found["sslmode"] == "verify-full")
    except (OSError, ssl.SSLError):
        return EnvironmentProblem("tls.no_ca", host=host, file=file)
    address = (found.get("hostaddr", host).split(",")[0], int(found.get("port", "5432").split(",")[0]))
    try:
        with socket.create_connection(address, SECONDS) as link:
            return _shake_hands(link, context, host, file)
    except OSError:
        return None


def checking_context(file: str, *, names: bool) -> ssl.SSLContext:
    """Checks a server's certificate as libpq does with ``sslrootcert=file``; OSError when there is none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = names
    if file == "system":
        context.load_default_certs()
    else:
        context.load_verify_locations(file)
    return context


def _shake_hands(link: socket.socket, context: ssl.SSLContext, host: str, file: str) -> PosError | None:
    link.settimeout(SECONDS)
    link.sendall(SSL_REQUEST)
    answer = link.recv(1)
    if answer == b"N":
        return EnvironmentProblem("tls.none", host=host)
    if answer != b"S":
        return None
    try:
        context.wrap_socket(link, server_hostname=host).close()
    except ssl.SSLCertVerificationError as refused:
        code = "expired" if refused.verify_code in _EXPIRED else "other_ca"
        if refused.verify_code in _OTHER_NAME:
            code = "other_name"
        parameters = {"file": file} if code == "other_ca" else {}
        return EnvironmentProblem(f"tls.{code}", host=host, **parameters)
    except ssl.SSLError as error:
        return EnvironmentProblem("tls.broken", host=host, reason=error.reason or "no common version")
    return None
