-- The price for all stores that counts now: what an imported price is compared with.
CREATE OR REPLACE FUNCTION pos.import_price(item bigint) RETURNS bigint LANGUAGE sql STABLE
  AS $$ SELECT p.amount FROM pos.price p
         WHERE p.item_id = $1 AND p.store_id IS NULL AND p.valid_from <= clock_timestamp()
         ORDER BY p.valid_from DESC, p.id DESC LIMIT 1 $$;
