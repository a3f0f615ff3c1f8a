"""People and cash as pure rules: business dates, limits of roles, full drawers, approvals, slips."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.approvals import PinEntry, named, named_approvals
from pos_desktop.domain.basket_parts import Approval
from pos_desktop.domain.cash_documents import cash_document, shift_close_document, shift_open_document
from pos_desktop.domain.cash_rules import NO_LIMIT, CashRules, Limit
from pos_desktop.domain.document import Document, Position, Stamp
from pos_desktop.domain.money import currency
from pos_desktop.domain.receipt import ShopPaper
from pos_desktop.domain.receipt_layout import as_text
from pos_desktop.domain.shift import business_date, cash_effect
from pos_desktop.domain.shift_figures import figures_after
from pos_desktop.domain.slips import cash_slip

BERLIN, LONDON, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")
AT = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
FOUR = 4 * 60


# -- the day a shift belongs to -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "zone", "starts", "day"),
    [
        # Just before and after midnight, summer and winter.
        ("2026-11-22T23:59:59+00:00", LONDON, 0, "2026-11-22"),
        ("2026-11-23T00:00:00+00:00", LONDON, 0, "2026-11-23"),
        ("2026-07-01T22:30:00+00:00", LONDON, 0, "2026-07-01"),
        ("2026-07-01T23:30:00+00:00", LONDON, 0, "2026-07-02"),
        # A bar's night belongs to the evening before until four.
        ("2026-11-23T03:59:00+00:00", LONDON, FOUR, "2026-11-22"),
        ("2026-11-23T04:00:00+00:00", LONDON, FOUR, "2026-11-23"),
        # The clock goes back: 02:30 comes twice, and four o'clock is four by the wall both times.
        ("2026-10-25T00:30:00+00:00", BERLIN, FOUR, "2026-10-24"),
        ("2026-10-25T01:30:00+00:00", BERLIN, FOUR, "2026-10-24"),
        ("2026-10-25T02:59:00+00:00", BERLIN, FOUR, "2026-10-24"),
        ("2026-10-25T03:00:00+00:00", BERLIN, FOUR, "2026-10-25"),
        # The clock goes forward: there is no 02:30, and four comes an hour sooner.
        ("2026-03-29T01:59:00+00:00", BERLIN, FOUR, "2026-03-28"),
        ("2026-03-29T02:00:00+00:00", BERLIN, FOUR, "2026-03-29"),
        # New Year's on the other side of the world.
        ("2026-12-31T11:00:00+00:00", AUCKLAND, 0, "2027-01-01"),
        ("2026-12-31T10:59:59+00:00", AUCKLAND, 0, "2026-12-31"),
    ],
)
def test_the_business_date_is_the_shops_own(at: str, zone: ZoneInfo, starts: int, day: str) -> None:
    assert business_date(datetime.fromisoformat(at), zone, starts) == date.fromisoformat(day)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([BERLIN, LONDON, AUCKLAND]),
    st.integers(0, 12 * 60),
    st.integers(0, 86_400),
)
def test_a_business_date_never_goes_back_and_is_today_or_yesterday(
    at: datetime, zone: ZoneInfo, starts: int, later: int
) -> None:
    """Where the wall clock goes back it may say an earlier minute, but a shift that opened is not moved."""
    day, today = business_date(at, zone, starts), at.astimezone(zone).date()
    assert day in (today, today - timedelta(days=1))
    assert business_date(at + timedelta(seconds=later + 2 * 3600), zone, starts) >= day


# -- rules ----------------------------------------------------------------------------------------


def test_rules_are_read_as_the_server_says_them() -> None:
    rules = CashRules.from_fields(
        {
            "limits": {"cashier": {"discount": {"ppm": 100_000}, "pay_out": {"amount": 5000}}},
            "single_cashier": 1, "day_starts": 240, "drawer_full": 0,
        }
    )  # fmt: skip
    assert rules.limit("cashier", "discount") == Limit(100_000, None)
    assert rules.limit("manager", "discount") == rules.limit("cashier", "refund") == NO_LIMIT
    assert rules.within("cashier", "pay_out", amount=5000)
    assert not rules.within("cashier", "pay_out", amount=5001)
    assert rules.within("cashier", "discount", ppm=100_000, amount=10**9)
    assert not rules.within("cashier", "discount", ppm=100_001)
    assert (rules.single_cashier, rules.day_starts, rules.full_at(currency("GBP"))) == (True, 240, 0)
    assert CashRules.from_fields({}) == CashRules()


@pytest.mark.parametrize(("code", "full"), [("GBP", 50_000), ("JPY", 100_000), ("KES", 1_000_000)])
def test_a_drawer_is_full_at_ten_of_the_largest_note_where_nobody_says(code: str, full: int) -> None:
    assert CashRules().full_at(currency(code)) == full
    assert CashRules(drawer_full=123).full_at(currency(code)) == 123


# -- approvals ------------------------------------------------------------------------------------


def test_each_approval_rests_on_a_pin_entry_of_its_own_the_newest_first() -> None:
    given_ = [
        PinEntry("a", "void", 1),
        PinEntry("b", "price", 1),
        PinEntry("c", "price", 1),
        PinEntry("d", "price", 2),
    ]
    told = [
        {"what": "price", "by": 1},
        {"what": "price", "by": 1},
        {"what": "price", "by": 1},
        {"what": "void", "by": 2},
    ]
    found = named_approvals(told, given_)
    assert [approval.get("id") for approval in found] == ["c", "b", None, None]
    again = named_approvals([{"what": "price", "by": 1, "id": "c"}, {"what": "price", "by": 1}], given_)
    assert [approval["id"] for approval in again] == ["c", "b"]
    held = named((Approval("price", 2, 1, 100, 90, AT), Approval("price", 2, 2, 100, 90, AT, "x")), given_)
    assert [approval.id for approval in held] == ["d", "x"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 2)), max_size=8), st.integers(0, 8))
def test_no_pin_entry_is_used_twice(told: list[tuple[str, int]], entries: int) -> None:
    given_ = [PinEntry(str(n), "ab"[n % 2], 1 + n // 2 % 2) for n in range(entries)]
    ids = [a["id"] for a in named_approvals([{"what": w, "by": b} for w, b in told], given_) if "id" in a]
    assert len(ids) == len(set(ids))


# -- documents and slips --------------------------------------------------------------------------


def stamp(**more: object) -> Stamp:
    return Stamp(1, 2, "doc", AT, 0, "doc", 1001, **more)  # type: ignore[arg-type]


POSITION = Position(1, 7, bytes(32), 500)


def made(document: Document) -> dict[str, object]:
    return {name: document.fields.get(name) for name in ("approvals", "training", "single")}


def test_documents_name_who_allowed_what_and_rest_on_the_entry() -> None:
    entry = PinEntry("01", "pay_out", 1005)
    paid = cash_document(stamp(approvals=(entry,)), POSITION, "pay_out", -6000, "window", 1005)
    at = "2026-11-22T10:15:30.000Z"
    assert paid.fields["approvals"] == [{"what": "pay_out", "by": 1005, "at": at, "now": 6000, "id": "01"}]
    closed = shift_close_document(
        stamp(), POSITION, z=1, counted=90, counts=(), blind=True, expected=100, figures={},
        approved_by=1005, difference_by=1006,
    )  # fmt: skip
    assert closed.fields["approvals"] == [
        {"what": "close_shift", "by": 1005, "at": at},
        {"what": "difference_over", "by": 1006, "at": at, "now": 10},
    ]
    opened = shift_open_document(
        stamp(training=True), POSITION, drawer=1, business_date="2026-11-22", float_amount=0, counts=(),
        single=True,
    )  # fmt: skip
    assert made(opened) == {"approvals": None, "training": 1, "single": 1}
    plain = cash_document(stamp(), POSITION, "drop", -100, "safe")
    assert made(plain) == {"approvals": None, "training": None, "single": None}


def test_what_documents_do_to_the_drawer() -> None:
    assert cash_effect({"kind": "cash", "amount": -2000}) == -2000
    assert cash_effect({"kind": "shift_open", "float": 10_000}) == 10_000
    tenders = [
        {"kind": "cash", "amount": 2000},
        {"kind": "card", "amount": 500},
        {"kind": "cash", "amount": -116, "change": 1},
    ]
    assert cash_effect({"kind": "sale", "tenders": tenders}) == 1884
    assert cash_effect({"kind": "refund", "tenders": [{"kind": "cash", "amount": -250}]}) == -250
    assert cash_effect({"kind": "no_sale"}) == 0


AMOUNT = st.integers(-5000, 5000).filter(bool)
TENDERS = st.lists(st.tuples(st.sampled_from(["cash", "card", "voucher"]), AMOUNT), max_size=3)


@given(
    st.lists(
        st.tuples(st.sampled_from(["sale", "refund", "pay_in", "drop", "account", "no_sale"]), TENDERS),
        max_size=6,
    )
)
def test_a_drawers_cash_is_what_its_z_will_expect(day: list[tuple[str, list[tuple[str, int]]]]) -> None:
    """The till's own sum, for the warning, against the figures a Z must carry."""
    told: list[dict[str, object]] = [{"kind": "shift_open", "float": 10_000, "no": 1, "refused": False}]
    for no, (what, tenders) in enumerate(day, 2):
        common = {"no": no, "refused": False}
        if what in ("sale", "refund"):
            rows = [{"kind": kind, "amount": amount} for kind, amount in tenders]
            told.append({**common, "kind": what, "total": 0, "tenders": rows, "taxes": [], "lines": []})
        elif what == "account":
            kind, amount = tenders[0] if tenders else ("cash", 100)
            told.append({**common, "kind": "account_payment", "tender": {"kind": kind}, "amount": amount})
        elif what == "no_sale":
            told.append({**common, "kind": "no_sale", "reason": "x"})
        else:
            told.append(
                {**common, "kind": "cash", "direction": what, "amount": 700 if what == "pay_in" else -700}
            )
    assert sum(map(cash_effect, told)) == figures_after(told, 0)["expected_cash"]


SLIP = """\
          Corner shop

            Paid out

Number            S1-T2-1-000007
Till                           2
Cashier                      Ann
Time       22 Nov 2026 10:15 GMT
Reason            Window cleaner
Allowed by                   Bob
--------------------------------
Cash
Amount                    £60.00


Signed _________________________


Received by ____________________
--------------------------------
    Head abab abab abab abab
        [S1-T2-1-000007]
"""


def test_a_slip_says_how_much_went_where_why_and_by_whose_leave() -> None:
    document = cash_document(stamp(), POSITION, "pay_out", -6000, "Window cleaner", 1005)
    shop = ShopPaper(("Corner shop",), (), currency("GBP"), LONDON)
    paper = cash_slip(document.fields, shop, head="ab" * 32, cashier="Ann", allowed_by="Bob")
    assert as_text(paper, 32) == SLIP
    into = cash_document(stamp(training=True), POSITION, "pay_in", 100, "change")
    text = as_text(cash_slip(into.fields, shop, head="ab" * 32, cashier="Ann"), 32)
    assert "TRAINING" in text
    assert "Received by" not in text
