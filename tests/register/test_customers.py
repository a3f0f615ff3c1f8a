"""Customers at the register: found, named on the sale and its paper, points, and the house account."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Shop, Till

YOGURT = "9520162094347"
GRACE, OLIVER, SAMUEL = "2980000000010", "2980000000027", "2980000000041"


def picture(till: Till, name: str) -> None:
    """For eyes: where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        QApplication.processEvents()
        Path(folder).mkdir(exist_ok=True)
        till.window.grab().save(f"{folder}/{name}.png")


def test_a_card_a_phone_number_and_three_letters_find_one_customer(
    till: Till, shop: Shop, printer: EmulatedPrinter
) -> None:
    picture(till, "0-none")
    till.scan(GRACE)
    assert (till["customer"], till["message"], till["screen"]) == ("Grace Wanjiru", "Grace Wanjiru", "sale")
    till.scan(YOGURT)
    picture(till, "1-named")
    till.stroke("Ctrl+U")
    assert till["points"] == "1\u202f250 · worth £12.50"
    picture(till, "2-card")
    till.stroke("F4")
    till.keys("07700 900102\n")
    assert (till["customer"], till["screen"]) == ("Oliver Brandt", "sale")
    till.stroke("Ctrl+U", "F4")
    till.keys("four\n")
    assert till["found"] == ["Amélie F."]
    picture(till, "3-names")
    till.stroke("Return")
    assert (till["customer"], till["screen"]) == ("Amélie Fournier", "sale")
    looked = shop.ask("select how from pos.customer_lookup order by at")
    assert [how for (how,) in looked] == ["card", "phone", "name", "chosen"]


def text_of(printer: EmulatedPrinter, number: int = -1) -> str:
    """A printed paper as text, its columns one space apart."""
    lines = printer.papers[number].lines
    if folder := os.environ.get("PICTURES"):
        with open(f"{folder}/papers.txt", "a", encoding="utf-8") as file:
            file.write("\n".join([*lines, "=" * 48, ""]))
    return "\n".join(" ".join(line.split()) for line in lines)


def tenders(shop: Shop) -> list[tuple[object, ...]]:
    """Kind and amount of every payment of the last sale."""
    return shop.ask(
        "select p.kind, p.amount from pos.payment p join pos.document d on d.id = p.document_id"
        " where d.no = (select max(no) from pos.document where kind = 'sale') order by p.n"
    )


def test_points_are_earned_spent_and_printed_and_the_record_has_a_number_only(
    till: Till, shop: Shop, printer: EmulatedPrinter
) -> None:
    till.scan(GRACE, YOGURT, YOGURT)
    till.stroke("F12", "F3")
    assert "points" in till["choices"]
    assert "account" not in till["choices"]
    till.tap("points")
    assert tenders(shop) == [("points", 230)]
    assert "Customer Grace Wanjiru" in text_of(printer)
    assert "Points spent" in text_of(printer)
    till.scan(GRACE, YOGURT)
    till.stroke("F11")
    assert "Points earned 1.15" in text_of(printer)
    bodies = shop.ask("select body from pos.document where kind = 'sale'")
    assert all("Grace" not in str(body) and '"customer":10000101' in str(body) for (body,) in bodies)
    assert shop.ask("select points from pos.customer_purse where customer = 10000101") == [(1021_150_000,)]


def test_a_house_account_is_charged_to_its_limit_and_paid(
    till: Till, shop: Shop, printer: EmulatedPrinter
) -> None:
    """Samuel owes 45.00 of 50.00: beyond that the manager allows it on the spot, and the record names her."""
    till.scan(SAMUEL)
    for _ in range(5):
        till.scan(YOGURT)
    till.stroke("F12", "F3")
    till.tap("account")
    picture(till, "5-over")
    assert till["screen"] == "approval"
    till.tap("person:1006")
    till.keys("6666\n")
    assert tenders(shop) == [("account", 575)]
    approvals = shop.ask(
        "select a->>'what', a->>'by' from pos.document d, jsonb_array_elements(d.body::jsonb->'approvals') a"
        " where d.kind = 'sale'"
    )
    assert approvals == [("account_over", "1006")]
    assert "Charged to account" in text_of(printer)
    assert shop.ask("select outcome, flags from pos.document where kind = 'sale'") == [
        ("flagged", ["account_over"])
    ]
    till.scan(SAMUEL)
    till.stroke("Ctrl+U")
    picture(till, "6-account")
    assert till["owes"] == "£50.75"
    till.stroke("F2")
    till.keys("20")
    picture(till, "7-payment")
    till.stroke("F2")
    assert (till["screen"], till["message"]) == ("sale", "£20.00 received on account")
    assert "Payment on account" in text_of(printer)
    assert "Received £20.00" in text_of(printer)
    till.stroke("Ctrl+U", "F3")
    assert till["message"] == "The statement is printing"
    assert "Owed now £30.75" in text_of(printer)
    assert shop.ask(
        "select -balance from pos.account where id = (select account from pos.customer"
        " where number = 10000104)"
    ) == [(3075,)]
