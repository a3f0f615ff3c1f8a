-- What the manager has not yet looked at, newest first, with what its document says: number, cashier, total, and for
-- goods sold below zero which they were and what was left on the books then.
CREATE OR REPLACE FUNCTION api.m_flags(store int, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store($1);
BEGIN
  PERFORM manager_of_login();
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', f.id, 'till', f.number, 'kind', f.kind, 'alarm', f.alarm::int, 'document', f.document_id,
                   'at', utc_text(f.at), 'detail', f.detail - 'body', 'no', d.no, 'epoch', d.epoch, 'cashier', p.name,
                   'total', (d.body::jsonb)->'total', 'short', g.short) ORDER BY f.id DESC), '[]')
            FROM (SELECT x.*, t.number FROM flag x LEFT JOIN till t ON t.id = x.till_id
                   WHERE x.store_id = v_store AND x.seen_at IS NULL ORDER BY x.id DESC LIMIT least(greatest($2, 1), 500)) f
            LEFT JOIN document d ON d.id = f.document_id AND d.store_id = v_store
            LEFT JOIN staff p ON p.number = d.cashier
            LEFT JOIN LATERAL (
              SELECT jsonb_agg(jsonb_build_object('name', i.name, 'unit', i.unit, 'on_hand', (m.balance * 1000)::bigint)
                               ORDER BY m.balance) AS short
                FROM sale_line l JOIN movement m ON m.document_id = l.document_id AND m.store_id = v_store AND m.item_id = l.item_id
                JOIN item i ON i.id = l.item_id
               WHERE f.kind = 'oversell' AND l.document_id = d.id AND m.balance < 0 AND NOT i.open_price) g ON true);
END $$;
COMMENT ON FUNCTION api.m_flags(int, int) IS 'Flags and alarms of a granted store not yet seen.';
GRANT EXECUTE ON FUNCTION api.m_flags(int, int) TO pos_manager;
