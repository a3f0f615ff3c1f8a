-- Opening stock: only for items that never moved in this store, and no cases, which have none of their own.
-- Locks: the stock rows, by item, last of all.
CREATE OR REPLACE FUNCTION pos.import_stock(store bigint, first int, last int) RETURNS int
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE v_count int;
BEGIN
  PERFORM FROM stock k
    WHERE k.store_id = import_stock.store AND k.item_id IN (
      SELECT r.item_id FROM pg_temp.import_row r
       WHERE r.field IS NULL AND r.stock > 0 AND r.state IN ('new', 'changed')
         AND r.line BETWEEN import_stock.first AND import_stock.last)
    ORDER BY k.item_id FOR UPDATE;
  WITH opened AS (
    INSERT INTO movement (store_id, item_id, at, delta, balance, reason, by)
      SELECT k.store_id, k.item_id, now(), r.stock, k.on_hand + r.stock, 'opening', session_user
        FROM pg_temp.import_row r JOIN stock k ON k.store_id = import_stock.store AND k.item_id = r.item_id
       WHERE r.field IS NULL AND r.stock > 0 AND r.state IN ('new', 'changed')
         AND r.line BETWEEN import_stock.first AND import_stock.last
         AND NOT EXISTS (SELECT FROM movement m WHERE m.store_id = k.store_id AND m.item_id = k.item_id)
         AND NOT EXISTS (SELECT FROM item i WHERE i.id = k.item_id AND i.single_id IS NOT NULL)
       ORDER BY k.item_id
      RETURNING store_id, item_id, balance)
  UPDATE stock k SET on_hand = o.balance FROM opened o WHERE k.store_id = o.store_id AND k.item_id = o.item_id;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END $$;
