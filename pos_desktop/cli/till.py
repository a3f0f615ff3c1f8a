"""``pos-desktop till add|end``: enrols a till with a database login of its own, or shuts it out."""

from __future__ import annotations

import argparse

from pos_desktop.cli.owner import add_owner_options, new_password, owner_connection
from pos_desktop.database.till import block_till, enrol_till
from pos_desktop.errors import UserError


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser and its verbs."""
    parser = subparsers.add_parser(
        "till",
        help="enrol tills, or end them",
        description="Each till machine has a database login of its own. The password is asked for, read from "
        "a pipe, or taken from POS_DESKTOP_NEW_PASSWORD; put it into the till's settings.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="enrol a till, or give it a new password")
    end = verbs.add_parser("end", help="shut a till out at once")
    for verb in (add, end):
        verb.add_argument("--store", type=int, required=True, help="the store's number")
        verb.add_argument("--till", type=int, required=True, help="the till's number in its store")
        add_owner_options(verb)
    add.add_argument("--login", help="its database login; by default such as till_1_02")
    add.add_argument("--drawer", type=int, help="the number of its cash drawer; by default the till's")


def run(args: argparse.Namespace) -> int:
    """Do the verb and say what was done."""
    if args.verb == "end":
        with owner_connection(args) as owner:
            if not block_till(owner, store=args.store, number=args.till):
                raise UserError("owner.no_login", what=f"till {args.till} in store {args.store}")
        print(f"Till {args.till} of store {args.store} is shut out.")
        return 0
    login = args.login or f"till_{args.store}_{args.till:02d}"
    password = new_password(login)
    with owner_connection(args) as owner:
        try:
            enrol_till(
                owner,
                store=args.store,
                number=args.till,
                login=login,
                password=password,
                drawer=args.drawer,
            )
        except LookupError as problem:
            raise UserError("owner.no_store", what=str(problem)) from problem
    print(f"Till {args.till} of store {args.store} logs in as {login}.")
    return 0
