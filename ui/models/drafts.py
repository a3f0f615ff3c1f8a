"""What was typed into cells and is not saved yet: kept by row, whatever is filtered, sorted or read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from pos_desktop.services.manager import Value
from ui.models.columns import Column


class Drafts(QObject):
    """Typed texts by row and column, beside the row as it was when the typing began.

    Signals: ``changed(object)`` the id of the row whose drafts are others now.
    """

    changed = Signal(object)

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = {column.key: column for column in columns if column.editing is not None}
        self._begun: dict[Any, Any] = {}
        self._texts: dict[Any, dict[str, str]] = {}

    def __len__(self) -> int:
        """Rows with something not saved."""
        return len(self._texts)

    @property
    def rows(self) -> list[Any]:
        """The rows with something not saved, as they were when the typing began."""
        return [self._begun[each] for each in self._texts]

    def begun(self, row: Any) -> Any:
        """The row as it was when the typing began; the row itself when nothing was typed."""
        return self._begun.get(row.id, row)

    def text(self, row: Any, key: str) -> str | None:
        """What was typed into a cell, or None."""
        return self._texts.get(row.id, {}).get(key)

    def type(self, row: Any, key: str, text: str) -> None:
        """Somebody typed; the text of the saved value takes the draft away again."""
        begun = self._begun.get(row.id, row)
        if self._is_saved(begun, key, text):
            if self._texts.get(row.id, {}).pop(key, None) is None:
                return
            if not self._texts[row.id]:
                self.forget(row)
                return
        else:
            self._begun.setdefault(row.id, row)
            self._texts.setdefault(row.id, {})[key] = text
        self.changed.emit(row.id)

    def _is_saved(self, row: Any, key: str, text: str) -> bool:
        editing = self._columns[key].editing
        assert editing is not None
        try:
            value = editing.read(text, row)
        except ValueError:
            return False
        return bool(value == row.value(editing.field))

    def problem(self, row: Any, key: str) -> str:
        """What is wrong with the text typed into a cell, in words; empty when nothing is."""
        text, editing = self.text(row, key), self._columns[key].editing
        if text is None or editing is None:
            return ""
        try:
            editing.read(text, row)
        except ValueError as problem:
            return str(problem)
        return ""

    def problems(self, row: Any) -> list[str]:
        """What is wrong with the texts typed for a row."""
        return [words for key in self._texts.get(row.id, {}) if (words := self.problem(row, key))]

    def values(self, row: Any) -> Mapping[str, Value]:
        """The new values of a row by the service's names; texts that are no values are left out."""
        found: dict[str, Value] = {}
        for key, text in self._texts.get(row.id, {}).items():
            editing = self._columns[key].editing
            if editing is not None and not self.problem(row, key):
                found[editing.field] = editing.read(text, self.begun(row))
        return found

    def rebase(self, row: Any) -> None:
        """The person has seen the row as it is now: drafts are against this version from now on."""
        if row.id in self._begun:
            self._begun[row.id] = row
            for key, text in dict(self._texts[row.id]).items():
                if self._is_saved(row, key, text):
                    del self._texts[row.id][key]
            if self._texts[row.id]:
                self.changed.emit(row.id)
            else:
                self.forget(row)

    def forget(self, row: Any) -> None:
        """Nothing of this row waits any more."""
        self._texts.pop(row.id, None)
        if self._begun.pop(row.id, None) is not None:
            self.changed.emit(row.id)

    def clear(self) -> None:
        """Throw everything away."""
        for row in self.rows:
            self.forget(row)
