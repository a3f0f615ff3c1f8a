"""``pos-desktop manager add|reset|end``: gives managers database logins of their own, or ends them."""

from __future__ import annotations

import argparse

from pos_desktop.cli.owner import add_owner_options, new_password, owner_connection
from pos_desktop.database.manager import add_manager, end_manager, reset_manager
from pos_desktop.errors import UserError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser and its three verbs."""
    parser = subparsers.add_parser(
        "manager",
        help="give managers their logins, or end them",
        description="A manager signs in to the inventory window with a login of his own, for the stores "
        "granted to him. The password is asked for, read from a pipe, or taken from "
        "POS_DESKTOP_NEW_PASSWORD; the server receives only its SCRAM verifier.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="add a manager, or change his name and stores")
    add.add_argument("login", help="lower case letters, digits and _, such as mgr_ann")
    add.add_argument("--name", required=True, help="the person's name, as it stands in the audit")
    add.add_argument("--store", type=int, action="append", required=True, help="a store's number; may repeat")
    for name, what in (("reset", "give a manager a new password"), ("end", "end a manager's login now")):
        verbs.add_parser(name, help=what).add_argument("login")
    for verb in verbs.choices.values():
        add_owner_options(verb)


def run(args: argparse.Namespace) -> int:
    """Do the verb and say what was done."""
    password = "" if args.verb == "end" else new_password(args.login)
    with owner_connection(args) as owner:
        if args.verb == "add":
            try:
                add_manager(owner, args.login, args.name, password, args.store)
            except LookupError as problem:
                raise UserError("owner.no_store", what=str(problem)) from problem
        elif args.verb == "reset":
            _known(reset_manager(owner, args.login, password), args.login)
        else:
            _known(end_manager(owner, args.login), args.login)
    done = {"add": "can sign in", "reset": "has a new password", "end": "can no longer sign in"}
    print(f"{args.login} {done[args.verb]}.")
    return 0


def _known(found: bool, login: str) -> None:
    if not found:
        raise UserError("owner.no_login", what=f"manager {login}")
