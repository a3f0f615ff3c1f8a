"""The scale's lane against a scale on a real port: a pseudo-terminal, and a converter's TCP port."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from pos_desktop.domain.weighing import Reading, ScaleState
from pos_desktop.hardware.emulated_scale import EmulatedScale
from pos_desktop.hardware.scale import ScaleLane
from pos_desktop.hardware.serial_line import SerialLine
from tests.patience import PATIENCE


class Listener:
    """Hears what the lane tells, and waits for something of it."""

    def __init__(self) -> None:
        self._heard = threading.Condition()
        self.last = Reading(ScaleState.SILENT)

    def __call__(self, reading: Reading) -> None:
        with self._heard:
            self.last = reading
            self._heard.notify_all()

    def wait(self, what: Callable[[Reading], bool], seconds: float = PATIENCE) -> Reading:
        with self._heard:
            assert self._heard.wait_for(lambda: what(self.last), seconds), self.last
            return self.last


@pytest.fixture(params=["terminal", "network"])
def scale(request: pytest.FixtureRequest) -> Iterator[EmulatedScale]:
    with EmulatedScale(terminal=request.param == "terminal") as made:
        yield made


@pytest.fixture
def heard() -> Listener:
    return Listener()


@pytest.fixture
def lane(scale: EmulatedScale, heard: Listener) -> Iterator[ScaleLane]:
    # A pseudo-terminal knows no parity; a port does.
    framing = "7E1" if scale.address.startswith("socket") else "8N1"
    made = ScaleLane(SerialLine(scale.address, 9600, framing), pause=0.02, answer_seconds=0.3)
    made.start(heard)
    yield made
    made.close()


def test_a_load_is_shaken_settles_and_is_taken_off(
    scale: EmulatedScale, lane: ScaleLane, heard: Listener
) -> None:
    heard.wait(lambda now: now.state is ScaleState.EMPTY)
    scale.put(842, stable=False)
    heard.wait(lambda now: now.state is ScaleState.UNSTABLE)
    scale.settle()
    assert heard.wait(lambda now: now.state is ScaleState.STABLE).qty == 842
    scale.put(15_001)
    heard.wait(lambda now: now.state is ScaleState.OVERLOAD)
    scale.put(-20)
    heard.wait(lambda now: now.state is ScaleState.UNDER_ZERO)


def test_tare_and_zero_are_pressed_over_the_wire(
    scale: EmulatedScale, lane: ScaleLane, heard: Listener
) -> None:
    scale.put(150)
    heard.wait(lambda now: now.qty == 150)
    lane.tare()
    heard.wait(lambda now: now.state is ScaleState.EMPTY and now.net)
    scale.put(992)
    assert heard.wait(lambda now: now.state is ScaleState.STABLE) == Reading(
        ScaleState.STABLE, 842, net=True, asked=heard.last.asked
    )
    lane.clear_tare()
    assert heard.wait(lambda now: now.qty == 992).net is False
    scale.put(12)
    heard.wait(lambda now: now.qty == 12)
    lane.zero()
    heard.wait(lambda now: now.state is ScaleState.EMPTY)


def test_an_answer_says_which_question_it_is_to(
    scale: EmulatedScale, lane: ScaleLane, heard: Listener
) -> None:
    """What was weighed before the item was named never stands for it."""
    scale.put(500)
    heard.wait(lambda now: now.qty == 500)
    scale.put(842)
    number = lane.fresh()
    assert heard.wait(lambda now: now.asked >= number).qty == 842


def test_a_mute_scale_a_foreign_one_and_back(scale: EmulatedScale, lane: ScaleLane, heard: Listener) -> None:
    heard.wait(lambda now: now.state is ScaleState.EMPTY)
    scale.set_mute(True)
    heard.wait(lambda now: now.state is ScaleState.SILENT)
    scale.set_mute(False)
    scale.set_foreign(True)
    heard.wait(lambda now: now.state is ScaleState.FOREIGN)
    scale.set_foreign(False)
    heard.wait(lambda now: now.state is ScaleState.EMPTY)


def test_a_port_that_is_not_there_is_silence(heard: Listener, tmp_path) -> None:
    lane = ScaleLane(SerialLine(str(tmp_path / "ttyUSB9"), 9600, "7E1"))
    lane.start(heard)
    number = lane.fresh()
    heard.wait(lambda now: now.state is ScaleState.SILENT and now.asked >= number)
    lane.close()


def test_a_scale_that_is_unplugged_and_plugged_in_again(heard: Listener) -> None:
    first = EmulatedScale()
    lane = ScaleLane(SerialLine(first.address, 9600, "7E1"), pause=0.02, answer_seconds=0.3, retry=0.05)
    lane.start(heard)
    heard.wait(lambda now: now.state is ScaleState.EMPTY)
    first.close()
    heard.wait(lambda now: now.state is ScaleState.SILENT)
    with EmulatedScale(port=int(first.address.rpartition(":")[2])) as again:
        again.put(300)
        assert heard.wait(lambda now: now.state is ScaleState.STABLE).qty == 300
        lane.close()
