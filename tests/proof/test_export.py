"""An export is checked by a file that knows nothing of the program, and nothing done to it goes unseen."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pos_desktop.cli.export import verifier_file
from pos_desktop.cli.main import main
from pos_desktop.database.export import only_store
from pos_desktop.domain.document import canonical, chain_hash, genesis
from pos_desktop.domain.export import Kept, export_lines
from pos_desktop.errors import UserError
from tests.proof.conftest import Days, Wrong

SEED = 20261122


def documents(lines: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()[1:-1]]


def test_both_exports_hold_the_chain_byte_for_byte(days: Days) -> None:
    stored = days.database.query("select no, body, encode(hash, 'hex') from pos.document order by no")
    assert len(stored) == 11
    for export in (days.export, days.till_export):
        told = documents(export.read_bytes())
        assert [(row["no"], row["body"], row["hash"]) for row in told] == stored
        assert [row["outcome"] for row in told].count("refused") == 1
        assert (told[2]["reason"], told[2]["flags"]) == ("blocked", [])
    both = [documents(export.read_bytes()) for export in (days.export, days.till_export)]
    for row in (*both[0], *both[1]):
        del row["seal"]
    assert both[0] == both[1]


def test_the_verifier_stands_alone(days: Days, tmp_path: Path) -> None:
    """In another folder, by another process, isolated from everything that is installed here."""
    script = tmp_path / "verify_journal.py"
    assert main(["export", "verifier", "-o", str(script)]) == 0
    command = [sys.executable, "-I", "-S", str(script)]
    for export in (days.export, days.till_export):
        done = subprocess.run(
            [*command, str(export)], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "store 1 till 1 epoch 1: no 1 to 11, 3 sales, total 1158" in done.stdout
        head = days.database.query("select encode(head, 'hex') from pos.till where number = 1")[0][0]
        assert f"head {head}" in done.stdout
        assert "All in order" in done.stdout
    spoiled = tmp_path / "spoiled.jsonl"
    spoiled.write_bytes(days.export.read_bytes().replace(b"slip 7", b"slip 8"))
    done = subprocess.run([*command, str(spoiled)], capture_output=True, text=True, check=False)
    assert (done.returncode, "First wrong: line 3 does not have its seal" in done.stdout) == (1, True)
    done = subprocess.run(
        [*command, "nothing.jsonl"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)


def test_every_flipped_byte_is_found_in_its_line(days: Days, verifier: ModuleType, tmp_path: Path) -> None:
    """Every byte of a drop and of the first and last line, and one in fourteen of the rest, one bit each."""
    right = days.export.read_bytes()
    lines = right.splitlines(keepends=True)
    starts = [sum(len(line) for line in lines[:n]) for n in range(len(lines))]
    whole = {0, 4, len(lines) - 1}
    dice = random.Random(SEED)
    flips, spoiled = 0, tmp_path / "flipped.jsonl"
    spoiled.write_bytes(right)
    with spoiled.open("r+b", buffering=0) as file:
        for n, line in enumerate(lines):
            for place in range(starts[n], starts[n] + len(line)):
                if n in whole or dice.random() < 1 / 14:
                    os.pwrite(file.fileno(), bytes([right[place] ^ 1 << dice.randrange(8)]), place)
                    said = verifier.check(str(spoiled))[1]
                    assert (said or "").startswith(f"line {n + 1} "), (n, place, said)
                    os.pwrite(file.fileno(), right[place : place + 1], place)
                    flips += 1
    assert flips > 1800
    assert verifier.check(str(spoiled))[1] is None


def sealed(records: list[dict[str, Any]], dialect: Any = None) -> bytes:
    """Lines with right seals: what somebody makes who has read the verifier."""
    seal, lines = hashlib.sha256(b"pos_desktop export 1").digest(), b""
    for record in records:
        record = {name: value for name, value in record.items() if name != "seal"}
        seal = hashlib.sha256(seal + canonical_line(record)).digest()
        lines += canonical_line({**record, "seal": seal.hex()}) + b"\n"
    return lines


def canonical_line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def records(days: Days) -> list[dict[str, Any]]:
    return [json.loads(line) for line in days.export.read_bytes().splitlines()]


def edited(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The line with other content under the old hash."""
    return {**row, "body": canonical({**json.loads(row["body"]), **changes}).decode()}


