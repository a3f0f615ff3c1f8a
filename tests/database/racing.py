"""Helpers for races: run things at once, see one wait for another, take a lock out of a function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg

from pos_desktop import paths
from tests.patience import wait_until

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]


def at_once(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Run every job in a thread of its own, all let go at the same moment; results in order."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        gate.wait(timeout=30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]


def wait_until_blocked(owner: Connection, pid: int) -> None:
    """Return as soon as the backend ``pid`` waits for somebody's lock."""

    def blocked() -> bool:
        row = owner.execute("select cardinality(pg_blocking_pids(%s))", [pid]).fetchone()
        return row is not None and row[0] > 0

    wait_until(blocked, "nobody waited: the lock this test is about is not taken")


def beside(job: Callable[[], T]) -> tuple[Future[T], ThreadPoolExecutor]:
    """Start a job in a thread; its future, and the pool to shut down."""
    pool = ThreadPoolExecutor(1)
    return pool.submit(job), pool


def without(owner: Connection, function: str, *taken_out: str) -> None:
    """Create a server function again with pieces of its text taken out: the race a lock prevents."""
    text = (paths.migrations_dir() / "functions" / f"{function}.sql").read_text(encoding="utf-8")
    for piece in taken_out:
        assert piece in text, f"{function}.sql has no {piece!r}"
        text = text.replace(piece, "")
    with owner.transaction():
        owner.execute("set local role pos_owner")
        owner.execute("set local check_function_bodies = off")
        owner.execute(text.encode())
