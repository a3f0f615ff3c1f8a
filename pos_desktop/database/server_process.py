"""What the embedded server's lifecycle needs of the operating system: users, pids, signals, file locks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from pos_desktop import paths

# One name per system: mypy then reads only the branch of the system it runs on.
if sys.platform == "win32":
    import msvcrt
else:
    import fcntl
    import pwd

RUN_AS = "nobody"


def run_options() -> dict[str, Any]:
    """Keyword arguments for subprocess: root becomes ``nobody``, as PostgreSQL refuses to run as root."""
    options: dict[str, Any] = {"cwd": os.path.abspath(os.sep), "stdin": subprocess.DEVNULL}
    if paths.is_root():
        uid, gid = server_owner()
        options |= {"user": uid, "group": gid, "extra_groups": []}
    return options


def server_owner() -> tuple[int, int]:
    """User and group number the server's files belong to."""
    if sys.platform == "win32":
        return -1, -1
    if not paths.is_root():
        return os.geteuid(), os.getegid()
    entry = pwd.getpwnam(RUN_AS)
    return entry.pw_uid, entry.pw_gid


def own_user_has_name() -> bool:
    """Whether the user number resolves to a name: initdb insists on one."""
    if sys.platform == "win32":
        return True
    try:
        pwd.getpwuid(server_owner()[0])
    except KeyError:
        return False
    return True


def give_to_server(path: Path, mode: int) -> None:
    """Set the file's mode and, as root, make the server's user its owner."""
    path.chmod(mode)
    if sys.platform != "win32" and paths.is_root():
        os.chown(path, *server_owner())


def free_port(preferred: int | None = None) -> int:
    """A loopback port nobody listens on: the preferred one when it is free."""
    for port in (preferred or 0, 0):
        with socket.socket() as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def read_pid(data: Path) -> tuple[int, int] | None:
    """Pid and port of postmaster.pid, or None when there is no (complete) file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None


def server_lives(pid: int, pg_ctl: str, data: Path) -> bool:
    """Whether ``pid`` is a running server: not gone, not a zombie, not another program's reused number."""
    if sys.platform == "win32":
        return (
            subprocess.run([pg_ctl, "status", "-D", str(data)], capture_output=True, check=False).returncode
            == 0
        )
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():  # no /proc (macOS): the signal has to be proof enough
        return not Path("/proc/self").exists()
    name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
    return name.startswith("postgres") and rest.split()[0] not in ("Z", "X")


# Servers this program started, by pid: whoever stops one reaps it, whichever object began it.
_children: dict[int, subprocess.Popen[bytes]] = {}


def adopt(child: subprocess.Popen[bytes]) -> None:
    """Remember a server this program started."""
    _children[child.pid] = child


def wait_until_gone(pid: int, pg_ctl: str, data: Path, seconds: float) -> bool:
    """Wait for a server to end; a child of this program is reaped on the way."""
    child = _children.get(pid)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child is not None and child.poll() is not None:
            del _children[pid]
            return True
        if not server_lives(pid, pg_ctl, data):
            return True
        time.sleep(0.01)
    return False


def ask_to_stop(pid: int, pg_ctl: str, data: Path) -> None:
    """A fast shutdown: sessions are ended, a checkpoint is written."""
    if sys.platform == "win32":
        command = [pg_ctl, "stop", "-m", "fast", "-W", "-D", str(data)]
        subprocess.run(command, capture_output=True, check=False)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)


def force_to_stop(pid: int, pg_ctl: str, data: Path) -> None:
    """An immediate shutdown, for a server that ignored the polite request; the next start replays its log."""
    if sys.platform == "win32":
        command = [pg_ctl, "stop", "-m", "immediate", "-W", "-D", str(data)]
        subprocess.run(command, capture_output=True, check=False)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)


def end_orphans(dead: int, data: Path) -> None:
    """End what a killed server left running on its data, and wait until it is gone.

    A session ends by itself when it next looks at its connection. One that waits for a lock inside shared
    memory never looks: whoever held it has gone, and no server starts on these data while the session lives.
    SIGQUIT is what the server itself sends after a crash: nothing is written any more, the log is replayed.
    """
    if sys.platform == "win32":
        script = (
            f"Get-CimInstance Win32_Process -Filter \"ParentProcessId={dead} and Name='postgres.exe'\""
            " | ForEach-Object { Stop-Process -Force -Id $_.ProcessId }"
        )
        command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", script]
        subprocess.run(command, capture_output=True, check=False)
        return
    for order, seconds in ((signal.SIGQUIT, 1.0), (signal.SIGKILL, 10.0)):
        deadline = time.monotonic() + seconds
        while (left := _working_on(data)) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, order)
            time.sleep(0.02)


def _working_on(data: Path) -> list[int]:
    """The server's processes whose folder is ``data``, where each of them lives; none without /proc."""
    found, home = [], os.path.realpath(data)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(process / "cwd") == home and (process / "comm").read_text().startswith("postgres"):
                found.append(int(process.name))
    return found


class FileLock:
    """An exclusive lock the operating system gives back however its holder dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody holds it."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def acquire(self, seconds: float) -> bool:
        """Take the lock, waiting for it; False when ``seconds`` went by."""
        deadline = time.monotonic() + seconds
        while not self.try_acquire():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


@contextlib.contextmanager
def deferred_signals() -> Iterator[None]:
    """Hold Ctrl+C and SIGTERM back until the block is done, then deliver them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    old = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        if seen:
            signal.raise_signal(seen[0])


def remove_tree(folder: Path) -> None:
    """Delete a folder and everything in it, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
