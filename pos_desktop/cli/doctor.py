"""``pos-desktop doctor``: says in one line each what is right and wrong with this machine's set-up."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.doctor_check import AMBER, GREEN, RED, Check
from pos_desktop.cli.doctor_devices import check_devices
from pos_desktop.cli.doctor_secrets import check_pepper_fits, check_secrets
from pos_desktop.config import Settings, load_settings, login_password
from pos_desktop.database.access import shop_server
from pos_desktop.database.embedded import place_for
from pos_desktop.database.migrate import load_plan
from pos_desktop.database.probe import Finding, Schema, examine
from pos_desktop.database.server_settings import LOSES_SALES
from pos_desktop.errors import PosError
from pos_desktop.journal.disk import check_disk

CLOCK_AMBER_SECONDS = 2.0
CLOCK_RED_SECONDS = 60.0
BACKUP_AMBER_HOURS = 36.0
BACKUP_RED_HOURS = 7 * 24.0
ROOM_AMBER_MB = 1000
# No till of this program can be older: a clock before that has lost its battery.
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
SPARE_CONNECTIONS = 10


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what is wrong with this machine's set-up",
        description="One line per check: green is well, amber can wait, red stops the till (exit code 1).",
    )
    parser.add_argument("--json", action="store_true", help="print the checks as JSON, for monitoring")


def run(args: argparse.Namespace) -> int:
    """Check everything and print it; 1 when something is red."""
    red = False
    found: list[Check] = []
    for check in examine_machine():
        red = red or check.light == RED
        found.append(check)
        if not args.json:
            print(check.line, flush=True)
    if args.json:
        keys = ("light", "subject", "found", "next")
        print(json.dumps([{key: getattr(check, key) for key in keys} for check in found], ensure_ascii=False))
    return 1 if red else 0


def examine_machine() -> Iterator[Check]:
    """Every check, from the settings outwards; what cannot be known without the one before is left out."""
    yield check_clock_of_machine(datetime.now(UTC))
    try:
        settings = load_settings()
    except PosError as trouble:
        yield _red("Settings", trouble)
        return
    known = settings.file if settings.file.exists() else f"{settings.file} (not there: all defaults)"
    yield Check(GREEN, "Settings", str(known))
    yield check_home(settings.home)
    yield check_home(settings.journal_dir, "Journal")
    yield from check_secrets(settings)
    yield from check_server(settings)
    yield from check_devices(settings)
    yield check_backups(settings, time.time())


def check_clock_of_machine(now: datetime) -> Check:
    """A clock from before this program's time has lost its battery."""
    if now < EARLIEST:
        return Check(RED, "Clock", f"this machine says {now:%Y-%m-%d}", "Set its date and time")
    return Check(GREEN, "Clock", f"{now:%Y-%m-%d %H:%M} UTC")


def check_home(folder: Path, subject: str = "Folder") -> Check:
    """Whether the folder takes and keeps a file, and has room."""
    try:
        paths.make_private_dir(folder)
        check_disk(folder)
    except PosError as trouble:
        return _red(subject, trouble)
    except OSError as error:
        reason = error.strerror or str(error)
        return Check(
            RED, subject, f"{folder} cannot be written to ({reason})", "Make it this user's, or use --home"
        )
    free = shutil.disk_usage(folder).free // 2**20
    if free < ROOM_AMBER_MB:
        return Check(AMBER, subject, f"{folder} has only {free} MB left", "Free some disk space")
    return Check(GREEN, subject, f"{folder} ({free} MB free)")


def check_rights(finding: Finding) -> Iterator[Check]:
    """Each right in the database that is not as this program made it, by name."""
    if finding.schema is None or finding.schema.behind or finding.schema.trouble:
        return
    for each in finding.drift:
        yield Check(RED, "Rights", str(each), "Find out who changed it; pos-desktop rights lists them all")
    if not finding.drift:
        yield Check(GREEN, "Rights", "every right at the server is as this program made it")


def check_server(settings: Settings) -> Iterator[Check]:
    """Reach the server as this machine does; an embedded one is started for the look and stopped again."""
    if settings.database.embedded and not (place_for(settings.home) / "data").is_dir():
        found = "this machine names no server, and has none of its own"
        yield Check(
            RED, "Server", found, f"Write database.dsn into {settings.file}, or run pos-desktop migrate"
        )
        return
    try:
        plan = load_plan(paths.migrations_dir())
        login_password(settings)
        with shop_server(settings) as dsn:
            finding = examine(dsn, plan)
    except PosError as trouble:
        yield _red("Server", trouble)
        return
    if finding.trouble:
        yield _red("Server", finding.trouble)
        return
    yield _connection(settings, finding)
    yield check_offset(finding.offset_seconds)
    yield check_schema(finding.schema, plan.version)
    yield from check_rights(finding)
    yield from check_pepper_fits(settings, finding)
    if not settings.database.embedded:  # this machine's own gets its settings from this program
        yield from check_settings(finding)


