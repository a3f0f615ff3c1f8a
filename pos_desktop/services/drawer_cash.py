"""How much cash should lie in the drawer now, by the till's own journal: nobody is asked, nothing waits."""

from __future__ import annotations

from pos_desktop.domain.shift import cash_effect
from pos_desktop.services.core import TillCore


class DrawerCash:
    """Adds up what the open shift's documents did to the drawer; each document is read once."""

    def __init__(self, core: TillCore) -> None:
        self._core = core
        self._shift, self._read, self._sum = "", 0, 0

    def now(self) -> int:
        """The cash of the open shift, minor units. UserError without a shift."""
        shift, journal = self._core.open_shift(), self._core.journal
        if shift.id != self._shift:
            opened = journal.by_id(shift.id)
            self._read = opened.document.no if opened is not None else 0
            self._shift, self._sum = shift.id, shift.float_amount
        for entry in journal.since(self._core.hello.epoch, self._read + 1):
            if not entry.acknowledged and not entry.accepted:
                break
            self._read = entry.document.no
            fields = entry.document.fields
            if entry.done and fields["shift"] == shift.id:
                self._sum += cash_effect(fields)
        return self._sum
