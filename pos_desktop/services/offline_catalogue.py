"""The till's own copy of the catalogue: kept current from the server, and asked while that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pos_desktop.domain.basket import Item
from pos_desktop.domain.catalogue import SEARCH_LIMIT, Catalogue, search_words
from pos_desktop.domain.document import utc_text
from pos_desktop.domain.item_card import read_item
from pos_desktop.domain.tax_record import taxes_record
from pos_desktop.domain.tax_rules import TaxRules
from pos_desktop.errors import UserError, add_messages
from pos_desktop.journal.snapshot import Snapshot
from pos_desktop.services.core import TillCore
from pos_desktop.services.hello import Hello

T = TypeVar("T")

add_messages(
    {
        "offline.no_copy": (
            "The server is away, and this till's own list is not complete yet.\n"
            "Scan it again when the server is back."
        ),
    }
)

PAGE = 1000
"""Items asked for at once: about 200 kB on the wire, a few hundredths of a second on the server."""

VALID = timedelta(hours=24)
"""How long after the server last said that nothing changed a till may sell from its copy."""

WORK_SECONDS = 0.5
IDLE_PART = 3
"""A whole copy is loaded half a second at a time; then the server is left alone three times as long."""


class OwnCatalogue:
    """A domain ``Catalogue`` on the till's disk: prices, taxes and ages as of the corrected clock."""

    def __init__(
        self,
        snapshot: Snapshot,
        hello: Callable[[], Hello],
        now: Callable[[], datetime],
        rules: Callable[[], TaxRules] = TaxRules,
    ) -> None:
        self._snapshot = snapshot
        self._hello = hello
        self._now = now
        self._rules = rules

    def find(self, code: str) -> Item | None:
        """The item with this canonical code."""
        return self._item(self._snapshot.find(code, utc_text(self._now())))

    def search(self, words: str, limit: int = SEARCH_LIMIT) -> tuple[Item, ...]:
        """Items whose name holds all the words, in any order, accents ignored; best first."""
        text, parts = search_words(words)
        if not parts:
            return ()
        typed = words.strip()
        coded = self._snapshot.coded((typed, typed.upper()))
        found = self._snapshot.search(text, parts, limit)
        if coded is not None:
            found = [coded, *(number for number in found if number != coded)][:limit]
        return self.items(found)

    def items(self, ids: Sequence[int]) -> tuple[Item, ...]:
        """The items with these ids, in the order asked."""
        at = utc_text(self._now())
        found = (self._item(self._snapshot.item(number, at)) for number in ids)
        return tuple(item for item in found if item is not None)

    def _item(self, row: Mapping[str, Any] | None) -> Item | None:
        if row is None:
            return None
        hello = self._hello()
        shelf = hello.categories.get(row["category_id"], {})
        day = self._now().astimezone(ZoneInfo(hello.store.time_zone)).date().isoformat()
        rates = {tax: rate for tax, begins, rate in hello.tax_rates if begins <= day}
        return read_item(
            {
                **row,
                "rate": rates.get(row["tax"], 0),
                "taxes": taxes_record(self._rules().taxes(row["tax"], rates)),
                "category": shelf.get("name", ""),
                "icon": row["icon"] or shelf.get("icon", ""),
                "colour": row["colour"] or shelf.get("colour", ""),
            }
        )


class TillCatalogue:
    """The server's catalogue, or the till's own while the server is away and the till may sell alone.

    While its own is not complete, what is missing there is not known: UserError "offline.no_copy".
    """

    def __init__(self, core: TillCore, server: Catalogue, own: Catalogue) -> None:
        self._core, self._server, self._own = core, server, own

    def find(self, code: str) -> Item | None:
        """The item with this canonical code."""
        return self._core.either(
            lambda: self._server.find(code), lambda: self._complete(self._own.find(code))
        )

    def search(self, words: str, limit: int = SEARCH_LIMIT) -> tuple[Item, ...]:
        """Items whose name holds all the words, best first."""
        return self._core.either(
            lambda: self._server.search(words, limit),
            lambda: self._complete(self._own.search(words, limit)),
        )

    def items(self, ids: Sequence[int]) -> tuple[Item, ...]:
        """The items with these ids, in the order asked."""
        return self._core.either(lambda: self._server.items(ids), lambda: self._own.items(ids))

    def _complete(self, found: T) -> T:
        if not found and self._core.alone.snapshot_until is None:
            raise UserError("offline.no_copy")
        return found


class CopyKeeper:
    """Keeps the till's copy current: a page of a new one at a time, then what changed."""

    def __init__(self, core: TillCore, snapshot: Snapshot) -> None:
        self._core = core
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._refilled = core.refilled
        self.note()

    def note(self) -> None:
        """Tell the till until when its copy may be sold from."""
        progress = self._snapshot.progress()
        valid = None
        if progress.whole:
            valid = datetime.fromtimestamp(progress.fresh_ms / 1000, tz=self._core.clock.now().tzinfo) + VALID
        self._core.alone.snapshot_until = valid

    def step(self) -> None:
        """A short piece of the work, when it is time for one; PosError when the server does not answer."""
        clock = self._core.clock
        if clock.monotonic() < self._not_before or not self._lock.acquire(blocking=False):
            return
        try:
            started = clock.monotonic()
            more = True
            while more and clock.monotonic() - started < WORK_SECONDS:
                more = self._load() if self._snapshot.loading() is not None else self._follow()
            self.note()
            pause = IDLE_PART * (clock.monotonic() - started) if more else self._core.alone.every
            self._not_before = clock.monotonic() + pause
        finally:
            self._lock.release()

    def run_to_end(self) -> None:
        """All of the work at once, however long: for the first day, and for tests."""
        while True:
            self._not_before = 0.0
            self.step()
            if self._snapshot.progress().whole and self._snapshot.loading() is None:
                return

    def _now_ms(self) -> int:
        return int(self._core.server_now().timestamp() * 1000)

    def _load(self) -> bool:
        loading = self._snapshot.loading()
        assert loading is not None
        rows = self._core.link.catalogue_page(loading.loaded, PAGE, None)
        if rows:
            self._snapshot.load(rows)
        else:
            self._snapshot.finish(self._now_ms())
        return True

    def _follow(self) -> bool:
        """What changed since; many changes at once begin a new copy beside the one in use."""
        progress = self._snapshot.progress()
        if not progress.whole:
            self._snapshot.begin(self._core.link.changes_since(0).last)
            return True
        changes = self._core.link.changes_since(progress.change)
        old, self._refilled = self._refilled != self._core.refilled, self._core.refilled
        if changes.whole or old or changes.last < progress.change:  # old: the server came back from a backup
            self._snapshot.begin(changes.last)
            return True
        for first in range(0, len(changes.items), PAGE):
            asked = changes.items[first : first + PAGE]
            rows = self._core.link.catalogue_page(0, PAGE, asked)
            self._snapshot.update(rows, asked, progress.change, progress.fresh_ms)
        self._snapshot.update((), (), changes.last, self._now_ms())
        return False
