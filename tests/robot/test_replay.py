"""The robot cashier plays whole scripts through the real window, on a server and a printer of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pos_desktop import paths
from pos_desktop.cli.demo import demo_day

DAY = demo_day()


def replay(script: Path, output: Path, *options: str, fresh: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as a shop would."""
    command = [sys.executable, "-m", "pos_desktop", "replay", str(script), "--output", str(output)]
    command += ["--fresh"] if fresh else []
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", paths.HOME_VARIABLE: str(output / "home")}
    return subprocess.run(
        [*command, *options], capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )


def test_the_demo_day_goes_as_written_and_its_z_dumps_the_shop(open_dir: Path) -> None:
    tmp_path, home = open_dir, open_dir / "home"
    done = replay(DAY, tmp_path, "--json", "--home", str(home), fresh=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["failure"] == ""
    assert {timing["action"].split()[0] for timing in report["timings"]} >= {"scan", "keys", "press", "tap"}
    assert all((tmp_path / name).stat().st_size > 10_000 for name in report["screenshots"])
    papers = [paper.read_text(encoding="utf-8") for paper in (tmp_path / "receipts").glob("*.txt")]
    # A slow printer's other papers may come out after it.
    z_report = next((paper for paper in papers if "Z report 1" in paper), "")
    assert "Over or short                              £0.00" in z_report
    (dump,) = (home / "demo" / "backups").glob("*.dump")
    assert dump.read_bytes().startswith(b"PGDMP")


def test_the_first_thing_that_is_not_as_expected_ends_it_with_line_and_difference(tmp_path: Path) -> None:
    script = tmp_path / "wrong.jsonl"
    script.write_text(
        '{"sign_in": "1001", "pin": "1111"}\n# nothing sold yet\n{"expect": {"screen": "sale"}}\n',
        encoding="utf-8",
    )
    done = replay(script, tmp_path / "out")
    assert done.returncode == 1
    assert "line 3: expect" in done.stderr
    assert "screen is 'shift_open', not 'sale'" in done.stderr


def test_tax_on_top_and_goods_of_ones_own_in_the_dark_with_the_cable_pulled(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text("codes,name,price,tax\n9520162094347,Plain soap,10.00,S\n", encoding="utf-8")
    script = tmp_path / "own.jsonl"
    script.write_text(
        "\n".join(
            json.dumps(step)
            for step in (
                {"sign_in": "1001", "pin": "1111"},
                {"keys": "50"},
                {"press": "take"},
                {"scan": "9520162094347"},
                {"expect": {"screen": "sale", "lines": 1, "total": "12.00", "names": ["Plain soap"]}},
                {"screenshot": "own.png"},
                {"press": "keys"},
                {"expect": {"screen": "keys"}},
                {"press": "back"},
                {"tender": "cash", "amount": "20"},
                {"expect": {"change": "8.00"}},
                {"press": "next"},
                {"wait": "copied"},
                {"server": "away"},
                {"wait": "offline"},
                {"scan": "9520162094347"},
                {"tender": "cash"},
                {"expect": {"queued": 1, "message": "sold offline"}},
                {"server": "back"},
                {"wait": "online"},
                {"expect": {"network": "Online", "queued": 0}},
            )
        ),
        encoding="utf-8",
    )
    options = ("--items", str(items), "--tax", "added", "--size", "1024x768", "--theme", "dark", "--offline")
    done = replay(script, tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "own.png").exists()
