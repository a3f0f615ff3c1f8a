"""Kinds of documents and events as people call them."""

from __future__ import annotations

from pos_desktop.words import WordTable

KINDS = WordTable(
    {
        "sale": "Sale",
        "refund": "Refund",
        "void": "Void",
        "cash": "Cash in or out",
        "account_payment": "Payment on account",
        "no_sale": "Drawer opened",
        "shift_open": "Shift opened",
        "shift_close": "Z report",
        "event": "Event",
    }
)
"""Kinds of documents as people call them."""
ABOUT = WordTable(
    {
        "float": "Float added",
        "drop": "To the safe",
        "pay_in": "Paid in",
        "pay_out": "Paid out",
        "age_refused": "Age refused",
        "line_voided": "Line taken out",
        "price_overridden": "Price changed",
        "basket_abandoned": "Basket emptied",
        "unknown_left_out": "Unknown code left out",
        "unknown_sold": "Code sold, to create",
        "sale_taken_over": "Sale taken over",
        "price_check": "Price looked up",
    }
)
DETAILS = WordTable(
    {
        "amount": "Amount",
        "by": "By @whom",
        "code": "Code",
        "from": "From @before",
        "item": "Item",
        "lines": "Lines",
        "method": "Method",
        "min_age": "Min age",
        "now": "Now @after",
        "on_hand": "On hand",
        "price": "Price",
        "qty": "Qty",
        "reason": "Reason",
        "to": "To @after",
        "was": "Was @before",
    }
)
"""What an event notes beside its name."""
