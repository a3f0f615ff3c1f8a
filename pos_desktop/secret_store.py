"""Keeps this machine's secrets: in the system's keyring, or without one in files of this user alone."""

from __future__ import annotations

import contextlib
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
NOTE_ENDING = ".keyring"
"""A secret file's name with this ending: a note, no secret, that the keyring has it, and under what name."""

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
        "secret.keyring_closed": (
            "The secret of {path} lies in the system's keyring, which does not give it ({reason}).\n"
            "Start this as the user who stored it, signed in; or put the file back."
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
    service = _service(home)
    if _into_keyring(service, login, secret):
        return Kept("keyring", service)
    write_secret(home / FILE_NAME, secret)
    return Kept("password_file", FILE_NAME)


def put_secret(path: Path, secret: str) -> str:
    """Put away what else would be the file ``path``, and say where: ``keyring``, or ``file`` without one.

    In the keyring's case a note beside the file's place says so: a keyring that does not open is not taken
    for a secret that was never made.
    """
    if not _into_keyring(_service(path.parent), path.name, secret):
        write_secret(path, secret)
        return "file"
    write_secret(_note(path), _service(path.parent))
    path.unlink(missing_ok=True)
    return "keyring"


def has_secret(path: Path) -> bool:
    """Whether a secret was put away as ``path``, in the file or in the keyring."""
    return path.exists() or _note(path).exists()


def kept_secret(path: Path) -> str:
    """The secret put away as ``path``: of the file when there is one, else of the keyring.

    UserError: ``config.no_secret`` where there is none, ``config.open_secret`` for a file others can read,
    ``secret.keyring_closed`` where the keyring has it and does not give it.
    """
    if path.exists() or not _note(path).exists():
        return read_secret(path)
    try:
        return from_keyring(read_secret(_note(path)), path.name)
    except UserError as closed:
        reason = closed.params.get("reason", closed.code)
        raise UserError("secret.keyring_closed", path=str(path), reason=str(reason)) from closed


def secret_place(path: Path) -> str:
    """Where :func:`kept_secret` finds it: ``file``, ``keyring``, or nothing where there is none."""
    return "file" if path.exists() else "keyring" if _note(path).exists() else ""


def has_keyring() -> bool:
    """Whether this system has a keyring for this user that may open by itself."""
    return _system_keyring() is not None


def move_to_keyring(path: Path) -> bool:
    """Move a secret's file into the keyring; whether it lies there now. Without a keyring it stays as it is.

    UserError as :func:`read_secret`: a file that others could read is told of, not taken over.
    """
    if path.exists() and _system_keyring() is not None:
        put_secret(path, read_secret(path))
    return secret_place(path) == "keyring"


def pending_secret(home: Path, secret: str) -> str:
    """A secret that the server may have or not: kept beside the one in use until that is known.

    Returns the one that waits already (an earlier attempt whose answer was lost), or stores ``secret``.
    """
    waiting = home / PENDING_NAME
    if not has_secret(waiting):
        put_secret(waiting, secret)
    return kept_secret(waiting)


def forget_pending(home: Path) -> None:
    """The pending secret counts now and is kept in its place, or never will."""
    waiting = home / PENDING_NAME
    if (keyring := _system_keyring()) is not None and _note(waiting).exists():
        with contextlib.suppress(keyring.errors.KeyringError):
            keyring.delete_password(read_secret(_note(waiting)), waiting.name)
    _note(waiting).unlink(missing_ok=True)
    waiting.unlink(missing_ok=True)


def _service(folder: Path) -> str:
    """What the keyring lists a machine's secrets under: two shops of one machine keep theirs apart."""
    return f"{SERVICE} {folder}"


def _note(path: Path) -> Path:
    return path.with_name(path.name + NOTE_ENDING)


def _into_keyring(service: str, name: str, secret: str) -> bool:
    """Store a secret in the system's keyring and read it back; False without one, or when it is locked."""
    keyring = _system_keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(service, name, secret)
        return bool(keyring.get_password(service, name) == secret)
    except keyring.errors.KeyringError:
        return False  # locked, or nobody to unlock it: the file will do


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
