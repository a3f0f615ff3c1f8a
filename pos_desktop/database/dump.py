"""Dumps the shop's own server into one file with pg_dump, and reads it back to know that it is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop.database.binaries import Binaries
from pos_desktop.errors import EnvironmentProblem, add_messages

add_messages(
    {
        "dump.failed": (
            "The shop's data could not be copied to {path}.\nPostgreSQL said: {reason}. Check that disk."
        ),
    }
)


def dump_database(binaries: Binaries, dsn: str, path: Path) -> None:
    """Write the database at ``dsn`` to ``path`` in pg_dump's custom format, and list it with pg_restore.

    The password goes by the environment, since everybody on a machine can read a command line.
    EnvironmentProblem ``dump.failed`` names the file and what PostgreSQL said.
    """
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    environment = {**os.environ, "PGPASSWORD": parts.pop("password", "")}
    address = make_conninfo("", **parts)
    _run([binaries.program("pg_dump"), "-Fc", "-f", str(path), "-d", address], path, environment)
    _run([binaries.program("pg_restore"), "-l", "-f", os.devnull, str(path)], path, environment)


def _run(command: list[str], path: Path, environment: dict[str, str]) -> None:
    window = getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            creationflags=window,
        )
    except OSError as error:
        raise EnvironmentProblem("dump.failed", path=str(path), reason=str(error)) from error
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise EnvironmentProblem("dump.failed", path=str(path), reason=reason)