def forged(rows: list[dict[str, Any]], first: int, **changes: Any) -> list[dict[str, Any]]:
    """The chain written anew from line ``first`` on, with other content there: hashes and seals all fit."""
    head = bytes.fromhex(rows[first - 1]["hash"]) if first > 1 else genesis(1, 1, 1)
    out = rows[:first]
    for n, row in enumerate(rows[first:-1], first):
        body = canonical({**json.loads(row["body"]), "prev": head.hex(), **(changes if n == first else {})})
        head = chain_hash(head, body)
        out.append({**row, "body": body.decode(), "hash": head.hex()})
    chain = {**rows[-1]["chains"][0], "head": head.hex()}
    return [*out, {**rows[-1], "chains": [chain]}]


def test_a_chain_that_was_not_written_anew_names_the_first_wrong_line(days: Days, wrong: Wrong) -> None:
    """Each with right seals, as somebody would make who knows the form."""
    rows = records(days)
    moved = [*rows[:4], rows[5], rows[4], *rows[6:]]
    put_in = [*rows[:4], {**rows[3], "no": 4}, *({**row, "no": row.get("no", 0) + 1} for row in rows[4:-1])]
    booked = {**rows[3], "outcome": "booked"}
    cases = {
        "line 6 has number 6 after 4": [*rows[:5], *rows[6:]],
        "line 5 has number 5 after 3": moved,
        "line 5 does not follow the document before it": [*put_in, rows[-1]],
        "line 3 has bytes that do not have its hash": [*rows[:2], edited(rows[2], total=1), *rows[3:]],
        "line 5 has grand total 579, it should be 828": [*rows[:3], booked, *rows[4:]],
        "line 13 sums up other documents": [*rows[:-1], {**rows[-1], "chains": []}],
        "line 13 counts other documents": [*rows[:-1], {**rows[-1], "documents": 12}],
        "line 13 is missing": rows[:-1],
        "line 14 stands after the end": [*rows, rows[-1]],
        "line 1 has a form newer": [{**rows[0], "v": 2}, *rows[1:]],
        "line 1 is a first line in the wrong place": rows[1:],
        "line 2 is of no kind": [rows[0], {**rows[1], "kind": "note"}, *rows[2:]],
        "line 2 lacks something": [rows[0], {**rows[1], "no": "1"}, *rows[2:]],
        "line 2 has an outcome": [rows[0], {**rows[1], "outcome": "done"}, *rows[2:]],
        "line 3 names another till": [*rows[:2], *({**row, "till": 2} for row in rows[2:-1]), rows[-1]],
        "line 4 belongs to a chain that was over": [*rows[:3], {**rows[3], "till": 0}, *rows[4:]],
    }
    for said, spoiled in cases.items():
        found = wrong(sealed(spoiled)) or ""
        assert found.startswith(said), (said, found)


def test_sums_are_recomputed_even_where_the_chain_was_written_anew(days: Days, wrong: Wrong) -> None:
    rows = records(days)
    sale = json.loads(rows[2]["body"])
    lines, taxes, tenders = sale["lines"], sale["taxes"], sale["tenders"]
    z = json.loads(rows[8]["body"])
    assert (sale["kind"], z["kind"]) == ("sale", "shift_close")
    cases = {
        "line 3 has a line that is not price times": (2, {"lines": [{**lines[0], "amount": 1}, *lines[1:]]}),
        "line 3 has a tax that is not": (
            2,
            {"taxes": [{**taxes[0], "tax": taxes[0]["tax"] + 1}, *taxes[1:]]},
        ),
        "line 3 has lines without their tax": (2, {"taxes": taxes[1:]}),
        "line 3 has lines that miss its total": (2, {"total": sale["total"] + 1}),
        "line 3 has tenders that miss": (2, {"tenders": tenders[1:]}),
        "line 3 has grand total": (2, {"grand": sale["grand"] + 1}),
        "line 9 is a Z with other cash": (8, {"over_short": z["over_short"] + 1}),
        "line 9 is a Z with sales 2": (8, {"figures": {**z["figures"], "sales": 2}}),
        "line 9 is a Z whose tenders": (8, {"figures": {**z["figures"], "tenders": []}}),
        "line 9 is a Z whose taxes": (8, {"figures": {**z["figures"], "taxes": []}}),
    }
    for said, (first, changes) in cases.items():
        found = wrong(sealed(forged(rows, first, **changes)))
        assert (found or "").startswith(said), (said, found)


