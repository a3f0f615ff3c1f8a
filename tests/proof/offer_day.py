"""A sale with a promotion, a coupon and a discount: what is taken off lines, and what coupons leave."""

from __future__ import annotations

from pos_desktop.domain.basket_parts import Coupon, Reduction
from pos_desktop.domain.discounts import reduced, with_coupon
from pos_desktop.services.results import Completed
from tests.services.tills import BREAD, MILK, Shopfront, cash, ready, scanned

OFFERS = """
insert into pos.promotion (id, name, offer, stackable) values
  (70, 'Milk 10 % off', '{"kind":"each","goods":{"items":[1]},"cut":{"ppm":100000}}', true);
insert into pos.promotion (id, name, offer, stackable, coupon) values
  (71, 'Half a pound off', '{"kind":"spend","goods":{},"least":100,"cut":{"off":50}}', true, true);
insert into pos.coupon (code, promotion_id) values ('HALF-1', 71);
"""


def trade_with_offers(front: Shopfront) -> None:
    """Milk under an offer, a coupon, and bread with a discount of the cashier's own."""
    app = front.open()
    with front.database.connect() as owner:
        owner.execute(OFFERS.encode())
    till = ready(app.till)
    till.poll_changes()
    basket = scanned(till, till.begun(till.new_basket()), MILK, BREAD)
    basket = with_coupon(basket, Coupon("HALF-1", 71))
    basket = reduced(basket, Reduction(2, "Damaged", ppm=50_000))
    assert all(line.off or line.deposit_for for line in basket.lines)
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    app.close()
