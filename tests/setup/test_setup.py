"""``pos-desktop setup``: a shop from its file, run once, run again, and on a machine with nothing on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pos_desktop import config, paths
from pos_desktop.cli.main import main
from pos_desktop.cli.own_server import own_server, own_till_dsn
from pos_desktop.database.shop_setup import owner_connection
from pos_desktop.database.staff import sign_in, staff
from pos_desktop.database.till import enrol_till, hello, open_connection
from pos_desktop.domain.cash_rules import CashRules
from pos_desktop.domain.shop_plan import read_plan
from pos_desktop.secret_store import read_secret
from pos_desktop.services.pin import pin_secret
from pos_desktop.services.shop_setup import SetUpDone, new_pin, set_up_shop, shop_problems
from tests.database.shop import PASSWORD, Shop, TillClient
from tests.shop_database import ShopDatabase

PEPPER = b"the shop's pepper"
EXAMPLE = (paths.resources_dir() / "setup" / "shop.toml").read_text(encoding="utf-8")
TODAY = date(2026, 11, 22)


@pytest.fixture
def set_up(database: ShopDatabase, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], SetUpDone]:
    """Sets the test's database up from a text; the manager's login is the test's own."""

    def run(text: str) -> SetUpDone:
        login = f"mgr_{database.name}"
        text = text.replace("mgr_carl", login)
        if login not in database.logins:
            database.logins.append(login)
        with owner_connection(database.owner_dsn) as owner:
            plan = read_plan(text)
            assert shop_problems(owner, plan, text, TODAY) == ()
            return set_up_shop(owner, plan, PEPPER)

    return run


def test_everybody_gets_a_first_secret_once(
    database: ShopDatabase, set_up: Callable[[str], SetUpDone]
) -> None:
    done = set_up(EXAMPLE)
    assert [one.who for one in done.pins] == ["1001", "1005"]
    assert [one.name for one in done.passwords] == ["CARL D."]
    before = database.query("select staff, secret from pos.staff_secret order by staff")
    again = set_up(EXAMPLE.replace("ANN B.", "Ann Baker"))
    assert again == SetUpDone((), ())
    assert database.query("select staff, secret from pos.staff_secret order by staff") == before
    assert database.query("select name from pos.staff where number = 1001") == [("Ann Baker",)]


def test_the_first_secrets_work(database: ShopDatabase, set_up: Callable[[str], SetUpDone]) -> None:
    done = set_up(EXAMPLE)
    login = f"till_{database.name}"
    database.logins.append(login)
    with database.connect() as owner:
        enrol_till(owner, store=1, number=1, login=login, password=PASSWORD)
    with database.connect(login, PASSWORD) as till:
        ann = next(person for person in staff(till) if person.number == 1001)
        assert sign_in(till, 1001, pin_secret(done.pins[0].secret, ann.salt, PEPPER)).ok
    with database.connect(done.passwords[0].who, done.passwords[0].secret) as manager:
        row = manager.execute("select api.m_stores()").fetchone()
        assert row is not None
        assert [store["number"] for store in row[0]] == [1]


def test_a_rate_that_was_valid_stays(database: ShopDatabase, set_up: Callable[[str], SetUpDone]) -> None:
    set_up(EXAMPLE)
    changed = EXAMPLE.replace('rate = "20"', 'rate = "25"')
    with owner_connection(database.owner_dsn) as owner:
        (problem,) = shop_problems(owner, read_plan(changed), changed, TODAY)
    assert (problem.key, problem.line) == (
        "tax 1, rate",
        changed[: changed.index('rate = "25"')].count("\n") + 1,
    )
    set_up(EXAMPLE + '\n[[tax]]\ncode = "S"\nname = "Standard"\nrate = "21"\nfrom = 2027-04-01\n')
    rates = database.query("select valid_from, rate from pos.tax_rate where tax = 'S' order by 1")
    assert [rate for _, rate in rates] == [200_000, 210_000]


def test_a_store_that_has_sold_keeps_its_currency(
    database: ShopDatabase, set_up: Callable[[str], SetUpDone]
) -> None:
    set_up(EXAMPLE)
    euros = EXAMPLE.replace('currency = "GBP"', 'currency = "EUR"')
    set_up(euros)  # a slip of the pen on the first day can still be put right
    assert database.query("select currency from pos.store") == [("EUR",)]
    login = f"till_{database.name}"
    database.logins.append(login)
    with database.connect() as owner:
        enrol_till(owner, store=1, number=1, login=login, password=PASSWORD)
    with database.connect(login, PASSWORD) as connection:
        assert TillClient(Shop(1, {1: login}, {}), connection).open_shift().outcome
    with owner_connection(database.owner_dsn) as owner:
        problems = shop_problems(owner, read_plan(EXAMPLE), EXAMPLE, TODAY)
    assert [one.key for one in problems] == ["store 1, currency"]


