"""Writes docs/manual/keys.md from the key map: python -m tests.docs.key_table"""

from __future__ import annotations

from pathlib import Path

from ui.keymap import Keymap

PAGE = Path(__file__).resolve().parents[2] / "docs" / "manual" / "keys.md"

# Kept free for what is not there yet: the register does nothing on these keys.
NOT_YET: dict[str, frozenset[str]] = {"sale": frozenset({"discount"})}

TITLES: dict[str, str] = {
    "sale": "The sale",
    "tender": "Payment",
    "card": "Card on the terminal",
    "other_ways": "Other ways to pay",
    "code": "The code of a gift card, an M-Pesa message or a cheque",
    "refund": "The receipt of a refund",
    "refund_lines": "What comes back of a receipt",
    "give_back": "Money back",
    "why": "Why a line is changed",
    "hold_name": "A name for a sale on hold",
    "age": "Age check",
    "unknown": "A code nobody knows",
    "stock_warning": "Stock says too little",
    "departments": "Department of an unknown code",
    "empties": "Returned empties",
    "change": "Change",
    "weigh": "Weight",
    "scale": "The scale",
    "devices": "Devices",
    "scanner_setup": "Set up the scanner",
    "price_check": "Price check",
    "find": "Find by name",
    "customer": "The customer of the sale",
    "customer_card": "What is known of the customer",
    "customer_form": "A new customer",
    "account_payment": "A payment on account",
    "hold_list": "Held sales",
    "no_sale": "Open the drawer without a sale",
    "sign_in": "Sign in",
    "lock": "Locked",
    "shift_open": "Open a shift",
    "shift_close": "Close a shift",
    "z_done": "After the Z report",
    "keys": "The sheet of keys",
    "confirming": "Confirming",
    "locked_out": "The register can't open",
    "cannot_record": "Payment can't be taken",
    "offline": "The server and this till",
    "pending": "The shift can't be closed yet",
    "entry": "A question for a number",
    "discount": "A discount",
    "reprint": "Receipts to print again",
    "z_list": "Z reports to print again",
    "void_sale": "Void the sale",
    "cash": "Cash in or out",
    "approval": "A supervisor's PIN",
    "more": "More",
    "back": "The inventory window",
}

HEAD = """# All keys

Written from the key map by `python -m tests.docs.key_table`; a test keeps it current. F1 shows the keys of
the screen you are on, Shift+F1 where F1 has another use.
"""


def key_page(shown: tuple[str, ...] = tuple(TITLES)) -> str:
    """The whole page: one table a screen; numbered actions share one line."""
    keymap = Keymap()
    parts = [HEAD]
    for screen in shown:
        parts.append(f"## {TITLES[screen]}\n\n| Key | Does |\n|---|---|\n{_rows(keymap, screen)}\n")
    return "\n".join(parts)


def _rows(keymap: Keymap, screen: str) -> str:
    hidden = {keymap.title(screen, action) for action in NOT_YET.get(screen, ())}
    lines = [(caps, words) for caps, words in keymap.sheet(screen, {}) if words not in hidden]
    return "\n".join(f"| {_caps(caps)} | {words} |" for caps, words in lines)


def _caps(caps: list[str]) -> str:
    if len(caps) == 3 and caps[1] == "…":
        return f"{caps[0]} to {caps[2]}"
    return " or ".join(caps)


if __name__ == "__main__":
    PAGE.write_text(key_page(), encoding="utf-8")
