"""The values of ``till.toml`` by their dotted keys, each from the environment, the file, or its default.

Who reads a value is told in one sentence where it stands and what would be right. What was asked is kept
with where it came from, so that ``pos-desktop config show`` says what the program really uses.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos_desktop.errors import UserError, add_messages

DEFAULT, FILE, ENVIRONMENT = "default", "file", "environment"

add_messages(
    {
        "config.unreadable": (
            "The settings in {file} cannot be read: {reason}.\nCorrect that line and start again."
        ),
        "config.value": "{key} in {file} is {value}.\nIt has to be {wanted}.",
        "config.unknown": (
            "{file} has a setting {key} this program does not know.\nTake it out; known are: {known}."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Used:
    """One setting as the program uses it, and where it came from: DEFAULT, FILE or ENVIRONMENT."""

    key: str
    value: Any
    source: str


def parse_file(file: Path) -> tuple[str, dict[str, Any]]:
    """The file's text and its tables; none of either when there is no file. UserError when it is no TOML."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return "", {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError("config.unreadable", file=str(file), reason=str(error)) from error
    except OSError as error:
        raise UserError("config.unreadable", file=str(file), reason=error.strerror or str(error)) from error


class SettingsReader:
    """Typed access to the settings by dotted key, with a sentence for each wrong one.

    ``keys`` is every section with the keys it may have; what the environment names goes before the file.
    """

    def __init__(
        self, file: Path, keys: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]
    ) -> None:
        self.file = file
        self._used: dict[str, Used] = {}
        self._keys = keys
        self._text, self._values = parse_file(file)
        self._variables = {
            name: value
            for name, value in environment.items()
            if any(name.startswith(variable_of(f"{section}.")) for section in keys)
        }

    def refuse_unknown(self) -> None:
        """UserError for the first section, key or variable that is none of the program's."""
        for section, content in self._values.items():
            if section not in self._keys:
                raise self._unknown(section, section, self._keys)
            if not isinstance(content, dict):
                raise self.wrong(section, content, f"a section: [{section}]")
            for name in content:
                if name not in self._keys[section]:
                    raise self._unknown(f"{section}.{name}", f"{section}.{name}", self._keys[section])
        for section, names in self._keys.items():
            known = [variable_of(f"{section}.{name}") for name in names]
            for variable in sorted(self._variables):
                if variable.startswith(variable_of(f"{section}.")) and variable not in known:
                    raise UserError(
                        "config.unknown", file="The environment", key=variable, known=", ".join(known)
                    )

    def without(self, key: str) -> bool:
        """Forget what ``key`` says: whoever lists all problems goes on behind it. False: it says nothing."""
        section, _, name = key.partition(".")
        for variable in (key, variable_of(key)):
            if self._variables.pop(variable, None) is not None:
                return True
        table = self._values.get(section)
        if name and isinstance(table, dict):
            return table.pop(name, None) is not None
        return self._values.pop(section, None) is not None

    def place(self, key: str) -> str:
        """Where ``key`` stands, in words: the file with its line, or the variable of the environment."""
        if variable_of(key) in self._variables:
            return f"the environment ({variable_of(key)})"
        line = _line_of(self._text, key) or _line_of(self._text, key.partition(".")[0])
        return f"{self.file}, line {line}" if line else str(self.file)

    def wrong(self, key: str, value: object, wanted: str) -> UserError:
        """The sentence about a value that cannot be used."""
        return UserError("config.value", file=self.place(key), key=key, value=repr(value), wanted=wanted)

    def _unknown(self, key: str, place: str, known: Mapping[str, object] | tuple[str, ...]) -> UserError:
        return UserError("config.unknown", file=self.place(place), key=key, known=", ".join(known))

    def get(self, key: str, default: Any = None) -> Any:
        """The value as it stands, or ``default``."""
        variable, (section, _, name) = variable_of(key), key.partition(".")
        value, source = default, DEFAULT
        if variable in self._variables:
            value, source = _typed(self._variables[variable]), ENVIRONMENT
        elif name in self._values.get(section, {}):
            value, source = self._values[section][name], FILE
        self._used[key] = Used(key, value, source)
        return value

    def used(self, key: str) -> Used:
        """``key`` as the program uses it; as it stands, where nobody has asked for it."""
        if key not in self._used:
            self.get(key)
        return self._used[key]

    def text(self, key: str, default: str) -> str:
        """A text; an empty one is refused."""
        value = self.get(key, default)
        if self._used[key].source == DEFAULT:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, value, "a text in quotes")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true or false")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.get(key, default)
        if value not in allowed or not isinstance(value, str):
            raise self.wrong(key, value, "one of " + ", ".join(allowed))
        return value

    def number(self, key: str, allowed: tuple[int, ...], default: int) -> int:
        """One of a few numbers."""
        value = self.get(key, default)
        if value not in allowed or not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, value, "one of " + ", ".join(map(str, allowed)))
        return value

    def between(self, key: str, least: int, most: int, default: int, wanted: str = "") -> int:
        """A whole number from ``least`` to ``most``."""
        value = self.get(key, default)
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(key, value, wanted or f"a number from {least} to {most}")
        return value

    def path(self, key: str) -> Path | None:
        """A path, or None; a relative one starts at the shop's folder, wherever the program was started."""
        value = self.text(key, "")
        return self.file.parent / Path(value).expanduser() if value else None

    def folder(self, key: str, default: str) -> Path:
        """As :meth:`path`, for one that is always there."""
        return self.file.parent / Path(self.text(key, default)).expanduser()


def variable_of(key: str) -> str:
    """The environment's variable for ``key``: POS_DESKTOP_SCREEN_THEME for screen.theme."""
    section, _, name = key.partition(".")
    return f"POS_DESKTOP_{section.upper()}_{name.upper()}"


def _typed(raw: str) -> Any:
    """What a variable says: a number, true, false or a list as in the file, otherwise the text itself."""
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def _line_of(text: str, key: str) -> int:
    """The line, from 1, on which ``key`` or its section stands; 0 when it is written in another form."""
    wanted, _, name = key.partition(".")
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            section = header[1]
            if section == wanted and not name:
                return number
        assigned = re.match(r"\s*[\"']?([\w.-]+)[\"']?\s*=", line)
        if assigned and (f"{section}.{assigned[1]}" if section else assigned[1]) == key:
            return number
    return 0


def without_passwords(text: str) -> str:
    """``text`` with each password masked that somebody wrote into a connection string all the same."""
    hidden = re.sub(r"(?i)(password\s*=\s*)('[^']*'|[^\s\"']+)", r"\1***", text)
    return re.sub(r"(?i)(postgres(?:ql)?://[^:@/\s]+:)[^@\s]+@", r"\1***@", hidden)