def test_a_chain_written_anew_and_a_cut_tail_need_a_head_noted_elsewhere(
    days: Days, verifier: ModuleType, tmp_path: Path
) -> None:
    rows = records(days)
    anchors, export = tmp_path / "anchors.jsonl", tmp_path / "export.jsonl"
    now = datetime.now(UTC)
    noted = [
        {
            "at": stamp(now - timedelta(hours=1)),
            "store": 1,
            "till": 1,
            "epoch": 1,
            "no": n,
            "head": rows[n]["hash"],
        }
        for n in (5, 11)
    ]
    anchors.write_text("\n".join(json.dumps(row) for row in noted), encoding="utf-8")
    assert verifier.check(str(days.export), str(anchors))[1] is None

    export.write_bytes(sealed(forged(rows, 4, reason="another reason")))
    assert verifier.check(str(export))[1] is None
    assert "line 6 had another hash at" in verifier.check(str(export), str(anchors))[1]

    last = {**rows[-1]["chains"][0], "last": 10, "documents": 10, "sales": 2, "head": rows[10]["hash"]}
    last |= {"total": last["total"] - 330, "grand": last["grand"] - 330}
    export.write_bytes(sealed([*rows[:11], {**rows[-1], "documents": 10, "chains": [last]}]))
    assert verifier.check(str(export))[1] is None
    assert "store 1 till 1 epoch 1 had no 11" in verifier.check(str(export), str(anchors))[1]

    later = [{**noted[1], "at": stamp(now + timedelta(hours=1)), "no": 12}, {**noted[1], "till": 7, "no": 1}]
    anchors.write_text(json.dumps(later[0]), encoding="utf-8")
    assert verifier.check(str(days.export), str(anchors))[1] is None  # noted after this export was made
    anchors.write_text(json.dumps(later[1]), encoding="utf-8")
    assert "till 7 epoch 1 had no 1" in verifier.check(str(days.export), str(anchors))[1]


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


@pytest.mark.parametrize("source", ["server", "till"])
def test_a_part_is_an_export_too(days: Days, verifier: ModuleType, tmp_path: Path, source: str) -> None:
    export = tmp_path / "part.jsonl"
    run = days.database.as_owner if source == "server" else lambda *words: main([*words, *own])
    own = ["--journal", str(days.journal)]
    today = datetime.now().astimezone().date()
    for first, last, count in ((today, today, 11), (today - timedelta(3), today - timedelta(2), 0)):
        arguments = ["--from", first.isoformat(), "--to", last.isoformat(), "--epoch", "1"]
        assert run("export", "journal", "-o", str(export), *arguments) == 0
        lines, found = verifier.check(str(export))
        assert found is None
        assert f"from {first}, to {last}" in lines[0]
        assert len(documents(export.read_bytes())) == count


def test_a_part_from_the_middle_checks_what_it_has(days: Days, wrong: Wrong) -> None:
    kept = [Kept(**kept_of(row)) for row in documents(days.export.read_bytes())[4:]]
    lines = b"".join(export_lines("server", datetime.now(UTC), {"from": str(date.today())}, kept))
    assert wrong(lines) is None
    assert (wrong(lines.replace(b"change", b"chance")) or "").startswith("line 2 ")


def kept_of(row: dict[str, Any]) -> dict[str, Any]:
    names = ("store", "till", "epoch", "no", "body", "outcome", "reason", "server_at")
    told = {name: row[name] for name in names}
    return {**told, "hash": bytes.fromhex(row["hash"]), "flags": tuple(row["flags"])}


def test_tills_and_days_are_chosen_in_words(
    days: Days, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["-o", str(tmp_path / "x")]
    assert days.database.as_owner("export", "journal", *out, "--till", "1") == 1
    assert "Give --store with --till" in capsys.readouterr().err
    assert (
        main(["export", "journal", *out, "--journal", str(days.journal), "--till", "1", "--store", "1"]) == 1
    )
    assert "holds that till alone" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    with days.database.connect() as owner, owner.transaction(force_rollback=True):
        assert only_store(owner) is None
        owner.execute("set local session_replication_role = replica")
        owner.execute("delete from pos.store where number = 2")
        assert only_store(owner) == 1
    assert UserError("export.own_till").text()


def test_an_export_takes_no_more_memory_however_long_it_is() -> None:
    """Three thousand documents of a kilobyte go by, and a few are held."""
    pad = "x" * 1000

    def many() -> Iterator[Kept]:
        for no in range(1, 3_001):
            yield Kept(1, 1, 1, no, bytes(32), f'{{"pad":"{pad}"}}', "booked", "", (), "")

    tracemalloc.start()
    try:
        written = sum(len(line) for line in export_lines("server", datetime.now(UTC), {}, many()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written > 3_000_000
    assert peak < 500_000


def test_the_verifier_imports_nothing_of_ours() -> None:
    text = verifier_file().read_text(encoding="utf-8")
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports <= {
        "__future__",
        "argparse",
        "collections.abc",
        "fractions",
        "hashlib",
        "json",
        "sys",
        "typing",
    }
    assert len(text.splitlines()) < 400
