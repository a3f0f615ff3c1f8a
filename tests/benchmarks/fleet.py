"""Many tills selling at once, in up to four processes that stay open between the rounds of a comparison."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from types import TracebackType
from typing import Self

from pos_desktop.bootstrap import AppServices
from tests.benchmarks.baskets import Goods
from tests.benchmarks.sales import Sold, open_shift_till, sell_once
from tests.benchmarks.shop import MeasuredShop

PROCESSES = 4
START_SECONDS = 300


Answer = tuple[float, list[float]]
"""Of one process: seconds of processor time used, and each sale's milliseconds."""


class Fleet:
    """Tills of the shop, each with its own journal and connections. A context manager."""

    def __init__(self, shop: MeasuredShop, tills: range) -> None:
        context = get_context("spawn")
        self._tills = len(tills)
        self._pipes: list[Connection] = []
        self._processes = []
        workers = min(len(tills), PROCESSES)
        for part in (list(tills)[n::workers] for n in range(workers)):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(shop, part, theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self) -> Self:
        self._answers(START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(30)
            if process.is_alive():
                process.terminate()

    def sell(self, seconds: float, *, per_second: float = 0.0) -> Sold:
        """Sell for ``seconds``: without a pause, or at ``per_second`` in all, at random moments."""
        for pipe in self._pipes:
            pipe.send((seconds, self._tills / per_second if per_second else 0.0))
        answers = self._answers(seconds + 120)
        times = tuple(ms for answer in answers for ms in answer[1])
        cpu = sum(answer[0] for answer in answers)
        return Sold(seconds, times, cpu / max(len(times), 1) * 1000)

    def _answers(self, patience: float) -> list[Answer]:
        found: list[Answer] = []
        for pipe in self._pipes:
            if not pipe.poll(patience):
                raise RuntimeError(f"a measuring process did not answer within {patience:.0f} s")
            answer = pipe.recv()
            if isinstance(answer, str):
                raise RuntimeError(answer)
            found.append(answer)
        return found


def _work(shop: MeasuredShop, tills: list[int], pipe: Connection) -> None:
    """What a process of the fleet does: opens its tills, then sells as it is told until the pipe closes."""
    try:
        goods = Goods.of(shop)
        services = [open_shift_till(shop, number) for number in tills]
        randoms = [Random(number) for number in tills]
        for one, random in zip(
            services, randoms, strict=True
        ):  # a connection's first sale plans its statements
            sell_once(one, goods, random)
        pipe.send((0.0, []))
        with ThreadPoolExecutor(len(services)) as pool:
            while (told := _told(pipe)) is not None:
                seconds, pause = told
                stop, used = time.perf_counter() + seconds, time.process_time()
                lists = [
                    pool.submit(_till, one, goods, random, stop, pause)
                    for one, random in zip(services, randoms, strict=True)
                ]
                times = [ms for one in lists for ms in one.result()]
                pipe.send((time.process_time() - used, times))
        for one in services:
            one.close()
    except Exception as problem:
        pipe.send(f"{type(problem).__name__}: {problem}")


def _told(pipe: Connection) -> tuple[float, float] | None:
    try:
        told: tuple[float, float] = pipe.recv()
    except EOFError:
        return None
    return told


def _till(services: AppServices, goods: Goods, random: Random, stop: float, mean_pause: float) -> list[float]:
    """Sell until ``stop``; with a mean pause the next customer comes whether or not the last one is done."""
    times: list[float] = []
    wait = threading.Event()
    next_at = time.perf_counter() + (random.expovariate(1 / mean_pause) if mean_pause else 0)
    while next_at < stop and time.perf_counter() < stop:
        wait.wait(max(next_at - time.perf_counter(), 0))
        times.append(sell_once(services, goods, random))
        if mean_pause:
            next_at += random.expovariate(1 / mean_pause)
    return times
