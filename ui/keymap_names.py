"""The names of every screen's actions with their words and default keys: data for the key map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """The default keys of an action and, where the screen needs its own, its words."""

    keys: tuple[str, ...] = ()
    title: str = ""


WORDS: dict[str, str] = {
    "pay": "Pay",
    "exact_cash": "Exact cash",
    "card": "Card",
    "qty": "Quantity of the line",
    "more_of_line": "One more of the line",
    "less_of_line": "One less of the line",
    "find": "Find by name",
    "price": "Price of the line",
    "discount": "Discount on the line",
    "remove": "Remove the line",
    "refund": "Refund",
    "hold": "Hold the sale, or recall one",
    "recall": "Recall a held sale",
    "look_up": "Look up a price",
    "more": "More",
    "lock": "Lock the till",
    "undo": "Undo the last line action",
    "reprint": "Print the last receipt again",
    "keys": "Keys of this screen",
    "no_sale": "Open the drawer without a sale",
    "close_shift": "Close the shift",
    "focus_scan": "Go to the scan box",
    "back": "Back one step, clear the entry",
    "up": "Line above",
    "down": "Line below",
    "page_up": "Page up",
    "page_down": "Page down",
    "enter": "Take the entry",
    "times": "Quantity for the next item",
    "cash": "Cash",
    "exact": "Exact amount in cash",
    "take": "Take the amount typed",
    "cancel": "Cancel payment",
    "id_checked": "ID checked, old enough",
    "over_25": "Clearly over the challenge age",
    "refuse": "Refuse, take it out of the sale",
    "next": "Next customer",
    "print": "Print again",
    "search": "Search for it",
    "sell_typed": "Sell at a typed price",
    "leave_out": "Leave it out",
    "sell_anyway": "Sell it anyway",
    "paid": "The card was charged",
    "not_paid": "The card was not charged",
    "choose": "Take the chosen line",
    "filter": "Filter the list",
    "new": "New",
    "save": "Save",
    "edit": "Edit the cell",
    "export": "Export",
    "import": "Import",
    "print_labels": "Print shelf labels",
    "blind": "Show or hide what is expected",
    "x_report": "Print an X report",
    "try_again": "Try again now",
    "unsure": "The slip does not say",
    "date_again": "Type the date again",
    "by_pieces": "Type the float, or count it by notes and coins",
}


def _b(*keys: str, title: str = "") -> Binding:
    return Binding(keys, title)


DEPARTMENT_KEYS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_LIST = {"up": _b("Up"), "down": _b("Down"), "page_up": _b("PgUp"), "page_down": _b("PgDown")}
_FOOT = {"back": _b("Esc"), "keys": _b("F1")}
_QUESTION = {"take": _b("Return", title="Take it"), **_FOOT}

SCREENS: dict[str, dict[str, Binding]] = {
    "sale": {
        "pay": _b("F12", "Num++"),
        "exact_cash": _b("F11"),
        "card": _b("F4"),
        "enter": _b("Return"),
        "times": _b("*"),
        "qty": _b("F2"),
        "find": _b("F3"),
        "price": _b("F5"),
        "discount": _b("F6"),
        "remove": _b("Del"),
        "undo": _b("Ctrl+Z"),
        **_LIST,
        "refund": _b("F7"),
        "hold": _b("F8"),
        "recall": _b("Ctrl+R"),
        "look_up": _b("F9"),
        "more": _b("F10"),
        "reprint": _b("Ctrl+P"),
        "no_sale": _b("Ctrl+D"),
        "close_shift": _b("Ctrl+W"),
        "lock": _b("Ctrl+L"),
        "focus_scan": _b("/"),
        **{f"tile_{n}": _b(f"Alt+{n}", title=f"Tile {n} of the open page") for n in range(1, 10)},
        **_FOOT,
    },
    "tender": {
        "cash": _b("F1"),
        "card": _b("F2"),
        "note_1": _b("F5", title="Quick amount 1"),
        "note_2": _b("F6", title="Quick amount 2"),
        "note_3": _b("F7", title="Quick amount 3"),
        "exact": _b("F11"),
        "take": _b("Return"),
        "back": _b("Esc", title="Back to the sale"),
        "cancel": _b("Ctrl+Del"),
        "lock": _b("Ctrl+L"),
        "keys": _b("Shift+F1"),
    },
    "card": {
        "paid": _b("F1"),
        "not_paid": _b("F4"),
        "unsure": _b("F3"),
        "keys": _b("Shift+F1"),
    },
    "age": {
        "id_checked": _b("F1"),
        "over_25": _b("F2"),
        "refuse": _b("F4"),
        "date_again": _b("F3"),
        "keys": _b("Shift+F1"),
    },
    "unknown": {
        "search": _b("F3"),
        "sell_typed": _b("F4"),
        "leave_out": _b("Esc"),
        "lock": _b("Ctrl+L"),
        "keys": _b("F1"),
    },
    "stock_warning": {
        "sell_anyway": _b("F2"),
        "leave_out": _b("Esc"),
        "keys": _b("F1"),
    },
    "departments": {
        **{f"department_{n}": _b(key, title=f"Department {n}") for n, key in enumerate(DEPARTMENT_KEYS, 1)},
        **_FOOT,
    },
    "change": {"next": _b("Return"), "print": _b("P"), "lock": _b("Ctrl+L"), "keys": _b("F1")},
    "weigh": dict(_QUESTION),
    "price_check": dict(_QUESTION),
    "find": {"choose": _b("Return"), **_LIST, **_FOOT},
    "hold_list": {"choose": _b("Return"), **_LIST, **_FOOT},
    "no_sale": {
        **{f"reason_{n}": _b(f"F{n + 1}", title=f"Reason {n}") for n in range(1, 7)},
        **_FOOT,
    },
    "sign_in": {
        "take": _b("Return", title="Sign in"),
        **_LIST,
        "back": _b("Esc", title="Clear the PIN"),
        "keys": _b("F1"),
    },
    "lock": {
        "take": _b("Return", title="Unlock"),
        **_LIST,
        "back": _b("Esc", title="Clear the PIN"),
        "keys": _b("F1"),
    },
    "shift_open": {
        "take": _b("F12", title="Open the shift"),
        "by_pieces": _b("F5"),
        **_LIST,
        "back": _b("Esc", title="Sign out"),
        "keys": _b("F1"),
    },
    "shift_close": {
        "take": _b("F12", title="Close the shift"),
        "x_report": _b("F5"),
        "blind": _b("F6"),
        **_LIST,
        **_FOOT,
    },
    "z_done": {"next": _b("Return", title="Done"), "print": _b("P"), "keys": _b("F1")},
    "keys": {"back": _b("Esc", title="Close this sheet"), "keys": _b("F1", title="Close this sheet")},
    "confirming": {"try_again": _b("F5"), "keys": _b("F1")},
    "locked_out": {"try_again": _b("F5"), "keys": _b("F1")},
    "cannot_record": {"try_again": _b("F5"), **_FOOT},
    "entry": dict(_QUESTION),
    "reprint": {"choose": _b("Return", title="Print the chosen receipt again"), **_LIST, **_FOOT},
    "void_sale": {
        **{f"reason_{n}": _b(f"F{n + 1}", title=f"Reason {n}") for n in range(1, 7)},
        **_FOOT,
    },
    "cash": {
        "drop": _b("F2", title="Take cash to the safe"),
        "pay_in": _b("F3", title="Put cash in"),
        "pay_out": _b("F4", title="Pay cash out"),
        **{f"reason_{n}": _b(f"F{n + 4}", title=f"Reason {n}") for n in range(1, 7)},
        "take": _b("F12", title="Record the cash movement"),
        **_FOOT,
    },
    "approval": {
        "take": _b("Return", title="Approve"),
        **_LIST,
        "back": _b("Esc", title="Go back without approval"),
        "keys": _b("F1"),
    },
    "more": {
        "no_sale": _b("F2"),
        "void_sale": _b("F3", title="Void the whole sale"),
        "cash": _b("F4", title="Cash in or out of the drawer"),
        "reprint": _b("F5", title="Print a receipt again"),
        "x_report": _b("F6"),
        "close_shift": _b("F7"),
        "key_sheet": _b("F8", title="Keys of the sale screen"),
        "theme": _b("F9", title="Light or dark"),
        "command_sheet": _b("F11", title="Print the scanner's command sheet"),
        "about": _b("Ctrl+I", title="About this till"),
        "sign_out": _b("Ctrl+O", title="Sign out"),
        "lock": _b("Ctrl+L"),
        **_FOOT,
    },
    "back": {
        "filter": _b("Ctrl+F"),
        "new": _b("Ctrl+N"),
        "save": _b("Ctrl+S"),
        "edit": _b("F2"),
        "export": _b("Ctrl+E"),
        "import": _b("Ctrl+I"),
        "print_labels": _b("Ctrl+P"),
        "undo": _b("Ctrl+Z", title="Undo the last change"),
        **{f"section_{n}": _b(f"Ctrl+{n}", title=f"Section {n}") for n in range(1, 10)},
        "keys": _b("F1"),
    },
}
