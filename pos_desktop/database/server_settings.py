"""What a till's server has to be set to: the file of the embedded one, and what another one lacks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pos_desktop.database.binaries import Binaries
from pos_desktop.database.server_process import give_to_server
from pos_desktop.database.wal_archive import WAL, archive_settings, make_archive, quoted
from pos_desktop.paths import make_private_dir

FILE = "pos_desktop.conf"
ARCHIVE_NOTE = "archive"
"""Beside the data of an embedded server: where its log is archived. Whoever starts the server reads it."""

_ALWAYS = """
# Written at each start by pos_desktop; changes made here are lost.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
jit = off

# A till that disappears must not keep its locks.
tcp_keepalives_idle = 5
tcp_keepalives_interval = 2
tcp_keepalives_count = 3
client_connection_check_interval = '2s'
idle_in_transaction_session_timeout = '10s'
deadlock_timeout = '200ms'

# What the log tells: slow statements, waits for locks; never the parameters of a sign-in.
log_line_prefix = '%m [%p] %q%u@%d %a '
log_min_duration_statement = '500ms'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_lock_waits = on
log_checkpoints = off
track_io_timing = on
track_functions = 'pl'

# A report takes one core and leaves the others to the tills.
max_parallel_workers_per_gather = 0

max_wal_size = '2GB'
random_page_cost = 1.1
"""

_FRAGILE = """
# For tests only: a power cut would lose everything.
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = '10min'
"""

_STATISTICS = """
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.max = 2000
"""


def write_settings(data: Path, binaries: Binaries, *, durable: bool) -> None:
    """Write the server's settings into its data folder."""
    text = _ALWAYS + f"shared_buffers = '{_shared_buffers_mb()}MB'\n"
    if not durable:
        text += _FRAGILE
    if binaries.has_extension("pg_stat_statements"):
        text += _STATISTICS
    text += _archive(data.parent / ARCHIVE_NOTE)
    target = data / FILE
    target.write_text(text, encoding="utf-8")
    give_to_server(target, 0o600)


def choose_archive(place: Path, folder: Path | None) -> None:
    """Have the embedded server of ``place`` archive its log below ``folder`` from its next start on, or not.

    EnvironmentProblem ``archive.no_folder`` when that folder is not there. The server is told of it all the
    same: it keeps its log until the folder is back.
    """
    if folder is not None:
        make_private_dir(place)
    note = place / ARCHIVE_NOTE
    before = note.read_text(encoding="utf-8") if note.is_file() else ""
    now = "" if folder is None else str(folder / WAL)
    if now != before and place.is_dir():
        note.write_text(now, encoding="utf-8")
    if folder is not None:
        make_archive(folder, own=True)


def _archive(note: Path) -> str:
    wal = note.read_text(encoding="utf-8") if note.is_file() else ""
    if not wal:
        return ""
    lines = [f"{name} = {quoted(value)}" for name, value in archive_settings(wal).items()]
    return (
        "\n# The log goes on from the newest base backup (backup.base_directory).\n" + "\n".join(lines) + "\n"
    )


def include_settings(data: Path) -> None:
    """Make a fresh cluster read our file after its own."""
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(f"\ninclude = '{FILE}'\n")


def _shared_buffers_mb() -> int:
    """An eighth of the machine's memory, between 128 MB and 1 GB."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 128
    return max(128, min(1024, total // 8 // 2**20))


# -- what any server needs ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A setting the shop's server should have: ``fits`` judges its value as pg_settings gives it.

    ``grave``: sales are lost at a power cut, or a till that vanished keeps others waiting.
    """

    name: str
    advice: str
    fits: Callable[[str], bool]
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Lacking:
    """A setting that is not as it should be, with what is there."""

    wanted: Wanted
    value: str


def _is(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


def _at_most(most: int) -> Callable[[str], bool]:
    """Zero means switched off, or the operating system's own two hours."""
    return lambda value: 0 < int(value) <= most


WANTED: tuple[Wanted, ...] = (
    Wanted("fsync", "on", _is("on"), grave=True),
    Wanted("full_page_writes", "on", _is("on"), grave=True),
    Wanted("synchronous_commit", "on", _is("on", "remote_apply"), grave=True),
    Wanted("tcp_keepalives_idle", "5", _at_most(30), grave=True),
    Wanted("tcp_keepalives_interval", "2", _at_most(10), grave=True),
    Wanted("tcp_keepalives_count", "3", _at_most(6), grave=True),
    Wanted("client_connection_check_interval", "2s", _at_most(10_000), grave=True),
    Wanted("idle_in_transaction_session_timeout", "10s", _at_most(60_000), grave=True),
    Wanted("password_encryption", "scram-sha-256", _is("scram-sha-256"), grave=True),
    Wanted("deadlock_timeout", "200ms", _at_most(500)),
    Wanted("log_lock_waits", "on", _is("on")),
    Wanted("log_parameter_max_length", "0", _is("0")),
    Wanted("log_parameter_max_length_on_error", "0", _is("0")),
    Wanted("data_checksums", "on", _is("on")),
    Wanted("ssl_min_protocol_version", "TLSv1.2", _is("TLSv1.2", "TLSv1.3")),
)


LOSES_SALES = ("fsync", "full_page_writes", "synchronous_commit")
"""Switched off, these lose acknowledged sales at a power cut."""


def lacking(values: Mapping[str, str]) -> tuple[Lacking, ...]:
    """What of :data:`WANTED` a server with these settings (raw, in base units) lacks, grave ones first.

    A setting the server does not know is none of its faults.
    """
    found = [
        Lacking(one, values[one.name])
        for one in WANTED
        if one.name in values and not one.fits(values[one.name])
    ]
    return tuple(sorted(found, key=lambda one: not one.wanted.grave))
