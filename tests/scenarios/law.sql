-- Tobacco is shut all day, water is two to a customer, alcohol has a lowest price, and Amina is not of age yet.
INSERT INTO pos.restriction (name, categories) SELECT 'Tobacco', array_agg(id) FROM pos.category WHERE name = 'Tobacco & vaping';
INSERT INTO pos.restriction_hours (restriction_id, weekdays, since, until)
  SELECT id, '{1,2,3,4,5,6,7}', '00:00', '00:00' FROM pos.restriction WHERE name = 'Tobacco';
INSERT INTO pos.restriction (name, items, most)
  SELECT 'Still water', ARRAY[item_id], 2 FROM pos.item_code WHERE code = '09520100000133';
INSERT INTO pos.lowest_price (valid_from, rate) VALUES ('2024-09-30', 8213);
UPDATE pos.staff SET serves_from = current_date + 30 WHERE number = 1001;
