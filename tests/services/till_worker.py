"""A till in a process of its own that can be killed: forks one for every order it reads from its input.

An order is a JSON line {folder, dsn, fault, codes, given?, gate?, away?}; ``away`` pulls the cable: "sudden"
when the sale is paid, "known" before it is rung up; the till has its copy of the catalogue then. Answers are
JSON lines: {"pid"} when the till runs, {"code"} when it ended (137: it died at its fault point; negative: a
signal). The parent never opens a connection or a thread, so a fork of it is a clean start without the price
of loading the program.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from pos_desktop.bootstrap import open_till
from pos_desktop.services.fault import VARIABLE
from pos_desktop.services.results import Completed
from pos_desktop.services.till import TillServices
from tests.services.cable import Cable
from tests.services.tills import cash, ready, scanned, settings_in


def run_till(order: dict[str, Any]) -> None:
    """One life of a till: recover, sell what was asked, hand the paper out."""
    app = open_till(settings_in(Path(order["folder"])), dsn=order["dsn"])
    till = app.till
    recovered = till.recover()
    if recovered.settled.pending:
        os._exit(3)
    for document in recovered.to_print:
        till.printed(document.id)
    ready(till)
    cable = _cable(till) if order.get("away") else None
    if cable is not None and order["away"] == "known":
        cable.pulled = True
        till.poll_changes()
    os.environ[VARIABLE] = order["fault"]
    basket = recovered.draft.basket if recovered.draft else till.new_basket()
    basket = scanned(till, basket, *order["codes"])
    tenders = cash(basket, order.get("given"))
    till.save_draft(basket, tenders)
    if order.get("gate"):
        Path(order["gate"]).read_bytes()  # a FIFO: waits until the test has opened its other end
    if cable is not None:
        cable.pulled = True
    posted = till.complete_sale(basket, tenders)
    if not isinstance(posted, Completed):
        os._exit(4)
    till.printed(posted.document.id)
    app.close()


def _cable(till: TillServices) -> Cable:
    """A whole copy of the catalogue, and a cable that can be pulled."""
    core = till._core
    assert till._copy is not None
    till._copy.run_to_end()
    core.deadline = 0.2
    cable = Cable(core.link)  # type: ignore[arg-type]
    core.link = cable
    return cable


def main() -> None:
    """Fork a till for each order."""
    for text in sys.stdin:
        order = json.loads(text)
        pid = os.fork()
        if pid == 0:
            code = 5
            try:
                run_till(order)
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(json.dumps({"pid": pid}), flush=True)  # noqa: T201 - its answer
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
