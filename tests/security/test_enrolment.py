"""A machine becomes a till by a one-time code, another takes its place, and a revoked one is out."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from pos_desktop.cli.main import main
from pos_desktop.config import load_settings, login_password
from pos_desktop.database import enrol
from pos_desktop.database import till as till_rows
from pos_desktop.domain.claim_code import ClaimCode, make_code, read_code
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.secret_store import PENDING_NAME, read_secret
from tests.database.conftest import World
from tests.database.shop import MILK, TillClient, line

CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b")


@pytest.fixture
def office(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs an owner's command and returns what it printed."""
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", world.database.owner_password)

    def run(*words: str) -> str:
        assert main([*words, "--dsn", world.database.owner_address]) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def machine(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], int]:
    """Runs ``till claim`` with a home of its own, as on another machine."""

    def claim(name: str, login: str, code: str) -> int:
        home = tmp_path / name
        home.mkdir(exist_ok=True)
        file = home / "till.toml"
        if not file.exists():
            file.write_text(
                f'[screen]\ntheme = "dark"\n\n[database]\ndsn = "{world.database.owner_address}"\n'
            )
        with monkeypatch.context() as patch:
            patch.delenv("POS_DESKTOP_PASSWORD", raising=False)
            patch.setattr("sys.stdin", io.StringIO(f"{code}\n"))
            return main(["--home", str(home), "till", "claim", login])

    return claim


def secret_of_machine(home: Path) -> str:
    password = login_password(load_settings(home, {}), {})
    assert password is not None
    return password


def test_a_code_survives_small_letters_and_look_alikes_but_no_slip() -> None:
    code = make_code(bytes(range(32)))
    assert read_code(code.text) == read_code(code.text.lower().replace("-", " ").replace("0", "o")) == code
    for place in range(20):
        for sign in "17KZ":
            slip = code.signs[:place] + sign + code.signs[place + 1 :]
            if slip != code.signs:
                with pytest.raises(ValueError, match="no code"):
                    read_code(slip)
    with pytest.raises(ValueError, match="no code"):
        read_code(code.text[:-1])
    assert code.signs not in repr(code)
    assert len({make_code(bytes([n]) * 32).password for n in range(32)}) == 32


