-- Offers, prices and coupons of a week, on goods the demo day uses.
INSERT INTO pos.promotion (name, offer)
  SELECT 'Yogurt 3 for 2', jsonb_build_object('kind', 'cheapest', 'goods', jsonb_build_object('items', jsonb_build_array(item_id)),
                                              'count', 3, 'cheapest', 1, 'ppm', 1000000)
    FROM pos.item_code WHERE code = '09520162094347';
INSERT INTO pos.promotion (name, offer, coupon, stackable)
  VALUES ('Two pounds off', '{"kind":"spend","goods":{},"least":1000,"cut":{"off":200}}', true, true);
INSERT INTO pos.coupon (code, promotion_id) SELECT 'WELCOME-0001', max(id) FROM pos.promotion;
INSERT INTO pos.special_price (item_id, amount, least)
  SELECT c.item_id, p.amount - 20, 6000 FROM pos.item_code c JOIN pos.price p ON p.item_id = c.item_id WHERE c.code = '09522263912025';
