-- What happened to an item in a store: its prices, newest first; its movements by key (before: the id of the last one
-- read); and what was sold in each of the last eight weeks, from Monday on the store's clock.
CREATE OR REPLACE FUNCTION api.m_item_history(store int, item bigint, before bigint, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_store bigint := granted_store($1);
  v_lim int := least(greatest($4, 1), 200);
  v_zone text := (SELECT s.time_zone FROM store s WHERE s.id = v_store);
  v_week date := date_trunc('week', now() AT TIME ZONE v_zone)::date;
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RAISE EXCEPTION 'store % is not granted', $1 USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN jsonb_build_object(
    'prices', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'amount', p.amount, 'from', utc_text(p.valid_from), 'all', (p.store_id IS NULL)::int,
                        'who', coalesce(m.name, p.made_by)) ORDER BY p.valid_from DESC, p.id DESC), '[]')
                 FROM (SELECT * FROM price q WHERE q.item_id = $2 AND (q.store_id = v_store OR q.store_id IS NULL)
                        ORDER BY q.valid_from DESC, q.id DESC LIMIT v_lim) p
                 LEFT JOIN manager m ON m.login = p.made_by),
    'movements', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                           'id', k.id, 'at', utc_text(k.at), 'delta', (k.delta * 1000)::bigint, 'balance', (k.balance * 1000)::bigint,
                           'reason', k.reason, 'note', coalesce(k.note, ''), 'document', k.document_id,
                           'who', coalesce(m.name, p.name, k.by, '')) ORDER BY k.id DESC), '[]')
                    FROM (SELECT * FROM movement x WHERE x.store_id = v_store AND x.item_id = $2 AND ($3 IS NULL OR x.id < $3)
                           ORDER BY x.id DESC LIMIT v_lim) k
                    LEFT JOIN manager m ON m.login = k.by
                    LEFT JOIN document d ON d.id = k.document_id
                    LEFT JOIN staff p ON p.number = d.cashier),
    'weeks', (SELECT jsonb_agg(jsonb_build_object('monday', w, 'sold', coalesce(z.sold, 0)) ORDER BY w)
                FROM generate_series(v_week - 49, v_week, interval '7 days') g
                CROSS JOIN LATERAL (SELECT g::date AS w) y
                LEFT JOIN (SELECT date_trunc('week', r.at AT TIME ZONE v_zone)::date AS monday, (-sum(r.delta) * 1000)::bigint AS sold
                             FROM (SELECT x.at, x.delta FROM movement x
                                    WHERE x.store_id = v_store AND x.item_id = $2 AND x.reason IN ('sale', 'refund')
                                    ORDER BY x.id DESC LIMIT 20000) r
                            GROUP BY 1) z ON z.monday = y.w));
END $$;
COMMENT ON FUNCTION api.m_item_history(int, bigint, bigint, int) IS 'Prices, movements and weekly sales of an item in a granted store.';
GRANT EXECUTE ON FUNCTION api.m_item_history(int, bigint, bigint, int) TO pos_manager;
