"""Coverage-guided fuzzing of one reader: ``python -m tests.fuzz barcode -max_total_time=60`` (needs atheris).

It begins with good inputs; those it finds worth keeping, and the one that raised, go into a folder it names.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ModuleNotFoundError:
    sys.exit("atheris is not installed. Install it with: .venv/bin/python -m pip install 'atheris>=3'")

with atheris.instrument_imports(include=["pos_desktop", "biip"]):
    from tests.fuzz import targets


def main() -> None:
    """Fuzz the reader named first, until libFuzzer's own options end it or an exception is found."""
    if len(sys.argv) < 2 or sys.argv[1] not in targets.TARGETS:
        sys.exit(f"Name a reader: {', '.join(targets.TARGETS)}")
    name = sys.argv.pop(1)
    folder = Path(tempfile.mkdtemp(prefix=f"pos-fuzz-{name}-"))
    for number, seed in enumerate(targets.seeds(name)):
        (folder / f"seed-{number}").write_bytes(seed)
    print(f"Inputs are kept in {folder}")
    atheris.Setup([*sys.argv, f"-artifact_prefix={folder}/", str(folder)], targets.TARGETS[name])
    atheris.Fuzz()


main()
