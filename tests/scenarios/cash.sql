-- The drawer is full at 110.00, and counted without knowing what should be in it.
INSERT INTO pos.setting (name, value) VALUES ('drawer_full.1', '11000'), ('count_blind', 'on');
