-- What the manager has not yet looked at, newest first.
CREATE OR REPLACE FUNCTION api.m_flags(store int, lim int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pos, pg_temp AS $$
DECLARE
  v_store bigint := granted_store($1);
BEGIN
  PERFORM manager_of_login();
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'till', f.number, 'kind', f.kind, 'alarm', f.alarm::int,
                                                       'document', f.document_id, 'at', utc_text(f.at), 'detail', f.detail)
                                    ORDER BY f.id DESC), '[]')
            FROM (SELECT x.*, t.number FROM flag x LEFT JOIN till t ON t.id = x.till_id
                   WHERE x.store_id = v_store AND x.seen_at IS NULL ORDER BY x.id DESC LIMIT least(greatest($2, 1), 500)) f);
END $$;
COMMENT ON FUNCTION api.m_flags(int, int) IS 'Flags and alarms of a granted store not yet seen.';
GRANT EXECUTE ON FUNCTION api.m_flags(int, int) TO pos_manager;
