"""The server's reasons and flags in words: what a cashier reads when a document was refused."""

from __future__ import annotations

from pos_desktop.words import WordTable, t

_WORDS = WordTable(
    {
        "tender_kind": "This store does not take one of these payments. Take it back and pay otherwise.",
        "ref_used": "That M-Pesa code has paid a sale already. Take it back and pay otherwise.",
        "no_account": "A gift card or account in it is not known here. Take it back and pay otherwise.",
        "account_blocked": "A gift card or account in it is blocked. Take it back and pay otherwise.",
        "account_until": "A gift card or voucher in it is too old. Take it back and pay otherwise.",
        "account_short": "A gift card in it was spent meanwhile. Take it back and pay otherwise.",
        "account_over": "That is above the account's limit. Take it back, or ask a supervisor.",
        "customer": (
            "The customer of this sale is not the right one, or not on file. Find the customer again."
        ),
        "other_account": "That house account is another customer's. Take it back and pay otherwise.",
        "points": "The customer's points do not add up. Take the customer off the sale, then pay again.",
        "points_moved": "What points are worth has changed. Pay again.",
        "points_short": "The customer's points were spent meanwhile. Take them back and pay otherwise.",
        "payment": "The payment does not add up. Take it again.",
        "already_sold": "This sale was paid at another till already. Void it here.",
        "already_refunded": "This came back already, at this till or another. Scan the receipt again.",
        "refund_held": "Another till is refunding that receipt. Try again in a few minutes.",
        "refund_amount": "Part of the receipt was refunded meanwhile. Scan the receipt again.",
        "refund_price": "A price without receipt is too high by now. Take the item out and scan it again.",
        "refund_tender": "More would go back to a card or account than it paid. Give the rest back in cash.",
        "not_sold": "That was not sold like this. Take it out and scan the receipt again.",
        "blocked": "An item in it may no longer be sold. Remove it and pay again.",
        "age_unchecked": "An item in it needs an age check. Remove it, scan it again and check the age.",
        "hours": "An item in it may not be sold at this hour. Remove it, and give back what was paid for it.",
        "limit": "One sale may not hold so much of an item in it. Take fewer and pay again.",
        "lowest_price": "An item in it would cost less than the law allows. Take nothing off it.",
        "deposit": "A deposit changed. Remove the item and scan it again.",
        "pack": "An item in it changed on file. Remove it and scan it again.",
        "under_age": (
            "The person signed in may not sell it alone. Remove it, scan it again and ask a supervisor."
        ),
        "given": "What was taken off does not add up. Void the sale and scan it anew.",
        "promotion": "An offer in it has ended, or is for other goods. Void the sale and scan it anew.",
        "special_price": "A price in it is for other customers or hours. Remove it and scan it again.",
        "coupon": "A coupon in it is not one of its offer. Scan it again to take it out.",
        "coupon_used": "A coupon in it was used meanwhile. Scan it again to take it out.",
        "no_discount": "A discount in it is more than was allowed. Give it again with a supervisor.",
        "discount_sum": "A discount in it does not add up. Give it again.",
        "tax_moved": "A tax rate changed. Go back to the basket and pay again.",
        "certificate": "That tax certificate is another customer's, or is over. Take it off the sale.",
        "rounding": "Cash is rounded otherwise now. Give the cash back and take it again.",
        "price": "A price is not on file any more. Remove the item and scan it again.",
        "no_item": "An item in it is not on file any more. Remove it and pay again.",
        "no_permission": (
            "The person signed in may not do this, or an approval has run out. Ask a supervisor."
        ),
        "unknown_cashier": "The person signed in is not on this store's staff any more. Sign in again.",
        "no_shift": "The shift is not open any more. Open a shift and pay again.",
        "shift_is_open": "A shift is open on this drawer already. Close it first.",
        "figures_moved": "The shift's figures moved meanwhile. Close the shift again.",
        "counts": "The count does not add up. Count the drawer again.",
        "difference_over": (
            "Over or short by more than the person signed in may close with. Ask a supervisor."
        ),
        "business_date": "The till's date is far off. Have its clock put right, then open the shift.",
    }
)


def refusal_words(reason: str) -> str:
    """What to tell the person at the till; an unknown reason is named, so that support can look it up."""
    if reason in _WORDS:
        return _WORDS[reason]
    return t("The server refused it ({reason}). Nothing was booked; call the manager.", reason=reason)
