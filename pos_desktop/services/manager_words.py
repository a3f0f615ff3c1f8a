"""What happened and what to do, in a manager's words: flags on documents, alarms, and the keeper's alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_desktop.words import later, later_all, t


@dataclass(frozen=True, slots=True)
class Words:
    """A short name, what happened, and what to do about it."""

    title: str
    happened: str
    todo: str


_LOOK = later("Look at the document, then put this away.")
_HELP = later("Leave the till as it is and ask for help; its own journal has everything.")
_GUARD_OFF = Words(
    later("Books unguarded"),
    later("A guard of the books is off in the database: rows could be changed unseen."),
    later("Ask who did that, run pos-desktop verify, and tell IT."),
)
_FLAGS: dict[str, Words] = later_all(
    {
        "guard_off": _GUARD_OFF,
        "oversell": Words(
            "Sold below zero",
            "More was sold than the books had on hand.",
            "Count the item and adjust its stock.",
        ),
        "old_price": Words(
            "Old price",
            "A line was sold at a price that had changed meanwhile.",
            "Nothing, unless it is often.",
        ),
        "promotion": Words(
            "Offer that did not hold",
            "A till gave an offer that had ended, is for other goods, or gives less.",
            "Look at the document; let the till read the offers again.",
        ),
        "coupon": Words("Coupon unknown", "A till took a coupon that is not one of its offer.", _LOOK),
        "coupon_used": Words(
            "Coupon used twice",
            "A coupon for one sale was used in another before.",
            "Look at both documents.",
        ),
        "no_discount": Words(
            "Discount above the limit",
            "A discount was above the role's limit, and nobody approved it.",
            _LOOK,
        ),
        "discount_sum": Words(
            "Discount that does not add up", "A percentage came to more than it is.", _LOOK
        ),
        "not_sold": Words(
            "Refund of an unknown sale",
            "A till sent a refund again, and the sale it is of is not in the books.",
            "Wait until every till has been on; then look at both documents.",
        ),
        "already_refunded": Words(
            "More back than was sold",
            "A till sent a refund again of what had come back before.",
            "Look at the refunds of that receipt.",
        ),
        "refund_amount": Words(
            "Refund of another amount",
            "A till sent a refund again that gives another sum than was paid.",
            _LOOK,
        ),
        "refund_price": Words(
            "Refund without receipt, too high",
            "A till sent a refund again that gave more than the lowest price of late.",
            _LOOK,
        ),
        "refund_tender": Words(
            "More back to a card than it paid",
            "A till sent a refund again that gave more to a card or account than it had paid.",
            _LOOK,
        ),
        "not_signed_in": Words(
            "Not signed in", "The cashier named had not signed in at this till.", "Ask who was at the till."
        ),
        "other_cashier": Words(
            "Another cashier's shift",
            "Somebody else sold or moved cash in a shift that is one cashier's own.",
            "Ask who was at the till before you hold over or short against anybody.",
        ),
        "offline": Words(
            "Sold offline", "The till sold while the server was away.", "Nothing: it is booked now."
        ),
        "refilled": Words(
            "Sent again by a till",
            "A till sent this again, after the database came back from a backup.",
            "Nothing: it is booked now.",
        ),
        "unknown_cashier": Words(
            "Unknown cashier", "The cashier is not on file in this store.", "Ask who was at the till."
        ),
        "no_permission": Words(
            "Without permission",
            "The cashier may not do this, and nobody approved it.",
            "Talk to the cashier.",
        ),
        "blocked": Words(
            "Blocked item sold",
            "An item that is withdrawn was sold.",
            "Take it off the shelf; find the customer.",
        ),
        "age_unchecked": Words(
            "Age not checked",
            "A restricted item was sold without an age check.",
            "Talk to the cashier today.",
        ),
        "hours": Words(
            "Sold out of hours",
            "Goods were sold at an hour the law shuts them.",
            "Keep it for the inspector; talk to the cashier.",
        ),
        "limit": Words(
            "Over a limit",
            "One sale held more than the law allows.",
            "Keep it for the inspector; talk to the cashier.",
        ),
        "lowest_price": Words(
            "Below the lowest price",
            "Alcohol was sold for less than the law allows.",
            "Correct its price; keep it for the inspector.",
        ),
        "under_age": Words(
            "Cashier under age",
            "Restricted goods were sold by somebody under age, and nobody allowed it.",
            "Keep it for the inspector; talk to the cashier.",
        ),
        "deposit": Words(
            "Deposit amiss",
            "A deposit did not fit its goods any more.",
            "Look whether the deposit was changed that day.",
        ),
        "pack": Words(
            "Case amiss",
            "A case was sold as made of other goods than it is on file.",
            "Look whether the case was changed that day; count both.",
        ),
        "already_sold": Words("Basket sold twice", "Two tills took money for it.", "Look at both sales."),
        "late_shift": Words("After its shift", "Its shift had closed: the next has it.", "Nothing to do."),
        "offline_not_allowed": Words("Offline not allowed", "It may not sell alone.", "Talk to the cashier."),
        "over_cap": Words("Over the offline limit", "Too much was sold alone.", "Talk to the cashier."),
        "restored": Words("Made again", "An old backup had lost what it names.", "Complete it on file."),
        "tax_moved": Words(
            "Old tax rate",
            "A line was sold with a tax rate no longer in force.",
            "Tell whoever does the books.",
        ),
        "rounding": Words(
            "Cash rounded otherwise",
            "Cash of a sale was not rounded as the store's policy of that day says.",
            "Compare the till's clock, and the policy's first day.",
        ),
        "tender_kind": Words(
            "Payment not taken here",
            "A sale was paid in a way this store does not take.",
            "Talk to the cashier; look at the document.",
        ),
        "offline_tender": Words(
            "Gift card taken offline",
            "A till took more than cash or card while the server was away.",
            "Look at the document, and at what the card holds.",
        ),
        "ref_used": Words(
            "M-Pesa code used twice",
            "A sale was paid with the code of a payment that had paid another sale.",
            "Look at both sales, and at your M-Pesa statement.",
        ),
        "no_account": Words(
            "Unknown gift card",
            "A sale names a gift card or account that the server did not know; it is on file again.",
            "Look at the document, and at what the card holds.",
        ),
        "account_blocked": Words(
            "Blocked gift card used", "A blocked gift card or account was used.", "Look at the document."
        ),
        "account_until": Words(
            "Old gift card taken",
            "A gift card or voucher was taken after its last day.",
            "Talk to the cashier.",
        ),
        "account_short": Words(
            "Gift card spent twice",
            "More was taken from a gift card, credit or voucher than it held.",
            "Look at the document; block the card, find the customer.",
        ),
        "account_over": Words(
            "Account over its limit",
            "More was charged to a house account than its limit.",
            "Nothing, if somebody allowed it; talk to the customer.",
        ),
        "new_epoch": Words(
            "Till set up anew",
            "The till began a new series of numbers: its journal is new.",
            "Nothing, if you set it up.",
        ),
        "till_claimed": Words(
            "Till enrolled",
            "A machine claimed this till with its one-time code.",
            "Nothing, if it was yours.",
        ),
        "epoch_not_allowed": Words(
            "Till refused a new start",
            "A till wanted to begin a new series, and nobody had allowed it.",
            "Find out what happened to its folder; enrol it again if it is yours.",
        ),
        "customer_lookups": Words(
            "Many customers looked up",
            "This till looked up more customers in an hour than it may, and was told to wait.",
            "Ask who was there; raise the limit if the shop was that busy.",
        ),
        "points_moved": Words(
            "Old points",
            "Points were given by a rule no longer in force.",
            "Nothing, unless it is often.",
        ),
        "points_short": Words(
            "Points spent twice",
            "A sale was paid with points the customer did not have.",
            "Look at the document, then talk to the customer.",
        ),
        "other_account": Words(
            "Another customer's account",
            "A sale was charged to a house account that is not the customer's.",
            "Look at the document, and correct both accounts.",
        ),
        "special_price": Words(
            "Special price", "It is for other customers, hours or quantities.", "Talk to the cashier."
        ),
        "certificate": Words(
            "Certificate", "It is another customer's, or over.", "Correct the file, or ask for the tax."
        ),
        "pin_guessing": Words(
            "PIN guessing", "Many wrong PINs were typed in one day.", "Ask who was there; set a new PIN."
        ),
        "code_guessing": Words(
            "Code guessing",
            "Wrong one-time codes were typed for this till.",
            "Make a new code when the till's machine is set up.",
        ),
    }
)
_ALERTS: dict[str, Words] = later_all(
    {
        "wal_archive_late": Words(
            "Archive is late",
            "The server's log has waited {time} to be archived.",
            "Tell IT: the archive's disk.",
        ),
        "backup_old": Words(
            "Backup is old", "The newest backup is {time} old.", "Tell IT: the backup's disk."
        ),
        "proof_old": Words(
            "Backups are not proven", "No backup was restored and proven for {time}.", "Tell IT: the keeper."
        ),
        "proof_wrong": Words(
            "A backup is wrong", "The last backup does not hold what the shop's books hold.", "Tell IT today."
        ),
        "old_transaction": Words(
            "A program hangs", "{subject} has kept a transaction open for {time}.", "Close that program."
        ),
        "till_unposted": Words(
            "Till has not sent",
            "{pending} documents wait on the till, the oldest for {time}.",
            "Look at its screen and its network. Do not set it up anew.",
        ),
        "till_not_seen": Words(
            "Till is silent",
            "Its shift is open, and nothing was heard of it for {time}.",
            "Is it switched on? Is its network plugged in?",
        ),
        "till_clock": Words(
            "Till's clock is off",
            "Its clock differs from the server's by {clock}.",
            "Tell IT: the time server.",
        ),
        "disk_full": Words("Disk fills up", "{subject} is {percent} % full.", "Free some space, or tell IT."),
        "chain_broken": Words(
            "Broken chain",
            "The till's documents do not follow one another.",
            "Leave the till as it is, run pos-desktop verify, and ask for help.",
        ),
        "pin_misses": Words(
            "Wrong PINs",
            "{misses} wrong PINs in a row. {subject}",
            "Ask who is there; set a new PIN if needed.",
        ),
        "id_reused": Words(
            "A document came twice",
            "A known document came again with other content.",
            "Stop that till, leave it as it is and ask for help.",
        ),
        "document_rejected": Words(
            "Document not stored", "The server did not store a document of this till ({why}).", _HELP
        ),
        "slot_holds_wal": Words(
            "Standby lags",
            "{subject} keeps {mb} MB of log on the server.",
            "Tell IT: start its standby, or drop it.",
        ),
        "wraparound_near": Words(
            "Database needs care", "{subject} has very old transactions.", "Tell IT today."
        ),
        "connections_low": Words(
            "Connections run out", "{used} of the server's {most} connections are in use.", "Tell IT."
        ),
        "certificate_expiring": Words(
            "Certificate expires",
            "The server's certificate is good for {days} more days.",
            "Tell IT: renew it.",
        ),
        "setting_unsafe": Words(
            "Unsafe setting", "The server's {subject} is {value}; it should be {wanted}.", "Tell IT."
        ),
        "guard_off": _GUARD_OFF,
        "flag_alarm": Words(
            "Alarm", "Another alarm stands among these: {subject}.", "Look at it in this list."
        ),
        "rights_drifted": Words(
            "Rights changed",
            "Somebody has rights in the database that this program did not give: {subject}.",
            "Ask who did that, and tell IT.",
        ),
        "session_ended": Words(
            "Session ended",
            "The keeper ended a session of {subject} after {time}.",
            "Once is a program that hung. If it comes again, ask who has that login.",
        ),
        "anchors_stuck": Words(
            "Anchors not written",
            "The heads of the chains could not be written down.",
            "Tell IT: folder and disk.",
        ),
        "mail_stuck": Words("Mail is stuck", "Alerts could not be mailed.", "Tell IT: the mail settings."),
        "keeper_away": Words(
            "Nobody keeps watch",
            "The keeper has not been at work for {time}: other alerts may be missing.",
            "Tell IT: start the keeper.",
        ),
    }
)


def flag_words(kind: str) -> Words:
    """A flag or an alarm on a document."""
    if kind in _FLAGS:
        return _shown(_FLAGS[kind])
    if kind.startswith("refused_"):
        why = kind.removeprefix("refused_").replace("_", " ")
        kept = t("The server kept it without effect ({why}): nothing was sold by it.", why=why)
        return Words(t("Refused"), kept, t(_LOOK))
    if kind.startswith("rejected_"):
        why = kind.removeprefix("rejected_").replace("_", " ")
        lost = t("The server did not store a document of this till ({why}).", why=why)
        return Words(t("Not stored"), lost, t(_HELP))
    return Words(kind.replace("_", " ").capitalize(), t("The till was told so when it posted."), t(_LOOK))


def alert_words(kind: str, subject: str, detail: Mapping[str, Any]) -> Words:
    """One of the keeper's alerts, with its figures."""
    words = _ALERTS.get(kind)
    if words is None:
        return Words(kind.replace("_", " ").capitalize(), subject, t("See docs/alerts.md."))
    facts = {
        **{name: "?" for name in ("pending", "percent", "misses", "why", "mb", "used", "most", "days")},
        **{name: "?" for name in ("value", "wanted")},
        **{str(name): value for name, value in detail.items()},
        "time": duration(int(detail.get("seconds", 0) or 0)),
        "clock": duration(abs(int(detail.get("offset_ms", 0) or 0)) // 1000),
        "subject": subject or t("It"),
    }
    words = _shown(words)
    happened = words.happened.format_map(facts).removesuffix(f" {t('It')}").strip()
    return Words(words.title, happened, words.todo)


def _shown(words: Words) -> Words:
    return Words(t(words.title), t(words.happened), t(words.todo))


_LENGTHS = later_all(((86400, "{n} days"), (3600, "{n} h"), (60, "{n} min")))


def duration(seconds: int) -> str:
    """``45 s``, ``12 min``, ``5 h``, ``3 days``."""
    for size, words in _LENGTHS:
        if seconds >= 2 * size:
            return t(words, n=seconds // size)
    return t("{n} s", n=seconds)
