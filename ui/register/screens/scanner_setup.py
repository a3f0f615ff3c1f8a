"""Setting a scanner up: scan a known code and read what came in, how fast, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.words import later, t
from ui.barcode_paint import draw_symbol, item_symbol
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import PageScreen, Words
from ui.scan_input import ScanSettings
from ui.scan_trace import Trace, advice, around
from ui.theme import theme
from ui.widgets.canvas import CENTER, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget
from ui.widgets.surface import Card

TEST_CODE = "9520100000010"
MOST_KEYS = 48
BEEP = later(
    "Turn the scanner's own beep off: it sounds before anybody knows the item. The till has tones of its own."
)
_MADE = {
    "scan": later("A scan"),
    "double": later("A scan, read twice and counted once"),
    "unreadable": later("Not readable: none of it reaches the till"),
    "typing": later("Typing: it would go into the text box"),
}


class _Barcode(PaintedWidget):
    """The test code in black on white, also in the dark theme: scanners read nothing else."""

    def sizeHint(self) -> QSize:
        """Wide enough for bars of two pixels."""
        return QSize(theme().px(300), theme().px(130))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the code and its digits."""
        symbol = item_symbol(TEST_CODE)
        with Canvas.on(self) as canvas:
            canvas.painter.fillRect(self.rect(), QColor("#FFFFFF"))
            if symbol is not None:
                inset = theme().px(12)
                room = QRect(self.rect()).adjusted(inset, inset, -inset, -inset)
                digits = theme().px(20)
                draw_symbol(canvas.painter, symbol, room.adjusted(0, 0, 0, -digits))
                below = QRectF(room.left(), room.bottom() - digits, room.width(), digits)
                canvas.text(below, symbol.text, theme().type("code"), QColor("#000000"), align=CENTER)


class ScannerSetup(PageScreen):
    """Shows each burst as it comes. Signals: ``use_asked()`` keep what was found; ``back()``."""

    use_asked = Signal()
    back = Signal()

    name = "scanner_setup"
    scan_policy = "take"

    def __init__(
        self,
        settings: ScanSettings,
        over_port: str = "",
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._settings = settings
        self._trace: Trace | None = None
        self._facts = {
            name: Label(" ", role="heading", max_lines=3)
            for name in (later("Came in"), later("Speed"), later("Around it"), later("Made of it"))
        }
        self._advice = Words("", role="body_strong", max_lines=3)
        self.words = Words("", role="body_strong", max_lines=2)
        row = QHBoxLayout(self)
        margin = theme().px(12)
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(margin)
        row.addWidget(self._left(over_port), 2)
        row.addWidget(self._right(), 3)
        self._show()

    def _left(self, over_port: str) -> QWidget:
        card = Card(padding=22, spacing=12)
        card.body.addWidget(Label(t("Set up the scanner"), role="title", max_lines=2))
        how = t("It is read over {port}.", port=over_port) if over_port else t("It types as a keyboard does.")
        card.body.addWidget(Label(how, role="body_strong", tone="text2", max_lines=3))
        card.body.addWidget(
            Label(t("Scan this code, or the same one from paper:"), role="body", tone="text2", max_lines=3)
        )
        card.body.addWidget(_Barcode())
        card.body.addWidget(Label(t(BEEP), role="body", tone="text2", max_lines=4))
        card.body.addStretch(1)
        self._use = self.action_key(
            Key(t("Use what was found"), icon="check", variant="accent", height=60), "take"
        )
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=60), "back")
        self._use.clicked.connect(self.use_asked)
        self._back.clicked.connect(self.back)
        card.body.addWidget(self._use)
        card.body.addWidget(self._back)
        return card

    def _right(self) -> QWidget:
        card = Card(padding=22, spacing=10)
        for name, label in self._facts.items():
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(Label(t(name), role="note", tone="text3", max_lines=1))
            column.addWidget(label)
            card.body.addLayout(column)
        card.body.addWidget(self._advice)
        card.body.addStretch(1)
        card.body.addWidget(self.words)
        return card

    def handle_scan(self, code: str) -> bool:
        """Any code is welcome here: what came of it is shown by its trace."""
        del code
        return True

    # -- showing ---------------------------------------------------------------------------------

    def show_trace(self, trace: Trace) -> None:
        """Show what came in and what the filter made of it."""
        self._trace = trace
        self.words.say("")
        self._show()

    def say(self, words: str, *, good: bool = False) -> None:
        """Say what became of the settings."""
        self.words.say(words, "pay" if good else "warn")

    @property
    def found(self) -> ScanSettings | None:
        """The settings the last burst asks for, or None when the test code was not in it."""
        trace = self._trace
        parts = around(trace.text, TEST_CODE) if trace is not None else None
        if trace is None or parts is None or not parts[0].isprintable() or not parts[1].isprintable():
            return None
        gap = max(self._settings.max_gap_ms, min(200, trace.longest_gap + 20))
        return ScanSettings(
            prefix=parts[0][:8],
            suffix=parts[1][:8],
            max_gap_ms=self._settings.max_gap_ms if trace.longest_gap <= self._settings.max_gap_ms else gap,
            double_read_ms=self._settings.double_read_ms,
            drop_doubles=self._settings.drop_doubles,
        )

    def _show(self) -> None:
        trace = self._trace
        if trace is None:
            for label in self._facts.values():
                label.set_text("–")
        else:
            self._facts["Came in"].set_text(_came_in(trace))
            self._facts["Speed"].set_text(_speed(trace))
            self._facts["Around it"].set_text(_around(trace))
            self._facts["Made of it"].set_text(_made(trace))
            self._advice.say(advice(trace, self._settings))
        self._use.setEnabled(self.found is not None)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        use = {"take": self._use.click} if self.found is not None else {}
        return {**use, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """What came in, as words."""
        facts = {name: label.text() for name, label in self._facts.items()}
        return {
            "screen": self.name,
            "facts": facts,
            "advice": self._advice.text(),
            "message": self.words.text(),
        }


def _came_in(trace: Trace) -> str:
    if trace.raw:
        shown = " ".join(f"{byte:02X}" for byte in trace.raw[:MOST_KEYS])
        more = " …" if len(trace.raw) > MOST_KEYS else ""
        return t("{count} bytes: {shown}", count=len(trace.raw), shown=f"{shown}{more}")
    names = [key.name if len(key.name) == 1 else f"[{key.name}]" for key in trace.keys]
    return f"{''.join(names[:MOST_KEYS])}{'…' if len(names) > MOST_KEYS else ''}"


def _speed(trace: Trace) -> str:
    if trace.raw:
        return t("over its port, without gaps")
    gaps = [key.gap_ms for key in trace.keys[1:]]
    if not gaps:
        return t("one key")
    if min(gaps) < max(gaps):
        return t("{least} to {most} ms from key to key", least=min(gaps), most=max(gaps))
    return t("{most} ms from key to key", most=max(gaps))


def _around(trace: Trace) -> str:
    ends = t("ends with {ending}", ending=trace.ending) if trace.ending else t("no ending")
    parts = around(trace.text, TEST_CODE)
    if parts is None:
        return t("{ends}; the test code is not in it", ends=ends)
    before = t("begins with {part}", part=parts[0]) if parts[0] else t("nothing before it")
    behind = t("{part} behind it", part=parts[1]) if parts[1] else t("nothing behind it")
    return f"{before}, {behind}, {ends}"


def _made(trace: Trace) -> str:
    words = t(_MADE[trace.made])
    return f"{words}: {trace.code}" if trace.code and trace.made in ("scan", "double") else words
