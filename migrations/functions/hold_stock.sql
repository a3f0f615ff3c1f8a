-- Holds what a basket needs of the items that must not oversell; returns those there is not enough of.
-- All or none: a basket that cannot be sold as it is holds nothing. A case is so many of its singles, and theirs is the say.
CREATE OR REPLACE FUNCTION pos.hold_stock(lines jsonb, sale uuid, t pos.till) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_items bigint[];
  v_wants jsonb;
  v_short bigint[];
BEGIN
  DELETE FROM stock_hold WHERE sale_id = sale AND store_id = t.store_id;
  SELECT array_agg(w.id), jsonb_agg(jsonb_build_object('item', w.id, 'qty', w.qty)) INTO v_items, v_wants FROM (
    SELECT k.id, sum(l.qty * coalesce(i.pack_count, 1)) / 1000.0 AS qty
      FROM jsonb_to_recordset(lines) AS l(item bigint, qty numeric)
      JOIN item i ON i.id = l.item
      JOIN item k ON k.id = coalesce(i.single_id, i.id) AND k.stock_policy = 'refuse'
     WHERE l.qty > 0 GROUP BY k.id) w;  -- goods that come back need none
  IF v_items IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM FROM stock WHERE store_id = t.store_id AND item_id = ANY (v_items) ORDER BY item_id FOR UPDATE;
  -- A new statement, so that it sees the holds taken by whoever had the lock before us.
  SELECT array_agg(k.item_id) INTO v_short
    FROM stock k
    JOIN jsonb_to_recordset(v_wants) AS w(item bigint, qty numeric) ON w.item = k.item_id
   WHERE k.store_id = t.store_id AND k.item_id = ANY (v_items)
     AND k.on_hand < w.qty + (SELECT coalesce(sum(h.qty), 0) FROM stock_hold h
                               WHERE h.store_id = k.store_id AND h.item_id = k.item_id AND h.sale_id <> sale
                                 AND h.until > clock_timestamp());
  IF v_short IS NULL THEN
    DELETE FROM stock_hold WHERE store_id = t.store_id AND item_id = ANY (v_items) AND until <= clock_timestamp();
    INSERT INTO stock_hold (store_id, item_id, sale_id, till_id, qty, until)
      SELECT t.store_id, w.item, sale, t.id, w.qty, clock_timestamp() + interval '3 minutes'
        FROM jsonb_to_recordset(v_wants) AS w(item bigint, qty numeric);
  END IF;
  RETURN v_short || ARRAY(SELECT i.id FROM item i WHERE i.single_id = ANY (v_short));
END $$;