def _connection(settings: Settings, finding: Finding) -> Check:
    if settings.database.embedded:
        return Check(GREEN, "Server", f"PostgreSQL {finding.version} on this machine")
    if not finding.encrypted and settings.database.insecure:
        found = f"PostgreSQL {finding.version} answers, without encryption (insecure = true)"
        return Check(AMBER, "Server", found, "Set up TLS on the server and use sslmode=verify-full")
    return Check(
        GREEN, "Server", f"PostgreSQL {finding.version} answers{', TLS' if finding.encrypted else ''}"
    )


def check_offset(seconds: float) -> Check:
    """Receipts carry the till's time: a clock that is off makes them wrong."""
    text = f"this machine is {abs(seconds):.1f} s {'behind' if seconds > 0 else 'ahead of'} the server"
    if abs(seconds) >= CLOCK_RED_SECONDS:
        return Check(RED, "Time", text, "Set this machine's clock; let it follow a time server")
    if abs(seconds) >= CLOCK_AMBER_SECONDS:
        return Check(AMBER, "Time", text, "Let both follow the same time server")
    return Check(GREEN, "Time", text)


def check_schema(schema: Schema | None, wanted: int) -> Check:
    """Whether the database is the one this program was made for."""
    if schema is None:
        return Check(RED, "Schema", "not known", "Run pos-desktop migrate")
    if schema.trouble:
        return _red("Schema", schema.trouble)
    if schema.behind:
        found = f"the database is at step {schema.step}, this program at {wanted} ({schema.behind} to do)"
        return Check(RED, "Schema", found, "Run pos-desktop migrate")
    return Check(GREEN, "Schema", f"step {schema.step}")


def check_settings(finding: Finding) -> Iterator[Check]:
    """What the server's settings lack, so that no sale is lost and no vanished till stops the others."""
    for lack in finding.lacks:
        wanted = lack.wanted
        light = RED if wanted.name in LOSES_SALES else AMBER
        advice = f"Set {wanted.name} = {wanted.advice} in postgresql.conf and reload the server"
        if wanted.name == "data_checksums":
            advice = "Stop the server, run pg_checksums --enable, start it again"
        yield Check(light, "Safety", f"{wanted.name} = {lack.value}", advice)
    crowd = finding.crowd
    if crowd is not None and crowd.allowed + SPARE_CONNECTIONS > crowd.most:
        found = f"max_connections = {crowd.most}, and the logins may open {crowd.allowed}"
        wanted_most = crowd.allowed + SPARE_CONNECTIONS
        advice = f"Set max_connections = {wanted_most} in postgresql.conf, restart the server"
        yield Check(AMBER, "Safety", found, advice)
    elif not finding.lacks:
        yield Check(GREEN, "Safety", "the server's settings keep sales and tills safe")


def check_backups(settings: Settings, now: float) -> Check:
    """How old the newest dump is; a server on the network is backed up where it stands."""
    if not settings.database.embedded:
        return Check(GREEN, "Backup", "kept by those who look after the server")
    hours = _newest_hours(settings.second_backup_dir or settings.backup_dir, now)
    if hours is None:
        return _no_backup(settings, now)
    if hours >= BACKUP_RED_HOURS:
        found = f"the newest is {hours / 24:.0f} days old"
        return Check(RED, "Backup", found, "Check the disk it goes to; close a shift")
    if hours >= BACKUP_AMBER_HOURS:
        found = f"the newest is {hours:.0f} hours old"
        return Check(AMBER, "Backup", found, "Close a shift, or check the disk it goes to")
    if settings.second_backup_dir is None:
        advice = "Set backup.second_directory to another disk"
        return Check(AMBER, "Backup", f"the newest is {hours:.0f} hours old, on this disk only", advice)
    return Check(GREEN, "Backup", f"the newest is {hours:.0f} hours old")


def _no_backup(settings: Settings, now: float) -> Check:
    """No dump where they should be: a shop that never closed a shift, or a second disk that takes none."""
    second = settings.second_backup_dir
    if second is None or _newest_hours(settings.backup_dir, now) is None:
        folder = second or settings.backup_dir
        return Check(AMBER, "Backup", f"none yet in {folder}", "A Z report makes one")
    return Check(RED, "Backup", f"none in {second}: they are on this disk only", "Check the disk it goes to")


def _newest_hours(folder: Path | None, now: float) -> float | None:
    """How old the newest dump in ``folder`` is; a dump elsewhere is no help when this machine's disk dies."""
    times = [file.stat().st_mtime for file in folder.glob("*.dump")] if folder else []
    return (now - max(times)) / 3600 if times else None


def _red(subject: str, trouble: PosError) -> Check:
    found, _, advice = trouble.text().partition("\n")
    return Check(RED, subject, found, advice)
