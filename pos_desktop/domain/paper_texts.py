"""Every other word of the papers, by name, in the groups its editor shows them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pos_desktop.words import later, later_all


@dataclass(frozen=True, slots=True)
class PaperGroup:
    """Words that stand on the same papers: what the program prints, by name; ``{names}`` are filled in."""

    title: str
    texts: Mapping[str, str]


GROUPS: Final = later_all(
    (
        PaperGroup(
            "On receipts",
            {
                "receipt_till": "Till {till}",
                "one_item": "1 item",
                "items": "{n} items",
                "one_item_back": "1 item back",
                "items_back": "{n} items back",
                "customer": "Customer",
                "given_back": "Given back: {name}",
                "tax_on": "{tax} on {net}",
                "invoice_name": "Name ______________________",
                "invoice_address": "Address ___________________",
                "net": "Net",
                "tax_column": "Tax",
                "gross": "Gross",
                "exempt_word": "exempt",
                "discount": "Discount",
                "sale_discount": "Sale discount",
                "case_price": "Case price",
                "price_typed": "price typed",
                "price_from_label": "price from label",
                "older_price_kept": "older price kept",
                "price_lowered": "price lowered since the scan",
                "returned_empties": "Returned empties",
                "returned_as_paid": "Returned, as paid on {receipt}",
                "returned_without_a_receipt": "Returned without a receipt",
                "points_earned": "Points earned",
                "points_taken_back": "Points taken back",
                "points_spent": "Points spent",
                "points_given_back": "Points given back",
                "head": "Head {groups}",
            },
        ),
        PaperGroup(
            "Ways of paying",
            {
                "cash": "Cash",
                "card": "Card",
                "gift_card": "Gift card",
                "store_credit": "Store credit",
                "voucher": "Voucher",
                "m_pesa": "M-Pesa",
                "cheque": "Cheque",
                "on_account": "On account",
                "points": "Points",
                "name_ending": "{name} ending {end}",
                "ending": "ending {end}",
                "name_code": "{name} code",
                "code": "code {code}",
                "used_up": "worth {amount}, used up",
                "left_on_it": "{amount} left on it",
                "put_on_it": "Put on it",
            },
        ),
        PaperGroup(
            "On slips and accounts",
            {
                "number": "Number",
                "date": "Date",
                "till": "Till",
                "cashier": "Cashier",
                "time": "Time",
                "reason": "Reason",
                "amount": "Amount",
                "allowed_by": "Allowed by",
                "signed": "Signed",
                "no_sale": "No sale",
                "cash_to_the_safe": "Cash to the safe",
                "paid_in": "Paid in",
                "paid_out": "Paid out",
                "float": "Float",
                "taken_by": "Taken by",
                "received_by": "Received by",
                "customer_number": "Customer number",
                "charged_to_account": "Charged to account",
                "charged": "Charged",
                "payment_on_account": "Payment on account",
                "received": "Received",
                "account_statement": "Account statement",
                "owed_before": "Owed before",
                "owed_now": "Owed now",
                "taken_back": "Taken back",
                "payment": "Payment",
                "set_by_the_office": "Set by the office",
                "printed": "Printed",
                "limit": "Limit",
            },
        ),
        PaperGroup(
            "On X and Z reports",
            {
                "x_report": "X report",
                "z_report": "Z report {z}",
                "drawer": "Drawer",
                "business_date": "Business date",
                "opened": "Opened",
                "opened_by": "Opened by",
                "closed": "Closed",
                "closed_by": "Closed by",
                "sales": "Sales",
                "sales_count": "Sales ({n})",
                "refunds_count": "Refunds ({n})",
                "promotions_gave": "Promotions gave",
                "discounts_gave": "Discounts gave",
                "put_on_gift_cards": "Put on gift cards",
                "deposits_taken": "Deposits taken",
                "given_for_empties": "Given for empties",
                "report_total": "Total",
                "paid_by": "Paid by",
                "rounding_of_cash": "Rounding of cash",
                "tax_in_all": "{tax} in all",
                "received_on_account": "Received on account",
                "drops_to_safe": "Drops to safe",
                "expected_in_drawer": "Expected in drawer",
                "drawer_count": "Drawer count",
                "counted": "Counted",
                "over_or_short": "Over or short",
                "over": "Over",
                "short": "Short",
                "answers_for_it": "Answers for it",
                "the_shop": "the shop",
                "counted_events": "Counted events",
                "drawer_opened": "Drawer opened, no sale",
                "sales_voided": "Sales voided",
                "age_refusals": "Age refusals",
                "record_of": "Record",
                "first_number": "First number",
                "last_number": "Last number",
                "grand_total": "Grand total",
                "counted_by": "Counted by",
                "checked_by": "Checked by",
            },
        ),
        PaperGroup(
            "Months",
            {
                "jan": "Jan",
                "feb": "Feb",
                "mar": "Mar",
                "apr": "Apr",
                "may": "May",
                "jun": "Jun",
                "jul": "Jul",
                "aug": "Aug",
                "sep": "Sep",
                "oct": "Oct",
                "nov": "Nov",
                "dec": "Dec",
            },
        ),
    )
)

FIXED: Final = (
    later("VOID"),
    later("TRAINING - NOT A SALE"),
    later("OFFLINE"),
    later("Sold offline. The record is sent later."),
)
"""What no shop words otherwise: a paper of training, or of a sale sold alone, is known by it anywhere."""
