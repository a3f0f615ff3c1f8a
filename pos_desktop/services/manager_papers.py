"""What stands on a store's papers, worded by its manager: seen before it is saved, never over another's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.database import manager_papers as rows
from pos_desktop.domain.money import currency
from pos_desktop.domain.paper_words import LONGEST, MOST_LINES, TEXTS, PaperRules
from pos_desktop.domain.receipt import Paper, ShopPaper
from pos_desktop.domain.sample_paper import sample_paper
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.typed_text import kept_text
from pos_desktop.words import names_in, t

add_messages(
    {
        "papers.not_granted": (
            "The papers of this store are not yours to word.\nAsk whoever gave you your login."
        ),
        "papers.too_long": (
            "A line holds {longest} characters, header and footer {lines} lines each.\n"
            "Take some out, then save again."
        ),
        "papers.names": (
            "“{text}” has a name in braces that is not filled in there.\nThe usual words are “{usual}”."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class PapersSaved:
    """What stands on the papers now; ``conflict``: somebody else saved first, and this is theirs."""

    rules: PaperRules
    conflict: bool = False


class ManagerPapers:
    """Reads and saves the wording of one store; every method but ``preview`` blocks."""

    def __init__(self, desk: ManagerDesk, store: Store) -> None:
        self._database, self._store = desk.database, store

    def read(self) -> PaperRules:
        """What stands on the papers; UserError when the store is not granted."""
        with self._database.lookups.connection() as connection:
            found = rows.papers(connection, self._store.number)
        if found is None:
            raise UserError("papers.not_granted")
        return PaperRules.from_fields(found)

    def save(self, was: PaperRules, now: PaperRules) -> PapersSaved:
        """Save over what was read; UserError for a card number in it, more than fits a paper, or a
        name in braces that nothing fills in."""
        for text in (*now.header, *now.footer, now.legal, *now.words.values()):
            kept_text(text)
        for name, text in now.words.items():
            if not names_in(text) <= names_in(TEXTS[name]):
                raise UserError("papers.names", text=text, usual=t(TEXTS[name]))
        with self._database.sale.connection() as connection:
            answer = rows.save_papers(connection, self._store.number, fields(was), fields(now))
        if answer["outcome"] == "refused":
            if answer["reason"] == "papers":
                raise UserError("papers.too_long", longest=LONGEST, lines=MOST_LINES)
            raise UserError("papers.not_granted")
        return PapersSaved(PaperRules.from_fields(answer["papers"]), answer["outcome"] == "conflict")

    def preview(self, rules: PaperRules, kind: str) -> Paper:
        """A made-up paper with these words; never blocks."""
        store = self._store
        header, zone = rules.header or (store.name,), ZoneInfo(store.time_zone)
        shop = ShopPaper(header, rules.footer, currency(store.currency), zone, rules.legal, rules.words)
        return sample_paper(shop, kind, store.tax_mode)


def fields(rules: PaperRules) -> dict[str, Any]:
    """The rules as the server has them."""
    told = asdict(rules)
    return {**told, "header": list(rules.header), "footer": list(rules.footer), "words": dict(rules.words)}
