"""A keeper for tests: rounds on demand, limits as a test wants them, and what it wrote down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pos_desktop.database.keeper import add_keeper
from pos_desktop.services.keeper import Keeper, Post
from tests.database.racing import beside
from tests.patience import PATIENCE
from tests.shop_database import ShopDatabase

PASSWORD = "the keeper's secret"


@dataclass
class Kept:
    """A shop's database with a keeper of its own login, and the place it works at."""

    database: ShopDatabase
    post: Post

    @classmethod
    def of(cls, database: ShopDatabase, folder: Path) -> Kept:
        """Make the login; nothing runs yet."""
        login = f"keeper_{database.name}"
        with database.connect() as owner:
            add_keeper(owner, login, PASSWORD)
        database.logins.append(login)
        return cls(database, Post(database.dsn(login, PASSWORD), folder / "anchors", guard=0.05, minute=0.2))

    def keeper(self, **changes: Any) -> Keeper:
        """A keeper at this place, or a slightly other one."""
        return Keeper(replace(self.post, **changes))

    def round(self, **changes: Any) -> None:
        """One round of a keeper that has just come."""
        assert self.keeper(**changes).once()

    def limit(self, kind: str, threshold: float) -> None:
        """Change from where on an alert is raised."""
        with self.database.connect() as owner:
            owner.execute("update pos.alert_rule set threshold = %s where kind = %s", [threshold, kind])

    def rule(self, role: str, **seconds: float) -> None:
        """Change how long sessions of a group may take."""
        with self.database.connect() as owner:
            for name, value in seconds.items():
                statement = f"update pos.session_rule set {name} = %s where role = %s"
                owner.execute(statement.encode(), [value, role])

    def alerts(self, kind: str, *, cleared: bool = False) -> list[tuple[str, int | None, dict[str, Any]]]:
        """(subject, till number, detail) of the alerts of a kind that are open, or that are over."""
        return [
            (subject, till, detail)
            for subject, till, detail in self.database.query(
                "select a.subject, t.number, a.detail from pos.alert a left join pos.till t"
                " on t.id = a.till_id where a.kind = %s and (a.cleared_at is not null) = %s order by a.id",
                kind,
                cleared,
            )
        ]

    def raised(self, kind: str, **changes: Any) -> tuple[str, int | None, dict[str, Any]]:
        """The one alert of a kind that is open after a round; it was not before."""
        assert self.alerts(kind) == []
        self.round(**changes)
        (alert,) = self.alerts(kind)
        return alert

    def clears(self, kind: str, **changes: Any) -> None:
        """The kind's open alert is over after a round."""
        before = len(self.alerts(kind, cleared=True))
        assert self.alerts(kind)
        self.round(**changes)
        assert self.alerts(kind) == []
        assert len(self.alerts(kind, cleared=True)) > before


@contextmanager
def at_work(kept: Kept, **changes: Any) -> Iterator[list[str]]:
    """A keeper at work beside the block; what it says."""
    said: list[str] = []
    stop = threading.Event()
    keeper = Keeper(replace(kept.post, **changes), said.append)
    future, pool = beside(lambda: keeper.run(stop))
    try:
        yield said
    finally:
        stop.set()
        future.result(PATIENCE)
        pool.shutdown()
