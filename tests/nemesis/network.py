"""A network of its own for each till, where this machine allows it: a namespace and a cable to pull."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NEW_NETWORK = 0x40000000
"""CLONE_NEWNET, for setns(2)."""


@dataclass(frozen=True, slots=True)
class Cable:
    """How a till is joined to the server's side: ``namespace`` and ``link`` are "" on plain loopback."""

    host: str = "127.0.0.1"
    namespace: str = ""
    link: str = ""

    def pull(self) -> None:
        """Nothing goes through any more, and nobody is told."""
        _ip("link", "set", self.link, "down")

    def plug(self) -> None:
        """It goes through again."""
        _ip("link", "set", self.link, "up")


def lay_cables(stack: contextlib.ExitStack, tills: int) -> dict[int, Cable]:
    """A cable for each till; plain loopback for all where namespaces are not to be had."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("ip"):
        return dict.fromkeys(range(1, tills + 1), Cable())
    try:
        return {till: _lay(stack, till) for till in range(1, tills + 1)}
    except subprocess.CalledProcessError:
        return dict.fromkeys(range(1, tills + 1), Cable())


def enter(namespace: str) -> None:
    """Move this process into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with (Path("/run/netns") / namespace).open() as place:
        if libc.setns(place.fileno(), NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def _lay(stack: contextlib.ExitStack, till: int) -> Cable:
    # A number of this process and till in the names and addresses: two attacks do not meet.
    number = os.getpid() * 64 + till
    namespace, link = f"nemesis-{os.getpid()}-{till}", f"nm{number}a"
    net = number % (64 * 250 * 4)
    prefix = f"10.{200 + net // 16384 % 50}.{net // 64 % 256}"
    here, there = f"{prefix}.{net % 64 * 4 + 1}", f"{prefix}.{net % 64 * 4 + 2}"
    _ip("netns", "add", namespace)
    stack.callback(_drop, namespace, link)
    _ip("link", "add", link, "type", "veth", "peer", "name", f"nm{number}b", "netns", namespace)
    _ip("addr", "add", f"{here}/30", "dev", link)
    _ip("link", "set", link, "up")
    inside = ("netns", "exec", namespace, "ip")
    _ip(*inside, "addr", "add", f"{there}/30", "dev", f"nm{number}b")
    _ip(*inside, "link", "set", f"nm{number}b", "up")
    return Cable(here, namespace, link)


def _drop(namespace: str, link: str) -> None:
    for command in (("link", "del", link), ("netns", "del", namespace)):
        subprocess.run(["ip", *command], capture_output=True, check=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], capture_output=True, check=True)
