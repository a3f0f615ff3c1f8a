-- Parks a basket for any till of the store. Parked again under the same sale it replaces the first.
CREATE OR REPLACE FUNCTION api.hold_sale(sale uuid, body jsonb, label text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  t till := till_of_login();
BEGIN
  IF pg_column_size($2) > 1000000 THEN
    RAISE EXCEPTION 'a basket of more than a megabyte is not held' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  IF (SELECT count(*) FROM held_sale h WHERE h.store_id = t.store_id AND h.till_id = t.id AND h.sale_id <> $1) >= 200 THEN
    RAISE EXCEPTION 'a till parks no more than 200 baskets' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  INSERT INTO held_sale (store_id, sale_id, till_id, label, body) VALUES (t.store_id, $1, t.id, left($3, 100), $2)
    ON CONFLICT (store_id, sale_id) DO UPDATE SET body = excluded.body, label = excluded.label, till_id = excluded.till_id,
                                                  held_at = now();
  DELETE FROM stock_hold WHERE store_id = t.store_id AND sale_id = $1;
  DELETE FROM refund_hold WHERE store_id = t.store_id AND sale_id = $1;
END $$;
COMMENT ON FUNCTION api.hold_sale(uuid, jsonb, text) IS 'Parks a basket.';
GRANT EXECUTE ON FUNCTION api.hold_sale(uuid, jsonb, text) TO pos_till;
