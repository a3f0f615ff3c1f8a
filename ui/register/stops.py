"""Why a till cannot go on, as the screen that fills the window says it: title, what happened, to do."""

from __future__ import annotations

from pos_desktop.errors import PosError
from pos_desktop.services.problems import COPIED, FORKED, NEEDS_EPOCH, OTHER_EPOCH, SHUT_OUT
from pos_desktop.services.stop_reason import StopReason
from pos_desktop.words import later, t
from ui.messages import text_for
from ui.register.screens.values import StopView

HAS_STOPPED = later("This till has stopped")
_STOPPED = {
    NEEDS_EPOCH: later("This till's record is missing"),
    OTHER_EPOCH: later("Another machine may be this till"),
    COPIED: later("This till's record is older than the server's"),
    FORKED: later("This till and the server do not agree"),
    SHUT_OUT: later("This till is shut out"),
}
_CANNOT_OPEN = {
    "till.needs_update": later("This till needs an update"),
    "server.login_refused": later("The server does not let this till in"),
}


def stop_view(reason: StopReason) -> StopView:
    """A till that sells no more."""
    return StopView(t(_STOPPED.get(reason, HAS_STOPPED)), reason.words, reason.todo)


def trouble_view(problem: Exception) -> StopView:
    """A register that can't open."""
    what, _, todo = text_for(problem).partition("\n")
    code = problem.code if isinstance(problem, PosError) else ""
    plain = (
        later("The secure link is refused") if code.startswith("tls.") else later("The register can't open")
    )
    return StopView(t(_CANNOT_OPEN.get(code, plain)), what, todo or t("Then try again."))
