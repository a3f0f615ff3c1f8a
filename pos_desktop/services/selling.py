"""Selling: a new basket, the server's check before the tender, the sale itself, voids and events."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.domain.basket import Basket, Item, Line, totals
from pos_desktop.domain.basket_law import law_problems
from pos_desktop.domain.catalogue import Catalogue
from pos_desktop.domain.customer import CustomerError
from pos_desktop.domain.document import event_document, utc_text
from pos_desktop.domain.law import Law
from pos_desktop.domain.points import points_of
from pos_desktop.domain.rounding import CashPolicy
from pos_desktop.domain.sale_document import sale_document, void_document
from pos_desktop.domain.tax_record import read_taxes, taxes_record
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.errors import PosError, UserError
from pos_desktop.journal.disk import check_disk
from pos_desktop.services.core import TillCore
from pos_desktop.services.fault import fault_point
from pos_desktop.services.offline_state import TenderRule
from pos_desktop.services.results import (
    CannotRecord,
    CheckResult,
    Completed,
    Posted,
    Problem,
    Refused,
)
from pos_desktop.words import WordTable, t

_PROBLEM_WORDS = WordTable(
    {
        "price_moved": "The price of {name} changed.",
        "tax_moved": "The tax rate of {name} changed.",
        "blocked": "{name} may not be sold any more. Remove it and call the manager.",
        "out_of_stock": "{name} is sold out. Remove it, or take fewer.",
        "no_item": "{name} is not on file any more. Remove it.",
        "hours": "{name} may not be sold at this hour. Remove it.",
        "limit": "One sale may not hold so much {name}. Take fewer.",
        "lowest_price": "{name} would cost less than the law allows. Take nothing off it.",
        "deposit": "The deposit of {name} changed. Remove it and scan it again.",
        "pack": "{name} changed on file. Remove it and scan it again.",
        "not_sold": "{name} was not sold with that receipt. Remove it and scan the receipt again.",
        "already_refunded": "{name} came back already. Remove it and scan the receipt again.",
        "coupon": "A coupon in this sale is not known any more. Scan it again to take it out.",
        "coupon_used": "A coupon in this sale was used meanwhile. Scan it again to take it out.",
        "promotion": "An offer in this sale has ended. Void the sale and scan it anew.",
        "refund_held": "Another till is refunding that receipt. Try again in a few minutes.",
    }
)

MOVED = ("price_moved", "tax_moved")


class Selling:
    """The part of ``TillServices`` that sells."""

    _core: TillCore
    catalogue: Catalogue

    def new_basket(self) -> Basket:
        """An empty basket with its sale id; the store's tax mode and the shop's rules."""
        core = self._core
        return Basket(core.clock.new_id(), core.hello.store.tax_mode, rules=core.rules)

    def begun(self, basket: Basket) -> Basket:
        """The basket about to take an item: with the rules of now, and its beginning when it is the first.

        Asks nobody; call it on any thread before each scan.
        """
        return basket.begun(self._core.server_now(), self._core.rules)

    def law(self) -> tuple[Law, datetime]:
        """The law of this store and the server's time, as far as this till knows them; asks nobody."""
        return self._core.rules.law, self._core.server_now()

    def can_record(self) -> CannotRecord | None:
        """Whether this till's disk takes a sale now; ask before a tender opens. Really writes and syncs."""
        try:
            check_disk(self._core.folder)
            self._core.journal.try_write()
            self._core.draft.try_write()
        except PosError as problem:
            words, _, todo = problem.text().partition("\n")
            return CannotRecord(words, todo)
        return None

    def check_basket(self, basket: Basket) -> CheckResult:
        """Ask the server before the tender: moved prices, blocked items, stock that must not oversell.

        Moved prices and taxes are taken over into the result's basket; show it and ask to pay again. Short
        holds are taken on items set to refuse. One round trip. While the till sells alone its own catalogue
        answers; otherwise EnvironmentProblem when the server is away.
        """
        core, body = self._core, {"sale": basket.sale_id, "lines": [_check_line(x) for x in basket.lines]}
        body |= _deal_fields(basket)
        rows, offline = core.either(
            lambda: (core.link.check_basket(body).get("problems") or (), False),
            lambda: (self._own_check(basket), True),
        )
        problems = tuple(_problem(row, basket) for row in rows)
        for problem in problems:
            if problem.code in MOVED:
                basket = _moved(basket, problem)
        return CheckResult(not problems, problems, basket, offline)

    def tender_rule(self, total: int) -> TenderRule:
        """What a sale of this total (minor units) may be paid with now; never blocks, ask at any time."""
        return self._core.alone.tender_rule(total)

    def cash_policy(self) -> CashPolicy | None:
        """How cash is rounded on this legal day, None when it is not; never blocks, ask at any time."""
        return self._core.rules.tax.cash_on(self.shop_day())

    def shop_day(self) -> date:
        """The legal day of the shop, by the server's clock as far as this till knows it; never blocks."""
        core = self._core
        return core.server_now().astimezone(ZoneInfo(core.hello.store.time_zone)).date()

    def exempt_codes(self) -> tuple[str, ...]:
        """The taxes a certificate can free from; never blocks."""
        return tuple(code for code, _ in self._core.rules.tax.codes)

    def _own_check(self, basket: Basket) -> list[dict[str, Any]]:
        """The same questions to the till's own catalogue: what is law does not wait for the server."""
        if self._core.alone.snapshot_until is None:
            raise UserError("offline.no_copy")
        now = {item.id: item for item in self.catalogue.items([line.item.id for line in basket.lines])}
        law = law_problems(basket.lines, self._core.rules.law, self._core.server_now())
        return law + [row for line in basket.lines for row in _found_on(line, now.get(line.item.id))]

    def complete_sale(self, basket: Basket, tenders: Sequence[Tender]) -> Posted:
        """The sale: freeze, record, post, acknowledge. ``tenders`` as ``Tendering.final()`` gives them.

        Completed: the basket is cleared from the draft; ``offline`` says whether the till is alone with it.
        Refused: the basket stays, pay again. Unconfirmed:
        lock the basket and call ``settle``. UserError: nobody signed in, no shift, an earlier record
        unconfirmed, cash rounded otherwise since it was taken. CannotWrite: nothing was recorded or sent.
        """
        currency = self._core.hello.store.currency.code
        if basket.empty:
            raise UserError("sale.nothing")
        points, total = self._points(basket, tenders), totals(basket).total
        rounding = Tendering(total, tuple(tenders), self.cash_policy()).rounding
        if sum(tender.amount for tender in tenders) != total + rounding:
            raise UserError("sale.rounding")
        posted = self._core.record(
            lambda s, p: sale_document(s, p, basket, tenders, currency, rounding=rounding, points=points)
        )
        self._clear_if_done(posted, basket.sale_id)
        if isinstance(posted, Refused) and posted.reason == "points_moved":
            with contextlib.suppress(PosError):  # the next try goes by what holds now
                self._core.read_rules()
        return posted

    def _points(self, basket: Basket, tenders: Sequence[Tender]) -> dict[str, int] | None:
        try:
            return points_of(basket, tenders, self._core.rules.customers)
        except CustomerError as moved:
            raise UserError("sale.points", words=str(moved)) from moved

    def void_sale(self, basket: Basket, reason: str, *, approved_by: int | None = None) -> Posted:
        """Give a whole basket up before pay; recorded with its lines, the reason, and who allowed it."""
        posted = self._core.record(lambda s, p: void_document(s, p, basket, reason, approved_by))
        self._clear_if_done(posted, basket.sale_id)
        return posted

    def post_event(
        self,
        name: str,
        detail: Mapping[str, Any],
        reason: str = "",
        allowed_by: tuple[str, int] | None = None,
    ) -> Posted:
        """Record something with law or money interest; ``detail`` holds whole numbers and text only.

        ``allowed_by``: the permission it took, and who allowed it when the cashier may not alone.
        """
        return self._core.record(lambda s, p: event_document(s, p, name, detail, reason, allowed_by))

    def _clear_if_done(self, posted: Posted, sale_id: str) -> None:
        if isinstance(posted, Completed):
            self._core.draft.clear(sale_id)
            fault_point("S11")


