"""PINs: which are taken, what a wrong pepper does, and that nobody guesses by script."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_desktop.bootstrap import assemble
from pos_desktop.cli.doctor_secrets import check_pepper_fits
from pos_desktop.config import load_settings
from pos_desktop.database import staff as staff_rows
from pos_desktop.database.pool import Database
from pos_desktop.database.probe import Finding
from pos_desktop.domain.pins import pin_problem
from pos_desktop.errors import UserError
from pos_desktop.journal.lock import TillLock
from pos_desktop.secret_store import write_secret
from pos_desktop.services.link import SystemClock
from pos_desktop.services.pin import pepper_check, pepper_fits, set_person_pin
from pos_desktop.services.results import SignedIn, SignInRefused
from pos_desktop.services.server_link import ServerLink
from pos_desktop.services.till import TillServices
from tests.database.conftest import World
from tests.database.shop import CASHIER, MANAGER, PASSWORD

PEPPER = b"a pepper of thirty random letters"


@pytest.mark.parametrize(
    "pin",
    ["0000", "1234", "4321", "2468", "9753", "1212", "1122", "1221", "1984", "2007", "2580", "0852", "7890"],
)
def test_pins_anybody_would_try_are_not_set(pin: str) -> None:
    assert "first that anybody would try" in pin_problem(pin, approves=False)


@pytest.mark.parametrize(
    "pin", ["111111", "123456", "654321", "121212", "123123", "112233", "24031984", "198403"]
)
def test_longer_ones_too(pin: str) -> None:
    assert "first that anybody would try" in pin_problem(pin, approves=True)


@pytest.mark.parametrize(
    ("pin", "approves", "problem"),
    [
        ("4711", False, ""),
        ("4711", True, "has to have 6 to 8 digits"),
        ("471108", True, ""),
        ("47110", False, ""),
        ("471", False, "has to have 4 to 8 digits"),
        ("471108352", False, "has to have 4 to 8 digits"),
        ("47a1", False, "has to be digits only"),
        ("٤٧١١", False, "has to be digits only"),
    ],
)
def test_people_who_approve_have_six_digits(pin: str, approves: bool, problem: str) -> None:
    assert pin_problem(pin, approves=approves) == problem


def test_setting_a_pin_keeps_out_weak_ones_and_another_pepper(world: World) -> None:
    with pytest.raises(UserError) as weak:
        set_person_pin(world.owner, CASHIER, "1234", PEPPER, approves=False)
    assert weak.value.code == "pin.weak"
    assert "1234" not in weak.value.text()
    set_person_pin(world.owner, CASHIER, "4711", PEPPER, approves=False)
    before = world.query("select staff, secret from pos.staff_secret order by staff")
    with pytest.raises(UserError) as other:
        set_person_pin(world.owner, MANAGER, "471108", b"another pepper", approves=True)
    assert other.value.code == "pin.other_pepper"
    assert world.query("select staff, secret from pos.staff_secret order by staff") == before
    stored = world.query("select t::text from pos.staff_secret t union all select t::text from pos.setting t")
    assert not [row for (row,) in stored if "4711" in row or PEPPER.decode() in row]


def till_with(world: World, folder: Path, pepper: bytes) -> tuple[TillServices, Database]:
    """A till of this shop whose secret store holds this pepper."""
    database = Database(world.database.dsn(world.shop.logins[1], PASSWORD))
    database.open()
    settings = load_settings(folder, {})
    settings.journal_dir.mkdir(parents=True)
    lock = TillLock(settings.journal_dir)
    return assemble(settings, ServerLink(database), SystemClock(), pepper, lock), database


@pytest.mark.parametrize("pepper", [b"", b"the neighbour's"])
def test_a_till_with_another_pepper_says_so_and_counts_nothing(
    world: World, tmp_path: Path, pepper: bytes
) -> None:
    set_person_pin(world.owner, CASHIER, "4711", PEPPER, approves=False)
    till, database = till_with(world, tmp_path, pepper)
    try:
        for _ in range(6):
            with pytest.raises(UserError) as refused:
                till.sign_in(CASHIER, "4711")
            assert refused.value.code == "till.other_pepper"
        assert world.query("select * from pos.sign_in_count") == []
    finally:
        till.close()
        database.close()


def test_the_right_pepper_signs_in_and_misses_wait(world: World, tmp_path: Path) -> None:
    set_person_pin(world.owner, CASHIER, "4711", PEPPER, approves=False)
    till, database = till_with(world, tmp_path, PEPPER)
    try:
        assert isinstance(till.sign_in(CASHIER, "4711"), SignedIn)
        waits = [till.sign_in(CASHIER, "4712") for _ in range(5)]
        assert waits == [SignInRefused(0)] * 4 + [SignInRefused(5)]
    finally:
        till.close()
        database.close()


def test_the_doctor_knows_the_shops_pepper(world: World, tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    finding = Finding(None, pepper=pepper_check(PEPPER))
    write_secret(settings.pepper_file, PEPPER.decode())
    assert list(check_pepper_fits(settings, finding)) == []
    write_secret(settings.pepper_file, "the neighbour's")
    (said,) = check_pepper_fits(settings, finding)
    assert (said.light, said.subject) == ("red", "Pepper")
    assert "can take no PIN" in said.found
    assert list(check_pepper_fits(settings, Finding(None))) == [], "no PIN was ever set with one"


def test_the_check_value_gives_nothing_away() -> None:
    assert len(pepper_check(PEPPER)) == 8
    assert pepper_check(PEPPER) != pepper_check(PEPPER + b"x")
    assert pepper_fits(PEPPER, pepper_check(PEPPER))
    assert not pepper_fits(b"", pepper_check(PEPPER))
    assert pepper_fits(b"", ""), "a shop from before has stored none"


def test_a_script_through_the_api_gets_nowhere_in_a_night(world: World) -> None:
    """Three hundred guesses by a stolen login, quick as it can: five are compared, the rest have to wait."""
    connection = world.connect()
    connection.execute("set statement_timeout = 0")
    before = world.one("select count(*) from pos.session")
    for guess in range(300):
        staff_rows.sign_in(connection, MANAGER, b"%d" % guess)
    assert world.one("select max(today) from pos.sign_in_count") == 5
    assert world.one("select count(*) from pos.session") == before
