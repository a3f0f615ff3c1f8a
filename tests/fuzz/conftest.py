"""The long profile: ``pytest tests/fuzz --hypothesis-profile=long -n 0``."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("long", max_examples=20_000, deadline=None)
