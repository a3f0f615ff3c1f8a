"""The tills' receipt printers in a process of their own: they outlive the tills, and tell each paper.

An order is a JSON line {"till", "kind", "size"}: that printer gets into trouble, and out of it by itself.
Answers are {"printers": till to port}, {"armed": till}, and {"roll": till, "number", "copy"} for each paper
that is whole.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pos_desktop.hardware.emulated import EmulatedPrinter, PrintedPaper

PAPER_BYTES, PAPER_LINES = 1500, 25
"""About a receipt: where in it the trouble comes is the fault's size."""

_NUMBER = re.compile(r"\bS\d+-T\d+-\d+-\d{6}\b")
_COPY = re.compile(r"\bCOPY\b")
_turn = threading.Lock()

Mend = Callable[[], None]


def strike(printer: EmulatedPrinter, kind: str, size: float) -> Mend:
    """Bring the trouble about, or let it wait in the middle of the next paper; returns what ends it."""
    if kind == "paper_out":
        printer.set_paper(int(size * PAPER_LINES))
        return partial(printer.set_paper, None)
    if kind == "cover_open":
        printer.set_cover(is_open=True)
        return partial(printer.set_cover, is_open=False)
    if kind == "printer_cut":
        printer.cut_line_after(int(size * PAPER_BYTES))
        return partial(printer.cut_line_after, None)
    if kind == "printer_stalled":
        printer.stall_after(int(size * PAPER_BYTES))
        return partial(printer.set_stalled, False)
    printer.set_mute(True)
    return partial(printer.set_mute, False)


def seconds_of(size: float) -> float:
    """How long it lasts."""
    return 0.3 + 2.7 * size


def run(folder: Path, hosts: list[str]) -> None:
    """Until the orders end; what each printer printed is kept in ``folder``."""
    printers = {
        till: EmulatedPrinter(host=host, on_paper=partial(_tell_paper, folder, till))
        for till, host in enumerate(hosts, 1)
    }
    _say(printers={till: printer.port for till, printer in printers.items()})
    for line in sys.stdin:
        order = json.loads(line)
        mend = strike(printers[order["till"]], order["kind"], order["size"])
        timer = threading.Timer(seconds_of(order["size"]), mend)
        timer.daemon = True
        timer.start()
        _say(armed=order["till"])
    for printer in printers.values():
        printer.close()


def _tell_paper(folder: Path, till: int, paper: PrintedPaper) -> None:
    text = "\n".join(paper.lines)
    with (folder / f"roll-{till}.txt").open("a", encoding="utf-8") as roll:
        roll.write(f"{text}\n\n")
    number = _NUMBER.search(text)
    _say(roll=till, number=number and number.group(), copy=_COPY.search(text) is not None)


def _say(**fields: object) -> None:
    with _turn:
        os.write(1, json.dumps(fields).encode() + b"\n")


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2:])
