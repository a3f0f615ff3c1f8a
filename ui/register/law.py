"""The law at the register: hours that run out, goods that are shut, and staff who may not sell alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Approval, Item
from pos_desktop.domain.calendar_words import weekday
from pos_desktop.domain.law import Closing, Shut
from pos_desktop.services.results import Cashier
from pos_desktop.words import later, t
from ui.register.approvals import act
from ui.register.model import AskApproval, Pending, Strip, more_lines

if TYPE_CHECKING:
    from ui.register.flows import Flows
    from ui.register.topbar import TopBar

PERMISSION = "serve_under_age"


class LawDesk(QObject):
    """Stands before each item on its way into the basket, and looks at the clock each minute."""

    def __init__(self, flows: Flows, topbar: TopBar) -> None:
        super().__init__(flows)
        self._flows, self._topbar = flows, topbar
        self._desk, self._ringing = flows.desk, flows.ringing
        self._told: frozenset[int] = frozenset()
        self._ringing.gate = self.gate
        flows.paying.stopped_by = self.stops_card
        self._desk.sale.asked.connect(self._asked)
        self._desk.sale.basket_changed.connect(self._look_at_basket)

    # -- before an item --------------------------------------------------------------------------

    def gate(self, pending: Pending) -> Strip | AskApproval | None:
        """What stands between an item and the basket now, after its age check; None: nothing."""
        law, now = self._desk.services.law()
        item, cashier = pending.found.item, self._desk.cashier
        shut = law.shut(item, now)
        if shut is not None:
            return Strip("stop", t("{name} not sold", name=item.name), shut_words(shut, law.local(now)))
        if item.min_age is None or cashier is None or self._desk.sale.basket.age_needed(item) is not None:
            return None
        approved = any(each.what == PERMISSION for each in self._desk.sale.basket.approvals)
        return AskApproval(pending) if law.too_young_to_sell(cashier.number, now) and not approved else None

    def _asked(self) -> None:
        question = self._desk.sale.question
        if isinstance(question, AskApproval):
            cashier = self._desk.cashier
            name = cashier.name if cashier is not None else t("this cashier")
            words = act(
                later("Let {cashier}, who is under age, sell {item} and the like"),
                cashier=name,
                item=question.pending.found.item.name,
            )
            self._flows.approvals.need(PERMISSION, words, self._allowed, self._ringing.leave_out)

    def _allowed(self, who: Cashier) -> None:
        _, now = self._desk.services.law()
        self._ringing.answer_approval(Approval(PERMISSION, who.number, 0, 0, 0, now))

    # -- the clock -------------------------------------------------------------------------------

    def look(self, _time: str = "") -> None:
        """Count down to what shuts soon, and say which goods in the basket may no longer be sold."""
        law, now = self._desk.services.law()
        closing = law.closing(now)
        self._topbar.set_law(countdown(closing) if closing is not None else "")
        self._look_at_basket()

    def _look_at_basket(self) -> None:
        """Goods that were rung up in time, or recalled from hold, and are shut by now: said once."""
        sale = self._desk.sale
        law, now = self._desk.services.law()
        shut = [
            line for line in sale.basket.lines if not line.inward and law.shut(line.item, now) is not None
        ]
        fresh = [line for line in shut if line.n not in self._told]
        self._told = frozenset(line.n for line in shut)
        if not fresh or sale.locked:
            return
        first = fresh[0]
        stop = law.shut(first.item, now)
        more = t(" · {lines} too", lines=more_lines(len(shut) - 1)) if len(shut) > 1 else ""
        words = shut_words(stop, law.local(now)) if stop is not None else ""
        sale.sound.emit("error")
        sale.say(Strip("stop", t("Remove {name}", name=first.item.name), f"{words}{more}"))

    def recalled(self, _pages: object = None) -> None:
        """Something changed in the shop: goods of this sale that were recalled are named at once."""
        ids = tuple({line.item.id for line in self._desk.sale.basket.lines if not line.inward})
        if ids:
            services = self._desk.services
            self._desk.query(lambda: services.items(ids), self._look_for_recalled, lambda _problem: None)

    def _look_for_recalled(self, items: tuple[Item, ...]) -> None:
        sale = self._desk.sale
        blocked = {item.id for item in items if item.blocked}
        line = next((each for each in sale.basket.lines if each.item.id in blocked), None)
        if line is not None and not sale.locked:
            sale.sound.emit("error")
            strip = Strip(
                "stop",
                t("Remove {name}", name=line.item.name),
                t("It may not be sold any more. Call the manager."),
            )
            sale.put(sale.basket, strip, select=line.n)

    def stops_card(self) -> str:
        """Why no card is charged now: goods of the sale were shut while it was being paid; "" when it may be.

        A charged card is flagged by the server, never refused; so the till looks at the clock before.
        """
        law, now = self._desk.services.law()
        goods = [line.item for line in self._desk.sale.basket.lines if not line.inward]
        shut = next((item for item in goods if law.shut(item, now) is not None), None)
        if shut is None:
            return ""
        return t("{name} may not be sold any more now. Go back and remove it.", name=shut.name)


def shut_words(shut: Shut, now: datetime) -> str:
    """``Not allowed until 08:00``, with the day when it is neither today nor tomorrow morning."""
    if shut.until is None:
        return t("The law does not let it be sold. Keep it at the till.")
    time = f"{shut.until:%H:%M}"
    if (shut.until.date() - now.date()).days > 1:
        time = t("{weekday} {time}", weekday=weekday(shut.until), time=time)
    return t("Not allowed until {time}. Keep it at the till.", time=time)


def countdown(closing: Closing) -> str:
    """``Alcohol until 22:00 · 9 min``."""
    minutes = -(-closing.seconds // 60)
    name, time = closing.restriction.name, f"{closing.at:%H:%M}"
    return t("{name} until {time} · {minutes} min", name=name, time=time, minutes=minutes)
