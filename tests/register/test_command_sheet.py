"""The printed command sheet: every barcode on it can be read again and gives its order."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import zxingcpp
from PySide6.QtWidgets import QApplication

from pos_desktop.domain.command_sheet import COMMANDS, parse_command
from ui.command_sheet import save_command_sheet

SECRET = bytes(range(32))


def test_every_command_reads_back(app: QApplication, tmp_path: Path) -> None:
    """Rendered as a picture of 300 dpi and read by another library."""
    sheet = tmp_path / "sheet.pdf"
    save_command_sheet(sheet, "Corner Grocer", SECRET)
    document = pypdfium2.PdfDocument(sheet)
    try:
        assert len(document) == 1
        picture = document[0].render(scale=300 / 72).to_pil()
    finally:
        document.close()
    found = {parse_command(SECRET, code.text) for code in zxingcpp.read_barcodes(picture)}
    assert found == {command.name for command in COMMANDS}
