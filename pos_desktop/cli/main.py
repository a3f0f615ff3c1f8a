"""The command line: finds the command, runs it, and says in a sentence what stood in its way."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import logging.handlers
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, Protocol, cast

from pos_desktop import __version__, paths
from pos_desktop.errors import Bug, EnvironmentProblem, PosError, UserError

EXIT_USER = 1
EXIT_USAGE = 2
EXIT_BUG = 70
EXIT_ENVIRONMENT = 75
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

log = logging.getLogger("pos_desktop")


class CommandModule(Protocol):
    """What the module of a command offers."""

    def add_parser(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> Any:
        """Add the command's own parser, under its name in the registry."""

    def run(self, args: argparse.Namespace) -> int:
        """Do the work and return the exit code."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of the registry: its module is imported only when it is asked for."""

    name: str
    module: str
    help: str


COMMANDS: tuple[Command, ...] = (
    Command("demo", "demo", "open the register on a demo shop of its own"),
    Command("register", "register", "open the register of this till"),
    Command("inventory", "inventory", "open the manager's window"),
    Command("server", "server", "prepare a PostgreSQL server for the shop, or check it"),
    Command("setup", "setup", "make a shop from one file"),
    Command("migrate", "migrate", "bring the database to the schema of this program"),
    Command("import", "import_items", "read items from a CSV file"),
    Command("backup", "backup", "copy the whole server, and prove the copies"),
    Command("restore", "restore", "put a dump in place of what this machine's server holds"),
    Command("verify", "verify", "recompute the chain, the sums and the stock"),
    Command("export", "export", "write the journal for an inspector, or the verifier"),
    Command("law", "law", "set the hours, limits, deposits and cases of the shop"),
    Command("offers", "offers", "set the promotions, coupons and special prices of the shop"),
    Command("report", "report", "write a report for an inspector"),
    Command("keeper", "keeper", "watch the shop's server"),
    Command("status", "status", "show the shop's server and its tills"),
    Command("doctor", "doctor", "say what is wrong with this machine's set-up"),
    Command("config", "config", "show or check this machine's settings"),
    Command("support", "support", "collect what support asks for into one file"),
    Command("manager", "manager", "give managers their logins, or end them"),
    Command("voucher", "voucher", "give out vouchers or gift cards"),
    Command("till", "till", "give machines their tills, or take them away"),
    Command("replay", "replay", "let the robot cashier play a script"),
    Command("rights", "rights", "compare who may do what in the database with the list"),
    Command("schema-docs", "schema_docs", "write the page about the tables"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every trouble becomes a sentence on stderr."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    for name in ("SIGTERM", "SIGHUP"):  # SIGHUP: the terminal was closed; Windows has none
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _on_terminate)
    try:
        return _dispatch(arguments)
    except PosError as trouble:
        return _say_trouble(trouble)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away: head, less
        _drop_output()
        return 0
    except OSError as error:
        return _say_os_error(error)
    except Exception as error:
        log.critical("unexpected: %s", error, exc_info=True)
        return _say_trouble(Bug("bug", detail=f"{type(error).__name__}: {error}"))


def _dispatch(arguments: list[str]) -> int:
    chosen = _chosen(arguments)
    module = _load(chosen) if chosen else None
    parser = _parser(chosen, module)
    args = parser.parse_args(arguments)
    if module is None:
        parser.print_help()
        return EXIT_USAGE
    if getattr(args, "home", None):
        os.environ[paths.HOME_VARIABLE] = str(paths.home_dir(args.home))
    start_log(paths.home_dir())
    return module.run(args)


def _chosen(arguments: Sequence[str]) -> Command | None:
    """The command among the arguments: the first word that is no option and no option's value."""
    skip = False
    for word in arguments:
        if skip:
            skip = False
        elif word == "--home":
            skip = True
        elif not word.startswith("-"):
            return next((command for command in COMMANDS if command.name == word), None)
    return None


def _load(command: Command) -> CommandModule:
    name = f"pos_desktop.cli.{command.module}"
    try:
        return cast(CommandModule, importlib.import_module(name))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        print(f"pos-desktop {command.name} is not part of this installation.", file=sys.stderr)
        raise SystemExit(EXIT_USAGE) from error


def _parser(chosen: Command | None, module: CommandModule | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pos-desktop", description="A till for grocery and liquor shops.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"pos-desktop {__version__}")
    parser.add_argument("--home", type=Path, help="the folder with this machine's settings and data")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in COMMANDS:
        if command is chosen and module is not None:
            module.add_parser(subparsers)
            _accept_home(subparsers.choices[command.name])
        else:
            subparsers.add_parser(command.name, help=command.help)
    return parser


def _accept_home(parser: argparse.ArgumentParser) -> None:
    """Let ``--home`` follow the command too, unless the command has one of its own."""
    if "--home" not in parser._option_string_actions:
        parser.add_argument("--home", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)


class _Masked(logging.Formatter):
    """The log's form: one record with its trace, card numbers in it masked."""

    def format(self, record: logging.LogRecord) -> str:
        # Only now: GS1's tables take longer to load than most commands to run.
        from pos_desktop.domain.barcode import without_cards

        return without_cards(super().format(record))


def start_log(home: Path) -> None:
    """Write warnings and worse to ``logs/pos-desktop.log``; a home that cannot be written has no log."""
    try:
        folder = paths.make_private_dir(paths.make_private_dir(home) / "logs")
        handler = logging.handlers.RotatingFileHandler(
            folder / "pos-desktop.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8", delay=True
        )
    except OSError:
        return
    handler.setFormatter(_Masked("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)


def _say_trouble(trouble: PosError) -> int:
    print(trouble.text(), file=sys.stderr)
    if isinstance(trouble, UserError):
        return EXIT_USER
    if isinstance(trouble, EnvironmentProblem):
        return EXIT_ENVIRONMENT
    log.critical("bug: %s", trouble, exc_info=trouble)
    return EXIT_BUG


_DISK = {
    errno.ENOSPC: "There is no room left on the disk",
    errno.EDQUOT: "The disk quota of this user is used up",
    errno.EROFS: "The disk can only be read",
    errno.EACCES: "This user may not write or read there",
}


def _say_os_error(error: OSError) -> int:
    reason = _DISK.get(error.errno or 0)
    if reason is None:
        log.critical("unexpected: %s", error, exc_info=True)
        return _say_trouble(Bug("bug", detail=str(error)))
    where = f" ({error.filename})" if error.filename else ""
    print(f"{reason}{where}.\nPut that right and start again.", file=sys.stderr)
    return EXIT_ENVIRONMENT


def _on_terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM unwinds like Ctrl+C, so that the shop's server is stopped on the way out."""
    raise SystemExit(EXIT_TERMINATED)


def _drop_output() -> None:
    """Point stdout to nowhere: Python would complain about the broken pipe once more while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_utf8() -> None:
    """A bare machine's locale is C: names with accents still have to come out."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
