"""The sale in progress on the till's disk: kept after each change, brought back after a crash."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_record import RecordError, basket_record, read_basket
from pos_desktop.domain.document import parse_utc, utc_text
from pos_desktop.domain.tender import Tender
from pos_desktop.errors import PosError
from pos_desktop.services.core import TillCore
from pos_desktop.services.fault import fault_point
from pos_desktop.services.results import CardAttempt, Draft, Recovered, Settled


class Drafts(ABC):
    """The part of ``TillServices`` that survives a crash."""

    _core: TillCore

    def save_draft(self, basket: Basket, tenders: Sequence[Tender] = (), asked: str = "") -> None:
        """Keep the basket, and payments taken so far, after each change. An empty basket clears the draft.

        ``asked`` is the code whose question is still open on the screen: unknown, age, weight or price.
        """
        if basket.empty and not basket.checks and not tenders and not asked:
            self._core.draft.clear()
            return
        record = _record(self._core.approvals.named(basket), tenders)
        if asked:
            record["asked"] = asked
        self._core.draft.save(basket.sale_id, record, synced=bool(tenders))
        fault_point("S2" if tenders else "S0")

    def card_begun(self, basket: Basket, amount: int, tenders: Sequence[Tender] = ()) -> None:
        """A card is about to be charged ``amount`` minor units: on the disk before the cashier is told."""
        record = _record(self._core.approvals.named(basket), tenders)
        record["card"] = {"amount": amount, "at": utc_text(self._core.clock.now())}
        self._core.draft.save(basket.sale_id, record, synced=True)

    def card_ended(self) -> None:
        """The terminal's answer is known, paid or not: take the attempt off the draft."""
        kept = self._core.draft.load()
        if kept is not None and "card" in kept[1]:
            record = {key: value for key, value in kept[1].items() if key != "card"}
            self._core.draft.save(kept[0], record, synced=True)

    def load_draft(self) -> Draft | None:
        """The sale to go on with, or None.

        A draft whose sale is settled (or waits for its answer) is no basket any more; nor is one that lies
        parked on the server, because the crash came between parking it and forgetting it here.
        """
        kept = self._core.draft.load()
        if kept is None:
            return None
        sale_id, record = kept
        if any(entry.outcome != "refused" for entry in self._core.journal.of_sale(sale_id)):
            self._forget_if_settled(sale_id)
            return None
        try:
            draft = _read(record)
        except RecordError:
            return None
        if self._is_held(sale_id) or self._parked_again(sale_id, record):
            self._core.draft.clear(sale_id)
            return None
        return replace(draft, basket=replace(draft.basket, rules=self._core.rules))

    def _parked_again(self, sale_id: str, record: dict[str, Any]) -> bool:
        """Finish what a crash broke off: the basket was being parked. Whether it is parked now."""
        if "parking" not in record:
            return False
        parking = dict(record["parking"])
        label = str(parking.pop("label"))
        try:
            self._park(sale_id, parking, label)
        except PosError:
            return False
        return True

    @abstractmethod
    def _park(self, sale_id: str, record: dict[str, Any], label: str) -> None: ...

    def recover(self) -> Recovered:
        """Once at start-up: settle what has no answer, bring the basket back, say what to print."""
        core = self._core
        settled = core.settle()
        if settled.stopped is None and not core.online and self._begin_alone():
            settled = Settled(settled.done, 0, settled.words)
        if settled.pending or settled.stopped:
            return Recovered(settled)
        if core.online:
            core.journal.prune()
        unprinted = self._core.journal.unprinted(self._core.hello.epoch)
        return Recovered(settled, self.load_draft(), tuple(entry.document for entry in unprinted))

    def _begin_alone(self) -> bool:
        """Go on where the server is away and an earlier run knew the shop; whether that works."""
        return self._core.remembers() and self._core.accept_waiting()

    def printed(self, document_id: str) -> None:
        """The paper of a document was given out, or offered and declined: it is not offered again."""
        fault_point("S9")
        self._core.journal.mark_printed(document_id)
        fault_point("S10")

    def _forget_if_settled(self, sale_id: str) -> None:
        if any(entry.done for entry in self._core.journal.of_sale(sale_id)):
            self._core.draft.clear(sale_id)

    def _is_held(self, sale_id: str) -> bool:
        core = self._core
        if core.notes is not None and core.notes.get(f"held:{sale_id}") is not None:
            return True
        if core.alone.selling:
            return False
        try:
            return any(str(row["sale"]) == sale_id for row in self._core.link.held_sales())
        except PosError:
            return False


def _record(basket: Basket, tenders: Sequence[Tender]) -> dict[str, Any]:
    parts = [asdict(tender) for tender in tenders]
    return {"basket": basket_record(basket), "tenders": parts}


def _read(record: dict[str, Any]) -> Draft:
    try:
        basket = read_basket(record["basket"])
        tenders = tuple(Tender(**part) for part in record["tenders"])
        card = record.get("card")
        attempt = CardAttempt(basket.sale_id, card["amount"], parse_utc(card["at"])) if card else None
    except (KeyError, TypeError, ValueError) as problem:
        raise RecordError(f"not a draft: {problem}") from problem
    return Draft(basket, tenders, attempt, str(record.get("asked", "")))
