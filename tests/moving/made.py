"""Shops of other programs for tests: SQLite files in three styles, the same goods and sales in each."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

GOODS = [
    ("Whole milk 1 l", "9520100000010", "1.15", "0.801", 24),
    ("Rye bread", "9520100000027", "2.40", "1.2", 7.0),
    ("Émile's cider", None, "3.995", None, 0),
    ("Loose apples", "4019", "2.2", "1.05", 12.5),
]
METHODS = ("cash", "card", "M-Pesa")
PRISMA = """
create table "Category" ("id" integer primary key, "name" text);
create table "Product" ("id" text primary key, "name" text, "barcode" text, "price" real, "cost" real,
  "stock" real, "categoryId" integer);
create table "User" ("id" text primary key, "name" text, "role" text);
create table "Customer" ("id" text primary key, "name" text, "phone" text, "balance" real);
create table "Sale" ("id" text primary key, "createdAt" integer, "total" real, "paymentMethod" text,
  "userId" text, "customerId" text, "status" text);
create table "SaleItem" ("id" text primary key, "saleId" text, "productId" text, "quantity" real,
  "price" real);
"""
DJANGO = """
create table shop_category (id integer primary key, name varchar(50));
create table shop_product (id integer primary key, name text, barcode text, price decimal, cost_price decimal,
  stock decimal, category_id integer);
create table auth_user (id integer primary key, username text, first_name text);
create table shop_customer (id integer primary key, name text, phone text, balance decimal);
create table shop_sale (id integer primary key, created_at datetime, grand_total decimal, payment_method text,
  user_id integer, customer_id integer, status text);
create table shop_saleitem (id integer primary key, sale_id integer, product_id integer, quantity decimal,
  price decimal);
"""
HANDMADE = """
create table categories (id integer primary key, name text);
create table products (product_id integer primary key, product_name text, barcode text, selling_price real,
  buying_price real, quantity real, category_id integer);
create table users (id integer primary key, name text, role text);
create table customers (id integer primary key, name text, phone text, balance real);
create table sales (id integer primary key, sale_date text, total_amount real, payment_method text,
  user_id integer, customer_id integer, status text);
create table sale_items (id integer primary key, sale_id integer, product_id integer, quantity real,
  unit_price real);
"""
STYLES = {"prisma": PRISMA, "django": DJANGO, "handmade": HANDMADE}
TABLES = {
    "prisma": ("Category", "Product", "User", "Customer", "Sale", "SaleItem"),
    "django": ("shop_category", "shop_product", "auth_user", "shop_customer", "shop_sale", "shop_saleitem"),
    "handmade": ("categories", "products", "users", "customers", "sales", "sale_items"),
}


def make_old_shop(path: Path, style: str, sales: int = 40, seed: int = 1) -> Path:
    """A shop of ``sales`` sales over a fortnight, in one of three styles."""
    rng = random.Random(seed)
    category, product, user, customer, sale, line = TABLES[style]
    key = (lambda kind, n: f"{kind}{n:06d}") if style == "prisma" else (lambda _kind, n: n)
    db = sqlite3.connect(path)
    db.executescript(STYLES[style])
    db.execute(f"insert into {category} values (1, 'Grocery')")
    for n, (name, code, price, cost, stock) in enumerate(GOODS, 1):
        row = (key("p", n), name, code, float(price), None if cost is None else float(cost), stock, 1)
        db.execute(f"insert into {product} values (?, ?, ?, ?, ?, ?, ?)", row)
    db.execute(f"insert into {user} values (?, 'Ann', 'cashier')", [key("u", 1)])
    db.execute(f"insert into {customer} values (?, 'Bo', '0700', 12.5)", [key("c", 1)])
    count = 0
    for n in range(1, sales + 1):
        at = datetime(2026, 3, 20, 8, tzinfo=UTC) + timedelta(minutes=rng.randrange(60 * 24 * 14))
        lines = [(rng.randrange(len(GOODS)), rng.choice([1, 2, 0.35])) for _ in range(rng.randint(1, 4))]
        total = round(sum(round(float(GOODS[g][2]) * q + 1e-9, 2) for g, q in lines), 2)
        state = "cancelled" if rng.random() < 0.1 else "paid"
        who = key("c", 1) if rng.random() < 0.2 else None
        row = (key("s", n), _time(style, at), total, rng.choice(METHODS), key("u", 1), who, state)
        db.execute(f"insert into {sale} values (?, ?, ?, ?, ?, ?, ?)", row)
        for good, qty in lines:
            count += 1
            part = (key("l", count), key("s", n), key("p", good + 1), qty, float(GOODS[good][2]))
            db.execute(f"insert into {line} values (?, ?, ?, ?, ?)", part)
    db.commit()
    db.close()
    return path


def _time(style: str, at: datetime) -> object:
    """As each style keeps it: milliseconds, text in UTC, text by the shop's clock."""
    if style == "prisma":
        return int(at.timestamp() * 1000)
    return f"{at:%Y-%m-%d %H:%M:%S}"
