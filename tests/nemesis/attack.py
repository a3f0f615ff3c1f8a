"""One attack from an empty folder to the summary: places, disks, the shop, the director, the judge."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.rights import drift
from pos_desktop.paths import migrations_dir
from tests.card_scan import folder_findings, server_findings
from tests.conftest import binaries_under_test
from tests.nemesis.director import Director
from tests.nemesis.faults import FAULTS
from tests.nemesis.judge import judge
from tests.nemesis.model import Model, Violation
from tests.nemesis.network import Cable, lay_cables
from tests.nemesis.plan import Plan, deck
from tests.nemesis.shop import Shop, set_up

MB = 1 << 20
WAL_MB = 192


@dataclass(frozen=True, slots=True)
class Options:
    """What to do: ``faults`` are spread evenly over ``sales``; it ends early after ``seconds``."""

    seed: int
    sales: int
    faults: int
    tills: int = 8
    seconds: float = 86_400.0
    only: tuple[str, ...] = ()
    keep: bool = False
    broken: str = ""
    """A bug to give the tills (till.py), to see that it is found."""
    cards: bool = False
    """Look for card numbers in every table and every file of the run; slow when there are many sales."""


@dataclass
class Summary:
    """What happened."""

    seed: int
    tills: int
    sales: int = 0
    documents: int = 0
    papers: int = 0
    refunds: int = 0
    sold_alone: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    not_run: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    server_restarts: int = 0
    till_restarts: int = 0
    seconds: float = 0.0
    check_seconds: float = 0.0
    median_ms: float = 0.0
    p99_ms: float = 0.0
    troubles: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    folder: str = ""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return dataclasses.asdict(self)

    def as_text(self) -> str:
        """For people."""
        rate = self.sales / self.seconds if self.seconds else 0
        lines = [
            f"seed {self.seed}: {self.sales:,} sales, {self.documents:,} documents, {self.papers:,} papers,"
            f" {self.refunds:,} refunds, {self.tills} tills",
            f"{self.seconds:.0f} s ({rate:.0f} sales/s; median {self.median_ms:.0f} ms,"
            f" p99 {self.p99_ms:.0f} ms with every fault in it), checked in {self.check_seconds:.0f} s",
            f"{sum(self.faults.values()):,} faults of {len(self.faults)} kinds,"
            f" {self.till_restarts} restarts of tills, {self.server_restarts} of the server",
            *(
                f"  {kind:18} {self.faults.get(kind, 0):5}  {FAULTS[kind].says}"
                for kind in FAULTS
                if kind not in self.not_run and (kind in self.faults or not self.only)
            ),
            f"not run here: {', '.join(self.not_run) or 'nothing, this machine can do every kind'}",
        ]
        if self.sold_alone:
            lines.append(f"{self.sold_alone:,} sales were made while the server was away")
        lines.append(f"said on screens: {_counts(self.troubles)}")
        lines.append(f"paid back: {_counts(self.returned)}")
        lines.append(f"violations: {len(self.violations)}")
        lines += [f"  {one.rule}: {one.what}" for one in self.violations[:20]]
        if self.folder:
            lines.append(f"kept in {self.folder}")
        return "\n".join(lines) + "\n"


def _counts(found: dict[str, int]) -> str:
    most_first = sorted(found.items(), key=lambda kv: -kv[1])
    return ", ".join(f"{' '.join(name.split())} {n}" for name, n in most_first) or "nothing"


def attack(options: Options, tamper: Callable[[Shop, Model], None] | None = None) -> Summary:
    """Run it. ``tamper`` spoils something before the books are compared, to see that it is found."""
    folder = Path(tempfile.mkdtemp(prefix=f"pos-nemesis-{options.seed}-"))
    folder.chmod(0o711)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet_pool())
        can_mount = _disks(stack, folder, options)
        not_run = frozenset() if can_mount else frozenset({"server_disk_full", "till_disk_full"})
        cables = lay_cables(stack, options.tills)
        not_run |= frozenset() if cables[1].namespace else {"no_network"}
        kinds = tuple(k for k in deck(not_run) if not options.only or k in options.only)
        every = max(1, options.sales // options.faults)
        plan = Plan(options.seed, options.tills, every, kinds)
        _write_schedule(folder, plan, options)
        server = stack.enter_context(EmbeddedServer(folder / "server", binaries_under_test()))
        shop = _open(server, options.tills)
        summary = _attacked(shop, plan, folder, cables, options, tamper)
        summary.not_run = tuple(sorted(not_run))
        if summary.violations or options.keep:
            _keep(folder)
            summary.folder = str(folder)
    if not summary.folder:
        shutil.rmtree(folder, ignore_errors=True)
    return summary


def _attacked(
    shop: Shop,
    plan: Plan,
    folder: Path,
    cables: dict[int, Cable],
    options: Options,
    tamper: Callable[[Shop, Model], None] | None,
) -> Summary:
    started = time.monotonic()

    async def go() -> Director:
        quota = -(-options.sales // options.tills)
        director = Director(shop, plan, folder, cables, quota, options.seconds, options.broken)
        await director.run()
        return director

    director = asyncio.run(go())
    model = director.model
    summary = Summary(options.seed, options.tills, only=options.only, seconds=time.monotonic() - started)
    if tamper is not None:
        tamper(shop, model)
    checking = time.monotonic()
    with shop.owner() as owner:
        journals = {n: t.folder / "journal" / "journal.db" for n, t in director.tills.items()}
        summary.documents = judge(model, owner, journals, shop.adjusted.rows)
        for right in drift(owner, migrations_dir()):
            model.wrong("right_changed", str(right))
    if options.cards:
        for found in server_findings(shop.server.dsn(), shop.server.dsn) + folder_findings(folder):
            model.wrong("card_number_kept", found)
    summary.check_seconds = time.monotonic() - checking
    summary.sales, summary.papers = model.sales, sum(model.papers.values())
    summary.refunds = model.refunds
    summary.faults = dict(director.struck)
    summary.till_restarts = sum(t.deaths for t in director.tills.values())
    summary.server_restarts = director.striker.restarts
    summary.sold_alone = model.alone
    summary.troubles, summary.returned = dict(model.troubles), dict(model.returned)
    if model.waits:
        waits = sorted(model.waits)
        summary.median_ms, summary.p99_ms = statistics.median(waits), waits[len(waits) * 99 // 100]
    summary.violations = tuple(model.violations)
    return summary


@contextlib.contextmanager
def _quiet_pool() -> Iterator[None]:
    """That a pool lost its server is no news here."""
    logger = logging.getLogger("psycopg.pool")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _open(server: EmbeddedServer, tills: int) -> Shop:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"alter system set max_wal_size = '{WAL_MB}MB'")
        owner.execute("select pg_reload_conf()")
    return set_up(server, tills)


def _disks(stack: contextlib.ExitStack, folder: Path, options: Options) -> bool:
    """A small disk in memory for the server, its backup and each till, where this machine lets us; True then.

    Nothing here cuts the machine's power, so what a process has written survives whatever is killed.
    """
    sizes = dict.fromkeys(("server", "backup"), 512 * MB + 4 * WAL_MB * MB + options.sales * 10_000)
    for till in range(1, options.tills + 1):
        sizes[f"till-{till}"] = 40 * MB + options.sales // options.tills * 8_000
    for name, size in sizes.items():
        place = folder / name
        place.mkdir(mode=0o711)
        if os.name != "posix" or os.geteuid() != 0 or not shutil.which("mount"):
            continue
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=711", "nemesis", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            stack.callback(subprocess.run, ["umount", "-l", str(place)], capture_output=True, check=False)
    return os.path.ismount(folder / "till-1")


def _write_schedule(folder: Path, plan: Plan, options: Options) -> None:
    steps = min(options.sales, 2_000_000) // options.tills + plan.every
    with (folder / "schedule.jsonl").open("w", encoding="utf-8") as file:
        for step in plan.schedule(steps):
            assert step.fault is not None
            row = {"till": step.till, "step": step.n, "do": step.do, **dataclasses.asdict(step.fault)}
            file.write(json.dumps(row) + "\n")


def _keep(folder: Path) -> None:
    """Copy off the disks in memory what tells the story."""
    left = folder / "left"
    for path in _worth_keeping(folder):
        target = left / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def _worth_keeping(folder: Path) -> Iterator[Path]:
    yield folder / "server" / "server.log"
    for pattern in ("till-*/journal/journal.db*", "till-*/journal/draft.db*"):
        yield from folder.glob(pattern)
