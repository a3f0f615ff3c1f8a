"""The database tests' small shop, for whoever attacks it; and a keyring for those who want one."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.database.conftest import mould, world, world_of

__all__ = ["mould", "use_keyring", "world", "world_of"]


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Puts a keyring (None: not even the library) in the system's place, for this test."""

    def use(keyring: object) -> None:
        monkeypatch.setitem(sys.modules, "keyring", keyring)  # type: ignore[arg-type]

    return use
