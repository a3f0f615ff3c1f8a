"""The settings of one machine: read from ``till.toml`` and the environment into one frozen value.

Nothing else reads the environment or the file. A value that cannot be used is named with the file,
the key and what would be right; an unknown key too, since it usually is a slip of the finger.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pos_desktop import device_settings as devices
from pos_desktop import paths
from pos_desktop.backup_settings import KEYS as BASE_KEYS
from pos_desktop.backup_settings import BaseSettings, read_bases
from pos_desktop.config_file import SettingsReader, Used, variable_of
from pos_desktop.device_settings import DisplaySettings, DrawerSettings, ScaleSettings, ScannerSettings
from pos_desktop.errors import UserError, add_messages
from pos_desktop.secret_store import from_keyring, kept_secret
from pos_desktop.words import ENGLISH, LANGUAGES, LONG

FILE_NAME = "till.toml"
PASSWORD_VARIABLE = "POS_DESKTOP_PASSWORD"
DSN_VARIABLE = "POS_DESKTOP_DSN"

PRINTER_KINDS = ("network", "usb", "serial", "file", "none")
CODE_PAGES = ("CP437", "CP850", "CP852", "CP858", "CP866", "CP1250", "CP1252")
THEMES = ("light", "dark")
PAPER_WIDTHS = (58, 80)
MAIL_SECURITY = ("starttls", "tls", "none")
LOCK_MINUTES = 5
LONGEST_LOCK_MINUTES = 60
LOCK_WORDS = f"a number of minutes up to {LONGEST_LOCK_MINUTES}, or 0 for after each sale"

add_messages(
    {
        "config.no_tls": (
            "The server {host} is on the network, so its connection has to be checked.\n"
            "Add sslmode=verify-full to dsn in {file}, or insecure = true if nobody else is on that network."
        ),
        "config.dsn": "dsn in {file} is no connection string.\nWrite it like host=shop-server dbname=pos.",
    }
)


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Which server: ``dsn`` of the shop's own, or None for the embedded one of this machine."""

    dsn: str | None
    insecure: bool
    login: str
    password_file: Path | None
    keyring: str | None

    @property
    def embedded(self) -> bool:
        """Whether this machine runs the server itself."""
        return self.dsn is None


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """Where receipts go: ``address`` is host:port, a serial port, vendor:product, or a file."""

    kind: str
    address: str
    width_mm: int
    code_page: str


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """How the window looks: theme, and a fixed size in pixels (None is the whole screen); after how many
    minutes without a touch it locks itself, 0 being after each sale; and which language it speaks."""

    theme: str
    size: tuple[int, int] | None
    lock_minutes: int
    language: str


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How the keeper mails its alerts: by ``server`` (host or host:port), to one or more addresses."""

    server: str
    sender: str
    to: tuple[str, ...]
    security: str
    login: str
    password_file: Path | None


@dataclass(frozen=True, slots=True)
class KeeperSettings:
    """Where the keeper writes chain heads outside the database, and whom it mails (None: nobody)."""

    anchors_dir: Path
    mail: MailSettings | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything this machine has to know before it starts."""

    home: Path
    file: Path
    database: DatabaseSettings
    journal_dir: Path
    journal_mirror_dir: Path | None
    backup_dir: Path | None
    second_backup_dir: Path | None
    bases: BaseSettings
    pepper_file: Path
    printer: PrinterSettings
    drawer: DrawerSettings
    screen: ScreenSettings
    keeper: KeeperSettings
    scale: ScaleSettings
    scanner: ScannerSettings
    display: DisplaySettings
    volume: int


@dataclass(frozen=True, slots=True)
class ExplainedSettings:
    """The settings of ``file`` one by one in the order of KEYS, and what of them cannot be used."""

    file: Path
    used: tuple[Used, ...]
    problems: tuple[UserError, ...]


