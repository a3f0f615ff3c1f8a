"""The law at the till, pure: hours, limits, lowest prices, deposits, and what a scanned ID says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.basket import Basket, BasketError, Item, totals
from pos_desktop.domain.basket_law import floored, married
from pos_desktop.domain.basket_parts import Discount, Given, Line
from pos_desktop.domain.empties import add_empties
from pos_desktop.domain.id_dates import id_dates, piece_of_id
from pos_desktop.domain.law import Law, Restriction
from pos_desktop.domain.quantity import ONE
from pos_desktop.domain.sale_hours import Hours, shut_until, shuts_at
from pos_desktop.domain.shop_rules import ShopRules

MONDAY = date(2026, 11, 23)
TODAY = date(2026, 11, 22)
EVERY = frozenset(range(1, 8))
NIGHT = Hours(EVERY, frozenset(), time(22), time(8))

BEER = Item(
    1, "Beer 0.5 l", "each", 150, 11, "S", 200000, strength=500, volume=500, min_age=18, category_id=2
)
CASE = Item(2, "Beer, case", "each", 1500, 12, "S", 200000, strength=500, volume=6000, single=1, pack=12)
GIN = Item(3, "Gin 0.7 l", "each", 1707, 13, "S", 200000, strength=3750, volume=700, min_age=18)
BREAD = Item(4, "Bread", "each", 100, 14, "Z", 0)
BOTTLE = Item(8, "Deposit bottle", "each", 8, 18, "Z", 0, returnable=True, code="8")
COLA = Item(5, "Cola", "each", 99, 15, "S", 200000, deposit=8)
SIX = Item(6, "Cola, six", "each", 499, 16, "S", 200000, deposit=8, deposit_count=6)
DEPOSITS = Law(deposits={8: BOTTLE})


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


# -- hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ("21:59", None),
        ("22:00", "08:00+1"),
        ("23:30", "08:00+1"),
        ("00:00", "08:00"),
        ("07:59", "08:00"),
        ("08:00", None),
    ],
)
def test_a_night_belongs_to_the_evening_it_began(clock: str, until: str | None) -> None:
    found = shut_until([NIGHT], at(clock))
    if until is None:
        assert found is None
    else:
        text, _, days = until.partition("+")
        assert found == at(text) + timedelta(days=int(days or 0))


def test_hours_that_touch_are_one() -> None:
    evening = Hours(EVERY, frozenset(), time(20), time(0))
    morning = Hours(EVERY, frozenset(), time(0), time(9))
    assert shut_until([evening, morning], at("21:00")) == at("09:00", MONDAY + timedelta(days=1))


def test_a_holiday_has_hours_of_its_own() -> None:
    christmas = date(2026, 12, 25)
    rows = [NIGHT, Hours(frozenset(), frozenset({christmas}), time(0), time(0))]
    assert shut_until(rows, at("12:00", christmas)) == at("00:00", christmas + timedelta(days=1))
    lifted = [NIGHT, Hours(frozenset(), frozenset({christmas}))]
    assert shut_until(lifted, at("23:00", christmas)) is None
    assert shut_until(lifted, at("07:00", christmas)) == at("08:00", christmas), "the night before goes on"


def test_goods_that_never_open_are_shut_for_good() -> None:
    never = Hours(EVERY, frozenset(), time(6), time(6))
    assert shut_until([never], at("12:00")) is not None
    law = Law(restrictions=(Restriction(1, "Fireworks", items=frozenset({4}), hours=(never,)),))
    shut = law.shut(BREAD, datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert shut is not None
    assert shut.until is None


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
rows = st.one_of(
    st.builds(
        lambda d, s, u: Hours(frozenset(d), frozenset(), s, u),
        st.sets(st.integers(1, 7), min_size=1),
        times,
        times,
    ),
    st.builds(
        lambda n, s, u: Hours(frozenset(), frozenset({MONDAY + timedelta(days=n)}), s, u),
        st.integers(-2, 4),
        times,
        times,
    ),
    st.builds(lambda n: Hours(frozenset(), frozenset({MONDAY + timedelta(days=n)})), st.integers(-2, 4)),
)


def shut_by_hand(law: list[Hours], when: datetime) -> bool:
    """The oracle: for the day and the one before, each row that counts, minute by minute."""
    for day in (when.date(), when.date() - timedelta(days=1)):
        named = [row for row in law if day in row.dates]
        for row in named or [row for row in law if day.isoweekday() in row.weekdays]:
            if row.since is None or row.until is None:
                continue
            start = datetime.combine(day, row.since)
            length = (datetime.combine(day, row.until) - start) % timedelta(days=1) or timedelta(days=1)
            if start <= when < start + length:
                return True
    return False


@settings(max_examples=60)
@given(law=st.lists(rows, max_size=4), minutes=st.integers(0, 3 * 24 * 4))
def test_shut_and_open_agree_with_the_clock(law: list[Hours], minutes: int) -> None:
    when = at("00:00") + timedelta(minutes=15 * minutes)
    until = shut_until(law, when)
    assert (until is not None) == shut_by_hand(law, when)
    if until is not None and until - when < timedelta(days=14):
        steps = int((until - when) / timedelta(minutes=15))
        assert all(shut_by_hand(law, when + timedelta(minutes=15 * n)) for n in range(steps))
        assert not shut_by_hand(law, until)
    else:
        soon = shuts_at(law, when, timedelta(hours=2)) if until is None else None
        ahead = [when + timedelta(minutes=15 * n) for n in range(1, 9)]
        if until is None:
            assert soon == next((each for each in ahead if shut_by_hand(law, each)), None)


def test_the_countdown_runs_in_real_seconds_through_the_clock_change() -> None:
    """On 25 October 2026 the clock goes back at 2:00 summer time: 1:30 comes twice."""
    law = Law(
        "Europe/London",
        (Restriction(1, "Alcohol", strength=50, hours=(Hours(EVERY, frozenset(), time(3), time(8)),)),),
    )
    closing = law.closing(datetime(2026, 10, 25, 2, 55, tzinfo=UTC))
    assert closing is not None
    assert (closing.seconds, closing.at) == (300, datetime(2026, 10, 25, 3))
    assert law.closing(datetime(2026, 10, 25, 2, 49, tzinfo=UTC)) is None
    assert law.shut(BEER, datetime(2026, 10, 25, 3, 0, tzinfo=UTC)) is not None
    assert law.shut(BREAD, datetime(2026, 10, 25, 3, 0, tzinfo=UTC)) is None


# -- limits -------------------------------------------------------------------------------------------


def basket(law: Law) -> Basket:
    rules = replace(ShopRules(), law=law)
    began = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return Basket("0190f0f0-0000-7000-8000-000000000001").begun(began, rules)


def test_a_limit_counts_the_pieces_of_cases_and_may_always_be_lowered() -> None:
    law = Law(restrictions=(Restriction(1, "Beer", items=frozenset({1, 2}), most=14 * ONE),))
    open_beer = replace(BEER, min_age=None)
    sale = basket(law).add(CASE).add(open_beer, 2 * ONE)
    with pytest.raises(BasketError) as over:
        sale.add(open_beer)
    assert over.value.code == "limit"
    assert "14" in str(over.value)
    with pytest.raises(BasketError):
        sale.change_qty(sale.lines[0].n, 2 * ONE)
    stricter = replace(
        sale, rules=replace(ShopRules(), law=Law(restrictions=(replace(law.restrictions[0], most=ONE),)))
    )
    assert len(stricter.remove(sale.lines[0].n).lines) == 1
    assert stricter.add(BREAD).lines[-1].item == BREAD


# -- lowest price -------------------------------------------------------------------------------------

LOWEST = Law(lowest=((date(2018, 5, 1), 5000), (date(2024, 9, 30), 6500)))
"""Scotland: 50p, then 65p a unit of 10 ml."""


@pytest.mark.parametrize(
    ("item", "qty", "day", "lowest"),
    [
        (GIN, ONE, TODAY, 1707),
        (GIN, 3 * ONE, TODAY, 5121),
        (BEER, ONE, TODAY, 163),
        (GIN, ONE, date(2020, 1, 1), 1313),
        (GIN, ONE, date(2018, 4, 30), 0),
        (BREAD, ONE, TODAY, 0),
        (CASE, ONE, TODAY, 1950),
    ],
)
def test_the_lowest_price_of_the_law(item: Item, qty: int, day: date, lowest: int) -> None:
    assert LOWEST.lowest_price(item, qty, day) == lowest


@given(
    volume=st.integers(1, 70_000),
    strength=st.integers(1, 9_600),
    rate=st.integers(0, 20_000),
    count=st.integers(1, 40),
)
def test_the_lowest_price_is_volume_times_strength_times_rate_rounded_up(
    volume: int, strength: int, rate: int, count: int
) -> None:
    item = replace(GIN, volume=volume, strength=strength)
    exact = Fraction(volume, 1000) * Fraction(strength, 10_000) * rate
    assert Law(lowest=((TODAY, rate),)).lowest_price(item, count * ONE, TODAY) == ceil(exact) * count


@given(
    amount=st.integers(0, 4000),
    gave=st.lists(st.integers(1, 2500), max_size=3),
    off=st.lists(st.integers(1, 2500), max_size=2),
)
def test_nothing_takes_a_line_below_its_lowest_price(amount: int, gave: list[int], off: list[int]) -> None:
    line = Line(
        1, GIN, "3", ONE, amount, 13, amount,
        given=tuple(Given(n, "Offer", each) for n, each in enumerate(gave)),
        discounts=tuple(Discount("line", each, "Damaged") for each in off),
    )  # fmt: skip
    (held,) = floored((line,), LOWEST, datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert held.net == max(line.net, min(amount, 1707))
    assert sum(each.amount for each in held.given) <= sum(gave)
    assert all(each.amount > 0 for each in (*held.given, *held.discounts))
    if held.discounts:
        assert held.given == line.given, "what was taken off last is cut back first"


# -- deposits -----------------------------------------------------------------------------------------


def deposits_fit(sale: Basket) -> bool:
    """Each bottle's deposit stands right behind it, as many as there are, and there is no other."""
    wanted = [
        (line.n, line.qty * line.item.deposit_count)
        for line in sale.lines
        if line.item.deposit and not line.inward
    ]
    behind = [sale.lines[n - 1].n for n, line in enumerate(sale.lines) if line.deposit_for]
    return behind == [n for n, _ in wanted] and wanted == [
        (line.deposit_for, line.qty) for line in sale.lines if line.deposit_for
    ]


