"""Chain heads outside the database: what is written when, what they find out, files in trouble."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_desktop.database import shifts
from pos_desktop.database.keeper import Head
from pos_desktop.database.verify import verify
from pos_desktop.domain.anchor import Anchor, read_anchors
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.keeper_anchors import AnchorFile, due
from tests.database.conftest import World
from tests.database.shop import MILK, TillClient, line
from tests.keeper.watching import Kept

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def anchor(
    no: int = 5, *, at: datetime = NOON, epoch: int = 1, head: str = "a" * 64, till: int = 1
) -> Anchor:
    return Anchor(at, 1, till, epoch, no, head)


@pytest.mark.parametrize(
    ("now", "z_at", "last", "wanted"),
    [
        (anchor(), None, None, True),
        (anchor(0), None, None, False),
        (anchor(6, at=NOON + timedelta(minutes=59)), None, anchor(), False),
        (anchor(6, at=NOON + timedelta(minutes=60)), None, anchor(), True),
        (anchor(5, at=NOON + timedelta(days=1)), None, anchor(), False),
        (anchor(6, at=NOON + timedelta(minutes=1)), NOON + timedelta(seconds=30), anchor(), True),
        (anchor(6, at=NOON + timedelta(minutes=1)), NOON - timedelta(seconds=30), anchor(), False),
        (anchor(5, epoch=2, at=NOON + timedelta(hours=1)), None, anchor(), True),
    ],
)
def test_when_a_head_is_written(
    now: Anchor, z_at: datetime | None, last: Anchor | None, wanted: bool
) -> None:
    assert due(Head(1, 1, now, z_at), last) is wanted


def test_lines_stay_and_the_newest_of_each_till_is_known(tmp_path: Path) -> None:
    file = AnchorFile(tmp_path / "deep" / "anchors")
    file.append([anchor(1), anchor(2, till=2)])
    file.append([anchor(3)])
    assert AnchorFile(tmp_path / "deep" / "anchors").last() == file.last()
    assert {till: one.no for (_, till), one in file.last().items()} == {1: 3, 2: 2}
    with file.path.open() as lines:
        assert [one.no for one in read_anchors(lines)] == [1, 2, 3]
    assert file.path.stat().st_mode & 0o077 == 0


def test_a_line_torn_by_a_power_cut_is_cut_off(tmp_path: Path) -> None:
    file = AnchorFile(tmp_path)
    file.append([anchor(1), anchor(2)])
    whole = file.path.read_bytes()
    for torn in range(len(whole.splitlines()[0]) + 1, len(whole)):
        file.path.write_bytes(whole[:torn])
        again = AnchorFile(tmp_path)
        assert again.last()[1, 1].no == 1
        again.append([anchor(7)])
        with file.path.open() as lines:
            assert [one.no for one in read_anchors(lines)] == [1, 7]


def test_a_disk_that_takes_no_line_is_said_and_nothing_counts(tmp_path: Path) -> None:
    folder = tmp_path / "anchors"
    folder.write_text("a file stands where the folder should be")
    with pytest.raises(EnvironmentProblem, match="could not be written"):
        AnchorFile(folder).append([anchor()])
    folder.unlink()
    file = AnchorFile(folder)
    file.append([anchor(1)])
    file.path.write_text("what is this\n")
    with pytest.raises(EnvironmentProblem, match="no list of chain heads"):
        AnchorFile(folder).last()


def sell(till: TillClient, count: int = 1) -> None:
    for _ in range(count):
        assert till.post(till.sale([line(till.shop.items[MILK])])).outcome == "booked"


def written(kept: Kept) -> list[Anchor]:
    with (kept.post.anchors / "heads.jsonl").open() as lines:
        return list(read_anchors(lines))


def test_heads_are_written_and_verified_from_the_file(world: World, kept: Kept) -> None:
    first, second = world.till(1), world.till(2)
    sell(first, 3)
    kept.round()
    assert [(one.till, one.no, one.head) for one in written(kept)] == [
        (1, 4, first.head.hex()),
        (2, 1, second.head.hex()),
    ]
    sell(first)
    kept.round()
    assert len(written(kept)) == 2, "not yet an hour, no Z"
    assert verify(world.owner, anchors=written(kept)).findings == ()


def test_a_z_writes_the_head_at_once(world: World, kept: Kept) -> None:
    till = world.till(1)
    kept.round()
    figures = shifts.shift_report(till.connection, till.shift)
    assert figures is not None
    cash = figures["expected_cash"]
    z = till.common(
        "shift_close", z=1, counted=cash, counts=[], blind=0, expected=cash, over_short=0, figures=figures
    )
    assert till.post(z).outcome == "booked"
    kept.round()
    assert [(one.no, one.head) for one in written(kept)][-1] == (2, till.head.hex())


def behind(world: World, *statements: str) -> None:
    """Do something behind the program, as a superuser who takes the guards away."""
    world.owner.execute("set session_replication_role = replica")
    for statement in statements:
        world.owner.execute(statement.encode())
    world.owner.execute("set session_replication_role = origin")


TURN_BACK = (
    "update pos.till t set next_no = 3, head = d.hash, grand = 165 from pos.document d"
    " where d.till_id = t.id and d.no = 2 and t.number = 1 and t.store_id = 1"
)


def test_a_tail_cut_with_all_its_traces_is_an_alert_and_named_by_verify(world: World, kept: Kept) -> None:
    till = world.till(1)
    sell(till, 3)
    kept.round()
    saved = [f"create table kept_{table} as table pos.{table}" for table in ("document", "till")]
    behind(world, *saved, "delete from pos.document where no > 2", TURN_BACK)
    subject, number, detail = kept.raised("chain_broken")
    assert (subject, number, detail["why"], detail["no"]) == ("anchor", 1, "missing", 4)
    assert len(written(kept)) == 1, "nothing is written over what was there"
    found = verify(world.owner, anchors=written(kept)).findings
    assert any("no 4" in finding.place for finding in found), found
    behind(
        world,
        "insert into pos.document select * from kept_document k where k.no > 2",
        "update pos.till t set next_no = k.next_no, head = k.head, grand = k.grand from kept_till k"
        " where k.id = t.id",
    )
    kept.clears("chain_broken")


@pytest.mark.parametrize(
    ("deed", "why", "no"),
    [
        ("update pos.document set body = replace(body, '165', '166') where no = 4", "hash", 4),
        ("delete from pos.document where no = 4", "missing", 4),
        (
            "update pos.document set prev = sha256('x'),"
            " hash = sha256(sha256('x') || convert_to(body, 'UTF8')) where no = 4",
            "link",
            4,
        ),
        ("update pos.document set hash = sha256('x') where no = 3", "other_head", 3),
    ],
)
def test_what_was_changed_since_the_last_anchor_is_found(
    world: World, kept: Kept, deed: str, why: str, no: int
) -> None:
    till = world.till(1)
    sell(till, 2)
    kept.round()
    sell(till, 3)
    behind(world, deed)
    subject, _, detail = kept.raised("chain_broken")
    assert (subject, detail) == ("anchor", {"no": no, "why": why})


def test_a_folder_that_cannot_be_written_is_an_alert(world: World, kept: Kept, tmp_path: Path) -> None:
    world.till(1)
    place = tmp_path / "anchors"
    place.write_text("in the way")
    subject, _, detail = kept.raised("anchors_stuck")
    assert subject == str(place)
    assert detail["reason"]
    os.unlink(place)
    kept.clears("anchors_stuck")
    assert len(written(kept)) == 1
