-- Selling while the server is away: how far a store lets its tills go alone, and catalogue changes a till can follow.
SET LOCAL ROLE pos_owner;
SET LOCAL search_path = pos, pg_temp;

ALTER TABLE store
  ADD COLUMN offline_minutes int    NOT NULL DEFAULT 240    CHECK (offline_minutes BETWEEN 1 AND 10080),
  ADD COLUMN offline_sales   int    NOT NULL DEFAULT 200    CHECK (offline_sales BETWEEN 1 AND 10000),
  ADD COLUMN offline_sale    bigint NOT NULL DEFAULT 25000  CHECK (offline_sale BETWEEN 1 AND 99999999),
  ADD COLUMN offline_cash    bigint NOT NULL DEFAULT 500000 CHECK (offline_cash BETWEEN 1 AND 9999999900000);
COMMENT ON COLUMN store.offline IS 'Tills of this store sell on while the server is away: cash, and cards the terminal approves by itself.';
COMMENT ON COLUMN store.offline_minutes IS 'How long a till sells alone at most.';
COMMENT ON COLUMN store.offline_sales IS 'How many sales a till makes alone at most.';
COMMENT ON COLUMN store.offline_sale IS 'The largest single sale a till makes alone, minor units.';
COMMENT ON COLUMN store.offline_cash IS 'How much cash a till takes alone at most, minor units.';
GRANT SELECT (offline_minutes, offline_sales, offline_sale, offline_cash) ON store TO pos_report;

-- A tile or a category moved needs no new copy of a million items on every till; a long import does.
ALTER TABLE change ADD COLUMN shop boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN change.shop IS 'Tax rates, categories or tiles changed, no item.';

CREATE OR REPLACE FUNCTION number_shop_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pos, pg_temp AS $$
DECLARE v_n bigint;
BEGIN
  UPDATE change_counter SET last = last + 1 RETURNING last INTO v_n;
  INSERT INTO change (n, items, shop) VALUES (v_n, NULL, true);
  PERFORM pg_notify('pos_change', v_n::text);
  RETURN NULL;
END $$;

RESET ROLE;
RESET search_path;
