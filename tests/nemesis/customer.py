"""One customer of a till under attack: what the plan's step says, done as the register does it."""

from __future__ import annotations

import os
import resource
import signal
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pos_desktop.domain.basket import AgeCheck, Basket, totals
from pos_desktop.domain.basket_parts import BackTo, Line
from pos_desktop.domain.loading import load
from pos_desktop.domain.quantity import ONE
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.refund import SoldSale, take_back
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.fault import EXIT_CODE
from pos_desktop.services.results import CannotRecord, Completed, Draft, Found, Refused, ZReport
from pos_desktop.services.tenders import AccountCard, TenderRefused
from tests.nemesis.faults import FAULTS
from tests.nemesis.plan import Step
from tests.nemesis.shop import CODES, GIFT_CODES
from tests.nemesis.till import Till
from tests.services.tills import GBP

FLOAT = 10_000
RECEIPTS = 40
"""How many of a till's first documents customers come back with: few, so that tills meet at them."""
LOOK_UP_EVERY = 20
"""Steps for which a till remembers an item, as one that sells from tiles does: so prices move under it."""

_CLOCKS = {
    "clock_ahead": timedelta(hours=3),
    "clock_1970": timedelta(days=-20_780),
    "clock_dst": timedelta(hours=-1),
}


def _shown(line: Line) -> list[Any]:
    waste = line.back is not None and line.back.to == "waste"
    return [line.item.id, line.qty, line.amount, *(["waste"] if waste else [])]


