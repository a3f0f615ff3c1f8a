"""A TCP proxy in a process of its own, one port for each till, that cuts, delays, half-closes and swallows.

Orders come as JSON lines: {"till", "kind", "size", "call"} arms one fault for the till's next call of that
sort; answers are {"armed": till} and, when it strikes, {"fired": till}. A kind that is not the proxy's own
only says when the call passes, so that somebody else can strike in that moment.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import json
import os
import selectors
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CALLS = {"document": b"api.post_document", "hold": b"api.hold_sale", "recall": b"api.recall_sale"}
CHUNK = 1 << 16
FEEBLE = 0.02
"""Share of the longest time that the smallest fault lasts."""


def seconds(kind: str, size: float) -> float:
    """How long a fault lasts."""
    longest = {"delay": 3.0, "silent": 10.0, "refuse": 3.0, "half_close": 15.0}[kind]
    return longest * max(size, FEEBLE)


@dataclass(eq=False)
class Pair:
    """One connection of a till and its twin to the server."""

    till: int
    client: socket.socket
    server: socket.socket
    on_answer: str = ""
    size: float = 0.0
    deaf: bool = False
    """What comes is read and thrown away."""


@dataclass(eq=False)
class Gate:
    """A till's way to the server: its pairs, what is armed, and until when nothing goes through."""

    till: int
    port: int = 0
    armed: dict[str, Any] | None = None
    pairs: set[Pair] = field(default_factory=set)
    refusing: bool = False
    silent: bool = False


class Proxy:
    """Moves bytes between tills and server in one thread."""

    def __init__(self, target: int, hosts: list[str]) -> None:
        self._target = ("127.0.0.1", target)
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._input = b""
        self.gates = {till: Gate(till) for till in range(1, len(hosts) + 1)}
        for gate in self.gates.values():
            listener = socket.create_server((hosts[gate.till - 1], 0), backlog=64)
            gate.port = listener.getsockname()[1]
            self._watch(listener, lambda listener=listener, gate=gate: self._accept(listener, gate))
        self._watch(sys.stdin.fileno(), self._orders)
        self._say(ports={till: gate.port for till, gate in self.gates.items()})

    def run(self) -> None:
        """Until the orders end."""
        while True:
            wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None
            for key, _ in self._selector.select(wait):
                now = self._selector.get_map().get(key.fd)
                if now is not None and now.data is key.data:  # an earlier event may have closed it
                    key.data()
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()

    # -- orders ----------------------------------------------------------------------------------

    def _orders(self) -> None:
        chunk = os.read(sys.stdin.fileno(), CHUNK)
        if not chunk:
            sys.exit(0)
        *lines, self._input = (self._input + chunk).split(b"\n")
        for line in lines:
            order = json.loads(line)
            self.gates[order["till"]].armed = order
            self._say(armed=order["till"])

    def _say(self, **fields: Any) -> None:
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()

    def _later(self, wait: float, work: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (time.monotonic() + wait, next(self._numbers), work))

    # -- connections -----------------------------------------------------------------------------

    def _watch(self, what: Any, work: Callable[[], None]) -> None:
        self._selector.register(what, selectors.EVENT_READ, work)

    def _accept(self, listener: socket.socket, gate: Gate) -> None:
        client, _ = listener.accept()
        if gate.refusing:
            _shut(client)
            return
        try:
            server = socket.create_connection(self._target, timeout=2)
        except OSError:
            _shut(client)
            return
        for one in (client, server):
            one.settimeout(2)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = Pair(gate.till, client, server, deaf=gate.silent)
        gate.pairs.add(pair)
        self._watch(client, lambda: self._from_client(gate, pair))
        self._watch(server, lambda: self._from_server(gate, pair))

    def _close(self, gate: Gate, pair: Pair) -> None:
        gate.pairs.discard(pair)
        for one in (pair.client, pair.server):
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(one)
            _shut(one)

    def _close_client(self, pair: Pair) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(pair.client)
        _shut(pair.client)

    def _from_client(self, gate: Gate, pair: Pair) -> None:
        data = _read(pair.client)
        if not data:
            self._close(gate, pair)
            return
        if pair.deaf:
            return
        if gate.armed is not None and CALLS[gate.armed["call"]] in data:
            armed, gate.armed = gate.armed, None
            self._strike(gate, pair, armed, data)
            self._say(fired=gate.till)
        else:
            self._send(gate, pair, pair.server, data)

    def _from_server(self, gate: Gate, pair: Pair) -> None:
        data = _read(pair.server)
        if not data:
            self._close(gate, pair)
        elif pair.deaf:
            return
        elif pair.on_answer == "cut_after":
            self._close(gate, pair)
        elif pair.on_answer == "cut_answer":
            self._send(gate, pair, pair.client, data[: max(1, int(len(data) * pair.size))])
            self._close(gate, pair)
        elif pair.on_answer == "delay":
            pair.on_answer = ""
            self._later(seconds("delay", pair.size), lambda: self._send(gate, pair, pair.client, data))
        else:
            self._send(gate, pair, pair.client, data)

    def _send(self, gate: Gate, pair: Pair, to: socket.socket, data: bytes) -> None:
        if pair not in gate.pairs:
            return
        try:
            to.sendall(data)
        except OSError:
            self._close(gate, pair)

    # -- faults ----------------------------------------------------------------------------------

    def _strike(self, gate: Gate, pair: Pair, armed: dict[str, Any], data: bytes) -> None:
        kind, size = armed["kind"], armed["size"]
        work = getattr(self, f"_{kind}", None)
        if work is not None:
            work(gate, pair, size, data)
            return
        pair.on_answer, pair.size = kind, size
        self._send(gate, pair, pair.server, data)

    def _cut_before(self, gate: Gate, pair: Pair, size: float, data: bytes) -> None:
        self._close(gate, pair)

    def _cut_request(self, gate: Gate, pair: Pair, size: float, data: bytes) -> None:
        self._send(gate, pair, pair.server, data[: max(1, int(len(data) * size))])
        self._close(gate, pair)

    def _cut_during(self, gate: Gate, pair: Pair, size: float, data: bytes) -> None:
        self._send(gate, pair, pair.server, data)
        self._close(gate, pair)

    def _half_close(self, gate: Gate, pair: Pair, size: float, data: bytes) -> None:
        """The till sees the end; the server does not, and keeps its session."""
        self._send(gate, pair, pair.server, data)
        pair.deaf = True
        self._close_client(pair)
        self._later(seconds("half_close", size), lambda: self._close(gate, pair))

    def _silent(self, gate: Gate, pair: Pair, size: float, data: bytes) -> None:
        """The request arrives, or (for the smaller half) it does not; nothing is answered any more."""
        if size > 0.5:
            self._send(gate, pair, pair.server, data)
        gate.silent = True
        for one in gate.pairs:
            one.deaf = True
        self._later(seconds("silent", size), lambda: self._loud(gate))

    def _loud(self, gate: Gate) -> None:
        gate.silent = False
        for pair in list(gate.pairs):
            if pair.deaf:
                self._close(gate, pair)

    def _refuse(self, gate: Gate, pair: Pair, size: float, data: bytes) -> None:
        gate.refusing = True
        for one in list(gate.pairs):
            self._close(gate, one)
        self._later(seconds("refuse", size), lambda: setattr(gate, "refusing", False))


def _read(one: socket.socket) -> bytes:
    try:
        return one.recv(CHUNK)
    except OSError:
        return b""


def _shut(one: socket.socket) -> None:
    """A bare close would send nothing while somebody else still reads."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


if __name__ == "__main__":
    Proxy(int(sys.argv[1]), sys.argv[2:]).run()
