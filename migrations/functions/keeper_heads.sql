-- Where each till's chain stands, and when it last closed a shift: what the keeper writes down outside the database.
-- A till whose row does not name its last document is left out: that is an alert, and nothing to vouch for.
CREATE OR REPLACE FUNCTION api.keeper_heads() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'store_id', t.store_id, 'till_id', t.id, 'store', s.number, 'till', t.number, 'epoch', t.epoch,
           'no', t.next_no - 1, 'head', encode(t.head, 'hex'), 'z_at', utc_text(z.closed_at))
           ORDER BY s.number, t.number), '[]')
    FROM till t JOIN store s ON s.id = t.store_id
    LEFT JOIN document d ON d.store_id = t.store_id AND d.till_id = t.id AND d.epoch = t.epoch AND d.no = t.next_no - 1
    LEFT JOIN LATERAL (SELECT h.closed_at FROM shift h WHERE h.store_id = t.store_id AND h.till_id = t.id AND h.z = t.z_next - 1) z
      ON true
   WHERE t.next_no = 1 OR d.hash = t.head
$$;
COMMENT ON FUNCTION api.keeper_heads() IS 'Each till''s epoch, number, head and last Z.';
GRANT EXECUTE ON FUNCTION api.keeper_heads() TO pos_keeper;