def _deal_fields(basket: Basket) -> dict[str, Any]:
    """The promotions and coupons that count in a basket, and since when; nothing without them."""
    gave = {given.promotion for line in basket.lines for given in line.given}
    if not gave or basket.began is None:
        return {}
    fields: dict[str, Any] = {"began": utc_text(basket.began), "promotions": sorted(gave)}
    used = [each for each in basket.coupons if each.promotion in gave]
    if used:
        fields["coupons"] = [{"code": each.code, "promotion": each.promotion} for each in used]
    return fields


def _check_line(line: Line) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "n": line.n,
        "item": line.item.id,
        "qty": line.qty,
        "price": line.price,
        "price_version": _ordinary_version(line),
        "tax": line.item.tax,
        "rate": line.item.rate,
        "amount": line.amount,
        **_law_fields(line),
    }
    if line.item.taxes:
        fields["taxes"] = taxes_record(line.item.taxes)
    if line.back is not None:
        of = {"document": line.back.document, "line": line.back.line} if line.back.document else {}
        fields["back"] = of
    return fields


def _law_fields(line: Line) -> dict[str, Any]:
    """What the law asks of a line beside its goods; nothing for most."""
    fields: dict[str, Any] = {}
    if line.net != line.amount:
        fields["net"] = line.net
    if line.deposit_for:
        fields["deposit_for"] = line.deposit_for
    if line.item.single:
        fields |= {"single": line.item.single, "pack": line.item.pack}
    return {**fields, "flags": list(line.flags)} if line.flags else fields