@settings(max_examples=60)
@given(steps=st.lists(st.tuples(st.sampled_from("acsbrqu"), st.integers(0, 9)), max_size=12))
def test_a_deposit_follows_its_goods_through_every_change(steps: list[tuple[str, int]]) -> None:
    sale = basket(DEPOSITS)
    for what, which in steps:
        lines = [line for line in sale.lines if not line.deposit_for]
        if what in "acsb":
            sale = sale.add({"a": COLA, "c": COLA, "s": SIX, "b": BREAD}[what])
        elif what == "u":
            sale = sale.undo()
        elif lines:
            n = lines[which % len(lines)].n
            sale = sale.remove(n) if what == "r" else sale.change_qty(n, (which + 1) * ONE)
        assert deposits_fit(sale)
        names = [line.n for line in sale.lines]
        assert len(set(names)) == len(names)
        goods = sum(line.amount for line in sale.lines if not line.deposit_for)
        pieces = sum(line.qty * line.item.deposit_count for line in sale.lines if line.item.deposit) // ONE
        assert totals(sale).total == goods + 8 * pieces


def test_a_deposit_is_no_piece_and_its_line_is_not_changed_by_hand() -> None:
    sale = basket(DEPOSITS).add(SIX)
    assert [line.qty for line in sale.lines] == [ONE, 6 * ONE]
    assert totals(sale).count == 1
    for change in (lambda: sale.change_qty(sale.lines[1].n, ONE), lambda: sale.remove(sale.lines[1].n)):
        with pytest.raises(BasketError):
            change()


