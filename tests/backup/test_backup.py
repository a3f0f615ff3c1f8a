"""The dump at each Z can be restored, lands on a second disk too, and says in words when it cannot."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from pos_desktop.database.server_process import run_options
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.backup import KEPT, BackupMade, ShopBackup
from tests.database.shop import make_shop
from tests.shop_database import ShopDatabase


def backup_of(database: ShopDatabase, folder: Path, second: Path | None) -> ShopBackup:
    return ShopBackup(database.server.binaries, database.owner_dsn, folder, second)


def test_a_dump_restores_to_the_same_shop(
    database: ShopDatabase, empty_database: ShopDatabase, tmp_path: Path
) -> None:
    with database.connect() as owner:
        make_shop(owner)
    made = backup_of(database, tmp_path / "first", tmp_path / "other disk").run()
    assert made.copy is not None
    assert made.copy.read_bytes() == made.path.read_bytes()
    assert made.size == made.path.stat().st_size > 10_000
    restore = [
        database.server.binaries.program("pg_restore"),
        "--exit-on-error",
        "-d",
        empty_database.owner_dsn,
    ]
    options = {key: value for key, value in run_options().items() if key == "cwd"}
    done = subprocess.run([*restore, str(made.copy)], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    statement = "select id, name, unit, tax from pos.item order by id"
    assert empty_database.query(statement) == database.query(statement) != []


def test_no_second_disk_means_words_and_a_first_copy(database: ShopDatabase, tmp_path: Path) -> None:
    in_the_way = tmp_path / "usb"
    in_the_way.write_text("a file where the disk was mounted", encoding="utf-8")
    with pytest.raises(EnvironmentProblem) as problem:
        backup_of(database, tmp_path / "first", in_the_way).run()
    assert problem.value.code == "backup.no_copy"
    assert str(in_the_way) in problem.value.text()
    assert len(list((tmp_path / "first").glob("*.dump"))) == 1


def test_a_server_that_is_gone_leaves_no_half_file(database: ShopDatabase, tmp_path: Path) -> None:
    gone = psycopg.conninfo.make_conninfo(database.owner_dsn, dbname="nothing_here")
    with pytest.raises(EnvironmentProblem) as problem:
        ShopBackup(database.server.binaries, gone, tmp_path, None).run()
    assert problem.value.code == "dump.failed"
    assert "nothing_here" in problem.value.text()
    assert list(tmp_path.iterdir()) == []


def test_old_dumps_go_and_the_newest_stay(database: ShopDatabase, tmp_path: Path) -> None:
    for day in range(KEPT + 3):
        (tmp_path / f"pos-20200101-{day:06}.dump").write_bytes(b"old")
    made: BackupMade = backup_of(database, tmp_path, None).run()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == KEPT
    assert left[-1] == made.path.name


def test_the_password_is_on_no_command_line(
    database: ShopDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    real = subprocess.Popen

    def watch(command: list[str], **options: object) -> object:
        seen.append(command)
        return real(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("pos_desktop.database.dump.subprocess.Popen", watch)
    backup_of(database, tmp_path, None).run()
    password = psycopg.conninfo.conninfo_to_dict(database.owner_dsn)["password"]
    assert len(seen) == 2
    assert not any(str(password) in word for command in seen for word in command)
    assert "PGPASSWORD" not in os.environ