def load_settings(home: Path | str | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the machine whose data lie in ``home``; a missing file means all defaults."""
    environment = os.environ if environment is None else environment
    return _settings(_reader(home, environment))


def explain_settings(
    home: Path | str | None = None, environment: Mapping[str, str] | None = None
) -> ExplainedSettings:
    """What each setting is and where it comes from, and every value that cannot be used, not only the first.

    A value that cannot be used is told as its default. UserError when the file is no TOML.
    """
    environment = os.environ if environment is None else environment
    reader, problems = _reader(home, environment), []
    while True:
        try:
            _settings(reader)
            break
        except UserError as problem:
            problems.append(problem)
            key = str(problem.params["key"])
            # What is missing cannot be taken out: then it is the rest of its section that asks for it.
            if not reader.without(key) and not reader.without(key.partition(".")[0]):
                break
    used = tuple(reader.used(f"{section}.{name}") for section, names in KEYS.items() for name in names)
    return ExplainedSettings(reader.file, used, tuple(problems))


def _reader(home: Path | str | None, environment: Mapping[str, str]) -> SettingsReader:
    dsn = environment.get(DSN_VARIABLE)  # the short name of this one is older
    named = {**environment, variable_of("database.dsn"): dsn} if dsn else environment
    return SettingsReader(paths.home_dir(home) / FILE_NAME, KEYS, named)


def _settings(reader: SettingsReader) -> Settings:
    reader.refuse_unknown()
    return Settings(
        home=reader.file.parent,
        file=reader.file,
        database=_database(reader),
        journal_dir=reader.folder("journal.directory", "journal"),
        journal_mirror_dir=reader.path("journal.mirror_directory"),
        backup_dir=reader.folder("backup.directory", "backups"),
        second_backup_dir=reader.path("backup.second_directory"),
        bases=read_bases(reader),
        pepper_file=reader.folder("till.pepper_file", "pepper"),
        printer=_printer(reader),
        drawer=devices.read_drawer(reader),
        screen=ScreenSettings(
            reader.choice("screen.theme", THEMES, "light"),
            _size(reader),
            reader.between("screen.lock_minutes", 0, LONGEST_LOCK_MINUTES, LOCK_MINUTES, LOCK_WORDS),
            _language(reader),
        ),
        keeper=KeeperSettings(reader.folder("keeper.anchors_directory", "anchors"), _mail(reader)),
        scale=devices.read_scale(reader),
        scanner=devices.read_scanner(reader),
        display=devices.read_display(reader),
        volume=devices.read_volume(reader),
    )


# Section -> its keys; each also has a variable of the environment (see variable_of).
KEYS: dict[str, tuple[str, ...]] = {
    "database": ("dsn", "insecure", "login", "password_file", "keyring"),
    "till": ("pepper_file",),
    "journal": ("directory", "mirror_directory"),
    "backup": ("directory", "second_directory", *BASE_KEYS),
    "printer": ("kind", "address", "width", "code_page"),
    **devices.KEYS,
    "screen": ("theme", "size", "lock_minutes", "language"),
    "keeper": (
        "anchors_directory", "mail_server", "mail_from", "mail_to", "mail_security", "mail_login",
        "mail_password_file",
    ),
}  # fmt: skip


def _database(reader: SettingsReader) -> DatabaseSettings:
    return DatabaseSettings(
        dsn=reader.text("database.dsn", "") or None,
        insecure=reader.flag("database.insecure", False),
        login=reader.text("database.login", ""),
        password_file=reader.path("database.password_file"),
        keyring=reader.text("database.keyring", "") or None,
    )


# Printer kind -> what its address has to look like, as a pattern and in words.
_ADDRESSES: dict[str, tuple[str, str]] = {
    "network": (
        r"[^\s:]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?",
        "a host or host:port, such as 192.168.1.50:9100",
    ),
    "usb": (r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", "vendor:product in hex, such as 04b8:0e15"),
    "serial": (r"\S+", "a serial port, such as /dev/ttyUSB0 or COM3"),
    "file": (r".+", "a file the receipts are written to"),
    "none": (r"", "left out, since there is no printer"),
}


def _printer(reader: SettingsReader) -> PrinterSettings:
    kind = reader.choice("printer.kind", PRINTER_KINDS, "none")
    address = reader.text("printer.address", "")
    pattern, words = _ADDRESSES[kind]
    if not re.fullmatch(pattern, address):
        raise reader.wrong("printer.address", address, words)
    return PrinterSettings(
        kind=kind,
        address=address,
        width_mm=reader.number("printer.width", PAPER_WIDTHS, 80),
        code_page=reader.choice("printer.code_page", CODE_PAGES, "CP858"),
    )


def _size(reader: SettingsReader) -> tuple[int, int] | None:
    value = reader.text("screen.size", "")
    if not value:
        return None
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", value)
    if match is None or int(match[1]) < 1024 or int(match[2]) < 600:
        raise reader.wrong("screen.size", value, "width x height of at least 1024x600, such as 1366x768")
    return int(match[1]), int(match[2])


def _language(reader: SettingsReader) -> str:
    """The screens' and papers' language; the test language is taken too, and not offered."""
    if reader.get("screen.language") == LONG:
        return LONG
    return reader.choice("screen.language", tuple(LANGUAGES), ENGLISH)


def _mail(reader: SettingsReader) -> MailSettings | None:
    server = reader.text("keeper.mail_server", "")
    if not server:
        return None
    pattern, _ = _ADDRESSES["network"]
    if not re.fullmatch(pattern, server):
        raise reader.wrong("keeper.mail_server", server, "a host or host:port, such as smtp.example.org:587")
    people = reader.text("keeper.mail_to", "")
    named = tuple(address.strip() for address in people.split(","))
    for key, addresses in (("mail_from", (reader.text("keeper.mail_from", ""),)), ("mail_to", named)):
        for address in addresses:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
                raise reader.wrong(f"keeper.{key}", address, "a mail address, such as it@example.org")
    return MailSettings(
        server=server,
        sender=reader.text("keeper.mail_from", ""),
        to=named,
        security=reader.choice("keeper.mail_security", MAIL_SECURITY, "starttls"),
        login=reader.text("keeper.mail_login", ""),
        password_file=reader.path("keeper.mail_password_file"),
    )


def save_database(file: Path, values: Mapping[str, str | bool]) -> None:
    """Write ``values`` as the file's section [database]; see :func:`save_section`.

    Secrets do not belong in it: ``password_file`` and ``keyring`` only say where they are.
    """
    save_section(file, "database", values)


def save_section(file: Path, section: str, values: Mapping[str, str | bool | int]) -> None:
    """Write ``values`` as the file's ``section``, in place of the one it has; the rest stays as it is.

    OSError when the file cannot be written.
    """
    before = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    kept = re.sub(rf"(?ms)^[ \t]*\[{section}\].*?(?=^[ \t]*\[|\Z)", "", before).strip("\n")
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(values.items())]
    text = "\n".join([f"[{section}]", *lines, ""]) + (f"\n{kept}\n" if kept else "")
    tomllib.loads(text)
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def login_password(settings: Settings, environment: Mapping[str, str] | None = None) -> str | None:
    """The password of the machine's database login: environment, then file, then keyring; None without any.

    A file others can read is refused rather than used: a secret everybody knows protects nothing.
    """
    environment = os.environ if environment is None else environment
    if PASSWORD_VARIABLE in environment:
        return environment[PASSWORD_VARIABLE]
    if settings.database.password_file is not None:
        return kept_secret(settings.database.password_file)
    if settings.database.keyring is not None:
        return from_keyring(settings.database.keyring, settings.database.login)
    return None
