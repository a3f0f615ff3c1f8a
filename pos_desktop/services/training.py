"""Training: a till beside the real one that sells nothing, with its own journal and no way to post."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from pos_desktop.database.staff import SignIn
from pos_desktop.database.till import Answer, Stored
from pos_desktop.domain.catalogue import Catalogue
from pos_desktop.domain.document import Document, genesis, read_document, utc_text
from pos_desktop.domain.shift_figures import figures_after
from pos_desktop.errors import UserError, add_messages
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Entry, Journal
from pos_desktop.services.catalogue import ServerCatalogue
from pos_desktop.services.core import TillCore
from pos_desktop.services.link import Json, Link
from pos_desktop.services.offline_state import Beat
from pos_desktop.services.till import TillServices

EPOCH: Final = 0
"""The series of training: no real till has it, so no server takes its documents."""

READS: Final = frozenset(
    {
        "staff", "pepper_check", "find_item", "search_items", "items_by_id", "catalogue_page",
        "changes_since", "shop_rules",
    }
)  # fmt: skip
"""What training asks of the real server: nothing of it changes anything there."""

add_messages(
    {
        "training.not_here": (
            "This is not practised in training: nothing leaves this till.\n"
            "End training first, then do it on the real till."
        ),
    }
)


class TrainingLink:
    """A link that answers everything itself: documents from its own journal, goods and prices from the shop.

    ``greeting`` is what the real server said last. A call that is neither practised here nor only reads is
    refused (UserError "training.not_here").
    """

    def __init__(
        self, real: Link, journal: Journal, greeting: Callable[[], Json], now: Callable[[], datetime]
    ) -> None:
        self._real, self._journal, self._greeting, self._now = real, journal, greeting, now
        self._held: dict[str, Json] = {}

    def __getattr__(self, name: str) -> Any:
        if name in READS:
            return getattr(self._real, name)
        if name.startswith("_") or not hasattr(Link, name):
            raise AttributeError(name)

        def refused(*_: object, **__: object) -> Any:
            raise UserError("training.not_here")

        return refused

    # -- the till --------------------------------------------------------------------------------

    def hello(self, version: str, epoch: int) -> Json:
        """The shop as it is; chain, numbers and shift are training's own, and nothing is sold alone."""
        del version, epoch
        told, till, last = self._greeting(), self._till(), self._last()
        told_till = {
            **told["till"],
            "epoch": EPOCH,
            "next_no": last.document.no + 1 if last else 1,
            "head": last.document.hash.hex() if last else self._genesis(told).hex(),
            "grand": self._grand(),
            **till,
        }
        store = {**told["store"], "offline": 0}
        return {**told, "server_at": utc_text(self._now()), "store": store, "till": told_till}

    def post_document(self, body: bytes, digest: bytes, timeout: float, stands: str = "") -> Answer:
        """Take a document into training's chain; it has no effect anywhere."""
        del timeout, stands
        document, last = read_document(body), self._last()
        known = self._journal.by_id(document.id)
        if known is not None and known.outcome is not None:
            return self._answer(known.outcome, document, replayed=True)
        expected = last.document.no + 1 if last else 1
        head = last.document.hash if last else self._genesis(self._greeting())
        if (document.epoch, document.no, document.prev) != (EPOCH, expected, head) or document.hash != digest:
            return Answer("rejected", expected, head.hex(), self._now(), "chain")
        return self._answer("booked", document)

    def _answer(self, outcome: str, document: Document, *, replayed: bool = False) -> Answer:
        return Answer(outcome, document.no, document.head, self._now(), replayed=replayed)

    # -- the shift -------------------------------------------------------------------------------

    def shift_report(self, shift: str) -> Json | None:
        """A practised shift's figures, from training's documents alone."""
        told = [
            {**entry.document.fields, "refused": entry.outcome == "refused"}
            for entry in self._answered()
            if entry.document.fields["shift"] == shift and entry.document.kind != "shift_close"
        ]
        return figures_after(told, self._grand()) if told else None

    def z_reports(self, limit: int) -> Sequence[Json]:
        """Training's Z reports are looked at once and not kept for printing again."""
        del limit
        return ()

    def _till(self) -> Json:
        """The next Z's number and the shift that is open in training."""
        closed = [e for e in self._answered() if e.document.kind == "shift_close"]
        opened = self._journal.last_shift(EPOCH)
        z_next = closed[-1].document.fields["z"] + 1 if closed else 1
        if opened is None or opened.document.kind != "shift_open":
            return {"z_next": z_next, "open_shift": None}
        fields = opened.document.fields
        named = {name: fields[name] for name in ("id", "cashier", "business_date", "float")}
        return {"z_next": z_next, "open_shift": {**named, "opened_at": fields["at"]}}

    # -- parking ---------------------------------------------------------------------------------

    def hold_sale(self, sale: str, body: Mapping[str, Any], label: str) -> None:
        """Park a practised basket until training ends."""
        held_at = utc_text(self._now())
        till = int(self._greeting()["till"]["number"])
        self._held[sale] = {
            "sale": sale, "label": label, "till": till, "held_at": held_at, "body": dict(body)
        }  # fmt: skip

    def held_sales(self) -> Sequence[Json]:
        """The baskets parked in training."""
        return tuple(self._held.values())

    def recall_sale(self, sale: str) -> Json | None:
        """Take one up again."""
        row = self._held.pop(sale, None)
        return row["body"] if row is not None else None

    # -- the rest --------------------------------------------------------------------------------

    def check_basket(self, body: Mapping[str, Any]) -> Json:
        """Nothing is in the way: the server would hold goods for it."""
        del body
        return {"ok": 1, "problems": []}

    def sign_in(self, number: int, secret: bytes, what: str = "", about: str = "") -> SignIn:
        """A PIN is a PIN, in training too; what it approves there is noted nowhere."""
        del what, about
        return self._real.sign_in(number, secret)

    def document(self, no: int) -> Stored | None:
        """Training's documents are on this till only."""
        del no
        return None

    def seen(self, pending: int, oldest_seconds: int, offset_ms: int, version: str) -> datetime:
        """The real till reports for itself."""
        del pending, oldest_seconds, offset_ms, version
        return self._now()

    # -- inside ----------------------------------------------------------------------------------

    def _answered(self) -> list[Entry]:
        return [entry for entry in self._journal.since(EPOCH, 1) if entry.acknowledged]

    def _last(self) -> Entry | None:
        answered = self._answered()
        return answered[-1] if answered else None

    def _grand(self) -> int:
        answered = self._answered()
        return answered[-1].document.grand if answered else 0

    def _genesis(self, told: Json) -> bytes:
        return genesis(int(told["store"]["number"]), int(told["till"]["number"]), EPOCH)