def test_empties_are_a_line_of_their_own() -> None:
    sale = add_empties(add_empties(basket(DEPOSITS).add(COLA), BOTTLE, 3), BOTTLE, 2)
    back = sale.lines[-1]
    assert (back.qty, back.amount, back.flags, back.deposit_for) == (-5 * ONE, -40, ("empties",), 0)
    assert totals(sale).total == 99 + 8 - 40
    assert totals(sale.remove(back.n)).total == 107


def test_married_says_the_same_when_asked_again() -> None:
    sale = basket(DEPOSITS).add(COLA).add(SIX)
    assert married(sale.lines, DEPOSITS, 99) == sale.lines
    assert married(sale.lines, Law(), 99) == sale.lines, "a till without the rules keeps what stands there"


# -- a scanned ID -------------------------------------------------------------------------------------

LICENCE = (
    "@\n\x1e\rANSI 636026080102DL00410288ZA03290015DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\nDBD08242015\n"
    "DBB01311990\nDBA01312035\nDBC1\nDAU068 in\n"
)
CANADIAN = "DAQA1234\nDBB19900131\nDBA20350131\n"
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
BORN = {
    LICENCE: date(1990, 1, 31),
    CANADIAN: date(1990, 1, 31),
    PASSPORT: date(1974, 8, 12),
    CARD: date(1974, 8, 12),
}
EXPIRES = {
    LICENCE: date(2035, 1, 31),
    CANADIAN: date(2035, 1, 31),
    PASSPORT: date(2012, 4, 15),
    CARD: date(2012, 4, 15),
}


