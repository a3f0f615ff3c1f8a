-- One page of the journal: every document of a store's tills, newest first (by the till's clock, as ids are) or, with
-- sort "id", oldest first. By key, never by offset: the id of the last row begins the page that follows.
CREATE OR REPLACE FUNCTION api.m_documents_page(filter jsonb, sort text, after uuid, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store((filter->>'store')::int);
  v_up    boolean := sort = 'id';
  v_ids   uuid[];
BEGIN
  PERFORM manager_of_login();
  IF v_store IS NULL THEN
    RAISE EXCEPTION 'store % is not granted', filter->>'store' USING ERRCODE = 'insufficient_privilege';
  END IF;
  EXECUTE format('SELECT array_agg(id) FROM (SELECT d.id FROM document d WHERE %s %s ORDER BY d.id %s LIMIT $1) x',
                 m_documents_filter(filter, v_store),
                 CASE WHEN after IS NOT NULL THEN format('AND d.id %s %L', CASE WHEN v_up THEN '>' ELSE '<' END, after) ELSE '' END,
                 CASE WHEN v_up THEN 'ASC' ELSE 'DESC' END)
    INTO v_ids USING least(greatest(lim, 1), 500);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', d.id, 'till', t.number, 'epoch', d.epoch, 'no', d.no, 'kind', d.kind, 'outcome', d.outcome,
            'reason', d.reason, 'flags', d.flags, 'at', utc_text(d.at), 'cashier', d.cashier,
            'cashier_name', coalesce(p.name, ''), 'total', coalesce(b->'total', b->'amount', b->'counted', b->'float'),
            'about', coalesce(b->>'name', b->>'direction', ''), 'note', coalesce(b->>'reason', ''),
            'lines', CASE WHEN jsonb_typeof(b->'lines') = 'array' THEN jsonb_array_length(b->'lines') ELSE 0 END,
            'first_line', coalesce(b#>>'{lines,0,name}', '')) ORDER BY o.n), '[]')
            FROM unnest(v_ids) WITH ORDINALITY o(id, n)
            JOIN document d ON d.id = o.id
            JOIN till t ON t.id = d.till_id
            LEFT JOIN staff p ON p.number = d.cashier
            CROSS JOIN LATERAL (SELECT d.body::jsonb AS b) j);
END $$;
COMMENT ON FUNCTION api.m_documents_page(jsonb, text, uuid, int) IS 'One page of a granted store''s documents, filtered.';
GRANT EXECUTE ON FUNCTION api.m_documents_page(jsonb, text, uuid, int) TO pos_manager;