class Counter:
    """Serves the customers of one till."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.services = till.services
        self.report = till.report
        self._known: dict[str, tuple[int, Found]] = {}
        self._clock_until = -1
        self.sold = 0

    def serve(self, step: Step) -> None:
        """Do the step, its fault included."""
        self.report.say("step", n=step.n, do=step.do, fault=step.fault.kind if step.fault else None)
        self._clock(step)
        self._ensure_shift()
        self._fault_early(step)
        getattr(self, f"_{step.do}")(step)
        self.till.printing.again()

    def go_on(self, draft: Draft) -> None:
        """After a start: the basket that came back is paid."""
        self._ensure_shift()
        self._pay(draft.basket, "cash", draft.basket.sale_id, None)

    def finish(self) -> None:
        """The end of the run: the Z of the shift that is open, once everything is answered."""
        self.till.patiently(self.till.everything_answered)
        if self.till.patiently(self.services.state).shift is not None:
            self._close_shift()

    # -- doings ----------------------------------------------------------------------------------

    def _sale(self, step: Step) -> None:
        basket = self._rung_up(step)
        if not basket.empty:
            self._pay(basket, step.tender, str(step.dice), step)

    def _refund(self, step: Step) -> None:
        """Something of an early receipt of any till of the store; others may be at the same receipt."""
        basket = self.till.patiently(self.services.new_basket)
        sold = self.till.patiently(lambda: self._receipt(step.dice))
        lines = [line for line in sold.lines if line.left and not line.item.holds] if sold else []
        if sold is None or not lines:
            return self._sale(step)
        line = lines[step.dice % len(lines)]
        qty = line.left if line.item.weighed else ONE
        to: BackTo = "waste" if step.dice % 3 == 0 else "stock"
        basket = take_back(basket, sold, line.n, qty, to, "faulty")
        self.till.patiently(lambda: self.services.save_draft(basket))
        return self._pay(basket, step.tender, str(step.dice), step)

    def _receipt(self, dice: int) -> SoldSale | None:
        """Nobody has to be able to find it: numbers are of anything, and a till on its own finds none."""
        hello = self.till.core.hello
        till = 1 + (hello.number - 1) % 2 + 2 * (dice % 2)
        try:
            return self.services.receipt_to_refund(
                receipt_number(hello.store.number, till, 1, 1 + dice // 2 % RECEIPTS)
            )
        except UserError as none:
            self.report.later("trouble", code=none.code)
            return None

    def _load(self, step: Step) -> None:
        """Somebody puts money on a gift card; without the server none can be sold."""
        code, amount = GIFT_CODES[step.dice % len(GIFT_CODES)], 500 + step.dice % 40 * 50
        basket = self.till.patiently(self.services.new_basket)
        try:
            item = self.services.tender_rules().holds["gift_card"]
            (gift,) = self.till.patiently(lambda: self.services.items((item,)))
            card = self.till.patiently(lambda: self.services.new_account("gift_card", code))
        except UserError as alone:
            self.report.later("trouble", code=alone.code)
            return self._sale(step)
        assert isinstance(card, AccountCard), card
        basket = load(basket, gift, amount, account=card.account, code=card.code)
        self.till.patiently(lambda: self.services.save_draft(basket))
        return self._pay(basket, "cash", str(step.dice), step)

    def _hold(self, step: Step) -> None:
        basket = self._rung_up(step)
        if basket.empty:
            return
        self._arm(step, "hold")
        self.report.say("holding", sale=basket.sale_id)
        self.till.patiently(lambda: self.services.hold(basket, f"step {step.n}"))
        self.report.say("held", sale=basket.sale_id)

    def _recall(self, step: Step) -> None:
        held = self.till.patiently(self.services.held)
        if not held:
            return self._sale(step)
        chosen = held[step.dice % len(held)].sale_id
        self._arm(step, "recall")
        basket = self.till.patiently(lambda: self.services.recall(chosen))
        if basket is None:
            return None
        self.report.say("recalled", sale=chosen)
        return self._pay(basket, step.tender, str(step.dice), None)

    def _void(self, step: Step) -> None:
        basket = self._rung_up(step)
        if basket.empty:
            return
        self.report.say("voiding", sale=basket.sale_id)
        self._arm(step)
        self.till.post(lambda: self.services.void_sale(basket, "changed their mind"))

    def _no_sale(self, step: Step) -> None:
        self._arm(step)
        self.till.post(lambda: self.services.no_sale("change"))

    def _cash(self, step: Step) -> None:
        way = ("pay_in", "pay_out", "drop")[step.dice % 3]
        self._arm(step)
        self.till.post(lambda: self.services.cash_movement(way, 100 + step.dice % 900, "nemesis"))

    def _z(self, step: Step) -> None:
        self._arm(step)
        self._close_shift()
        self._ensure_shift()

    def _close_shift(self) -> None:
        before = self.till.patiently(self.services.state).shift
        if before is None:
            return
        no = self.till.core.position().no
        posted = self.till.post(lambda: self.services.close_shift(counted=FLOAT))
        self.till.tell_the_rest(no)
        if isinstance(posted, Refused):
            raise AssertionError(f"a Z was refused: {posted.reason}")
        document = posted.document
        z = posted if isinstance(posted, ZReport) else self.services.z_report(document.no)
        assert z is not None
        self.report.say(
            "z", shift=before.id, z=z.z, expected=z.figures.expected_cash, sales=z.figures.values["sales"],
            total=z.figures.values["sales_total"], refunds=z.figures.values["refunds"],
            refunded=z.figures.values["refunds_total"],
        )  # fmt: skip

    def _ensure_shift(self) -> None:
        for _ in range(5):
            if self.till.patiently(self.services.state).shift is not None:
                return
            # A wrong clock is put right by any answer; until then the day on the document may not be today.
            self.till.post(lambda: self.services.open_shift(FLOAT))
            self.till.patiently(self.till.core.connect)
        raise AssertionError("no shift could be opened")

    # -- a sale ----------------------------------------------------------------------------------

    def _rung_up(self, step: Step) -> Basket:
        basket = self.till.patiently(self.services.new_basket)
        for index, qty in step.goods:
            basket = self._scanned(basket, CODES[index], qty, step)
        return basket

    def _scanned(self, basket: Basket, code: str, qty: int, step: Step) -> Basket:
        found = self._look_up(code, step.n)
        if (age := basket.age_needed(found.item)) is not None:
            basket = basket.with_check(AgeCheck(age, "clearly_over", self.till.clock.now()))
        if found.item.weighed:
            qty = 1 + qty * 7 // 9
        basket = basket.add(found.item, qty, code=found.code)
        kept = basket
        self.till.patiently(lambda: self.services.save_draft(kept))
        return basket

    def _look_up(self, code: str, n: int) -> Found:
        since, found = self._known.get(code, (-LOOK_UP_EVERY, None))
        if found is None or n - since >= LOOK_UP_EVERY:
            found = self.till.patiently(lambda: self._found(code))
            self._known[code] = (n, found)
        return found

    def _found(self, code: str) -> Found:
        """All of it is on file; a till on its own that cannot know that yet says so, and is asked again."""
        looked = self.services.find(code)
        assert isinstance(looked, Found), looked
        return looked

    def _pay(self, basket: Basket, tender: str, ref: str, step: Step | None) -> None:
        basket = self._checked(basket)
        if basket.empty:
            self.till.patiently(self.services._core.draft.clear)
            return
        tenders = self._tenders(basket, tender, ref)
        self.report.say(
            "pay", sale=basket.sale_id, total=totals(basket).total,
            lines=[_shown(line) for line in basket.lines],
        )  # fmt: skip
        self.till.patiently(lambda: self.services.save_draft(basket, tenders))
        if step is not None:
            self._arm(step)
        before = time.monotonic()
        posted = self.till.post(lambda: self._completed(basket, tenders))
        self.report.later("took", ms=round((time.monotonic() - before) * 1000))
        if isinstance(posted, Completed):
            self.sold += 1
            self.till.paper(posted.document)
        elif isinstance(posted, Refused):
            self._refused(posted, basket)

    def _completed(self, basket: Basket, tenders: tuple[Tender, ...]) -> Any:
        """Complete it; asked again after some trouble, the sale may be booked already."""
        for entry in self.till.core.journal.of_sale(basket.sale_id):
            if entry.outcome in ("booked", "flagged"):
                return Completed(entry.document, entry.outcome)
            if entry.outcome is None and entry.accepted:
                return Completed(entry.document, "offline")
        return self.services.complete_sale(basket, tenders)

    def _refused(self, posted: Refused, basket: Basket) -> None:
        """No money stays with the shop: the customer gets it back, and the basket is given up."""
        self.report.say("returned", sale=basket.sale_id, reason=posted.reason)
        self.till.patiently(lambda: self.services._core.draft.clear(basket.sale_id))

    def _checked(self, basket: Basket) -> Basket:
        """Ready to be paid: the disk takes it, prices are of now, what is sold out is put back."""
        self.till.patiently(self._recordable)
        for _ in range(10):
            now = basket
            result = self.till.patiently(lambda: self.services.check_basket(now))  # noqa: B023
            basket = result.basket
            if result.ok:
                return basket
            for problem in result.problems:
                if problem.code in ("out_of_stock", "blocked", "no_item", "already_refunded", "refund_held"):
                    basket = basket.remove(problem.n)
            if basket.empty:
                return basket
        raise AssertionError("the prices never stand still")

    def _recordable(self) -> None:
        cannot = self.services.can_record()
        if isinstance(cannot, CannotRecord):
            raise EnvironmentProblem("nemesis.cannot_record")

    def _tenders(self, basket: Basket, how: str, ref: str) -> tuple[Tender, ...]:
        due = totals(basket).total
        if due < 0:
            ways = self.till.patiently(lambda: self.services.ways_back(basket))
            return tuple(replace(way, slip=f"slip {ref}" if way.ref else "").tender for way in ways)
        tendering = Tendering(due)
        if how == "gift" and due >= 2:
            tendering = self._from_gift_card(basket, due, ref)
            due, how = tendering.remaining, "cash"
            if not due:
                return tendering.final()
        if how == "cash" or due < 2:
            return tendering.add_cash(due + (-due) % 500, GBP).final() if due else tendering.final()
        amount = due if how == "card" else due // 2
        self.till.patiently(lambda: self.services.card_begun(basket, amount))
        tendering = tendering.add_card(amount, f"slip {ref}")
        self.till.patiently(self.services.card_ended)
        if how == "split":
            tendering = tendering.add_cash(tendering.remaining, GBP)
        return tendering.final()

    def _from_gift_card(self, basket: Basket, due: int, ref: str) -> Tendering:
        """What a gift card pays of it; few cards for many tills, so that they meet at them."""
        code = GIFT_CODES[int(ref.split("-")[0], 36) % len(GIFT_CODES)]
        try:
            paid = self.till.patiently(
                lambda: self.services.hold_tender(basket.sale_id, "gift_card", code, due)
            )
        except UserError as alone:
            self.report.later("trouble", code=alone.code)
            return Tendering(due)
        if isinstance(paid, TenderRefused):
            self.report.later("trouble", code=f"gift card {paid.reason}")
            return Tendering(due)
        return Tendering(due).add(paid)

    # -- faults ----------------------------------------------------------------------------------

    def _fault_early(self, step: Step) -> None:
        """Faults in place before the customer comes: a death at a labelled step, a limit on files."""
        if step.fault is None:
            return
        kind = step.fault.kind
        if kind.startswith("kill_S") and kind != "kill_S5":
            self.till.steps.at[kind.removeprefix("kill_")] = lambda: os.kill(os.getpid(), signal.SIGKILL)
            self.report.say("will", kind=kind)
        elif kind == "twins":
            self.till.steps.at["S4"] = lambda: os._exit(EXIT_CODE)
            self.report.say("will", kind=kind)
        elif kind == "file_limit":
            at = ("S1", "S7", "S2", "S9")[int(step.fault.size * 4)]
            self.till.steps.at[at] = self._limit_files

    def _arm(self, step: Step, call: str = "document") -> None:
        """Faults that others bring about: they are told just before the call goes out."""
        if step.fault is not None and FAULTS[step.fault.kind].where != "till":
            self.report.ask("arm", kind=step.fault.kind, size=step.fault.size, n=step.n, call=call)

    def _limit_files(self) -> None:
        """No file of this process may be written to from here on (EFBIG), until a new start."""
        self.report.say("fault", kind="file_limit")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))

    def _clock(self, step: Step) -> None:
        if step.n > self._clock_until:
            self.till.clock.wrong_by = timedelta(0)
        if step.fault is not None and step.fault.kind in _CLOCKS:
            self.till.clock.wrong_by = _CLOCKS[step.fault.kind]
            self._clock_until = step.n + int(step.fault.size * 10)
            self.report.say("fault", kind=step.fault.kind)
