"""Hold and recall: park a basket on the server, take one up again at any till of the store."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace

from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.basket_record import RecordError, basket_record, read_basket
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.core import TillCore
from pos_desktop.services.hello import read_time
from pos_desktop.services.link import Json
from pos_desktop.services.results import HeldSale
from pos_desktop.services.typed_text import kept_text


class Parking:
    """The part of ``TillServices`` that parks baskets."""

    _core: TillCore

    def hold(self, basket: Basket, label: str = "") -> None:
        """Park the basket; then it is no longer this till's. UserError: it is empty, or named a card."""
        if basket.empty:
            raise UserError("sale.nothing")
        named = kept_text(label)
        core = self._core
        basket = core.approvals.named(basket)
        record = {**basket_record(basket), "cashier": core.who().number}
        # A crash from here on leaves a draft that says so: at the next start it is parked, not paid, because
        # another till may have taken the basket up and sold it by then.
        draft = {"basket": basket_record(basket), "tenders": [], "parking": {"label": named, **record}}
        core.draft.save(basket.sale_id, draft)
        self._park(basket.sale_id, record, named)

    def _park(self, sale_id: str, record: Json, label: str) -> None:
        core = self._core
        core.either(
            lambda: core.link.hold_sale(sale_id, record, label),
            lambda: self._hold_here(sale_id, record, label),
        )
        core.draft.clear(sale_id)

    def held(self) -> tuple[HeldSale, ...]:
        """The store's parked baskets, oldest first; those parked while the server was away only here."""
        rows = [*self._core.either(self._listed, lambda: ()), *self._held_here()]
        return tuple(sorted((_held(row) for row in rows if _readable(row)), key=lambda sale: sale.held_at))

    def _listed(self) -> Sequence[Json]:
        """The server's list, once it has what was parked here while it was away."""
        self._hand_over()
        return self._core.link.held_sales()

    def _hand_over(self) -> None:
        """Park on the server what is parked here.

        When only the answer to a hold got lost the basket is parked in both places, and another till may have
        sold it since: the server knows, and lists it no more.
        """
        for row in self._held_here():
            self._core.link.hold_sale(row["sale"], row["body"], row["label"])
            if self._core.notes is not None:
                self._core.notes.drop(f"held:{row['sale']}")

    def _hold_here(self, sale: str, record: Json, label: str) -> None:
        notes = self._core.notes
        if notes is None:
            raise UserError("offline.not_now")
        row = {"sale": sale, "label": label, "till": self._core.hello.number, "body": record}
        notes.put(f"held:{sale}", json.dumps({**row, "held_at": self._core.server_now().isoformat()}))

    def _held_here(self) -> list[Json]:
        notes = self._core.notes
        return [json.loads(row) for row in notes.all("held:").values()] if notes is not None else []

    def recall(self, sale_id: str) -> Basket | None:
        """Take a parked basket up; None when another till was first.

        It is in this till's draft before the server lets go of it, so a crash in between loses nothing. When
        the answer gets lost the basket is this till's too: the server may have let go of it already.
        """
        if not self._core.alone.selling:
            with contextlib.suppress(EnvironmentProblem):
                self._hand_over()
        for row in self._held_here():
            if row["sale"] == sale_id:
                return self._recall_here(sale_id, row)
        self._core.needs_server()
        rows = [row for row in self._core.link.held_sales() if str(row["sale"]) == sale_id]
        if not rows:
            return None
        basket = self._begun(read_basket(rows[0]["body"]))
        self._core.draft.save(sale_id, {"basket": basket_record(basket), "tenders": []}, synced=True)
        try:
            taken = self._core.link.recall_sale(sale_id)
        except EnvironmentProblem:
            return basket  # still parked at worst: then it can be paid once only, and is no longer listed
        if taken is None:
            self._core.draft.clear(sale_id)
            return None
        basket = self._begun(read_basket(taken))
        self._core.draft.save(sale_id, {"basket": basket_record(basket), "tenders": []})
        return basket

    def _begun(self, basket: Basket) -> Basket:
        """A basket taken up, with the shop's rules: a change of a line asks them."""
        if basket.began is None:
            return replace(basket, rules=self._core.rules)
        return basket.begun(self._core.server_now(), self._core.rules)

    def _recall_here(self, sale_id: str, row: Json) -> Basket:
        """Into the draft before the note is dropped; start-up knows a basket that is in both."""
        basket, notes = self._begun(read_basket(row["body"])), self._core.notes
        self._core.draft.save(sale_id, {"basket": basket_record(basket), "tenders": []}, synced=True)
        if notes is not None:
            notes.drop(f"held:{sale_id}")
        return basket


def _readable(row: Json) -> bool:
    try:
        read_basket(row["body"])
    except RecordError:
        return False
    return True


def _held(row: Json) -> HeldSale:
    basket = read_basket(row["body"])
    sums = totals(basket)
    return HeldSale(
        sale_id=str(row["sale"]),
        label=str(row.get("label") or ""),
        held_at=read_time(str(row["held_at"])),
        till=int(row["till"]),
        cashier=int(row["body"].get("cashier") or 0),
        count=sums.count,
        total=sums.total,
    )
