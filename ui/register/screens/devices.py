"""What hangs on this till and how it stands: one line a device, with the keys to try it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import Glyph, OverlayScreen, Words
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label, Tone


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: ``name`` in English, ``words`` how it stands; ``good`` None is neither."""

    name: str
    icon: str
    words: str
    good: bool | None = None


class DevicesPanel(OverlayScreen):
    """Signals: ``scanner_asked()`` set the scanner up; ``refresh_asked()`` ask the printer again;
    ``test_page_asked()`` print one; ``volume_asked(int)`` louder or softer by that much; ``back()``."""

    scanner_asked = Signal()
    refresh_asked = Signal()
    test_page_asked = Signal()
    volume_asked = Signal(int)
    back = Signal()

    name = "devices"
    card_width = 860
    card_padding = 22
    card_spacing = 10

    def __init__(
        self, rows: tuple[DeviceRow, ...], *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._labels: dict[str, Label] = {}
        self.body.addWidget(Label(t("Devices of this till"), role="title"))
        for row in rows:
            self._add(row)
        self.words = Words("", role="body_strong", max_lines=2)
        self.body.addWidget(self.words)
        made = (
            ("scanner", t("Set up the scanner"), "scan-barcode", self.scanner_asked.emit),
            ("print", t("Print a test page"), "printer", self.test_page_asked.emit),
            ("try_again", t("Ask the printer"), "refresh-cw", self.refresh_asked.emit),
            ("softer", t("Softer"), "minus", lambda: self.volume_asked.emit(-10)),
            ("louder", t("Louder"), "plus", lambda: self.volume_asked.emit(10)),
            ("mute", t("Sound off"), "x", lambda: self.volume_asked.emit(-100)),
        )
        self._keys: dict[str, Key] = {}
        for name, label, icon, act in made:
            key = self.action_key(Key(label, icon=icon, height=56), name)
            key.clicked.connect(lambda _checked=False, do=act: do())
            self._keys[name] = key
        self.row(*(self._keys[name] for name in ("scanner", "print", "try_again")))
        self.row(*(self._keys[name] for name in ("softer", "louder", "mute")))
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=60), "back")
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def _add(self, row: DeviceRow) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme().px(12))
        line.addWidget(Glyph(row.icon, tone=_tone(row), size=22))
        line.addWidget(Label(t(row.name), role="heading", max_lines=1), 2)
        words = Label(row.words, role="body_strong", tone=_tone(row), max_lines=2)
        self._labels[row.name] = words
        line.addWidget(words, 6)
        self.body.addLayout(line)

    def show_row(self, row: DeviceRow) -> None:
        """A device stands otherwise now."""
        self._labels[row.name].set_text(row.words)
        self._labels[row.name].set_tone(_tone(row))

    def say(self, words: str, tone: Tone = "text2") -> None:
        """What came of a key."""
        self.words.say(words, tone)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {name: key.click for name, key in self._keys.items()}
        return {**doing, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """Each device and how it stands."""
        rows = {name: label.text() for name, label in self._labels.items()}
        return {"screen": self.name, "devices": rows, "message": self.words.text()}


def _tone(row: DeviceRow) -> Tone:
    return "text2" if row.good is None else ("pay" if row.good else "warn")
