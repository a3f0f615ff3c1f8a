"""Turns short lists of goods (brands x kinds x sizes) into items with codes, prices, costs and stock.

The same lists give the same shop every time: what looks random is a hash of the item's own name, so a line
added or moved changes no other item. Codes of 13 digits are under GS1 prefix 952, "demonstrations and
examples of the GS1 system".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from biip.upc import Upc

from pos_desktop.domain.items_row import ItemRow
from pos_desktop.domain.scale_label import with_check_digit

THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Pack:
    """A case beside its single: ``case`` holds ``count`` of ``single``; both are canonical codes."""

    case: str
    single: str
    count: int


@dataclass(frozen=True, slots=True)
class Goods:
    """What the lists give: the items and which of them are cases of others."""

    items: tuple[ItemRow, ...]
    packs: tuple[Pack, ...]


@dataclass(slots=True)
class _Codes:
    """Gives out codes by an item's name; the rare second name with the same number takes the next free."""

    taken: set[str] = field(default_factory=set)

    def give(self, form: str, name: str) -> str:
        seed = _number(form, name)
        while True:
            code = _FORMS[form](seed).zfill(14)
            if code not in self.taken:
                self.taken.add(code)
                return code
            seed += 1


def _ean13(seed: int) -> str:
    return with_check_digit(f"952{seed % 10**9:09d}")


def _ean8(seed: int) -> str:
    return with_check_digit(f"952{seed % 10**4:04d}")


def _upca(seed: int) -> str:
    """Number system 4: for a shop's own use, so it meets no maker's number."""
    return with_check_digit(f"4{seed % 10**10:010d}")


def _upce(seed: int) -> str:
    """A UPC-A that has a UPC-E form. There is no range for demonstrations among them."""
    middle = f"{seed % 10**5:05d}"
    short = f"0{middle}{5 + seed % 5}" if middle[4] != "0" else f"0{middle[:4]}1{5 + seed % 5}"
    return Upc.parse(short).as_upc_a()


def _case(seed: int) -> str:
    return with_check_digit(f"1952{seed % 10**9:09d}")


_FORMS = {"ean13": _ean13, "ean8": _ean8, "upca": _upca, "upce": _upce, "case": _case}


def expand(lines: Iterable[Mapping[str, Any]], taken: Iterable[str] = ()) -> Goods:
    """Every item of ``lines`` (the ``[[line]]`` tables of a list file), numbered from line 1.

    ``taken`` are canonical codes already in use. KeyError and ValueError mean a wrong list file.
    """
    codes = _Codes(set(taken))
    items: list[ItemRow] = []
    packs: list[Pack] = []
    for line in lines:
        for item, with_case in _line_items(line, codes):
            items.append(replace(item, line=len(items) + 1))
            if with_case:
                case = _case_of(item, int(line["case"]), codes)
                items.append(replace(case, line=len(items) + 1))
                packs.append(Pack(case.codes[0], item.codes[0], int(line["case"])))
    return Goods(tuple(items), tuple(packs))


def _line_items(line: Mapping[str, Any], codes: _Codes) -> Iterator[tuple[ItemRow, bool]]:
    """The items of one line, and whether each is also sold by the case (the first brand's first size is)."""
    for place, brand in enumerate(line["brands"]):
        for kind in line["kinds"]:
            for rank, size in enumerate(line["sizes"]):
                yield _item(line, brand, kind, size, codes), "case" in line and place == rank == 0


def _item(line: Mapping[str, Any], brand: str, kind: str, size: str, codes: _Codes) -> ItemRow:
    brand_name, brand_percent = _percent(brand)
    kind_name, kind_percent = _percent(kind)
    size_name, _, base = size.rpartition(" ")
    sized = "" if size_name in _UNSPOKEN else " " + size_name
    name = f"{brand_name} {kind_name}{sized}"
    own = _number("price", name) % 9 - 4  # up to 4 % either way, so that a shelf is not all one price
    price = shop_price(Decimal(base) * (100 + brand_percent) * (100 + kind_percent) * (100 + own) / 10_000)
    strength = Decimal(line["strength"]) if "strength" in line else None
    return ItemRow(
        line=0,
        codes=tuple(_codes_for(line.get("codes", "ean13"), name, codes)),
        name=name,
        price=price,
        category=line["category"],
        unit="each",
        cost=cost_of(price, line["margin"], _number("cost", name)),
        tax=line["tax"],
        stock=(6 + _number("stock", name) % 55) * THOUSAND,
        min_age=line.get("min_age"),
        strength=None if strength is None else int(strength * 100),
        volume=_millilitres(size_name),
        supplier=line["supplier"],
    )


_UNSPOKEN = ("each", "pack")


def _codes_for(form: str, name: str, codes: _Codes) -> Iterator[str]:
    """One code; every seventh item also has the code of its older packaging."""
    yield codes.give(form, name)
    if _number("older", name) % 7 == 0:
        yield codes.give("ean13", "older " + name)


def _case_of(single: ItemRow, count: int, codes: _Codes) -> ItemRow:
    """The case of an item: its own code and a price a little under the singles'."""
    name = f"{single.name}, case of {count}"
    stock = (2 + _number("stock", name) % 5) * THOUSAND
    return replace(
        single,
        codes=(codes.give("case", name),),
        name=name,
        price=shop_price(Decimal(single.price * count * 92) / 100),
        cost=None if single.cost is None else single.cost * count,
        stock=stock,
        volume=None if single.volume is None else single.volume * count,
    )


def shop_price(pence: Decimal) -> int:
    """An amount rounded to how a shop prices: by 5 under 10.00, by 25 under 50.00, by 50 above."""
    step = 5 if pence < 1000 else 25 if pence < 5000 else 50
    return max(step, int((pence / step).to_integral_value()) * step)


def cost_of(price: int, margin: int, seed: int) -> Decimal:
    """What a unit costs, in whole currency, for a margin in per cent of the price (give or take two)."""
    percent = 100 - margin + seed % 5 - 2
    return (Decimal(price * percent) / 10_000).quantize(Decimal("0.001"))


def _percent(text: str) -> tuple[str, int]:
    found = re.fullmatch(r"(.+) ([+-]\d+)", text)
    return (found[1], int(found[2])) if found else (text, 0)


_VOLUME = re.compile(r"(?:(\d+) x )?(\d+(?:\.\d+)?) (ml|cl|L)\b.*")


def _millilitres(size: str) -> int | None:
    found = _VOLUME.fullmatch(size)
    if found is None:
        return None
    each = Decimal(found[2]) * {"ml": 1, "cl": 10, "L": 1000}[found[3]]
    return int(each) * int(found[1] or 1)


def _number(purpose: str, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose}\n{name}".encode()).digest()[:8], "big")
