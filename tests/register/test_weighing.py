"""A weighed item takes its weight from the scale, straight onto the line, or asks what is in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from pos_desktop.config import Settings
from pos_desktop.device_settings import ScaleSettings
from pos_desktop.hardware.emulated_scale import EmulatedScale
from tests.database.invariants import assert_sound
from tests.register.conftest import Counter, Shop, Till

BANANAS = "4011"
PRIYA, PRIYAS_PIN = 1005, "5555"


@pytest.fixture
def scale() -> Iterator[EmulatedScale]:
    """A scale behind a network converter."""
    with EmulatedScale() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, scale: EmulatedScale) -> Settings:
    return replace(settings, scale=ScaleSettings(scale.address, 9600, "7E1"))


def shown(till: Till, what: str) -> None:
    till.wait(lambda seen: seen["scale"] == what)


def test_a_day_at_the_scale(counter: Counter, scale: EmulatedScale, shop: Shop) -> None:
    """One register, every state of the scale: what stands on the screen, and what goes onto the line."""
    till = counter.open()
    shown(till, "0.000 kg")

    # The bananas lie there already: the code alone puts them onto the line.
    scale.put(842)
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["lines"] == 1)
    assert (till["screen"], till["quantities"]) == ("sale", ["0.842 kg"])

    # They still lie there: the next one is not given their weight.
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["screen"] == "scale")
    assert till["scale_state"] == "stuck"
    assert "same weight as the item before" in str(till["message"])
    till.stroke("F2")
    till.wait(lambda seen: seen["lines"] == 2)

    # Nothing on it; then it trembles, then it stands: taken by itself.
    scale.put(0)
    shown(till, "0.000 kg")
    till.keys(f"6*{BANANAS}\n")
    till.wait(lambda seen: seen["screen"] == "scale")
    assert till["message"] == "Put it on the scale."
    scale.put(1250, stable=False)
    till.wait(lambda seen: seen["scale_state"] == "unstable")
    scale.put(16_000)
    till.wait(lambda seen: seen["scale_state"] == "overload")
    scale.put(-40)
    till.wait(lambda seen: seen["scale_state"] == "under_zero")
    scale.put(1250)
    till.wait(lambda seen: seen["lines"] == 3)
    assert till["quantities"] == ["0.842 kg", "0.842 kg", "1.250 kg"]

    # A box is taken off by the scale's own tare.
    scale.put(0)
    shown(till, "0.000 kg")
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["screen"] == "scale")
    scale.put(150, stable=False)
    till.wait(lambda seen: seen["scale_state"] == "unstable")
    till.stroke("Esc")
    assert (till["screen"], till["message"]) == ("sale", "Left out")
    scale.put(150)
    shown(till, "0.150 kg")
    till.window.flows.devices.scale.tare()
    shown(till, "0.000 kg net")
    scale.put(650)
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["lines"] == 4)
    assert till["quantities"] == ["0.842 kg", "0.842 kg", "1.250 kg", "0.500 kg"]

    # A mute scale: the weight is typed, by somebody who may, and the line says so.
    scale.set_mute(True)
    shown(till, "silent")
    assert till.window.topbar.scale.text() == "Scale: no answer"
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["screen"] == "scale")
    till.stroke("F4")
    assert till["screen"] == "approval"
    till.tap(f"person:{PRIYA}")
    till.keys(f"{PRIYAS_PIN}\n")
    assert till["screen"] == "weigh"
    till.keys("0.300\n")
    assert (till["screen"], till["lines"]) == ("sale", 5)
    till.stroke("F11")
    till.wait(lambda seen: seen["screen"] == "sale" and seen["lines"] == 0)
    ((body,),) = shop.ask("select body from pos.document where kind = 'sale'")
    document = json.loads(str(body))
    assert [line["flags"] for line in document["lines"]] == [[], [], [], [], ["typed_weight"]]
    assert [line["qty"] for line in document["lines"]] == [842, 842, 1250, 500, 300]
    allowed = [(each["what"], each["by"], each["line"]) for each in document["approvals"]]
    assert allowed == [("type_weight", PRIYA, 5)]
    with psycopg.connect(shop.owner_dsn) as owner:
        assert_sound(owner)
