"""Tones are made right and never in the way; a leaking Qt binding is refused."""

from __future__ import annotations

import io
import sys
import threading
import wave
from pathlib import Path

import pytest

from ui.selftest import BrokenBindingError, check_binding, measure
from ui.sound import TONES, Sounds, render


@pytest.mark.parametrize("name", sorted(TONES))
def test_each_tone_is_a_wav_of_its_length(name: str) -> None:
    with wave.open(io.BytesIO(render(TONES[name], 70))) as file:
        seconds = file.getnframes() / file.getframerate()
        frames = file.readframes(file.getnframes())
    assert seconds == pytest.approx(sum(note.ms for note in TONES[name]) / 1000, abs=0.002)
    assert any(frames)


def test_the_error_tone_is_clearly_lower_and_longer() -> None:
    assert max(n.hertz for n in TONES["error"]) < min(n.hertz for n in TONES["added"]) / 3
    assert sum(n.ms for n in TONES["error"]) > 5 * sum(n.ms for n in TONES["added"])


def test_volume_scales_and_zero_is_silence() -> None:
    assert not any(render(TONES["added"], 0)[44:])
    assert max(render(TONES["added"], 100)[44:]) > 0


def test_play_runs_the_player_off_the_gui_thread(tmp_path: Path) -> None:
    """A stand-in player writes down which file it was given."""
    heard = tmp_path / "heard"
    script = f"import sys; open({str(heard)!r}, 'a').write(sys.argv[1] + chr(10))"
    sounds = Sounds(50, player=[sys.executable, "-c", script])
    asked: list[str] = []
    sounds.played.connect(asked.append)
    sounds.play("added")
    sounds.play("error")
    sounds.close()
    assert asked == ["added", "error"]
    assert [Path(line).stem for line in heard.read_text().splitlines()] == ["added", "error"]
    assert not any(thread.name == "sounds" for thread in threading.enumerate())


@pytest.mark.parametrize("player", [["/no/such/player"], None])
def test_no_player_or_device_is_no_trouble(player: list[str] | None) -> None:
    sounds = Sounds(50, player=player)
    for name in TONES:
        sounds.play(name)  # type: ignore[arg-type]
    sounds.close()


def test_calls_into_qt_leave_true_and_none_as_they_were() -> None:
    """Where None can die its count stays; where it cannot, it outlives a count that has run out."""
    if sys.version_info < (3, 12):
        assert max(measure().values()) <= 20
    else:
        for _ in range(100):
            measure()
    check_binding()


def test_a_leaking_binding_is_refused_in_words() -> None:
    with pytest.raises(BrokenBindingError, match="loses references"):
        check_binding({"setPen": 100, "emit": 0}, python=(3, 11))
    check_binding({"setPen": 100, "emit": 0}, python=(3, 12))
