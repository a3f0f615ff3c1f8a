"""The doctor's lines about secrets: where this machine's pepper and passwords lie, and whether they serve."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pos_desktop.cli.doctor_check import AMBER, GREEN, RED, Check
from pos_desktop.config import PASSWORD_VARIABLE, Settings, login_password
from pos_desktop.database.probe import Finding
from pos_desktop.errors import PosError
from pos_desktop.secret_store import has_keyring, has_secret, kept_secret, secret_place
from pos_desktop.services.pin import pepper_fits


def check_secrets(settings: Settings) -> Iterator[Check]:
    """One line for each secret this machine keeps: where it lies, never what it is."""
    yield check_pepper(settings)
    yield from _login(settings)
    mail = settings.keeper.mail
    if mail is not None and mail.password_file is not None:
        yield _place("Mail", mail.password_file, settings)


def check_pepper(settings: Settings) -> Check:
    """Without the shop's pepper a till computes other secrets, and every right PIN counts as a wrong one."""
    file = settings.pepper_file
    if not has_secret(file):
        advice = "Copy it from another till (pos-desktop till pepper FILE); PINs are refused without"
        return Check(RED, "Pepper", f"{file} is not there, and no keyring has it", advice)
    return _place("Pepper", file, settings)


def check_pepper_fits(settings: Settings, finding: Finding) -> Iterator[Check]:
    """Whether this machine's pepper is the shop's, once the server knows its check value."""
    if finding.pepper and has_secret(settings.pepper_file):
        try:
            fits = pepper_fits(kept_secret(settings.pepper_file).encode(), finding.pepper)
        except PosError:
            return  # said already
        if not fits:
            advice = "Copy it from a till that takes PINs: pos-desktop till pepper FILE there, then to "
            advice += str(settings.pepper_file)
            yield Check(RED, "Pepper", "it is not the shop's: this till can take no PIN", advice)


def _login(settings: Settings) -> Iterator[Check]:
    """The password of this machine's database login."""
    if PASSWORD_VARIABLE in os.environ:
        yield Check(GREEN, "Password", f"in the environment ({PASSWORD_VARIABLE})")
    elif settings.database.password_file is not None:
        yield _place("Password", settings.database.password_file, settings)
    elif settings.database.keyring is not None:
        try:
            login_password(settings)
        except PosError as trouble:
            yield _red("Password", trouble)
        else:
            yield Check(GREEN, "Password", "in the system's keyring")


def _place(subject: str, file: Path, settings: Settings) -> Check:
    try:
        kept_secret(file)
    except PosError as trouble:
        return _red(subject, trouble)
    if secret_place(file) == "keyring":
        return Check(GREEN, subject, "in the system's keyring")
    if file.parent == settings.home and has_keyring():
        advice = "The register or the keeper moves it there when it starts next"
        return Check(AMBER, subject, f"in the file {file}, not in the system's keyring", advice)
    return Check(GREEN, subject, f"in the file {file}")


def _red(subject: str, trouble: PosError) -> Check:
    found, _, advice = trouble.text().partition("\n")
    return Check(RED, subject, found, advice)
