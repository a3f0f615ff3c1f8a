"""Approvals: what somebody allowed by a PIN, each tied to the one entry that the server noted of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pos_desktop.domain.basket_parts import Approval


@dataclass(frozen=True, slots=True)
class PinEntry:
    """An approval as the server noted it: its id, the permission it is for, who entered the PIN."""

    id: str
    what: str
    by: int


def named_approvals(
    approvals: Sequence[Mapping[str, Any]], given: Sequence[PinEntry]
) -> list[dict[str, Any]]:
    """The approvals of a document, each with the id of the PIN entry it rests on; none is used twice.

    The newest entry for the same thing by the same person is taken: an older one was for something given up.
    """
    taken = {approval.get("id") for approval in approvals}
    left = [entry for entry in given if entry.id not in taken]
    named = []
    for approval in approvals:
        fits = [e for e in left if (e.what, e.by) == (approval["what"], approval["by"])]
        if "id" not in approval and fits:
            left.remove(fits[-1])
            approval = {**approval, "id": fits[-1].id}
        named.append(dict(approval))
    return named


def named(approvals: Sequence[Approval], given: Sequence[PinEntry]) -> tuple[Approval, ...]:
    """A basket's approvals with their ids, so that they are still known at another till."""
    told = [{"what": a.what, "by": a.by, **({"id": a.id} if a.id else {})} for a in approvals]
    ids = [str(fields.get("id", "")) for fields in named_approvals(told, given)]
    return tuple(replace(a, id=id_) for a, id_ in zip(approvals, ids, strict=True))