def test_a_machine_becomes_the_till_by_its_code(
    world: World,
    office: Callable[..., str],
    machine: Callable[[str, str, str], int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    login = f"new_{world.database.name}"
    world.database.logins.append(login)
    said = office("till", "enroll", "--store", "1", "--till", "7", "--login", login)
    (code,) = CODE.findall(said)
    assert "waiting for its code" in office("till", "list")
    assert machine("seven", login, code.lower()) == 0
    home = tmp_path / "seven"
    assert "till 7 of store 1 now" in capsys.readouterr().out
    assert "in use" in office("till", "list").splitlines()[-1]
    text = (home / "till.toml").read_text()
    secret = secret_of_machine(home)
    assert len(secret) >= 40
    assert secret not in text
    assert load_settings(home, {}).database.login == login
    assert load_settings(home, {}).screen.theme == "dark", "the other settings stay"
    assert not (home / PENDING_NAME).exists()
    with world.database.connect(login, secret) as connection:
        till = TillClient(world.shop, connection, number=7)
        assert till_rows.hello(connection, "1", 0)["till"]["number"] == 7
        assert till.open_shift().flags == ("not_signed_in",)
        limit = connection.execute(
            "select rolconnlimit from pg_roles where rolname = session_user"
        ).fetchone()
        assert limit == (8,)
    assert world.one("select rolpassword from pg_authid where rolname = %s", login).startswith(
        "SCRAM-SHA-256$"
    )
    seal = "select seal = sha256(convert_to(%s, 'UTF8')) from pos.login_seal where login = %s"
    assert world.one(seal, world.one("select rolpassword from pg_authid where rolname = %s", login), login)
    assert world.query("select kind from pos.flag order by id")[0] == ("till_claimed",)


def test_a_code_counts_once_and_for_its_time(world: World) -> None:
    login, code = give(world)
    dsn = world.database.owner_dsn
    assert enrol.claim_till(dsn, login, code, "the first machine's") == enrol.Claimed(1, 9)
    assert refusal(dsn, login, code) == "enrol.refused", "its login part is dead too"
    login, code = give(world, number=10)
    world.owner.execute("update pos.enrolment set until = now() where used_at is null")
    assert refusal(dsn, login, code) == "enrol.expired"
    assert world.one("select claimed from pos.till where number = 10") is False
    renewed = make_code(bytes(32))
    enrol.give_code(world.owner, renewed, store=1, number=10, login=login)
    assert refusal(dsn, login, code) == "enrol.refused"
    assert enrol.claim_till(dsn, login, renewed, "second thoughts").till == 10


def test_wrong_codes_are_counted_and_the_fifth_ends_the_code(world: World) -> None:
    login, code = give(world)
    guesses = [with_other_end(code, sign) for sign in "12345"]
    dsn = world.database.owner_dsn
    assert [refusal(dsn, login, guess) for guess in guesses] == ["enrol.wrong"] * 5
    assert refusal(dsn, login, code) == "enrol.spent"
    assert world.query("select kind, alarm from pos.flag") == [("code_guessing", True)]


def test_a_login_that_waits_for_its_code_can_do_nothing_else(world: World) -> None:
    login, code = give(world)
    with world.database.connect(login, code.password) as connection:
        assert connection.execute("select count(*) from api.staff").fetchone() == (0,)
        for call in ("api.hello('1', 0)", "api.held_sales()", "api.find_item('x')", "api.sign_in_try(1, '')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select {call}".encode())
        till = TillClient(world.shop, connection, number=9)
        assert till.open_shift().reason == "till_blocked"


def test_a_code_is_for_a_till_nobody_uses(world: World, office: Callable[..., str]) -> None:
    for number in (1, 2):
        with pytest.raises(UserError) as refused:
            enrol.give_code(
                world.owner, make_code(bytes(32)), store=1, number=number, login=world.shop.logins[number]
            )
        assert refused.value.code == "enrol.in_use"
    with pytest.raises(UserError) as refused:
        enrol.give_code(
            world.owner, make_code(bytes(32)), store=1, number=99, login="till_never_made", replace=True
        )
    assert refused.value.code == "enrol.no_till"
    assert world.one("select count(*) from pg_roles where rolname = 'till_never_made'") == 0


def test_replacing_a_machine_ends_the_old_one_and_begins_a_series(
    world: World, office: Callable[..., str], machine: Callable[[str, str, str], int], tmp_path: Path
) -> None:
    login = world.shop.logins[1]
    old = world.till(1)
    assert old.post(old.sale([line(world.shop.items[MILK])])).outcome == "booked"
    (code,) = CODE.findall(office("till", "replace", "--store", "1", "--till", "1"))
    with pytest.raises(psycopg.OperationalError):
        old.connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="password"):
        world.database.connect(login, "a till's secret")
    assert machine("spare", login, code) == 0
    with world.database.connect(login, secret_of_machine(tmp_path / "spare")) as connection:
        place = till_rows.hello(connection, "1", 0)["till"]
        assert (place["epoch"], place["next_no"], place["grand"]) == (2, 1, 0)
        again = till_rows.hello(connection, "1", 0)["till"]
        assert again["epoch"] == 2, "nothing posted in it yet: the same series"
        till = TillClient(world.shop, connection)
        till.epoch, till.head, till.shift = 2, bytes.fromhex(place["head"]), old.shift
        assert till.post(till.sale([line(world.shop.items[MILK])])).outcome in ("booked", "flagged")
        assert till_rows.hello(connection, "1", 0)["till"]["epoch"] == 2, "one series, not one each start"
    kinds = {kind for (kind,) in world.query("select kind from pos.flag")}
    assert {"till_replaced", "till_claimed", "new_epoch"} <= kinds


def test_a_mistyped_code_leaves_a_working_till_alone(
    world: World,
    office: Callable[..., str],
    machine: Callable[[str, str, str], int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    login, code = give(world)
    assert machine("nine", login, code.text) == 0
    secret = secret_of_machine(tmp_path / "nine")
    assert machine("nine", login, code.text[:-1] + "X") == 1
    assert "Type all five groups again" in capsys.readouterr().err
    assert machine("nine", login, make_code(bytes(range(7, 39))).text) == 1
    assert "does not take this code" in capsys.readouterr().err
    assert secret_of_machine(tmp_path / "nine") == secret
    world.database.connect(login, secret).close()


def test_an_answer_lost_on_the_way_back_is_settled_by_the_next_try(
    world: World, machine: Callable[[str, str, str], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login, code = give(world)
    real = enrol._swap

    def lost(*arguments: object) -> object:
        real(*arguments)  # type: ignore[arg-type]
        raise psycopg.OperationalError("the server closed the connection")

    def away(*_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(enrol, "_swap", lost)
        patch.setattr(enrol, "_taken", away)
        assert machine("nine", login, code.text) == 75
    waiting = read_secret(tmp_path / "nine" / PENDING_NAME)
    assert machine("nine", login, code.text) == 0
    assert secret_of_machine(tmp_path / "nine") == waiting


def test_a_revoked_till_is_out_within_a_moment_and_not_back_by_reconnecting(
    world: World, office: Callable[..., str]
) -> None:
    login = world.shop.logins[2]
    sessions = [world.connect(2) for _ in range(3)]
    assert "shut out" in office("till", "revoke", "--store", "1", "--till", "2")
    for session in sessions:
        with contextlib.suppress(psycopg.OperationalError):
            session.execute("select 1")
            pytest.fail("a session lives")
    with pytest.raises(psycopg.OperationalError):
        world.database.connect(login, "a till's secret")
    assert world.one("select count(*) from pg_stat_activity where usename = %s", login) == 0
    assert "revoked" in office("till", "list").splitlines()[2]


def give(world: World, number: int = 9) -> tuple[str, ClaimCode]:
    """A till with a code waiting."""
    login, code = f"new{number}_{world.database.name}", make_code(bytes(range(number, number + 32)))
    world.database.logins.append(login)
    enrol.give_code(world.owner, code, store=1, number=number, login=login)
    return login, code


def refusal(dsn: str, login: str, code: ClaimCode) -> str:
    with pytest.raises((UserError, EnvironmentProblem)) as refused:
        enrol.claim_till(dsn, login, code, "a machine's secret")
    return refused.value.code


def with_other_end(code: ClaimCode, sign: str) -> ClaimCode:
    """The same login part with another proof."""
    return ClaimCode(code.signs[:8] + sign * 12)
