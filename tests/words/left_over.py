"""What is left in English when every word goes through the test language, whose words stand in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pos_desktop import words

LANGUAGES = (words.LONG, *(code for code in words.LANGUAGES if code != words.ENGLISH))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything shown inside the block is in that language; English again behind it."""
    words.use(language)
    try:
        yield
    finally:
        words.use(words.ENGLISH)


def left_over(text: str, data: Iterable[str] = ()) -> str:
    """The words of ``text`` that stand in no brackets and are none of the shop's ``data``; "": all is well.

    Codes (letters with digits) and what has under three letters (units, keys, initials) are nobody's words.
    """
    before = ""
    while before != text:
        before, text = text, re.sub(r"\[[^\[\]]*\]", " ", text)
    # A text that was cut at a line's end has its other bracket in the next.
    text = re.sub(r"\[[^\[\]]*$", " ", re.sub(r"^[^\[\]]*\]", " ", text))
    for known in sorted(data, key=len, reverse=True):
        text = text.replace(known, " ")
    return " ".join(re.findall(r"[^\W\d_]{3,}", re.sub(r"\w*\d\w*", " ", text)))
