"""Each device of a till in one line of words: what there is, and how it stands."""

from __future__ import annotations

from pos_desktop.config import Settings
from pos_desktop.domain.weighing import WORDS, Reading
from pos_desktop.hardware.printer import PrinterStatus
from pos_desktop.words import later, t
from ui.register.drawer_watch import DrawerWatch
from ui.register.screens.devices import DeviceRow
from ui.register.screens.tender_words import inner_name

NONE = later("None is set up.")


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
        DeviceRow(
            later("Sound"),
            "volume-2",
            t("Volume {volume} of 100.", volume=volume) if volume else t("Silent."),
        ),
    )


def _printer(settings: Settings, status: PrinterStatus | None) -> DeviceRow:
    if settings.printer.kind == "none":
        return DeviceRow(later("Printer"), "printer", t(NONE))
    if settings.printer.kind == "file":
        return DeviceRow(
            later("Printer"), "printer", t("Papers go into {address}.", address=settings.printer.address)
        )
    if status is None:
        return DeviceRow(later("Printer"), "printer", t("Asking it…"))
    return DeviceRow(later("Printer"), "printer", status.words, good=status.well)


def _drawer(settings: Settings, watch: DrawerWatch) -> DeviceRow:
    drawer = settings.drawer
    if not drawer.connected:
        return DeviceRow(later("Drawer"), "inbox", t(NONE))
    if watch.words:
        return DeviceRow(later("Drawer"), "inbox", watch.words, good=False)
    kinds = ", ".join(inner_name(kind) for kind in drawer.opens_for) or t("no payment")
    if drawer.sensor == "none":
        return DeviceRow(
            later("Drawer"), "inbox", t("Opens for {kinds}. It has no switch to read.", kinds=kinds)
        )
    if watch.is_open:
        return DeviceRow(
            later("Drawer"), "inbox", t("Opens for {kinds}. It is open.", kinds=kinds), good=True
        )
    return DeviceRow(later("Drawer"), "inbox", t("Opens for {kinds}. It is shut.", kinds=kinds), good=True)


def _scanner(settings: Settings, trouble: str) -> DeviceRow:
    if settings.scanner.kind == "keyboard":
        return DeviceRow(later("Scanner"), "scan-barcode", t("It types as a keyboard does."))
    return DeviceRow(
        later("Scanner"),
        "scan-barcode",
        trouble or t("Listening on {port}.", port=settings.scanner.port),
        good=not trouble,
    )


def _scale(settings: Settings, reading: Reading) -> DeviceRow:
    if not settings.scale.port:
        return DeviceRow(later("Scale"), "scale", t("None is set up. Weights are typed."))
    return DeviceRow(later("Scale"), "scale", WORDS[reading.state], good=not reading.trouble)


def _display(settings: Settings, trouble: str) -> DeviceRow:
    if settings.display.kind == "none":
        return DeviceRow(later("Customer display"), "monitor", t(NONE))
    return DeviceRow(
        later("Customer display"), "monitor", trouble or t("It shows the sale."), good=not trouble
    )
