"""The script ./run on machines that lack something: a sentence each, never a half-made environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "resources" / "requirements.lock").read_text(encoding="utf-8")
TOOLS = (
    *(
        "sh",
        "awk",
        "cat",
        "chmod",
        "cp",
        "cut",
        "df",
        "dirname",
        "env",
        "grep",
        "head",
        "id",
        "ldconfig",
        "mkdir",
    ),
    *("mktemp", "rm", "sed", "sha256sum", "sleep", "tail", "tee"),
)

# A Python that is new enough and makes environments, and whose pip does as FAKE_PIP says.
FAKE_PYTHON = """#!/bin/sh
echo "$@" >>"$FAKE_CALLS"
case "$*" in
    --version) echo "Python 3.12.9" ;;
    *version_info*) exit 0 ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *ensurepip*) exit 0 ;;
    *sysconfig*) mkdir -p "$FAKE_SITE" && echo "$FAKE_SITE" ;;
    "-m pip "*) eval "$FAKE_PIP" ;;
    *) exit 0 ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout with little in it, and a PATH without apt-get and without Python."""
    checkout = tmp_path / "a check out é"
    (checkout / "resources").mkdir(parents=True)
    shutil.copy(ROOT / "run", checkout / "run")
    (checkout / "resources" / "requirements.lock").write_text("one==1\ntwo==2\n")
    bins = tmp_path / "bin"
    bins.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool) or shutil.which(tool, path="/sbin:/usr/sbin")
        assert found, tool
        (bins / tool).symlink_to(found)
    (bins / "fakepython").write_text(FAKE_PYTHON)
    (bins / "fakepython").chmod(0o755)
    return checkout


def run(machine: Path, *arguments: str, pip: str = "exit 0", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": str(machine.parent / "bin"),
        "HOME": str(machine.parent),
        "PYTHON": "fakepython",
        "FAKE_PIP": pip,
        "FAKE_SITE": str(machine / ".venv" / "site"),
        "FAKE_CALLS": str(machine.parent / "calls"),
        **more,
    }
    return subprocess.run(
        [str(machine / "run"), *arguments], capture_output=True, text=True, env=environment, check=False
    )


def calls(machine: Path) -> str:
    return (machine.parent / "calls").read_text()


def test_it_lists_its_commands_and_refuses_others(machine: Path) -> None:
    listed = run(machine)
    assert listed.returncode == 0
    for command in ("demo", "test", "check", "bench", "package"):
        assert f"./run {command}" in listed.stdout
    refused = run(machine, "dmeo")
    assert refused.returncode == 1
    assert "There is no ./run dmeo." in refused.stderr


def test_the_second_set_up_asks_pip_nothing(machine: Path) -> None:
    first = run(machine, "setup", pip="echo Collecting one; exit 0")
    assert first.returncode == 0, first.stderr
    assert "Installing 2 Python packages" in first.stderr
    assert (machine / ".venv" / "site" / "pos_desktop_checkout.pth").read_text() == f"{machine}\n"
    assert "--require-hashes" in calls(machine)
    (machine.parent / "calls").unlink()
    second = run(machine, "setup", pip="exit 1")
    assert second.returncode == 0
    assert second.stderr == "Ready\n"
    assert "pip" not in calls(machine)


def test_a_changed_lock_is_installed(machine: Path) -> None:
    assert run(machine, "setup").returncode == 0
    (machine / "resources" / "requirements.lock").write_text("one==1\ntwo==2\nthree==3\n")
    (machine.parent / "calls").unlink()
    assert "Installing 3 Python packages" in run(machine, "setup").stderr
    assert "-m pip install" in calls(machine)
    assert "-m venv" not in calls(machine)


@pytest.mark.parametrize(
    ("pip", "sentence"),
    [
        ("echo 'OSError: [Errno 28] No space left on device'; exit 1", "The disk is full."),
        ("echo 'NewConnectionError: Temporary failure in name resolution'; exit 1", "could not be fetched"),
        ("echo 'THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1", "not the one the lock file names"),
        ("echo 'ERROR: something new'; exit 1", "the lines above say why"),
    ],
)
def test_a_set_up_that_stops_says_why_and_is_tried_again(machine: Path, pip: str, sentence: str) -> None:
    done = run(machine, "setup", pip=pip)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not (machine / ".venv" / ".lock-stamp").exists()
    assert run(machine, "setup").returncode == 0


def test_a_full_disk_is_said_before_anything_is_made(machine: Path) -> None:
    (machine.parent / "bin" / "df").unlink()
    (machine.parent / "bin" / "df").write_text("#!/bin/sh\necho head; echo '/dev/x 100 50 2048 99% /'\n")
    (machine.parent / "bin" / "df").chmod(0o755)
    done = run(machine, "setup")
    assert done.returncode == 1
    assert "only 2 MB left" in done.stderr
    assert not (machine / ".venv").exists()


def test_commands_hand_their_options_on(machine: Path) -> None:
    assert run(machine, "demo", "--theme", "dark mode").returncode == 0
    assert "-m pos_desktop demo --theme dark mode" in calls(machine)
    assert run(machine, "test", "-k", "money").returncode == 0
    asked = r"-m pytest -n ([4-9]|\d\d+) --maxprocesses 8 --dist loadfile --no-loadscope-reorder -k money"
    assert re.search(asked, calls(machine))
    assert run(machine, "bench", "--quick").returncode == 0
    assert "-m tests.benchmarks --quick" in calls(machine)


def test_missing_debian_packages_without_root_name_the_command(machine: Path) -> None:
    bins = machine.parent / "bin"
    for name, text in {
        "apt-get": "exit 1",
        "apt-cache": "exit 1",
        "ldconfig": "echo 'libglib-2.0.so.0 libEGL.so.1 libfontconfig.so.1 libdbus-1.so.3 libxkbcommon.so.0'",
        "id": "echo 1000",
    }.items():
        (bins / name).unlink(missing_ok=True)
        (bins / name).write_text(f"#!/bin/sh\n{text}\n")
        (bins / name).chmod(0o755)
    done = run(machine, "setup")
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends libgl1" in done.stderr
    assert not (machine / ".venv").exists()


def test_glib_has_the_name_of_the_distribution(machine: Path) -> None:
    bins = machine.parent / "bin"
    for name, text in {
        "apt-get": 'echo "$@" >>"$FAKE_CALLS"',
        "apt-cache": 'test "$2" = libglib2.0-0t64',
        "ldconfig": "echo 'libEGL.so.1 libGL.so.1 libfontconfig.so.1 libdbus-1.so.3 libxkbcommon.so.0'",
        "id": "echo 0",
    }.items():
        (bins / name).unlink(missing_ok=True)
        (bins / name).write_text(f"#!/bin/sh\n{text}\n")
        (bins / name).chmod(0o755)
    done = run(machine, "setup")
    assert done.returncode == 0, done.stderr
    assert "(may take a minute): libglib2.0-0t64" in done.stderr
    assert "install -y -q --no-install-recommends libglib2.0-0t64" in calls(machine)


# -- a Python that is too old ------------------------------------------------------------------------

OLD_PYTHON = """#!/bin/sh
case "$*" in
    --version) echo "Python 3.10.12" ;;
    *"version_info < (3, 11)"*) exit 1 ;;
    *) echo "Traceback (most recent call last):" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def old_machine(machine: Path) -> Path:
    """A machine whose only Python is 3.10; the copy of ./run does not look at this machine's own."""
    bins = machine.parent / "bin"
    (bins / "fakepython").unlink()
    (bins / "python3").write_text(OLD_PYTHON)
    (bins / "python3").chmod(0o755)
    script = (machine / "run").read_text()
    assert script.count(" /usr/bin/python3;") == 1
    (machine / "run").write_text(script.replace(" /usr/bin/python3;", f" {bins}/python3;"))
    return machine


