"""Every state of the register, each brought about as a person would, at any size and theme."""

from __future__ import annotations

from collections.abc import Callable

from tests.register.conftest import Shop, Till, code_of

UNKNOWN = "5901234123457"


def fill(till: Till, shop: Shop) -> None:
    """A believable basket of seven lines."""
    for name in ("Whole milk", "Sourdough", "Free range eggs", "Cheddar", "Crisps ready salted"):
        till.scan(code_of(shop, name))
    till.keys("4011\n")
    till.keys("0.842\n")
    till.scan(code_of(shop, "Crisps ready salted"))


def empty(till: Till, shop: Shop) -> None:
    """Nothing rung up."""


def selling(till: Till, shop: Shop) -> None:
    """Seven lines."""
    fill(till, shop)


def unknown(till: Till, shop: Shop) -> None:
    """A code that is not on file, with two scans refused behind it."""
    fill(till, shop)
    till.scan(UNKNOWN, code_of(shop, "Whole milk"), code_of(shop, "Cheddar"))


def departments(till: Till, shop: Shop) -> None:
    """Which department the unknown code belongs to."""
    unknown(till, shop)
    till.stroke("F4")


def age(till: Till, shop: Shop) -> None:
    """A wine."""
    fill(till, shop)
    till.scan(
        str(
            shop.ask(
                "select c.code from pos.item i join pos.item_code c on c.item_id = i.id"
                " where i.min_age = 18 and i.name ilike '%75 cl%' order by i.id, c.code limit 1"
            )[0][0]
        )
    )


def weigh(till: Till, shop: Shop) -> None:
    """Bananas to weigh."""
    fill(till, shop)
    till.keys("4011\n")


def quantity(till: Till, shop: Shop) -> None:
    """A new quantity for the line."""
    fill(till, shop)
    till.stroke("F2")


def price(till: Till, shop: Shop) -> None:
    """A new price that needs a supervisor."""
    fill(till, shop)
    till.stroke("F5")
    till.keys("1.50\n")
    till.stroke("F3")


def price_check(till: Till, shop: Shop) -> None:
    """What does it cost."""
    fill(till, shop)
    till.stroke("F9")
    till.scan(code_of(shop, "Cheddar"))


def find(till: Till, shop: Shop) -> None:
    """Two parts of a name."""
    fill(till, shop)
    till.stroke("F3")
    till.keys("red grape")


def tender(till: Till, shop: Shop) -> None:
    """A part is paid."""
    fill(till, shop)
    till.stroke("F12")
    till.keys("5.00\n")


def card(till: Till, shop: Shop) -> None:
    """Follow the terminal."""
    fill(till, shop)
    till.stroke("F4")


def change(till: Till, shop: Shop) -> None:
    """What to hand out."""
    fill(till, shop)
    till.stroke("F12")
    till.keys("50.00\n")


def paid(till: Till, shop: Shop) -> None:
    """Exact cash: straight to the next customer."""
    fill(till, shop)
    till.stroke("F11")


def lock(till: Till, shop: Shop) -> None:
    """Locked with a sale waiting."""
    fill(till, shop)
    till.stroke("Ctrl+L")


def held(till: Till, shop: Shop) -> None:
    """Two sales are held."""
    till.scan(code_of(shop, "Whole milk"))
    till.stroke("F8")
    fill(till, shop)
    till.stroke("F8", "F8")


def held_by_another(till: Till, shop: Shop) -> None:
    """Two people of long names hold sales that are not of the one who sells."""
    for number, name in ((1002, "Wilhelmina-Augusta B."), (1003, "Maximilian C.")):
        shop.do(f"update pos.staff set name = '{name}' where number = {number}")
        fill(till, shop)
        till.stroke("F8")
        shop.do(
            f"update pos.held_sale set body = jsonb_set(body, '{{cashier}}', '{number}')"
            " where body->>'cashier' = '1001'"
        )
    till.window.flows.parking.refresh()
    till.settle()
    assert till.find("recall").accessibleName() == "Recall Wilhelmi. +1, 2"
    till.scan(code_of(shop, "Whole milk"))


