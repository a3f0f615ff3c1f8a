"""Asks the server itself what it says to a login, where libpq keeps the SQLSTATE to itself.

A connection that was not made has no SQLSTATE, and libpq's words are in the language of the server. That a
password was used says only how far it came: the line may have been cut, the server stopped, full or
starting. So the same login is tried once more by hand, up to the server's own verdict; the password never
travels, only SCRAM's proof of it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import ssl
import struct
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from pos_desktop.database.tls import CHECKED, SSL_REQUEST, checking_context

ACCEPTED: Final = "00000"
"""The server lets this login in."""
OTHER_METHOD: Final = "other"
"""The server asks for the password in a way this module does not speak."""

SECONDS = 3.0
_VERSION = 3 << 16
_MOST_ROUNDS = 1_000_000
_LONGEST = 100_000
_NO_BINDING = "n,,"


@dataclass(frozen=True, slots=True)
class Login:
    """Where to and as whom; ``address`` is a name, a number or the folder of a socket."""

    address: str
    name: str
    port: int
    user: str
    password: str
    database: str
    sslmode: str = "prefer"
    sslrootcert: str = ""


def login_answer(login: Login) -> str | None:
    """The SQLSTATE of the server's answer to ``login`` now; None when it gives none within three seconds."""
    try:
        with _connected(login) as link:
            return _Talk(link, login).answer()
    except (OSError, ValueError, struct.error, KeyError, IndexError):
        return None


def _connected(login: Login) -> socket.socket:
    if login.address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(SECONDS)
        link.connect(f"{login.address}/.s.PGSQL.{login.port}")
        return link
    link = socket.create_connection((login.address, login.port), SECONDS)
    try:
        return link if login.sslmode == "disable" else _secured(link, login)
    except BaseException:
        link.close()
        raise


def _secured(link: socket.socket, login: Login) -> socket.socket:
    """As libpq does it: checked where the setting says so, else encrypted where the server can."""
    link.sendall(SSL_REQUEST)
    answer = link.recv(1)
    if answer == b"N" and login.sslmode in ("prefer", "allow"):
        return link
    if answer != b"S":
        raise ConnectionError
    if login.sslmode in CHECKED:
        context = checking_context(login.sslrootcert, names=login.sslmode == "verify-full")
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(link, server_hostname=login.name)


class _Talk:
    """One login, message by message, until the server has said yes or no."""

    def __init__(self, link: socket.socket, login: Login) -> None:
        self._link, self._login = link, login
        self._nonce = b64encode(os.urandom(18)).decode()

    def answer(self) -> str | None:
        """The SQLSTATE, ACCEPTED, OTHER_METHOD; OSError when the line ends before."""
        words = ("user", self._login.user, "database", self._login.database, "")
        body = struct.pack("!i", _VERSION) + b"".join(word.encode() + b"\0" for word in words)
        self._link.sendall(struct.pack("!i", len(body) + 4) + body)
        while True:
            kind, body = self._message()
            if kind == b"E":
                return next(part[1:].decode() for part in body.split(b"\0") if part[:1] == b"C")
            if kind == b"Z":
                self._link.sendall(b"X" + struct.pack("!i", 4))
                return ACCEPTED
            if kind == b"R" and not self._goes_on(struct.unpack("!i", body[:4])[0], body[4:]):
                return OTHER_METHOD

    def _goes_on(self, step: int, body: bytes) -> bool:
        """Answer a step of the login; False where it is none of SCRAM-SHA-256."""
        if step == 10:
            if b"SCRAM-SHA-256" not in body.split(b"\0"):
                return False
            first = f"{_NO_BINDING}n=,r={self._nonce}".encode()
            self._say(b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)
        elif step == 11:
            self._say(proof(self._login.password, self._nonce, body.decode()).encode())
        return step in (0, 10, 11, 12)

    def _say(self, body: bytes) -> None:
        self._link.sendall(b"p" + struct.pack("!i", len(body) + 4) + body)

    def _message(self) -> tuple[bytes, bytes]:
        kind, length = struct.unpack("!ci", self._read(5))
        if not 4 <= length <= _LONGEST:
            raise ValueError(length)
        return kind, self._read(length - 4)

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            part = self._link.recv(count - len(found))
            if not part:
                raise ConnectionError
            found += part
        return found


def proof(password: str, nonce: str, challenge: str) -> str:
    """The client's last message of SCRAM-SHA-256 (RFC 5802, 7677) to the server's first."""
    said = dict(part.split("=", 1) for part in challenge.split(","))
    rounds = int(said["i"])
    if not said["r"].startswith(nonce) or not 0 < rounds <= _MOST_ROUNDS:
        raise ValueError(challenge)
    secret = unicodedata.normalize("NFKC", password).encode()
    salted = hashlib.pbkdf2_hmac("sha256", secret, b64decode(said["s"]), rounds)
    key = hmac.digest(salted, b"Client Key", "sha256")
    last = f"c={b64encode(_NO_BINDING.encode()).decode()},r={said['r']}"
    signed = f"n=,r={nonce},{challenge},{last}".encode()
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
    mixed = bytes(one ^ other for one, other in zip(key, signature, strict=True))
    return f"{last},p={b64encode(mixed).decode()}"
