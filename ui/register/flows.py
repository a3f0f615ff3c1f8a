"""Puts the register's flows together and lets the sale's keys, the till's state and the record meet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from pos_desktop.bootstrap import AppServices
from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.tender import Tendering
from pos_desktop.services.results import Completed, Draft, Lookup, TillState
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.approvals import Approvals
from ui.register.away import Away
from ui.register.background import DraftKeeper, PriceWatch
from ui.register.clock import ShopClock
from ui.register.closing import Closing
from ui.register.customers import CustomerDesk
from ui.register.desk import Desk
from ui.register.devices import DeviceDesk
from ui.register.discounts import Discounts
from ui.register.drawer import Drawer
from ui.register.edits import LineEdits
from ui.register.empties import EmptiesDesk
from ui.register.exempting import Exempting
from ui.register.gift_cards import GiftCards
from ui.register.law import LawDesk
from ui.register.model import Strip, ignored_words
from ui.register.more_menu import MoreMenu
from ui.register.numbering import SaleNumber
from ui.register.parking import Parking
from ui.register.paying import Paying
from ui.register.payment_words import given_rows, paid_strip, sold_offline
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.questions import Questions
from ui.register.records import Records
from ui.register.refund_flow import RefundFlow
from ui.register.reprints import Reprints
from ui.register.ringing import Ringing
from ui.register.sale_screen import SaleScreen
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.change import ChangeScreen
from ui.register.screens.values import ChangeView
from ui.register.session import Session
from ui.register.status import Status
from ui.register.topbar import TopBar
from ui.tasks import Lanes


class _Catalogue:
    """The look-up lane behind ringing up."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(self, code: str, done: Callable[[Lookup], None], failed: Callable[[Exception], None]) -> None:
        services = self._desk.services
        self._desk.query(lambda: services.find(code), done, failed)


