"""What stands in the way of a use case, in words: what happened, and what to do next."""

from __future__ import annotations

from pos_desktop.domain.permissions import in_words
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.stop_reason import StopReason
from pos_desktop.words import later

add_messages(
    {
        "till.nobody": "Nobody is signed in at this till.\nSign in first.",
        "till.no_shift": "No shift is open on this drawer.\nOpen a shift with its float first.",
        "till.shift_open": "A shift is open on this drawer already.\nClose it with its Z report first.",
        "till.unconfirmed": (
            "The last record of this till is not confirmed yet.\n"
            "The till keeps asking; wait until it has its answer."
        ),
        "till.z_unconfirmed": (
            "{count} records of this till ({numbers}) are not confirmed yet: the Z would be short.\n"
            "Wait until they are confirmed, then close the shift."
        ),
        "till.stopped": "{words}\n{todo}",
        "till.not_allowed": "{name} may not {what}.\nAsk someone who may to enter their PIN.",
        "till.needs_update": (
            "The shop's database (version {found}) does not fit this program.\n"
            "Ask for the till to be updated before selling."
        ),
        "sale.gone": "This sale was taken up at another till already.",
        "sale.rounding": "Cash is rounded otherwise since it was taken.\nGive it back, and take it again.",
        "sale.nothing": "There is nothing in the basket.\nScan an item first.",
        "hold.not_empty": "Finish or hold the sale on the screen first.\nThen recall the other one.",
        "receipt.not_here": "Receipt {no} is not on this till's record.\nCheck the number.",
    }
)

NEEDS_EPOCH = StopReason(
    later("This till's own record is new, but the server has sales of it."),
    later("Put its folder back, or let the owner run pos-desktop till replace for this till."),
)
OTHER_EPOCH = StopReason(
    later("This till's record belongs to another epoch than the server expects."),
    later("Another machine may be set up as this till. Call the person who looks after the tills."),
)
COPIED = StopReason(
    later("The server has documents of this till that this machine never made."),
    later("Its folder was copied or put back from an old backup. It needs a new epoch; call support."),
)
FORKED = StopReason(
    later("This till's record and the server's do not fit together."),
    later("Sell at another till. Keep this machine as it is and call support."),
)


SHUT_OUT = StopReason(
    later("The server no longer lets this till in: it was shut out, or another machine took its place."),
    later(
        "Sell at another till and ask the manager. What is not sent stays "
        "here; this till asks again by itself."
    ),
)
SHUT_OUT_CODES = frozenset({"server.login_refused", "server.not_allowed"})
"""What the server answers to a till whose login or place was taken away."""


def rejected(reason: str) -> StopReason:
    """The server did not take a document at all."""
    return StopReason(
        later("The server does not accept this till's record ({reason}). All of it is kept on this machine."),
        FORKED.then,
        reason,
    )


def not_allowed(name: str, permission: str) -> UserError:
    """Someone tried what their role does not allow."""
    return UserError("till.not_allowed", name=name, what=in_words(permission))