@pytest.mark.parametrize("command", ["setup", "demo", "test", "check"])
def test_a_python_that_is_too_old_is_said_in_a_sentence(old_machine: Path, command: str) -> None:
    done = run(old_machine, command, PYTHON="")
    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer is missing. Install it with the system's package manager.\n"
    assert not (old_machine / ".venv").exists()


def test_a_debian_that_brings_no_newer_python_is_named(old_machine: Path) -> None:
    bins = old_machine.parent / "bin"
    for name, text in {
        "apt-get": 'echo "$@" >>"$FAKE_CALLS"',
        "apt-cache": "exit 1",
        "ldconfig": "echo 'libglib-2.0.so.0 libEGL.so.1 libGL.so.1 libfontconfig.so.1 libdbus-1.so.3"
        " libxkbcommon.so.0'",
        "id": "echo 0",
    }.items():
        (bins / name).unlink(missing_ok=True)
        (bins / name).write_text(f"#!/bin/sh\n{text}\n")
        (bins / name).chmod(0o755)
    done = run(old_machine, "setup", PYTHON="python3")
    assert done.returncode == 1
    assert "(may take a minute): python3 python3-venv\n" in done.stderr
    assert "Python 3.11 or newer is missing; this machine has Python 3.10.12.\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (old_machine / ".venv").exists()


# -- the lock file -----------------------------------------------------------------------------------


def locked() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", LOCK, flags=re.MULTILINE))


def test_every_locked_package_has_its_hashes_and_no_address() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert len(blocks) == len(locked())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "index" not in LOCK.replace("importlib", "")


def test_the_lock_has_everything_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in named:
        name = re.split(r"[\[<>=~!; ]", requirement)[0].lower().replace("_", "-")
        assert name in locked(), requirement


def test_qt_is_one_that_does_not_end_python_3_11() -> None:
    """6.12.0 loses a reference to True with every signal: dependencies of the interpreter run out."""
    assert locked()["pyside6-essentials"].startswith("6.11.")


def test_the_script_is_plain_sh_and_executable() -> None:
    assert os.access(ROOT / "run", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    for script in (ROOT / "run", ROOT / ".ci" / "run"):
        assert script.read_text().startswith("#!/bin/sh\n")
        assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
