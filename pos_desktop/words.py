"""The words people read, in the language in use: the English text is the key, files hold the other languages.

Every room may use this one. ``t`` is for words where they are shown, ``later`` marks words that stand in a
table until they are shown. Nothing here is for logs, for the command line or for names of data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Generic, TypeVar

from pos_desktop import paths

ENGLISH = "en"
LONG = "xx"
"""The test language: every word accented, bracketed and 40 % longer, so that what was left out is seen."""
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "sw": "Kiswahili"}
"""The languages a shop can choose: their code and what they call themselves."""

COMMA = frozenset({"de"})
"""The languages that write a comma before the decimals, and the currency's sign behind the amount."""

_CONTEXT = " @"
_NAMES = re.compile(r"(\{[^{}]*\})")
_ACCENTS = str.maketrans("AEIOUaeiouCcNnSs", "ÅÉÎÖÛåéîöûÇçÑñŠš")
_MORE = 0.4

_now = ENGLISH
_own: ContextVar[Mapping[str, str]] = ContextVar("own", default={})  # noqa: B039
_Table = TypeVar("_Table")
_Key = TypeVar("_Key")


def use(language: str) -> None:
    """Show words in ``language`` from now on; called before any window. KeyError for an unknown one."""
    if language not in LANGUAGES and language != LONG:
        raise KeyError(language)
    global _now
    _now = language


def language() -> str:
    """The language in use."""
    return _now


def decimals(text: str) -> str:
    """A number written with a point, with the decimal sign of the language in use."""
    return text.replace(".", ",") if _now in COMMA else text


def t(text: str, /, **values: object) -> str:
    """``text`` in the language in use, its ``{names}`` filled in; English where the language lacks it.

    What follows " @" tells two meanings of one English word apart and is never shown.
    """
    own = _own.get().get(text)
    if own is not None:
        return _filled(own, values)
    found = _plain(text) if _now == ENGLISH else _lookup(_now, text)
    return found.format(**values) if values else found


def t_n(n: int, one: str, many: str, /, **values: object) -> str:
    """``one`` or ``many`` as the count ``n`` asks for; ``{n}`` is the count, or as ``values`` write it."""
    return t(one if n == 1 else many, **{"n": n, **values})


@contextmanager
def own_words(words: Mapping[str, str]) -> Iterator[None]:
    """Inside, ``words`` by their English text win over the language's: what a shop wants on its papers."""
    before = _own.set(words)
    try:
        yield
    finally:
        _own.reset(before)


def names_in(text: str) -> frozenset[str]:
    """The ``{names}`` in a text, without their braces."""
    return frozenset(name[1:-1] for name in _NAMES.findall(text))


def later(text: str) -> str:
    """``text`` as it is: words of a table, looked up with ``t`` where they are shown."""
    return text


def later_all(table: _Table) -> _Table:
    """``table`` as it is: each text in it that is no key is looked up with ``t`` where it is shown."""
    return table


class WordTable(Generic[_Key], Mapping[_Key, str]):
    """A table of words that answers in the language in use: who reads one needs no ``t``."""

    def __init__(self, words: Mapping[_Key, str]) -> None:
        self._words = words

    def __getitem__(self, name: _Key) -> str:
        return t(self._words[name])

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every text a language has: resources/translations/<language>/*.toml."""
    found: dict[str, str] = {}
    for file in sorted((paths.resources_dir() / "translations" / language).glob("*.toml")):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def longer(text: str) -> str:
    """``text`` as the test language has it; its ``{names}`` stay."""
    parts = _NAMES.split(_plain(text))
    letters = sum(len(part) for part in parts[::2])
    shown = "".join(part if part.startswith("{") else part.translate(_ACCENTS) for part in parts)
    return f"[{shown}{'~' * max(0, round(letters * _MORE) - 2)}]"


@cache
def _lookup(language: str, text: str) -> str:
    return longer(text) if language == LONG else catalogue(language).get(text, _plain(text))


def _plain(text: str) -> str:
    return text.partition(_CONTEXT)[0]


def _filled(own: str, values: Mapping[str, object]) -> str:
    """A person wrote it: what looks like a name and is none stays as it stands."""
    return _NAMES.sub(lambda name: str(values.get(name[0][1:-1], name[0])), own)
