"""The words a shop may choose on its papers: the program's own, where each stands, and a store's instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pos_desktop.domain.paper_texts import GROUPS
from pos_desktop.words import later_all, t

LONGEST = 200
"""Characters in one line or word of a paper; longer ones wrap over half a receipt."""
MOST_LINES = 12
"""Lines in a header or footer."""


@dataclass(frozen=True, slots=True)
class PaperWord:
    """A word on papers: what the program prints, and where it stands, for whoever changes it."""

    text: str
    place: str


WORDS: Final[dict[str, PaperWord]] = later_all(
    {
        "tax": PaperWord("VAT", "The name of the tax, in the table and on reports"),
        "tax_number": PaperWord("VAT number", "Before a customer's tax number on a tax invoice"),
        "invoice": PaperWord("TAX INVOICE", "On top of a tax invoice"),
        "gift": PaperWord("GIFT RECEIPT", "On top of a gift receipt"),
        "gift_note": PaperWord("Bring this slip to exchange it.", "Below the goods of a gift receipt"),
        "refund": PaperWord("REFUND", "On top of a refund slip"),
        "copy": PaperWord("COPY", "On top of a paper printed again, with its number"),
        "subtotal": PaperWord("Subtotal", "Before taxes that come on top"),
        "total": PaperWord("TOTAL", "Beside the sum of the sale"),
        "saved": PaperWord("You saved", "Beside what promotions and discounts took off"),
        "rounding": PaperWord("Rounding", "Beside what rounding of cash added or took off"),
        "change": PaperWord("Change", "Beside the cash given back"),
        "exempt": PaperWord("Tax exempt", "Before the certificate of an exempt customer"),
    }
)
"""The most asked for, by name, in the order the editor shows them."""

TEXTS: Final[Mapping[str, str]] = {
    **{name: one.text for name, one in WORDS.items()},
    **{name: text for group in GROUPS for name, text in group.texts.items()},
}
"""Every word of the papers that a shop may choose, by name."""


@dataclass(frozen=True, slots=True)
class PaperRules:
    """What stands on a store's papers. ``header`` begins with the shop's name; ``words`` by name."""

    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    legal: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> PaperRules:
        """The rules as ``pos.rules_papers`` sends them; a word this program does not print is left out."""
        told = {str(name): str(text) for name, text in (fields.get("words") or {}).items()}
        return cls(
            tuple(str(line) for line in fields.get("header") or ()),
            tuple(str(line) for line in fields.get("footer") or ()),
            str(fields.get("legal") or ""),
            {name: text for name, text in told.items() if name in TEXTS},
        )


PLAIN_PAPER = PaperRules()
"""Until the server has said otherwise."""


def by_text(words: Mapping[str, str]) -> dict[str, str]:
    """A store's own words by the program's, as :func:`pos_desktop.words.own_words` wants them."""
    return {TEXTS[name]: text for name, text in words.items() if name in TEXTS}


def word(words: Mapping[str, str], name: str) -> str:
    """A store's own word, or the program's; KeyError for a name no paper has."""
    return words.get(name) or t(WORDS[name].text)
