-- One item changed by a manager. Fields that are not named stay; "was" is what an undo has to set again.
-- Whoever edits what somebody else changed meanwhile is told, not overwritten. Price and reorder point are the store's;
-- all else is the same in every store, and takes a manager of them all.
-- Locks: the item, then its stock row (for the reorder point); the caller holds the change counter.
CREATE OR REPLACE FUNCTION pos.m_edit_item(store bigint, edit jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pos, pg_temp AS $$
DECLARE
  v_set   jsonb := edit->'set';
  v_item  item;
  v_was   jsonb;
  v_now   jsonb;
  v_field text;
BEGIN
  SELECT * INTO v_item FROM item i WHERE i.id = (edit->>'item')::bigint FOR UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'no_item');
  ELSIF v_item.row_version IS DISTINCT FROM (edit->>'row_version')::bigint THEN
    RETURN jsonb_build_object('outcome', 'conflict');
  END IF;
  v_field := m_edit_problem(v_set);
  IF v_field IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'field', 'field', v_field);
  END IF;
  v_was := m_edit_fields(store, v_item);
  SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') INTO v_now FROM jsonb_each(v_set) e
   WHERE e.value IS DISTINCT FROM v_was->e.key;
  SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') INTO v_was FROM jsonb_each(v_was) e WHERE v_now ? e.key;
  IF v_now = '{}' THEN
    RETURN jsonb_build_object('outcome', 'ok', 'was', v_was);
  ELSIF v_now - ARRAY['price', 'low'] <> '{}' AND EXISTS (SELECT FROM store s WHERE granted_store(s.number) IS NULL) THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'every_store');
  END IF;
  IF v_now ? 'price' THEN
    INSERT INTO price (item_id, store_id, amount, valid_from)
      VALUES (v_item.id, m_edit_item.store, (v_now->>'price')::bigint, clock_timestamp());
  END IF;
  UPDATE item SET
      name = CASE WHEN v_now ? 'name' THEN btrim(v_now->>'name') ELSE name END,
      category_id = CASE WHEN v_now ? 'category' THEN (SELECT c.id FROM category c WHERE c.name = v_now->>'category') ELSE category_id END,
      supplier_id = CASE WHEN v_now ? 'supplier' THEN (SELECT u.id FROM supplier u WHERE u.name = v_now->>'supplier') ELSE supplier_id END,
      tax = coalesce(v_now->>'tax', tax),
      min_age = CASE WHEN v_now ? 'min_age' THEN (v_now->>'min_age')::smallint ELSE min_age END,
      blocked = CASE WHEN v_now ? 'blocked' THEN v_now->>'blocked' = '1' ELSE blocked END
   WHERE id = v_item.id;
  IF v_now ? 'low' THEN
    UPDATE stock k SET low = (v_now->>'low')::numeric / 1000 WHERE k.store_id = m_edit_item.store AND k.item_id = v_item.id;
  END IF;
  INSERT INTO audit (store_id, what, subject, detail)
    SELECT m_edit_item.store, x.what, v_item.id::text, jsonb_build_object('was', x.was, 'now', x.now)
      FROM (VALUES ('price_set', v_was->'price', v_now->'price'),
                   ('item_edited', v_was - 'price', v_now - 'price')) x(what, was, now)
     WHERE x.now IS NOT NULL AND x.now <> '{}';
  RETURN jsonb_build_object('outcome', 'ok', 'was', v_was);
END $$;
