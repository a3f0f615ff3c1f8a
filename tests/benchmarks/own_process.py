"""What this process holds and waits for, by the system's own count."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def core_wait() -> float:
    """Seconds this process's first thread was ready to run and got no core; 0 where nobody counts them."""
    counted = Path("/proc/self/schedstat")
    return int(counted.read_text(encoding="ascii").split()[1]) / 1e9 if counted.exists() else 0.0


def resident_mb() -> float:
    """Resident memory in MB (10^6 bytes); where only the peak is counted, the peak."""
    if sys.platform == "win32":
        return _windows_mb()
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


def _windows_mb() -> float:
    import ctypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS."""

        _fields_ = (
            ("cb", ctypes.c_ulong),
            ("faults", ctypes.c_ulong),
            *((name, ctypes.c_size_t) for name in ("peak", "now", "a", "b", "c", "d", "pages", "peak_pages")),
        )

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.K32GetProcessMemoryInfo.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
    return float(counters.now) / 1e6
