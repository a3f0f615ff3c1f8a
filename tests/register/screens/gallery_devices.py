"""The screens about devices in likely states: the scale's question, the devices' page, a scanner set up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import currency
from pos_desktop.domain.weighing import Reading, ScaleState, Verdict
from ui.register.screen import Screen
from ui.register.screens.devices import DeviceRow, DevicesPanel
from ui.register.screens.scanner_setup import TEST_CODE, ScannerSetup
from ui.register.screens.weigh import WeighQuestion, WeighScreen
from ui.scan_input import ScanSettings
from ui.scan_trace import SeenKey, Trace

QUESTION = WeighQuestion("Bananas, loose, from the Canary Islands", "kg", 112, currency("GBP"))
ROWS = (
    DeviceRow("Printer", "printer", "Paper is running low. Have a roll ready.", good=True),
    DeviceRow(
        "Drawer", "inbox", "The drawer did not open. Free it and open it again, or use its key.", False
    ),
    DeviceRow("Scanner", "scan-barcode", "Listening on socket://192.168.1.70:4001.", good=True),
    DeviceRow(
        "Scale", "scale", "The scale does not answer. Check its power and cable, or type the weight.", False
    ),
    DeviceRow("Customer display", "monitor", "It shows the sale.", good=True),
    DeviceRow("Sound", "volume-2", "Volume 70 of 100."),
)


def weighing(state: ScaleState, qty: int = 0, verdict: Verdict = "wait", *, net: bool = False):
    """The scale's screen in one state."""

    def make(host: QWidget) -> Screen:
        screen = WeighScreen(QUESTION, parent=host)
        screen.show_reading(Reading(state, qty, net=net), verdict)
        return screen

    return make


def burst(text: str, *, ending: str = "Enter", gap: int = 8) -> Trace:
    """What a scanner that is a keyboard sent."""
    keys = [SeenKey(character, character, gap) for character in text]
    keys += [SeenKey(ending, "", gap)] if ending else []
    made = "scan" if ending and gap <= 50 else "typing"
    return Trace(tuple(keys), made, text if made == "scan" else "")


def scanner(trace: Trace | None, over_port: str = "") -> Callable[[QWidget], Screen]:
    """The scanner's page after a burst."""

    def make(host: QWidget) -> Screen:
        screen = ScannerSetup(ScanSettings(), over_port, parent=host)
        if trace is not None:
            screen.show_trace(trace)
        return screen

    return make


DEVICE_SCREENS: dict[str, Callable[[QWidget], Screen]] = {
    "scale_empty": weighing(ScaleState.EMPTY),
    "scale_stuck": weighing(ScaleState.STABLE, 842, "stuck", net=True),
    "scale_overload": weighing(ScaleState.OVERLOAD),
    "scale_silent": weighing(ScaleState.SILENT),
    "devices": lambda host: DevicesPanel(ROWS, parent=host),
    "scanner_setup": scanner(None),
    "scanner_setup_scan": scanner(burst(f"~{TEST_CODE}#")),
    "scanner_setup_slow": scanner(burst(TEST_CODE, gap=72)),
    "scanner_setup_port": scanner(
        Trace((), "unreadable", "", b"\x1b[A" + b"7" * 90), "socket://192.168.1.70:4001"
    ),
}
