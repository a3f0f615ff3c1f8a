"""The three kinds of trouble a person can meet, and the catalogue of their words.

``UserError`` is something the person can put right; ``EnvironmentProblem`` is the world's fault and
worth another try; ``Bug`` is ours. Each carries a code and named parameters; the words live in one
catalogue, so they can be translated and no code ever matches on text.
"""

from __future__ import annotations

import string
from collections.abc import Mapping

from pos_desktop.words import t

Parameter = str | int

_CATALOGUE: dict[str, str] = {}


def add_messages(messages: Mapping[str, str]) -> None:
    """Put a room's messages (code to template with ``{named}`` parameters) into the catalogue."""
    for code, template in messages.items():
        if _CATALOGUE.get(code, template) != template:
            raise ValueError(f"two different texts for the message {code!r}")
        _CATALOGUE[code] = template


def message_parameters(code: str) -> frozenset[str]:
    """The names of the parameters the message ``code`` needs; KeyError when there is no such message."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(_CATALOGUE[code]) if name)


def message_template(code: str) -> str:
    """The words of the message ``code``, its parameters still named in braces."""
    return _CATALOGUE[code]


def message_codes() -> tuple[str, ...]:
    """Every code of the catalogue, sorted."""
    return tuple(sorted(_CATALOGUE))


class PosError(Exception):
    """What all three kinds have in common: a code and named parameters, shown through the catalogue."""

    def __init__(self, code: str, **params: Parameter) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    @property
    def retryable(self) -> bool:
        """Whether the very same call may work a moment later."""
        return False

    def text(self) -> str:
        """The sentence for people, in the language in use; a code without words shows itself rather than
        failing twice."""
        words = _CATALOGUE.get(self.code)
        if words is None:
            return f"{self.code} {self.params or ''}".strip()
        template = t(words)
        try:
            return template.format(**self.params)
        except KeyError:
            return template

    def __str__(self) -> str:
        return self.text()


class UserError(PosError):
    """Something the person at the screen can put right; the text says how."""


class EnvironmentProblem(PosError):  # noqa: N818 - a word of the design
    """Network, server, disk or device: shown, and the same call may work later."""

    @property
    def retryable(self) -> bool:
        return True


class Bug(PosError):  # noqa: N818 - a word of the design
    """Ours: the crash view shows it, the log has the trace, the basket is kept."""


add_messages(
    {
        "bug": (
            "Something in the program went wrong: {detail}\n"
            "The log has the details; please send it to support."
        ),
        "home.not_writable": (
            "The folder {path} cannot be written to ({reason}).\n"
            "Give another with --home or POS_DESKTOP_HOME."
        ),
    }
)