class TrainingTill(TillServices):
    """A till that trains: the same services on a :class:`TrainingLink`."""

    def __init__(self, core: TillCore, catalogue: Catalogue, pepper: bytes, real: TillServices) -> None:
        super().__init__(core, catalogue, pepper)
        self._real = real

    def heartbeat(self) -> Beat:
        """The real till's heart beats on: what it still has to send is sent while somebody trains."""
        self._quietly(self._beat_real)
        return super().heartbeat()

    def _beat_real(self) -> None:
        self._real.heartbeat()
        self._real.poll_changes()


def train(real: TillServices, folder: Path, version: str, pepper: bytes) -> TrainingTill:
    """A training till beside ``real``, its files in ``folder``; the same person is signed in.

    UserError "offline.not_now" while the server is away: its prices are what is practised with.
    """
    source = real._core
    source.needs_server()
    with contextlib.ExitStack() as opened:
        journal = Journal(folder / "journal.db")
        opened.callback(journal.close)
        draft = DraftStore(folder / "draft.db")
        opened.callback(draft.close)
        link = cast(Link, TrainingLink(source.link, journal, source.greeting, source.server_now))
        core = TillCore(link, journal, draft, source.clock, folder, version)
        core.training, core.cashier = True, source.cashier
        opened.pop_all()
    return TrainingTill(core, ServerCatalogue(link), pepper, real)
