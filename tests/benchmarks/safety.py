"""The price of safety: the same sale with and without journal, chain and rights, in turn, as ratios.

What is switched off here exists nowhere else: a journal in memory, a server function that believes the till's
number and hash, one that runs with the caller's own rights. Baskets, tables and the one call stay the same.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

import psycopg
from psycopg import sql

from pos_desktop import paths
from pos_desktop.bootstrap import AppServices
from pos_desktop.database import till as till_rows
from tests.benchmarks.baskets import Goods, stamped_sales
from tests.benchmarks.report import Row, median, plain
from tests.benchmarks.sales import open_shift_till, sell_once
from tests.benchmarks.secure_line import tls_rows
from tests.benchmarks.shop import MeasuredShop
from tests.benchmarks.wire import CountingProxy

SHIPPED, NO_JOURNAL, NOTHING = 202, 203, 204
"""Tills that sell whole sales: as shipped, with the journal in memory, and with nothing of it."""
CALLS = {"shipped": 205, "unchained": 206, "open": 207}
WARM = 8
"""Sales before the clock starts: a connection plans its statements in the first six."""

Say = Callable[[str], None]


def safety_rows(shop: MeasuredShop, count: int, say: Say) -> list[Row]:
    """What journal, chain and rights cost: a sale with them divided by one without, ``count`` of each."""
    _make_functions(shop)
    calls = _calls(shop, count)
    sales, trips = _sales(shop, count)
    say(f"  a sale {plain(median(sales[SHIPPED]))} ms, without any of it {plain(median(sales[NOTHING]))} ms")
    return [
        _ratio("journal: a sale with it / without", sales[SHIPPED], sales[NO_JOURNAL]),
        _ratio("chain: the server's call with it / without", calls["shipped"], calls["unchained"]),
        _ratio("rights: the server's call with them / without", calls["shipped"], calls["open"]),
        _ratio("all three: a sale with them / without", sales[SHIPPED], sales[NOTHING]),
        *tls_rows(shop.folder, count, say),
        _connecting(shop, median(sales[SHIPPED])),
        Row("round trips of a sale with all of it", max(trips), "", 1, exact=True),
    ]


def _ratio(name: str, with_it: list[float], without: list[float]) -> Row:
    ours, bare = median(with_it), median(without)
    note = f"medians of {len(with_it)} each, one after the other in turn: {plain(ours)} and {plain(bare)} ms"
    return Row(name, ours / bare, "", note=note)


# -- whole sales -----------------------------------------------------------------------------------


def _sales(shop: MeasuredShop, count: int) -> tuple[dict[int, list[float]], list[int]]:
    """Milliseconds from tender to fact for each till, and the round trips of the till as shipped."""
    goods, random = Goods.of(shop), Random(20261122)
    took: dict[int, list[float]] = {SHIPPED: [], NO_JOURNAL: [], NOTHING: []}
    trips: list[int] = []
    with ExitStack() as opened:
        proxy = opened.enter_context(CountingProxy(shop.port))
        tills = {number: _till(shop, number, proxy.port, opened) for number in took}
        for turn in range(WARM + count):
            for number, services in tills.items():
                with _posting_by("price.post_nothing" if number == NOTHING else "api.post_document"):
                    proxy.reset()
                    milliseconds = sell_once(services, goods, random)
                if turn >= WARM:
                    took[number].append(milliseconds)
                    trips += [proxy.trips] if number == SHIPPED else []
    return took, trips


def _till(shop: MeasuredShop, number: int, port: int, opened: ExitStack) -> AppServices:
    services = open_shift_till(shop, number, port=port)
    opened.callback(services.close)
    if number != SHIPPED:
        _into_memory(services)
    if number == NOTHING:  # only now: the program refuses to start with a login that may do so much
        with shop.owner() as owner:
            _give_all(owner, shop.logins[number])
    return services


def _into_memory(services: AppServices) -> None:
    """Go on with the till's journal and draft in memory: nothing reaches a disk any more."""
    core = services.till._core
    for store in (core.journal, core.draft):
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        store._db.backup(memory)  # type: ignore[attr-defined]
        store._db.close()  # type: ignore[attr-defined]
        store._db = memory  # type: ignore[attr-defined]


