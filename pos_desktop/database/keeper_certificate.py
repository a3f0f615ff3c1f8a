"""Reads until when the server's certificate is good, as the server shows it to a till that connects."""

from __future__ import annotations

import socket
import ssl
import struct
from datetime import UTC, datetime

from psycopg.conninfo import conninfo_to_dict

SECONDS = 5.0
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0


def certificate_until(dsn: str) -> datetime | None:
    """When the certificate of the server at ``dsn`` ends; None when it has none or is not reached by TCP.

    The certificate is only looked at: whether it is the right one is checked where tills connect.
    """
    given = {key: str(value) for key, value in conninfo_to_dict(dsn).items()}
    host = given.get("hostaddr") or given.get("host") or ""
    if not host or host.startswith(("/", "@")) or "," in host:
        return None
    try:
        with socket.create_connection((host, int(given.get("port") or 5432)), SECONDS) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                return None
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(plain, server_hostname=given.get("host") or host) as secure:
                return not_after(secure.getpeercert(binary_form=True) or b"")
    except OSError:  # whether the server answers at all is watched elsewhere
        return None


def not_after(der: bytes) -> datetime | None:
    """The end of validity in an X.509 certificate's bytes; None when they are none.

    RFC 5280, 4.1: Certificate { tbs { [0] version?, serial, algorithm, issuer, validity { from, until }, ...
    """
    try:
        tbs = _items(_items(_items(der)[0][1])[0][1])
        fields = tbs[1:] if tbs[0][0] == _VERSION else tbs
        tag, text = _items(fields[3][1])[1]
        form = {_UTC_TIME: "%y%m%d%H%M%SZ", _GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}[tag]
        return datetime.strptime(text.decode("ascii"), form).replace(tzinfo=UTC)
    except (IndexError, KeyError, ValueError):
        return None


def _items(data: bytes) -> list[tuple[int, bytes]]:
    """The tag and content of each DER value in ``data``; IndexError when it ends too soon."""
    found = []
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise IndexError("cut short")
        found.append((tag, data[at : at + length]))
        at += length
    return found
