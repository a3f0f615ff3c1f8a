"""A morning with deposits, empties and a case: what the law adds to the books."""

from __future__ import annotations

from pos_desktop.domain.empties import add_empties
from pos_desktop.services.results import Completed
from tests.services.tills import BREAD, Shopfront, cash, ready, scanned

BOTTLE, CASE = 50, 51
GOODS = f"""
insert into pos.item (id, name, category_id, tax, returnable) values ({BOTTLE}, 'Deposit', 1, 'Z', true);
insert into pos.item (id, name, category_id, tax, single_id, pack_count)
  values ({CASE}, 'Milk, six', 1, 'Z', 1, 6);
insert into pos.price (item_id, amount) values ({BOTTLE}, 25), ({CASE}, 900);
insert into pos.item_code values ('SIX', {CASE}, 'own'), ('825', {BOTTLE}, 'plu');
update pos.item set deposit_id = {BOTTLE} where id = 5;
"""


def trade_under_law(front: Shopfront) -> None:
    """Bread with its deposit, six milks as a case, two empties."""
    app = front.open()
    with front.database.connect() as owner:
        owner.execute(GOODS.encode())
    till = ready(app.till)
    till.poll_changes()
    basket = scanned(till, till.begun(till.new_basket()), BREAD, "SIX")
    basket = add_empties(basket, basket.rules.law.deposits[BOTTLE], 2)
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    app.close()
