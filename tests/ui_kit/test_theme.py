"""The tokens: readable pairs in both themes, scale, layout classes, bundled fonts and icons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFontInfo

from ui.fonts import FAMILY, FontSpec
from ui.icons import IconMissingError, icon_pixmap
from ui.palette import CATEGORY_COLOURS, DARK, LIGHT, Palette, contrast
from ui.theme import TYPE, Layout, Theme

ROOT = Path(__file__).resolve().parents[2]
READABLE = [
    ("text", "surface"), ("text", "canvas"), ("text2", "surface"), ("text2", "canvas"), ("text2", "sunken"),
    ("text3", "surface"), ("text3", "canvas"), ("text3", "sunken"), ("text3", "raised"),
    ("accent", "surface"), ("accent", "accent_soft"), ("on_accent", "accent"), ("on_pay", "pay"),
    ("pay", "pay_soft"),
    ("on_danger", "danger_fill"), ("danger", "danger_soft"), ("warn", "warn_soft"), ("on_warn", "warn_fill"),
    ("on_train", "train"), ("train", "train_soft"),
]  # fmt: skip
VISIBLE = [("line_strong", "surface"), ("line_strong", "canvas"), ("accent", "canvas")]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), READABLE)
def test_text_pairs_pass_wcag_aa(palette: Palette, ink: str, paper: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, paper)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), VISIBLE)
def test_edges_and_the_focus_ring_can_be_seen(palette: Palette, ink: str, paper: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, paper)) >= 3


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("category", sorted(CATEGORY_COLOURS))
def test_category_icons_can_be_seen_on_their_tint(themed: Theme, dark: bool, category: str) -> None:
    themed.set_dark(dark)
    assert contrast(themed.category_ink(category), themed.category_tint(category)) >= 3


@pytest.mark.parametrize(("scale", "expected"), [(10, 90), (90, 90), (133, 133), (500, 175)])
def test_the_scale_stays_within_its_limits(themed: Theme, scale: int, expected: int) -> None:
    themed.set_scale(scale)
    assert themed.scale == expected
    assert themed.px(100) == expected


@pytest.mark.parametrize(
    ("width", "scale", "layout"),
    [
        (1024, 100, Layout.COMPACT),
        (1199, 100, Layout.COMPACT),
        (1366, 100, Layout.NORMAL),
        (1600, 100, Layout.WIDE),
        (1920, 100, Layout.WIDE),
        (1920, 141, Layout.NORMAL),
        (1920, 175, Layout.COMPACT),
    ],
)
def test_the_layout_goes_by_logical_width(themed: Theme, width: int, scale: int, layout: Layout) -> None:
    themed.set_scale(scale)
    assert themed.layout_for(width) is layout


def test_a_change_is_told_once(themed: Theme) -> None:
    told: list[int] = []
    themed.changed.connect(lambda: told.append(1))
    themed.set_dark(True)
    themed.set_dark(True)
    themed.set_scale(120)
    assert told == [1, 1]


@pytest.mark.parametrize("role", sorted(TYPE))
def test_every_role_is_set_in_the_bundled_face(role: str) -> None:
    spec = TYPE[role]
    info = QFontInfo(spec.font)
    assert info.family() == FAMILY
    assert info.weight() == spec.weight
    assert info.pixelSize() == spec.px


def test_figures_are_tabular_only_where_asked() -> None:
    column, amount = FontSpec(21, 600, tabular=True), FontSpec(21, 600)
    assert column.width("1111") == pytest.approx(column.width("0000"))
    assert amount.width("1111") < amount.width("0000") - 4


def test_every_icon_named_in_the_program_is_bundled() -> None:
    names = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}
    quoted = re.compile(r'(?:icon=|icons?\[|set_icon\(|"icon": )"([a-z0-9-]+)"')
    used = {
        name
        for path in (ROOT / "ui").rglob("*.py")
        for name in quoted.findall(path.read_text(encoding="utf-8"))
    }
    assert used
    assert used <= names


def test_an_icon_takes_its_colour_and_ratio() -> None:
    pixmap = icon_pixmap("check", 24, LIGHT.pay, 2.0)
    assert pixmap.width() == 48
    assert pixmap.devicePixelRatio() == 2.0
    image = pixmap.toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {LIGHT.pay.name()}


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(IconMissingError, match="no-such-icon"):
        icon_pixmap("no-such-icon", 24, LIGHT.text)
