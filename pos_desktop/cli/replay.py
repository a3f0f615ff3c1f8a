"""``pos-desktop replay FILE``: the robot cashier plays a script through the real register window."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pos_desktop import paths
from pos_desktop.cli.demo_machine import DemoMachine, DemoOptions, demo_machine, save_papers
from pos_desktop.database.shop_setup import allow_offline, owner_connection
from pos_desktop.device_settings import DisplaySettings, ScaleSettings
from pos_desktop.errors import UserError, add_messages
from pos_desktop.hardware.emulated_scale import EmulatedScale

if TYPE_CHECKING:
    from ui.robot.player import Report

SIZES = "1024x768 1366x768 1920x1080"
EXIT_FAILED = 1

add_messages({"replay.script": "The script {file} cannot be played.\n{reason}"})


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "replay",
        help="let the robot cashier play a script",
        description="Plays a JSON-lines script through the register of this machine's demo shop, with real "
        "key and mouse events, and stops at the first thing that is not as expected. docs/robot-cashier.md "
        "has the actions.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--output", type=Path, default=Path("replay-output"), metavar="DIR")
    parser.add_argument("--size", type=parse_size, default=(1366, 768), help=f"such as {SIZES}")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--json", action="store_true", help="print the timing of each action as JSON")
    parser.add_argument("--paced", action="store_true", help="a person's pauses between keys and scans")
    parser.add_argument("--fresh", action="store_true", help="a new shop of its own, thrown away afterwards")
    parser.add_argument("--items", type=Path, metavar="FILE.csv", help="goods to load in place of the demo's")
    parser.add_argument("--offline", action="store_true", help="the shop's tills may sell without the server")
    parser.add_argument("--tax", choices=("included", "added"), help="how a new shop takes tax")


def parse_size(text: str) -> tuple[int, int]:
    """``1366x768`` as two numbers."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) < 1024 or int(height) < 700:
        raise argparse.ArgumentTypeError(f"{text} is no window size; write, say, 1366x768")
    return int(width), int(height)


def run(args: argparse.Namespace) -> int:
    """Play the script; 0 when every step went as written."""
    options = DemoOptions(tax_mode=args.tax, items=args.items)
    with _home(args.fresh) as home, demo_machine(home, options, _say) as machine:
        if args.offline:
            with owner_connection(machine.owner_dsn) as owner:
                allow_offline(owner, options.store)
        report = run_script(machine, args.file, args.output, size=args.size, dark=args.theme == "dark",
                            paced=args.paced)  # fmt: skip
    _write(args, report)
    return EXIT_FAILED if report.failure else 0


@contextmanager
def _home(fresh: bool) -> Iterator[Path]:
    if not fresh:
        yield paths.home_dir() / "demo"
        return
    with tempfile.TemporaryDirectory(prefix="pos-replay-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def run_script(
    machine: DemoMachine,
    script: Path,
    output: Path,
    *,
    size: tuple[int, int] = (1366, 768),
    dark: bool = False,
    paced: bool = False,
) -> Report:
    """Open the register on a demo machine, play ``script``, close it, and keep papers and screenshots."""
    from ui.app import RegisterOptions, run_register
    from ui.robot.cable import Cable
    from ui.robot.run import Rehearsal, draw_paper
    from ui.robot.script import ScriptError, read_script

    try:
        steps = read_script(script)
    except ScriptError as problem:
        raise UserError("replay.script", file=str(script), reason=str(problem)) from problem
    output.mkdir(parents=True, exist_ok=True)
    options = RegisterOptions(size=size, dark=dark, sound=False, auto_lock_minutes=None)
    # A script that loads a scale works at a till with one, and with a display for the customer.
    weighs = any(step.verb == "scale" for step in steps)
    with Cable(machine.dsn) as cable, EmulatedScale() as scale:
        settings = machine.settings
        if weighs:
            fitted = ScaleSettings(scale.address)
            settings = replace(settings, scale=fitted, display=DisplaySettings("window", words="Welcome"))
        rehearsal = Rehearsal(steps, output, paced=paced, server=cable.order, scale=scale.order)
        # Only a script that pulls the cable sells through it: its figures are those of the bare way.
        pulled = any(step.verb == "server" for step in steps)
        dsn = cable.dsn if pulled else machine.dsn
        run_register(settings, options, dsn=dsn, backup=machine.backup, opened=rehearsal.opened)
    save_papers(machine.printer.papers, output / "receipts", draw_paper)
    return rehearsal.report


def _write(args: argparse.Namespace, report: Report) -> None:
    if args.json:
        print(json.dumps(summary(report), ensure_ascii=False, indent=1))
    elif not report.failure:
        print(f"{args.file}: {report.steps} steps as written; papers and pictures are in {args.output}")
    if report.failure:
        print(f"{args.file}, {report.failure}", file=sys.stderr)


def summary(report: Report) -> dict[str, object]:
    """The report as JSON: steps, failure, screenshots, and each action's milliseconds from event to paint."""
    return {
        "steps": report.steps,
        "failure": report.failure,
        "screenshots": [path.name for path in report.screenshots],
        "timings": [{"line": t.line, "action": t.action, "painted_ms": t.painted_ms} for t in report.timings],
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr)
