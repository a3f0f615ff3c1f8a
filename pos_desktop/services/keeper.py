"""The keeper: ends sessions that break the rules, raises alerts, adds up sales, writes down chain heads."""

from __future__ import annotations

import logging
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pos_desktop import __version__
from pos_desktop.config import MailSettings
from pos_desktop.database import keeper_server as server
from pos_desktop.database.keeper import Found, Head, KeeperLink, Rules, open_keeper
from pos_desktop.database.keeper_certificate import certificate_until
from pos_desktop.database.rights import drift
from pos_desktop.domain.anchor import Anchor
from pos_desktop.errors import EnvironmentProblem, PosError, UserError
from pos_desktop.paths import migrations_dir
from pos_desktop.services.keeper_anchors import AnchorFile, due
from pos_desktop.services.keeper_machine import (
    ending_certificate,
    full_disks,
    old_backups,
    old_bases,
    proof_alerts,
)
from pos_desktop.services.keeper_mail import mail_of, send
from pos_desktop.services.nightly import Nightly

GUARD_SECONDS = 2.0
"""A lock that a broken session holds is free after its limit and this: for tills 8 s at most."""
MINUTE = 60.0
HOUR = timedelta(hours=1).total_seconds()
RETRY_SECONDS = 2.0
NIGHT_SECONDS = 4.0
"""So long the night's work may take to stop its own servers, when the keeper ends."""

