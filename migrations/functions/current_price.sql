-- The price version that counts: the newest valid one that names the store or all stores.
CREATE OR REPLACE FUNCTION pos.current_price(item bigint, store bigint, at timestamptz) RETURNS bigint LANGUAGE sql STABLE
  AS $$ SELECT p.id FROM pos.price p
         WHERE p.item_id = $1 AND p.valid_from <= $3 AND (p.store_id = $2 OR p.store_id IS NULL)
         ORDER BY p.valid_from DESC, p.id DESC LIMIT 1 $$;