def _ordinary_version(line: Line) -> int:
    """The ordinary price the line was scanned at, whatever special one counts; 0 when it has none."""
    return line.item.price_version if line.price_version and not line.inward else 0


def _found_on(line: Line, now: Item | None) -> Iterator[dict[str, Any]]:
    """What the till's own catalogue has against a line, in the words of ``api.check_basket``."""
    if now is None:
        yield {"n": line.n, "code": "no_item"}
        return
    if now.blocked:
        yield {"n": line.n, "code": "blocked"}
    if _ordinary_version(line) not in (0, now.price_version):
        yield {"n": line.n, "code": "price_moved", "price": now.price, "price_version": now.price_version}
    if (line.item.tax, line.item.tax_set) != (now.tax, now.tax_set):
        moved = {"tax": now.tax, "rate": now.rate, "taxes": taxes_record(now.taxes)}
        yield {"n": line.n, "code": "tax_moved", **moved}


def _problem(row: Mapping[str, Any], basket: Basket) -> Problem:
    n, code = int(row["n"]), str(row["code"])
    name = basket.line(n).item.name
    words = _PROBLEM_WORDS.get(code) or t("{name} cannot be sold now ({code}).")
    return Problem(
        n=n,
        code=code,
        words=words.format(name=name, code=code),
        price=int(row.get("price") or 0),
        price_version=int(row.get("price_version") or 0),
        tax=str(row.get("tax") or ""),
        rate=int(row.get("rate") or 0),
        taxes=read_taxes(row.get("taxes") or ()),
        on_hand=int(row.get("on_hand") or 0),
    )


def _moved(basket: Basket, problem: Problem) -> Basket:
    line = basket.line(problem.n)
    has_price = problem.price_version > 0
    return basket.reprice(
        problem.n,
        price=problem.price if has_price else line.item.price,
        price_version=problem.price_version if has_price else line.item.price_version,
        tax=problem.tax or None,
        rate=problem.rate if problem.tax else None,
        taxes=problem.taxes,
    )
