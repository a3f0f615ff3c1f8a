"""What can go wrong with the till's own disk, in words."""

from __future__ import annotations

from pos_desktop.errors import EnvironmentProblem, UserError, add_messages

add_messages(
    {
        "journal.damaged": (
            "This till's own record cannot be read ({path}).\n"
            "Do not delete it. Call support: the till needs a new epoch."
        ),
        "journal.newer": (
            "This till's own record was written by a newer program ({path}).\n"
            "Install that version again, or a later one."
        ),
        "journal.other_till": (
            "The record in {path} belongs to till {found}, not to till {expected}.\n"
            "Check which till this machine is set up as."
        ),
        "journal.mirror_ahead": (
            "The second copy of this till's record ({path}) has documents the first one lacks.\n"
            "The first was put back from an older copy: take its journal.db away and start again."
        ),
        "journal.mirror_other": "The second copy of this till's record ({path}) is another till's.",
        "journal.mirror_failed": (
            "The second copy of this till's record is not being written: {reason}\n"
            "Selling goes on. Have the second disk looked at today."
        ),
        "journal.disk_full": (
            "This till cannot record a sale: its disk is full.\n"
            "Take no payment. Free some space on the disk and try again."
        ),
        "journal.read_only": (
            "This till cannot record a sale: its folder is read-only.\n"
            "Take no payment. Ask the person who looks after the till."
        ),
        "journal.failed": (
            "This till's disk did not keep what was written to it ({reason}).\n"
            "Take no payment. Start the till again; if this comes back, call support."
        ),
        "journal.in_use": (
            "This till is already open: process {pid} on {host}, since {since}.\n"
            "Use that window, or close it first."
        ),
    }
)


class JournalDamaged(EnvironmentProblem):
    """The journal's bytes are not what was written: torn, overwritten, or not a journal at all."""

    def __init__(self, path: object) -> None:
        super().__init__("journal.damaged", path=str(path))

    @property
    def retryable(self) -> bool:
        return False


class CannotWrite(EnvironmentProblem):
    """The disk refuses: full, read-only, or it gave an I/O failure."""


class TillInUseError(UserError):
    """Another program holds this till; the parameters say which (pid, host, since)."""
