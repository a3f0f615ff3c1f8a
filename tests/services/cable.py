"""A cable between a till and its real server that can be pulled, so that no test waits for a dead one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pos_desktop import bootstrap
from pos_desktop.bootstrap import AppServices
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.server_link import ServerLink
from pos_desktop.services.till import TillServices
from tests.services.tills import Shopfront, ready


class Cable:
    """The real link. ``pulled``: no call gets through; ``deaf``: it does, and its answer is lost."""

    def __init__(self, link: ServerLink) -> None:
        self._link = link
        self.pulled = False
        self.deaf = False
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        work = getattr(self._link, name)

        def through(*args: Any) -> Any:
            self.calls.append(name)
            if self.pulled:
                raise EnvironmentProblem("server.unreachable")
            answer = work(*args)
            if self.deaf and name == "post_document":
                raise EnvironmentProblem("server.no_answer", seconds=8)
            return answer

        return through


class Wired:
    """Tills whose cables can be pulled; ``allow`` lets the store's tills sell alone."""

    def __init__(self, front: Shopfront, monkeypatch: pytest.MonkeyPatch) -> None:
        self.front = front
        self.cables: list[Cable] = []
        self.apps: list[AppServices] = []

        def wired(database: Any) -> Cable:
            self.cables.append(Cable(ServerLink(database)))
            self.cables[-1].pulled = self._born_pulled
            return self.cables[-1]

        self._born_pulled = False
        monkeypatch.setattr(bootstrap, "ServerLink", wired)

    @property
    def cable(self) -> Cable:
        """The cable of the till opened last."""
        return self.cables[-1]

    def allow(self, **caps: int) -> None:
        """The one setting that turns it on, and caps other than the usual ones."""
        values = {"offline": True, **{f"offline_{name}": value for name, value in caps.items()}}
        for name, value in values.items():
            self.front.database.query(
                f"update pos.store set {name} = %s where number = 1 returning id", value
            )

    def open(self, number: int = 1, *, pulled: bool = False, folder: Path | None = None) -> TillServices:
        """Start a till."""
        self._born_pulled = pulled
        self.apps.append(self.front.open(number, folder))
        till = self.apps[-1].till
        till._core.deadline = 0.3
        return till

    def selling(self, number: int = 1) -> TillServices:
        """A till that is signed in, has a shift, and a whole copy of the catalogue."""
        till = ready(self.open(number))
        assert till._copy is not None
        till._copy.run_to_end()
        return till

    def close(self, till: TillServices | None = None) -> None:
        """Close a till, or all of them."""
        for app in [a for a in self.apps if till is None or a.till is till]:
            self.apps.remove(app)
            app.close()


@contextmanager
def wired_tills(front: Shopfront, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """Tills on cables, closed at the end."""
    wired = Wired(front, monkeypatch)
    try:
        yield wired
    finally:
        wired.close()
