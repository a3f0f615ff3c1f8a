"""Every word that a paper prints is the shop's to choose, but the few that no shop may word otherwise."""

from __future__ import annotations

import re

import pytest

from pos_desktop.domain.money import currency
from pos_desktop.domain.paper_texts import FIXED
from pos_desktop.domain.paper_words import TEXTS
from pos_desktop.domain.receipt import OFFLINE, ShopPaper
from pos_desktop.domain.receipt_layout import as_text
from pos_desktop.domain.sample_paper import SAMPLES, sample_paper
from pos_desktop.domain.slips import slip
from pos_desktop.words import names_in, t
from tests.words.reading import shown, sources

PAPERS = (
    "receipt",
    "receipt_layout",
    "paper_rows",
    "report_paper",
    "slips",
    "account_paper",
    "value_paper",
)
DATA = re.compile(
    r"Cleo|Priya|Samuel Okoro|Rye bread|Red wine 75 cl|Offer|Harbour Café Ltd|4 Quay Street|IE 1234567X|UTC"
    r"|GC[ 0-9A-Z]{12,}|[0-9a-f]{4}( [0-9a-f]{4}){3}|S1-T1-1-\d{6}"
)


def shop(words: dict[str, str]) -> ShopPaper:
    return ShopPaper(("*",), ("*",), currency("GBP"), words=words)


def marked(text: str) -> str:
    """A word that is no letter, and what is filled in."""
    return "~" + "".join(f"{{{name}}}" for name in sorted(names_in(text)))


@pytest.mark.parametrize("mode", ["included", "added"])
def test_no_word_of_the_program_s_is_left_on_any_paper(mode: str) -> None:
    own = shop({name: marked(text) for name, text in TEXTS.items()})
    for kind in SAMPLES:
        left = DATA.sub("", as_text(sample_paper(own, kind, mode), 48))
        assert re.findall(r"[^\W\d_]{2,}", left) == [], kind


def test_every_text_a_paper_shows_can_be_chosen_or_is_named_as_fixed() -> None:
    rooms = {f"pos_desktop/domain/{name}.py" for name in PAPERS}
    texts = {text.words for source in sources() if source.path in rooms for text in shown(source)}
    assert texts - set(TEXTS.values()) == set(FIXED)


def test_names_are_the_ones_the_server_takes_and_each_text_has_one() -> None:
    assert all(re.fullmatch(r"[a-z_]{1,32}", name) for name in TEXTS)
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_training_and_offline_are_the_same_words_everywhere() -> None:
    own = shop({name: marked(text) for name, text in TEXTS.items()} | dict.fromkeys(FIXED, "~"))
    paper = as_text(slip(own, "", (), messages=(OFFLINE,), training=True), 48)
    assert [line.strip() for line in paper.splitlines()[2:6]] == [
        "VOID", "TRAINING - NOT A SALE", "OFFLINE", OFFLINE,
    ]  # fmt: skip


def test_a_word_with_braces_of_its_own_breaks_no_paper() -> None:
    own = shop({"receipt_till": "{till.real} {0} {till} {", "items": "{n:>99999999}", "net": "{}"})
    text = as_text(sample_paper(own, "receipt", "included"), 48)
    assert "{till.real} {0} 1 {" in text
    assert "{n:>99999999}" in text


def test_outside_its_papers_a_shop_s_word_means_nothing() -> None:
    sample_paper(shop({"net": "Netto!"}), "receipt", "included")
    assert t("Net") == "Net"