@pytest.mark.parametrize("text", BORN, ids=["licence", "canadian", "passport", "card"])
def test_an_id_says_its_dates_whole_or_row_by_row(text: str) -> None:
    whole = id_dates(text, TODAY)
    assert whole is not None
    assert (whole.born, whole.expires) == (BORN[text], EXPIRES[text])
    flat = id_dates("".join(ch for ch in text if ch >= " "), TODAY)
    assert flat is not None
    assert flat.born == BORN[text]
    told = [id_dates(row, TODAY) for row in text.splitlines()]
    assert [found.born for found in told if found] == [BORN[text]]
    assert all(piece_of_id(row, begun=True) for row in text.splitlines() if row.strip("\x1e"))


def test_an_id_is_told_from_what_shops_sell_and_keeps_quiet() -> None:
    for code in ("5010012345674", "01095200000000001015280131", "DAIRY", "D123", "", "S1-T1-1-000124"):
        assert id_dates(code, TODAY) is None
        assert not piece_of_id(code)
    found = id_dates(PASSPORT, TODAY)
    assert "1974" not in repr(found)


def test_a_misread_zone_is_no_id() -> None:
    assert id_dates(PASSPORT.replace("7408122", "7408123"), TODAY) is None
    assert id_dates("DBB13322020", TODAY) is None
    assert id_dates("DBB01012027", TODAY) is None, "nobody is born after today"


@given(born=st.dates(date(1930, 1, 1), TODAY), life=st.integers(0, 10))
def test_the_century_of_a_birth_is_that_of_somebody_alive(born: date, life: int) -> None:
    expires = date(TODAY.year + life, 1, 1)

    def field(day: date) -> str:
        digits = f"{day:%y%m%d}"
        return digits + str(sum(int(d) * (7, 3, 1)[n % 3] for n, d in enumerate(digits)) % 10)

    row = f"{field(born)}F{field(expires)}UTO<<<<<<<<<<<6"
    found = id_dates(row, TODAY)
    assert found is not None
    assert found.born == born
    assert found.expires == expires