class Flows(QObject):
    """Everything the register does, by name.

    Signals: ``leave_asked``, ``keys_asked``, ``banner_wanted`` (words, keys, kind), ``sale_over`` when a sale
    is paid and its change given, ``training_asked`` (True to begin, False to end).
    """

    leave_asked = Signal()
    training_asked = Signal(bool)
    sale_over = Signal()
    keys_asked = Signal()
    banner_wanted = Signal(str, object, str)

    def __init__(
        self,
        services: AppServices,
        state: TillState,
        lanes: Lanes,
        keys: Keymap,
        topbar: TopBar,
        hint: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._topbar = topbar
        self.desk = Desk(services.till, lanes, keys, state, self)
        self.away = Away(self.desk, self)
        self._make_selling(services, keys)
        self._make_watching(services, state, topbar, hint)
        self.change = ""
        self._connect()
        self._actions()
        self._show_state()
        self.status.show()

    def _make_selling(self, services: AppServices, keys: Keymap) -> None:
        """What the cashier sells, pays and takes back with."""
        self.ringing = Ringing(self.desk.sale, _Catalogue(self.desk), self)
        self.sale_screen = SaleScreen(self.desk.sale, self.ringing, keys, self._topbar.box)
        self.approvals = Approvals(self.desk, self)
        self.posting = Posting(self.desk, self.away, self)
        self.paper = PaperDesk(self.desk, services.printer, services.settings.drawer, self)
        self.devices = DeviceDesk(self.desk, services, self.paper, self.approvals, self)
        self.paying = Paying(self.desk, self.posting, self.approvals, self.paper, self.away, self)
        self.parking = Parking(self.desk, self.posting, self.approvals, self)
        self.drawer = Drawer(self.desk, self.posting, self.approvals, self.paper, self)
        self.closing = Closing(self.desk, self.posting, self.approvals, self.paper, services.backup, self)
        self.reprints = Reprints(self.desk, self.paper, self)
        self.edits = LineEdits(self.desk, self.approvals, self)
        self.devices.serve(self.ringing, self.edits, self.sale_screen.pad)
        self.discounts = Discounts(self.desk, self.approvals, self)
        self.questions = Questions(self.desk, self.ringing, self.approvals, self.devices.scale, self)
        self.gift_cards = GiftCards(self.desk, self)
        self.exempting = Exempting(self.desk, self.approvals, self)
        self.customers = CustomerDesk(self.desk, self.posting, self.approvals, self.paper, self)

    def _make_watching(self, services: AppServices, state: TillState, topbar: TopBar, hint: str) -> None:
        """Who is there, and what is watched and written down meanwhile."""
        self.number = SaleNumber(self.desk.sale)
        self.session = Session(self.desk, self.posting, self.away, self.number, hint, self)
        self.refunds = RefundFlow(self)
        self._prices = PriceWatch(self.desk, self.away, self)
        self._drafts = DraftKeeper(self.desk, self.paying, self)
        self.status = Status(self.desk, topbar, self.paper, self.away, self.devices, self)
        self._clock = ShopClock(state.store.time_zone, self)
        self.law = LawDesk(self, topbar)
        self.empties = EmptiesDesk(self.desk, self)
        self.records = Records(self)
        self.menu = MoreMenu(self, services.settings.home)

    def _connect(self) -> None:
        desk, entry = self.desk, self.sale_screen.entry
        desk.state_changed.connect(self._show_state)
        desk.sale.basket_changed.connect(self._show_number)
        desk.sale.changed.connect(self._say_ignored)
        self._clock.told.connect(self._topbar.set_time)
        self._clock.told.connect(self.law.look)
        self._prices.tiles_changed.connect(self.law.recalled)
        self._prices.tiles_changed.connect(self.sale_screen.tiles.set_pages)
        self.status.banner_wanted.connect(self.banner_wanted)
        self.away.stopped.connect(self.posting.stop)
        self.away.let_in.connect(self.posting.go_on)
        self.away.came_back.connect(self._back_again)
        entry.submitted.connect(self.ringing.scan)
        entry.searched.connect(self.questions.find)
        self.sale_screen.tiles.chosen.connect(self.ringing.take_item)
        self.sale_screen.basket.stepped.connect(self.edits.step)
        self.ringing.is_customer = lambda code: desk.services.customer_rules().is_card(code)
        self.ringing.customer_scanned.connect(self.customers.card_scanned)
        self.ringing.load_asked.connect(self.gift_cards.open)
        self._topbar.lock_asked.connect(self.session.lock)
        self._topbar.printer_asked.connect(self.paper.print_again)
        self._topbar.network_asked.connect(self.status.open_panel)
        self.devices.noted.connect(self.records.note)
        self._connect_rest()

    def _connect_rest(self) -> None:
        """What happens beside the lines: held sales, payments, sessions, shifts."""
        self.parking.held_changed.connect(self.sale_screen.actions_row.set_held)
        self.paying.paid.connect(self._paid)
        self.session.ready.connect(self._ready)
        self.session.restored.connect(self._restored)
        self.closing.closed.connect(self.session.sign_out)
        self.closing.trouble.connect(lambda words: self.banner_wanted.emit(words, (), "warn"))
        self.drawer.full_changed.connect(lambda words: self.status.drawer_full(words, self._drop))
        self.sale_over.connect(self.drawer.look)
        self.posting.stopped.connect(self.leave_asked)

    # -- the keys of the sale --------------------------------------------------------------------

    def _actions(self) -> None:
        unknown: dict[str, Action] = {
            "search": self.questions.find,
            "sell_typed": self.questions.sell_typed,
            "leave_out": self.ringing.leave_out,
            "lock": self.session.lock,
        }
        self.sale_screen.set_actions({**self._line_actions(), **self._sale_actions()}, unknown)

    def _line_actions(self) -> dict[str, Action]:
        entry, sale, edits = self.sale_screen.entry, self.desk.sale, self.edits
        return {
            "enter": entry.submit,
            "times": entry.times,
            "focus_scan": entry.focus,
            "qty": lambda: edits.set_qty(entry.take_number()),
            "more_of_line": lambda: edits.step(1),
            "less_of_line": lambda: edits.step(-1),
            "price": edits.set_price,
            "discount": self.discounts.line,
            "sale_discount": self.discounts.sale,
            "remove": edits.remove,
            "undo": edits.undo,
            "void_last": edits.remove_last,
            "up": lambda: sale.move_selection(-1),
            "down": lambda: sale.move_selection(1),
            "page_up": lambda: sale.move_selection(-6),
            "page_down": lambda: sale.move_selection(6),
            **{f"tile_{n}": partial(self.sale_screen.tiles.tap_number, n) for n in range(1, 10)},
        }

    def _sale_actions(self) -> dict[str, Action]:
        return {
            "pay": self.refunds.or_pay(self.paying.open_tender),
            "exact_cash": self.refunds.or_pay(self.paying.exact_cash),
            "card": self.refunds.or_pay(self.paying.card),
            "refund": self.no_money(self.refunds.goods.start),
            "find": self.questions.find,
            "customer": self.customers.open,
            "hold": self.no_money(self.parking.hold),
            "hold_named": self.no_money(self.parking.hold_named),
            "recall": self.no_money(self.parking.recall),
            "void_sale": self.no_money(self.parking.void),
            "look_up": self.questions.look_up,
            "more": self.menu.open,
            "reprint": self.reprints.reprint_last,
            "no_sale": self.drawer.no_sale,
            "close_shift": self.closing.close_shift,
            "x_report": self.closing.x_report,
            "server": self.status.open_panel,
            "lock": self.session.lock,
            "back": self._back,
        }

    def no_money(self, act: Action) -> Action:
        """Not while payments are taken: they must be finished or given back first."""

        def guarded() -> None:
            if not self.paying.holds_money:
                act()
                return
            sale = self.desk.sale
            given = format_money(self.paying.tendering.given, sale.currency)
            sale.sound.emit("error")
            sale.say(
                Strip(
                    "stop",
                    t("{given} is paid already", given=given),
                    t("Pay to go on, or cancel the payment there first"),
                )
            )

        return guarded

    def _back(self) -> None:
        sale = self.desk.sale
        if not self.sale_screen.entry.clear() and sale.ignored:
            sale.forget_ignored()

    # -- starting --------------------------------------------------------------------------------

    def start(self) -> None:
        """Settle what was left, then ask who is there; and keep an eye on the server from now on."""
        self.away.start()
        self.session.start()

    def _ready(self) -> None:
        self._prices.start()
        self.parking.refresh()
        self.drawer.look()

    def _drop(self) -> None:
        self.drawer.cash_movement("drop")

    # -- state -----------------------------------------------------------------------------------

    def _show_state(self) -> None:
        self._clock.set_offset(self.desk.state.offset_ms)
        self._show_number()

    def _back_again(self) -> None:
        """The server has everything: what it knows better than the till is read anew."""
        self.desk.refresh()
        self.parking.refresh()
        self._prices.start()

    def _show_number(self) -> None:
        self.sale_screen.basket.set_number(t("Sale {number}", number=self.number.of(self.desk.state.next_no)))

    def _say_ignored(self) -> None:
        """The strip says it too, but a question may lie over the strip."""
        screen, count = self.desk.stage.current, self.desk.sale.ignored
        if count and isinstance(screen, OverlayScreen):
            screen.note_ignored(ignored_words(count))

    def unreadable(self) -> None:
        """A scan that could not be made out: say so, nothing was added."""
        sale = self.desk.sale
        if sale.question is not None or sale.locked:
            sale.ignore_scan()
            return
        sale.sound.emit("error")
        sale.say(
            Strip("stop", t("Scan it again"), t("The code did not come through whole. Nothing was added."))
        )

    # -- after paying ----------------------------------------------------------------------------

    def _restored(self, draft: Draft) -> None:
        """Payments first; a code whose question was open is looked up and asked again."""
        if not self.refunds.restore(draft):
            self.paying.restore(draft)
        if draft.asked:
            self.ringing.scan(draft.asked)

    def _paid(self, completed: Completed, tendering: Tendering) -> None:
        sale, cur = self.desk.sale, self.desk.sale.currency
        basket = sale.basket
        self.number.used(completed.document.no)
        change = tendering.change
        self.change = format_amount(change, cur)
        if not change:
            strip = paid_strip(tendering, basket, lambda amount: format_money(amount, cur))
            sale.start_new(sold_offline(strip) if completed.offline else strip)
            self.next_customer()
            return
        ready = t("Ready to scan · sold offline, sent later") if completed.offline else t("Ready to scan")
        sale.start_new(Strip("info", t("Last change {change}", change=format_money(change, cur)), ready))
        fields = completed.document.fields
        number = receipt_number(fields["store"], fields["till"], fields["epoch"], completed.document.no)
        view = ChangeView(
            change,
            tendering.total,
            given_rows(tendering),
            number,
            cur,
            self.paper.state,
            offline=completed.offline,
        )
        screen = ChangeScreen(view, keys=self.desk.keys)
        screen.next_asked.connect(self.next_customer)
        screen.next_with_scan.connect(self.next_with_scan)
        screen.print_asked.connect(lambda: self.paper.print_copy(completed.document))
        self.paper.state_changed.connect(screen.set_printing)
        self.desk.stage.show_body(screen)

    def next_customer(self) -> None:
        """Back to the sale, for whoever comes next."""
        self.desk.stage.show_sale()
        self.sale_over.emit()

    def next_with_scan(self, code: str) -> None:
        """The next customer's first item was scanned already."""
        self.next_customer()
        if self.session.locked:
            self.desk.sale.ignore_scan()
        else:
            self.ringing.scan(code)

    def probe(self) -> dict[str, object]:
        """What the top bar and the last sale show."""
        return {
            "change": self.change,
            **self.status.probe(),
            "cashier": self.desk.cashier.number if self.desk.cashier else 0,
            "held": self.parking.count,
        }
