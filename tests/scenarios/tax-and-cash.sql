-- No coin below five pence, a soft drink under two taxes (the second on the first), and the shop's own words on its paper.
INSERT INTO pos.cash_policy (store_id, valid_from, step) SELECT id, '2020-01-01', 5 FROM pos.store WHERE number = 1;
INSERT INTO pos.tax VALUES ('L', 'Sugar levy'), ('SL', 'Standard and sugar levy');
INSERT INTO pos.tax_rate VALUES ('L', '2020-01-01', 45000);
INSERT INTO pos.tax_part VALUES ('SL', 1, 'S', false), ('SL', 2, 'L', true);
UPDATE pos.item SET tax = 'SL' WHERE id = (SELECT item_id FROM pos.item_code WHERE code = '09522263912025');
INSERT INTO pos.paper_word (store_id, name, text) SELECT id, w.name, w.text FROM pos.store,
  (VALUES ('rounding', 'Rounding to 5p'), ('saved', 'You kept')) w(name, text) WHERE number = 1;
