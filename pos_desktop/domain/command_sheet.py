"""Barcodes that give orders to the till (the printable command sheet), signed with the shop's own secret.

A code is ``CMD`` and ten letters or digits that only the holder of the secret can make, so that a customer's
printout cannot void a line. Only capitals and digits: they survive most keyboard layouts of scanners.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from pos_desktop.words import later, t

_PREFIX = "CMD"
_SIGNATURE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Command:
    """One order: its name in the program, and the words beside its barcode."""

    name: str
    words: str
    n: int = 0

    @property
    def label(self) -> str:
        """The words, in the language in use."""
        return t(self.words, n=self.n)


COMMANDS: tuple[Command, ...] = (
    *(Command(f"quantity_{n}", later("Quantity {n}"), n) for n in range(2, 13)),
    Command("void_last", later("Remove last line")),
    Command("hold", later("Hold the sale")),
    Command("exact_cash", later("Exact cash")),
    Command("card", later("Card")),
    Command("next", later("Next customer")),
    Command("reprint", later("Reprint last receipt")),
    Command("lock", later("Lock")),
    Command("yes", later("Yes")),
    Command("no", later("No")),
    *(Command(f"digit_{n}", later("Digit {n}"), n) for n in range(10)),
    Command("enter", later("Enter")),
    Command("clear", later("Clear")),
)
_NAMES = tuple(command.name for command in COMMANDS)


def command_code(secret: bytes, name: str) -> str:
    """The barcode text of a command for this shop; ValueError for a name not in ``COMMANDS``."""
    if name not in _NAMES:
        raise ValueError(f"no command is called {name}")
    return _sign(secret, name)


def _sign(secret: bytes, name: str) -> str:
    if len(secret) < 16:
        raise ValueError("a command secret has at least 16 bytes")
    digest = hmac.new(secret, b"pos_desktop command 1 " + name.encode("ascii"), hashlib.sha256).digest()
    return _PREFIX + base64.b32encode(digest).decode("ascii")[:_SIGNATURE_LENGTH]


def looks_like_command(text: str) -> bool:
    """Whether a scan claims to be a command of some shop: it is then never looked up as an item."""
    cleaned = text.strip().upper()
    return cleaned.startswith(_PREFIX) and len(cleaned) == len(_PREFIX) + _SIGNATURE_LENGTH


def parse_command(secret: bytes, text: str) -> str | None:
    """The command's name when this shop's secret made the code; None for anything else.

    Case does not matter: a scanner with caps lock on swaps it.
    """
    if not looks_like_command(text):
        return None
    scanned = text.strip().upper().encode("utf-8")
    found = None
    for name in _NAMES:
        if hmac.compare_digest(_sign(secret, name).encode("ascii"), scanned):
            found = name
    return found
