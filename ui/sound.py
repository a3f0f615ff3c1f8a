"""The till's tones: made in code at start, played by the system's own player, never on the GUI thread.

Sound is never the only signal, so nothing here raises: without a player or a sound device it is silent.
"""

from __future__ import annotations

import io
import logging
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Literal

from PySide6.QtCore import QObject, Signal

log = logging.getLogger("pos_desktop.ui.sound")
_RATE = 22_050
_WAITING = 4
_PLAYER_SECONDS = 3

Name = Literal["added", "weighed", "attention", "error", "paid"]


@dataclass(frozen=True, slots=True)
class Note:
    """A tone: pitch in hertz (0 is a rest), length in milliseconds, and a hard square wave or a soft sine."""

    hertz: int
    ms: int
    square: bool = False


TONES: dict[str, tuple[Note, ...]] = {
    "added": (Note(1700, 60),),
    "weighed": (Note(1700, 60), Note(2100, 30)),
    "attention": (Note(900, 90), Note(0, 60), Note(900, 90)),
    "error": (Note(320, 350, square=True), Note(0, 90), Note(320, 350, square=True)),
    "paid": (Note(1050, 75), Note(1400, 75)),
}


def _samples(note: Note, volume: int) -> list[int]:
    total = _RATE * note.ms // 1000
    fade = max(1, _RATE * 4 // 1000)
    peak = 32_000 * volume / 100
    values = []
    for number in range(total):
        wave_value = math.sin(2 * math.pi * note.hertz * number / _RATE)
        if note.square:
            wave_value = 0.5 if wave_value > 0 else -0.5
        edge = min(1.0, number / fade, (total - number) / fade)
        values.append(round(wave_value * edge * peak))
    return values


def render(notes: Sequence[Note], volume: int) -> bytes:
    """A mono 16-bit WAV of ``notes`` at ``volume`` 0 to 100; edges are faded so that they do not click."""
    samples = [value for note in notes for value in _samples(note, volume)]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return buffer.getvalue()


def find_player() -> list[str] | None:
    """The command that plays a WAV file here; empty means Windows' own, None means there is none."""
    if sys.platform == "win32":
        return []
    for name, options in (("paplay", []), ("pw-play", []), ("aplay", ["-q"]), ("afplay", [])):
        if (path := shutil.which(name)) is not None:
            return [path, *options]
    return None


def _play_file(player: list[str], path: Path) -> None:
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
        return
    quiet = subprocess.DEVNULL
    subprocess.run(
        [*player, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, timeout=_PLAYER_SECONDS, check=False
    )


class Sounds(QObject):
    """Plays named tones at one volume. Signals: ``played(name)`` for each tone asked for, heard or not."""

    played = Signal(str)

    def __init__(
        self, volume: int = 70, parent: QObject | None = None, *, player: list[str] | None = None
    ) -> None:
        super().__init__(parent)
        self._player = player if player is not None else find_player()
        self._folder = tempfile.TemporaryDirectory(prefix="pos-tones-", ignore_cleanup_errors=True)
        self._volume = -1
        self._waiting: Queue[Path | None] = Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self.set_volume(volume)

    @property
    def volume(self) -> int:
        """The volume, 0 to 100; 0 is silent."""
        return self._volume

    def set_volume(self, volume: int) -> None:
        """Set the volume, 0 to 100, and make the tones again."""
        volume = max(0, min(100, volume))
        if volume == self._volume:
            return
        self._volume = volume
        for name, notes in TONES.items():
            (Path(self._folder.name) / f"{name}.wav").write_bytes(render(notes, volume))

    def play(self, name: Name) -> None:
        """Play a tone soon; with too many waiting the oldest is left out, so sound never lags behind."""
        if name not in TONES:
            raise KeyError(name)
        self.played.emit(name)
        if self._volume == 0 or self._player is None:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
            self._thread.start()
        path = Path(self._folder.name) / f"{name}.wav"
        try:
            self._waiting.put_nowait(path)
        except Full:
            self._drop_oldest()
            self._waiting.put_nowait(path)

    def _drop_oldest(self) -> None:
        try:
            self._waiting.get_nowait()
        except Empty:
            log.debug("the player was faster")

    def _run(self) -> None:
        while (path := self._waiting.get()) is not None:
            try:
                _play_file(self._player or [], path)
            except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
                log.info("a tone was not played: %s", problem)

    def close(self) -> None:
        """Stop the player's thread and remove the tones."""
        if self._thread is not None:
            while self._waiting.full():
                self._drop_oldest()
            self._waiting.put_nowait(None)
            self._thread.join(_PLAYER_SECONDS + 1)
            self._thread = None
        self._folder.cleanup()
