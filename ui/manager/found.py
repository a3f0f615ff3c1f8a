"""What to say when a filter of the products finds nothing."""

from __future__ import annotations

from pos_desktop.services.manager import ProductFilter
from pos_desktop.words import t


def none_words(wanted: ProductFilter) -> tuple[str, bool]:
    """Why there are no rows, and whether a filter is why."""
    if not (wanted.words or wanted.low or wanted.category or wanted.supplier):
        return t("No products yet. Import a list."), False
    named = [each for each in (wanted.category, wanted.supplier) if each]
    place = t("{category} of {supplier}", category=named[0], supplier=named[1]) if len(named) > 1 else ""
    place = place or "".join(named)
    return (_inside(wanted, place) if place else _anywhere(wanted)), True


def _anywhere(wanted: ProductFilter) -> str:
    if wanted.words and wanted.low:
        return t("Nothing matches “{words}” among what is low.", words=wanted.words)
    if wanted.words:
        return t("Nothing matches “{words}”.", words=wanted.words)
    return t("Nothing is low.")


def _inside(wanted: ProductFilter, place: str) -> str:
    if wanted.words and wanted.low:
        return t(
            "Nothing matches “{words}” among what is low among {place}.", words=wanted.words, place=place
        )
    if wanted.words:
        return t("Nothing matches “{words}” among {place}.", words=wanted.words, place=place)
    if wanted.low:
        return t("Nothing is low among {place}.", place=place)
    return t("There are no products among {place}.", place=place)
