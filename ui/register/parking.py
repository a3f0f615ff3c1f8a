"""Sales put aside and given up: hold, recall, void."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.money import format_money
from pos_desktop.services.results import Cashier, Completed, HeldSale, Refused
from pos_desktop.words import later, t
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip, lines_words
from ui.register.posting import Posting
from ui.register.screens.hold_name import HoldNameScreen
from ui.register.screens.lists import HoldListScreen
from ui.register.screens.reasons import VoidScreen
from ui.register.screens.values import HeldRow, Reason, Recall

NAME_ROOM = 12
"""Letters that show whole under the word on the smallest Recall key."""


def others(held: Sequence[HeldSale], names: Mapping[int, str], me: int) -> str:
    """Whose sales are held besides those of ``me``: the first name of the oldest's, how many people more."""
    people = list(dict.fromkeys(sale.cashier for sale in held if sale.cashier not in (0, me)))
    if not people:
        return ""
    name = (names.get(people[0]) or str(people[0])).split()[0]
    more = f" +{len(people) - 1}" if len(people) > 1 else ""
    room = NAME_ROOM - len(more)
    return f"{name if len(name) <= room else name[: room - 1] + '.'}{more}"


class Parking(QObject):
    """Signals: ``held_changed(int, str)`` how many sales are held in the store, and who else holds some."""

    held_changed = Signal(int, str)

    def __init__(
        self, desk: Desk, posting: Posting, approvals: Approvals, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._posting, self._approvals = desk, posting, approvals
        self.count = 0
        self._counted_for = 0
        desk.state_changed.connect(self._person_changed)

    # -- hold and recall -------------------------------------------------------------------------

    def hold(self) -> None:
        """Park the sale; with nothing in it, take one up again."""
        sale = self._desk.sale
        if sale.basket.empty:
            self.recall()
        elif sale.question is None and not sale.locked:
            self._hold(sale.basket.lines[0].item.name)

    def hold_named(self) -> None:
        """Park the sale under a name that is typed."""
        sale = self._desk.sale
        if sale.basket.empty or sale.question is not None or sale.locked:
            sale.sound.emit("error")
            return
        screen = HoldNameScreen(keys=self._desk.keys)

        def named(name: str) -> None:
            self._desk.stage.close_overlay(screen)
            self._hold(name)

        screen.named.connect(named)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _hold(self, label: str) -> None:
        sale = self._desk.sale
        basket = sale.basket
        lines = lines_words(len(basket.lines))
        sale.lock(True)

        def held(_none: object) -> None:
            sale.start_new(
                Strip(
                    "info",
                    t("Sale held"),
                    t("{label} · {lines} · F8 or Recall takes it up again", label=label, lines=lines),
                )
            )
            self.refresh()

        def not_held(problem: Exception) -> None:
            sale.lock(False)
            self._desk.trouble(problem)

        self._desk.command(lambda: self._desk.services.hold(basket, label), held, not_held)

    def recall(self) -> None:
        """List the held sales."""
        sale = self._desk.sale
        if not sale.basket.empty:
            sale.sound.emit("error")
            sale.say(Strip("note", t("A sale is open"), t("Hold or finish it first, then recall another")))
            return
        self._desk.query(self._held_by, lambda found: self._list(*found))

    def _held_by(self) -> tuple[tuple[HeldSale, ...], dict[int, str]]:
        """The held sales, and the names of this store's people."""
        services = self._desk.services
        return services.held(), {card.number: card.name for card in services.staff()}

    def refresh(self) -> None:
        """Count the held sales again."""
        me = self._me
        self._counted_for = me
        self._desk.query(
            lambda: self._held_badge(me),
            lambda found: self._counted(*found),
            lambda _problem: None,
            replaces="held",
        )

    @property
    def _me(self) -> int:
        return self._desk.cashier.number if self._desk.cashier is not None else 0

    def _person_changed(self) -> None:
        """What is somebody else's depends on who is at the till."""
        if self._me not in (0, self._counted_for):
            self.refresh()

    def _held_badge(self, me: int) -> tuple[int, str]:
        """How many sales are held, and others' names; these are read only when others hold some."""
        services = self._desk.services
        held = services.held()
        if not any(sale.cashier not in (0, me) for sale in held):
            return len(held), ""
        return len(held), others(held, {card.number: card.name for card in services.staff()}, me)

    def _counted(self, count: int, whose: str) -> None:
        self.count = count
        self.held_changed.emit(count, whose)

    def _list(self, held: tuple[HeldSale, ...], names: dict[int, str]) -> None:
        self._counted(len(held), others(held, names, self._me))
        if not held:
            self._desk.sale.say(Strip("info", t("No held sales"), t("Hold (F8) parks a sale for later")))
            return
        rows = tuple(self._row(sale, names) for sale in held)
        screen = HoldListScreen(rows, self._desk.sale.currency, keys=self._desk.keys)
        screen.recalled.connect(self._recall)
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _row(self, sale: HeldSale, names: dict[int, str]) -> HeldRow:
        zone = ZoneInfo(self._desk.state.store.time_zone)
        when = f"{sale.held_at.astimezone(zone):%H:%M}"
        who = names.get(sale.cashier, str(sale.cashier)) if sale.cashier else ""
        by = t("Till {till} · {who}", till=sale.till, who=who) if who else t("Till {till}", till=sale.till)
        return HeldRow(sale.sale_id, sale.label, by, when, sale.count, sale.total)

    def _recall(self, recall: Recall) -> None:
        services = self._desk.services
        self._desk.command(lambda: services.recall(recall.sale_id), self._recalled, self._not_recalled)

    def _recalled(self, basket: Basket | None) -> None:
        sale = self._desk.sale
        if basket is None:
            sale.sound.emit("error")
            sale.say(Strip("note", t("Taken up elsewhere"), t("Another till recalled that sale first")))
        else:
            lines = lines_words(len(basket.lines))
            sale.put(
                basket,
                Strip("info", t("Sale recalled"), t("{lines} · scan the next item, or pay", lines=lines)),
            )
        self._desk.stage.show_sale()
        self.refresh()

    def _not_recalled(self, problem: Exception) -> None:
        self._desk.stage.show_sale()
        self._desk.trouble(problem)

    # -- void ------------------------------------------------------------------------------------

    def void(self) -> None:
        """Give the whole sale up, with a reason and by someone who may."""
        sale = self._desk.sale
        if sale.basket.empty or sale.question is not None or sale.locked:
            sale.sound.emit("error")
            return
        reasons = tuple(Reason(text, text) for text in self._desk.state.void_reasons)
        screen = VoidScreen(
            reasons, len(sale.basket.lines), sale.totals.total, sale.currency, keys=self._desk.keys
        )

        def chosen(reason: Reason) -> None:
            self._desk.stage.close_overlay(screen)
            words = act(
                later("Void this sale of {total}"), total=format_money(sale.totals.total, sale.currency)
            )
            self._approvals.need("void_sale", words, lambda who: self._void(reason, who))

        screen.chosen.connect(chosen)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _void(self, reason: Reason, who: Cashier) -> None:
        sale, services = self._desk.sale, self._desk.services
        approved_by, basket = self._desk.allowed_by(who), sale.basket
        sale.lock(True)

        def done(_completed: Completed) -> None:
            sale.start_new(
                Strip("info", t("Sale voided"), f"{reason.words} · {lines_words(len(basket.lines))}")
            )
            self._desk.stage.show_sale()

        def refused(refusal: Refused) -> None:
            sale.lock(False)
            self._desk.stage.show_sale()
            sale.say(Strip("stop", t("The sale was not voided"), refusal.words))

        void = lambda: services.void_sale(basket, reason.code, approved_by=approved_by)  # noqa: E731
        self._posting.post(void, done, refused)
