-- A manager changes a price, for one store or (0) for all. Whoever edits what somebody else changed meanwhile
-- is told, not overwritten. Locks: the change counter, then the item.
CREATE OR REPLACE FUNCTION api.m_set_price(item bigint, store int, price bigint, row_version bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_item ALIAS FOR $1;
  p_store ALIAS FOR $2;
  p_price ALIAS FOR $3;
  p_version ALIAS FOR $4;
  v_store bigint := CASE WHEN p_store > 0 THEN granted_store(p_store) END;
  i item;
  v_was bigint;
  v_new bigint;
BEGIN
  PERFORM manager_of_login();
  IF (p_store > 0 AND v_store IS NULL) OR p_store < 0
     OR (p_store = 0 AND EXISTS (SELECT FROM store s WHERE granted_store(s.number) IS NULL)) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'store_not_granted');
  ELSIF p_price IS NULL OR NOT p_price BETWEEN 0 AND 99999999 THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'price_out_of_range');
  END IF;
  PERFORM FROM change_counter FOR UPDATE;
  SELECT * INTO i FROM item WHERE id = p_item FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'no_item');
  END IF;
  SELECT amount INTO v_was FROM price
   WHERE id = current_price(p_item, coalesce(v_store, (SELECT min(id) FROM store)), clock_timestamp());
  IF i.row_version IS DISTINCT FROM p_version THEN
    RETURN jsonb_build_object('outcome', 'conflict', 'row_version', i.row_version, 'price', v_was,
                              'changed_by', i.changed_by, 'changed_at', utc_text(i.changed_at),
                              'who', coalesce((SELECT m.name FROM manager m WHERE m.login = i.changed_by), i.changed_by));
  END IF;
  INSERT INTO price (item_id, store_id, amount, valid_from) VALUES (p_item, v_store, p_price, clock_timestamp())
    RETURNING id INTO v_new;
  UPDATE item SET changed_by = session_user WHERE id = p_item;
  INSERT INTO audit (store_id, what, subject, detail)
    VALUES (v_store, 'price_set', p_item::text, jsonb_build_object('was', v_was, 'now', p_price, 'price_version', v_new));
  RETURN jsonb_build_object('outcome', 'ok', 'price_version', v_new, 'row_version', i.row_version + 1);
END $$;
COMMENT ON FUNCTION api.m_set_price(bigint, int, bigint, bigint) IS 'Sets a price for a granted store, or for all (0).';
GRANT EXECUTE ON FUNCTION api.m_set_price(bigint, int, bigint, bigint) TO pos_manager;
