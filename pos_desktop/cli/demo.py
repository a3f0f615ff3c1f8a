"""``pos-desktop demo``: a shop of its own on this machine, and the register open on a ready sale."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.demo_machine import DemoMachine, DemoOptions, demo_machine, save_papers
from pos_desktop.cli.register import add_screen_options, screen_options

FLOAT = 15_000
OUTPUT = "demo-output"
EXIT_FAILED = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "demo",
        help="open the register on a demo shop of its own",
        description="Starts a PostgreSQL server of its own, loads the demo shop and opens the register. With "
        "no display, or with --robot, the robot cashier works a shop day instead.",
    )
    add_screen_options(parser)
    parser.add_argument("--robot", action="store_true", help="let the robot cashier work a day offscreen")
    parser.add_argument("--output", type=Path, default=Path(OUTPUT), help="where receipts and pictures go")
    parser.add_argument("--store", type=int, default=1, choices=(1, 2), help="1: tax included, 2: tax added")


def run(args: argparse.Namespace) -> int:
    """Open the demo; the database is stopped cleanly on every way out."""
    if args.robot or not has_display():
        return _robot_day(args)
    home = paths.home_dir() / "demo"
    with demo_machine(home, DemoOptions(store=args.store), _say, _progress) as machine:
        _say("The register opens. Close its window to stop the shop.")
        return _window(args, machine)


def has_display() -> bool:
    """Whether a window can be shown; an offscreen Qt was asked for on purpose, so there is none."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _window(args: argparse.Namespace, machine: DemoMachine) -> int:
    from ui.app import run_register
    from ui.robot.run import draw_paper

    cashier = next(person for person in machine.shop.staff if person.role == "cashier")
    pins = ", ".join(
        f"{person.name} {person.pin}" for person in machine.shop.staff if args.store in person.stores
    )
    options = replace(
        screen_options(args, machine.settings),
        hint=f"Demo PINs: {pins}",
        sign_in=(cashier.number, cashier.pin),
        float_amount=FLOAT,
    )
    if not args.full_screen and options.size is None:
        options = replace(options, size=(1366, 768))
    try:
        return run_register(machine.settings, options, dsn=machine.dsn, backup=machine.backup)
    finally:
        count = save_papers(machine.printer.papers, args.output / "receipts", draw_paper)
        if count:
            _say(f"{count} receipts are in {args.output / 'receipts'}")


def _robot_day(args: argparse.Namespace) -> int:
    """A scripted day through the real window, offscreen: pictures, receipts and a summary for looking at."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from pos_desktop.cli.replay import parse_size, run_script, summary

    _say("The robot cashier works a shop day offscreen.")
    size = parse_size(args.size) if args.size else (1366, 768)
    with tempfile.TemporaryDirectory(prefix="pos-demo-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # as root the server runs as another user, who has to pass through
        with demo_machine(home, DemoOptions(store=args.store), _say, _progress) as machine:
            report = run_script(machine, demo_day(), args.output, size=size, dark=args.theme == "dark")
    found = json.dumps(summary(report), ensure_ascii=False, indent=1)
    (args.output / "summary.json").write_text(found + "\n", encoding="utf-8")
    if report.failure:
        print(f"The day stopped at {report.failure}", file=sys.stderr)
        return EXIT_FAILED
    _say(f"{report.steps} steps as written; pictures, receipts and summary.json are in {args.output}")
    return 0


def demo_day() -> Path:
    """The script of the demo's shop day."""
    return paths.resources_dir() / "scripts" / "demo-day.jsonl"


def _say(line: str) -> None:
    print(line, flush=True)


def _progress(what: str, done: int, of: int) -> None:
    if of and (done == of or done % max(1, of // 10) == 0):
        _say(f"  {what}: {done} of {of}")
