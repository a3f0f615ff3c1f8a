"""The database tests' small shop, for whoever attacks it."""

from __future__ import annotations

from tests.database.conftest import world, world_of

__all__ = ["world", "world_of"]
