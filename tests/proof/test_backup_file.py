"""A dump is proven by itself: restored into a server of its own, verified, and compared with the live one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_desktop.cli.main import main
from pos_desktop.database.dump import dump_database
from pos_desktop.database.scratch import dump_made_at
from pos_desktop.domain.anchor import Anchor
from tests.proof.conftest import Days
from tests.proof.test_books import cut
from tests.shop_database import ShopDatabase


def dump_of(database: ShopDatabase, path: Path) -> Path:
    dump_database(database.server.binaries, database.owner_dsn, path)
    return path


def test_a_dump_is_restored_verified_and_compared(
    days: Days, copy: ShopDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made of the books of the day before; a head noted after it was made is left aside."""
    with copy.connect() as owner:
        owner.execute("set session_replication_role = replica")
        cut(owner, 1)
    dump = dump_of(copy, tmp_path / "pos.dump")
    made = dump_made_at(dump)
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=5)
    head = days.database.query("select no, encode(hash, 'hex') from pos.document where no in (3, 11)")
    times = {3: made - timedelta(hours=1), 11: made + timedelta(hours=1)}
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text("\n".join(Anchor(times[no], 1, 1, 1, no, told).line() for no, told in head), "utf-8")
    command = ["verify", "--backup", str(dump), "--live", "--anchors", str(anchors)]
    assert days.database.as_owner(*command) == 0
    said = capsys.readouterr().out
    assert "store 1 till 1 epoch 1: 10 documents to no 10, 2 sales, total 828" in said
    assert "and so are 1 heads noted elsewhere. The server goes on from there." in said


def test_a_dump_of_spoiled_books_and_a_spoiled_dump_are_told_apart(
    days: Days, copy: ShopDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with copy.connect() as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("update pos.payment set amount = amount + 1 where kind = 'card'")
        owner.execute("update pos.payment set amount = amount - 1 where kind = 'cash' and change")
        cut(owner, 1)
    dump = dump_of(copy, tmp_path / "pos.dump")
    anchors = tmp_path / "anchors.jsonl"
    head = days.database.query("select encode(hash, 'hex') from pos.document where no = 11")[0][0]
    anchors.write_text(Anchor(dump_made_at(dump), 1, 1, 1, 11, head).line(), "utf-8")
    assert main(["verify", "--backup", str(dump), "--anchors", str(anchors)]) == 3
    said = capsys.readouterr().out
    assert "store 1 till 1 epoch 1 no 2: its payments rows differ from its bytes" in said
    assert "the end of this chain was cut off" in said
    spoiled = Path(shutil.copy(dump, tmp_path / "spoiled.dump"))
    raw = bytearray(spoiled.read_bytes())
    raw[2] ^= 1
    spoiled.write_bytes(raw)
    assert main(["verify", "--backup", str(spoiled)]) == 75
    assert "cannot be read back" in capsys.readouterr().err


def test_live_needs_something_to_compare(days: Days, capsys: pytest.CaptureFixture[str]) -> None:
    assert days.database.as_owner("verify", "--live") == 1
    assert "Add --backup or --journal" in capsys.readouterr().err
    assert days.database.as_owner("verify", "--journal", str(days.journal), "--live") == 0
    assert "The server has the same." in capsys.readouterr().out
