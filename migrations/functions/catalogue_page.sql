-- The catalogue for a till's own copy, in pages by id (or only the items named): what it needs to sell alone, no cost
-- prices. Arrays, not objects: a million items cross the wire. Prices that begin later come along, because nothing
-- tells a till that is alone when one begins.
CREATE OR REPLACE FUNCTION api.catalogue_page(after bigint, lim int, ids bigint[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  t     till := till_of_login();
  v_ids bigint[] := ids[1:1000];
  v_now timestamptz := now();
BEGIN
  IF v_ids IS NULL THEN
    v_ids := ARRAY(SELECT i.id FROM item i WHERE i.id > catalogue_page.after ORDER BY i.id LIMIT least(greatest(lim, 1), 2000));
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_array(
            i.id, i.name, i.unit, coalesce(p.amount, 0), coalesce(p.id, 0), i.tax, coalesce(i.min_age, 0), i.category_id,
            i.icon, i.colour,
            (CASE WHEN i.pack_count IS NULL THEN k.on_hand ELSE div(k.on_hand, i.pack_count) END * 1000)::bigint,
            i.stock_policy, i.open_price::int, i.blocked::int, i.search, c.codes, n.later, item_extra(i, t.store_id)) ORDER BY i.id), '[]')
      FROM item i
      JOIN stock k ON k.store_id = t.store_id AND k.item_id = coalesce(i.single_id, i.id)
      LEFT JOIN LATERAL (
        SELECT q.id, q.amount FROM price q
         WHERE q.item_id = i.id AND q.valid_from <= v_now AND (q.store_id = t.store_id OR q.store_id IS NULL)
         ORDER BY q.valid_from DESC, q.id DESC LIMIT 1) p ON true
      CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_array(x.code, x.kind) ORDER BY x.code), '[]') AS codes
          FROM item_code x WHERE x.item_id = i.id) c
      CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_array(utc_text(q.valid_from), q.id, q.amount) ORDER BY q.valid_from, q.id), '[]') AS later
          FROM price q
         WHERE q.item_id = i.id AND q.valid_from > v_now AND (q.store_id = t.store_id OR q.store_id IS NULL)) n
     WHERE i.id = ANY (v_ids));
END $$;
COMMENT ON FUNCTION api.catalogue_page(bigint, int, bigint[]) IS 'Up to 2000 items after an id, or those named, for a till''s own copy.';
GRANT EXECUTE ON FUNCTION api.catalogue_page(bigint, int, bigint[]) TO pos_till;
