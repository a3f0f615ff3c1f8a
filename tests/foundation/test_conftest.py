"""The promises of conftest.py, each tried on a small test of its own: they have to be able to fail."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


# Twice in one run: each test has a database of its own, with the program's schema in it.
DATABASE = """
def test_a(database):
    with database.connect() as owner:
        owner.execute("create table public.mine (n int)")
    assert database.query("select count(*) from pos_meta.schema_migration")[0][0] > 0
"""

CASES = {
    "passes": ("def test_a(): pass", "PASSED"),
    "skip_mark": ("@pytest.mark.skip\ndef test_a(): pass", "ERROR"),
    "skip_call": ("def test_a(): pytest.skip('no time')", "FAILED"),
    "skip_module": ("pytest.skip('not here', allow_module_level=True)\ndef test_a(): pass", "ERROR"),
    "excused": ("@pytest.mark.xfail(reason='x')\ndef test_a(): assert False", "FAILED"),
    "log_warning": ("def test_a(): logging.getLogger('x').warning('psst')", "ERROR"),
    "log_expected": (
        "@pytest.mark.expects_log\ndef test_a(): logging.getLogger('x').warning('psst')",
        "PASSED",
    ),
    "log_info": ("def test_a(): logging.getLogger('x').info('hello')", "PASSED"),
    "warning": ("def test_a(): warnings.warn('old')", "FAILED"),
    "unknown_mark": ("@pytest.mark.no_such\ndef test_a(): pass", "ERROR"),
    "database_1": (DATABASE, "PASSED"),
    "database_2": (DATABASE, "PASSED"),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each case in a file of its own, all in one run of pytest with our conftest: case to outcome."""
    folder = tmp_path_factory.mktemp("cases")
    for name, (text, _) in CASES.items():
        (folder / f"test_{name}.py").write_text(f"import logging, warnings\nimport pytest\n{text}\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
    ]
    done = subprocess.run(
        [*command, "--continue-on-collection-errors", "--rootdir", str(ROOT), str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    summary = done.stdout.partition("short test summary info")[2]
    found = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED|XFAIL) \S*test_(\w+)\.py", summary, flags=re.MULTILINE)
    worst = ("PASSED", "XFAIL", "SKIPPED", "FAILED", "ERROR")
    return {name: outcome for outcome, name in sorted(found, key=lambda pair: worst.index(pair[0]))}


@pytest.mark.parametrize("case", CASES)
def test_trouble_cannot_hide(outcomes: dict[str, str], case: str) -> None:
    assert outcomes[case] == CASES[case][1]
