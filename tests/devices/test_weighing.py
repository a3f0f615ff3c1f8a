"""When a weight may go onto a line, and what the scale's bytes mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.weighing import SAME, WORDS, Reading, ScaleState, WeighGuard, words_of
from pos_desktop.hardware.toledo import read_answer

STABLE, EMPTY, UNSTABLE = ScaleState.STABLE, ScaleState.EMPTY, ScaleState.UNSTABLE


@pytest.mark.parametrize(
    ("frame", "reading"),
    [
        (b"\x0201.250\r", Reading(STABLE, 1250)),
        (b"\x02 1.250\r", Reading(STABLE, 1250)),
        (b"\x0201.250N\r", Reading(STABLE, 1250, net=True)),
        (b"\x0212.34\r", Reading(STABLE, 12_340)),
        (b"\x0200.000\r", Reading(EMPTY)),
        (b"\x02?\x01\r", Reading(UNSTABLE)),
        (b"\x02?\x02\r", Reading(ScaleState.OVERLOAD)),
        (b"\x02?\x04\r", Reading(ScaleState.UNDER_ZERO)),
        (b"\x02?\x24\r", Reading(ScaleState.UNDER_ZERO, net=True)),
        (b"\x02?\x05\r", Reading(UNSTABLE)),
        (b"\x02?\x0d\r", Reading(UNSTABLE)),
        (b"\x02?\r", Reading(UNSTABLE)),
        (b"\x02?\x40\r", Reading(ScaleState.FOREIGN)),
        (b"junk\x0201.250\r", Reading(STABLE, 1250)),
        (bytes(byte | 0x80 for byte in b"\x0201.250\r"), Reading(STABLE, 1250)),
    ],
)
def test_what_the_8217_says(frame: bytes, reading: Reading) -> None:
    assert read_answer(frame) == reading


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\r",
        b"01.250\r",
        b"\x02001250\r",
        b"\x021.2.3\r",
        b"\x02-1.250\r",
        b"+  1.234 kg\r",
        b"\x0201.250",
    ],
)
def test_what_is_no_answer(frame: bytes) -> None:
    """Without its decimal point grams could pass for kilograms: such a number is not taken."""
    assert read_answer(frame) is None


@given(st.binary(max_size=20))
@settings(max_examples=60, deadline=None)
def test_no_bytes_at_all_break_the_reader(frame: bytes) -> None:
    found = read_answer(frame)
    assert found is None or found.qty >= 0


def test_the_goods_before_do_not_pay_twice() -> None:
    bananas = Reading(STABLE, 842)
    guard = WeighGuard()
    assert guard.verdict(bananas) == "take"
    guard = guard.took(842).seen(bananas)
    assert guard.verdict(bananas) == "stuck"
    assert "same weight" in words_of(bananas, "stuck")
    shaken = guard.seen(Reading(UNSTABLE)).seen(bananas)
    assert shaken.verdict(bananas) == "stuck", "a hand on the bananas is not another item"
    assert guard.seen(Reading(EMPTY)).verdict(bananas) == "take"
    assert guard.seen(Reading(STABLE, 500)).verdict(bananas) == "take"
    assert guard.seen(Reading(ScaleState.UNDER_ZERO)).verdict(bananas) == "take"


@given(st.integers(1, 15_000), st.integers(1, 15_000))
@settings(max_examples=80, deadline=None)
def test_a_weight_is_stuck_exactly_when_it_is_the_one_before(before: int, now: int) -> None:
    guard = WeighGuard().took(before).seen(Reading(STABLE, now))
    assert guard.verdict(Reading(STABLE, now)) == ("stuck" if abs(now - before) <= SAME else "take")


@given(st.sampled_from([state for state in ScaleState if state is not STABLE]), st.integers(0, 15_000))
def test_only_a_stable_weight_counts(state: ScaleState, qty: int) -> None:
    assert WeighGuard().verdict(Reading(state, qty)) == "wait"
    assert WORDS[state] == words_of(Reading(state, qty), "wait")
