-- A price for members, and ten per cent off bakery for them.
INSERT INTO pos.special_price (item_id, amount, level)
  SELECT c.item_id, 99, 'member' FROM pos.item_code c WHERE c.code = '09520162094347';
INSERT INTO pos.promotion (name, offer, levels)
  SELECT 'Members'' milk', jsonb_build_object('kind', 'each', 'goods', jsonb_build_object('items', jsonb_build_array(item_id)),
                                             'cut', jsonb_build_object('ppm', 100000)), '{member}'
    FROM pos.item_code WHERE code = '09520100000010';
