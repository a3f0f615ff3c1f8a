"""``pos-desktop support``: one file with what a helper on the telephone would ask for, and nothing secret."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path

from pos_desktop import __version__, paths
from pos_desktop.cli.doctor import examine_machine
from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.config import explain_settings, load_settings
from pos_desktop.config_file import without_passwords
from pos_desktop.database.embedded import place_for
from pos_desktop.database.status import server_status
from pos_desktop.domain.barcode import without_cards
from pos_desktop.errors import PosError, UserError, add_messages
from pos_desktop.journal.check import check_journal

LOG_BYTES = 2_000_000
"""As much of the end of each log as is taken."""
PACKAGES = ("PySide6-Essentials", "psycopg", "psycopg-pool", "python-escpos", "python-barcode")

add_messages(
    {
        "support.exists": "{file} is there already.\nGive another name with --output.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "support",
        help="collect what support asks for into one file",
        description="Versions, settings, doctor's checks, the state of journal and server, and the ends of "
        "the logs, in one zip file. No sale, customer, password or PIN is in it; card numbers are masked.",
    )
    parser.add_argument("--output", type=Path, help="the file (default: support-DATE-TIME.zip, here)")
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Write the file and say where it is and what it holds."""
    target = args.output or Path(f"support-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip")
    try:
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in _parts(args):
                bundle.writestr(name, _fit(text))
            held = bundle.namelist()
    except FileExistsError as error:
        raise UserError("support.exists", file=str(target)) from error
    print(f"{target}: {', '.join(held)}")
    print("Look through it, then send it to support. No sale, customer, password or PIN is in it.")
    return 0


def _parts(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Every file of the bundle; what cannot be had says why in its place."""
    yield "about.json", _json(_about())
    yield "config.json", _told(_config)
    yield "doctor.txt", _told(lambda: "\n".join(check.line for check in examine_machine()))
    yield "journal.json", _told(_journal)
    yield "server.json", _told(lambda: _server(args))
    for file in _logs():
        yield f"logs/{file.name}", _told(partial(_end_of, file))


def _told(part: Callable[[], str]) -> str:
    try:
        return part()
    except (PosError, OSError) as trouble:
        return f"not to be had: {trouble}"


def _about() -> dict[str, object]:
    return {
        "program": __version__,
        "packaged": paths.bundle_root() is not None,
        "python": sys.version,
        "system": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "written_at": datetime.now(UTC),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not known"


def _config() -> str:
    explained = explain_settings()
    used = {used.key: {"value": used.value, "source": used.source} for used in explained.used}
    problems = [problem.text() for problem in explained.problems]
    return _json({"file": explained.file, "settings": used, "problems": problems})


def _journal() -> str:
    file = load_settings().journal_dir / "journal.db"
    return _json(asdict(check_journal(file))) if file.exists() else f"there is no {file}"


def _server(args: argparse.Namespace) -> str:
    with owner_connection(args) as owner:
        return _json(asdict(server_status(owner)))


def _logs() -> list[Path]:
    home = paths.home_dir()
    return sorted([*(home / "logs").glob("*.log*"), *place_for(home).glob("*.log")])


def _end_of(file: Path) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - LOG_BYTES))
        return opened.read().decode("utf-8", "replace")


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, indent=1)


def _fit(text: str) -> str:
    """Fit to be sent: neither a card number nor a password that got into a line all the same."""
    return without_cards(without_passwords(text))
