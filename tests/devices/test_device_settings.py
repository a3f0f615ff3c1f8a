"""Devices in till.toml: what may be written, the sentence for what may not, what the doctor says of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_desktop.bootstrap import open_scale, open_scanner
from pos_desktop.cli.doctor_devices import check_devices
from pos_desktop.config import Settings, load_settings, save_section
from pos_desktop.device_settings import DisplaySettings, DrawerSettings, ScaleSettings, ScannerSettings
from pos_desktop.errors import UserError
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.hardware.emulated_scale import EmulatedScale

FULL = """
[drawer]
connected = true
pin = 5
opens_for = ["cash", "gift_card"]
sensor = "low"
open_seconds = 45

[scale]
port = "COM3"
baud = 4800
framing = "8N1"

[scanner]
kind = "serial"
port = "/dev/ttyACM0"
prefix = "~"
suffix = "#"
gap_ms = 80
double_ms = 0

[display]
kind = "screen"
screen = 3
words = "Fresh bread from seven"
picture = "offer.png"

[sound]
volume = 0
"""


def load(home: Path, text: str) -> Settings:
    (home / "till.toml").write_text(text, encoding="utf-8")
    return load_settings(home, {})


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)
    assert settings.drawer == DrawerSettings(True, 5, ("cash", "gift_card"), "low", 45)
    assert settings.scale == ScaleSettings("COM3", 4800, "8N1")
    serial = ScannerSettings("serial", "/dev/ttyACM0", 9600, "8N1", "~", "#", 80, 0)
    assert settings.scanner == serial
    words = "Fresh bread from seven"
    assert settings.display == DisplaySettings("screen", 3, words, tmp_path / "offer.png")
    assert settings.volume == 0
    assert open_scale(settings) is not None
    assert open_scanner(settings) is not None


def test_without_a_word_there_is_a_drawer_and_nothing_else(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.drawer == DrawerSettings(True, 2, ("cash", "cheque", "voucher"), "none", 30)
    assert (settings.scale, settings.scanner) == (ScaleSettings(), ScannerSettings())
    assert settings.display == DisplaySettings(words="Welcome")
    assert settings.volume == 70
    assert (open_scale(settings), open_scanner(settings)) == (None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[scale]\nport = "USB scale"', "a port, such as COM3"),
        ('[scale]\nport = "COM3"\nframing = "7X1"', "one of 7E1"),
        ('[scanner]\nkind = "serial"', "a port, since the scanner is a serial one"),
        ('[scanner]\nport = "COM4"', "left out: it is a keyboard"),
        ('[scanner]\nprefix = "123456789"', "up to 8 characters"),
        ("[scanner]\ngap_ms = 5", "a number from 10 to 200"),
        ('[drawer]\nopens_for = ["cash", "beads"]', "a list of cash, card"),
        ('[drawer]\nopens_for = "cash"', "a list of cash, card"),
        ('[drawer]\nsensor = "maybe"', "one of none, high, low"),
        ('[display]\nkind = "tv"', "one of none, screen, window"),
        ("[display]\nscreen = 0", "a number from 1 to 9"),
        ("[sound]\nvolume = 101", "a number from 0 to 100"),
        ("[sound]\nvolume = true", "a number from 0 to 100"),
    ],
)
def test_what_may_not_be_written_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError) as problem:
        load(tmp_path, text)
    assert words in problem.value.text()


def test_a_section_is_written_beside_the_others(tmp_path: Path) -> None:
    file = tmp_path / "till.toml"
    file.write_text('# ours\n[sound]\nvolume = 10\n\n[scale]\nport = "COM3"\n', encoding="utf-8")
    save_section(file, "sound", {"volume": 30})
    settings = load_settings(tmp_path, {})
    assert (settings.volume, settings.scale.port) == (30, "COM3")


def doctor(settings: Settings) -> dict[str, str]:
    """The doctor's lines about devices, without their addresses."""
    return {check.subject: check.line for check in check_devices(settings)}


def test_the_doctor_asks_each_device(tmp_path: Path) -> None:
    with EmulatedPrinter() as printer, EmulatedScale() as scale:
        text = (
            f'[printer]\nkind = "network"\naddress = "127.0.0.1:{printer.port}"\n'
            f'[scale]\nport = "{scale.address}"\n'
            f'[scanner]\nkind = "serial"\nport = "{scale.address}"\n'
            '[drawer]\nsensor = "high"\n[display]\nkind = "screen"\npicture = "offer.png"\n'
        )
        settings = load(tmp_path, text)
        lines = doctor(settings)
        assert lines["Printer"].endswith("Printer is ready")
        assert lines["Drawer"] == "green  Drawer    its switch says shut"
        assert lines["Scale"].endswith("answers, empty")
        assert lines["Scanner"].startswith("green")
        assert lines["Display"].startswith("amber")
        assert printer.papers == ()
        printer.set_paper_low(True)
        scale.set_foreign(True)
        lines = doctor(settings)
        assert lines["Printer"].startswith("amber")
        assert lines["Printer"].endswith("Paper is running low  -> Have a roll ready")
        assert lines["Scale"].startswith("red")
        assert "8217" in lines["Scale"]
    lines = doctor(settings)
    assert all(lines[subject].startswith("red") for subject in ("Printer", "Scale", "Scanner"))
    assert "does not answer" in lines["Printer"]
