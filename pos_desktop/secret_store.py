"""Keeps this machine's secrets: in the system's keyring, or without one in files of this user alone."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_desktop.errors import EnvironmentProblem, UserError, add_messages

SERVICE = "pos_desktop"
FILE_NAME = "till-password"
PENDING_NAME = "till-password.pending"

add_messages(
    {
        "config.open_secret": (
            "{path} holds a secret, and others on this machine can read it.\n"
            "Make it yours alone: chmod 600 {path}"
        ),
        "config.no_secret": (
            "The secret file {path} cannot be read ({reason}).\nPut it back, or correct till.toml."
        ),
        "config.no_keyring": (
            "till.toml asks for the password in the system's keyring, but {reason}.\n"
            "Store it there, or use password_file."
        ),
        "secret.not_private": (
            "{path} cannot be closed to other users of this machine ({reason}).\n"
            "Keep this machine's folder on a disk with file rights; nothing was stored."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a secret lies, in the words of ``till.toml``: ``keyring`` or ``password_file``, and its value."""

    key: str
    value: str


def keep_secret(home: Path, login: str, secret: str) -> Kept:
    """Put the password of ``login`` away: into the keyring, or without one into a file of this user alone.

    EnvironmentProblem ``secret.not_private`` where a file cannot be closed to others; nothing is kept then.
    """
    keyring = _system_keyring()
    service = f"{SERVICE} {home}"
    if keyring is not None:
        try:
            keyring.set_password(service, login, secret)
            if keyring.get_password(service, login) == secret:
                return Kept("keyring", service)
        except keyring.errors.KeyringError:
            pass  # locked, or nobody to unlock it: the file will do
    write_secret(home / FILE_NAME, secret)
    return Kept("password_file", FILE_NAME)


def pending_secret(home: Path, secret: str) -> str:
    """A secret that the server may have or not: kept beside the one in use until that is known.

    Returns the one that waits already (an earlier attempt whose answer was lost), or stores ``secret``.
    """
    waiting = home / PENDING_NAME
    if not waiting.exists():
        write_secret(waiting, secret)
    return read_secret(waiting)


def forget_pending(home: Path) -> None:
    """The pending secret counts now and is kept in its place, or never will."""
    (home / PENDING_NAME).unlink(missing_ok=True)


def _system_keyring() -> Any:
    """The library, when a keyring of the system stands behind it; a till at start-up often has none."""
    try:
        keyring = importlib.import_module("keyring")
        return keyring if keyring.get_keyring().priority >= 1 else None
    except (ImportError, RuntimeError):
        return None


def from_keyring(service: str, login: str) -> str:
    """The password of ``login`` from the system's keyring; UserError ``config.no_keyring`` says why not."""
    try:
        keyring = importlib.import_module("keyring")
    except ImportError as error:
        raise UserError("config.no_keyring", reason="the package keyring is not installed") from error
    try:
        secret = keyring.get_password(service, login)
    except keyring.errors.KeyringError as error:
        raise UserError("config.no_keyring", reason=str(error)) from error
    if secret is None:
        raise UserError("config.no_keyring", reason=f"it has none for {service}, {login}")
    return str(secret)


def read_secret(path: Path) -> str:
    """The secret in a file of this user alone, without the line end an editor leaves."""
    try:
        mode = path.stat().st_mode
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UserError("config.no_secret", path=str(path), reason=reason) from error
    if os.name == "posix" and mode & 0o077:
        raise UserError("config.open_secret", path=str(path))
    return secret


def write_secret(path: Path, secret: str) -> None:
    """Write a secret so that at no moment anybody else can read it, and never half of it."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _close_to_others(fresh)  # before there is anything to read
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _close_to_others(path: Path) -> None:
    """Mode 0600 says nothing on Windows: there the list of who may is cut down to this user."""
    if sys.platform != "win32":
        return
    user = os.environ.get("USERNAME", "")
    domain = os.environ.get("USERDOMAIN", "")
    who = f"{domain}\\{user}" if domain else user
    command = ["icacls", str(path), "/inheritance:r", "/grant:r", f"{who}:F"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, creationflags=subprocess.CREATE_NO_WINDOW
    )
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).strip().splitlines()[:1] or ["icacls"]
        raise EnvironmentProblem("secret.not_private", path=str(path), reason=reason[0])
