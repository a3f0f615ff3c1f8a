"""``pos-desktop status``: the shop's server and its tills at one look, in words or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from pos_desktop.cli.owner import add_owner_options, owner_shop
from pos_desktop.database.keeper_certificate import certificate_until
from pos_desktop.database.status import ServerStatus, TillStatus, server_status

EXIT_ALARM = 1
MB = 1_000_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "status",
        help="show the shop's server and its tills",
        description="Tills, connections, waits, slow statements, sizes, standbys and open alerts. Ends with "
        f"{EXIT_ALARM} while an alarm is open.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for a monitor")
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Look once and tell."""
    with owner_shop(args) as (_, dsn, owner):
        status, until = server_status(owner), certificate_until(dsn)
    if args.json:
        found = {**asdict(status), "certificate_until": until}
        print(json.dumps(found, default=_plain, ensure_ascii=False))
    else:
        for line in _lines(status, until):
            print(line)
    return EXIT_ALARM if any(severity == "alarm" for _, severity, _ in status.alerts) else 0


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _lines(status: ServerStatus, until: datetime | None) -> Iterator[str]:
    yield f"PostgreSQL {status.version}, up since {status.started_at:%d %b %Y %H:%M %Z}"
    if until is not None:
        yield f"Certificate good until {until:%d %b %Y}"
    groups = ", ".join(f"{count} {group.removeprefix('pos_')}" for group, count in status.by_login_group)
    yield f"Connections {status.connections} of {status.most_connections} ({groups})"
    hit = "nothing read yet" if status.cache_hit is None else f"{status.cache_hit:.1%} of reads from memory"
    yield f"Database {_size(status.database_bytes)}, {hit}, {status.deadlocks} deadlocks"
    yield "Largest: " + ", ".join(f"{name} {_size(size)}" for name, size in status.tables[:5])
    yield f"Oldest transaction {status.oldest_transaction} s"
    for wait in status.waits:
        yield f"  {wait.login} has waited {wait.seconds} s for {', '.join(wait.held_by) or 'a lock'}"
    yield from _copies(status)
    yield from _proven(status)
    yield from _slow(status)
    yield "Tills:"
    for till in status.tills:
        yield f"  {_till(till)}"
    beat = status.keeper_seconds
    yield "The keeper has never been at work" if beat is None else f"The keeper was at work {beat} s ago"
    yield f"Open alerts: {len(status.alerts) or 'none'}"
    for kind, severity, subject in status.alerts:
        yield f"  {severity}: {kind}{f' ({subject})' if subject else ''}"


def _copies(status: ServerStatus) -> Iterator[str]:
    if status.archive_waits is not None:
        failed = f"{status.archive_failures} failures"
        yield f"Archive: the oldest piece of log waits {status.archive_waits} s, {failed}"
    for replica in status.replicas:
        late = "caught up" if replica.lag_seconds is None else f"{replica.lag_seconds:.1f} s behind"
        yield f"Standby {replica.name}: {replica.state}, {_size(replica.lag_bytes)} of log, {late}"


def _proven(status: ServerStatus) -> Iterator[str]:
    if not status.proofs:
        yield "Last proven restore: never"
    for proof in status.proofs:
        sound = f"{proof.sound_at:%d %b %Y %H:%M %Z}" if proof.sound_at else "never"
        yield f"Last proven restore of a {proof.source}: {sound} ({proof.documents} documents)"
        if proof.finding:
            yield f"  the last one, {proof.backup}, was not sound: {proof.finding}"


def _slow(status: ServerStatus) -> Iterator[str]:
    if status.statements is None:
        yield "Slow statements: not counted (pg_stat_statements is not set up)"
        return
    yield "Statements by time:"
    for one in status.statements[:5]:
        yield f"  {one.total_ms:.0f} ms in {one.calls} calls, {one.mean_ms:.2f} ms each: {one.text[:80]}"


def _till(till: TillStatus) -> str:
    seen = "never seen" if till.seen_seconds is None else f"seen {till.seen_seconds} s ago"
    parts = [f"store {till.store} till {till.number}", till.name, till.version, seen]
    parts += ["shift open"] if till.shift_open else []
    parts += ["blocked"] if till.blocked else []
    if till.pending:
        parts.append(f"{till.pending} documents without an answer, the oldest for {till.pending_seconds} s")
    if abs(till.offset_ms) >= 1000:
        parts.append(f"its clock is off by {till.offset_ms / 1000:.1f} s")
    return ", ".join(part for part in parts if part)


def _size(size: int) -> str:
    return f"{size / MB:.1f} MB" if size < 1000 * MB else f"{size / MB / 1000:.1f} GB"
