"""A till in a process of its own that can be killed: forks one for every order it reads from its input.

An order is a JSON line {folder, dsn, fault, codes, given?, gate?}; answers are JSON lines: {"pid"} when the
till runs, {"code"} when it ended (137: it died at its fault point; negative: a signal). The parent never
opens a connection or a thread, so a fork of it is a clean start without the price of loading the program.
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
    os.environ[VARIABLE] = order["fault"]
    basket = recovered.draft.basket if recovered.draft else till.new_basket()
    basket = scanned(till, basket, *order["codes"])
    tenders = cash(basket, order.get("given"))
    till.save_draft(basket, tenders)
    if order.get("gate"):
        Path(order["gate"]).read_bytes()  # a FIFO: waits until the test has opened its other end
    posted = till.complete_sale(basket, tenders)
    if not isinstance(posted, Completed):
        os._exit(4)
    till.printed(posted.document.id)
    app.close()


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
