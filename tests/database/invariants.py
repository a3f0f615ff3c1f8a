"""Asks every invariant of the books (they live in pos_desktop.database.invariants) and proves the bytes."""

from __future__ import annotations

from typing import Any

import psycopg

from pos_desktop.database.verify import verify


def assert_sound(owner: psycopg.Connection[tuple[Any, ...]]) -> int:
    """Fail naming the first wrong document or rule; returns how many documents were read."""
    report = verify(owner)
    assert not report.findings, "\n".join(f"{f.place}: {f.what}" for f in report.findings)
    return report.documents
