"""What a person does at the scale, and what of it is on record; the rest is in tests/scenarios."""

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


def allow(till: Till) -> None:
    """A supervisor's PIN."""
    assert till["screen"] == "approval"
    till.tap(f"person:{PRIYA}")
    till.keys(f"{PRIYAS_PIN}\n")


def test_what_only_a_person_may_do_at_the_scale(counter: Counter, scale: EmulatedScale, shop: Shop) -> None:
    """Tare, a mute scale, weights typed for a new line and for one in the basket, and who allowed it."""
    till = counter.open()
    scale.put(150)
    shown(till, "0.150 kg")
    till.window.flows.devices.scale.tare()
    shown(till, "0.000 kg net")
    scale.put(650)
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["lines"] == 1)
    assert (till["screen"], till["quantities"]) == ("sale", ["0.500 kg"])

    # One more of a weighed line is another weight: it has to lie on the scale.
    till.tap("one_more")
    assert (till["quantities"], till["message"]) == (["0.500 kg"], "Bananas, loose stays as it was")

    # Locked with the question open: what came to rest meanwhile is taken after the unlock, not before.
    scale.put(0)
    shown(till, "under_zero")
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["screen"] == "scale")
    till.window.flows.session.lock()
    till.settle()
    scale.put(1150)
    shown(till, "1.000 kg net")
    assert (till["screen"], till["lines"]) == ("lock", 1)
    till.tap("person:1001")
    till.keys("1111\n")
    till.wait(lambda seen: seen["lines"] == 2)
    till.stroke("Ctrl+Z")
    assert till["quantities"] == ["0.500 kg"]

    scale.set_mute(True)
    shown(till, "silent")
    assert till.window.topbar.scale.text() == "Scale: no answer"
    till.keys(f"{BANANAS}\n")
    till.wait(lambda seen: seen["screen"] == "scale")
    till.stroke("F4")
    allow(till)
    assert till["screen"] == "weigh"
    till.keys("0.300\n")
    assert (till["screen"], till["quantities"]) == ("sale", ["0.500 kg", "0.300 kg"])
    till.stroke("F2")
    allow(till)
    till.keys("0.400\n")
    assert till["quantities"] == ["0.500 kg", "0.400 kg"]
    till.stroke("F11")
    till.wait(lambda seen: seen["screen"] == "sale" and seen["lines"] == 0)
    ((body,),) = shop.ask("select body from pos.document where kind = 'sale'")
    document = json.loads(str(body))
    assert [(line["qty"], line["flags"]) for line in document["lines"]] == [
        (500, []),
        (400, ["typed_weight"]),
    ]
    allowed = [(each["what"], each["by"], each["line"]) for each in document["approvals"]]
    assert allowed == [("type_weight", PRIYA, 2)] * 2
    with psycopg.connect(shop.owner_dsn) as owner:
        assert_sound(owner)