SHOP_KINDS = (
    "till_unposted",
    "till_not_seen",
    "till_clock",
    "pin_misses",
    "id_reused",
    "document_rejected",
    "guard_off",
    "flag_alarm",
    "chain_broken",
)
"""What ``api.keeper_conditions`` looks at."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """Where a keeper works: the database, the folders it writes to and watches, whom it mails.

    ``disks`` and ``backups`` are folders of this machine, ``bases`` is the one of base backups; ``night``
    does the night's work (None: nobody asked for it); ``guard`` and ``minute`` are in seconds.
    """

    dsn: str
    anchors: Path
    backups: tuple[Path, ...] = ()
    disks: tuple[Path, ...] = ()
    mail: MailSettings | None = None
    bases: Path | None = None
    night: Nightly | None = None
    guard: float = GUARD_SECONDS
    minute: float = MINUTE


class Keeper:
    """One keeper. ``run`` until told to stop, or ``once``; ``say`` hears what a person would like to know."""

    def __init__(self, post: Post, say: Callable[[str], None] = lambda _: None) -> None:
        self._post = post
        self._say = say
        self._said = ""
        self._anchors = AnchorFile(post.anchors)
        self._broken: dict[tuple[int, int], Found] = {}
        self._drifted: list[Found] = []
        self._chains_due = 0.0
        self._rights_due = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop``; a server that is away is waited for.

        UserError at the start when the login is refused or the database is older than this program. Once it
        has worked, that is waited for too: a server in the middle of a crash refuses right passwords.
        """
        try:
            self._keep(stop)
        finally:
            if self._post.night is not None:
                self._post.night.stop(NIGHT_SECONDS)

    def _keep(self, stop: threading.Event) -> None:
        worked = False
        while not stop.is_set():
            try:
                with open_keeper(self._post.dsn) as link:
                    link.rules()
                    worked = True
                    self._work(link, stop)
            except (EnvironmentProblem, UserError) as trouble:
                if not worked and not trouble.retryable:
                    raise
                self._tell(trouble.text())
            stop.wait(RETRY_SECONDS)

    def once(self) -> bool:
        """One round of everything; False when another keeper is at work."""
        with open_keeper(self._post.dsn) as link:
            if not link.take_turn():
                self._tell("Another keeper is at work.")
                return False
            self._guard(link, link.rules())
            self._round(link)
            while link.roll_up():
                pass
        return True

    def _work(self, link: KeeperLink, stop: threading.Event) -> None:
        while not link.take_turn():
            self._tell("Another keeper is at work; waiting for it to end.")
            if stop.wait(self._post.guard):
                return
        self._tell("The keeper is at work.")
        rules, next_round, more = link.rules(), 0.0, False
        while not stop.is_set():
            self._guard(link, rules)
            if time.monotonic() >= next_round:
                next_round, more = time.monotonic() + self._post.minute, True
                rules = self._round(link)
            until = time.monotonic() + self._post.guard
            while more and not stop.is_set() and time.monotonic() < until:
                more = link.roll_up() > 0  # a long way to catch up never keeps the guard from its round
            stop.wait(0 if more else self._post.guard)

    def _tell(self, words: str) -> None:
        """Say something once, not every two seconds while it lasts."""
        if words != self._said:
            log.info("%s", words)
            self._say(words)
            self._said = words

    def _guard(self, link: KeeperLink, rules: Rules) -> None:
        ended = link.run(lambda connection: server.end_sessions(connection, rules))
        if ended:
            link.note((), ended)

    def _round(self, link: KeeperLink) -> Rules:
        """What is done every minute; a part in trouble never keeps the others from their work."""
        link.beat(platform.node(), __version__)
        rules = link.rules()
        found: list[Found] = []
        checked: list[str] = []
        for kinds, look in self._looks(link, rules):
            try:
                found += look()
            except EnvironmentProblem as trouble:
                if not trouble.code.startswith(("anchors.", "mail.")):
                    raise
                found.append(Found(*_stuck(trouble, self._post)))
            except PosError as trouble:
                log.warning("not looked at %s: %s", ", ".join(kinds), trouble.text())
                continue
            checked += kinds
        link.note(checked, found)
        self._mail(link)
        return rules

    def _looks(
        self, link: KeeperLink, rules: Rules
    ) -> list[tuple[tuple[str, ...], Callable[[], list[Found]]]]:
        limits, post = rules.limits, self._post
        return [
            (("anchors_stuck",), lambda: self._write_heads(link)),
            (SHOP_KINDS, lambda: [*link.conditions(), *self._broken.values()]),
            (server.SERVER_KINDS, lambda: link.run(lambda c: server.server_conditions(c, limits))),
            (("rights_drifted",), lambda: self._rights(link)),
            (("disk_full",), lambda: list(full_disks(self._disks(link), limits["disk_full"]))),
            (("backup_old",), lambda: self._backups(link, limits["backup_old"])),
            (("proof_old", "proof_wrong"), lambda: self._proofs(link, limits["proof_old"])),
            (
                ("certificate_expiring",),
                lambda: list(ending_certificate(certificate_until(post.dsn), limits["certificate_expiring"])),
            ),
        ]

    def _backups(self, link: KeeperLink, hours: float) -> list[Found]:
        since = link.trading_since()
        bases = old_bases(self._post.bases, hours, since) if self._post.bases else ()
        return [*old_backups(self._post.backups, hours, since), *bases]

    def _proofs(self, link: KeeperLink, hours: float) -> list[Found]:
        """Begin the night's work when it is due; what restored backups showed, where that is asked for."""
        if self._post.night is None:
            return []
        proofs = link.proofs()
        self._post.night.look(max((proof.ended_at for proof in proofs), default=None))
        sources = [*(["base"] if self._post.bases else []), *(["dump"] if self._post.backups else [])]
        return list(proof_alerts(proofs, sources, hours, link.trading_since()))

    def _rights(self, link: KeeperLink) -> list[Found]:
        """Rights that are not as the repository lists them, looked at every hour."""
        if time.monotonic() >= self._rights_due:
            self._rights_due = time.monotonic() + HOUR
            lines = link.run(lambda c: [str(one) for one in drift(c, migrations_dir())])
            detail = {"lines": len(lines), "first": lines[0][:200]} if lines else {}
            self._drifted = [Found("rights_drifted", detail)] if lines else []
        return self._drifted

    def _disks(self, link: KeeperLink) -> list[Path]:
        """The server's own data when it stands on this machine, and the folders named."""
        own = link.run(server.data_directory) if link.stands_here() else None
        return [*([Path(own)] if own else []), *self._post.disks, *self._post.backups, self._post.anchors]

    # -- chain heads -----------------------------------------------------------------------------

    def _write_heads(self, link: KeeperLink) -> list[Found]:
        """Recompute what chains grew by since their anchors, every hour and at each Z, and write new ones.

        A till whose chain does not fit keeps its last anchor: what would be written now proves nothing.
        """
        last = self._anchors.last()
        hourly = time.monotonic() >= self._chains_due
        fresh = []
        for head in link.heads():
            known = last.get((head.anchor.store, head.anchor.till))
            moved = due(head, known)
            if known is not None and (hourly or moved):
                self._check_chain(link, head, known)
            if moved and (head.store_id, head.till_id) not in self._broken:
                fresh.append(head.anchor)
        self._anchors.append(fresh)
        if hourly:
            self._chains_due = time.monotonic() + HOUR
        return []

    def _check_chain(self, link: KeeperLink, head: Head, known: Anchor) -> None:
        broken = link.broken_after(known)
        place = (head.store_id, head.till_id)
        self._broken.pop(place, None)
        if broken:
            self._broken[place] = Found("chain_broken", broken, "anchor", *place)

    # -- mail ------------------------------------------------------------------------------------

    def _mail(self, link: KeeperLink) -> None:
        """Alerts nobody was sent, in one mail. If it does not go, the list says so and it is tried again."""
        if self._post.mail is None:
            return
        found: list[Found] = []
        waiting = link.unmailed()
        if waiting:
            try:
                refused = send(mail_of(waiting, self._post.mail), self._post.mail)
            except PosError as trouble:
                found.append(Found(*_stuck(trouble, self._post)))
            else:
                link.mailed(waiting)
                if refused:
                    reason = {"reason": "refused " + ", ".join(refused)}
                    found.append(Found("mail_stuck", reason, self._post.mail.server))
            link.note(("mail_stuck",), found)


def _stuck(trouble: PosError, post: Post) -> tuple[str, dict[str, Any], str]:
    """Kind, detail and subject of the alert that says why heads or mail did not get out."""
    reason = {"reason": str(trouble.params.get("reason") or trouble.text())}
    if trouble.code.startswith("anchors."):
        return "anchors_stuck", reason, str(post.anchors)
    return "mail_stuck", reason, post.mail.server if post.mail else ""
