"""Runs one attack: tills, proxy and managers; brings faults about; ends when each till sold its share."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.nemesis.faults import FAULTS
from tests.nemesis.model import Model
from tests.nemesis.network import Cable
from tests.nemesis.plan import Plan
from tests.nemesis.servers import Striker, Target
from tests.nemesis.shop import MANAGERS, ManagerAtWork, Shop
from tests.nemesis.till import IN_USE, RESTART

ROOT = Path(__file__).resolve().parents[2]
KILLED = (137, -signal.SIGKILL, RESTART)
MANAGER_EVERY = 8
"""Sales of the shop between two changes by a manager."""
LIMIT = 1 << 20


@dataclass
class Life:
    """Where a till is: the step it has reached, its processes, what may have killed it."""

    till: int
    folder: Path
    cable: Cable
    lives: int = 0
    next_n: int = 0
    last_no: int = 0
    deaths: int = 0
    dying_of: str = ""
    alive: dict[int, int] = field(default_factory=dict)
    """Life to process id."""
    closed: dict[int, asyncio.Event] = field(default_factory=dict)
    fault: dict[str, Any] | None = None
    armed: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False


class Director:
    """One attack on one shop."""

    def __init__(
        self,
        shop: Shop,
        plan: Plan,
        folder: Path,
        cables: dict[int, Cable],
        quota: int,
        seconds: float,
        broken: str = "",
    ) -> None:
        self.broken = broken
        self.shop, self.plan, self.folder = shop, plan, folder
        self.quota, self.until = quota, time.time() + seconds
        self.model = Model()
        self.struck: Counter[str] = Counter()
        self.tills = {n: Life(n, folder / f"till-{n}", cable) for n, cable in cables.items()}
        self.striker = Striker(shop.server, folder, shop.adjusted)
        self.model.restores = self.striker.restores
        self._trace = (folder / "reports.jsonl").open("w", encoding="utf-8")
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ports: dict[int, int] = {}
        self._printer_ports: dict[int, int] = {}
        self._is_last = False
        self._sold: Counter[int] = Counter()

    async def run(self) -> None:
        """From the first sale to the last."""
        address = str(self.folder / "director.sock")
        listener = await asyncio.start_unix_server(self._hear_till, address, limit=LIMIT)
        hosts = [till.cable.host for till in self.tills.values()]
        self._proxy = await self._start("tests.nemesis.proxy", str(self.shop.server.port), *hosts)
        self._herd = await self._start("tests.nemesis.herd")
        self._printers = await self._start("tests.nemesis.printers", str(self.folder), *hosts)
        papers = self._go(self._hear_printers())
        watch = [self._go(self._hear_proxy()), self._go(self._hear_herd()), self._go(self._supervise())]
        managers = self._managers()
        try:
            await self._until(lambda: self._over.is_set() or bool(self._ports and self._printer_ports))
            for till in () if self._over.is_set() else self.tills.values():
                self._spawn(till)
            await self._over.wait()
        finally:
            self._over.set()
            await self._end_tills()
            for task in watch:
                task.cancel()
            await self._end_printers(papers)
            await self._end(self._herd)
            await self._end(self._proxy)
            listener.close()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for manager in managers:
                await asyncio.to_thread(manager.close)
            self._trace.close()
            self.striker.mend()

    # -- processes -------------------------------------------------------------------------------

    async def _start(self, module: str, *arguments: str) -> asyncio.subprocess.Process:
        errors = (self.folder / f"{module.rpartition('.')[2]}.log").open("wb")
        with errors:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments, cwd=ROOT, limit=LIMIT,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
            )  # fmt: skip

    async def _end_tills(self) -> None:
        """After a violation tills are still selling, or only about to be born."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(
                self._until(lambda: all(pid for till in self.tills.values() for pid in till.alive.values())),
                5,
            )
        for till in self.tills.values():
            for pid in till.alive.values():
                if pid:
                    _signal(pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            closing = [event for till in self.tills.values() for event in till.closed.values()]
            await asyncio.wait_for(self._until(lambda: all(event.is_set() for event in closing)), 5)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        process.stdin.close()
        assert process.stdout is not None
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
        await process.stdout.read()
        await process.wait()

    def _go(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.model.wrong("harness_broke", repr(task.exception()))
            self._over.set()

    async def _until(self, ready: Any) -> None:
        while not ready():
            await asyncio.sleep(0.01)

    async def _supervise(self) -> None:
        """As beside a real server: what died is started again; and the run ends when it got into trouble."""
        while True:
            await asyncio.sleep(0.05)
            await asyncio.to_thread(self.striker.revive)
            if self.model.violations:
                self._over.set()

    # -- tills -----------------------------------------------------------------------------------

    def _spawn(self, till: Life, times: int = 1) -> None:
        for _ in range(times):
            till.lives += 1
            till.closed[till.lives] = asyncio.Event()
            till.alive[till.lives] = 0
            order = {
                "till": till.till, "life": till.lives, "address": str(self.folder / "director.sock"),
                "dsn": self.shop.till_dsn(till.till, till.cable.host, self._ports[till.till]),
                "folder": str(till.folder), "namespace": till.cable.namespace,
                "printer": (till.cable.host, self._printer_ports[till.till]),
                "plan": self.plan.as_order(), "from": till.next_n,
                "last_no": till.last_no, "quota": self.quota - self._sold[till.till], "until": self.until,
                "finish": True, "broken": self.broken,
            }  # fmt: skip
            assert self._herd.stdin is not None
            self._herd.stdin.write(json.dumps(order).encode() + b"\n")

    async def _hear_herd(self) -> None:
        assert self._herd.stdout is not None
        while line := await self._herd.stdout.readline():
            said = json.loads(line)
            till = self.tills[said["till"]]
            if "pid" in said:
                till.alive[said["life"]] = said["pid"]
            else:
                self._go(self._gone(till, said["life"], said["code"]))
        if not self._over.is_set():
            raise RuntimeError("the herd ended; see herd.log")

    async def _gone(self, till: Life, life: int, code: int) -> None:
        """A till's process ended: its last words are heard first, then it starts again or is done."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(till.closed[life].wait(), 5)
        del till.alive[life], till.closed[life]
        if code in KILLED and code != RESTART and till.dying_of:
            self.struck[till.dying_of] += 1
        twins, till.dying_of = till.dying_of == "twins" and code == 137, ""
        if self._over.is_set():
            return
        if code == 0:
            till.done = True
            if all(other.done for other in self.tills.values()):
                await self._last_round()
        elif code in KILLED or (code == IN_USE and not till.alive and not till.done):
            till.deaths += 1
            self._spawn(till, 2 if twins else 1)
        elif code != IN_USE:
            self.model.wrong("till_broke", f"till {till.till} ended with {code}; see herd.log, reports.jsonl")
            self._over.set()

    async def _last_round(self) -> None:
        """Once more every till is started: one that had gone home may have what a restored server lacks."""
        if self._is_last:
            self.model.complete = True
            self._over.set()
            return
        self._is_last = True
        async with self.striker.turn:
            pass
        for till in self.tills.values():
            till.done = False
            self._spawn(till)

    async def _hear_till(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        born = json.loads(await reader.readline())
        till = self.tills[born["till"]]
        try:
            while line := await reader.readline():
                if not line.endswith(b"\n"):
                    break
                said = json.loads(line)
                self._trace.write(f"{till.till} {line.decode()}")
                self._note(till, said)
                if said["a"] == "arm":
                    await self._arm(till, said)
                    writer.write(b"{}\n")
        except ConnectionResetError:
            pass  # killed while an answer was on its way to it: the end of that life, like any other
        finally:
            writer.close()
            if born["life"] in till.closed:
                till.closed[born["life"]].set()

    def _note(self, till: Life, said: dict[str, Any]) -> None:
        what = said["a"]
        sales = self.model.sales
        self.model.note(till.till, said)
        if what in ("told", "found"):
            till.last_no = max(till.last_no, said["no"])
            if self.model.sales > sales:
                self._sold[till.till] += 1
        elif what == "step":
            till.next_n = said["n"] + 1
        elif what == "will":
            till.dying_of = said["kind"]
        elif what == "fault":
            self.struck[said["kind"]] += 1
        elif what == "left":
            self.model.troubles[f"left: {said['why']}"] += 1

    # -- faults ----------------------------------------------------------------------------------

    async def _arm(self, till: Life, said: dict[str, Any]) -> None:
        """Tell the proxy, which strikes, or says when the moment has come."""
        at_printer = FAULTS[said["kind"]].where == "printer"
        if not at_printer:  # another may still wait at the proxy
            till.fault = said
        till.armed.clear()
        orders = (self._printers if at_printer else self._proxy).stdin
        assert orders is not None
        orders.write(json.dumps({**said, "till": till.till}).encode() + b"\n")
        await till.armed.wait()
        self.struck[said["kind"]] += at_printer

    async def _hear_proxy(self) -> None:
        assert self._proxy.stdout is not None
        while line := await self._proxy.stdout.readline():
            said = json.loads(line)
            if "ports" in said:
                self._ports = {int(till): port for till, port in said["ports"].items()}
            elif "armed" in said:
                self.tills[said["armed"]].armed.set()
            else:
                till = self.tills[said["fired"]]
                assert till.fault is not None
                self.struck[till.fault["kind"]] += 1
                if FAULTS[till.fault["kind"]].where != "proxy":
                    self._go(self._strike(till, till.fault))
        if not self._over.is_set():
            raise RuntimeError("the proxy ended; see proxy.log")

    async def _hear_printers(self) -> None:
        assert self._printers.stdout is not None
        while line := await self._printers.stdout.readline():
            said = json.loads(line)
            if "printers" in said:
                self._printer_ports = {int(till): port for till, port in said["printers"].items()}
            elif "armed" in said:
                self.tills[said["armed"]].armed.set()
            else:
                self.model.on_roll(said["number"] or "", copy=said["copy"])
        if not self._over.is_set():
            raise RuntimeError("the printers ended; see printers.log")

    async def _end_printers(self, papers: asyncio.Task[Any]) -> None:
        """Their last papers are heard."""
        assert self._printers.stdin is not None
        self._printers.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(papers, 10)
        await self._end(self._printers)

    async def _strike(self, till: Life, fault: dict[str, Any]) -> None:
        kind, size = fault["kind"], fault["size"]
        pids = [pid for pid in till.alive.values() if pid]
        if kind == "kill_S5":
            for pid in pids:
                _signal(pid, signal.SIGKILL)
        elif kind == "freeze_till":
            await _frozen(pids, 0.2 + 11.8 * size**3)
        else:
            target = Target(self.shop.logins[till.till], till.folder, till.cable)
            await self.striker.strike(kind, size, target)

    # -- managers --------------------------------------------------------------------------------

    def _managers(self) -> list[ManagerAtWork]:
        managers = [ManagerAtWork(self.shop, login, self.plan.seed) for login in MANAGERS]
        for number, manager in enumerate(managers):
            self._go(self._manage(manager, number))
        return managers

    async def _manage(self, manager: ManagerAtWork, number: int) -> None:
        due = number * MANAGER_EVERY // len(MANAGERS)
        while not self._over.is_set():
            if self.model.sales >= due:
                due += MANAGER_EVERY
                await asyncio.to_thread(manager.work)
            await asyncio.sleep(0.02)


async def _frozen(pids: list[int], seconds: float) -> None:
    for pid in pids:
        _signal(pid, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    for pid in pids:
        _signal(pid, signal.SIGCONT)


def _signal(pid: int, which: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, which)
