"""The shop that is measured: an embedded server with durability on, a catalogue of any size, many tills."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from pos_desktop import paths
from pos_desktop.database import staff as staff_rows
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.services.pin import pin_secret, stored_verifier
from tests.database.shop import BREAD, CASHIER, MILK, PASSWORD, WINE, make_shop

PIN = "2468"
TILLS = 207
CONNECTIONS = 400
HOT = (MILK, BREAD, WINE)
"""The three items that 80 % of the baskets share; wine needs an age check."""

_WORDS = {
    "word": "Alder Bramble Clover Dale Elm Fern Gorse Hazel Ivy Juniper Kestrel Linden Meadow Nettle Oak Pine"
    " Quarry Rowan Sorrel Thistle Umber Vale Willow Yarrow",
    "kind": "classic organic smoked salted light extra mature mild strong fresh family mini roast golden dark"
    " spiced plain whole",
    "good": "milk butter cheddar yoghurt bread oatcakes porridge honey marmalade tea coffee cocoa"
    " lemonade cider ale stout wine gin rum whisky crisps nuts raisins rice pasta lentils soup beans tomatoes"
    " peas soap candles matches sponge foil",
}

_ITEMS = """
INSERT INTO pos.item (name, unit, category_id, tax, cost)
SELECT (%(word)s::text[])[1 + i %% 24] || ' ' || (%(kind)s::text[])[1 + i / 7 %% 18] || ' '
       || (%(good)s::text[])[1 + i / 3 %% 35] || ' ' || (100 + i %% 37 * 25) || ' g no. ' || i,
       'each', 1 + i %% 2, (ARRAY['S', 'R', 'Z'])[1 + i %% 3], 0.5
  FROM generate_series(%(from)s::int, %(to)s::int) i
"""

_CODES = """
INSERT INTO pos.item_code (code, item_id, kind)
SELECT lpad(body || ((10 - (SELECT sum((substr(body, p, 1))::int * CASE p %% 2 WHEN 0 THEN 3 ELSE 1 END)
                              FROM generate_series(1, 12) p) %% 10) %% 10)::text, 14, '0'), id, 'gtin'
  FROM (SELECT id, '952' || lpad(id::text, 9, '0') AS body FROM pos.item WHERE id > 1000) x
"""

_PRICES = """
INSERT INTO pos.price (item_id, amount) SELECT id, 50 + id %% 900 FROM pos.item WHERE id > 1000
"""


_STOCK = """
UPDATE pos.stock SET on_hand = 1000000
 WHERE item_id > 1000 AND store_id = (SELECT id FROM pos.store WHERE number = 1)
"""

_TILES = """
INSERT INTO pos.tile (page, position, label, item_id)
SELECT (ARRAY['Fresh', 'Pantry', 'Drinks'])[1 + id % 3], id,
       split_part(name, ' ', 2) || ' ' || split_part(name, ' ', 3), id
  FROM pos.item WHERE id BETWEEN 1001 AND 1090
"""

# The tills that pgbench plays have no window to sign in at.
_SIGN_IN = """
INSERT INTO pos.session (till_id, staff, token_hash, until)
SELECT id, %s, sha256('bench'), now() + interval '1 day' FROM pos.till ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class MeasuredShop:
    """The shop as every measuring process sees it; it can be sent to one."""

    dsn: str
    logins: dict[int, str]
    items: int
    folder: Path

    @property
    def port(self) -> int:
        """The server's port on loopback."""
        return int(str(conninfo_to_dict(self.dsn)["port"]))

    def till_dsn(self, number: int, *, port: int | None = None) -> str:
        """The connection string of one till's own login; ``port`` of a proxy in between."""
        return make_conninfo(self.dsn, user=self.logins[number], password=PASSWORD, port=port or self.port)

    def owner(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A superuser's connection."""
        return psycopg.connect(self.dsn, autocommit=True)


def open_shop(server: EmbeddedServer, folder: Path, items: int, say: Callable[[str], None]) -> MeasuredShop:
    """Migrate a running server's database and fill it with ``items`` items and the tills to be measured."""
    migrate(server.dsn("pos"), load_plan(paths.migrations_dir()))
    with psycopg.connect(server.dsn("pos"), autocommit=True) as owner:
        shop = make_shop(owner, tills=TILLS, login=f"bench_{secrets.token_hex(3)}", stock=1_000_000)
        salt = secrets.token_bytes(16)
        staff_rows.set_pin(owner, CASHIER, salt, stored_verifier(pin_secret(PIN, salt, b"")))
        owner.execute(_SIGN_IN, [CASHIER])
        say(f"filling the catalogue with {items:,} items")
        _fill(owner, items)
        owner.execute("vacuum analyze")
        owner.execute("checkpoint")
    return MeasuredShop(server.dsn("pos"), shop.logins, items, folder)


def _fill(owner: psycopg.Connection[tuple[Any, ...]], items: int) -> None:
    owner.execute("alter table pos.item alter column id restart with 1001")
    words = {name: text.split() for name, text in _WORDS.items()}
    with owner.transaction():
        for start in range(1, items + 1, 100_000):
            owner.execute(_ITEMS, {**words, "from": start, "to": min(start + 99_999, items)})
        owner.execute(_CODES, {})
        owner.execute(_PRICES, {})
        owner.execute(_STOCK, {})
        owner.execute(_TILES)


def allow_connections(server: EmbeddedServer) -> None:
    """Let a hundred tills and pgbench connect at once: a shop of that size has a server set up for it."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
        owner.execute(f"alter system set max_connections = {CONNECTIONS}")
    server.stop()
    server.start()
