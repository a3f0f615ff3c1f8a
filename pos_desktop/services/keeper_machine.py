"""What the keeper looks at beside the database: disks, dumps and the server's certificate."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pos_desktop.database.base_backup import bases
from pos_desktop.database.keeper import Found, Proven

SOURCES = {"base": "base backup", "dump": "dump"}
"""A source of ``pos.restore_proof`` in words."""

URGENT_DAYS = 3
"""A certificate that ends within so many days is an alarm and no longer a warning."""


def full_disks(folders: Iterable[Path], percent: float) -> Iterator[Found]:
    """The disks of these folders that are used to more than ``percent``, each disk once; as ``df`` counts."""
    seen = set()
    for folder in folders:
        try:
            device, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:  # a folder that is gone is not full; its own check says what is missing
            continue
        used = 100 * usage.used / max(usage.used + usage.free, 1)
        if device not in seen and used > percent:
            yield Found("disk_full", {"percent": int(used)}, str(folder))
        seen.add(device)


def old_backups(folders: Iterable[Path], hours: float, trading_since: datetime | None) -> Iterator[Found]:
    """The folders whose newest ``*.dump`` is older than ``hours``.

    A folder without any is news once the shop has traded (UTC, None: never) for longer than that.
    """
    now = time.time()
    for folder in folders:
        newest = max((made for made in map(_made, folder.glob("*.dump")) if made), default=None)
        since = newest or (trading_since.timestamp() if trading_since else now)
        if now - since > hours * 3600:
            age = {} if newest is None else {"seconds": int(now - newest)}
            yield Found("backup_old", age, str(folder))


def old_bases(place: Path, hours: float, trading_since: datetime | None) -> Iterator[Found]:
    """The folder of base backups whose newest is older than ``hours``; without any, as for dumps."""
    found = bases(place)
    since = found[-1].ended_at if found else trading_since
    age = (datetime.now(UTC) - since).total_seconds() if since else 0
    if age > hours * 3600:
        yield Found("backup_old", {"seconds": int(age)} if found else {}, str(place))


def proof_alerts(
    proofs: Sequence[Proven], sources: Iterable[str], hours: float, trading_since: datetime | None
) -> Iterator[Found]:
    """What is to be said of restored backups: none of a source proven for ``hours``, the last one wrong."""
    known = {proof.source: proof for proof in proofs}
    now = datetime.now(UTC)
    for source in sources:
        proof = known.get(source)
        since = proof.sound_at if proof and proof.sound_at else trading_since
        if since is not None and (now - since).total_seconds() > hours * 3600:
            yield Found("proof_old", {"seconds": int((now - since).total_seconds())}, SOURCES[source])
        if proof and proof.finding:
            detail = {"backup": proof.backup, "first": proof.finding[:200]}
            yield Found("proof_wrong", detail, SOURCES[source])


def _made(file: Path) -> float | None:
    try:
        return file.stat().st_mtime
    except OSError:  # taken away between the list and the look
        return None


def ending_certificate(until: datetime | None, days: float) -> Iterator[Found]:
    """A certificate that ends at ``until`` within ``days``; None: the server has none."""
    if until is None:
        return
    left = (until - datetime.now(UTC)).total_seconds() / 86400
    if left < days:
        detail = {"days": max(int(left), 0), "until": f"{until:%Y-%m-%d}"}
        yield Found("certificate_expiring", detail, severity="alarm" if left < URGENT_DAYS else None)
