-- Writes the copied rows between two lines: new items, changed ones, codes, prices, opening stock. Rows found
-- the same write nothing. tax is the code of the rate for new items that name none.
-- Locks: the change counter first, stock rows last and by item. Returns {new,changed,prices,stocked}.
CREATE OR REPLACE FUNCTION api.import_apply(store int, tax text, first int, last int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s         store := import_open(import_apply.store);
  v_seen    bigint := nullif(current_setting('pos.import_seen', true), '')::bigint;
  v_last    bigint;
  v_new     int;
  v_changed int;
  v_prices  int;
  v_stocked int;
BEGIN
  SELECT last INTO v_last FROM change_counter FOR UPDATE;
  IF v_seen IS DISTINCT FROM v_last THEN  -- the catalogue moved since these rows were looked at
    PERFORM import_match(s.id, import_apply.first, 2147483647);
  END IF;
  PERFORM import_names(import_apply.first, import_apply.last);
  v_new := import_new_items(import_apply.tax, import_apply.first, import_apply.last);
  v_changed := import_changed_items(import_apply.first, import_apply.last);

  INSERT INTO item_code (code, item_id, kind)
    SELECT c.code, r.item_id, c.kind FROM pg_temp.import_code c JOIN pg_temp.import_row r USING (line)
     WHERE r.field IS NULL AND r.state IN ('new', 'changed') AND c.item_id IS NULL
       AND r.line BETWEEN import_apply.first AND import_apply.last
     ORDER BY c.code;
  INSERT INTO price (item_id, amount, valid_from)
    SELECT r.item_id, r.price, clock_timestamp() FROM pg_temp.import_row r
     WHERE r.field IS NULL AND r.line BETWEEN import_apply.first AND import_apply.last
       AND (r.state = 'new' OR (r.state = 'changed' AND r.price IS DISTINCT FROM import_price(r.item_id)))
     ORDER BY r.line;
  GET DIAGNOSTICS v_prices = ROW_COUNT;
  v_stocked := import_stock(s.id, import_apply.first, import_apply.last);

  IF v_new + v_changed > 0 THEN
    INSERT INTO audit (store_id, what, subject, detail)
      VALUES (s.id, 'import_items', 'items', jsonb_build_object('new', v_new, 'changed', v_changed, 'prices', v_prices,
              'stocked', v_stocked, 'first_line', import_apply.first, 'last_line', import_apply.last));
  END IF;
  PERFORM set_config('pos.import_seen', (SELECT last FROM change_counter)::text, false);
  RETURN jsonb_build_object('new', v_new, 'changed', v_changed, 'prices', v_prices, 'stocked', v_stocked);
END $$;
COMMENT ON FUNCTION api.import_apply(int, text, int, int) IS 'Writes copied rows: new and changed items with codes, prices and opening stock.';
GRANT EXECUTE ON FUNCTION api.import_apply(int, text, int, int) TO pos_manager;
