"""Makes a shop from its plan: stores, tax, categories, people and managers, as often as the plan changes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from pos_desktop.database import shop_setup as rows
from pos_desktop.database.manager import add_manager, grant_stores, manager_logins, rename_manager
from pos_desktop.database.staff import add_staff, staff_with_pin
from pos_desktop.database.till import Connection
from pos_desktop.database.value_setup import take_tenders
from pos_desktop.domain.pins import pin_problem
from pos_desktop.domain.plan_rows import PlanProblem, plan_problem
from pos_desktop.domain.shop_plan import ShopPlan
from pos_desktop.services.pin import set_person_pin

PIN_DIGITS = 6
PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class FirstSecret:
    """A PIN or password made for somebody, to be handed over once: nothing can read it again."""

    who: str
    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class SetUpDone:
    """What was made for people. Who had a PIN or a login keeps it and is not listed."""

    pins: tuple[FirstSecret, ...]
    passwords: tuple[FirstSecret, ...]


def shop_problems(owner: Connection, plan: ShopPlan, text: str, today: date) -> tuple[PlanProblem, ...]:
    """What only the books can say about a plan: unknown time zones, and what may no longer change."""
    return (*_store_problems(owner, plan, text), *_tax_problems(owner, plan, text, today))


def _store_problems(owner: Connection, plan: ShopPlan, text: str) -> Iterator[PlanProblem]:
    unknown = rows.unknown_time_zones(owner, (store.time_zone for store in plan.stores))
    fixed = rows.fixed_by_books(owner)
    for place, store in enumerate(plan.stores):
        if store.time_zone in unknown:
            wanted = "a time zone such as Europe/London or Africa/Nairobi"
            yield plan_problem(text, ("store", place, "time_zone"), wanted)
        for key, value in fixed.get(store.number, {}).items():
            if getattr(store, key) != value:
                wanted = f"{value}: the store has sold under it, so it stays"
                yield plan_problem(text, ("store", place, key), wanted)


def _tax_problems(owner: Connection, plan: ShopPlan, text: str, today: date) -> Iterator[PlanProblem]:
    """A rate that was valid stays as it was; a new one starts on a day to come."""
    known = rows.tax_rates(owner)
    for place, tax in enumerate(plan.taxes):
        first = tax.valid_from or rows.FIRST_DAY
        before = known.get(tax.code, {})
        if before and first <= today and before.get(first) != tax.rate:
            wanted = "as it was; write a new rate as another [[tax]] with from = a day to come"
            yield plan_problem(text, ("tax", place, "rate"), wanted)


def set_up_shop(owner: Connection, plan: ShopPlan, pepper: bytes) -> SetUpDone:
    """Write the plan in one transaction. Names, rates and people change; books, prices and stock do not."""
    stores = [
        {**asdict(store), "header": [*store.header], "footer": [*store.footer]} for store in plan.stores
    ]
    with owner.transaction():
        rows.write_stores(owner, stores)
        rows.correct_stores(owner, stores)
        for store in plan.stores:
            rows.write_store_rules(owner, store.number, asdict(store.rules))
            rows.write_ways_of_tax(owner, store.number, asdict(store.rules))
            if store.rules.tenders is not None:
                take_tenders(owner, store.number, store.rules.tenders)
        for tax in plan.taxes:
            rows.write_tax(owner, tax.code, tax.name, tax.rate, tax.valid_from or rows.FIRST_DAY)
        for composite in plan.composites:
            rows.write_composite(owner, composite.code, composite.name, composite.parts)
        rows.write_categories(owner, [asdict(category) for category in plan.categories])
        rows.write_patterns(owner, plan.patterns)
        rows.write_reasons(owner, _reasons(plan))
        return SetUpDone(tuple(_people(owner, plan, pepper)), tuple(_managers(owner, plan)))


def _reasons(plan: ShopPlan) -> Iterator[tuple[str, str, str, int]]:
    for kind, texts in plan.reasons:
        for position, text in enumerate(texts, 1):
            yield kind, re.sub(r"\W+", "_", text.lower()).strip("_"), text, position


def _people(owner: Connection, plan: ShopPlan, pepper: bytes) -> Iterator[FirstSecret]:
    had = staff_with_pin(owner)
    for person in plan.staff:
        add_staff(owner, person.number, person.name, person.role, person.stores)
        if person.number in had and not person.pin:
            continue
        pin = person.pin or new_pin()
        set_person_pin(owner, person.number, pin, pepper, approves=person.role != "cashier")
        if not person.pin:
            yield FirstSecret(str(person.number), person.name, pin)


def new_pin() -> str:
    """A first PIN nobody guesses: no digit three times, and none of those nobody may choose."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
        if max(map(pin.count, pin)) < 3 and not pin_problem(pin, approves=True):
            return pin


def _managers(owner: Connection, plan: ShopPlan) -> Iterator[FirstSecret]:
    known = manager_logins(owner)
    for manager in plan.managers:
        if manager.login in known:
            rename_manager(owner, manager.login, manager.name)
            grant_stores(owner, manager.login, manager.stores)
            continue
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        add_manager(owner, manager.login, manager.name, password, manager.stores)
        yield FirstSecret(manager.login, manager.name, password)
