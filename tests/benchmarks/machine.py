"""What is worth knowing of the machine a figure was measured on."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.report import median
from tests.benchmarks.shop import MeasuredShop

PROBES = 200


def describe(shop: MeasuredShop, load_before: str) -> dict[str, Any]:
    """Cores, load, versions, and how long this disk takes to make 8 kB durable."""
    with shop.owner() as owner:
        row = owner.execute("select current_setting('server_version')").fetchone()
    return {
        "cores": os.cpu_count() or 0,
        "load_before": load_before,
        "load_after": load(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": str(row[0]).split()[0] if row else "",
        "fdatasync_ms": round(fdatasync_ms(shop.folder), 3),
        "items": shop.items,
    }


def load() -> str:
    """The load of the last minute, where the system counts one."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def fdatasync_ms(folder: Path) -> float:
    """The median time to write 8 kB over an existing place and sync it."""
    sync = getattr(os, "fdatasync", os.fsync)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(8192 * 16))
        file.flush()
        os.fsync(file.fileno())
        times = []
        for number in range(PROBES):
            file.seek(8192 * (number % 16))
            started = time.perf_counter()
            file.write(os.urandom(8192))
            file.flush()
            sync(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    return median(times)
