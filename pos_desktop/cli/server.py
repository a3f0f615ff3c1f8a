"""``pos-desktop server init|check``: prepares a PostgreSQL server for the shop, and says what it lacks."""

from __future__ import annotations

import argparse

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, owner_shop
from pos_desktop.database.dsn import with_database
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.server_init import Action, Wish, actions, network_of, perform, refuse_unfit
from pos_desktop.errors import UserError, add_messages

EXIT_LACKS = 1
WORD = "prepare"

add_messages(
    {
        "server.own": (
            "This machine runs its shop's server itself, and sets it up by itself.\n"
            "Name the server to prepare with --dsn."
        ),
        "server.kept": "Nothing was changed.\nStart again when you are ready.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser and its verbs."""
    parser = subparsers.add_parser(
        "server",
        help="prepare a PostgreSQL server for the shop, or check it",
        description="Connects as the server's superuser (to the database postgres, say). check says what the "
        "server lacks for a shop; init shows it, asks, and does it: settings, database, doors, tables.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="say what the server lacks; 1 when there is anything")
    init = verbs.add_parser("init", help="show what is to be done, ask, and do it")
    init.add_argument("--yes", action="store_true", help="do not ask")
    for verb in (check, init):
        verb.add_argument("--database", default="pos", metavar="NAME", help="the shop's database")
        verb.add_argument(
            "--network", required=True, metavar="NET", help="where the tills are: 192.168.1.0/24"
        )
        verb.add_argument(
            "--certificate", default="", metavar="FILE", help="as the server's machine names it"
        )
        verb.add_argument("--key", default="", metavar="FILE", help="of the certificate")
        verb.add_argument(
            "--archive",
            default="",
            metavar="DIR",
            help="base backups and log below it, as the server sees it",
        )
        verb.add_argument(
            "--archive-command", default="", metavar="CMD", help="archive the log by CMD instead"
        )
        add_owner_options(verb)


def run(args: argparse.Namespace) -> int:
    """Look, show, and with ``init`` ask and do."""
    wish = Wish(
        args.database,
        network_of(args.network),
        args.certificate,
        args.key,
        args.archive,
        args.archive_command,
    )
    with owner_shop(args) as (settings, dsn, owner):
        if settings.database.embedded:
            raise UserError("server.own")
        refuse_unfit(owner)
        todo = actions(owner, wish)
        _show(todo)
        if args.verb == "check":
            return EXIT_LACKS if todo else 0
        if todo and not (args.yes or _agreed()):
            raise UserError("server.kept")
        left = perform(owner, todo, wish)
    migrate(with_database(dsn, wish.database), load_plan(paths.migrations_dir()), _say)
    for what in left:
        _say(f"Left for you: {what}")
    _say(f"The database {wish.database} is ready for: pos-desktop setup")
    return 0


def _show(todo: list[Action]) -> None:
    if not todo:
        _say("The server has all a shop needs.")
        return
    _say("To be done:")
    for action in todo:
        _say(f"  {action.what}{' (takes a restart)' if action.restart else ''}")


def _agreed() -> bool:
    return input(f"Type {WORD} to do it: ").strip().lower() == WORD


def _say(line: str) -> None:
    print(line, flush=True)
