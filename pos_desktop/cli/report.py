"""``pos-desktop report age``: what an inspector asks about age checks, refusals and approvals, as a file."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from pos_desktop.cli.owner import add_owner_options, owner_connection
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.law_report import LawReport, csv_lines, law_report

add_messages(
    {
        "report.days": "The report would end before it begins.\nGive --from a day that is not after --to.",
        "report.ending": "{file} is neither .csv nor .pdf.\nName the file one of the two.",
    }
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("report", help="write a report for an inspector")
    kinds = parser.add_subparsers(title="what", metavar="WHAT", dest="what", required=True)
    age = kinds.add_parser(
        "age",
        help="age checks, refusals, approvals, and what was sold against the law or stopped",
        description="Writes every age check and refusal of a store, who allowed what, what was sold against "
        "the law and what the server stopped, with who was at the till and when. Nothing in it is about a "
        "customer. CSV for a spreadsheet, PDF for paper.",
    )
    age.add_argument("--from", dest="since", type=date.fromisoformat, required=True, metavar="DAY")
    age.add_argument(
        "--to", dest="until", type=date.fromisoformat, required=True, metavar="DAY", help="included"
    )
    age.add_argument("--store", type=int, default=1, metavar="N", help="the store")
    age.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="FILE.csv or FILE.pdf")
    add_owner_options(age)


def run(args: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    kind = args.output.suffix.lower()
    if kind not in (".csv", ".pdf"):
        raise UserError("report.ending", file=str(args.output))
    if args.until < args.since:
        raise UserError("report.days")
    with owner_connection(args) as owner:
        try:
            report = law_report(owner, args.store, args.since, args.until)
        except LookupError as problem:
            raise UserError("owner.no_store", what=str(problem)) from problem
    _write_pdf(args.output, report) if kind == ".pdf" else _write_csv(args.output, report)
    told = ", ".join(f"{count} {what}" for what, count in report.counts if count) or "nothing to report"
    print(f"{args.output} is written: {told}.")
    return 0


def _write_csv(output: Path, report: LawReport) -> None:
    """UTF-8 with a mark, so that spreadsheets read accents."""
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        file.writelines(csv_lines(report))


def _write_pdf(output: Path, report: LawReport) -> None:
    from ui.law_sheet import save_law_report_pdf

    save_law_report_pdf(output, report)
