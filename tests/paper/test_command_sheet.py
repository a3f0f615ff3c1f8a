"""Command barcodes: each name reads back with the shop's secret and with no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.command_sheet import COMMANDS, command_code, looks_like_command, parse_command

SECRETS = st.binary(min_size=16, max_size=64)


@given(SECRETS, st.sampled_from(COMMANDS), SECRETS)
def test_a_code_is_only_good_in_its_own_shop(secret: bytes, command: object, other: bytes) -> None:
    name = command.name  # type: ignore[attr-defined]
    code = command_code(secret, name)
    assert parse_command(secret, code) == name
    assert parse_command(secret, f" {code.lower()} ") == name
    if other != secret:
        assert parse_command(other, code) is None


def test_codes_differ_and_hold_only_what_every_keyboard_layout_types() -> None:
    codes = {command_code(b"s" * 32, command.name) for command in COMMANDS}
    assert len(codes) == len(COMMANDS)
    assert all(code.isalnum() and code.isascii() and code.isupper() for code in codes)


@given(st.text(max_size=20))
def test_other_scans_are_no_commands(text: str) -> None:
    assert parse_command(b"s" * 32, text) is None


@pytest.mark.parametrize("text", ["5010012345678", "S1-T2-1-000124", "CMD", "CMD123", "ÇMD4567890ABC"])
def test_item_and_receipt_codes_do_not_look_like_commands(text: str) -> None:
    assert not looks_like_command(text)


def test_a_guess_in_the_right_shape_is_refused() -> None:
    assert looks_like_command("CMDAAAAAAAAAA")
    assert parse_command(b"s" * 32, "CMDAAAAAAAAAA") is None


def test_a_short_secret_or_unknown_name_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        command_code(b"short", "hold")
    with pytest.raises(ValueError, match="no command"):
        command_code(b"s" * 32, "open_safe")
