"""A page whose pane changes the row in hand: each change is kept at once, told, and can be taken back."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from pos_desktop.errors import UserError
from pos_desktop.words import t
from ui.manager.grid_page import GridPage
from ui.messages import text_for
from ui.tasks import Command


class KeptPage(GridPage):
    """A table and the pane where its row is changed."""

    @abstractmethod
    def _show_kept(self) -> None:
        """Show the row in hand as it is kept, not as it was typed."""

    def _keep(self, work: Callable[[], Any], kept: Callable[[Any], None]) -> None:
        """Change something in the lane; ``kept`` gets what it is now, and the rows are read again."""

        def done(now: Any) -> None:
            kept(now)
            self._ask()

        self._lanes.run(Command(self, work, done, self._not_kept))

    def _say_kept(self, words: str, back: Callable[[], None] | None) -> None:
        self.say(words, "good", () if back is None else ((t("Take it back"), back),))

    def _not_kept(self, problem: Exception) -> None:
        if not isinstance(problem, UserError):
            self._failed(problem)
            return
        self._show_kept()
        # Not through _failed: the load that follows would clear the words as an old outage's.
        self.say(text_for(problem), "warn")
        self._ask()
