"""The customer of a sale: found, named, added, taken off; payments on account and their papers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from pos_desktop.domain.account_paper import Statement, account_payment_slip, statement_paper
from pos_desktop.domain.customer import Customer, CustomerError, new_customer, phone_key
from pos_desktop.domain.money import format_money
from pos_desktop.domain.points import points_text
from pos_desktop.domain.tender import Tender
from pos_desktop.domain.tender_kinds import TenderKind
from pos_desktop.services.customers import (
    CustomerAnswer,
    CustomerNames,
    CustomerSeen,
    NoCustomer,
    named,
)
from pos_desktop.services.results import Completed, Refused
from pos_desktop.words import later, t
from ui.messages import text_for
from ui.register.approvals import Approvals
from ui.register.card_payment import charged_act
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.screens.account_payment import AccountPaid, AccountPayment
from ui.register.screens.card import CardPanel
from ui.register.screens.customer import CustomerScreen
from ui.register.screens.customer_card import CustomerCard, CustomerView
from ui.register.screens.customer_form import CustomerForm, CustomerTyped
from ui.register.screens.values import CardAnswer


class CustomerDesk(QObject):
    """Runs the look-ups of one customer at a time, and puts the customer on the sale."""

    def __init__(
        self,
        desk: Desk,
        posting: Posting,
        approvals: Approvals,
        paper: PaperDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._posting, self._approvals, self._paper = desk, posting, approvals, paper
        self._seen: CustomerSeen | None = None

    # -- finding ---------------------------------------------------------------------------------

    def open(self) -> None:
        """The card of the sale's customer; with nobody named, the way to find one."""
        sale = self._desk.sale
        if sale.question is not None or sale.locked:
            return
        if not sale.basket.customer:
            self.find()
        elif sale.customer is None:  # taken up from a crash or a hold: the number alone is known
            self._again(sale.basket.customer)
        else:
            self._show_card(sale.customer)

    def find(self) -> None:
        """Ask who is buying."""
        screen = CustomerScreen(keys=self._desk.keys)
        services = self._desk.services

        def look(text: str, *, scanned: bool = False) -> None:
            screen.set_busy()
            self._desk.query(
                lambda: services.find_customer(text, scanned=scanned),
                lambda answer: self._answered(answer, screen),
                lambda problem: screen.say(text_for(problem)),
                replaces="customer",
            )

        def choose(number: int) -> None:
            screen.set_busy()
            self._desk.query(
                lambda: services.choose_customer(number),
                lambda answer: self._answered(answer, screen),
                lambda problem: screen.say(text_for(problem)),
                replaces="customer",
            )

        screen.sought.connect(look)
        screen.scanned.connect(lambda code: look(code, scanned=True))
        screen.chosen.connect(choose)
        screen.add_asked.connect(self._form)
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _answered(self, answer: CustomerAnswer, screen: CustomerScreen) -> None:
        if self._desk.stage.current is not screen:
            return
        if isinstance(answer, CustomerSeen):
            self.put_on_sale(answer)
            self._desk.stage.show_sale()
        elif isinstance(answer, CustomerNames):
            screen.set_names(answer.names)
        else:
            self._desk.sale.sound.emit("error")
            screen.say(answer.words)

    def card_scanned(self, code: str) -> None:
        """A customer's card was scanned at the sale."""
        services, sale = self._desk.services, self._desk.sale

        def answered(answer: CustomerAnswer) -> None:
            if isinstance(answer, CustomerSeen):
                self.put_on_sale(answer)
            elif isinstance(answer, NoCustomer):
                sale.sound.emit("error")
                sale.say(Strip("stop", t("No customer has that card"), answer.words))

        self._desk.query(lambda: services.find_customer(code, scanned=True), answered, replaces="customer")

    def _again(self, number: int) -> None:
        def answered(answer: CustomerAnswer) -> None:
            if isinstance(answer, CustomerSeen):
                self.put_on_sale(answer)
                self._show_card(answer.customer)
            elif isinstance(answer, NoCustomer):
                self._desk.sale.say(Strip("note", t("Customer {number}", number=number), answer.words))

        services = self._desk.services
        self._desk.query(lambda: services.choose_customer(number), answered, replaces="customer")

    def put_on_sale(self, seen: CustomerSeen) -> None:
        """Name the customer on the sale: member prices and promotions count from now on."""
        sale, customer = self._desk.sale, seen.customer
        if sale.locked:
            return
        before = sale.totals.total
        self._seen = seen
        sale.customer = customer
        sale.put(named(sale.basket, customer), select=sale.selected)
        saved = before - sale.totals.total
        told = (
            [t("{points} points", points=points_text(customer.points))]
            if self._desk.services.customer_rules().earn
            else []
        )
        told += [", ".join(customer.group_names)] if customer.group_names else []
        told += [t("saves {saved}", saved=format_money(saved, sale.currency))] if saved > 0 else []
        sale.sound.emit("added")
        sale.say(Strip("added", customer.name, " · ".join(told) or t("is on this sale")))

    # -- the card --------------------------------------------------------------------------------

    def _show_card(self, customer: Customer) -> None:
        card = CustomerCard(self._view(customer), keys=self._desk.keys)

        def close() -> None:
            self._desk.stage.close_overlay(card)

        def off() -> None:
            close()
            self._off(customer)

        def another() -> None:
            close()
            self.find()

        card.another.connect(another)
        card.off.connect(off)
        card.payment_asked.connect(lambda: self._ask_payment(customer, card))
        card.statement_asked.connect(lambda: self._statement(card))
        card.back.connect(close)
        self._desk.stage.open_overlay(card)

    def _off(self, customer: Customer) -> None:
        sale = self._desk.sale
        sale.customer = self._seen = None
        sale.put(
            named(sale.basket, None),
            Strip("info", t("{name} is off the sale", name=customer.name)),
            select=sale.selected,
        )

    def _view(self, customer: Customer) -> CustomerView:
        cur, rules = self._desk.sale.currency, self._desk.services.customer_rules()
        facts = [(later("Number"), str(customer.number))]
        facts += [(later("Phone ends"), customer.phone_end)] if customer.phone_end else []
        facts += [(later("Group"), ", ".join(customer.group_names))] if customer.group_names else []
        if rules.earn or customer.points:
            worth = max(customer.points // 1_000_000, 0) * rules.worth
            points = points_text(customer.points)
            if worth:
                points = t("{points} · worth {worth}", points=points, worth=format_money(worth, cur))
            facts.append((later("Points"), points))
        account = customer.account
        if account is not None:
            facts.append((later("Owes"), format_money(account.owed, cur)))
            left = t(
                "{left} of {limit}",
                left=format_money(account.left, cur),
                limit=format_money(account.limit, cur),
            )
            facts.append(
                (later("May still charge"), t("nothing: the account is blocked") if account.blocked else left)
            )
        facts.append((later("Offers"), t("may be sent") if customer.consent else t("not wanted")))
        return CustomerView(customer.name, tuple(facts), account is not None)

    # -- adding ----------------------------------------------------------------------------------

    def _form(self, typed: str) -> None:
        rules = self._desk.services.customer_rules()
        phone = typed if phone_key(typed, rules.dial) else ""
        card = typed if rules.is_card(typed) else ""
        form = CustomerForm(
            name="" if phone or card else typed, phone="" if card else phone, card=card, keys=self._desk.keys
        )
        form.saved.connect(lambda filled: self._add(filled, form))
        form.back.connect(self.find)
        self._desk.stage.show_body(form)

    def _add(self, filled: CustomerTyped, form: CustomerForm) -> None:
        services = self._desk.services
        try:
            made = new_customer(
                filled.name, filled.phone, filled.card, filled.consent, services.customer_rules()
            )
        except CustomerError as problem:
            form.say(str(problem))
            return
        form.set_busy()

        def answered(answer: CustomerAnswer) -> None:
            if isinstance(answer, CustomerSeen):
                self.put_on_sale(answer)
                self._desk.stage.show_sale()
            elif isinstance(answer, NoCustomer):
                form.say(answer.words)

        self._desk.query(
            lambda: services.add_customer(made), answered, lambda problem: form.say(text_for(problem))
        )

    # -- house account ---------------------------------------------------------------------------

    def _statement(self, card: CustomerCard) -> None:
        services, seen = self._desk.services, self._seen
        if seen is None:
            return

        def made(statement: Statement) -> None:
            self._paper.print_paper(statement_paper(statement, services.shop_paper()))
            card.say(t("The statement is printing"))

        self._desk.query(
            lambda: services.account_statement(seen), made, lambda problem: card.say(text_for(problem))
        )

    def _ask_payment(self, customer: Customer, card: CustomerCard) -> None:
        account = customer.account
        if account is None:
            return
        screen = AccountPayment(customer.name, account.owed, self._desk.sale.currency, keys=self._desk.keys)

        def paid(payment: AccountPaid) -> None:
            self._desk.stage.close_overlay(screen)
            if payment.kind == "card":
                self._on_terminal(customer, payment.amount)
            else:
                self._record(customer, "cash", payment.amount, "")

        self._desk.stage.close_overlay(card)
        screen.paid.connect(paid)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _on_terminal(self, customer: Customer, amount: int) -> None:
        cur = self._desk.sale.currency
        panel = CardPanel(amount, cur, keys=self._desk.keys)

        def settled(answer: CardAnswer) -> None:
            self._desk.stage.close_overlay(panel)
            if answer.paid:
                self._record(customer, "card", amount, answer.ref)
            else:
                self._desk.sale.say(
                    Strip("note", t("The card was not charged"), t("Nothing was paid on the account"))
                )

        def answered(answer: CardAnswer) -> None:
            if not answer.unknown:
                settled(answer)
                return
            what = charged_act(answer, format_money(amount, cur))
            self._approvals.need("void_sale", what, lambda _who: settled(answer))

        panel.answered.connect(answered)
        self._desk.stage.open_overlay(panel)

    def _record(self, customer: Customer, kind: TenderKind, amount: int, ref: str) -> None:
        services = self._desk.services

        def done(completed: Completed) -> None:
            shop, cashier = services.shop_paper(), self._desk.cashier
            slip = account_payment_slip(
                completed.document.fields,
                shop,
                head=completed.document.head,
                cashier=cashier.name if cashier else "",
                customer=customer.name,
            )
            self._paper.print_paper(slip, kick=self._paper.opens_for_kinds(kind))
            self._paid(customer, amount)

        def refused(refusal: Refused) -> None:
            self._desk.sale.say(Strip("stop", t("The payment was not recorded"), refusal.words))
            self._desk.stage.show_sale()

        self._posting.post(
            lambda: services.receive_payment(customer, Tender(kind, amount, ref)), done, refused
        )

    def _paid(self, customer: Customer, amount: int) -> None:
        sale, account = self._desk.sale, customer.account
        if sale.customer == customer and account is not None:
            sale.customer = replace(customer, account=replace(account, owed=account.owed - amount))
        money = format_money(amount, sale.currency)
        sale.sound.emit("paid")
        sale.say(
            Strip(
                "info",
                t("{money} received on account", money=money),
                t("{name} · the slip is printing", name=customer.name),
            )
        )
        self._desk.stage.show_sale()
