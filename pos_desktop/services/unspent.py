"""Approvals this till was given and no document has used yet: kept in memory, each good for one document."""

from __future__ import annotations

import threading
from dataclasses import replace

from pos_desktop.domain.approvals import PinEntry, named
from pos_desktop.domain.basket import Basket
from pos_desktop.domain.document import Document

KEPT = 50
"""Older ones have run out long before."""


class Unspent:
    """PIN entries the server noted here, oldest first. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: tuple[PinEntry, ...] = ()
        self._frozen: dict[str, tuple[PinEntry, ...]] = {}

    def add(self, given: PinEntry) -> None:
        """Somebody has just approved something."""
        with self._lock:
            self._given = (*self._given, given)[-KEPT:]

    def all(self) -> tuple[PinEntry, ...]:
        """What the next document may rest on."""
        return self._given

    def named(self, basket: Basket) -> Basket:
        """The basket with the ids of its approvals, as it goes to the disk or to another till."""
        if not basket.approvals:
            return basket
        return replace(basket, approvals=named(basket.approvals, self._given))

    def use(self, document: Document) -> None:
        """A document was frozen with some of them: no other one may name them."""
        if not self._given:
            return
        ids = {approval.get("id") for approval in document.fields.get("approvals", ())}
        with self._lock:
            used = tuple(entry for entry in self._given if entry.id in ids)
            if used:
                self._frozen = {document.id: used}
                self._given = tuple(entry for entry in self._given if entry.id not in ids)

    def give_back(self, document: Document) -> None:
        """The server refused the document, so it spent nothing."""
        with self._lock:
            self._given = (*self._frozen.pop(document.id, ()), *self._given)
