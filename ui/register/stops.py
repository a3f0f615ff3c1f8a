"""Why a till cannot go on, as the screen that fills the window says it: title, what happened, to do."""

from __future__ import annotations

from pos_desktop.errors import PosError
from pos_desktop.services.problems import COPIED, FORKED, NEEDS_EPOCH, OTHER_EPOCH, SHUT_OUT
from pos_desktop.services.stop_reason import StopReason
from ui.messages import text_for
from ui.register.screens.values import StopView

_STOPPED = {
    NEEDS_EPOCH: "This till's record is missing",
    OTHER_EPOCH: "Another machine may be this till",
    COPIED: "This till's record is older than the server's",
    FORKED: "This till and the server do not agree",
    SHUT_OUT: "This till is shut out",
}
_CANNOT_OPEN = {
    "till.needs_update": "This till needs an update",
    "server.login_refused": "The server does not let this till in",
}


def stop_view(reason: StopReason) -> StopView:
    """A till that sells no more."""
    return StopView(_STOPPED.get(reason, "This till has stopped"), reason.words, reason.todo)


def trouble_view(problem: Exception) -> StopView:
    """A register that can't open."""
    what, _, todo = text_for(problem).partition("\n")
    code = problem.code if isinstance(problem, PosError) else ""
    plain = "The secure link is refused" if code.startswith("tls.") else "The register can't open"
    return StopView(_CANNOT_OPEN.get(code, plain), what, todo or "Then try again.")
