"""``pos-desktop register``: opens the register of this till."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pos_desktop.bootstrap import store_secrets
from pos_desktop.cli.own_server import own_server, own_till_dsn, shop_backup
from pos_desktop.config import Settings, load_settings
from pos_desktop.errors import UserError, add_messages

if TYPE_CHECKING:
    from ui.app import RegisterOptions

add_messages(
    {
        "screen.size": (
            "{size} is no window size.\nWrite width x height of at least 1024x600, such as 1366x768."
        ),
        "screen.none": (
            "There is no display to open a window on.\n"
            "Start it at the till itself, or set DISPLAY or WAYLAND_DISPLAY."
        ),
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "register",
        help="open the register of this till",
        description="Opens the register on the shop's server that till.toml names, or on this machine's own. "
        "Without --size it fills the screen.",
    )
    add_screen_options(parser)


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """How a register window looks; the demo has the same options."""
    parser.add_argument("--size", help="a window of this size instead of the whole screen, such as 1366x768")
    parser.add_argument(
        "--full-screen", action="store_true", help="the whole screen, whatever till.toml says"
    )
    parser.add_argument("--theme", choices=("light", "dark"), help="light or dark")
    parser.add_argument("--scale", type=int, default=100, metavar="PERCENT", help="UI size, 90 to 175")
    parser.add_argument("--left-hand", action="store_true", help="basket at the right, keypad at the left")
    parser.add_argument("--no-sound", action="store_true", help="no tones")


def run(args: argparse.Namespace) -> int:
    """Open the window; returns when it is closed."""
    settings = load_settings()
    store_secrets(settings)
    from ui.app import run_register  # the window's libraries are loaded only where a window is wanted

    options = screen_options(args, settings)
    if not settings.database.embedded:
        return run_register(settings, options)
    with own_server(settings, print) as server:
        dsn, backup = own_till_dsn(settings, server), shop_backup(settings, server)
        return run_register(settings, options, dsn=dsn, backup=backup)


def screen_options(args: argparse.Namespace, settings: Settings) -> RegisterOptions:
    """The options of the command line over those of till.toml."""
    from ui.app import RegisterOptions

    return RegisterOptions(
        size=None if args.full_screen else window_size(args.size) or settings.screen.size,
        dark=(args.theme or settings.screen.theme) == "dark",
        scale=args.scale,
        mirrored=args.left_hand,
        sound=not args.no_sound,
        auto_lock_minutes=settings.screen.lock_minutes,
    )


def window_size(text: str | None) -> tuple[int, int] | None:
    """``1366x768`` as (1366, 768); UserError when it is not a size the register fits in."""
    if not text:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) < 1024 or int(height) < 600:
        raise UserError("screen.size", size=text)
    return int(width), int(height)
