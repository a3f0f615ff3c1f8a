"""How far a long command is: one line on a terminal."""

from __future__ import annotations

from typing import TextIO

_WIDTH = 30


class ProgressBar:
    """One line on a terminal, redrawn when the whole per cent changes; on anything else, nothing."""

    def __init__(self, stream: TextIO, *, hidden: bool = False) -> None:
        self._stream = stream
        self._hidden = hidden or not stream.isatty()
        self._last = ""

    def show(self, what: str, done: int, of: int) -> None:
        """Draw how far ``what`` is."""
        share = min(done / of, 1.0) if of else 1.0
        filled = round(share * _WIDTH)
        line = f"{what:<16} {'█' * filled}{'·' * (_WIDTH - filled)} {share:4.0%}"
        if not self._hidden and line != self._last:
            self._stream.write("\r" + line)
            self._stream.flush()
            self._last = line

    def say(self, line: str) -> None:
        """A line of its own above the bar."""
        self.clear()
        self._stream.write(line + "\n")

    def clear(self) -> None:
        """Take the bar away."""
        if self._last:
            self._stream.write("\r" + " " * len(self._last) + "\r")
            self._stream.flush()
            self._last = ""
