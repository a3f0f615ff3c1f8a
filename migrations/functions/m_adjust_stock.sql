-- A manager corrects what is on hand, by a difference and with a reason: sales meanwhile are not lost. A case is so many
-- of its singles, whose stock it is.
-- Locks: the one stock row.
CREATE OR REPLACE FUNCTION api.m_adjust_stock(item bigint, store int, delta_milli bigint, reason text, note text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
  p_item ALIAS FOR $1;
  p_reason ALIAS FOR $4;
  v_store bigint := granted_store($2);
  v_delta numeric(14,3) := CASE WHEN abs($3) <= 99999999000 THEN $3 / 1000.0 END;
  v_hand numeric(14,3);
  v_item bigint := p_item;
  v_pack int := 1;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'store_not_granted');
  ELSIF v_delta IS NULL OR v_delta = 0 THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'no_difference');
  ELSIF coalesce(p_reason, '') !~ '^[a-z_]{1,32}$' THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'no_reason');
  END IF;
  SELECT coalesce(i.single_id, i.id), coalesce(i.pack_count, 1) INTO v_item, v_pack FROM item i WHERE i.id = p_item;
  v_delta := v_delta * v_pack;
  SELECT on_hand INTO v_hand FROM stock WHERE store_id = v_store AND item_id = v_item FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'no_item');
  END IF;
  UPDATE stock SET on_hand = v_hand + v_delta WHERE store_id = v_store AND item_id = v_item;
  INSERT INTO movement (store_id, item_id, at, delta, balance, reason, by, note)
    VALUES (v_store, v_item, clock_timestamp(), v_delta, v_hand + v_delta, p_reason, session_user, left($5, 500));
  INSERT INTO audit (store_id, what, subject, detail)
    VALUES (v_store, 'stock_adjusted', p_item::text,
            jsonb_build_object('was', v_hand, 'now', v_hand + v_delta, 'reason', p_reason));
  RETURN jsonb_build_object('outcome', 'ok', 'on_hand', (CASE v_pack WHEN 1 THEN v_hand + v_delta ELSE div(v_hand + v_delta, v_pack) END * 1000)::bigint);
END $$;
COMMENT ON FUNCTION api.m_adjust_stock(bigint, int, bigint, text, text) IS 'Adds a difference (thousandths) to what is on hand.';
GRANT EXECUTE ON FUNCTION api.m_adjust_stock(bigint, int, bigint, text, text) TO pos_manager;
