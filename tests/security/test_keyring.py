"""With a keyring in the system no secret of this machine lies in a file; without one each does, as before."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from pos_desktop.bootstrap import store_secrets, till_pepper
from pos_desktop.cli import main as cli
from pos_desktop.cli.doctor_secrets import check_secrets
from pos_desktop.config import Settings, load_settings, login_password
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.secret_store import (
    forget_pending,
    has_secret,
    kept_secret,
    pending_secret,
    put_secret,
    write_secret,
)
from pos_desktop.services.keeper_mail import send
from tests.keeper.mailbox import Mailbox
from tests.security.keyring_in_memory import Keyring

PEPPER, PASSWORD, MAIL = "the shop's pepper", "the keeper's own", "the mail server's"
SETTINGS = """
[database]
dsn = "dbname=pos"
login = "pos_keeper_1"
password_file = "keeper-password"
[keeper]
mail_server = "127.0.0.1:{port}"
mail_security = "none"
mail_from = "pos@example.org"
mail_to = "it@example.org"
mail_login = "pos"
mail_password_file = "mail-password"
"""
FILES = {"pepper": PEPPER, "keeper-password": PASSWORD, "mail-password": MAIL}

Use = Callable[[object], None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine as the version before left it: each secret in a file of its own."""
    monkeypatch.setenv("POS_DESKTOP_HOME", str(tmp_path))
    for name in ("POS_DESKTOP_PASSWORD", "POS_DESKTOP_DSN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "till.toml").write_text(SETTINGS.format(port=25), encoding="utf-8")
    for name, secret in FILES.items():
        write_secret(tmp_path / name, secret)
    return tmp_path


def places(settings: Settings) -> dict[str, tuple[str, str]]:
    return {check.subject: (check.light, check.found) for check in check_secrets(settings)}


def read_all(settings: Settings) -> list[str]:
    mail = settings.keeper.mail
    assert mail is not None
    assert mail.password_file is not None
    return [
        till_pepper(settings).decode(),
        str(login_password(settings, {})),
        kept_secret(mail.password_file),
    ]


def bytes_of(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_files_of_the_version_before_move_into_the_keyring(home: Path, use_keyring: Use) -> None:
    keyring, settings = Keyring(), load_settings(home, {})
    use_keyring(keyring)
    assert {light for light, _ in places(settings).values()} == {"amber"}
    store_secrets(settings)
    assert not [name for name in FILES if (home / name).exists()]
    assert not [secret for secret in FILES.values() if secret.encode() in bytes_of(home)]
    assert sorted(keyring.kept.values()) == sorted(FILES.values())
    assert read_all(settings) == [PEPPER, PASSWORD, MAIL]
    in_keyring = ("green", "in the system's keyring")
    assert places(settings) == dict.fromkeys(("Pepper", "Password", "Mail"), in_keyring)


@pytest.mark.parametrize("keyring", [None, Keyring(locked=True)], ids=["none", "locked"])
def test_without_a_keyring_they_stay_where_they_are(home: Path, use_keyring: Use, keyring: object) -> None:
    use_keyring(keyring)
    settings = load_settings(home, {})
    store_secrets(settings)
    assert read_all(settings) == [PEPPER, PASSWORD, MAIL]
    assert {found.rpartition("/")[2].partition(",")[0] for _, found in places(settings).values()} == set(
        FILES
    )
    modes = {stat.S_IMODE((home / name).stat().st_mode) for name in FILES}
    assert modes == {0o600} or os.name == "nt"


def test_a_keyring_that_does_not_open_is_said_and_no_second_pepper_made(home: Path, use_keyring: Use) -> None:
    keyring, settings = Keyring(), load_settings(home, {})
    use_keyring(keyring)
    store_secrets(settings)
    for closed in (Keyring(locked=True), Keyring(), None):  # locked, another user's, taken away
        use_keyring(closed)
        assert has_secret(settings.pepper_file)
        with pytest.raises(UserError) as said:
            till_pepper(settings)
        assert said.value.code == "secret.keyring_closed"
        assert {light for light, _ in places(settings).values()} == {"red"}
    use_keyring(keyring)
    assert till_pepper(settings).decode() == PEPPER


def test_a_file_that_is_put_there_counts_and_moves_too(home: Path, use_keyring: Use) -> None:
    use_keyring(Keyring())
    settings = load_settings(home, {})
    store_secrets(settings)
    write_secret(settings.pepper_file, "the right one, from another till")
    assert till_pepper(settings) == b"the right one, from another till"
    store_secrets(settings)
    assert not settings.pepper_file.exists()
    assert till_pepper(settings) == b"the right one, from another till"


def test_a_file_elsewhere_or_one_that_others_can_read_is_left_alone(
    home: Path, tmp_path_factory: pytest.TempPathFactory, use_keyring: Use
) -> None:
    use_keyring(Keyring())
    elsewhere = tmp_path_factory.mktemp("credentials") / "pepper"
    write_secret(elsewhere, PEPPER)
    text = (home / "till.toml").read_text(encoding="utf-8")
    (home / "till.toml").write_text(f"{text}\n[till]\npepper_file = '{elsewhere}'\n", encoding="utf-8")
    (home / "keeper-password").chmod(0o644)
    settings = load_settings(home, {})
    store_secrets(settings)
    assert elsewhere.exists()
    assert places(settings)["Pepper"] == ("green", f"in the file {elsewhere}")
    assert (home / "keeper-password").exists() == (os.name == "posix")
    assert not (home / "mail-password").exists()


def test_the_pepper_goes_from_till_to_till_as_a_file(
    home: Path, use_keyring: Use, capsys: pytest.CaptureFixture[str]
) -> None:
    use_keyring(Keyring())
    store_secrets(load_settings(home, {}))
    assert cli.main(["till", "pepper", str(home / "for-the-safe")]) == 0
    assert PEPPER not in capsys.readouterr().out
    assert (home / "for-the-safe").read_text(encoding="utf-8") == PEPPER
    assert stat.S_IMODE((home / "for-the-safe").stat().st_mode) == 0o600 or os.name == "nt"
    assert cli.main(["till", "pepper", str(home / "for-the-safe")]) == 1
    assert "there already" in capsys.readouterr().err


def test_a_secret_on_its_way_is_in_the_keyring_too(tmp_path: Path, use_keyring: Use) -> None:
    keyring = Keyring()
    use_keyring(keyring)
    assert pending_secret(tmp_path, "first") == "first"
    assert pending_secret(tmp_path, "second") == "first"
    assert b"first" not in bytes_of(tmp_path)
    forget_pending(tmp_path)
    assert keyring.kept == {}
    assert os.listdir(tmp_path) == []
    assert put_secret(tmp_path / "pepper", PEPPER) == "keyring"


def test_the_mail_goes_out_with_a_password_from_the_keyring(home: Path, use_keyring: Use) -> None:
    use_keyring(Keyring())
    with Mailbox(login=("pos", MAIL)) as box:
        (home / "till.toml").write_text(SETTINGS.format(port=box.server_address[1]), encoding="utf-8")
        settings = load_settings(home, {})
        store_secrets(settings)
        assert settings.keeper.mail is not None
        message = EmailMessage()
        message["Subject"] = "an alert"
        assert send(message, settings.keeper.mail) == ()
        assert [mail["Subject"] for _, mail in box.mails] == ["an alert"]
        put_secret(home / "mail-password", "another one")
        with pytest.raises(EnvironmentProblem):
            send(message, settings.keeper.mail)
