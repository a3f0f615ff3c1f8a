"""The look for card numbers after a run finds them wherever they are planted, and nothing else."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import uuid
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from pos_desktop.database.embedded import EmbeddedServer
from tests import card_scan
from tests.shop_database import ShopDatabase, create_database, drop_database

ROOT = Path(__file__).resolve().parents[2]
VISA = "4111111111111111"
SEEN = ["•••• 1111"]

PLANT = f"""
import socket
from pos_desktop.hardware.emulated import EmulatedPrinter

def test_in_a_file(tmp_path):
    (tmp_path / "pos-desktop.log").write_text("card {VISA[:4]} " + "{VISA[4:8]} {VISA[8:12]} {VISA[12:]}")

def test_in_an_open_folder(open_dir):
    (open_dir / "receipt.txt").write_text("{VISA[:8]}" + "{VISA[8:]}")

def test_on_paper():
    with EmulatedPrinter() as printer, socket.create_connection(("127.0.0.1", printer.port)) as line:
        line.sendall(b"CARD " + b"{VISA[:8]}" + b"{VISA[8:]}\\n")
        assert printer.wait_for(lambda one: one.received.endswith(b"\\n"))

def test_clean(tmp_path):
    (tmp_path / "a.txt").write_text("5010012345674")

def test_on_purpose(tmp_path):
    (tmp_path / "{card_scan.PLANTED}").mkdir()
    (tmp_path / "{card_scan.PLANTED}" / "list.csv").write_text("{VISA[:8]}" + "{VISA[8:]}")
"""


def test_a_run_that_leaves_card_numbers_fails(tmp_path: Path) -> None:
    """In workers, as ``./run test`` does it: the place of each is named, the number never."""
    planted = tmp_path / card_scan.PLANTED
    planted.mkdir()
    case = planted / "test_planted.py"
    case.write_text(PLANT)
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "tests.conftest",
                "-c",
                str(ROOT / "pyproject.toml"),
            ),
            *("-n", "2", "--rootdir", str(ROOT), "--basetemp", str(planted / "run"), str(case)),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=180,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "5 passed" in done.stdout, done.stdout
    for place in ("pos-desktop.log", "receipt.txt", "a printer's paper"):
        assert f"{place}: •••• 1111" in done.stdout
    assert "list.csv" not in done.stdout
    assert "a.txt" not in done.stdout


def test_a_database_with_one_is_dropped_and_reported(server: EmbeddedServer) -> None:
    shop = create_database(server, None)
    with shop.connect() as owner:
        owner.execute("create table note (body text)")
        owner.execute("insert into note values (%s)", (f"paid with {VISA}",))
    assert card_scan.server_findings(server.dsn("postgres"), server.dsn) == [
        f"database {shop.name}, table public.note: •••• 1111"
    ]
    with pytest.raises(card_scan.CardFoundError, match=r"table public\.note: •••• 1111"):
        drop_database(shop)
    assert card_scan.server_findings(server.dsn("postgres"), server.dsn) == []


def test_every_kind_of_place_is_looked_into(tmp_path: Path, database: ShopDatabase) -> None:
    planted = tmp_path / card_scan.PLANTED
    planted.mkdir()
    with sqlite3.connect(planted / "draft.db") as db:
        db.execute("create table draft (body text)")
        db.execute("insert into draft values (?)", ("x" * 4070 + VISA + "x" * 5000,))
    db.close()
    (planted / "printer.bin").write_bytes(b"\x1b@" + VISA.encode() + b"\n\x1dV\x00")
    (planted / "end.log").write_bytes(b"x" * (8 << 20) + b"4111-1111-1111-1111")
    (planted / "cut.log").write_bytes(b"x" * ((8 << 20) - 8) + VISA.encode())
    found = card_scan.folder_findings(planted)
    assert found == [f"{name}: •••• 1111" for name in ("cut.log", "draft.db", "end.log", "printer.bin")]
    assert card_scan.folder_findings(tmp_path) == []
    with database.connect() as owner:
        owner.execute("insert into pos.category (name) values ('378282246310005')")
    assert card_scan.database_findings(database.owner_dsn) == ["table pos.category: •••• 0005"]
    with database.connect() as owner:
        owner.execute("delete from pos.category")
    assert card_scan.database_findings(database.owner_dsn) == []


@pytest.mark.parametrize(
    "text",
    [
        "5010012345674 09521234567899 4006381333931",
        str(uuid.UUID(int=0x41111111111111114111111111111111)),
        sha256(b"3").hexdigest(),
        "378282246310005" + "a" * 49,
        "a" * 49 + "378282246310005",
        "1763793465123 1763793465123456",
        "2026-11-22 06:37:45.123456",
        "S1-T1-1-000001",
        "41111111111111112",
    ],
)
def test_what_is_no_card_is_not_reported(text: str) -> None:
    assert list(card_scan.cards_in(f"x {text} y".encode())) == []


@pytest.mark.parametrize(
    "text", [VISA, "4111 1111 1111 1111", f'{{"ref":"{VISA}"}}', f"\x00{VISA}\x00", f"A{VISA}Z"]
)
def test_what_is_one_is(text: str) -> None:
    assert list(card_scan.cards_in(text.encode())) == SEEN


def test_a_drawing_s_own_numbers_are_no_cards_and_its_text_may_be(tmp_path: Path) -> None:
    """A PDF's content is packed: the raw bytes hold coordinates, the pages the words."""
    (tmp_path / card_scan.PLANTED).mkdir()
    drawing = tmp_path / card_scan.PLANTED / "drawing.pdf"
    drawing.write_bytes(b"%PDF-1.4\n4111 1111 1111 1111 re f\n")
    assert card_scan.folder_findings(drawing.parent) == []
    drawing.write_bytes(_pdf(f"BT /F1 12 Tf 20 100 Td (card {VISA[:8]} {VISA[8:]}) Tj ET"))
    assert card_scan.folder_findings(drawing.parent) == ["drawing.pdf: •••• 1111"]


def _pdf(content: str) -> bytes:
    """A page with this content, packed."""
    packed = zlib.compress(content.encode())
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            len(body),
        )
    )


def test_digits_of_a_hash_beside_an_id_are_no_card_in_a_database_s_file() -> None:
    side_by_side = b"0b4507eb612f4111111111111111c14d64db2af9a24f29c9b3ecb32415edd64e48ebec1857f83d12"
    assert list(card_scan.cards_in(side_by_side, unbroken=True)) == []
    assert list(card_scan.cards_in(b"\x00note4111111111111111beef\x00", unbroken=True)) == SEEN
