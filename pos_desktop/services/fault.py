"""Fault points: with POS_DESKTOP_FAULT_POINT set, the program dies, or freezes, at one labelled step.

Steps of a sale: S0 basket kept, S1 frozen, S2 tender taken, S3 on the till's disk, S4 about to be sent,
S6 answered by the server, S7 answer read, S8 answer on disk, S11 basket cleared, S9 paper about to be noted,
S10 noted. S5 is inside the server, where a test holds the till's row. Without the server: A1 no answer came,
A2 accepted alone, A3 written down as accepted. Nothing happens unless it is set.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "POS_DESKTOP_FAULT_POINT"
EXIT_CODE = 137
"""What a shell shows for a process that was killed."""
FROZEN = " frozen"
"""After a step: the whole process is stopped there, as a laptop's lid does, until somebody lets it go on."""


def fault_point(step: str) -> None:
    """Die here, with no clean-up at all, if the environment names this step; stop still if it adds FROZEN."""
    named = os.environ.get(VARIABLE)
    if named == step:
        os._exit(EXIT_CODE)
    if named == step + FROZEN and hasattr(signal, "SIGSTOP"):
        os.kill(os.getpid(), signal.SIGSTOP)
