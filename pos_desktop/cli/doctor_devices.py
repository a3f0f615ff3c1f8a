"""The doctor's lines about devices: each is asked as the register asks it, and nothing is printed or sold."""

from __future__ import annotations

from collections.abc import Iterator

from pos_desktop.bootstrap import open_printer
from pos_desktop.cli.doctor_check import AMBER, GREEN, RED, Check
from pos_desktop.config import Settings
from pos_desktop.domain.weighing import WORDS
from pos_desktop.hardware.printer import PrinterStatus
from pos_desktop.hardware.scale import ask_once
from pos_desktop.hardware.serial_line import SerialLine
from pos_desktop.hardware.transports import UnreachableError


def check_devices(settings: Settings) -> Iterator[Check]:
    """A line for each device that the settings name, and for a printer in any case."""
    yield from check_printer(settings)
    if settings.scale.port:
        yield check_scale(settings)
    if settings.scanner.kind == "serial":
        yield check_scanner(settings)
    if settings.display.kind != "none":
        yield check_display(settings)


def check_printer(settings: Settings) -> Iterator[Check]:
    """Whether the printer is there and how it says it is; then its drawer, where that has a switch."""
    printer = settings.printer
    if printer.kind == "none":
        yield Check(AMBER, "Printer", "none is set up", f"Add [printer] to {settings.file}")
        return
    try:
        lane = open_printer(settings)
    except ValueError as error:
        yield Check(RED, "Printer", str(error), "Correct its address")
        return
    status = lane.status()
    lane.close()
    where = f"{printer.kind} {printer.address}"
    if not status.reachable:
        found = f"{where} does not answer"
        yield Check(RED, "Printer", found, "Switch it on, check its cable and its address")
        return
    said, _, todo = status.words.partition(". ")
    light = GREEN if status.well and not status.paper_low else AMBER
    yield Check(light, "Printer", f"{where}: {said.rstrip('.')}", todo.rstrip(".") if light != GREEN else "")
    if settings.drawer.connected and settings.drawer.sensor != "none":
        yield check_drawer(settings, status)


def check_drawer(settings: Settings, status: PrinterStatus) -> Check:
    """What the drawer's switch says now."""
    if status.drawer_high is None:
        advice = "Set drawer.sensor to none, or use a printer that answers"
        return Check(AMBER, "Drawer", "the printer does not report its switch", advice)
    is_open = status.drawer_high == (settings.drawer.sensor == "high")
    advice = "If it is shut, set drawer.sensor to the other level" if is_open else ""
    return Check(
        AMBER if is_open else GREEN, "Drawer", f"its switch says {'open' if is_open else 'shut'}", advice
    )


def check_scale(settings: Settings) -> Check:
    """Ask the scale once."""
    scale = settings.scale
    reading = ask_once(SerialLine(scale.port, scale.baud, scale.framing))
    said, _, todo = WORDS[reading.state].partition(". ")
    if reading.trouble:
        return Check(RED, "Scale", f"{scale.port}: {said}", todo.rstrip("."))
    return Check(GREEN, "Scale", f"{scale.port} answers, {reading.state.value.replace('_', ' ')}")


def check_scanner(settings: Settings) -> Check:
    """Whether the scanner's port opens."""
    scanner = settings.scanner
    try:
        SerialLine(scanner.port, scanner.baud, scanner.framing).open().close()
    except UnreachableError as error:
        return Check(RED, "Scanner", str(error), "Check its cable, and that no other program has the port")
    return Check(GREEN, "Scanner", f"{scanner.port} opens")


def check_display(settings: Settings) -> Check:
    """What can be known without a window: the picture. Whether its screen is there, the register says."""
    display = settings.display
    where = f"screen {display.screen}" if display.kind == "screen" else "a window"
    if display.picture is not None and not display.picture.is_file():
        return Check(
            AMBER, "Display", f"{display.picture} is not there", "Put the picture there, or take it out"
        )
    return Check(GREEN, "Display", where)