def test_a_store_sells_alone_and_counts_blind_when_its_file_says_so(
    database: ShopDatabase, set_up: Callable[[str], SetUpDone]
) -> None:
    said = (
        EXAMPLE.replace("# offline", "offline")
        .replace("# count_blind", "count_blind")
        .replace("# single_cashier", "single_cashier")
        .replace("# drawer_full", "drawer_full")
        .replace("# day_starts", "day_starts")
        .replace("= 200", "= 50")
    )
    set_up(said)
    rules = "select offline, offline_minutes, offline_sales, offline_sale, offline_cash from pos.store"
    assert database.query(rules) == [(True, 240, 50, 25_000, 500_000)]
    settings = "select name, value from pos.setting where name like '%.1' order by name"
    assert database.query(settings) == [
        ("count_blind.1", "on"),
        ("day_starts.1", "04:00"),
        ("drawer_full.1", "50000"),
        ("single_cashier.1", "on"),
    ]
    ((told,),) = database.query("select pos.rules_cash(1)")
    rules_ = CashRules.from_fields(told)
    assert (rules_.single_cashier, rules_.drawer_full, rules_.day_starts) == (True, 50_000, 240)
    assert rules_.limit("cashier", "difference").amount == 500
    assert rules_.limit("manager", "difference").amount is None
    set_up(EXAMPLE)  # what a file does not say stays
    assert database.query(rules) == [(True, 240, 50, 25_000, 500_000)]


def test_a_clock_nobody_knows(database: ShopDatabase) -> None:
    text = EXAMPLE.replace("Europe/London", "Europe/Milford")
    with owner_connection(database.owner_dsn) as owner:
        assert [one.key for one in shop_problems(owner, read_plan(text), text, TODAY)] == [
            "store 1, time_zone"
        ]


def test_first_pins_are_not_guessed() -> None:
    for _ in range(300):
        pin = new_pin()
        assert re.fullmatch(r"\d{6}", pin)
        assert pin not in "01234567890123456789 98765432109876543210"
        assert max(map(pin.count, pin)) < 3


def test_one_machine_from_nothing_to_a_register(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file, one command; then this machine's till logs in with the login and password it was given."""
    home = open_dir / "Ladenkasse"
    monkeypatch.setenv(paths.HOME_VARIABLE, str(home))
    assert main(["setup", "--example"]) == 0
    file = open_dir / "shop.toml"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["setup", "--check", str(file)]) == 0
    assert not (home / "server").exists()
    assert main(["setup", str(file)]) == 0
    said = capsys.readouterr().out
    settings = config.load_settings()
    with own_server(settings) as server, open_connection(own_till_dsn(settings, server), "test") as till:
        assert hello(till, "test", 0)["till"]["number"] == 1
    assert read_secret(settings.home / "till-password") not in said
    assert main(["setup", str(file)]) == 0
    assert "PIN" not in capsys.readouterr().out


def test_forty_tills_get_their_codes_at_once(
    database: ShopDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every till without a machine gets one; a machine that has become a till is left alone."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "office"))
    monkeypatch.setenv("POS_DESKTOP_DSN", database.owner_address)
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", database.owner_password)
    file = tmp_path / "shop.toml"
    text = EXAMPLE.replace("tills = [1]", f"tills = {list(range(1, 41))}").replace(
        "mgr_carl", f"m_{database.name}"
    )
    file.write_text(text.replace("number = 1\n", "number = 77\n").replace("stores = [1]", "stores = [77]"))
    database.logins += [f"m_{database.name}", *(f"till_77_{n:02d}" for n in range(1, 41))]
    assert main(["setup", str(file), "--codes"]) == 0
    codes = dict(re.findall(r"till (\d+): (\S+)  \(pos-desktop till claim", capsys.readouterr().out))
    assert len(set(codes.values())) == 40
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "machine"))
    monkeypatch.setenv("POS_DESKTOP_CODE", codes["7"])
    assert main(["till", "claim", "till_77_07"]) == 0
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "office"))
    assert main(["setup", str(file), "--codes"]) == 0
    again = dict(re.findall(r"till (\d+): (\S+)  \(pos-desktop till claim", capsys.readouterr().out))
    assert set(codes) - set(again) == {"7"}


def test_a_file_with_a_slip_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    file = tmp_path / "shop.toml"
    file.write_text(EXAMPLE.replace('currency = "GBP"', 'currency = "pounds"'), encoding="utf-8")
    assert main(["setup", str(file)]) == 1
    assert re.search(r"line \d+: store 1, currency has to be one of GBP, EUR", capsys.readouterr().err)
    assert main(["setup", str(tmp_path / "nowhere.toml")]) == 1
    assert "--example" in capsys.readouterr().err
    assert not (tmp_path / "home" / "server").exists()