def more(till: Till, shop: Shop) -> None:
    """What is not needed all the time."""
    fill(till, shop)
    till.stroke("F10")


def no_sale(till: Till, shop: Shop) -> None:
    """Why the drawer opens."""
    till.stroke("Ctrl+D")


def void(till: Till, shop: Shop) -> None:
    """Why the sale is given up."""
    fill(till, shop)
    till.window.flows.parking.void()
    till.settle()


def keys(till: Till, shop: Shop) -> None:
    """F1."""
    fill(till, shop)
    till.stroke("F1")


def close_shift(till: Till, shop: Shop) -> None:
    """Count the drawer."""
    paid(till, shop)
    approve(till, lambda: till.stroke("Ctrl+W"))


def z_done(till: Till, shop: Shop) -> None:
    """The Z is printed."""
    close_shift(till, shop)
    till.stroke("F12", "F12")


def approve(till: Till, act: Callable[[], object]) -> None:
    """Do something that may need no approval at all."""
    act()


def long_names(till: Till, shop: Shop) -> None:
    """The longest names of the catalogue, twelve lines of them."""
    rows = shop.ask(
        "select (select min(code) from pos.item_code where item_id = i.id) from pos.item i"
        " where exists (select from pos.item_code where item_id = i.id)"
        " and i.unit = 'each' and i.min_age is null"
        " order by length(i.name) desc, i.id limit 12"
    )
    for row in rows:
        till.scan(str(row[0]))


def printer_out(till: Till, shop: Shop) -> None:
    """The paper waits: banner and chip."""
    till.services.printer.transport = _Dead()
    fill(till, shop)
    till.stroke("F11")
    fill(till, shop)


LONGEST = (
    "select (select min(code) from pos.item_code where item_id = i.id) from pos.item i"
    " where exists (select from pos.item_code where item_id = i.id) and i.unit = 'each' and i.min_age is null"
    " order by length(i.name) desc, i.id limit 1"
)


def blocked(till: Till, shop: Shop) -> None:
    """A recalled item with the longest name of all, and who to call."""
    fill(till, shop)
    code = str(shop.ask(LONGEST)[0][0])
    shop.do(
        f"update pos.item i set blocked = true from pos.item_code c"
        f" where c.item_id = i.id and c.code = '{code}'"
    )
    till.scan(code)


def sold_out(till: Till, shop: Shop) -> None:
    """The books say none is left of the item with the longest name: sold all the same."""
    fill(till, shop)
    code = str(shop.ask(LONGEST)[0][0])
    shop.do(
        "update pos.stock k set on_hand = 0 from pos.item_code c"
        f" where c.item_id = k.item_id and code = '{code}'"
    )
    till.scan(code)


def stock_warning(till: Till, shop: Shop) -> None:
    """The shop wants to be asked: two are left of the item with the longest name, and a third is scanned."""
    fill(till, shop)
    code = str(shop.ask(LONGEST)[0][0])
    one_item = f"(select item_id from pos.item_code where code = '{code}')"
    shop.do(f"update pos.item set stock_policy = 'warn' where id = {one_item}")
    shop.do(f"update pos.stock set on_hand = 2 where item_id = {one_item}")
    till.scan(code, code, code)


class _Dead:
    """A printer that is not there."""

    def open(self, deadline: object) -> object:
        """Nobody answers."""
        from pos_desktop.hardware.transports import UnreachableError

        raise UnreachableError("no printer")


STATES: dict[str, Callable[[Till, Shop], None]] = {
    each.__name__: each
    for each in (
        empty,
        selling,
        unknown,
        departments,
        age,
        weigh,
        quantity,
        price,
        price_check,
        find,
        tender,
        card,
        change,
        paid,
        lock,
        held,
        held_by_another,
        more,
        no_sale,
        void,
        keys,
        close_shift,
        z_done,
        long_names,
        printer_out,
        blocked,
        sold_out,
        stock_warning,
    )
}
