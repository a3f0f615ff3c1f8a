"""Each device of a till in one line of words: what there is, and how it stands."""

from __future__ import annotations

from pos_desktop.config import Settings
from pos_desktop.domain.weighing import WORDS, Reading
from pos_desktop.hardware.printer import PrinterStatus
from ui.register.drawer_watch import DrawerWatch
from ui.register.screens.devices import DeviceRow

NONE = "None is set up."


def device_rows(
    settings: Settings,
    *,
    printer: PrinterStatus | None,
    drawer: DrawerWatch,
    scanner: str,
    scale: Reading,
    display: str,
    volume: int,
) -> tuple[DeviceRow, ...]:
    """The lines of the page; ``scanner`` and ``display`` are words of trouble, empty when they are well."""
    return (
        _printer(settings, printer),
        _drawer(settings, drawer),
        _scanner(settings, scanner),
        _scale(settings, scale),
        _display(settings, display),
        DeviceRow("Sound", "volume-2", f"Volume {volume} of 100." if volume else "Silent."),
    )


def _printer(settings: Settings, status: PrinterStatus | None) -> DeviceRow:
    if settings.printer.kind == "none":
        return DeviceRow("Printer", "printer", NONE)
    if settings.printer.kind == "file":
        return DeviceRow("Printer", "printer", f"Papers go into {settings.printer.address}.")
    if status is None:
        return DeviceRow("Printer", "printer", "Asking it…")
    return DeviceRow("Printer", "printer", status.words, good=status.well)


def _drawer(settings: Settings, watch: DrawerWatch) -> DeviceRow:
    drawer = settings.drawer
    if not drawer.connected:
        return DeviceRow("Drawer", "inbox", NONE)
    if watch.words:
        return DeviceRow("Drawer", "inbox", watch.words, good=False)
    kinds = ", ".join(kind.replace("_", " ") for kind in drawer.opens_for) or "no payment"
    if drawer.sensor == "none":
        return DeviceRow("Drawer", "inbox", f"Opens for {kinds}. It has no switch to read.")
    return DeviceRow(
        "Drawer", "inbox", f"Opens for {kinds}. It is {'open' if watch.is_open else 'shut'}.", good=True
    )


def _scanner(settings: Settings, trouble: str) -> DeviceRow:
    if settings.scanner.kind == "keyboard":
        return DeviceRow("Scanner", "scan-barcode", "It types as a keyboard does.")
    return DeviceRow(
        "Scanner", "scan-barcode", trouble or f"Listening on {settings.scanner.port}.", good=not trouble
    )


def _scale(settings: Settings, reading: Reading) -> DeviceRow:
    if not settings.scale.port:
        return DeviceRow("Scale", "scale", f"{NONE} Weights are typed.")
    return DeviceRow("Scale", "scale", WORDS[reading.state], good=not reading.trouble)


def _display(settings: Settings, trouble: str) -> DeviceRow:
    if settings.display.kind == "none":
        return DeviceRow("Customer display", "monitor", NONE)
    return DeviceRow("Customer display", "monitor", trouble or "It shows the sale.", good=not trouble)
