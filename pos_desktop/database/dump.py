"""Dumps a database into one file with pg_dump, and reads such a file back with pg_restore."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.config import PASSWORD_VARIABLE
from pos_desktop.database.binaries import Binaries
from pos_desktop.errors import EnvironmentProblem, add_messages
from pos_desktop.secret_store import write_secret

LOW_PRIORITY = 10

add_messages(
    {
        "dump.failed": (
            "The shop's data could not be copied to {path}.\nPostgreSQL said: {reason}. Check that disk."
        ),
        "dump.unreadable": (
            "The dump {path} cannot be read back.\nPostgreSQL said: {reason}. Try the one before it."
        ),
    }
)


def dump_database(binaries: Binaries, dsn: str, path: Path) -> None:
    """Write the database at ``dsn`` to ``path`` in pg_dump's custom format, and list it with pg_restore.

    Packed lightly and with low priority, since tills sell meanwhile, on this machine too perhaps. The
    password goes by a file of this user alone: a command line is everybody's to read, an environment root's.
    EnvironmentProblem ``dump.failed`` names the file and what PostgreSQL said.
    """
    with without_password(dsn) as (address, secret):
        command = [binaries.program("pg_dump"), "-Fc", "-Z", "1", "-f", str(path), "-d", address]
        run_program(command, path, secret, "dump.failed")
    listing = [binaries.program("pg_restore"), "-l", "-f", os.devnull, str(path)]
    run_program(listing, path, environment(), "dump.failed")


def restore_dump(binaries: Binaries, path: Path, dsn: str) -> None:
    """Read the dump at ``path`` into the empty database at ``dsn``, as its owner; its roles have to exist.

    EnvironmentProblem ``dump.unreadable`` names the file and what PostgreSQL said.
    """
    with without_password(dsn) as (address, secret):
        command = [binaries.program("pg_restore"), "--exit-on-error", "-d", address, str(path)]
        run_program(command, path, secret, "dump.unreadable")


def list_dump(binaries: Binaries, path: Path) -> str:
    """What pg_restore says is in a dump, when it was made first. EnvironmentProblem ``dump.unreadable``."""
    return run_program(
        [binaries.program("pg_restore"), "-l", str(path)], path, environment(), "dump.unreadable"
    )


@contextlib.contextmanager
def without_password(dsn: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The address for a command line, and an environment that names a file with the password."""
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    password = parts.pop("password", "").replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.TemporaryDirectory(prefix="pos-") as folder:
        file = Path(folder) / "pgpass"
        write_secret(file, f"*:*:*:*:{password}\n")
        yield make_conninfo("", **parts), {**environment(), "PGPASSFILE": str(file)}


def environment() -> dict[str, str]:
    """Ours without the secrets somebody may have put into it."""
    secret = {"PGPASSWORD", PASSWORD_VARIABLE}
    return {name: value for name, value in os.environ.items() if name not in secret}


def run_program(command: list[str], path: Path, variables: dict[str, str], trouble: str) -> str:
    """What a program of PostgreSQL says, run with low priority.

    EnvironmentProblem ``trouble`` with ``path`` and what PostgreSQL complained of, as ``reason``.
    """
    names = ("CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")  # Windows only
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=variables,
            creationflags=sum(getattr(subprocess, name, 0) for name in names),
        ) as process:
            _step_back(process.pid)
            try:
                said, complained = process.communicate()
            except BaseException:  # Ctrl+C: nobody waits for half a dump
                process.kill()
                raise
    except OSError as error:
        raise EnvironmentProblem(trouble, path=str(path), reason=str(error)) from error
    if process.returncode != 0:
        lines = complained.strip().splitlines() or ["nothing"]
        reason = next((line for line in lines if "error:" in line), lines[-1])  # what follows is tidying up
        raise EnvironmentProblem(trouble, path=str(path), reason=reason)
    return said


def _step_back(pid: int) -> None:
    """Let everybody else go first; Windows was told at the start."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, pid, LOW_PRIORITY)
