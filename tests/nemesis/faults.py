"""The table of faults: what each is, who brings it about, how often it comes in one pass of the deck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["till", "proxy", "server", "process", "printer"]


@dataclass(frozen=True, slots=True)
class Kind:
    """``where``: done by the till to itself, by proxy or printers, by the director to server or process."""

    where: Where
    weight: int
    says: str


KILL_STEPS = ("S0", "S1", "S2", "S3", "S4", "S6", "S7", "S8", "S11", "S9", "S10")
"""The labelled steps of a sale (pos_desktop/services/fault.py); S5 is inside the server."""

FAULTS: dict[str, Kind] = {
    **{f"kill_{step}": Kind("till", 3, f"the till dies at {step}") for step in KILL_STEPS},
    "kill_S5": Kind("process", 4, "kill -9 of the till while the server works on its document"),
    "twins": Kind("till", 2, "the till dies, and two programs of its name start at once"),
    "cut_before": Kind("proxy", 4, "the line is cut before the request arrives"),
    "cut_request": Kind("proxy", 3, "the line is cut in the middle of the request"),
    "cut_during": Kind("proxy", 5, "the line is cut as soon as the server has the request"),
    "cut_after": Kind("proxy", 6, "the server's answer is swallowed and the line cut"),
    "cut_answer": Kind("proxy", 3, "the line is cut in the middle of the answer"),
    "half_close": Kind("proxy", 4, "the till's side is closed, the server's side stays open"),
    "delay": Kind("proxy", 4, "the answer takes 0.2 to 3 s"),
    "silent": Kind("proxy", 1, "everything is accepted and nothing answered, new connections too"),
    "refuse": Kind("proxy", 3, "no connection for 0.2 to 3 s"),
    "freeze_till": Kind("process", 4, "SIGSTOP of the till in its sale, SIGCONT 0.2 to 12 s later"),
    "freeze_backend": Kind("server", 2, "SIGSTOP of the till's server process for 0.2 to 10 s"),
    "end_backend": Kind("server", 4, "pg_terminate_backend while the document is on its way"),
    "kill_backend": Kind("server", 2, "kill -9 of the till's server process: the whole server restarts"),
    "kill_server": Kind("server", 2, "kill -9 of the whole server, started again"),
    "stop_fast": Kind("server", 2, "the server is stopped (fast) and started"),
    "stop_immediate": Kind("server", 2, "the server is stopped (immediate) and started"),
    "server_disk_full": Kind("server", 1, "the server's disk is full for 1 to 4 s"),
    "till_disk_full": Kind("server", 2, "the till's disk is full for 0.2 to 2 s"),
    "file_limit": Kind("till", 3, "the till's files may not grow at one of its writes"),
    "clock_ahead": Kind("till", 2, "the till's clock is 3 hours ahead for some customers"),
    "clock_1970": Kind("till", 2, "the till's clock says 1970 for some customers"),
    "clock_dst": Kind("till", 2, "the till's clock goes back an hour in a sale"),
    "back_up": Kind("server", 2, "the server is stopped, copied and started: a backup"),
    "restore": Kind("server", 2, "the server is put back to that backup, under tills that are newer"),
    "new_functions": Kind("server", 2, "all server functions are made anew while tills sell"),
    "new_step": Kind("server", 1, "a schema step is applied while tills sell"),
    "paper_out": Kind("printer", 3, "the printer runs out of paper, also in the middle of one"),
    "cover_open": Kind("printer", 2, "the printer's cover is open"),
    "printer_cut": Kind("printer", 3, "the printer's line is cut in the middle of a paper"),
    "printer_stalled": Kind("printer", 3, "the printer takes no more bytes in the middle of a paper"),
    "printer_mute": Kind("printer", 2, "the printer answers no question"),
    "no_network": Kind("server", 2, "the till's network is down for 0.5 to 12 s (network namespace)"),
}
