"""Alerts in words for those who look after the server, as they are mailed; managers' are in manager_words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pos_desktop.database.keeper_alerts import Alert
from pos_desktop.errors import add_messages, message_codes, message_template

add_messages(
    {
        "alert.wal_archive_late": (
            "The server's log has waited {age} for its archive.\n"
            "Check the archive's disk and archive_command; until it works a restore ends at that moment."
        ),
        "alert.backup_old": (
            "The newest backup in {subject} is {age} old.\n"
            "Check the disk it goes to; a Z report or pg_dump makes a new one."
        ),
        "alert.proof_old": (
            "No {subject} has been restored and proven for {age}.\n"
            "Run pos-desktop backup nightly and read what it says; a backup nobody restored is a hope."
        ),
        "alert.proof_wrong": (
            "The {subject} {backup} is not what the shop's books are: {first}.\n"
            "Keep it, look at that disk, make a new one with pos-desktop backup nightly."
        ),
        "alert.old_transaction": (
            "{subject} has kept a transaction open for {age} ({program}).\n"
            "Close that program or window; it holds back the server's housekeeping."
        ),
        "alert.till_unposted": (
            "{place} has {pending} documents the server has not answered, the oldest for {age}.\n"
            "Look at its screen and its network cable; nothing is lost while its disk lives."
        ),
        "alert.till_not_seen": (
            "{place} has an open shift and has not been heard of for {age}.\n"
            "Look whether it is switched on and its network works."
        ),
        "alert.till_clock": (
            "The clock of {place} is {offset} s {direction} the server's.\n"
            "Let the till follow the same time server; its receipts carry its time."
        ),
        "alert.disk_full": (
            "The disk with {subject} is {percent} % full.\n"
            "Free some space, or give it more, before nothing can be stored."
        ),
        "alert.chain_broken": (
            "The chain of {place} does not fit ({why}, document {no}).\n"
            "Keep the database as it is, run pos-desktop verify, and ask for help."
        ),
        "alert.pin_misses": (
            "{misses} wrong PINs in a row: {who}.\n"
            "Ask who is there. Each try now waits; a new PIN ends it for good."
        ),
        "alert.id_reused": (
            "{place} sent a known document again with other content.\n"
            "The first one stands. Stop that till and find out whether its folder was copied."
        ),
        "alert.document_rejected": (
            "The server did not store a document of {place} ({why}).\n"
            "That till has stopped; its own record has it. Ask for help before it is set up anew."
        ),
        "alert.guard_off": (
            "A guard of the books is switched off: they could be changed without a trace.\n"
            "Find out who did that, run pos-desktop verify and pos-desktop rights."
        ),
        "alert.flag_alarm": ("{place} raised an alarm: {subject}.\nLook at it among the flags of the store."),
        "alert.rights_drifted": (
            "{lines} rights in the database are not those this program gave; the first: {first}.\n"
            "Find out who changed them; pos-desktop rights shows all."
        ),
        "alert.slot_holds_wal": (
            "Replication slot {subject} keeps {mb} MB of the server's log.\n"
            "Start its standby again, or drop the slot before the disk is full."
        ),
        "alert.wraparound_near": (
            "Database {subject} has a transaction {transactions} transactions old.\n"
            "Look for an idle slot, a prepared or open transaction, and let VACUUM run."
        ),
        "alert.connections_low": (
            "{used} of the server's {most} connections are in use.\n"
            "Look for a program that opens too many, or raise max_connections."
        ),
        "alert.certificate_expiring": (
            "The server's certificate is good for {days} more days (until {until}).\n"
            "Renew it in time: after that no till can connect."
        ),
        "alert.setting_unsafe": (
            "The server has {subject} = {value}, it should be {wanted}.\n"
            "Put it into postgresql.conf and reload or restart the server."
        ),
        "alert.session_ended": (
            "A session of {subject} was ended: {rule} for {age} ({program}).\n"
            "Its program connects again by itself. If it comes back, find out who has that login."
        ),
        "alert.anchors_stuck": (
            "The chain heads could not be written to {subject} ({reason}).\n"
            "Check that folder; without it a cut tail of the books shows on paper only."
        ),
        "alert.mail_stuck": (
            "Alerts could not be mailed by {subject} ({reason}).\n"
            "Check the mail settings of the keeper; the list here is complete."
        ),
        "alert.keeper_away": (
            "The keeper has not been at work for {age}, so nothing here is watched.\n"
            "Start pos-desktop keeper beside the server."
        ),
        "alert.unknown": "{kind}: {detail}.\nThis program is older than the database; update it.",
    }
)

_WHY = {
    "head": "its last document is not the one its till row names",
    "other_head": "another document stands where an anchored one was",
    "missing": "a document is missing",
    "link": "a document does not follow the one before it",
    "hash": "a document's bytes do not have its hash",
    "chain": "the till sent one that does not follow",
    "number": "the till sent another number than the next",
    "epoch": "the till is in another epoch",
    "epoch_not_allowed": "the till begins a new epoch nobody allowed",
}
_RULES = {"idle": "idle in a transaction", "transaction": "one transaction", "query": "one query"}


def alert_words(alert: Alert) -> tuple[str, str]:
    """(what happened, what to do next) of an alert, a sentence or two each."""
    code = f"alert.{alert.kind}"
    if code not in message_codes():
        code = "alert.unknown"
    template = message_template(code)
    what, _, todo = template.format_map(_Values(alert)).partition("\n")
    return what, todo


def age_words(seconds: float | None) -> str:
    """A length of time as people say it: 45 s, 12 min, 5 h, 3 days; "ever" when it is not known."""
    if seconds is None:
        return "ever"
    for unit, size, least in (("days", 86400, 172800), ("h", 3600, 7200), ("min", 60, 120)):
        if seconds >= least:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


class _Values(dict[str, Any]):
    """What the templates name, made from an alert; a key that is not known shows a dash."""

    def __init__(self, alert: Alert) -> None:
        detail: Mapping[str, Any] = alert.detail
        offset = int(detail.get("offset_ms") or 0)
        super().__init__(
            {
                **detail,
                "kind": alert.kind,
                "detail": ", ".join(f"{key} {value}" for key, value in detail.items()) or alert.subject,
                "subject": alert.subject or "the server",
                "place": _place(alert),
                "age": age_words(detail.get("seconds")),
                "offset": f"{timedelta(milliseconds=abs(offset)).total_seconds():.1f}",
                "direction": "behind" if offset > 0 else "ahead of",
                "why": _WHY.get(str(detail.get("why") or alert.subject), detail.get("why") or "-"),
                "who": f"staff {detail['staff']}" if "staff" in detail else _place(alert),
                "rule": _RULES.get(str(detail.get("rule")), "-"),
            }
        )

    def __missing__(self, key: str) -> str:
        return "-"


def _place(alert: Alert) -> str:
    if alert.till is not None:
        return f"till {alert.till} of store {alert.store}"
    return f"store {alert.store}" if alert.store is not None else "the server"


__all__ = ["Alert", "age_words", "alert_words"]
