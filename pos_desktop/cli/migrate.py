"""``pos-desktop migrate``: brings the shop's database to the schema of this program."""

from __future__ import annotations

import argparse

from pos_desktop import paths
from pos_desktop.cli.owner import add_owner_options, server_settings
from pos_desktop.database.access import shop_server
from pos_desktop.database.migrate import load_plan, migrate


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "migrate",
        help="bring the database to the schema of this program",
        description="Applies the steps the database has not been through and the functions that changed, "
        "and prints each. Two programs may do it at once.",
    )
    add_owner_options(parser)


def run(args: argparse.Namespace) -> int:
    """Migrate and say what was done."""
    settings = server_settings(args)
    plan = load_plan(paths.migrations_dir())
    with shop_server(settings, say=_say) as dsn:
        report = migrate(dsn, plan, _say)
    if report.steps or report.functions:
        _say(f"The database is now at step {report.version}")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