@contextmanager
def _posting_by(function: str) -> Iterator[None]:
    """Let tills post by another server function."""
    before = till_rows.post_document
    statement = f"select {function}(%s, %b, %s)".encode()

    def post(connection: Any, body: bytes, digest: bytes, stands: str = "") -> till_rows.Answer:
        row = connection.execute(statement, [body.decode("utf-8"), digest, stands]).fetchone()
        return till_rows.read_answer(row[0])

    till_rows.post_document = post
    try:
        yield
    finally:
        till_rows.post_document = before


# -- the server's call alone -----------------------------------------------------------------------


def _make_functions(shop: MeasuredShop) -> None:
    """The server's function anew under other names: without the chain's check, without lent rights."""
    folder = paths.migrations_dir() / "functions"
    text = (folder / "post_document.sql").read_text(encoding="utf-8")
    link = (folder / "broken_link.sql").read_text(encoding="utf-8")
    kept = [line for line in link.splitlines() if "'chain'" not in line and "'hash'" not in line]
    link = "\n".join(kept).replace("pos.broken_link", "price.believe").replace("broken_link.", "believe.")
    unchained = text.replace("broken_link(", "price.believe(")
    names = {"price.post_unchained": unchained, "price.post_open": _invoker(text)}
    names["price.post_nothing"] = _invoker(unchained)
    with shop.owner() as owner:
        owner.execute("create schema if not exists price authorization pos_owner")
        owner.execute("grant usage on schema price to pos_till")
        with owner.transaction():
            owner.execute("set local role pos_owner")
            for made in (link, *(text.replace("api.post_document", name) for name, text in names.items())):
                owner.execute(made.encode())
            owner.execute("grant execute on all functions in schema price to pos_till")
        _give_all(owner, shop.logins[CALLS["open"]])


def _invoker(text: str) -> str:
    return text.replace("SECURITY DEFINER", "SECURITY INVOKER")


def _give_all(owner: psycopg.Connection[tuple[Any, ...]], login: str) -> None:
    """Rights of its own on every table: what a login without functions in between would need."""
    role = sql.Identifier(login)
    for what in ("all tables", "all sequences", "all functions"):
        owner.execute(sql.SQL(f"grant all on {what} in schema pos to {{}}").format(role))  # type: ignore[arg-type]
    owner.execute(sql.SQL("grant usage on schema pos to {}").format(role))


def _calls(shop: MeasuredShop, count: int) -> dict[str, list[float]]:
    """Milliseconds of the bare call with documents made beforehand, one of each kind after the other."""
    goods = Goods.of(shop)
    functions = {
        "shipped": "api.post_document",
        "unchained": "price.post_unchained",
        "open": "price.post_open",
    }
    took: dict[str, list[float]] = {kind: [] for kind in CALLS}
    with ExitStack() as opened:
        lanes = {}
        for kind, number in CALLS.items():
            connection = psycopg.connect(shop.till_dsn(number), autocommit=True)
            opened.callback(connection.close)
            lanes[kind] = (connection, stamped_sales(number, goods, Random(number)))
        for turn in range(WARM + count):
            for kind, (connection, chain) in lanes.items():
                document = next(chain)
                statement = f"select {functions[kind]}(%s, %b, '')".encode()
                started = time.perf_counter()
                row = connection.execute(statement, [document.body.decode(), document.hash]).fetchone()
                if turn >= WARM:
                    took[kind].append((time.perf_counter() - started) * 1000)
                if row is None or row[0]["outcome"] not in ("booked", "flagged"):
                    raise RuntimeError(f"a measured document was not booked: {row}")
    return took


def _connecting(shop: MeasuredShop, sale: float) -> Row:
    """SCRAM is paid when a connection is made: at the start of the program and after a lost server."""
    took = []
    for _ in range(5):
        started = time.perf_counter()
        psycopg.connect(shop.till_dsn(SHIPPED)).close()
        took.append((time.perf_counter() - started) * 1000)
    note = f"{plain(median(took))} ms for SCRAM-SHA-256 and all else of a connection, made once a start"
    return Row("a connection with SCRAM, in sales", median(took) / sale, "", note=note)
