-- A manager changes items, each by itself: one that somebody else changed meanwhile stays as it is and comes back as a
-- conflict, with the item as it is now and who changed it. Locks: the change counter, then items and their stock by item.
CREATE OR REPLACE FUNCTION api.m_edit_items(store int, edits jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pos, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
  v_store bigint := granted_store($1);
  v_edit jsonb;
  v_done jsonb := '[]';
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RETURN (SELECT jsonb_agg(jsonb_build_object('item', (e->>'item')::bigint, 'outcome', 'refused', 'reason', 'store_not_granted'))
              FROM jsonb_array_elements(edits) e);
  ELSIF jsonb_array_length(edits) > 1000 THEN
    RAISE EXCEPTION 'more than 1000 edits at once' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM change_counter FOR UPDATE;
  FOR v_edit IN SELECT e FROM jsonb_array_elements(edits) e ORDER BY (e->>'item')::bigint LOOP
    v_done := v_done || (m_edit_item(v_store, v_edit) || jsonb_build_object('item', (v_edit->>'item')::bigint));
  END LOOP;
  -- A price is valid from the moment it was written, which is after the start of this transaction: now() is too early.
  RETURN (SELECT coalesce(jsonb_agg(d || jsonb_build_object('row', to_jsonb(m) || jsonb_build_object(
                                            'cost', m.cost::text, 'price', coalesce(p.amount, 0), 'price_version', coalesce(p.id, 0)))), '[]')
            FROM jsonb_array_elements(v_done) d
            LEFT JOIN api.m_item m ON m.store = $1 AND m.id = (d->>'item')::bigint
            LEFT JOIN price p ON p.id = current_price(m.id, v_store, clock_timestamp()));
END $$;
COMMENT ON FUNCTION api.m_edit_items(int, jsonb) IS 'Changes fields of items in a granted store; each is ok, a conflict, or refused.';
GRANT EXECUTE ON FUNCTION api.m_edit_items(int, jsonb) TO pos_manager;
